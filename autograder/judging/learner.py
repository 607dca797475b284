"""The fixture `learner`: the only object through which checks use a learner's code.

`learner.im2col(x, 2, 2)` calls the learner's function, `learner.Dense(4, 2, rng=...)` creates
their layer. A check does not know whether the code runs in this process or in a sandboxed worker.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np

from autograder.catalogue import Course, Exercise
from autograder.judging.calls import Call, Made, Place, Step
from autograder.judging.form import FormFault, changed_in_place
from autograder.judging.values import MOST_LISTED, MOST_NUMBERS, is_bounded
from autograder.text import UserError
from autograder.worker.frames import Handle
from autograder.worker.host import (
    Failure,
    Outcome,
    no_function,
    processor_text,
    waiting_text,
)

# Seconds of processor time: for one call, and for all checks of one exercise.
TIME_LIMIT = 10.0
EXERCISE_LIMIT = 60.0
# Seconds in which the code of one exercise may wait (sleep) instead of working.
WAITING_LIMIT = 30.0


class NoBackend(UserError):
    """The learner's code cannot be run because of the machine, never because of the code."""


class Backend(Protocol):
    """Where the learner's code runs: a Host in this process, or a worker that holds one."""

    def find(self, module: str, name: str) -> Outcome: ...

    def get(self, handle: Handle, name: str) -> Outcome: ...

    def set(self, handle: Handle, name: str, value: Any) -> Outcome: ...

    def make_rng(self, seed: int) -> Outcome: ...

    def fill_empty(self, on: bool) -> Outcome: ...

    def call(
        self, handle: Handle, args: list[Any], kwargs: dict[str, Any], time_limit: float
    ) -> Outcome: ...

    def call_by_name(
        self, module: str, name: str, args: list[Any], kwargs: dict[str, Any], time_limit: float
    ) -> Outcome: ...

    def spent(self) -> tuple[float, float]:
        """Seconds of processor time and of waiting that the learner's code has used so far."""

    def take_printed(self) -> str: ...


@dataclass
class TimeBudget:
    """The time that all checks of one exercise, or all calls of a block, may use together.

    Attributes:
        seconds: seconds of processor time that are left.
        waiting: seconds that the code may still wait (sleep) instead of working.
        ended: why no further call is made, after a call did not return or the time is used up.
        of: the owner of the budget, for the message.
        kind: the kind of Failure that calls get when the time is used up.
    """

    seconds: float = EXERCISE_LIMIT
    waiting: float = WAITING_LIMIT
    ended: Failure | None = None
    of: str = "all checks of this exercise together"
    kind: str = "budget"

    def __post_init__(self) -> None:
        self._allowed = self.seconds, self.waiting

    def charge(self, seconds: float, waiting: float) -> None:
        """Subtract what a request has used; if nothing is left, set `ended`."""
        self.seconds -= seconds
        self.waiting -= waiting
        if self.ended is None and min(self.seconds, self.waiting) <= 0:
            seconds, waiting = self._allowed
            limit = processor_text(seconds) if self.seconds <= 0 else waiting_text(waiting)
            sentence = f"the time budget is used up: {self.of} may take {limit}"
            self.ended = Failure(self.kind, message=limit if self.kind == "timeout" else sentence)


class LearnerError(AssertionError):
    """The learner's code raised, ran out of time, or is missing."""

    def __init__(self, failure: Failure, call: Call | None) -> None:
        super().__init__(failure.message)
        self.failure = failure
        self.call = call


