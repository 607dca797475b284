"""Other formulas of maxpool2d_backward: the gradient goes to other pixels."""

from collections.abc import Callable
from typing import Any

import numpy as np


def _spread(
    d_out: np.ndarray, max_indices: np.ndarray, x_shape: tuple[int, ...], share: float
) -> np.ndarray:
    """Every pixel of a window of 2 by 2 gets a share of the gradient."""
    d_x = np.zeros(x_shape)
    rows, columns = 2 * d_out.shape[2], 2 * d_out.shape[3]
    big = d_out.repeat(2, axis=2).repeat(2, axis=3) * share
    rows, columns = min(rows, x_shape[2]), min(columns, x_shape[3])
    d_x[:, :, :rows, :columns] = big[:, :, :rows, :columns]
    return d_x


def _routed(
    d_out: np.ndarray, max_indices: np.ndarray, x_shape: tuple[int, ...], **how: bool
) -> np.ndarray:
    d_x = np.zeros(x_shape)
    for place in np.ndindex(d_out.shape):
        n, c, i, j = place
        row, column = max_indices[place]
        if how.get("swapped"):
            row, column = column, row
        if how.get("rows"):
            column = row
        if how.get("columns"):
            row = column
        if how.get("start"):
            row, column = row + 2 * i, column + 2 * j
        if how.get("place"):
            row, column = row + i, column + j
        if how.get("ones_assigned"):
            d_x[n, c, row, column] = 1
        elif how.get("assign"):
            d_x[n, c, row, column] = d_out[place]
        elif how.get("ones"):
            d_x[n, c, row, column] += 1
        elif how.get("corner"):
            d_x[n, c, 2 * i, 2 * j] += d_out[place]
        else:
            d_x[n, c, row, column] += d_out[place]
    return d_x


ALTERED: list[tuple[str, Callable[..., Any]]] = [
    (
        "{name} is 1 at each maximum: add the number of d_out there.",
        lambda *a: _routed(*a, ones_assigned=True),
    ),
    (
        "{name} gives every pixel of a window the gradient: only the pixel that won gets it, the "
        "one that max_indices names.",
        lambda d_out, max_indices, x_shape: _spread(d_out, max_indices, x_shape, 1.0),
    ),
    (
        "{name} shares the gradient among all pixels of a window, as average pooling does: only "
        "the pixel that won gets it.",
        lambda d_out, max_indices, x_shape: _spread(d_out, max_indices, x_shape, 0.25),
    ),
    (
        "{name} exchanges row and column of max_indices.",
        lambda d_out, max_indices, x_shape: _routed(d_out, max_indices, x_shape, swapped=True),
    ),
    (
        "{name} takes the row for the column too: max_indices[..., 0] is the row, "
        "max_indices[..., 1] the column.",
        lambda d_out, max_indices, x_shape: _routed(d_out, max_indices, x_shape, rows=True),
    ),
    (
        "{name} takes the column for the row too: max_indices[..., 0] is the row, "
        "max_indices[..., 1] the column.",
        lambda d_out, max_indices, x_shape: _routed(d_out, max_indices, x_shape, columns=True),
    ),
    (
        "{name} replaces where it should add: a pixel that wins several windows collects the "
        "gradients of all. d_x[places] += values adds a repeated place only once; np.add.at adds "
        "each.",
        lambda d_out, max_indices, x_shape: _routed(d_out, max_indices, x_shape, assign=True),
    ),
    (
        "{name} adds where the window starts to max_indices, which count in the whole picture "
        "already: use them as they are.",
        lambda d_out, max_indices, x_shape: _routed(d_out, max_indices, x_shape, start=True),
    ),
    (
        "{name} adds the window's number to max_indices, which count in the whole picture "
        "already: use them as they are.",
        lambda d_out, max_indices, x_shape: _routed(d_out, max_indices, x_shape, place=True),
    ),
    (
        "Two mistakes: 1. row and column of max_indices are exchanged. 2. {name} replaces where it "
        "should add: a pixel that wins several windows collects the gradients of all.",
        lambda d_out, max_indices, x_shape: _routed(
            d_out, max_indices, x_shape, swapped=True, assign=True
        ),
    ),
    (
        "{name} counts the windows that a pixel won: multiply by d_out.",
        lambda d_out, max_indices, x_shape: _routed(d_out, max_indices, x_shape, ones=True),
    ),
    (
        "{name} hands the gradient to the top left pixel of each window: use max_indices.",
        lambda d_out, max_indices, x_shape: _routed(d_out, max_indices, x_shape, corner=True),
    ),
]
