"""Probes of relu_forward."""

from autograder.exercises.shared.probing import Probe, asking, calling
from autograder.exercises.shared.small_cases import numbers_of_both_signs, relu_cases

PROBES: tuple[Probe, ...] = tuple(asking("relu_forward", x) for x in numbers_of_both_signs())

RETURNS = ("out",)
GRID: tuple[Probe, ...] = tuple(calling("relu_forward", (x,), *names) for x, names in relu_cases())
