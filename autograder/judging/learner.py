"""The one object through which checks see a learner's code: the fixture `learner`.

`learner.im2col(x, 2, 2)` calls the learner's function, `learner.Dense(4, 2, rng=...)` makes
their layer; whether that happens in this process or in a sandboxed worker, a check never knows.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from autograder.catalogue import Course, Exercise
from autograder.judging.compare import show_argument
from autograder.judging.form import FormFault, changed_in_place
from autograder.judging.values import MOST_NUMBERS, count_numbers
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
LONGEST_CALL = 300


class NoBackend(UserError):
    """There is nowhere for the learner's code to run: the machine's fault, never theirs."""


class Backend(Protocol):
    """Where the learner's code runs: a Host in this process, or a worker that holds one."""

    def find(self, module: str, name: str) -> Outcome: ...

    def get(self, handle: Handle, name: str) -> Outcome: ...

    def set(self, handle: Handle, name: str, value: Any) -> Outcome: ...

    def make_rng(self, seed: int) -> Outcome: ...

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
    """What all checks of one exercise, or all calls of a block, may use up together.

    Attributes:
        seconds: processor time that is left.
        waiting: time in which its code may still wait instead of working.
        ended: why nothing more is tried, once a call has not come back or the time is used up.
        of: whose budget it is, for the sentence.
        kind: the kind of failure of what is asked when it is used up.
    """

    seconds: float = EXERCISE_LIMIT
    waiting: float = WAITING_LIMIT
    ended: Failure | None = None
    of: str = "all checks of this exercise together"
    kind: str = "budget"

    def __post_init__(self) -> None:
        self._allowed = self.seconds, self.waiting

    def charge(self, seconds: float, waiting: float) -> None:
        """Take what a request has used; what is left may be nothing, and then that is said."""
        self.seconds -= seconds
        self.waiting -= waiting
        if self.ended is None and min(self.seconds, self.waiting) <= 0:
            seconds, waiting = self._allowed
            limit = processor_text(seconds) if self.seconds <= 0 else waiting_text(waiting)
            sentence = f"the time budget is used up: {self.of} may take {limit}"
            self.ended = Failure(self.kind, message=limit if self.kind == "timeout" else sentence)


@dataclass
class Call:
    """One call of the learner's code, to be shown when a check fails.

    Attributes:
        name: what was called.
        arguments: parameter name ("" if unknown) and value.
        before: of a method, what was done to its object until then: how it was made, what was
            set, what was called.
    """

    name: str
    arguments: list[tuple[str, Any]] = field(default_factory=list)
    before: "list[Call | Setting]" = field(default_factory=list)

    def __str__(self) -> str:
        for numbers in (36, 12, 4):
            steps = [*(step.text(numbers) for step in self.before), self.text(numbers)]
            text = "; ".join(steps)
            if len(text) <= LONGEST_CALL * (2 if self.before else 1):
                return text
        # Too much has happened: how the object was made, and what was called last.
        return f"{steps[0]}; ...; {steps[-1]}" if len(steps) > 2 else text

    def text(self, numbers: int) -> str:
        """The call alone, its arrays written out up to so many numbers."""
        shown = ((name, _argument_text(value, numbers)) for name, value in self.arguments)
        return f"{self.name}({', '.join(f'{n}={text}' if n else text for n, text in shown)})"


@dataclass
class Setting:
    """An attribute of an object that a check has set."""

    name: str
    value: Any

    def text(self, numbers: int) -> str:
        """As it would be typed, with arrays up to so many numbers."""
        return f"{self.name} = {_argument_text(self.value, numbers)}"


class LearnerError(AssertionError):
    """The learner's code raised, ran out of time, or is not there."""

    def __init__(self, failure: Failure, call: Call | None) -> None:
        super().__init__(failure.message)
        self.failure = failure
        self.call = call


