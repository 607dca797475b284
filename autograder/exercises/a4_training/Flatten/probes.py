"""Probes of Flatten: both passes."""

from autograder.exercises.shared.layer_grids import picture_inputs, plain_layer_grid
from autograder.exercises.shared.probing import Probe, numbers, plain

PROBES: tuple[Probe, ...] = (
    plain("Flatten", numbers(1, 2, 2, 3)),
    plain("Flatten", numbers(2, 1, 3, 2, start=5)),
    plain("Flatten", numbers(3, 2, 2, 1), numbers(1, 2, 2, 1, start=7)),
    plain("Flatten", numbers(2, 2, 1, 3), numbers(1, 2, 1, 3, start=4)),
)

GRID: tuple[Probe, ...] = plain_layer_grid("Flatten", picture_inputs())
