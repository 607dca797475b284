"""What flatten_forward is asked."""

from autograder.exercises.shared.probing import Probe, asking, numbers

_SHAPES = ((1, 2, 2, 3), (2, 3, 2, 4), (3, 2, 3, 2), (2, 2, 3, 3))

PROBES: tuple[Probe, ...] = tuple(asking("flatten_forward", numbers(*shape)) for shape in _SHAPES)
