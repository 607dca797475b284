"""Probes of conv2d_backward."""

from pathlib import Path
from typing import Any

import numpy as np

from autograder.exercises.shared.grids import convolution_backward_grid
from autograder.exercises.shared.probing import Probe, asking, numbers

# The columns of three small convolutions, as literals: computing them is another exercise.
_COLS_1 = np.array([[1, 2, 4, 5], [2, 3, 5, 6], [4, 5, 7, 8], [5, 6, 8, 9]]) / 2
_X_1 = np.arange(1, 10).reshape(1, 1, 3, 3) / 2
_X_2 = np.arange(1, 25).reshape(2, 2, 2, 3) / 2
_COLS_2 = (
    np.array(
        [
            [1, 2, 4, 5, 13, 14, 16, 17],
            [2, 3, 5, 6, 14, 15, 17, 18],
            [7, 8, 10, 11, 19, 20, 22, 23],
            [8, 9, 11, 12, 20, 21, 23, 24],
        ]
    )
    / 2
)
_X_3 = np.arange(1, 9).reshape(2, 1, 2, 2) / 2
_COLS_3 = (
    np.array(
        [
            [0, 0, 0, 4, 0, 0, 0, 8],
            [0, 0, 3, 0, 0, 0, 7, 0],
            [0, 2, 0, 0, 0, 6, 0, 0],
            [1, 0, 0, 0, 5, 0, 0, 0],
        ]
    )
    / 2
)


_SIZES: tuple[Any, ...] = (
    (_X_1, (1, 1, 2, 2), _COLS_1, (2, 2), 1, 0),
    (_X_1, (2, 1, 2, 2), _COLS_1, (2, 2), 1, 0),
    (_X_2, (2, 2, 1, 2), _COLS_2, (2, 2), 1, 0),
    (_X_2, (3, 2, 1, 2), _COLS_2, (2, 2), 1, 0),
    (_X_3, (2, 1, 2, 2), _COLS_3, (2, 2), 2, 1),
)

PROBES: tuple[Probe, ...] = tuple(
    asking(
        "conv2d_backward",
        numbers(len(x), weights_shape[0], *out_sizes, start=4),
        x,
        numbers(*weights_shape, start=11),
        cols,
        *rest,
    )
    for x, weights_shape, cols, out_sizes, *rest in _SIZES
)

RETURNS = ("d_x", "d_weights", "d_bias")
GRID: tuple[Probe, ...] = convolution_backward_grid("conv2d_backward", Path(__file__).parent)
