"""Probes of cross_entropy."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograder.checking import as_array
from autograder.exercises.shared.probing import Probe, asking, calling
from autograder.exercises.shared.small_cases import FEW_ROWS, probability_cases


def _is_finite(zeros: Sequence[int]) -> Probe:
    """Whether the loss is finite where the right class has probability 0."""

    def probe(learner: Any) -> Any:
        probabilities = np.eye(4)[[0, 1, 2]]
        loss = as_array(learner.cross_entropy(probabilities, np.array(zeros)), "loss", shape=())
        return bool(np.isfinite(loss))

    return Probe(probe)


PROBES: tuple[Probe, ...] = (
    *(asking("cross_entropy", *pair) for pair in FEW_ROWS),
    _is_finite((1, 1, 2)),
    _is_finite((3, 0, 0)),
    asking("cross_entropy", np.array([[0.5, 0.5, 0.0], [0.0, 0.25, 0.75]]), np.array([1, 2])),
)

RETURNS = ("the loss",)
# Losses are not multiples of 1/256, so they are compared in smaller steps.
STEPS = 1 << 16
_CERTAIN_ROWS = np.eye(4)[[0, 1, 2]]
GRID: tuple[Probe, ...] = (
    *(
        calling("cross_entropy", (p, labels), *names, sizes={"N": p.shape[0], "K": p.shape[1]})
        for p, labels, names in probability_cases()
    ),
    calling("cross_entropy", (np.array([[0.5, 0.5, 0.0]]), np.array([1])), "zero_beside"),
    calling(
        "cross_entropy",
        (np.array([[0.25, 0.75, 0.0], [0.0, 0.5, 0.5]]), np.array([0, 2])),
        "zero_beside",
        "images",
        "different_labels",
    ),
    calling("cross_entropy", (_CERTAIN_ROWS[:1], np.array([0])), "zero_beside"),
)
