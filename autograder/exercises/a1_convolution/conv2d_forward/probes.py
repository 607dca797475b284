"""Probes of conv2d_forward."""

from autograder.exercises.shared.grids import convolution_grid
from autograder.exercises.shared.probing import Probe, convolutions

PROBES: tuple[Probe, ...] = convolutions("conv2d_forward")

RETURNS = ("out", "cols")
GRID: tuple[Probe, ...] = convolution_grid("conv2d_forward")
