"""Probes of BatchNorm2D: both passes, and the forward pass alone."""

from typing import Any

import numpy as np

from autograder.exercises.shared.layer_grids import batch_norm_grid
from autograder.exercises.shared.probing import Probe, forward, forward_and_backward, numbers


def batch_norm(learner: Any, channels: int, start: int) -> Any:
    layer = learner.BatchNorm2D(channels, epsilon=0.5, momentum=0.25)
    for offset, parameter in enumerate((layer.gamma, layer.beta)):
        parameter.value = numbers(channels, start=start + offset)
        parameter.grad = numbers(channels, start=start + offset + 5)
    layer.running_mean = numbers(channels, start=start + 7)
    layer.running_variance = numbers(channels, start=start + 2) ** 2 + 0.25
    return layer


def normalising(*xs: np.ndarray, training: bool = True, start: int = 3) -> Probe:
    """Both passes, then the gradients of gamma and beta and the running estimates."""

    def probe(learner: Any) -> Any:
        layer = batch_norm(learner, xs[0].shape[1], start)
        layer.training = training
        answers = forward_and_backward(layer, *xs)
        kept = layer.running_mean, layer.running_variance
        return (*answers, layer.gamma.grad, layer.beta.grad, *kept)

    return Probe(probe)


_BATCHES = (
    numbers(2, 2, 2, 3),
    numbers(3, 1, 2, 2, start=4),
    numbers(2, 3, 1, 3, start=9),
    numbers(2, 2, 3, 2, start=6),
)

PROBES: tuple[Probe, ...] = (
    normalising(_BATCHES[0], start=6),
    normalising(_BATCHES[1], start=3),
    normalising(_BATCHES[0], _BATCHES[3], start=5),
    normalising(_BATCHES[2], training=False, start=6),
    normalising(_BATCHES[3], training=False, start=8),
)


def _forward_alone(size: int, start: int) -> Probe:
    # N = C = H = W: statistics over the wrong axes still broadcast, without an error.
    x = numbers(size, size, size, size, start=start)
    return forward(lambda learner: batch_norm(learner, size, start), x)


FORWARD: tuple[Probe, ...] = (_forward_alone(2, 3), _forward_alone(3, 6), _forward_alone(2, 8))

GRID: tuple[Probe, ...] = batch_norm_grid()
