"""Values that learners returned: whether they are numbers, and whether these are right."""

from typing import Any

import numpy as np

# More numbers come from no exercise.
MOST_NUMBERS = 100_000


def holds_numbers(value: Any) -> bool:
    """Say whether `value` is a number, an array, or a nest of lists and tuples of these.

    Nothing else may go into np.asarray: it makes room for every text as if it were as long as
    the longest beside it, and so turns a thousand short ones and a long one into gigabytes.
    """
    if isinstance(value, list | tuple):
        return all(holds_numbers(item) for item in value)
    return isinstance(value, np.ndarray | np.generic | bool | int | float)


def as_numbers(value: Any) -> np.ndarray | None:
    """The value as an array of floats; None if it is not made of numbers alone."""
    if not holds_numbers(value) or getattr(value, "size", 0) > MOST_NUMBERS:
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
