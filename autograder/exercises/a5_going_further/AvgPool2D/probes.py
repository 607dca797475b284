"""Probes of AvgPool2D: both passes, and the forward pass alone."""

from collections.abc import Sequence

import numpy as np

from autograder.exercises.shared.layer_grids import pool_layer_grid
from autograder.exercises.shared.probing import Probe, forward, numbers, plain

_SMALL = (numbers(1, 2, 4, 6), numbers(2, 2, 5, 4, start=9), numbers(2, 1, 7, 7, start=4))

PROBES: tuple[Probe, ...] = (
    plain("AvgPool2D", _SMALL[0]),
    plain("AvgPool2D", _SMALL[1], arguments=(2, 1)),
    plain("AvgPool2D", _SMALL[1], arguments=(3, 1)),
    plain("AvgPool2D", _SMALL[2], arguments=(3, 2)),
    plain("AvgPool2D", _SMALL[2], arguments=(4, 3)),
)


_PICTURES = (numbers(1, 2, 6, 7), numbers(2, 2, 7, 5, start=9), numbers(2, 1, 7, 7, start=4))


def _pooling(sizes: Sequence[int], x: np.ndarray) -> Probe:
    return forward(lambda learner: learner.AvgPool2D(*sizes), x)


FORWARD: tuple[Probe, ...] = tuple(
    _pooling(pool, x) for pool in ((2, 1), (3, 2), (3, 1), (2, 3)) for x in _PICTURES
)

GRID: tuple[Probe, ...] = pool_layer_grid("AvgPool2D", ties=False)
