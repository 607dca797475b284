"""Known mistakes in conv2d_forward."""

import numpy as np
from numpy import ndarray

from autograder.exercises.shared.windows import all_windows, as_cols, frame


def _multiply(
    windows: ndarray, weights: ndarray, bias: ndarray
) -> tuple[ndarray, ndarray, tuple[int, int]]:
    """The product as (F, N*OH*OW), the columns, and (OH, OW)."""
    cols = as_cols(windows)
    rows = weights.reshape(len(weights), -1) @ cols + bias[:, None]
    return rows, cols, (windows.shape[2], windows.shape[3])


def _pictures(rows: ndarray, images: int, sizes: tuple[int, int]) -> ndarray:
    return rows.reshape(len(rows), images, *sizes).transpose(1, 0, 2, 3)


def _seen(x: ndarray, weights: ndarray, stride: int, padding: int) -> ndarray:
    return all_windows(frame(x, padding), weights.shape[2], weights.shape[3], stride, stride)


def reshape_for_transpose(
    x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
) -> tuple[ndarray, ndarray]:
    """It gives the product the right shape, but images and filters are mixed up: a reshape \
never changes the order of the numbers. In the product the filter comes first; reshape with \
the filter first, then swap the axes."""
    rows, cols, sizes = _multiply(_seen(x, weights, stride, padding), weights, bias)
    return rows.reshape(len(x), len(weights), *sizes), cols


def filters_taken_to_be_last(
    x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
) -> tuple[ndarray, ndarray]:
    """It flattens the weights as if the filter were their last axis, so the filters' numbers are \
mixed up: a reshape never changes the order of the numbers. One row for each filter is \
weights.reshape(F, -1)."""
    mixed = weights.reshape(-1, len(weights)).T.reshape(weights.shape)
    rows, cols, sizes = _multiply(_seen(x, weights, stride, padding), mixed, bias)
    return _pictures(rows, len(x), sizes), cols


def filters_before_images(
    x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
) -> tuple[ndarray, ndarray]:
    """Its output has the filter as the first axis and the image as the second. The images come \
first, as in the input: (N, F, OH, OW)."""
    rows, cols, sizes = _multiply(_seen(x, weights, stride, padding), weights, bias)
    return rows.reshape(len(weights), len(x), *sizes), cols


def images_taken_to_be_last(
    x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
) -> tuple[ndarray, ndarray]:
    """It unfolds the product as if its columns ran by place first and by image last. The \
columns of im2col run by image first."""
    rows, cols, sizes = _multiply(_seen(x, weights, stride, padding), weights, bias)
    return rows.reshape(len(weights), *sizes, len(x)).transpose(3, 0, 1, 2), cols


def output_height_and_width_swapped(
    x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
) -> tuple[ndarray, ndarray]:
    """It unfolds the product with the output's width as its height. Columns run by output row, \
then output column: the height comes before the width."""
    rows, cols, (height, width) = _multiply(_seen(x, weights, stride, padding), weights, bias)
    return _pictures(rows, len(x), (width, height)), cols


def kernel_flipped(
    x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
) -> tuple[ndarray, ndarray]:
    """It turns the filter upside down and left to right, as convolution does in mathematics. \
In deep learning the filter lies on the window as it is."""
    flipped = weights[:, :, ::-1, ::-1]
    rows, cols, sizes = _multiply(_seen(x, weights, stride, padding), flipped, bias)
    return _pictures(rows, len(x), sizes), cols


def channels_last_in_filters(
    x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
) -> tuple[ndarray, ndarray]:
    """It flattens the filters with the channel last, but the rows of the columns have it first. \
Both must have the same order, or each weight is multiplied by another weight's pixel."""
    mixed = weights.transpose(0, 2, 3, 1)
    rows, cols, sizes = _multiply(_seen(x, weights, stride, padding), mixed, bias)
    return _pictures(rows, len(x), sizes), cols


def bias_ignored(
    x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
) -> tuple[ndarray, ndarray]:
    """It leaves the bias out. Each filter adds its own number to each of its outputs."""
    rows, cols, sizes = _multiply(_seen(x, weights, stride, padding), weights, 0 * bias)
    return _pictures(rows, len(x), sizes), cols


