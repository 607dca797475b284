"""Runs the pytest checks over one learner's code and turns the outcomes into a verdict."""

import contextlib
import hashlib
import inspect
import math
import os
import sys
from collections import defaultdict
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.catalogue import PACKAGE, Course, Exercise
from autograder.judging.compare import Mismatch, forgiving_forms
from autograder.judging.diagnosis import diagnose
from autograder.judging.difference import cut_out
from autograder.judging.explain import say_failure
from autograder.judging.fingerprints import recognise
from autograder.judging.fresh_numbers import MEMORISED_SHARE, run_again
from autograder.judging.learner import Backend, Call, Learner, LearnerError, NoBackend, TimeBudget
from autograder.judging.source_slips import code_slips, slip_of_file
from autograder.judging.stubs import has_stub
from autograder.judging.verdict import CheckResult, ExerciseVerdict
from autograder.text import UserError, capital, clean
from autograder.worker.host import Host

LONGEST_PROBLEM = 1000
MEMORISED = (
    "It is right for the published examples, but wrong when they are tried with other numbers. "
    "Such an exercise earns at most a tenth of its points: compute the result from the arguments."
)
PUBLISHED_ONLY = "Right for the published numbers only, so it does not count: {}."
# What is left of the points where all numbers are right but not their form.
RIGHT_IN_A_WRONG_FORM = 0.9

# The learner's folder must not configure pytest, nor must plugins of other packages join in.
PYTEST_OPTIONS = [
    "-p",
    "no:cacheprovider",
    "-p",
    "no:terminal",
    "-p",
    "no:faulthandler",
    "-p",
    "no:unraisableexception",
    "-p",
    "no:threadexception",
    "-p",
    "no:legacypath",
    "-p",
    "no:doctest",
    "-p",
    "no:pastebin",
    "-p",
    "no:stepwise",
    "-p",
    "no:setuponly",
    "-p",
    "no:setupplan",
    "-p",
    "no:unittest",
    "--noconftest",
    "--import-mode=importlib",
    "-W",
    "ignore",
]


class ChecksError(UserError):
    """The checks themselves could not run: our fault, or a damaged installation."""


@dataclass
class Results:
    """What came of one exercise's checks, before anybody says what it is worth.

    Attributes:
        checks: in the order of the files.
        pitfall: the id of the known mistake that the code was recognised by, or "".
        sentence: what is known of the mistake, or "".
        exact: whether the sentence names the cause, and not only when it shows.
        published_only: the public checks that pass, and are wrong with other numbers.
        memorised: whether most of what passes is right for the published numbers only.
        slip: what is wrong with the source as text, such as its encoding, or "".
    """

    checks: list[CheckResult] = field(default_factory=list)
    pitfall: str = ""
    sentence: str = ""
    exact: bool = False
    published_only: list[str] = field(default_factory=list)
    memorised: bool = False
    slip: str = ""


def judge(
    host: Host,
    course: Course,
    exercises: tuple[Exercise, ...],
    *,
    reference: Any = None,
    secret: str = "",
) -> list[ExerciseVerdict]:
    """Check exercises in this process and say what each is worth; see `run_checks`."""
    results = run_checks(host, course, exercises, reference=reference, secret=secret)
    return decide(course, exercises, results, host.root)


def decide(
    course: Course,
    exercises: tuple[Exercise, ...],
    results: dict[str, Results],
    folder: Path,
) -> list[ExerciseVerdict]:
    """Turn results into verdicts, in course order.

    An exercise that fails while one it calls has not passed cannot be blamed yet: it is
    "blocked". Exercises outside `exercises` count as passed.

    Args:
        course: the catalogue.
        exercises: which, in course order.
        results: of each that has its assignment's folder.
        folder: shaped like assignments/; read as text, to see what is still a stub.
    """
    verdicts: list[ExerciseVerdict] = []
    passed = {e.name for e in course.exercises} - {e.name for e in exercises}
    for exercise in exercises:
        if exercise.name not in results:
            sentence = f"Not handed in: there is no {exercise.assignment}/."
            nothing = ExerciseVerdict(
                exercise.name, exercise.assignment, exercise.points, 0, "todo"
            )
            verdicts.append(replace(nothing, message=sentence))
            continue
        unmet = [need for need in exercise.needs if need not in passed]
        verdict = _decide_one(exercise, course, results[exercise.name], unmet)
        if verdict.status == "passed":
            passed.add(exercise.name)
        elif verdict.status == "blocked" and has_stub(folder / exercise.path, exercise.name):
            verdict = replace(verdict, status="todo", message="Still to be written.", waits_for=[])
        verdicts.append(verdict)
    return verdicts


