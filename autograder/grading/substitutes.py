"""The reference in the place of a learner's part: its values cross the pipe, its code does not.

All of it is computed in the process that judges, which has a memory limit: what the learner's
code asks for can be larger than any memory. A function of arrays gets numbers alone, and has a
time limit. A layer's method, or what works on layers, runs line by line on objects that stay with
the learner: to it they look like its own.
"""

import inspect
from collections.abc import Callable
from types import FunctionType
from typing import Any

import numpy as np

from autograder.catalogue import Course, Exercise
from autograder.grading.remote import RemoteBackend
from autograder.judging.compare import count_numbers, holds_numbers
from autograder.judging.learner import TIME_LIMIT
from autograder.judging.reference import reference_of
from autograder.worker.frames import Handle
from autograder.worker.host import Outcome, TimeUp, alarm_after

# In all arguments of one call: the largest batch of images that a network is trained on.
MOST_NUMBERS = 16 << 20


def has_code(part: Exercise, course: Course) -> bool:
    """Whether an exercise is code of its own: `mnist` is only what the others come to."""
    return hasattr(reference_of(course), part.name)


def substitute(part: Exercise, course: Course, learners: RemoteBackend) -> None:
    """Let the reference answer for a part from now on.

    Args:
        part: a function or class of the course.
        course: the catalogue.
        learners: where the learner's code runs; it may stand in the middle of a call that
            asks for the part, and serves the objects in question meanwhile.
    """
    found = getattr(reference_of(course), part.name)
    if isinstance(found, type):
        methods = {
            name: _on_far_objects(method, learners)
            for name, method in vars(found).items()
            if isinstance(method, FunctionType) and not name.startswith("__")
        }
        learners.replace_methods(part.module, part.name, methods)
    elif _is_of_arrays(part, course):
        learners.replace(part.module, part.name, _of_numbers(found))
    else:
        learners.replace(part.module, part.name, _on_far_objects(found, learners))


def leave_unwritten(part: Exercise, learners: RemoteBackend) -> None:
    """Let a part be there to be imported, and raise when it is called."""
    learners.leave_unwritten(part.module, part.name)


def answer_checks(part: Exercise, course: Course, learners: RemoteBackend) -> None:
    """Let the reference answer for a part when a check asks for it, and not the learner's code."""
    found = getattr(reference_of(course), part.name)
    parameters = list(inspect.signature(found).parameters)
    learners.answer_checks(part.module, part.name, found, parameters)


def _is_of_arrays(part: Exercise, course: Course) -> bool:
    """Whether all that goes in and out are values that a pipe can carry, and no layers."""
    parts = [part.name, *part.needs]
    return all(isinstance(getattr(reference_of(course), p, None), FunctionType) for p in parts)


def _of_numbers(function: Callable[..., Any]) -> Callable[..., Any]:
    """The reference's function of arrays, for arguments that the learner's code chooses."""

    def value_of(*args: Any, **kwargs: Any) -> Any:
        given = [*args, *kwargs.values()]
        _require_numbers(given)
        try:
            with alarm_after(TIME_LIMIT):
                return function(*args, **kwargs)
        except TimeUp as error:
            raise ValueError(f"what it was given takes more than {error} to work through") from None

    return value_of


def _require_numbers(values: list[Any]) -> None:
    if not all(callable(value) or holds_numbers(value) for value in values):
        raise TypeError("only numbers and arrays can be given here")
    if count_numbers(values) > MOST_NUMBERS:
        raise ValueError(f"more than {MOST_NUMBERS:,} numbers are too many here")


def _on_far_objects(function: FunctionType, learners: RemoteBackend) -> Callable[..., Any]:
    def run(*args: Any, **kwargs: Any) -> Any:
        given = [_far(value, learners) for value in args]
        named = {key: _far(value, learners) for key, value in kwargs.items()}
        value = function(*given, **named)
        for one in (*given, *named.values()):
            if isinstance(one, FarObject):
                one.put_back()
        return _near(value)

    return run


class FarObject:
    """An object that lives with the learner's code; reads, writes and calls go there.

    Arrays come as copies. What was changed in a copy is put back by `put_back`.
    """

    def __init__(self, backend: RemoteBackend, handle: Handle) -> None:
        object.__setattr__(self, "_backend", backend)
        object.__setattr__(self, "_handle", handle)
        object.__setattr__(self, "_read", {})

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        value = _settled(self._backend.get(self._handle, name))
        far = _far(value, self._backend)
        self._read[name] = (far, _copied(far))
        return far

    def __setattr__(self, name: str, value: Any) -> None:
        self._read.pop(name, None)
        _settled(self._backend.set(self._handle, name, _near(value)))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        given = [_near(value) for value in args]
        named = {key: _near(value) for key, value in kwargs.items()}
        value = _settled(self._backend.call(self._handle, given, named, TIME_LIMIT))
        return _far(value, self._backend)

    def put_back(self) -> None:
        """Set every attribute that was read and whose arrays have since changed in place."""
        for name, (now, before) in list(self._read.items()):
            if not _same(now, before):
                setattr(self, name, now)


def _settled(outcome: Outcome) -> Any:
    if outcome.failure is not None:
        raise ValueError(outcome.failure.message)
    return outcome.value


def _far(value: Any, backend: RemoteBackend) -> Any:
    if isinstance(value, Handle):
        return FarObject(backend, value)
    if isinstance(value, list | tuple):
        return type(value)(_far(item, backend) for item in value)
    if isinstance(value, str | dict):
        # A number of theirs times a text of theirs is as long as they like.
        raise TypeError("only numbers, arrays and objects can be worked on here")
    return value


def _near(value: Any) -> Any:
    if isinstance(value, FarObject):
        handle: Handle = value._handle
        return handle
    if isinstance(value, list | tuple):
        return type(value)(_near(item) for item in value)
    return value


def _copied(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.copy()
    return [_copied(item) for item in value] if isinstance(value, list | tuple) else None


def _same(now: Any, before: Any) -> bool:
    if isinstance(now, np.ndarray):
        return np.array_equal(now, before, equal_nan=now.dtype.kind in "fc")
    if isinstance(now, list | tuple):
        return all(_same(a, b) for a, b in zip(now, before, strict=True))
    return True
