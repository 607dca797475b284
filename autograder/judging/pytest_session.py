"""The pytest session that runs checks: the fixtures, and the result of each check."""

import contextlib
import hashlib
import inspect
import math
import os
from collections import defaultdict
from collections.abc import Callable, Generator, Iterator
from typing import Any

import numpy as np
import pytest

from autograder.catalogue import Course, Exercise
from autograder.judging.compare import Mismatch, forgiving_forms
from autograder.judging.difference import cut_out
from autograder.judging.explain import say_failure
from autograder.judging.learner import Backend, Call, Learner, LearnerError, NoBackend, TimeBudget
from autograder.judging.results import Results
from autograder.judging.verdict import CheckResult
from autograder.text import capital, clean

LONGEST_PROBLEM = 1000
# Neither the learner's folder nor plugins of other packages may change the session.
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
# What arithmetic on a value of the wrong kind raises. Any other exception is a defect of the check;
# the session then ends without marks.
_ODD_VALUE = (
    TypeError, ValueError, IndexError, AttributeError, ArithmeticError, MemoryError
)  # fmt: skip


class Session:
    """The pytest plugin that gives checks their fixtures and collects their results."""

    def __init__(self, backend: Backend, course: Course, reference: Any, secret: str) -> None:
        self.backend = backend
        self.course = course
        self.given_reference = reference
        self.secret = secret
        self.results: dict[str, Results] = {}
        # The public checks whose only fixture is `learner`, by exercise and name.
        self.public: dict[str, dict[str, Callable[..., Any]]] = defaultdict(dict)
        self.broken = ""
        self.time_budgets: dict[str, TimeBudget] = {}
        self.on_start: Callable[[str], None] | None = None
        self.on_done: Callable[[str, Results], None] | None = None
        self.running = ""
        self.interrupt: BaseException | None = None

    def pytest_addoption(self, parser: pytest.Parser) -> None:
        """Define the options that pytest reads from the terminal plugin, which is switched off.

        `--color` and `--code-highlight` are for pytest's debugger, which `breakpoint()` opens.
        `--tb=value` avoids a formatted traceback, which takes longer than most checks: the
        learner's message is made from the exception itself.
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
        """Random numbers that depend only on the course secret, the exercise and the check."""
        text = f"{self.secret}/test_{self.exercise_of(request.node).name}/{request.node.name}"
        digest = hashlib.sha256(text.encode()).digest()
        return np.random.default_rng(int.from_bytes(digest[:8], "big"))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            lines = report.longreprtext.splitlines()
            # Take only the exception from pytest's report: it names the file and the line.
            said = [line[1:].strip() for line in lines if line.startswith("E ")] or lines[-1:]
            self.broken = f"the check file {report.nodeid} cannot be loaded: {' '.join(said)}"

    @pytest.hookimpl(wrapper=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> Generator[None, object, object]:
        """Record faults of form while a check runs."""
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
            _tell(self.on_start, name)
        self.running = name
        outcome = yield
        last = nextitem is None or self.exercise_of(nextitem).name != name
        if self.on_done is not None and last and name in self.results:
            _tell(self.on_done, name, self.results[name])
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
            # The numbers are right: a fault of form costs few points, and the learner is told.
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
            # Not the learner's fault: no marks are better than wrong marks.
            self.broken = str(error)
            item.session.shouldstop = "no worker"
        elif isinstance(error, _ODD_VALUE):
            # A value of a kind that the check did not expect, such as an object instead of
            # an array, made the check's own arithmetic fail.
            name = call.function if call else exercise.name
            result.problem = f"what {name} returned cannot be used: {error}"
        else:
            self.broken = f"the check {item.name} broke: {type(error).__name__}: {error}"
        # One line, so that the learner's text cannot imitate a line of the verdict.
        result.problem = " ".join(clean(result.problem[:LONGEST_PROBLEM]).split())
        result.call = str(call) if call else ""
        return result


def _tell(listener: Callable[..., None], *told: object) -> None:
    """Call a listener; it raises SystemExit if nobody reads its output, as in `... | head`."""
    try:
        listener(*told)
    except SystemExit:
        # Pytest reports a SystemExit as an internal error, but stops quietly after this one.
        raise KeyboardInterrupt from None


@contextlib.contextmanager
def only_our_plugins() -> Iterator[None]:
    """Keep plugins and options from the environment out of the session."""
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