def run_checks(
    backend: Backend,
    course: Course,
    exercises: tuple[Exercise, ...],
    *,
    reference: Any = None,
    secret: str = "",
    on_start: Callable[[str], None] | None = None,
    on_done: "Callable[[str, Results], None] | None" = None,
) -> dict[str, Results]:
    """Run the check files of the exercises in one pytest session.

    Args:
        backend: where the learner's code runs.
        course: the catalogue.
        exercises: which to check.
        reference: the solutions' functions, for hidden checks; without it only the public
            checks run.
        secret: what the hidden checks' random numbers grow from.
        on_start: told the name of an exercise before its first check.
        on_done: told the name of an exercise after its last check, and what came of it; no
            known mistake has been looked for yet.

    Raises:
        KeyboardInterrupt: the one that stopped the checks, with its traceback.
        ChecksError: if a check file cannot be collected, or an exercise has no checks.
    """
    files = [
        str(file)
        for exercise in exercises
        for file in exercise.check_files
        if reference is not None or file == exercise.public_checks
    ]
    session = _Session(backend, course, reference, secret)
    session.on_start, session.on_done = on_start, on_done
    options = ["-c", str(PACKAGE / "judging" / "pytest.ini"), f"--rootdir={course.import_root}"]
    with _only_our_plugins():
        status = pytest.main([*PYTEST_OPTIONS, *options, *files], plugins=[session])
    if status == pytest.ExitCode.INTERRUPTED and not session.broken:
        raise session.interrupt or KeyboardInterrupt
    if session.broken or status not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        raise ChecksError(session.broken or f"pytest ended with {status!r}")
    for exercise in exercises:
        if exercise.name not in session.results:
            raise ChecksError(f"there are no checks for {exercise.name}")
    for exercise in exercises:
        found = session.results[exercise.name]
        found.slip = _slip(found, backend, course, exercise)
        if reference is not None:
            _try_other_numbers(session, exercise, reference, secret)
        time_budget = session.time_budgets.get(exercise.name) or TimeBudget()
        learner = Learner(backend, course, exercise, time_budget)
        _recognise(session.results[exercise.name], learner, course, exercise)
    return {exercise.name: session.results[exercise.name] for exercise in exercises}


def _slip(results: Results, backend: Backend, course: Course, exercise: Exercise) -> str:
    """What is wrong with the source of a failed exercise as text; "" if nothing is found."""
    root = getattr(backend, "root", None) or getattr(backend, "submission", None)
    failures = [c.failure for c in results.checks if not c.passed]
    if root is None or not failures:
        return ""
    try:
        data = (Path(root) / exercise.path).read_bytes()
    except OSError:
        return ""
    if any(failure is not None and failure.kind == "import" for failure in failures):
        slip = slip_of_file(data)
    else:
        own = [*(assignment.name for assignment in course.assignments), *course.packages]
        text = data.decode("utf-8", errors="replace")
        slip = next(code_slips(text, exercise.name, own), None)
    if slip is None:
        return ""
    line = f":{slip.line}" if slip.line else ""
    return f"{exercise.path}{line}: {slip.sentence}"


def _try_other_numbers(
    session: "_Session", exercise: Exercise, reference: Any, secret: str
) -> None:
    """See whether an exercise that fails hidden checks is right for the published numbers only."""
    results = session.results[exercise.name]
    hidden_fail = any(check.hidden and not check.passed for check in results.checks)
    unfinished = any(c.failure is not None and c.failure.unfinished for c in results.checks)
    passed = {c.name for c in results.checks if not c.hidden and (c.passed or c.only_form)}
    if exercise.slow or not hidden_fail or unfinished or not passed:
        return
    checks = [f for name, f in session.public[exercise.name].items() if name in passed]
    with _no_debugger():
        rerun = run_again(checks, session.backend, session.course, exercise, reference, secret)
    results.published_only, results.memorised = list(rerun.failed), rerun.memorised


