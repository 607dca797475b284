"""Probes of Dense: both passes."""

from autograder.exercises.shared.layer_grids import dense_layer_grid
from autograder.exercises.shared.probing import Probe, dense, numbers

PROBES: tuple[Probe, ...] = (
    dense((2, 3), numbers(1, 2)),
    dense((3, 2), numbers(2, 3, start=4), start=8),
    dense((2, 2), numbers(3, 2), numbers(3, 2, start=8)),
    dense((3, 3), numbers(2, 3), numbers(2, 3, start=6), start=5),
)

GRID: tuple[Probe, ...] = dense_layer_grid()
