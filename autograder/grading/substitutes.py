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

from autograder.catalogue import Course, Exercise
from autograder.grading.far_objects import FarObjects
from autograder.grading.remote import RemoteBackend
from autograder.judging.compare import count_numbers, holds_numbers
from autograder.judging.learner import TIME_LIMIT
from autograder.judging.reference import reference_of
from autograder.worker.host import TimeUp, alarm_after

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
    found, objects = getattr(reference_of(course), part.name), FarObjects(learners)
    if isinstance(found, type):
        methods = {
            name: objects.working_on(method)
            for name, method in vars(found).items()
            if isinstance(method, FunctionType) and not name.startswith("__")
        }
        learners.replace_methods(part.module, part.name, methods)
    elif _is_of_arrays(part, course):
        learners.replace(part.module, part.name, _of_numbers(found))
    else:
        learners.replace(part.module, part.name, objects.working_on(found))


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
