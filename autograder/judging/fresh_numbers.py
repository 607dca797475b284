"""Runs the public checks again with other numbers, to find code that only stores their results.

In every floating-point array that a check passes, each number is changed. Zeros, signs, order and
ties stay the same, so that code which computes its results is as right as before. The reference
gets the same arguments, and the results of both are compared, call by call.
"""

import contextlib
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.catalogue import Course, Exercise
from autograder.judging.learner import Backend, Learner, TimeBudget
from autograder.judging.values import as_numbers, is_right
from autograder.worker.host import Host, Outcome

TOLERANCE = 1e-4
# An exercise that is right only for the published numbers gets at most this share of its points.
MEMORISED_SHARE = 0.1

Vary = Callable[[tuple[Any, ...], dict[str, Any]], tuple[tuple[Any, ...], dict[str, Any]]]


@dataclass(frozen=True)
class Rerun:
    """The result of the public checks with other numbers.

    Attributes:
        tried: how many of the passed checks could be run again.
        failed: the names of the checks that are wrong with other numbers.
    """

    tried: int = 0
    failed: tuple[str, ...] = ()

    @property
    def memorised(self) -> bool:
        """Whether most of the passed checks are right for the published numbers only."""
        return 2 * len(self.failed) > self.tried


class ReferenceHost(Host):
    """The solutions' functions and classes, found by their names."""

    def __init__(self, course: Course, reference: Any) -> None:
        super().__init__(course.solutions)
        self._reference = reference

    def find(self, module: str, name: str) -> Outcome:
        found = getattr(self._reference, name, None)
        return super().find(module, name) if found is None else Outcome(self.export(found))


class Recorder(Learner):
    """Calls a learner's code with other numbers, and records what it returns.

    Args:
        backend, course, exercise, time_budget: as for `Learner`.
        change: returns an array with other numbers.
        vary: changes the arguments of calls without arrays; None to keep them.
    """

    def __init__(
        self,
        backend: Backend,
        course: Course,
        exercise: Exercise,
        time_budget: TimeBudget,
        change: Callable[[np.ndarray], np.ndarray],
        vary: Vary | None,
    ) -> None:
        super().__init__(backend, course, exercise, time_budget)
        self._change, self._vary = change, vary
        self.returned: list[Any] = []

    def prepared(
        self, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The arguments of a call with other numbers; arrays that the code returned are kept."""
        if self._vary is not None:
            args, kwargs = self._vary(args, kwargs)
        changed = tuple(self._varied(value) for value in args)
        return changed, {key: self._varied(value) for key, value in kwargs.items()}

    def noted(self, value: Any) -> Any:
        """Keep a returned value for the comparison."""
        self.returned.append(value)
        return value

    def _varied(self, value: Any) -> Any:
        if isinstance(value, list | tuple):
            return type(value)(self._varied(item) for item in value)
        if not isinstance(value, np.ndarray) or value.dtype.kind != "f":
            return value
        own = (one for one in self._arrays(self.returned))
        if any(value is one or value.base is one for one in own):
            return value
        return self._change(value)

    def _arrays(self, value: Any) -> list[np.ndarray]:
        if isinstance(value, np.ndarray):
            return [value]
        if isinstance(value, list | tuple):
            return [array for item in value for array in self._arrays(item)]
        return []


def run_again(
    checks: Sequence[Callable[..., Any]],
    backend: Backend,
    course: Course,
    exercise: Exercise,
    reference: Any,
    secret: str,
) -> Rerun:
    """Run passed public checks with other numbers, on the learner's code and on the reference.

    Args:
        checks: functions with the one argument `learner`.
        backend: where the learner's code runs.
        course, exercise: what is checked.
        reference: the solutions' functions.
        secret: the course secret, on which the other numbers depend.
    """
    changes: tuple[Callable[[np.ndarray], np.ndarray], ...] = (
        lambda array: array,
        other_numbers(f"{secret}/{exercise.name}"),
    )
    vary: Vary | None = None
    if course.has_module(exercise.assignment, exercise.name, "probes"):
        probes = course.module(exercise.assignment, exercise.name, "probes")
        vary = getattr(probes, "vary", None)
    # One time budget for each round: after a call that does not return, the other checks of the
    # round do not wait again. Values that are not computed count as wrong.
    budgets = TimeBudget(), TimeBudget()
    tried, failed = 0, []
    for check in checks:
        # With np.empty as zeros, as a new worker mostly gives it: then what is left in memory from
        # one round does not make the other round wrong.
        backend.fill_empty(True)
        try:
            as_published, with_others = (
                _right_values(check, backend, course, exercise, reference, budget, change, v)
                for budget, change, v in zip(budgets, changes, (None, vary), strict=True)
            )
        finally:
            backend.fill_empty(False)
        # With other numbers a check ends at its first comparison: only the calls before it count.
        pairs = list(zip(as_published, with_others, strict=False))
        if any(published for published, _ in pairs):
            tried += 1
            if any(published and not other for published, other in pairs):
                failed.append(check.__name__.removeprefix("test_"))
    return Rerun(tried, tuple(failed))


def _right_values(
    check: Callable[..., Any],
    backend: Backend,
    course: Course,
    exercise: Exercise,
    reference: Any,
    time_budget: TimeBudget,
    change: Callable[[np.ndarray], np.ndarray],
    vary: Vary | None,
) -> list[bool]:
    """For each value that the reference returns in a check, whether the learner's is the same."""
    both = []
    for side, budget in (
        (ReferenceHost(course, reference), TimeBudget()),
        (backend, time_budget),
    ):
        recorder = Recorder(side, course, exercise, budget, change, vary)
        with contextlib.suppress(Exception), np.errstate(all="ignore"):
            check(learner=recorder)
        both.append(recorder.returned)
    wanted, got = both
    got += [None] * (len(wanted) - len(got))
    return [right for w, g in zip(wanted, got, strict=False) for right in _agreement(g, w)]


def other_numbers(text: str) -> Callable[[np.ndarray], np.ndarray]:
    """A change of numbers that keeps zeros, signs, order and ties; `text` is its seed."""
    digest = hashlib.sha256(text.encode()).digest()
    scale = 0.55 + 0.4 * digest[0] / 255
    bend = 0.001 + 0.004 * digest[1] / 255

    def change(array: np.ndarray) -> np.ndarray:
        with np.errstate(all="ignore"):
            return np.asarray(scale * array / (1 + bend * np.abs(array)), dtype=array.dtype)

    return change


def _agreement(got: Any, wanted: Any) -> list[bool]:
    """Whether each array or number of a returned value is the same."""
    if isinstance(wanted, tuple | list) and as_numbers(wanted) is None:
        parts = got if isinstance(got, tuple | list) and len(got) == len(wanted) else [None] * 99
        return [r for w, g in zip(wanted, parts, strict=False) for r in _agreement(g, w)]
    if as_numbers(wanted) is None:
        return []
    return [is_right(got, wanted, TOLERANCE)]
