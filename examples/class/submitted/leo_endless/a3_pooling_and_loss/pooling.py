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
    oh = (x.shape[2] - pool_size) // stride + 1
    ow = (x.shape[3] - pool_size) // stride + 1
    blocks = []
    for u in range(pool_size):
        for v in range(pool_size):
            blocks.append(x[:, :, u:u+(oh-1)*stride+1:stride, v:v+(ow-1)*stride+1:stride])
    stacked = np.stack(blocks, axis=-1)
    k = stacked.argmax(axis=-1)
    out = stacked.max(axis=-1)
    max_indices = np.zeros(out.shape + (2,), dtype=np.int64)
    for i in range(oh):
        max_indices[:, :, i, :, 0] = k[:, :, i, :] // pool_size + i * stride
    for j in range(ow):
        max_indices[:, :, :, j, 1] = k[:, :, :, j] % pool_size + j * stride
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
    d_x = np.zeros(x_shape, dtype=d_out.dtype)
    n, c, _, _ = np.indices(d_out.shape)
    np.add.at(d_x, (n, c, max_indices[..., 0], max_indices[..., 1]), d_out)
    return d_x
