"""What conv2d_forward_naive is asked."""

from autograder.exercises.shared.probing import Probe, convolutions

PROBES: tuple[Probe, ...] = convolutions("conv2d_forward_naive")
