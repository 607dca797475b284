"""Probes of relu_backward."""

import numpy as np

from autograder.exercises.shared.probing import Probe, asking, calling, numbers
from autograder.exercises.shared.small_cases import numbers_of_both_signs, relu_cases

PROBES: tuple[Probe, ...] = tuple(
    asking("relu_backward", numbers(*x.shape, start=13), x) for x in numbers_of_both_signs()
)

RETURNS = ("d_x",)
GRID: tuple[Probe, ...] = tuple(
    calling("relu_backward", (d_out, x), *names, *extra)
    for x, names in relu_cases()
    for d_out, extra in (
        (np.abs(numbers(*x.shape, start=13)) + 0.5, ()),
        (numbers(*x.shape, start=13) - 0.25, ("negative_gradient",)),
    )
)
