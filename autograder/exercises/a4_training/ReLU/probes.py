"""Probes of ReLU: both passes."""

from autograder.exercises.shared.layer_grids import plain_layer_grid, signed_inputs
from autograder.exercises.shared.probing import Probe, numbers, plain

PROBES: tuple[Probe, ...] = (
    plain("ReLU", numbers(2, 3)),
    plain("ReLU", numbers(1, 2, 2, 3, start=6)),
    plain("ReLU", numbers(2, 4), numbers(2, 4, start=9)),
    plain("ReLU", numbers(3, 2, start=5), numbers(3, 2, start=8)),
)

GRID: tuple[Probe, ...] = plain_layer_grid("ReLU", signed_inputs())
