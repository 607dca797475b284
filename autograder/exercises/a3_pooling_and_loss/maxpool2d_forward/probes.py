"""Probes of maxpool2d_forward: with and without ties, separate and overlapping windows."""

import numpy as np

from autograder.exercises.shared.grids import pool_grid
from autograder.exercises.shared.probing import Probe, asking, numbers

_TIED = np.array([[1, 2, 2, 0, 1], [2, 2, 1, 0, 0], [1, 0, 2, 2, 1], [1, 1, 2, 2, 2]]) / 2


PROBES: tuple[Probe, ...] = tuple(
    asking("maxpool2d_forward", *arguments)
    for arguments in (
        (numbers(1, 1, 4, 4),),
        (numbers(2, 3, 5, 7, start=4), 2, 2),
        (numbers(1, 2, 5, 6, start=2), 3, 1),
        (numbers(2, 1, 7, 4, start=7), 2, 3),
        (numbers(1, 2, 6, 8, start=3) - 8, 2, 2),
        (numbers(1, 1, 5, 5, start=8) - 8, 3, 2),
        (_TIED[None, None], 2, 1),
        (np.stack([_TIED, _TIED[::-1, ::-1]])[None], 3, 1),
    )
)

RETURNS = ("out", "max_indices")
GRID: tuple[Probe, ...] = pool_grid("maxpool2d_forward")