def _recognise(results: Results, learner: Learner, course: Course, exercise: Exercise) -> None:
    """Look whether a failed exercise is a known mistake, if its code runs at all."""
    failed = [check for check in results.checks if not check.passed]
    if not failed or any(c.failure is not None and c.failure.unfinished for c in failed):
        return
    with _no_debugger():
        known = recognise(learner, course, exercise)
        if known is not None:
            results.pitfall, results.sentence = known.id, known.sentence
            # A table of the published answers would pass what this mistake fails.
            public = {check.name for check in failed if not check.hidden}
            if known.fails and public == known.fails:
                results.published_only, results.memorised = [], False
            return
        found = diagnose(learner, course, exercise)
    if found is not None:
        results.pitfall, results.sentence = found.pitfall, " ".join(found.sentences)
        results.exact = found.exact


def _decide_one(
    exercise: Exercise, course: Course, results: Results, unmet: list[str]
) -> ExerciseVerdict:
    checks = results.checks
    failed = [check for check in checks if not check.passed]
    wrong = [
        check
        for check in checks
        if (not check.passed and not check.only_form)
        or (not check.hidden and check.name in results.published_only)
    ]
    share = (len(checks) - len(wrong)) / len(checks)
    if any(check.only_form for check in failed):
        share = min(share, RIGHT_IN_A_WRONG_FORM)
    if results.memorised:
        share = min(share, MEMORISED_SHARE)
    verdict = ExerciseVerdict(
        exercise=exercise.name,
        assignment=exercise.assignment,
        points=exercise.points,
        score=round(exercise.points * share, 2),
        status="passed",
        checks=checks,
    )
    if not failed:
        verdict.message = _achieved(checks)
        return verdict
    verdict.message = failed[0].headline
    used_up = [c.problem for c in failed if c.failure is not None and c.failure.kind == "budget"]
    if used_up:
        # What passed before the time was used up counts as little as what was not tried.
        verdict.score, verdict.status = 0.0, "error"
        verdict.message = f"No points: {used_up[0]}."
        return verdict
    if all(check.only_form for check in failed):
        verdict.message = f"The numbers are right. {capital(failed[0].problem)}."
    unwritten = [_unwritten(check, exercise, course) for check in failed]
    if exercise.name in unwritten and len(failed) == len(checks):
        verdict.status, verdict.message = "todo", results.slip or "Still to be written."
        return verdict
    if set(unwritten) == {exercise.name}:
        # A class whose other methods are written: what is left to do is all there is to say.
        verdict.message = f"{failed[0].problem}."
    waits_for = unmet or [n for n in dict.fromkeys(unwritten) if n and n != exercise.name]
    if waits_for and not any(_is_own_fault(check, exercise) for check in failed):
        verdict.status, verdict.waits_for = "blocked", waits_for
        verdict.message = waiting_for(waits_for)
    elif results.memorised:
        verdict.status, verdict.pitfall = "failed", results.pitfall or None
        verdict.message = f"{results.sentence} {MEMORISED}" if results.pitfall else MEMORISED
    elif results.sentence and not all(check.only_form for check in failed):
        # Only now: under a wrong part even right code can look like a known mistake.
        verdict.status, verdict.pitfall = "failed", results.pitfall or None
        verdict.message = results.sentence
        if failed[0].failure is not None and not results.pitfall:
            raised = f"{capital(failed[0].problem)}."
            said = (results.sentence, raised) if results.exact else (raised, results.sentence)
            verdict.message = " ".join(said)
    elif all(c.failure is not None and c.failure.unfinished for c in failed):
        verdict.status = "error"
        verdict.message = f"{capital(failed[0].problem)}."
    else:
        verdict.status, verdict.pitfall = "failed", results.pitfall or None
    only_unwritten = set(unwritten) == {exercise.name}
    if results.published_only and not results.memorised and verdict.status == "failed":
        named = ", ".join(results.published_only)
        verdict.message += f" {PUBLISHED_ONLY.format(named)}"
    if results.slip and verdict.status in ("failed", "error") and not only_unwritten:
        verdict.message = f"{results.slip} {verdict.message}"
    return verdict


