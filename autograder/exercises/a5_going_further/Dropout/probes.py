"""Probes of Dropout: both passes, in training and in evaluation."""

from typing import Any

import numpy as np

from autograder.exercises.shared.layer_grids import dropout_grid
from autograder.exercises.shared.probing import Probe, forward_and_backward, numbers


def dropping(rate: float, *xs: np.ndarray, training: bool = True, seed: int = 1) -> Probe:
    def probe(learner: Any) -> Any:
        layer = learner.Dropout(rate, rng=learner.default_rng(seed))
        layer.training = training
        return forward_and_backward(layer, *xs)

    return Probe(probe)


PROBES: tuple[Probe, ...] = (
    dropping(0.25, numbers(3, 4)),
    dropping(0.75, numbers(2, 2, 3, start=5), seed=2),
    dropping(0.25, numbers(4, 3, start=3), numbers(2, 5), seed=3),
    dropping(0.25, numbers(2, 4, start=8), training=False),
    dropping(0.75, numbers(2, 4, start=2), training=False, seed=4),
)

GRID: tuple[Probe, ...] = dropout_grid()
