"""An answer that shares its memory with an argument, told and made again on the other side.

A function of a check stays in the grader, and what goes over the wire is copied. A function that
gives its own argument back, or a view of it, must do so for the learner's code too: there the
next change of the argument changes the answer.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np


def find_view(answer: Any, arguments: Sequence[Any]) -> dict[str, Any] | None:
    """Where an answer lies in one of the arguments; None if it is memory of its own.

    Returns:
        the argument's number; and in items, not bytes, where the answer starts in it, its shape
        and its strides.
    """
    if not isinstance(answer, np.ndarray) or not answer.size:
        return None
    for number, argument in enumerate(arguments):
        if not isinstance(argument, np.ndarray) or argument.dtype != answer.dtype:
            continue
        if argument.flags.c_contiguous and np.may_share_memory(answer, argument):
            size = answer.itemsize
            starts = (each.__array_interface__["data"][0] for each in (answer, argument))
            return {
                "argument": number,
                "start": (next(starts) - next(starts)) // size,
                "shape": list(answer.shape),
                "strides": [stride // size for stride in answer.strides],
            }
    return None


def make_view(place: dict[str, Any], answer: Any, arguments: Sequence[Any]) -> Any:
    """The answer as a view of its argument; as it came, where the argument is laid out otherwise.

    Args:
        place: what `find_view` gave.
        answer: a copy of it.
        arguments: what the function was called with on this side.
    """
    argument = arguments[place["argument"]]
    if not isinstance(argument, np.ndarray) or argument.dtype != answer.dtype:
        return answer
    if not argument.flags.c_contiguous:
        whole = place["start"] == 0 and place["shape"] == list(argument.shape)
        return argument[...] if whole and np.array_equal(argument, answer) else answer
    size = argument.itemsize
    strides = [stride * size for stride in place["strides"]]
    return np.ndarray(place["shape"], answer.dtype, argument, place["start"] * size, strides)
