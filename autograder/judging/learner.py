"""The one object through which checks see a learner's code: the fixture `learner`.

`learner.im2col(x, 2, 2)` calls the learner's function, `learner.Dense(4, 2, rng=...)` makes
their layer; whether that happens in this process or in a sandboxed worker, a check never knows.
"""

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from autograder.catalogue import Course, Exercise
from autograder.judging.compare import show_argument
from autograder.judging.form import FormFault, changed_in_place
from autograder.text import UserError
from autograder.worker.frames import Handle
from autograder.worker.host import Failure, Outcome

TIME_LIMIT = 10.0
EXERCISE_LIMIT = 60.0
GRACE = 5.0
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

    def take_printed(self) -> str: ...


@dataclass
class TimeBudget:
    """What all checks of one exercise may use up together.

    Attributes:
        seconds: time that is left for calls without a limit of their own.
        ended: why nothing more is tried, once a call has not come back.
    """

    seconds: float = EXERCISE_LIMIT
    ended: Failure | None = None


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
        self._deadline: float | None = None
        self.last_call: Call | None = None
        # What was right in its numbers but not in its form, since a check began.
        self.forms: list[FormFault] = []

    def __getattr__(self, name: str) -> "Part":
        if name.startswith("__"):
            raise AttributeError(name)
        if self._time_budget.ended is not None:
            raise LearnerError(self._time_budget.ended, None)
        module = self._exercise.module
        with contextlib.suppress(KeyError):
            module = self._course.exercise(name).module
        value = self._settle(self._backend.find(module, name), None)
        if not isinstance(value, Handle):
            where = module.replace(".", "/") + ".py"
            failure = Failure("missing", message=f"{name} in {where} is no function or class")
            raise LearnerError(failure, None)
        return Part(self, value, name)

    @property
    def exercise(self) -> str:
        """The exercise that is being checked."""
        return self._exercise.name

    def default_rng(self, seed: int) -> "Part":
        """A NumPy random generator on the learner's side, to hand to their code."""
        rng = Part(self, self._settle(self._backend.make_rng(seed), None), "rng")
        rng._history.append(Call("default_rng", [("", seed)]))
        return rng

    @contextlib.contextmanager
    def at_most(self, seconds: float) -> Iterator[None]:
        """Allow the calls inside the block so many seconds together."""
        before, self._deadline = self._deadline, time.monotonic() + seconds
        try:
            yield
        finally:
            self._deadline = before

    def _call(self, handle: Handle, args: list[Any], kwargs: dict[str, Any]) -> Outcome:
        start = time.monotonic()
        if self._deadline is None:
            limit = min(TIME_LIMIT, self._time_budget.seconds)
        else:
            limit = self._deadline - start
        outcome = self._backend.call(handle, args, kwargs, max(limit, 0.1))
        if self._deadline is None:
            spent = time.monotonic() - start
            # Only a debugger can hold a call in this process beyond its limit: that is free.
            self._time_budget.seconds -= spent if spent <= limit + GRACE else 0.0
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
        handle: which object.
        name: how to write it: "im2col", of an object's attribute "weights.value".
        whole: the object that this is an attribute of, if it is one.
    """

    def __init__(
        self, learner: Learner, handle: Handle, name: str, whole: "Part | None" = None
    ) -> None:
        object.__setattr__(self, "_learner", learner)
        object.__setattr__(self, "_handle", handle)
        object.__setattr__(self, "_name", name)
        object.__setattr__(self, "_whole", whole)
        # Of an object: how it was made, and what was done to it since.
        object.__setattr__(self, "_history", [])
        object.__setattr__(self, "type", handle.type)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        learner = self._learner
        # Copies: code that changes its input must not change the check's own arrays.
        given = [_hand_over(value) for value in args]
        named = {key: _hand_over(value) for key, value in kwargs.items()}
        outcome = learner._call(self._handle, given, named)
        names = [*outcome.parameters, *([""] * len(args))]
        before = [] if self._whole is None else self._whole._history
        call = Call(self._name, [*zip(names, args, strict=False), *kwargs.items()], list(before))
        learner.last_call = call
        value = learner._wrap(learner._settle(outcome, call), f"{self._name}(...)")
        step = Call(self._name, call.arguments)
        if self._whole is not None:
            before.append(step)
        elif isinstance(value, Part):
            value._history.append(step)
        return value

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        learner = self._learner
        value = learner._settle(learner._backend.get(self._handle, name), None)
        return learner._wrap(value, self._path(name), self._whole or self)

    def __setattr__(self, name: str, value: Any) -> None:
        learner = self._learner
        given = _hand_over(value)
        learner._settle(learner._backend.set(self._handle, name, given), None)
        (self._whole or self)._history.append(Setting(self._path(name), given))

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
        return value.copy()
    if isinstance(value, list | tuple):
        return type(value)(_hand_over(item) for item in value)
    if isinstance(value, type) and issubclass(value, np.generic):
        return np.dtype(value).name
    return value
