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
    v = np.array(x, dtype='float64')
    grad = np.zeros(v.shape)
    for k in np.ndindex(v.shape):
        v_plus = v.copy()
        v_plus[k] += epsilon
        v_minus = v.copy()
        v_minus[k] -= epsilon
        J_plus = np.sum(f(v_plus) * d_out)
        J_minus = np.sum(f(v_minus) * d_out)
        grad[k] = (J_plus - J_minus) / (2 * epsilon)
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
    (N, C, H, W) = x_shape
    OH = output_size(H, kernel_height, stride, padding)
    OW = output_size(W, kernel_width, stride, padding)
    A = np.zeros((N, C, H + 2 * padding, W + 2 * padding), dtype=cols.dtype)
    c = np.repeat(np.arange(C), kernel_height * kernel_width).reshape(-1, 1)
    u = np.tile(np.repeat(np.arange(kernel_height), kernel_width), C).reshape(-1, 1)
    v = np.tile(np.arange(kernel_width), kernel_height * C).reshape(-1, 1)
    i = stride * np.repeat(np.arange(OH), OW).reshape(1, -1)
    j = stride * np.tile(np.arange(OW), OH).reshape(1, -1)
    values = cols.reshape(C * kernel_height * kernel_width, N, OH * OW).transpose(1, 0, 2)
    np.add.at(A, (slice(None), c, u + i, v + j), values)
    return A[:, :, padding:padding + H, padding:padding + W]


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
    (F, C, KH, KW) = weights.shape
    db = np.sum(d_out, axis=(0, 2, 3))
    dZ = d_out.transpose(1, 0, 2, 3).reshape(F, -1)
    dW = dZ.dot(cols.T).reshape(F, C, KH, KW)
    dX_col = weights.reshape(F, -1).T.dot(dZ)
    dX = col2im(dX_col, x.shape, KH, KW, stride, padding)
    return dX, dW, db
