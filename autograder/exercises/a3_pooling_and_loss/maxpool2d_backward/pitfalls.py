"""Known mistakes in maxpool2d_backward."""

import numpy as np
from numpy import ndarray

Shape = tuple[int, int, int, int]


def _route(d_out: ndarray, rows: ndarray, columns: ndarray, x_shape: Shape) -> ndarray:
    d_x = np.zeros(x_shape)
    n, c, _, _ = np.indices(d_out.shape)
    np.add.at(d_x, (n, c, rows, columns), d_out)
    return d_x


def overlaps_overwritten(d_out: ndarray, max_indices: ndarray, x_shape: Shape) -> ndarray:
    """Where one pixel wins several windows, it keeps only the last gradient. They add up, and \
`+=` with an array of indices does not do that: it counts each pixel once."""
    d_x = np.zeros(x_shape)
    for n, c, i, j in np.ndindex(d_out.shape):
        row, column = max_indices[n, c, i, j]
        d_x[n, c, row, column] = d_out[n, c, i, j]
    return d_x


def overlaps_averaged(d_out: ndarray, max_indices: ndarray, x_shape: Shape) -> ndarray:
    """Where one pixel wins several windows, it takes the mean of their gradients. The pixel is \
part of each of these windows, so their gradients add up."""
    rows, columns = max_indices[..., 0], max_indices[..., 1]
    count = _route(np.ones_like(d_out), rows, columns, x_shape)
    return _route(d_out, rows, columns, x_shape) / np.maximum(count, 1)


def upstream_ignored(d_out: ndarray, max_indices: ndarray, x_shape: Shape) -> ndarray:
    """It sends 1 to every maximum. Send the upstream gradient: how much the loss changes with \
that output."""
    return _route(np.ones_like(d_out), max_indices[..., 0], max_indices[..., 1], x_shape)


def row_and_column_swapped(d_out: ndarray, max_indices: ndarray, x_shape: Shape) -> ndarray:
    """It takes the row of the index for the column. The last axis of max_indices holds the \
row first, then the column."""
    return _route(d_out, max_indices[..., 1], max_indices[..., 0], x_shape)


def first_channel_only(d_out: ndarray, max_indices: ndarray, x_shape: Shape) -> ndarray:
    """It routes the gradient of the first channel only, and the others stay zero. Each channel \
was pooled by itself, and each gets its gradient back."""
    d_x = _route(d_out, max_indices[..., 0], max_indices[..., 1], x_shape)
    d_x[:, 1:] = 0
    return d_x


def first_image_only(d_out: ndarray, max_indices: ndarray, x_shape: Shape) -> ndarray:
    """It routes the gradient of the first image only, and the others stay zero. Each image of \
the batch gets its gradient back."""
    d_x = _route(d_out, max_indices[..., 0], max_indices[..., 1], x_shape)
    d_x[1:] = 0
    return d_x


def indices_of_the_first_channel(d_out: ndarray, max_indices: ndarray, x_shape: Shape) -> ndarray:
    """It sends the gradients of all channels to where the first channel's maxima stood. Each \
channel has indices of its own."""
    same = np.broadcast_to(max_indices[:, :1], max_indices.shape)
    return _route(d_out, same[..., 0], same[..., 1], x_shape)


def divided_by_the_batch(d_out: ndarray, max_indices: ndarray, x_shape: Shape) -> ndarray:
    """It divides by the number of images. The loss has already taken the mean: here the \
gradient is not divided again."""
    return _route(d_out, max_indices[..., 0], max_indices[..., 1], x_shape) / len(d_out)


def gradient_put_at_the_corner(d_out: ndarray, max_indices: ndarray, x_shape: Shape) -> ndarray:
    """It puts the gradient where the output stands, not where the maximum stood. Look up the \
place in max_indices."""
    d_x = np.zeros(x_shape)
    d_x[:, :, : d_out.shape[2], : d_out.shape[3]] = d_out
    return d_x
