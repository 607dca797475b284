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
    (N, C, H, W) = x.shape
    OH = int((H - pool_size) / stride) + 1
    OW = int((W - pool_size) / stride) + 1
    A = np.zeros((N, C, OH, OW), dtype=x.dtype)
    idx = np.zeros((N, C, OH, OW, 2), dtype=int)
    for n in range(N):
        for c in range(C):
            for h in range(OH):
                vert_start = h * stride
                for w in range(OW):
                    horiz_start = w * stride
                    a_slice = x[n, c, vert_start:vert_start + pool_size, horiz_start:horiz_start + pool_size]
                    k = int(np.argmax(a_slice))
                    A[n, c, h, w] = a_slice.flat[k]
                    idx[n, c, h, w] = (vert_start + k // pool_size, horiz_start + k % pool_size)
    return A, idx


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
    dA_prev = np.zeros(x_shape, dtype=d_out.dtype)
    for n, c, h, w in np.ndindex(d_out.shape):
        row, col = max_indices[n, c, h, w]
        dA_prev[n, c, row, col] += d_out[n, c, h, w]
    return dA_prev
