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
    def loss(point):
        return np.sum(f(point) * d_out)

    x = np.asarray(x).astype(np.float64)
    slopes = []
    for k in range(x.size):
        nudge = np.zeros(x.size)
        nudge[k] = epsilon
        nudge = nudge.reshape(x.shape)
        slopes.append((loss(x + nudge) - loss(x - nudge)) / 2 / epsilon)
    return np.array(slopes, dtype=np.float64).reshape(x.shape)


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
    oh = output_size(h, kernel_height, stride, padding)
    ow = output_size(w, kernel_width, stride, padding)
    hp, wp = h + 2 * padding, w + 2 * padding
    # Which pixel (of the padded, flattened batch) did im2col take each number from?
    c_, u, v, n_, i, j = np.ogrid[:c, :kernel_height, :kernel_width, :n, :oh, :ow]
    pixel = ((n_ * c + c_) * hp + i * stride + u) * wp + j * stride + v
    summed = np.bincount(pixel.ravel(), weights=cols.ravel(), minlength=n * c * hp * wp)
    padded = summed.reshape(n, c, hp, wp).astype(cols.dtype)
    return padded[:, :, padding : hp - padding, padding : wp - padding]


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
    n, _, oh, ow = d_out.shape
    windows = cols.reshape(c * kh * kw, n, oh, ow)
    d_weights = np.einsum("nfij,knij->fk", d_out, windows, optimize=True).reshape(f, c, kh, kw)
    d_cols = np.einsum("fk,nfij->knij", weights.reshape(f, -1), d_out, optimize=True)
    d_x = col2im(d_cols.reshape(cols.shape), x.shape, kh, kw, stride, padding)
    return d_x, d_weights, np.einsum("nfij->f", d_out)
