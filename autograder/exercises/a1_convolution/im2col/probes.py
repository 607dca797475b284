"""Probes of im2col."""

from autograder.exercises.shared.grids import im2col_grid
from autograder.exercises.shared.probing import Probe, unfoldings

PROBES: tuple[Probe, ...] = unfoldings("im2col")

RETURNS = ("cols",)
GRID: tuple[Probe, ...] = im2col_grid("im2col")
