"""What im2col is asked."""

from autograder.exercises.shared.probing import Probe, unfoldings

PROBES: tuple[Probe, ...] = unfoldings("im2col")
