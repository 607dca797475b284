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
    n, c, h, w = x.shape
    h_out = (h - pool_size) // stride + 1
    w_out = (w - pool_size) // stride + 1
    candidates, rows, cols = [], [], []
    for u in range(pool_size):
        for v in range(pool_size):
            candidates.append(x[:, :, u : u + stride * h_out : stride, v : v + stride * w_out : stride])
            rows.append(u)
            cols.append(v)
    candidates = np.array(candidates)
    winner = np.argmax(candidates, axis=0)
    out = np.max(candidates, axis=0)
    i = np.arange(h_out).reshape(h_out, 1)
    j = np.arange(w_out)
    row = np.array(rows)[winner] + i * stride
    col = np.array(cols)[winner] + j * stride
    return out, np.stack((row, col), axis=4)


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
    n, c, h, w = x_shape
    d_x = np.zeros((n, c, h, w), dtype=d_out.dtype)
    for k in np.ndindex(n, c):
        rows = max_indices[k][..., 0].ravel()
        cols = max_indices[k][..., 1].ravel()
        np.add.at(d_x[k], (rows, cols), d_out[k].ravel())
    return d_x
