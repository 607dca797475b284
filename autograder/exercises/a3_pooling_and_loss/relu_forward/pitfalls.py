"""Known mistakes in relu_forward."""

import numpy as np
from numpy import ndarray


def absolute_value(x: ndarray) -> ndarray:
    """It turns negative numbers into positive ones. ReLU puts zero in their place."""
    return np.abs(x)


def leaky(x: ndarray) -> ndarray:
    """It lets a hundredth of the negative numbers through. That is leaky ReLU; this one puts \
zero in their place."""
    return np.where(x > 0, x, 0.01 * x)


def ones_and_zeros(x: ndarray) -> ndarray:
    """It returns whether a number is positive. A positive number goes through as it is."""
    return (x > 0) * 1.0


def smaller_one_kept(x: ndarray) -> ndarray:
    """It keeps the negative numbers and puts zero for the others. ReLU returns the larger one \
of x and 0."""
    return np.minimum(x, 0)


def clipped_at_one(x: ndarray) -> ndarray:
    """It cuts positive numbers off at 1. ReLU has no upper limit."""
    return np.clip(x, 0, 1)


def positive_numbers_only(x: ndarray) -> ndarray:
    """It drops the negative numbers, and with them the shape. Zero takes their place, so that \
every number stays where it was."""
    return x[x > 0]


def changes_its_input(x: ndarray) -> ndarray:
    """It writes the zeros into the array that it was given. The backward pass still needs that \
array as it was: make a new one."""
    x[x < 0] = 0
    return x