def waiting_for(parts: list[str]) -> str:
    """The message of a blocked exercise."""
    return f"Cannot be checked yet: it waits for {', '.join(parts)}."


def _achieved(checks: list[CheckResult]) -> str:
    """What a passed exercise has reached, where a check says so; a hidden check's rather."""
    said = [c.achieved for c in sorted(checks, key=lambda check: not check.hidden) if c.achieved]
    return said[0] if said else ""


def _is_own_fault(check: CheckResult, exercise: Exercise) -> bool:
    """Whether a failure cannot come from a part that the exercise calls."""
    failure = check.failure
    if failure is None:
        return check.only_form
    if failure.kind == "import":
        return bool(failure.trace) and failure.trace[-1]["file"] == exercise.path
    return failure.kind in ("missing", "timeout")


def _unwritten(check: CheckResult, exercise: Exercise, course: Course) -> str | None:
    """The exercise whose stub stopped this check, if one did."""
    failure = check.failure
    if failure is None or failure.type != "NotImplementedError":
        return None
    known = {e.name for e in course.exercises}
    return failure.function if failure.function in known else exercise.name


# What arithmetic on a value of the wrong kind raises. Anything else that a check raises is a
# defect of the check, and nobody is marked by it.
_ODD_VALUE = (
    TypeError, ValueError, IndexError, AttributeError, ArithmeticError, MemoryError
)  # fmt: skip


