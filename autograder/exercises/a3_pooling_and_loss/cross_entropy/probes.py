"""What cross_entropy is asked."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograder.checking import as_array
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


def _is_finite(zeros: Sequence[int]) -> Probe:
    """Whether the loss is finite where the right class has probability 0."""

    def probe(learner: Any) -> Any:
        probabilities = np.eye(4)[[0, 1, 2]]
        loss = as_array(learner.cross_entropy(probabilities, np.array(zeros)), "loss", shape=())
        return bool(np.isfinite(loss))

    return probe


PROBES: tuple[Probe, ...] = (
    *(asking("cross_entropy", *pair) for pair in _PAIRS),
    _is_finite((1, 1, 2)),
    _is_finite((3, 0, 0)),
)
