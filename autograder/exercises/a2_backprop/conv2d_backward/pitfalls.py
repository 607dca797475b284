"""Known mistakes in conv2d_backward."""

import numpy as np
from numpy import ndarray

Gradients = tuple[ndarray, ndarray, ndarray]


def _fold(d_cols: ndarray, x: ndarray, weights: ndarray, stride: int, padding: int) -> ndarray:
    """Add columns back to the pixels that they were copied from."""
    images, channels, rows, columns = x.shape
    height, width = weights.shape[2:]
    padded = np.zeros((images, channels, rows + 2 * padding, columns + 2 * padding))
    down = (rows + 2 * padding - height) // stride + 1
    across = (columns + 2 * padding - width) // stride + 1
    windows = d_cols.reshape(channels, height, width, images, down, across)
    for n, i, j in np.ndindex(images, down, across):
        top, left = i * stride, j * stride
        padded[n, :, top : top + height, left : left + width] += windows[:, :, :, n, i, j]
    return padded[:, :, padding : padding + rows, padding : padding + columns]


def _right(
    d_out: ndarray, x: ndarray, weights: ndarray, cols: ndarray, stride: int, padding: int
) -> Gradients:
    rows = d_out.transpose(1, 0, 2, 3).reshape(len(weights), -1)
    d_cols = weights.reshape(len(weights), -1).T @ rows
    d_x = _fold(d_cols, x, weights, stride, padding)
    return d_x, (rows @ cols.T).reshape(weights.shape), d_out.sum(axis=(0, 2, 3))


def _with_rows(
    rows: ndarray, x: ndarray, weights: ndarray, cols: ndarray, stride: int, padding: int
) -> tuple[ndarray, ndarray]:
    """d_x and d_weights of an upstream gradient that is flattened to F rows already."""
    d_cols = weights.reshape(len(weights), -1).T @ rows
    d_weights = (rows @ cols.T).reshape(weights.shape)
    return _fold(d_cols, x, weights, stride, padding), d_weights


def reshape_for_transpose(
    d_out: ndarray, x: ndarray, weights: ndarray, cols: ndarray, stride: int = 1, padding: int = 0
) -> Gradients:
    """It flattens the upstream gradient without bringing the filter to the front, so images \
and filters are mixed up: a reshape never changes the order of the numbers. Swap the axes, \
then flatten."""
    rows = d_out.reshape(len(weights), -1)
    d_cols = weights.reshape(len(weights), -1).T @ rows
    d_x = _fold(d_cols, x, weights, stride, padding)
    return d_x, (rows @ cols.T).reshape(weights.shape), d_out.sum(axis=(0, 2, 3))


def places_before_images(
    d_out: ndarray, x: ndarray, weights: ndarray, cols: ndarray, stride: int = 1, padding: int = 0
) -> Gradients:
    """In its flattened upstream gradient the image changes fastest. In the columns of im2col all \
windows of the first image come before those of the second, and the two must agree."""
    rows = d_out.transpose(1, 2, 3, 0).reshape(len(weights), -1)
    d_cols = weights.reshape(len(weights), -1).T @ rows
    d_x = _fold(d_cols, x, weights, stride, padding)
    return d_x, (rows @ cols.T).reshape(weights.shape), d_out.sum(axis=(0, 2, 3))


def upstream_ignored(
    d_out: ndarray, x: ndarray, weights: ndarray, cols: ndarray, stride: int = 1, padding: int = 0
) -> Gradients:
    """It counts every output the same. The upstream gradient says how much each output matters \
to the loss; the chain rule multiplies by it."""
    return _right(np.ones_like(d_out), x, weights, cols, stride, padding)


def divided_by_the_batch(
    d_out: ndarray, x: ndarray, weights: ndarray, cols: ndarray, stride: int = 1, padding: int = 0
) -> Gradients:
    """It divides the gradients of weights and bias by the number of images. The loss has \
already taken the mean: here the images are summed."""
    d_x, d_weights, d_bias = _right(d_out, x, weights, cols, stride, padding)
    return d_x, d_weights / len(x), d_bias / len(x)


def bias_averaged(
    d_out: ndarray, x: ndarray, weights: ndarray, cols: ndarray, stride: int = 1, padding: int = 0
) -> Gradients:
    """It takes the mean for the bias. The bias was added to every output of its filter, so \
its gradient is the sum over all of them."""
    d_x, d_weights, _ = _right(d_out, x, weights, cols, stride, padding)
    return d_x, d_weights, d_out.mean(axis=(0, 2, 3))


