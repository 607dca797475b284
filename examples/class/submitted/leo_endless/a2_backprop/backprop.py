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
    x = np.array(x, dtype=np.float64)
    d_x = np.zeros_like(x)
    it = np.nditer(x, flags=["multi_index"], op_flags=["readwrite"])
    while not it.finished:
        here = it.multi_index
        before = x[here]
        x[here] = before + epsilon
        up = np.sum(f(x) * d_out)
        x[here] = before - epsilon
        down = np.sum(f(x) * d_out)
        x[here] = before
        d_x[here] = (up - down) / (2 * epsilon)
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
    batch, channels, height, width = x_shape
    oh = output_size(height, kernel_height, stride, padding)
    ow = output_size(width, kernel_width, stride, padding)
    p = np.zeros((batch, channels, height + 2 * padding, width + 2 * padding), cols.dtype)
    blocks = cols.reshape(channels, kernel_height * kernel_width, batch, oh, ow)
    for k in range(kernel_height * kernel_width):
        u, v = divmod(k, kernel_width)
        block = np.moveaxis(blocks[:, k], 1, 0)
        p[:, :, u:u+(oh-1)*stride+1:stride, v:v+(ow-1)*stride+1:stride] += block
    return p[:, :, padding:padding+height, padding:padding+width]


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
    filters, _, kh, kw = weights.shape
    g = np.moveaxis(d_out, 1, 0).reshape(filters, -1)
    d_weights = np.dot(g, cols.T).reshape(weights.shape)
    d_x = col2im(np.dot(weights.reshape(filters, -1).T, g), x.shape, kh, kw, stride, padding)
    return d_x, d_weights, g.sum(axis=1)
