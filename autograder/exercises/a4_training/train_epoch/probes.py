"""Probes of train_epoch: one epoch of a small network."""

from typing import Any

import numpy as np

from autograder.checking import as_array
from autograder.exercises.shared.layer_grids import epoch_grid
from autograder.exercises.shared.probing import Probe, numbers, set_up


def epoch(images: int, batch_size: int, momentum: float, seed: int, start: int) -> Probe:
    """The loss of one epoch, the parameters after it, and whether any gradient is not 0."""

    def probe(learner: Any) -> Any:
        dense = set_up(learner.Dense(4, 3, rng=learner.default_rng(0)), start)
        for parameter in (dense.weights, dense.bias):
            parameter.value = numbers(*np.shape(parameter.value), start=start) / 8
        network = learner.CNN([learner.Flatten(), dense])
        optimizer = learner.SGD([dense.weights, dense.bias], 0.25, momentum)
        x = numbers(images, 1, 2, 2, start=start) / 4
        labels = np.arange(images, dtype=np.int64) ** 2 % 3
        rng = learner.default_rng(seed)
        loss = learner.train_epoch(network, optimizer, x, labels, batch_size, rng)
        # All zeros here mean that zero_grad came after the backward pass, not before it.
        left = bool(np.any(as_array(dense.weights.grad)))
        return loss, dense.weights.value, dense.bias.value, left

    return Probe(probe)


PROBES: tuple[Probe, ...] = (
    epoch(4, 4, 0.0, 1, 1),
    epoch(5, 2, 0.0, 2, 5),
    epoch(6, 2, 0.5, 3, 2),
    epoch(7, 3, 0.5, 4, 6),
)

GRID: tuple[Probe, ...] = epoch_grid()
