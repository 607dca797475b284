"""Probes of ResidualBlock: both passes, and the forward pass alone."""

from typing import Any

import numpy as np

from autograder.exercises.shared.layer_grids import residual_block_grid
from autograder.exercises.shared.probing import (
    Probe,
    forward,
    forward_and_backward,
    numbers,
    set_up,
)


def residual_block(learner: Any, channels: int, start: int) -> tuple[Any, tuple[Any, Any]]:
    """A block, and its two convolutions."""
    block = learner.ResidualBlock(channels, rng=learner.default_rng(0))
    convolutions = block.first, block.second
    for k, convolution in enumerate(convolutions):
        set_up(convolution, start + 4 * k)
        convolution.weights.value = numbers(channels, channels, 3, 3, start=start + k) / 8
    return block, convolutions


def block(channels: int, *xs: np.ndarray, start: int = 3) -> Probe:
    def probe(learner: Any) -> Any:
        block, convolutions = residual_block(learner, channels, start)
        answers = forward_and_backward(block, *xs)
        return (*answers, *(part.grad for c in convolutions for part in (c.weights, c.bias)))

    return Probe(probe)


PROBES: tuple[Probe, ...] = (
    block(1, numbers(1, 1, 3, 4)),
    block(2, numbers(2, 2, 3, 3, start=4), start=6),
    block(2, numbers(1, 2, 4, 2, start=8), numbers(2, 2, 2, 3, start=2), start=9),
)


def _forward_alone(channels: int, x: np.ndarray, start: int) -> Probe:
    return forward(lambda learner: residual_block(learner, channels, start)[0], x)


FORWARD: tuple[Probe, ...] = (
    _forward_alone(1, numbers(1, 1, 3, 4), 3),
    _forward_alone(2, numbers(2, 2, 3, 3, start=4), 6),
    _forward_alone(2, numbers(1, 2, 4, 2, start=8), 9),
)

GRID: tuple[Probe, ...] = residual_block_grid()