def bias_summed_over_images_only(
    d_out: ndarray, x: ndarray, weights: ndarray, cols: ndarray, stride: int = 1, padding: int = 0
) -> Gradients:
    """It sums the bias gradient over the images, but not over the places. One bias was added at \
every place, so its gradient is the sum over all places."""
    d_x, d_weights, _ = _right(d_out, x, weights, cols, stride, padding)
    return d_x, d_weights, d_out.sum(axis=0)


def bias_keeps_its_axes(
    d_out: ndarray, x: ndarray, weights: ndarray, cols: ndarray, stride: int = 1, padding: int = 0
) -> Gradients:
    """Its bias gradient holds the right numbers, but has four axes. A gradient has the shape \
of what it belongs to, and the bias has one axis."""
    d_x, d_weights, _ = _right(d_out, x, weights, cols, stride, padding)
    return d_x, d_weights, d_out.sum(axis=(0, 2, 3), keepdims=True)


def bias_as_a_column(
    d_out: ndarray, x: ndarray, weights: ndarray, cols: ndarray, stride: int = 1, padding: int = 0
) -> Gradients:
    """Its bias gradient holds the right numbers, but as a column. A gradient has the shape of \
what it belongs to, and the bias has one axis."""
    d_x, d_weights, d_bias = _right(d_out, x, weights, cols, stride, padding)
    return d_x, d_weights, d_bias[:, None]


def weights_left_flat(
    d_out: ndarray, x: ndarray, weights: ndarray, cols: ndarray, stride: int = 1, padding: int = 0
) -> Gradients:
    """Its weights gradient holds the right numbers, but flat. A gradient has the shape of what \
it belongs to: fold it like the weights."""
    d_x, d_weights, d_bias = _right(d_out, x, weights, cols, stride, padding)
    return d_x, d_weights.reshape(len(weights), -1), d_bias


def weights_averaged_over_places(
    d_out: ndarray, x: ndarray, weights: ndarray, cols: ndarray, stride: int = 1, padding: int = 0
) -> Gradients:
    """It takes the mean over all windows for the weights. A weight was used in every window, so \
its gradient is the sum over all windows."""
    d_x, d_weights, d_bias = _right(d_out, x, weights, cols, stride, padding)
    return d_x, d_weights / cols.shape[1], d_bias


def input_gradient_left_as_columns(
    d_out: ndarray, x: ndarray, weights: ndarray, cols: ndarray, stride: int = 1, padding: int = 0
) -> Gradients:
    """Its input gradient is still in columns. They belong to windows; col2im adds them up at \
the pixels, and so gives the shape of x."""
    _, d_weights, d_bias = _right(d_out, x, weights, cols, stride, padding)
    rows = d_out.transpose(1, 0, 2, 3).reshape(len(weights), -1)
    return weights.reshape(len(weights), -1).T @ rows, d_weights, d_bias


def kernel_flipped(
    d_out: ndarray, x: ndarray, weights: ndarray, cols: ndarray, stride: int = 1, padding: int = 0
) -> Gradients:
    """It turns the filter by 180 degrees for the input gradient. That belongs to the formula \
that convolves the upstream gradient; here the product of weights and upstream gradient \
gives columns, and col2im adds them up."""
    _, d_weights, d_bias = _right(d_out, x, weights, cols, stride, padding)
    flipped = weights[:, :, ::-1, ::-1]
    d_x, _, _ = _right(d_out, x, flipped, cols, stride, padding)
    return d_x, d_weights, d_bias


def weights_first(
    d_out: ndarray, x: ndarray, weights: ndarray, cols: ndarray, stride: int = 1, padding: int = 0
) -> Gradients:
    """It returns the right gradients in another order. The input's comes first, then the \
weights', then the bias's."""
    d_x, d_weights, d_bias = _right(d_out, x, weights, cols, stride, padding)
    return d_weights, d_bias, d_x


def overlaps_forgotten(
    d_out: ndarray, x: ndarray, weights: ndarray, cols: ndarray, stride: int = 1, padding: int = 0
) -> Gradients:
    """Where windows overlap, its input gradient keeps only the last window's number. A pixel is \
part of every window that it lies in, so their gradients add up."""
    _, d_weights, d_bias = _right(d_out, x, weights, cols, stride, padding)
    height, width = weights.shape[2:]
    images, channels, rows, columns = x.shape
    padded = np.zeros((images, channels, rows + 2 * padding, columns + 2 * padding))
    for n, i, j in np.ndindex(images, *d_out.shape[2:]):
        window = np.tensordot(d_out[n, :, i, j], weights, axes=1)
        top, left = i * stride, j * stride
        padded[n, :, top : top + height, left : left + width] = window
    return padded[:, :, padding : padding + rows, padding : padding + columns], d_weights, d_bias


