"""a5 · Average pooling: every pixel of a window counts the same.

Every layer leaves the arrays that it is given as they are, and returns new ones.
"""

import numpy as np
from a4_training.network import Layer


class AvgPool2D(Layer):
    """Take the mean of every window, each channel by itself.

        out[n, c, i, j] = mean of x[n, c, i*stride : i*stride + pool_size,
                                          j*stride : j*stride + pool_size]

    Rows and columns at the end that do not fill a window are left out, as in `MaxPool2D`.

    Args:
        pool_size: rows and columns of a window.
        stride: pixels from one window to the next.

    Example:
        >>> AvgPool2D().forward(np.array([[[[1.0, 2.0], [3.0, 6.0]]]])).tolist()
        [[[[3.0]]]]
    """

    def __init__(self, pool_size: int = 2, stride: int = 2) -> None:
        self.pool_size = pool_size
        self.stride = stride

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Return the mean of every window, shape (N, C, OH, OW), floating point."""
        ### BEGIN SOLUTION
        self.x_shape = x.shape
        size, stride = self.pool_size, self.stride
        windows = np.lib.stride_tricks.sliding_window_view(x, (size, size), (2, 3))
        return windows[:, :, ::stride, ::stride].mean(axis=(4, 5))
        ### END SOLUTION

    def backward(self, d_out: np.ndarray) -> np.ndarray:
        """Return d_x, shape (N, C, H, W): each window's gradient in equal parts to its pixels."""
        ### BEGIN SOLUTION
        share = d_out / self.pool_size**2
        d_x = np.zeros(self.x_shape, dtype=share.dtype)
        out_height, out_width = d_out.shape[2:]
        for u in range(self.pool_size):
            for v in range(self.pool_size):
                down = slice(u, u + self.stride * out_height, self.stride)
                across = slice(v, v + self.stride * out_width, self.stride)
                # Added: where windows overlap, a pixel belongs to several of them.
                d_x[:, :, down, across] += share
        return d_x
        ### END SOLUTION
