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
    work = np.array(x, dtype=np.float64)
    d_x = np.empty_like(work)
    for where, value in np.ndenumerate(work.copy()):
        work[where] = value + epsilon
        high = np.sum(f(work) * d_out)
        work[where] = value - epsilon
        low = np.sum(f(work) * d_out)
        work[where] = value
        d_x[where] = (high - low) / (2.0 * epsilon)
    return d_x


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
    n, c, h, w = x_shape
    h_out = output_size(h, kernel_height, stride, padding)
    w_out = output_size(w, kernel_width, stride, padding)
    six = cols.reshape(c, kernel_height, kernel_width, n, h_out, w_out)
    xp = np.zeros((n, c, h + 2 * padding, w + 2 * padding), dtype=cols.dtype)
    for u in range(kernel_height):
        u_max = u + stride * h_out
        for v in range(kernel_width):
            v_max = v + stride * w_out
            xp[:, :, u:u_max:stride, v:v_max:stride] += six[:, u, v].swapaxes(0, 1)
    return xp[:, :, padding:-padding, padding:-padding]


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
    f, c, kh, kw = weights.shape
    flat = d_out.swapaxes(0, 1).reshape(f, -1)
    d_bias = flat.sum(axis=1)
    d_weights = np.matmul(flat, cols.T).reshape(f, c, kh, kw)
    d_cols = np.matmul(weights.reshape(f, -1).T, flat)
    d_x = col2im(d_cols, x.shape, kh, kw, stride, padding)
    return d_x, d_weights, d_bias
