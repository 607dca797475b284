"""Known mistakes in he_initialization."""

from math import prod
from typing import Any

import numpy as np
from numpy import ndarray

Shape = tuple[int, ...]


def _fan_in(shape: Shape) -> int:
    return shape[0] if len(shape) == 2 else prod(shape[1:])


def _fan_out(shape: Shape) -> int:
    return shape[1] if len(shape) == 2 else shape[0] * prod(shape[2:])


def root_forgotten(shape: Shape, rng: Any) -> ndarray:
    """It multiplies by the variance that is wanted. A factor changes the variance by its square, \
so multiply by the square root of that variance."""
    return rng.standard_normal(shape) * (2 / _fan_in(shape))


def without_the_two(shape: Shape, rng: Any) -> ndarray:
    """It aims at the variance 1 / fan_in. ReLU halves the variance, so twice as much is \
needed."""
    return rng.standard_normal(shape) * np.sqrt(1 / _fan_in(shape))


def fan_out_used(shape: Shape, rng: Any) -> ndarray:
    """It divides by fan_out. An output is a sum over fan_in products, so fan_in decides how \
large it is."""
    return rng.standard_normal(shape) * np.sqrt(2 / _fan_out(shape))


def kernel_forgotten(shape: Shape, rng: Any) -> ndarray:
    """It counts the channels of a filter and forgets its rows and columns. Every pixel under \
the kernel counts: fan_in is C*KH*KW."""
    fan_in = shape[0] if len(shape) == 2 else shape[1]
    return rng.standard_normal(shape) * np.sqrt(2 / fan_in)


def both_fans(shape: Shape, rng: Any) -> ndarray:
    """It divides by both fans together. That is Xavier's formula; He's has fan_in alone."""
    return rng.standard_normal(shape) * np.sqrt(2 / (_fan_in(shape) + _fan_out(shape)))


def uniform_drawn(shape: Shape, rng: Any) -> ndarray:
    """It draws uniform numbers from -1 to 1. Their variance is only a third; draw standard \
normal numbers."""
    return rng.uniform(-1, 1, shape) * np.sqrt(2 / _fan_in(shape))


def not_scaled(shape: Shape, rng: Any) -> ndarray:
    """It does not scale the numbers of rng. Multiply them by sqrt(2 / fan_in)."""
    return rng.standard_normal(shape)
