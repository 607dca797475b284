"""What numerical_gradient is asked: functions with and without terms that mix the numbers."""

from typing import Any

import numpy as np

from autograder.exercises.shared.probing import Probe, asking, numbers


def cubes(x: np.ndarray) -> Any:
    """each number cubed"""
    return x**3


def neighbours(x: np.ndarray) -> Any:
    """each number squared, times the sum of all"""
    return x**2 * x.sum()


def total(x: np.ndarray) -> Any:
    """the sum of the squares, one number"""
    return float((x**2).sum() + x.ravel()[0] ** 3 * x.ravel()[-1])


_WHOLE = np.array([[1, 2], [3, -2]])

PROBES: tuple[Probe, ...] = (
    asking("numerical_gradient", cubes, numbers(3), numbers(3, start=8), 0.5),
    asking("numerical_gradient", neighbours, numbers(2, 2), numbers(2, 2, start=6), 0.5),
    asking("numerical_gradient", neighbours, numbers(3, start=2), numbers(3, start=7), 0.25),
    asking("numerical_gradient", total, numbers(2, 3, start=3), 1.5, 0.5),
    asking("numerical_gradient", neighbours, _WHOLE, numbers(2, 2, start=9), 0.5),
    asking("numerical_gradient", cubes, _WHOLE[0], numbers(2, start=5), 0.25),
)