def bias_of_the_first_filter(
    x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
) -> tuple[ndarray, ndarray]:
    """It gives all filters the bias of the first one. Each filter has a bias of its own."""
    first = np.full_like(bias, bias[0])
    rows, cols, sizes = _multiply(_seen(x, weights, stride, padding), weights, first)
    return _pictures(rows, len(x), sizes), cols


def padding_ignored(
    x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
) -> tuple[ndarray, ndarray]:
    """It leaves the padding out. Both im2col and the size of the output depend on it."""
    rows, cols, sizes = _multiply(_seen(x, weights, stride, 0), weights, bias)
    return _pictures(rows, len(x), sizes), cols


def stride_ignored(
    x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
) -> tuple[ndarray, ndarray]:
    """It convolves with stride 1, whatever it was asked for. Both im2col and the size of the \
output depend on the stride."""
    rows, cols, sizes = _multiply(_seen(x, weights, 1, padding), weights, bias)
    return _pictures(rows, len(x), sizes), cols


def columns_returned_transposed(
    x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
) -> tuple[ndarray, ndarray]:
    """The columns that it returns beside the output are transposed. The \
backward pass wants them as im2col made them."""
    rows, cols, sizes = _multiply(_seen(x, weights, stride, padding), weights, bias)
    return _pictures(rows, len(x), sizes), cols.T


def columns_not_returned(
    x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
) -> ndarray:
    """It returns the output alone. The columns go with it, as a second value: the backward \
pass needs them."""
    rows, _, sizes = _multiply(_seen(x, weights, stride, padding), weights, bias)
    return _pictures(rows, len(x), sizes)


def bias_along_the_places(
    x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
) -> tuple[ndarray, ndarray]:
    """It lays the biases along the places, one for each column of the product. Each row of the \
product belongs to one filter: make the biases a column, so that each goes along its own row."""
    product, cols, sizes = _multiply(_seen(x, weights, stride, padding), weights, 0 * bias)
    return _pictures(product + bias, len(x), sizes), cols


def bias_along_the_width(
    x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
) -> tuple[ndarray, ndarray]:
    """It lays the biases along the last axis, the width of the picture. There is one for each \
filter, and broadcasting lines up from the right: the places after the filter need axes too."""
    product, cols, sizes = _multiply(_seen(x, weights, stride, padding), weights, 0 * bias)
    return _pictures(product, len(x), sizes) + bias, cols


def bias_along_the_height(
    x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
) -> tuple[ndarray, ndarray]:
    """It lays the biases along the height of the picture. There is one for each filter, and \
broadcasting lines up from the right: both axes after the filter need one of length 1."""
    product, cols, sizes = _multiply(_seen(x, weights, stride, padding), weights, 0 * bias)
    return _pictures(product, len(x), sizes) + bias[:, None], cols


def _with_columns_of(
    x: ndarray, weights: ndarray, bias: ndarray, asked: tuple[int, int], given: tuple[int, int]
) -> tuple[ndarray, ndarray]:
    """Stride and padding that the output has, and those that the columns are made with."""
    rows, cols, _ = _multiply(_seen(x, weights, *given), weights, bias)
    sizes = _seen(x, weights, *asked).shape[2:4]
    return _pictures(rows, len(x), (sizes[0], sizes[1])), cols


def columns_without_padding(
    x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
) -> tuple[ndarray, ndarray]:
    """Its output has the right size, but im2col is called without the padding. The columns must \
be made with the same padding as the output."""
    return _with_columns_of(x, weights, bias, (stride, padding), (stride, 0))


def columns_without_stride(
    x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
) -> tuple[ndarray, ndarray]:
    """Its output has the right size, but im2col is called without the stride. The columns must \
be made with the same stride as the output."""
    return _with_columns_of(x, weights, bias, (stride, padding), (1, padding))


def columns_without_stride_and_padding(
    x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
) -> tuple[ndarray, ndarray]:
    """Its output has the right size, but im2col is called without the stride and the padding. \
The columns must be made with the same as the output."""
    return _with_columns_of(x, weights, bias, (stride, padding), (1, 0))