def reshape_for_transpose_in_the_weights(
    d_out: ndarray, x: ndarray, weights: ndarray, cols: ndarray, stride: int = 1, padding: int = 0
) -> Gradients:
    """For the weights, it flattens the upstream gradient without bringing the filter to the \
front, so images and filters are mixed up: a reshape never changes the order of the numbers. Swap \
the axes, then flatten."""
    rows = d_out.reshape(len(weights), -1)
    _, d_weights = _with_rows(rows, x, weights, cols, stride, padding)
    d_x, _, d_bias = _right(d_out, x, weights, cols, stride, padding)
    return d_x, d_weights, d_bias


def reshape_for_transpose_in_the_input(
    d_out: ndarray, x: ndarray, weights: ndarray, cols: ndarray, stride: int = 1, padding: int = 0
) -> Gradients:
    """For the input, it flattens the upstream gradient without bringing the filter to the \
front, so images and filters are mixed up: a reshape never changes the order of the numbers. Swap \
the axes, then flatten."""
    rows = d_out.reshape(len(weights), -1)
    d_x, _ = _with_rows(rows, x, weights, cols, stride, padding)
    _, d_weights, d_bias = _right(d_out, x, weights, cols, stride, padding)
    return d_x, d_weights, d_bias


def filters_taken_to_be_last(
    d_out: ndarray, x: ndarray, weights: ndarray, cols: ndarray, stride: int = 1, padding: int = 0
) -> Gradients:
    """It flattens the upstream gradient as if the filter were its last axis, so places and \
filters are mixed up: a reshape never changes the order of the numbers. Bring the filter to the \
front, then flatten."""
    rows = d_out.reshape(-1, len(weights)).T
    d_x, d_weights = _with_rows(rows, x, weights, cols, stride, padding)
    return d_x, d_weights, d_out.sum(axis=(0, 2, 3))


def filters_taken_to_be_last_in_the_weights(
    d_out: ndarray, x: ndarray, weights: ndarray, cols: ndarray, stride: int = 1, padding: int = 0
) -> Gradients:
    """For the weights, it flattens the upstream gradient as if the filter were its last axis, \
so places and filters are mixed up: a reshape never changes the order of the numbers. Bring the \
filter to the front, then flatten."""
    rows = d_out.reshape(-1, len(weights)).T
    _, d_weights = _with_rows(rows, x, weights, cols, stride, padding)
    d_x, _, d_bias = _right(d_out, x, weights, cols, stride, padding)
    return d_x, d_weights, d_bias


def filters_taken_to_be_last_in_the_input(
    d_out: ndarray, x: ndarray, weights: ndarray, cols: ndarray, stride: int = 1, padding: int = 0
) -> Gradients:
    """For the input, it flattens the upstream gradient as if the filter were its last axis, \
so places and filters are mixed up: a reshape never changes the order of the numbers. Bring the \
filter to the front, then flatten."""
    rows = d_out.reshape(-1, len(weights)).T
    d_x, _ = _with_rows(rows, x, weights, cols, stride, padding)
    _, d_weights, d_bias = _right(d_out, x, weights, cols, stride, padding)
    return d_x, d_weights, d_bias


def filters_moved_to_the_end(
    d_out: ndarray, x: ndarray, weights: ndarray, cols: ndarray, stride: int = 1, padding: int = 0
) -> Gradients:
    """It moves the filter to the end, and flattens as if it stood in front. Each row must hold \
one filter's gradients: the axis that becomes the rows comes first."""
    rows = d_out.transpose(0, 2, 3, 1).reshape(len(weights), -1)
    d_x, d_weights = _with_rows(rows, x, weights, cols, stride, padding)
    return d_x, d_weights, d_out.sum(axis=(0, 2, 3))


def columns_not_transposed(
    d_out: ndarray, x: ndarray, weights: ndarray, cols: ndarray, stride: int = 1, padding: int = 0
) -> Gradients:
    """For the weights, it multiplies by the columns as they are. Forward, a weight met a row of \
them; backward, each weight collects along its row, so the product runs over the places."""
    d_x, _, d_bias = _right(d_out, x, weights, cols, stride, padding)
    rows = d_out.transpose(1, 0, 2, 3).reshape(len(weights), -1)
    return d_x, (rows @ cols).reshape(weights.shape), d_bias