class _Session:
    """The pytest plugin: gives checks their fixtures and keeps what comes of them."""

    def __init__(self, backend: Backend, course: Course, reference: Any, secret: str) -> None:
        self.backend = backend
        self.course = course
        self.given_reference = reference
        self.secret = secret
        self.results: dict[str, Results] = {}
        # The public checks that need nothing but the learner's code, by exercise and name.
        self.public: dict[str, dict[str, Callable[..., Any]]] = defaultdict(dict)
        self.broken = ""
        self.time_budgets: dict[str, TimeBudget] = {}
        self.on_start: Callable[[str], None] | None = None
        self.on_done: Callable[[str, Results], None] | None = None
        self.running = ""
        self.interrupt: BaseException | None = None

    def pytest_addoption(self, parser: pytest.Parser) -> None:
        """Give pytest the options that it asks for, of the terminal plugin, which is switched off.

        Two are for its debugger, which `breakpoint()` opens. The third keeps it from writing out
        every traceback, which takes longer than most checks: what a learner reads is made of
        the exception itself.
        """
        group = parser.getgroup("terminal")
        group.addoption("--tb", dest="tbstyle", default="value")
        group.addoption("--color", dest="color", default="no")
        group.addoption("--code-highlight", dest="code_highlight", default="no")

    def exercise_of(self, item: pytest.Item) -> Exercise:
        return self.course.exercise(item.path.parent.name)

    @pytest.fixture
    def learner(self, request: pytest.FixtureRequest) -> Learner:
        """The learner's functions and classes."""
        exercise = self.exercise_of(request.node)
        time_budget = self.time_budgets.setdefault(exercise.name, TimeBudget())
        return Learner(self.backend, self.course, exercise, time_budget)

    @pytest.fixture
    def reference(self) -> Any:
        """The solutions' functions and classes, for hidden checks only."""
        return self.given_reference

    @pytest.fixture
    def rng(self, request: pytest.FixtureRequest) -> np.random.Generator:
        """Random numbers that grow from the course secret and the check's name alone."""
        text = f"{self.secret}/test_{self.exercise_of(request.node).name}/{request.node.name}"
        digest = hashlib.sha256(text.encode()).digest()
        return np.random.default_rng(int.from_bytes(digest[:8], "big"))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.broken = f"a check file cannot be loaded: {report.longrepr}"

    @pytest.hookimpl(wrapper=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> Generator[None, object, object]:
        """Note wrong forms of right numbers while a check runs."""
        learner: Any = pyfuncitem.funcargs.get("learner")
        with forgiving_forms([] if learner is None else learner.forms):
            result = yield
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(
        self, item: pytest.Item, nextitem: pytest.Item | None
    ) -> Iterator[None]:
        name = self.exercise_of(item).name
        if self.on_start is not None and name != self.running:
            self.on_start(name)
        self.running = name
        outcome = yield
        last = nextitem is None or self.exercise_of(nextitem).name != name
        if self.on_done is not None and last and name in self.results:
            self.on_done(name, self.results[name])
        return outcome

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        self.interrupt = excinfo.value

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Iterator[None]:
        report = yield
        if call.when == "call" or (call.when == "setup" and call.excinfo is not None):
            assert isinstance(item, pytest.Function)
            if call.when == "setup":
                self.broken = f"the check {item.name} cannot start: {call.excinfo}"
            exercise = self.exercise_of(item)
            takes = list(inspect.signature(item.function).parameters)
            if item.path == exercise.public_checks and takes == ["learner"]:
                name = item.name.removeprefix("test_")
                self.public[exercise.name][name] = item.function
            result = self.result(item, exercise, call.excinfo and call.excinfo.value)
            self.results.setdefault(exercise.name, Results()).checks.append(result)
        return report

    def result(
        self, item: pytest.Function, exercise: Exercise, error: BaseException | None
    ) -> CheckResult:
        learner = item.funcargs.get("learner")
        from_worker = self.backend.take_printed()
        printed = "".join(
            text for _, name, text in getattr(item, "_report_sections", []) if name == "stdout"
        )
        given: dict[str, Any] = dict(item.user_properties)
        result = CheckResult(
            name=item.name.removeprefix("test_"),
            sentence=" ".join((inspect.getdoc(item.function) or item.name).split()),
            hidden=item.path.name == exercise.hidden_checks.name,
            file=str(item.path),
            passed=error is None,
            measured={
                str(k): float(v)
                for k, v in given.items()
                if not isinstance(v, str) and math.isfinite(v)
            },
            achieved=str(given.get("achieved", "")),
        )
        faults = list(getattr(learner, "forms", ()))
        forms = [fault.sentence for fault in faults if fault.costs]
        if error is None and faults and not forms and not result.achieved:
            result.achieved = f"{capital(faults[0].sentence)}."
        if error is None and forms:
            # The numbers are right: it costs little, and is told.
            result.passed, result.only_form, result.problem = False, True, forms[0]
            result.call = str(getattr(learner, "last_call", None) or "")
            return result
        if error is None:
            return result
        result.printed = printed or from_worker
        call: Call | None = getattr(learner, "last_call", None)
        if isinstance(error, LearnerError):
            result.failure, call = error.failure, error.call
            result.problem = say_failure(error.failure, exercise, self.course)
        elif isinstance(error, Mismatch):
            result.difference, result.problem = cut_out(error), error.problem
        elif isinstance(error, AssertionError):
            result.problem = str(error).split("\nassert ")[0] or "this does not hold"
        elif isinstance(error, KeyboardInterrupt):
            raise error
        elif isinstance(error, NoBackend):
            # Not the learner's fault: better no marks at all than these.
            self.broken = str(error)
            item.session.shouldstop = "no worker"
        elif isinstance(error, _ODD_VALUE):
            # A value of a kind that the check did not foresee, such as an object instead of
            # an array, broke the check's own arithmetic.
            name = call.function if call else exercise.name
            result.problem = f"what {name} returned cannot be used: {error}"
        else:
            self.broken = f"the check {item.name} broke: {type(error).__name__}: {error}"
        # One line, so that nothing in it can pass for a line of the verdict's own.
        result.problem = " ".join(clean(result.problem[:LONGEST_PROBLEM]).split())
        result.call = str(call) if call else ""
        return result


@contextlib.contextmanager
def _no_debugger() -> Iterator[None]:
    """Pass over `breakpoint()`: a probe is not a call that the learner asked for."""
    before, sys.breakpointhook = sys.breakpointhook, lambda *_args, **_kwargs: None
    try:
        yield
    finally:
        sys.breakpointhook = before


@contextlib.contextmanager
def _only_our_plugins() -> Iterator[None]:
    before = os.environ.get("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    options = os.environ.pop("PYTEST_ADDOPTS", None)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"]
        else:
            os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = before
        if options is not None:
            os.environ["PYTEST_ADDOPTS"] = options
