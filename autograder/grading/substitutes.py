"""Substitutes: the reference computes in the grader, and only its values cross the pipe.

The judging process computes them. It has a memory limit, because the learner's code may ask for a
result that is larger than the memory. A function of arrays accepts only numbers, and has a time
limit. A method of a layer, or a function of layers, works on objects that stay in the worker; to
the reference they look like objects of its own.
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

# Numbers in all arguments of one call: enough for the largest batch of images in training.
MOST_NUMBERS = 16 << 20


def has_code(part: Exercise, course: Course) -> bool:
    """Whether an exercise has code of its own; for example, `mnist` has none."""
    return hasattr(reference_of(course), part.name)


def substitute(part: Exercise, course: Course, learners: RemoteBackend) -> None:
    """Replace a part by its substitute from now on.

    Args:
        part: a function or class of the course.
        course: the catalogue.
        learners: where the learner's code runs. During a call of the part, it also serves
            requests about the objects that the part works on.
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
    """Make a part importable; calling it raises."""
    learners.leave_unwritten(part.module, part.name)


def answer_checks(part: Exercise, course: Course, learners: RemoteBackend) -> None:
    """Use the reference's part if a check calls it, but not if the learner's code does."""
    found = getattr(reference_of(course), part.name)
    parameters = list(inspect.signature(found).parameters)
    learners.answer_checks(part.module, part.name, found, parameters)


def _is_of_arrays(part: Exercise, course: Course) -> bool:
    """Whether its arguments and result are values that the pipe can carry, not layers."""
    parts = [part.name, *part.needs]
    return all(isinstance(getattr(reference_of(course), p, None), FunctionType) for p in parts)


def _of_numbers(function: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a function of the reference in limits: the learner's code chooses its arguments."""

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
