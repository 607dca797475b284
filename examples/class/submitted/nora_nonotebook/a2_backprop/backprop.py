"""a2 · Backpropagation through a convolution, and how to know that it is right."""

from collections.abc import Callable

import numpy as np
from a1_convolution.convolution import output_size


def numerical_gradient(
    f: Callable[[np.ndarray], np.ndarray],
    x: np.ndarray,
    d_out: np.ndarray | float,
    epsilon: float = 1e-5,
) -> np.ndarray:
    """Measure the gradient of ``sum(f(x) * d_out)`` with respect to every entry of `x`."""
    if not epsilon > 0:
        raise ValueError(f"epsilon must be positive, but it is {epsilon}")
    x = np.array(x, float)
    result = np.zeros(x.shape)
    for place in np.ndindex(*x.shape):
        value = x[place]
        measured = []
        for sign in (1, -1):
            x[place] = value + sign * epsilon
            measured.append(np.sum(f(x) * d_out))
        x[place] = value
        result[place] = (measured[0] - measured[1]) / (2 * epsilon)
    return result


def col2im(
    cols: np.ndarray,
    x_shape: tuple[int, int, int, int],
    kernel_height: int,
    kernel_width: int,
    stride: int = 1,
    padding: int = 0,
) -> np.ndarray:
    """Add every column back to the pixels that `im2col` copied it from."""
    if len(x_shape) != 4:
        raise ValueError(f"x_shape must be (N, C, H, W), but it is {tuple(x_shape)}")
    images, channels, height, width = x_shape
    rows = channels * kernel_height * kernel_width
    if np.ndim(cols) != 2 or cols.shape[0] != rows or cols.shape[1] % images:
        raise ValueError(
            f"cols must have C*KH*KW = {rows} rows and the same number of columns for each of "
            f"{images} images, but its shape is {np.shape(cols)}"
        )
    images, channels, height, width = x_shape
    rows = output_size(height, kernel_height, stride, padding)
    columns = output_size(width, kernel_width, stride, padding)
    framed = np.zeros((images, channels, height + 2 * padding, width + 2 * padding), cols.dtype)
    line = 0
    for channel in range(channels):
        for u in range(kernel_height):
            for v in range(kernel_width):
                target = framed[:, channel, u:, v:][:, ::stride, ::stride][:, :rows, :columns]
                target += cols[line].reshape(images, rows, columns)  # a view, so framed changes
                line += 1
    return framed[:, :, padding : height + padding, padding : width + padding]


def conv2d_backward(
    d_out: np.ndarray,
    x: np.ndarray,
    weights: np.ndarray,
    cols: np.ndarray,
    stride: int = 1,
    padding: int = 0,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pass the upstream gradient through a convolution to its three inputs."""
    for name, array in (("d_out", d_out), ("x", x), ("weights", weights)):
        if np.ndim(array) != 4:
            raise ValueError(f"{name} must be 4-D, but its shape is {np.shape(array)}")
    if d_out.shape[1] != weights.shape[0]:
        raise ValueError(f"d_out has {d_out.shape[1]} channels, but weights has {weights.shape[0]}")
    filters, _, kernel_height, kernel_width = weights.shape
    by_place = d_out.transpose(0, 2, 3, 1).reshape(-1, filters)
    d_weights = (cols @ by_place).T.reshape(weights.shape)
    d_cols = (by_place @ weights.reshape(filters, -1)).T
    d_x = col2im(d_cols, x.shape, kernel_height, kernel_width, stride, padding)
    return d_x, d_weights, by_place.sum(axis=0)
