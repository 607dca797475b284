"""a3 · Max pooling: keep the largest number of each window, and remember where it stood."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


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
    windows = sliding_window_view(x, (pool_size, pool_size), axis=(2, 3))[:, :, ::stride, ::stride]
    flat = windows.reshape(*windows.shape[:4], pool_size * pool_size)
    place = flat.argmax(-1)
    out = np.take_along_axis(flat, place[..., None], -1)[..., 0]
    u, v = np.unravel_index(place, (pool_size, pool_size))
    _, _, i, j = np.ogrid[: x.shape[0], : x.shape[1], : out.shape[2], : out.shape[3]]
    return out, np.stack([i * stride + u, j * stride + v], axis=-1)


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
    d_x = np.zeros(x_shape, d_out.dtype)
    n, c = np.ogrid[: x_shape[0], : x_shape[1]]
    where = n[..., None, None], c[..., None, None], max_indices[..., 0], max_indices[..., 1]
    # d_x[where] += d_out would count a pixel that wins twice only once
    np.add.at(d_x, where, d_out)
    return d_x
