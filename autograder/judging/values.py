"""Tests whether values that learners returned are numbers, and whether the numbers are right."""

from typing import Any

import numpy as np

# The most numbers in one value from a learner's code; no exercise returns a hundredth of it.
MOST_NUMBERS = 1_000_000
# The most lists and tuples in one value, and the most entries in all of them. Each costs more than
# a number in an array.
MOST_LISTS = 20_000
MOST_LISTED = 200_000
# The most numbers in a value that `as_numbers` converts; no check returns more.
MOST_COMPARED = 100_000


def holds_numbers(value: Any) -> bool:
    """Say whether `value` is a number, an array, or a nest of lists and tuples of these.

    Other values must not be passed to np.asarray. It stores every text with the length of the
    longest one, so that a thousand short texts and a long one need gigabytes.
    """
    if isinstance(value, list | tuple):
        return all(holds_numbers(item) for item in value)
    return isinstance(value, np.ndarray | np.generic | bool | int | float)


def count_numbers(value: Any) -> int:
    """How many numbers a value holds: a number, an array, or a nest of lists and tuples."""
    if isinstance(value, np.ndarray):
        return value.size
    if isinstance(value, list | tuple):
        return len(value) + sum(count_numbers(item) for item in value)
    return 1


def is_bounded(value: Any) -> bool:
    """Whether a value is within the size limits, which no right result reaches."""
    lists = listed = 0
    waiting = [value]
    while waiting:
        inside = waiting.pop()
        if isinstance(inside, list | tuple):
            lists, listed = lists + 1, listed + len(inside)
            if lists > MOST_LISTS or listed > MOST_LISTED:
                return False
            waiting += inside
    return count_numbers(value) <= MOST_NUMBERS


def as_numbers(value: Any) -> np.ndarray | None:
    """The value as an array of float64; None if it is not only numbers, or too many of them."""
    if not holds_numbers(value) or count_numbers(value) > MOST_COMPARED:
        return None
    try:
        array = np.asarray(value)
    except (ValueError, TypeError, OverflowError):
        return None
    return array.astype(np.float64) if array.dtype.kind in "biuf" else None


def is_right(value: Any, right: Any, tolerance: float = 1e-6) -> bool:
    """Whether a value has the shape and, within the tolerance, the numbers of the right one."""
    got, wanted = as_numbers(value), as_numbers(right)
    if got is None or wanted is None:
        return value is None and right is None
    if got.shape != wanted.shape:
        return False
    slack = tolerance * (float(np.abs(wanted).max(initial=0.0)) or 1.0)
    with np.errstate(all="ignore"):
        return bool((np.abs(got - wanted) <= slack).all())
