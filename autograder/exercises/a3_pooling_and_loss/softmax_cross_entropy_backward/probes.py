"""What softmax_cross_entropy_backward is asked."""

import numpy as np

from autograder.exercises.shared.probing import Probe, asking

_CERTAIN = np.array([[0.25, 0.5, 0.25], [0.125, 0.125, 0.75], [0.5, 0.25, 0.25]])
_UNSURE = np.array([[0.125, 0.375, 0.25, 0.25], [0.5, 0.0625, 0.3125, 0.125]])
_RIGHT = (np.array([1, 0, 2]), np.array([3, 1]))


_PAIRS = (
    (_CERTAIN, _RIGHT[0]),
    (_UNSURE, _RIGHT[1]),
    (_CERTAIN[:, ::-1].copy(), np.array([0, 0, 1])),
    (_UNSURE[::-1].copy(), np.array([2, 2])),
)

PROBES: tuple[Probe, ...] = tuple(
    asking("softmax_cross_entropy_backward", *pair) for pair in _PAIRS
)
