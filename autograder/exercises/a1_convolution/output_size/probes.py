"""What output_size is asked."""

from autograder.exercises.shared.probing import Probe, asking_often

PROBES: tuple[Probe, ...] = (
    asking_often("output_size", (5, 3), (7, 2), (4, 4), (9, 1)),
    asking_often("output_size", (7, 3, 2), (8, 3, 2), (10, 2, 3), (6, 5, 4)),
    asking_often("output_size", (5, 3, 1, 1), (4, 2, 1, 2), (3, 3, 1, 3)),
    asking_often("output_size", (7, 3, 2, 1), (8, 3, 2, 1), (9, 4, 3, 2), (5, 5, 3, 1)),
    asking_often("output_size", (11, 2, 4, 1), (28, 3, 2, 1), (32, 5, 3, 2)),
)