class Learner:
    """The learner's functions and classes, as attributes.

    Args:
        backend: where the code runs.
        course: knows the file of each exercise.
        exercise: what is being checked; names that are not exercises are looked up in its file.
        time_budget: shared by all checks of the exercise.
    """

    def __init__(
        self, backend: Backend, course: Course, exercise: Exercise, time_budget: TimeBudget
    ) -> None:
        self._backend = backend
        self._course = course
        self._exercise = exercise
        self._time_budget = time_budget
        self._allowance: TimeBudget | None = None
        self.last_call: Call | None = None
        # The calls and settings of attributes that involve objects, in order.
        self.steps: list[Step] = []
        # The faults of form since the check began.
        self.forms: list[FormFault] = []

    def __getattr__(self, name: str) -> "Part":
        if name.startswith("__"):
            raise AttributeError(name)
        module = self._exercise.module
        with contextlib.suppress(UserError):
            module = self._course.exercise(name).module
        return Part(self, None, name, place=(module, name))

    def _find(self, module: str, name: str) -> Handle:
        value = self._settle(self._charged("find", module, name), None)
        if not isinstance(value, Handle):
            raise LearnerError(no_function(module, name), None)
        return value

    @property
    def exercise(self) -> str:
        """The exercise that is being checked."""
        return self._exercise.name

    def spent(self) -> float:
        """Seconds of processor time that the learner's code has used so far."""
        return self._backend.spent()[0]

    def prepared(
        self, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The arguments with which a call is made: as given, unless a subclass changes them."""
        return args, kwargs

    def noted(self, value: Any) -> Any:
        """The value that the caller of a part gets, unchanged; a subclass may record it."""
        return value

    def default_rng(self, seed: int) -> "Part":
        """A NumPy random generator on the learner's side, to pass to their code."""
        handle = self._settle(self._charged("make_rng", seed), None)
        made = Made("rng")
        self.steps.append(Step("np.random.default_rng", None, (("", seed),), made))
        return Part(self, handle, "rng", Place(made))

    @contextlib.contextmanager
    def at_most(self, seconds: float) -> Iterator[None]:
        """Limit all calls inside the block to `seconds` of processor time together.

        The block has its own time budget; its calls do not use the budget of the exercise.
        """
        before, self._allowance = self._allowance, TimeBudget(seconds, kind="timeout")
        try:
            yield
        finally:
            self._allowance = before

    def _call(self, part: "Part", args: list[Any], kwargs: dict[str, Any]) -> Outcome:
        # A call gets its whole time even if less is left of the budget. Otherwise the message would
        # name a limit that is stated nowhere, instead of the budget that is used up.
        limit = TIME_LIMIT if self._allowance is None else max(self._allowance.seconds, 0.1)
        if part._place is not None:
            return self._charged("call_by_name", *part._place, args, kwargs, limit)
        return self._charged("call", part._handle, args, kwargs, limit)

    def _charged(self, operation: str, *arguments: Any) -> Outcome:
        """Send a request to the backend, and charge its time to the block or the exercise."""
        if self._time_budget.ended is not None:
            return Outcome(failure=self._time_budget.ended)
        seconds, waiting = self._backend.spent()
        outcome: Outcome = getattr(self._backend, operation)(*arguments)
        seconds_now, waiting_now = self._backend.spent()
        budget = self._allowance or self._time_budget
        budget.charge(seconds_now - seconds, waiting_now - waiting)
        failure = outcome.failure
        late = failure is not None and failure.kind == "timeout" and budget is self._time_budget
        if budget.ended is not None and (failure is None or late):
            return Outcome(failure=budget.ended)
        return outcome

    def _settle(self, outcome: Outcome, call: Call | None) -> Any:
        if outcome.failure is not None:
            if outcome.failure.kind in ("timeout", "worker"):
                self._time_budget.ended = Failure(
                    "stopped",
                    message="not tried: an earlier check of this exercise did not come back",
                )
            raise LearnerError(outcome.failure, call)
        if outcome.changed:
            self.forms.append(changed_in_place(outcome.changed))
        return outcome.value

    def _received(self, value: Any, name: str, known: Place | None = None) -> Any:
        """The value that a check gets: plain values and Parts. Too large a value is an error."""
        if not is_bounded(value):
            said = (
                f"holds more than {MOST_NUMBERS:,} numbers, or more than {MOST_LISTED:,} in lists, "
                "which no call of a check asks for"
            )
            # To receive more values of this size would take minutes, so no further call is made.
            self._time_budget.ended = Failure(
                "stopped",
                message="not tried: an earlier check of this exercise got far more numbers than "
                "it asks for",
            )
            raise LearnerError(Failure("exception", message=said), self.last_call)
        return self._wrap(value, name, known)

    def _wrap(self, value: Any, name: str, known: Place | None = None) -> Any:
        if isinstance(value, Handle):
            return Part(self, value, name, known)
        if isinstance(value, list | tuple):
            return type(value)(
                self._wrap(item, f"{name}[{k}]", known and Place(known.whole, f"{known.path}[{k}]"))
                for k, item in enumerate(value)
            )
        # A copy, as a sandbox also gives: if the learner's code changes its own array later, the
        # check's array must stay the same.
        return value.copy() if isinstance(value, np.ndarray) else value


class Part:
    """A function, class or object of the learner's. Calls, reads and sets go to their side.

    Args:
        learner: the Learner that it belongs to.
        handle: which object; None for one that is looked up at each use.
        name: its name in written calls, such as "im2col"; for an attribute, the attribute's name.
        known: for an object that a check created, or an attribute of one: its Place; else None.
        place: for a function or class: the module and name to look up.
    """

    def __init__(
        self,
        learner: Learner,
        handle: Handle | None,
        name: str,
        known: Place | None = None,
        place: tuple[str, str] | None = None,
    ) -> None:
        object.__setattr__(self, "_learner", learner)
        object.__setattr__(self, "_own_handle", handle)
        object.__setattr__(self, "_place", place)
        object.__setattr__(self, "_name", name)
        object.__setattr__(self, "_known", known)

    @property
    def type(self) -> str:
        """The name of its class."""
        return self._handle.type

    @property
    def _handle(self) -> Handle:
        own: Handle | None = self._own_handle
        return self._learner._find(*self._place) if own is None else own

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        learner = self._learner
        args, kwargs = learner.prepared(args, kwargs)
        # Copies: code that changes its input must not change the check's own arrays.
        given = [_hand_over(value) for value in args]
        named = {key: _hand_over(value) for key, value in kwargs.items()}
        outcome = learner._call(self, given, named)
        names = [*outcome.parameters, *([""] * len(args))]
        arguments = (*zip(names, args, strict=False), *kwargs.items())
        called = "" if self._known else self._name
        step = Step(called, self._known, tuple((n, _written(value)) for n, value in arguments))
        learner.last_call = call = Call(step, learner.steps, len(learner.steps))
        answer = learner._settle(outcome, call)
        made = Made(self._name.lower()) if isinstance(answer, Handle) and not self._known else None
        if made is not None:
            step = replace(step, made=made)
        if step.objects() or made:
            learner.steps.append(step)
        place = made and Place(made)
        if self._known and not arguments:
            place = Place(self._known.whole, f"{self._known.path}()")
        return learner.noted(learner._received(answer, f"{self._name}(...)", place))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        learner = self._learner
        value = learner._settle(learner._charged("get", self._handle, name), None)
        return learner.noted(learner._received(value, name, self._attribute(name)))

    def __setattr__(self, name: str, value: Any) -> None:
        learner = self._learner
        (value,), _ = learner.prepared((value,), {})
        given = _hand_over(value)
        learner._settle(learner._charged("set", self._handle, name, given), None)
        # A copy: without a sandbox the object holds `given` itself, and may change it.
        if (place := self._attribute(name)) is not None:
            kept = _written(value if isinstance(value, Part) else _hand_over(value))
            learner.steps.append(Step("", place, (("", kept),), sets=True))

    def _attribute(self, name: str) -> Place | None:
        """The Place of an attribute; None if the check did not create the object."""
        known = self._known
        return known and Place(known.whole, f"{known.path}.{name}" if known.path else name)


def _written(value: Any) -> Any:
    """An argument with Places instead of objects, so that it can be written as source later."""
    if isinstance(value, Part):
        return value._known or value
    if isinstance(value, list | tuple):
        return type(value)(map(_written, value))
    return value


def _hand_over(value: Any) -> Any:
    if isinstance(value, Part):
        return value._handle
    if isinstance(value, np.ndarray):
        return value.copy(order="K")
    if isinstance(value, list | tuple):
        return type(value)(_hand_over(item) for item in value)
    if isinstance(value, type) and issubclass(value, np.generic):
        return np.dtype(value).name
    return value
