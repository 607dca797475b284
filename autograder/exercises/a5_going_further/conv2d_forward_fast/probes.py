"""Probes of conv2d_forward_fast."""

from autograder.exercises.shared.grids import convolution_grid
from autograder.exercises.shared.probing import Probe, convolutions

PROBES: tuple[Probe, ...] = convolutions("conv2d_forward_fast")

RETURNS = ("out",)
GRID: tuple[Probe, ...] = convolution_grid("conv2d_forward_fast")
