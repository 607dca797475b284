"""Probes of conv2d_forward_naive."""

from autograder.exercises.shared.grids import convolution_grid
from autograder.exercises.shared.probing import Probe, convolutions

PROBES: tuple[Probe, ...] = convolutions("conv2d_forward_naive")

RETURNS = ("out",)
SAME_RESULTS_AS = "conv2d_forward_fast"
GRID: tuple[Probe, ...] = convolution_grid("conv2d_forward_naive")
