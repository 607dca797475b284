"""Known mistakes in maxpool2d_forward."""

from collections.abc import Callable

import numpy as np
from numpy import ndarray

from autograder.exercises.shared.windows import all_windows

Choice = Callable[[ndarray], ndarray]


def _first(flat: ndarray) -> ndarray:
    return flat.argmax(axis=-1)


def _last(flat: ndarray) -> ndarray:
    return flat.shape[-1] - 1 - flat[..., ::-1].argmax(axis=-1)


def _places(
    x: ndarray, pool_size: int, stride: int, choose: Choice = _first
) -> tuple[ndarray, ndarray, ndarray, ndarray, ndarray]:
    """The chosen pixel of each window, its row and column inside it, and i and j."""
    windows = all_windows(x, pool_size, pool_size, stride, stride)
    flat = windows.reshape(*windows.shape[:4], -1)
    place = choose(flat)
    out = np.take_along_axis(flat, place[..., None], axis=-1)[..., 0]
    i = np.broadcast_to(np.arange(out.shape[2])[:, None], out.shape)
    j = np.broadcast_to(np.arange(out.shape[3]), out.shape)
    return out, place // pool_size, place % pool_size, i, j


def _pool(
    x: ndarray, pool_size: int, stride: int, choose: Choice = _first
) -> tuple[ndarray, ndarray]:
    out, u, v, i, j = _places(x, pool_size, stride, choose)
    return out, np.stack([i * stride + u, j * stride + v], axis=-1)


def minimum_taken(x: ndarray, pool_size: int = 2, stride: int = 2) -> tuple[ndarray, ndarray]:
    """It keeps the smallest number of each window. Max pooling keeps the largest."""
    return _pool(x, pool_size, stride, lambda flat: flat.argmin(axis=-1))


def mean_taken(x: ndarray, pool_size: int = 2, stride: int = 2) -> tuple[ndarray, ndarray]:
    """It takes the mean of each window. That is average pooling; max pooling keeps the largest \
number only."""
    _, indices = _pool(x, pool_size, stride)
    return all_windows(x, pool_size, pool_size, stride, stride).mean(axis=(4, 5)), indices


def maximum_starts_at_zero(
    x: ndarray, pool_size: int = 2, stride: int = 2
) -> tuple[ndarray, ndarray]:
    """It gives 0 for a window of negative numbers. A running maximum must start below \
everything, or at the window's first pixel."""
    out, indices = _pool(x, pool_size, stride)
    return np.maximum(out, 0), np.where(out[..., None] > 0, indices, 0)


def maximum_starts_at_zero_in_place(
    x: ndarray, pool_size: int = 2, stride: int = 2
) -> tuple[ndarray, ndarray]:
    """Its maximum starts at 0, so a window of negative numbers gives 0, with the index of its \
top left pixel. A running maximum must start below everything, or at that pixel's value."""
    out, _, _, i, j = _places(x, pool_size, stride)
    _, indices = _pool(x, pool_size, stride)
    corner = np.stack([i * stride, j * stride], axis=-1)
    return np.maximum(out, 0), np.where(out[..., None] > 0, indices, corner)


def maximum_of_the_values_starts_at_zero(
    x: ndarray, pool_size: int = 2, stride: int = 2
) -> tuple[ndarray, ndarray]:
    """It gives 0 for a window of negative numbers. Only the pixels of the window may take part \
in its maximum."""
    out, indices = _pool(x, pool_size, stride)
    return np.maximum(out, 0), indices


def last_tie_wins(x: ndarray, pool_size: int = 2, stride: int = 2) -> tuple[ndarray, ndarray]:
    """Among equally large pixels it takes the last. The first wins: a later one must be \
strictly larger to take its place."""
    return _pool(x, pool_size, stride, _last)


def ties_read_by_columns(
    x: ndarray, pool_size: int = 2, stride: int = 2
) -> tuple[ndarray, ndarray]:
    """Among equally large pixels it takes the leftmost first. The topmost row wins, and only \
in that row the leftmost: read the window row by row."""
    order = np.arange(pool_size**2).reshape(pool_size, pool_size).T.ravel()
    return _pool(x, pool_size, stride, lambda flat: order[flat[..., order].argmax(axis=-1)])


def indices_inside_the_window(
    x: ndarray, pool_size: int = 2, stride: int = 2
) -> tuple[ndarray, ndarray]:
    """Its indices count from the corner of each window. They should say where the maximum \
stands in the whole picture: add where the window starts."""
    out, u, v, _, _ = _places(x, pool_size, stride)
    return out, np.stack([u, v], axis=-1)


