"""Probes of Conv2D: both passes, and the forward pass alone."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograder.exercises.shared.layer_grids import convolution_layer_grid
from autograder.exercises.shared.probing import Probe, conv2d, forward, numbers, set_up


def _layer(sizes: Sequence[int], x: np.ndarray, start: int) -> Probe:
    def make(learner: Any) -> Any:
        return set_up(learner.Conv2D(*sizes, rng=learner.default_rng(0)), start)

    return forward(make, x)


PROBES: tuple[Probe, ...] = (
    conv2d((1, 2, 2), numbers(1, 1, 3, 4)),
    conv2d((2, 1, 3), numbers(2, 2, 3, 5, start=2), start=6),
    conv2d((2, 2, 2, 2, 1), numbers(1, 2, 4, 6)),
    conv2d((1, 2, 3, 2, 1), numbers(2, 1, 5, 7, start=8), start=2),
    conv2d((1, 2, 3, 1, 1), numbers(2, 1, 3, 3, start=8), start=4),
    conv2d((1, 2, 2, 2), numbers(2, 1, 4, 4, start=8), start=4),
    conv2d((1, 1, 2), numbers(1, 1, 3, 3), numbers(2, 1, 3, 4, start=5)),
)

FORWARD: tuple[Probe, ...] = (
    _layer((2, 1, 3), numbers(2, 2, 4, 5, start=2), 6),
    _layer((2, 2, 2, 2, 1), numbers(1, 2, 4, 6), 3),
    _layer((1, 2, 3, 2, 1), numbers(2, 1, 5, 7, start=8), 2),
    _layer((1, 2, 3, 1, 1), numbers(2, 1, 3, 3, start=8), 4),
    _layer((1, 2, 2, 2), numbers(2, 1, 4, 4, start=8), 4),
)

GRID: tuple[Probe, ...] = convolution_layer_grid()
