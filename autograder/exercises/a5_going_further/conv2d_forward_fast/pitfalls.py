"""Known mistakes in conv2d_forward_fast. Slow code is not among them: its results are right."""

import numpy as np
from numpy import ndarray

from autograder.exercises.shared.windows import all_windows, frame


def _convolve(
    x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
) -> ndarray:
    kernel_height, kernel_width = weights.shape[2:]
    windows = all_windows(frame(x, padding), kernel_height, kernel_width, stride, stride)
    out = np.einsum("ncijuv,fcuv->nfij", windows, weights)
    return out + np.reshape(bias, (-1, 1, 1))


def bias_ignored(
    x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
) -> ndarray:
    """It leaves the bias out. Each filter adds its own number to all its outputs."""
    return _convolve(x, weights, 0 * bias, stride, padding)


def padding_ignored(
    x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
) -> ndarray:
    """It does not pad. Put `padding` zeros on all four sides of the picture."""
    return _convolve(x, weights, bias, stride, 0)


def stride_ignored(
    x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
) -> ndarray:
    """It moves by one pixel, whatever the stride. The stride says how far it is from one window \
to the next."""
    return _convolve(x, weights, bias, 1, padding)


def kernel_flipped(
    x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
) -> ndarray:
    """It turns the filters by 180 degrees. In deep learning the filter lies on the window as it \
is."""
    return _convolve(x, weights[:, :, ::-1, ::-1], bias, stride, padding)


def columns_not_transposed(
    x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
) -> ndarray:
    """It flattens the windows in another order than the filters. Reshape keeps the order of the \
axes; transpose them first."""
    size = weights.shape[2:]
    windows = all_windows(frame(x, padding), size[0], size[1], stride, stride)
    images, channels, out_height, out_width = windows.shape[:4]
    cols = windows.reshape(images, channels * size[0] * size[1], out_height * out_width)
    out = weights.reshape(len(weights), -1) @ cols
    out = out.reshape(images, len(weights), out_height, out_width)
    return out + np.reshape(bias, (-1, 1, 1))


def filters_before_images(
    x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
) -> ndarray:
    """It reshapes a product whose rows are filters straight into pictures. There the filter is \
the first axis: reshape with the filter first, then swap filter and image."""
    out = _convolve(x, weights, bias, stride, padding)
    return np.ascontiguousarray(out.transpose(1, 0, 2, 3)).reshape(out.shape)


def truncated_to_integers(
    x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
) -> ndarray:
    """It cuts the decimals off when the picture is made of integers. The output is floating \
point."""
    out = _convolve(x, weights, bias, stride, padding)
    return out.astype(x.dtype) if x.dtype.kind in "iu" else out
