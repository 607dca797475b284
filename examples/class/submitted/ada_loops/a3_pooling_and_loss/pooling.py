"""a3 · Max pooling: keep the largest number of each window, and remember where it stood."""

import numpy as np


def maxpool2d_forward(
    x: np.ndarray, pool_size: int = 2, stride: int = 2
) -> tuple[np.ndarray, np.ndarray]:
    """Take the maximum of every window, each channel by itself."""
    if np.ndim(x) != 4:
        raise ValueError(f"x must be 4-D (N, C, H, W), but its shape is {np.shape(x)}")
    if pool_size < 1 or stride < 1:
        raise ValueError(f"pool_size ({pool_size}) and stride ({stride}) must be at least 1")
    if pool_size > min(x.shape[2:]):
        raise ValueError(f"pool_size ({pool_size}) is larger than the image {x.shape[2:]}")
    N, C, H, W = x.shape
    OH = (H - pool_size) // stride + 1
    OW = (W - pool_size) // stride + 1
    out = np.zeros((N, C, OH, OW), dtype=x.dtype)
    max_indices = np.zeros((N, C, OH, OW, 2), dtype=int)
    for i in range(OH):
        for j in range(OW):
            top = i * stride
            left = j * stride
            window = x[:, :, top:top + pool_size, left:left + pool_size].reshape(N, C, -1)
            best = window.argmax(axis=2)  # argmax takes the first of equal ones
            out[:, :, i, j] = window.max(axis=2)
            max_indices[:, :, i, j, 0] = top + best // pool_size
            max_indices[:, :, i, j, 1] = left + best % pool_size
    return out, max_indices


def maxpool2d_backward(
    d_out: np.ndarray, max_indices: np.ndarray, x_shape: tuple[int, int, int, int]
) -> np.ndarray:
    """Route the upstream gradient to the pixels that won; all others get zero."""
    if np.ndim(d_out) != 4 or np.shape(max_indices) != (*np.shape(d_out), 2):
        raise ValueError(
            f"max_indices must have shape (*d_out.shape, 2) = {(*np.shape(d_out), 2)}, "
            f"but has {np.shape(max_indices)}"
        )
    if len(x_shape) != 4 or tuple(x_shape[:2]) != d_out.shape[:2]:
        raise ValueError(f"x_shape {tuple(x_shape)} and d_out {d_out.shape} do not agree in (N, C)")
    N, C, OH, OW = d_out.shape
    d_x = np.zeros(x_shape, dtype=d_out.dtype)
    n = np.arange(N).reshape(N, 1)
    c = np.arange(C).reshape(1, C)
    for i in range(OH):
        for j in range(OW):
            row = max_indices[:, :, i, j, 0]
            column = max_indices[:, :, i, j, 1]
            # for one (i, j) every image and channel has a pixel of its own, so += counts right
            d_x[n, c, row, column] += d_out[:, :, i, j]
    return d_x
