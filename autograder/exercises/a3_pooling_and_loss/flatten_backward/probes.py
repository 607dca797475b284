"""Probes of flatten_backward."""

import numpy as np

from autograder.exercises.shared.probing import Probe, asking, calling, numbers
from autograder.exercises.shared.small_cases import FEW_PICTURES, PICTURES

PROBES: tuple[Probe, ...] = tuple(
    asking("flatten_backward", numbers(shape[0], int(np.prod(shape[1:]))), shape)
    for shape in FEW_PICTURES
)

RETURNS = ("d_x",)
GRID: tuple[Probe, ...] = tuple(
    calling(
        "flatten_backward",
        (numbers(shape[0], int(np.prod(shape[1:]))), shape),
        *names,
        sizes=dict(zip("NCHW", shape, strict=True)),
    )
    for shape, names in PICTURES
)
