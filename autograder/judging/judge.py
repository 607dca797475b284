"""Runs the checks on one learner's code, and finds the mistake in each failed exercise."""

import contextlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from autograder.catalogue import PACKAGE, Course, Exercise
from autograder.judging.argument_order import Names, names_in
from autograder.judging.decide import decide
from autograder.judging.diagnosis import diagnose
from autograder.judging.fingerprints import recognise
from autograder.judging.fresh_numbers import run_again
from autograder.judging.known_results import FILE, read_known_results
from autograder.judging.learner import Backend, Learner, TimeBudget
from autograder.judging.pytest_session import PYTEST_OPTIONS, Session, only_our_plugins
from autograder.judging.results import ChecksError, Results
from autograder.judging.source_slips import code_slips, slip_of_file
from autograder.judging.verdict import ExerciseVerdict
from autograder.worker.host import Host


def judge(
    host: Host,
    course: Course,
    exercises: tuple[Exercise, ...],
    *,
    reference: Any = None,
    secret: str = "",
) -> list[ExerciseVerdict]:
    """Check exercises in this process and return a verdict for each; see `run_checks`."""
    results = run_checks(host, course, exercises, reference=reference, secret=secret)
    return decide(course, exercises, results, host.root)


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
        secret: the seed of the hidden checks' random numbers.
        on_start: called with the name of an exercise before its first check.
        on_done: called with the name and the results of an exercise after its last check, before
            a known mistake is looked for.

    Raises:
        KeyboardInterrupt: the one that stopped the checks, with its traceback.
        ChecksError: if a check file cannot be collected, or an exercise has no checks.
    """
    if not exercises:
        return {}  # without a file to collect, pytest would collect the current folder
    files = [
        str(file)
        for exercise in exercises
        for file in exercise.check_files
        if reference is not None or file == exercise.public_checks
    ]
    session = Session(backend, course, reference, secret)
    session.on_start, session.on_done = on_start, on_done
    options = ["-c", str(PACKAGE / "judging" / "pytest.ini"), f"--rootdir={course.import_root}"]
    with only_our_plugins():
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


def load_ahead(course: Course, exercises: tuple[Exercise, ...]) -> None:
    """Load what `run_checks` needs of these exercises, except the check files, which pytest loads.

    A process that judges one submission is a copy of a longer-lived one, which calls this first.
    """
    for exercise in exercises:
        read_known_results(exercise.folder / FILE)
        if course.has_module(exercise.assignment, exercise.name, "probes"):
            course.module(exercise.assignment, exercise.name, "probes")


def _slip(results: Results, backend: Backend, course: Course, exercise: Exercise) -> str:
    """A sentence about a slip in the source text of a failed exercise; "" if none is found."""
    root = getattr(backend, "root", None) or getattr(backend, "submission", None)
    failures = [c.failure for c in results.checks if not c.passed]
    if root is None or not failures:
        return ""
    try:
        data = (Path(root) / exercise.path).read_bytes()
    except OSError:
        return ""
    if any(failure is not None and failure.kind == "import" for failure in failures):
        slip, said = slip_of_file(data), " is not valid Python. "
    else:
        said = ": "
        own = [*(assignment.name for assignment in course.assignments), *course.packages]
        text = data.decode("utf-8", errors="replace")
        called = _called(Path(root), course, exercise)
        slip = next(code_slips(text, exercise.name, own, called), None)
    if slip is None:
        return ""
    line = f":{slip.line}" if slip.line else ""
    return f"{exercise.path}{line}{said}{slip.sentence}"


def _called(root: Path, course: Course, exercise: Exercise) -> dict[str, Names]:
    """Names of parameters and results of the functions that an exercise calls, by function."""
    found: dict[str, Names] = {}
    for path in dict.fromkeys(course.exercise(name).path for name in exercise.needs):
        with contextlib.suppress(OSError):
            found |= names_in((root / path).read_text(encoding="utf-8", errors="replace"))
    return {name: names for name, names in found.items() if name in exercise.needs}


def _try_other_numbers(session: Session, exercise: Exercise, reference: Any, secret: str) -> None:
    """Test whether an exercise that fails hidden checks is right for the published numbers only."""
    results = session.results[exercise.name]
    hidden_fail = any(check.hidden and not check.passed for check in results.checks)
    passed = {c.name for c in results.checks if not c.hidden and (c.passed or c.only_form)}
    if exercise.slow or not hidden_fail or not passed:
        return
    checks = [f for name, f in session.public[exercise.name].items() if name in passed]
    with _no_debugger():
        rerun = run_again(checks, session.backend, session.course, exercise, reference, secret)
    results.published_only = list(rerun.failed)
    # A table of the published results passes most public checks; code that passes few, by chance,
    # is honest.
    public = [check for check in results.checks if not check.hidden]
    results.memorised = rerun.memorised and 2 * len(passed) > len(public)


def _recognise(results: Results, learner: Learner, course: Course, exercise: Exercise) -> None:
    """Look for the mistake in a failed exercise, if its code runs at all."""
    failed = [check for check in results.checks if not check.passed]
    if not failed or any(c.failure is not None and c.failure.unfinished for c in failed):
        return
    with _no_debugger():
        known = recognise(learner, course, exercise)
        if known is not None:
            results.pitfall, results.sentence = known.id, known.sentence
            # Memorised results would pass the public checks that this mistake fails.
            public = {check.name for check in failed if not check.hidden}
            if known.fails and public == known.fails:
                results.published_only, results.memorised = [], False
        found = None
        if known is None or not known.whole:
            found = diagnose(learner, course, exercise)
        if known is not None and (found is None or known.id != found.pitfall or not found.exact):
            return  # else `found` tells this mistake, and those in the other values
    if found is not None:
        results.pitfall, results.sentence = found.pitfall, " ".join(found.sentences)
        results.exact = found.exact
        if found.unsteady:
            # It may pass with the published numbers by chance, as memory was 0 where it reads.
            results.memorised = False


@contextlib.contextmanager
def _no_debugger() -> Iterator[None]:
    """Ignore `breakpoint()`: the learner did not start the calls of a probe."""
    before, sys.breakpointhook = sys.breakpointhook, lambda *_args, **_kwargs: None
    try:
        yield
    finally:
        sys.breakpointhook = before
