"""What flatten_backward is asked."""

import numpy as np

from autograder.exercises.shared.probing import Probe, asking, numbers

_SHAPES = ((1, 2, 2, 3), (2, 3, 2, 4), (3, 2, 3, 2), (2, 2, 3, 3))

PROBES: tuple[Probe, ...] = tuple(
    asking("flatten_backward", numbers(shape[0], int(np.prod(shape[1:]))), shape)
    for shape in _SHAPES
)
