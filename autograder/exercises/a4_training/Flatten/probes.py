"""What Flatten is asked: both passes."""

from autograder.exercises.shared.probing import Probe, numbers, plain

PROBES: tuple[Probe, ...] = (
    plain("Flatten", numbers(1, 2, 2, 3)),
    plain("Flatten", numbers(2, 1, 3, 2, start=5)),
    plain("Flatten", numbers(3, 2, 2, 1), numbers(1, 2, 2, 1, start=7)),
    plain("Flatten", numbers(2, 2, 1, 3), numbers(1, 2, 1, 3, start=4)),
)
