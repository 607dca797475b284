"""What conv2d_forward_fast is asked."""

from autograder.exercises.shared.probing import Probe, convolutions

PROBES: tuple[Probe, ...] = convolutions("conv2d_forward_fast")
