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
        # YOUR CODE HERE: AvgPool2D (a5, 6 points in all)
        raise NotImplementedError("AvgPool2D")

    def backward(self, d_out: np.ndarray) -> np.ndarray:
        """Return d_x, shape (N, C, H, W): each window's gradient in equal parts to its pixels."""
        # YOUR CODE HERE: AvgPool2D (a5, 6 points in all)
        raise NotImplementedError("AvgPool2D")
