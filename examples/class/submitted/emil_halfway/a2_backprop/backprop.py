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
    x = x.astype(float)  # astype makes a copy
    grad = np.zeros(x.shape)
    it = np.nditer(x, flags=["multi_index"])
    while not it.finished:
        k = it.multi_index
        old = x[k]
        x[k] = old + epsilon
        up = np.sum(f(x) * d_out)
        x[k] = old - epsilon
        down = np.sum(f(x) * d_out)
        x[k] = old
        grad[k] = (up - down) / (2 * epsilon)
        it.iternext()
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
    n_images, n_channels, h, w = x_shape
    oh = output_size(h, kernel_height, stride, padding)
    ow = output_size(w, kernel_width, stride, padding)
    xpad = np.zeros((n_images, n_channels, h + 2 * padding, w + 2 * padding))
    k = 0
    for n in range(n_images):
        for i in range(0, oh * stride, stride):
            for j in range(0, ow * stride, stride):
                window = cols[:, k].reshape(n_channels, kernel_height, kernel_width)
                xpad[n, :, i:i+kernel_height, j:j+kernel_width] += window
                k += 1
    if padding == 0:
        return xpad
    return xpad[:, :, padding:-padding, padding:-padding]


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
    n_filters, _, kh, kw = weights.shape
    d_bias = d_out.sum(axis=3).sum(axis=2).sum(axis=0)
    d_flat = d_out.transpose(1, 0, 2, 3).reshape(n_filters, -1)
    d_weights = d_flat.dot(cols.T).reshape(weights.shape)
    d_cols = weights.reshape(n_filters, -1).T.dot(d_flat)
    return col2im(d_cols, x.shape, kh, kw, stride, padding), d_weights, d_bias
