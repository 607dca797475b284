"""Results that share memory with an argument: described in the grader, rebuilt in the worker.

A check can pass a function to the learner's code. That function runs in the grader, and the pipe
copies its arguments and its result. If it returns its own argument, or a view of it, the learner's
code must get a view too: a later change of the argument then also changes the result.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np


def find_view(answer: Any, arguments: Sequence[Any]) -> dict[str, Any] | None:
    """Find the argument whose memory a result uses; None if the result has memory of its own.

    Returns:
        the argument's number; and the result's start in it, shape and strides, in items, not
        bytes.
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
    """Make the result a view of its argument; return the copy if the memory layouts differ.

    Args:
        place: the result of `find_view`.
        answer: a copy of the result.
        arguments: the arguments of the call in this process.
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
