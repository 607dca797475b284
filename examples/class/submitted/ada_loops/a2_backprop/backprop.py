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
    point = np.array(x, dtype=float, order="C")
    gradient = np.zeros(point.shape)
    flat_point = point.reshape(-1)
    flat_gradient = gradient.reshape(-1)
    for k in range(flat_point.size):
        old = flat_point[k]
        flat_point[k] = old + epsilon
        plus = np.sum(f(point) * d_out)
        flat_point[k] = old - epsilon
        minus = np.sum(f(point) * d_out)
        flat_point[k] = old
        flat_gradient[k] = (plus - minus) / (2 * epsilon)
    return gradient


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
    N, C, H, W = x_shape
    OH = output_size(H, kernel_height, stride, padding)
    OW = output_size(W, kernel_width, stride, padding)
    big = np.zeros((N, C, H + 2 * padding, W + 2 * padding), dtype=cols.dtype)
    by_place = cols.reshape(-1, N, OH * OW)
    for i in range(OH):
        for j in range(OW):
            patch = by_place[:, :, i * OW + j].T.reshape(N, C, kernel_height, kernel_width)
            top = i * stride
            left = j * stride
            # += because neighbouring windows overlap
            big[:, :, top:top + kernel_height, left:left + kernel_width] += patch
    return big[:, :, padding:padding + H, padding:padding + W]


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
    F, C, KH, KW = weights.shape
    d_bias = np.zeros(F, dtype=d_out.dtype)
    for f in range(F):
        d_bias[f] = d_out[:, f].sum()
    rows = np.swapaxes(d_out, 0, 1).reshape(F, -1)
    d_weights = np.dot(rows, cols.T).reshape(F, C, KH, KW)
    d_cols = np.dot(weights.reshape(F, -1).T, rows)
    d_x = col2im(d_cols, x.shape, KH, KW, stride, padding)
    return d_x, d_weights, d_bias
