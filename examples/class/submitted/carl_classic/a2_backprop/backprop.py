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
    # YOUR CODE HERE: numerical_gradient (a2, 10 points)
    x = x.astype(np.float64)
    grad = np.zeros_like(x)
    base = np.sum(f(x) * d_out)
    for idx in np.ndindex(x.shape):
        x[idx] += epsilon
        grad[idx] = (np.sum(f(x) * d_out) - base) / epsilon
        x[idx] -= epsilon
    return grad


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
    # YOUR CODE HERE: col2im (a2, 20 points)
    N, C, H, W = x_shape
    OH = output_size(H, kernel_height, stride, padding)
    OW = output_size(W, kernel_width, stride, padding)
    x_pad = np.zeros((N, C, H + 2 * padding, W + 2 * padding))
    col = 0
    for n in range(N):
        for i in range(OH):
            for j in range(OW):
                si, sj = i * stride, j * stride
                patch = cols[:, col].reshape(C, kernel_height, kernel_width)
                x_pad[n, :, si:si+kernel_height, sj:sj+kernel_width] = patch
                col += 1
    return x_pad[:, :, padding:H+padding, padding:W+padding]


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
    # YOUR CODE HERE: conv2d_backward (a2, 20 points)
    F, C, KH, KW = weights.shape
    N = x.shape[0]
    d_bias = np.sum(d_out, axis=(0, 2, 3))
    d_out_flat = d_out.transpose(1, 0, 2, 3).reshape(F, -1)
    d_weights = (d_out_flat @ cols.T).reshape(weights.shape)
    d_cols = weights.reshape(F, -1).T @ d_out_flat
    d_x = col2im(d_cols, x.shape, KH, KW, stride, padding)
    return d_x, d_weights / N, d_bias / N
