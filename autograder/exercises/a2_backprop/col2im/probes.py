"""Probes of col2im."""

from autograder.exercises.shared.grids import col2im_grid
from autograder.exercises.shared.probing import Probe, asking, numbers

# N, C, H, W; KH, KW, stride, padding; rows and columns of cols.
_SIZES = (
    ((1, 1, 4, 4), (2, 2, 1, 0), (4, 9)),
    ((2, 1, 4, 5), (2, 3, 1, 0), (6, 18)),
    ((2, 3, 4, 4), (3, 2, 1, 0), (18, 12)),
    ((2, 2, 5, 7), (3, 2, 2, 0), (12, 12)),
    ((2, 2, 3, 4), (2, 2, 1, 1), (8, 40)),
    ((2, 2, 5, 6), (2, 3, 2, 2), (12, 32)),
)

PROBES: tuple[Probe, ...] = tuple(
    asking("col2im", numbers(*cols), shape, *rest) for shape, rest, cols in _SIZES
)

RETURNS = ("x",)
GRID: tuple[Probe, ...] = col2im_grid("col2im")