class Learner:
    """The learner's functions and classes, as attributes.

    Args:
        backend: where the code runs.
        course: says in which file a name is to be found.
        exercise: what is being checked; names that are no exercise are looked up in its file.
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
        # What was right in its numbers but not in its form, since a check began.
        self.forms: list[FormFault] = []

    def __getattr__(self, name: str) -> "Part":
        if name.startswith("__"):
            raise AttributeError(name)
        module = self._exercise.module
        with contextlib.suppress(KeyError):
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

    def prepared(
        self, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The arguments with which a call is made: as given, unless a subclass changes them."""
        return args, kwargs

    def noted(self, value: Any) -> Any:
        """What a call gives to its caller: as it is; a subclass may keep it."""
        return value

    def default_rng(self, seed: int) -> "Part":
        """A NumPy random generator on the learner's side, to hand to their code."""
        rng = Part(self, self._settle(self._charged("make_rng", seed), None), "rng")
        rng._history.append(Call("default_rng", [("", seed)]))
        return rng

    @contextlib.contextmanager
    def at_most(self, seconds: float) -> Iterator[None]:
        """Allow what is asked inside the block so many seconds of processor time together.

        They are the block's own: the exercise's time budget does not shrink by them.
        """
        before, self._allowance = self._allowance, TimeBudget(seconds, kind="timeout")
        try:
            yield
        finally:
            self._allowance = before

    def _call(self, part: "Part", args: list[Any], kwargs: dict[str, Any]) -> Outcome:
        # A call may take its whole time even where less is left of the budget: else the learner
        # would read of a limit that is stated nowhere, and not that the budget is used up.
        limit = TIME_LIMIT if self._allowance is None else max(self._allowance.seconds, 0.1)
        if part._place is not None:
            return self._charged("call_by_name", *part._place, args, kwargs, limit)
        return self._charged("call", part._handle, args, kwargs, limit)

    def _charged(self, operation: str, *arguments: Any) -> Outcome:
        """Ask the backend, and take the time that it took from whatever allows it."""
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

    def _received(self, value: Any, name: str, whole: "Part | None" = None) -> Any:
        """A value as a check gets it: of plain numbers and Parts, and no larger than any needs."""
        if count_numbers(value) > MOST_NUMBERS:
            said = f"holds more than {MOST_NUMBERS:,} numbers, which no call of a check asks for"
            raise LearnerError(Failure("exception", message=said), self.last_call)
        return self._wrap(value, name, whole)

    def _wrap(self, value: Any, name: str, whole: "Part | None" = None) -> Any:
        if isinstance(value, Handle):
            return Part(self, value, name, whole)
        if isinstance(value, list | tuple):
            items = enumerate(value)
            return type(value)(self._wrap(item, f"{name}[{k}]", whole) for k, item in items)
        # A copy, as it comes out of a sandbox: what the learner's code does later to its own
        # array must not reach what a check has kept.
        return value.copy() if isinstance(value, np.ndarray) else value


class Part:
    """A function, class or object of the learner's. Calls, reads and sets go to their side.

    Args:
        learner: whose.
        handle: which object; None for one that is looked up at each use.
        name: how to write it: "im2col", of an object's attribute "weights.value".
        whole: the object that this is an attribute of, if it is one.
        place: the module and name to look up, of a function or class.
    """

    def __init__(
        self,
        learner: Learner,
        handle: Handle | None,
        name: str,
        whole: "Part | None" = None,
        place: tuple[str, str] | None = None,
    ) -> None:
        object.__setattr__(self, "_learner", learner)
        object.__setattr__(self, "_known", handle)
        object.__setattr__(self, "_place", place)
        object.__setattr__(self, "_name", name)
        object.__setattr__(self, "_whole", whole)
        # Of an object: how it was made, and what was done to it since.
        object.__setattr__(self, "_history", [])

    @property
    def type(self) -> str:
        """The name of its class."""
        return self._handle.type

    @property
    def _handle(self) -> Handle:
        known: Handle | None = self._known
        return self._learner._find(*self._place) if known is None else known

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        learner = self._learner
        args, kwargs = learner.prepared(args, kwargs)
        # Copies: code that changes its input must not change the check's own arrays.
        given = [_hand_over(value) for value in args]
        named = {key: _hand_over(value) for key, value in kwargs.items()}
        outcome = learner._call(self, given, named)
        names = [*outcome.parameters, *([""] * len(args))]
        before = [] if self._whole is None else self._whole._history
        call = Call(self._name, [*zip(names, args, strict=False), *kwargs.items()], list(before))
        learner.last_call = call
        value = learner._received(learner._settle(outcome, call), f"{self._name}(...)")
        step = Call(self._name, call.arguments)
        if self._whole is not None:
            before.append(step)
        elif isinstance(value, Part):
            value._history.append(step)
        return learner.noted(value)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        learner = self._learner
        value = learner._settle(learner._charged("get", self._handle, name), None)
        return learner.noted(learner._received(value, self._path(name), self._whole or self))

    def __setattr__(self, name: str, value: Any) -> None:
        learner = self._learner
        (value,), _ = learner.prepared((value,), {})
        given = _hand_over(value)
        learner._settle(learner._charged("set", self._handle, name, given), None)
        # A copy: in this process the object has `given` itself, and may change it.
        (self._whole or self)._history.append(Setting(self._path(name), _hand_over(value)))

    def _path(self, name: str) -> str:
        """How an attribute is written, from the object that a check has made."""
        return name if self._whole is None else f"{self._name}.{name}"


def _argument_text(value: Any, numbers: int) -> str:
    """Write an argument as it would be typed; an object by how it was made and set."""
    if isinstance(value, list | tuple) and any(isinstance(item, Part) for item in value):
        return f"[{', '.join(_argument_text(item, numbers) for item in value)}]"
    if not isinstance(value, Part) or not value._history:
        return show_argument(value, numbers)
    made, *steps = value._history
    text, joint, known = made.text(numbers), " with ", set()
    for step in steps:
        if isinstance(step, Setting):
            text += (", then " if step.name in known else joint) + step.text(numbers)
            joint = " and "
            known.add(step.name)
    return str(text)


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
