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
    images, channels, height, width = x.shape
    rows = (height - pool_size) // stride + 1
    columns = (width - pool_size) // stride + 1
    best = None
    for u in range(pool_size):
        for v in range(pool_size):
            seen = x[:, :, u:, v:][:, :, ::stride, ::stride][:, :, :rows, :columns]
            if best is None:
                best = seen.copy()
                row = np.zeros(best.shape, int)
                column = np.zeros(best.shape, int)
                continue
            larger = seen >= best
            best = np.where(larger, seen, best)
            row = np.where(larger, u, row)
            column = np.where(larger, v, column)
    row = row + stride * np.arange(rows)[:, None]
    column = column + stride * np.arange(columns)[None, :]
    return best, np.stack([row, column], axis=-1)


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
    images, channels, height, width = x_shape
    d_x = np.zeros((images * channels, height * width), d_out.dtype)
    pixel = max_indices[..., 0] * width + max_indices[..., 1]
    pixel = pixel.reshape(images * channels, -1)
    arriving = d_out.reshape(images * channels, -1)
    which = np.arange(images * channels)
    for k in range(pixel.shape[1]):
        d_x[which, pixel[:, k]] += arriving[:, k]
    return d_x.reshape(x_shape)