def windows_start_not_times_stride(
    x: ndarray, pool_size: int = 2, stride: int = 2
) -> tuple[ndarray, ndarray]:
    """It adds the place of the output to the index, not the place where the window starts. \
Where the output moves by one, the window moves by the stride."""
    out, u, v, i, j = _places(x, pool_size, stride)
    return out, np.stack([i + u, j + v], axis=-1)


def windows_start_times_pool_size(
    x: ndarray, pool_size: int = 2, stride: int = 2
) -> tuple[ndarray, ndarray]:
    """Its indices are those of windows that lie side by side. Where a window starts depends on \
the stride, not on the size of the window."""
    out, u, v, i, j = _places(x, pool_size, stride)
    return out, np.stack([i * pool_size + u, j * pool_size + v], axis=-1)


def indices_column_first(
    x: ndarray, pool_size: int = 2, stride: int = 2
) -> tuple[ndarray, ndarray]:
    """Its indices say the column first and then the row. The row comes first, as in the axes \
of an image."""
    out, indices = _pool(x, pool_size, stride)
    return out, indices[..., ::-1]


def unravelled_the_wrong_way(
    x: ndarray, pool_size: int = 2, stride: int = 2
) -> tuple[ndarray, ndarray]:
    """It takes the row inside the window for the column. When a window is numbered row by row, \
dividing by its width gives the row, and the rest is the column."""
    out, u, v, i, j = _places(x, pool_size, stride)
    return out, np.stack([i * stride + v, j * stride + u], axis=-1)


def flat_indices(x: ndarray, pool_size: int = 2, stride: int = 2) -> tuple[ndarray, ndarray]:
    """Its indices number the pixels of the whole picture by one number. Return two, row and \
column, on a last axis of length 2."""
    out, indices = _pool(x, pool_size, stride)
    return out, indices[..., 0] * x.shape[3] + indices[..., 1]


def stride_is_pool_size(x: ndarray, pool_size: int = 2, stride: int = 2) -> tuple[ndarray, ndarray]:
    """It lays the windows side by side, whatever the stride. They may overlap or leave gaps: \
the stride says how far apart they are."""
    return _pool(x, pool_size, pool_size)


def stride_always_two(x: ndarray, pool_size: int = 2, stride: int = 2) -> tuple[ndarray, ndarray]:
    """It moves the windows by two pixels, whatever the stride. Two is the default alone."""
    return _pool(x, pool_size, 2)


def window_moves_one_pixel(
    x: ndarray, pool_size: int = 2, stride: int = 2
) -> tuple[ndarray, ndarray]:
    """Its output has the right size, but the window moves one pixel at a time. Where the \
output moves by one, the window moves by the stride."""
    out, indices = _pool(x, pool_size, 1)
    height, width = ((size - pool_size) // stride + 1 for size in x.shape[2:])
    return out[:, :, :height, :width], indices[:, :, :height, :width]


def partial_windows_kept(
    x: ndarray, pool_size: int = 2, stride: int = 2
) -> tuple[ndarray, ndarray]:
    """It also pools what is left over at the right and at the bottom. Rows and columns that do \
not fill a window are left out."""
    low = np.min(x) - 1
    more = [(0, 0), (0, 0), *((0, -(size - pool_size) % stride) for size in x.shape[2:])]
    return _pool(np.pad(x, more, constant_values=low), pool_size, stride)


def output_transposed(x: ndarray, pool_size: int = 2, stride: int = 2) -> tuple[ndarray, ndarray]:
    """It swaps the rows and the columns of the output. Moving the window down must move down \
in the output."""
    out, indices = _pool(x, pool_size, stride)
    return out.transpose(0, 1, 3, 2), indices.transpose(0, 1, 3, 2, 4)


def channels_compete(x: ndarray, pool_size: int = 2, stride: int = 2) -> tuple[ndarray, ndarray]:
    """It takes one maximum over all channels. Each channel is pooled by itself: a large number \
of another channel does not matter."""
    out, indices = _pool(x, pool_size, stride)
    best = out.argmax(axis=1)[:, None]
    top = np.broadcast_to(np.take_along_axis(out, best, axis=1), out.shape)
    where = np.take_along_axis(indices, best[..., None], axis=1)
    return top, np.broadcast_to(where, indices.shape)


def indices_not_returned(x: ndarray, pool_size: int = 2, stride: int = 2) -> ndarray:
    """It returns the maxima alone. Where they stood goes with them, as a second value: the \
backward pass needs it."""
    return _pool(x, pool_size, stride)[0]
