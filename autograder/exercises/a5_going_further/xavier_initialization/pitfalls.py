"""Known mistakes in xavier_initialization."""

from math import prod
from typing import Any

import numpy as np
from numpy import ndarray

Shape = tuple[int, ...]


def _fan_in(shape: Shape) -> int:
    return shape[0] if len(shape) == 2 else prod(shape[1:])


def _fan_out(shape: Shape) -> int:
    return shape[1] if len(shape) == 2 else shape[0] * prod(shape[2:])


def _uniform(limit: float, shape: Shape, rng: Any) -> ndarray:
    return rng.uniform(-limit, limit, shape)


def root_forgotten(shape: Shape, rng: Any) -> ndarray:
    """It takes no square root. The variance grows with the square of the limit."""
    return _uniform(6 / (_fan_in(shape) + _fan_out(shape)), shape, rng)


def two_for_six(shape: Shape, rng: Any) -> ndarray:
    """It takes the standard deviation for the limit. Uniform numbers up to a limit have the \
variance limit**2 / 3, so the 2 becomes a 6."""
    return _uniform(np.sqrt(2 / (_fan_in(shape) + _fan_out(shape))), shape, rng)


def fan_in_only(shape: Shape, rng: Any) -> ndarray:
    """It counts fan_in alone. Xavier's formula has fan_in + fan_out, since the backward pass \
sums over fan_out."""
    return _uniform(np.sqrt(3 / _fan_in(shape)), shape, rng)


def six_over_fan_in(shape: Shape, rng: Any) -> ndarray:
    """It divides 6 by fan_in alone. The 6 is divided by the sum of both fans."""
    return _uniform(np.sqrt(6 / _fan_in(shape)), shape, rng)


def kernel_forgotten(shape: Shape, rng: Any) -> ndarray:
    """It counts channels and filters and forgets the kernel's rows and columns. Both fans \
count every pixel under the kernel."""
    fans = sum(shape) if len(shape) == 2 else shape[0] + shape[1]
    return _uniform(np.sqrt(6 / fans), shape, rng)


def normal_drawn(shape: Shape, rng: Any) -> ndarray:
    """It draws normal numbers and scales them by the limit. The limit is one of uniform \
numbers: rng.uniform(-limit, limit, shape)."""
    return rng.standard_normal(shape) * np.sqrt(6 / (_fan_in(shape) + _fan_out(shape)))


def from_zero_up(shape: Shape, rng: Any) -> ndarray:
    """All its weights are positive. They are drawn from both sides of 0, so that their mean is \
0."""
    return rng.uniform(0, np.sqrt(6 / (_fan_in(shape) + _fan_out(shape))), shape)


def sum_not_in_brackets(shape: Shape, rng: Any) -> ndarray:
    """It divides 6 by fan_in and adds fan_out to that. Division comes before addition: the sum of \
both fans needs brackets."""
    return _uniform(np.sqrt(6 / _fan_in(shape) + _fan_out(shape)), shape, rng)
