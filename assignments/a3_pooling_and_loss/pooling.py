"""a3 · Max pooling: keep the largest number of each window, and remember where it stood.

Every function leaves the arrays that it is given as they are, and returns new ones.
"""

import numpy as np


def maxpool2d_forward(
    x: np.ndarray, pool_size: int = 2, stride: int = 2
) -> tuple[np.ndarray, np.ndarray]:
    """Take the maximum of every window, each channel by itself.

        out[n, c, i, j] = max of x[n, c, i*stride : i*stride + pool_size,
                                         j*stride : j*stride + pool_size]

    Windows may overlap (stride < pool_size). Rows and columns at the end that do not fill a
    window are left out: OH = (H - pool_size) // stride + 1, and OW likewise.

    Args:
        x: shape (N, C, H, W); integers or floats.
        pool_size: rows and columns of a window.
        stride: pixels from one window to the next.

    Returns:
        (out, max_indices): out, shape (N, C, OH, OW), with the dtype of `x` (float64 is fine too);
        max_indices, integers of shape (N, C, OH, OW, 2): the row and the column *in x* of the
        maximum.
        Where several pixels of a window are equally large, the first one wins: the one in
        the topmost row, and in that row the leftmost.

    Raises:
        ValueError: if `x` is not 4-D, or the window is larger than the image.

    Example:
        >>> out, max_indices = maxpool2d_forward(np.array([[[[1, 5], [5, 2]]]]))
        >>> out.tolist(), max_indices.tolist()
        ([[[[5]]]], [[[[[0, 1]]]]])
    """
    if np.ndim(x) != 4:
        raise ValueError(f"x must be 4-D (N, C, H, W), but its shape is {np.shape(x)}")
    if pool_size < 1 or stride < 1:
        raise ValueError(f"pool_size ({pool_size}) and stride ({stride}) must be at least 1")
    if pool_size > min(x.shape[2:]):
        raise ValueError(f"pool_size ({pool_size}) is larger than the image {x.shape[2:]}")
    # YOUR CODE HERE: maxpool2d_forward (a3, 10 points)
    raise NotImplementedError("maxpool2d_forward")


def maxpool2d_backward(
    d_out: np.ndarray, max_indices: np.ndarray, x_shape: tuple[int, int, int, int]
) -> np.ndarray:
    """Route the upstream gradient to the pixels that won; all others get zero.

        d_x[n, c, r, s] = sum of d_out[n, c, i, j] over all (i, j) with
                          max_indices[n, c, i, j] == (r, s)

    The sum matters where windows overlap: one pixel can win several of them.

    Args:
        d_out: upstream gradient, shape (N, C, OH, OW).
        max_indices: as `maxpool2d_forward` returned it, shape (N, C, OH, OW, 2).
        x_shape: (N, C, H, W), the shape of the input of the forward pass.

    Returns:
        d_x, shape (N, C, H, W), with the dtype of `d_out` (float64 is fine too).

    Raises:
        ValueError: if the shapes of `d_out`, `max_indices` and `x_shape` do not belong together.

    Example:
        >>> max_indices = np.array([[[[[0, 1]]]]])
        >>> maxpool2d_backward(np.array([[[[7.0]]]]), max_indices, (1, 1, 2, 2)).tolist()
        [[[[0.0, 7.0], [0.0, 0.0]]]]
    """
    if np.ndim(d_out) != 4 or np.shape(max_indices) != (*np.shape(d_out), 2):
        raise ValueError(
            f"max_indices must have shape (*d_out.shape, 2) = {(*np.shape(d_out), 2)}, "
            f"but has {np.shape(max_indices)}"
        )
    if len(x_shape) != 4 or tuple(x_shape[:2]) != d_out.shape[:2]:
        raise ValueError(f"x_shape {tuple(x_shape)} and d_out {d_out.shape} do not agree in (N, C)")
    # YOUR CODE HERE: maxpool2d_backward (a3, 10 points)
    raise NotImplementedError("maxpool2d_backward")
