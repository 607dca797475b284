"""a2 · Backpropagation through a convolution, and how to know that it is right.

`d_something` is the gradient of the loss with respect to `something`; it always has the
shape of `something`. `d_out`, the upstream gradient, is what the layer above hands down.
Every function leaves the arrays that it is given as they are, and returns new ones.
"""

from collections.abc import Callable

import numpy as np
from a1_convolution.convolution import output_size


def numerical_gradient(
    f: Callable[[np.ndarray], np.ndarray],
    x: np.ndarray,
    d_out: np.ndarray | float,
    epsilon: float = 1e-5,
) -> np.ndarray:
    """Measure the gradient of ``sum(f(x) * d_out)`` with respect to every entry of `x`.

    Nudge one entry up and down, and see how much the number changes (central differences):

        d_x[k] = (sum(f(x with x[k] + epsilon) * d_out)
                  - sum(f(x with x[k] - epsilon) * d_out)) / (2 * epsilon)

    Args:
        f: a function of one array that returns an array or a number. It does not change the
            array, so it may be called with the same array again and again.
        x: where to measure, any shape; integers or floats.
        d_out: upstream gradient, the shape of ``f(x)``, or a number.
        epsilon: the size of the nudge.

    Returns:
        d_x, float64, the shape of `x`. When this returns, `x` holds what it held before.

    Raises:
        ValueError: if epsilon is not positive.

    Source: central differences have an error of order epsilon**2, one-sided ones of order
    epsilon (Taylor expansion about x).

    Example:
        >>> slope = numerical_gradient(lambda x: x**2, np.array([1.0, 3.0]), 1.0)
        >>> slope.round(6).tolist()
        [2.0, 6.0]
    """
    if not epsilon > 0:
        raise ValueError(f"epsilon must be positive, but it is {epsilon}")
    ### BEGIN SOLUTION
    # A copy in float64: integers cannot change by 1e-5, and float32 rounds too coarsely.
    x = np.array(x, dtype=np.float64)
    d_x = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        kept = x[index]
        x[index] = kept + epsilon
        above = np.sum(f(x) * d_out)
        x[index] = kept - epsilon
        below = np.sum(f(x) * d_out)
        # Restore the entry: every slope must be measured at the same x.
        x[index] = kept
        d_x[index] = (above - below) / (2 * epsilon)
    return d_x
    ### END SOLUTION


def col2im(
    cols: np.ndarray,
    x_shape: tuple[int, int, int, int],
    kernel_height: int,
    kernel_width: int,
    stride: int = 1,
    padding: int = 0,
) -> np.ndarray:
    """Add every column back to the pixels that `im2col` copied it from.

    This is the adjoint (transpose) of `im2col`, not its inverse: a pixel that lies in three
    windows collects three numbers. What falls on the padding is cut away.

        padded[n, c, i*stride + u, j*stride + v] += cols[(c*KH + u)*KW + v, (n*OH + i)*OW + j]

    Args:
        cols: shape (C*KH*KW, N*OH*OW), in the order of `im2col`.
        x_shape: (N, C, H, W), the shape of the images before padding.
        kernel_height: KH.
        kernel_width: KW.
        stride: as it was for `im2col`.
        padding: as it was for `im2col`.

    Returns:
        shape (N, C, H, W), with the dtype of `cols` (float64 is fine too).

    Raises:
        ValueError: if `x_shape` does not name four sizes, or `cols` is not 2-D with C*KH*KW
            rows and the same number of columns for each image.

    Example:
        >>> col2im(np.ones((4, 4)), (1, 1, 3, 3), 2, 2).tolist()
        [[[[1.0, 2.0, 1.0], [2.0, 4.0, 2.0], [1.0, 2.0, 1.0]]]]
    """
    if len(x_shape) != 4:
        raise ValueError(f"x_shape must be (N, C, H, W), but it is {tuple(x_shape)}")
    images, channels, height, width = x_shape
    rows = channels * kernel_height * kernel_width
    if np.ndim(cols) != 2 or cols.shape[0] != rows or cols.shape[1] % images:
        raise ValueError(
            f"cols must have C*KH*KW = {rows} rows and the same number of columns for each of "
            f"{images} images, but its shape is {np.shape(cols)}"
        )
    ### BEGIN SOLUTION
    out_height = output_size(height, kernel_height, stride, padding)
    out_width = output_size(width, kernel_width, stride, padding)
    # The channel axis is first, as in the rows of cols; the last line exchanges it with N.
    padded = np.zeros(
        (channels, images, height + 2 * padding, width + 2 * padding), dtype=cols.dtype
    )
    windows = cols.reshape(channels, kernel_height, kernel_width, images, out_height, out_width)
    for u in range(kernel_height):
        for v in range(kernel_width):
            # For one (u, v), each pixel gets at most one number, so `+=` on a strided slice
            # is correct. Windows overlap only between different (u, v).
            down = slice(u, u + stride * out_height, stride)
            across = slice(v, v + stride * out_width, stride)
            padded[:, :, down, across] += windows[:, u, v]
    # Not padded[..., padding:-padding, ...]: with padding 0 that slice is empty.
    x_part = padded[:, :, padding : padding + height, padding : padding + width]
    return x_part.transpose(1, 0, 2, 3)
    ### END SOLUTION


def conv2d_backward(
    d_out: np.ndarray,
    x: np.ndarray,
    weights: np.ndarray,
    cols: np.ndarray,
    stride: int = 1,
    padding: int = 0,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pass the upstream gradient through a convolution to its three inputs.

    With `d_out` as F rows and N*OH*OW columns, in the order of the columns of `cols`:

        d_bias    = d_out summed over images and places
        d_weights = d_out @ cols.T
        d_x       = col2im(weights.T @ d_out), with weights as F rows, C*KH*KW columns

    Args:
        d_out: upstream gradient, shape (N, F, OH, OW).
        x: the images of the forward pass, shape (N, C, H, W).
        weights: filters, shape (F, C, KH, KW).
        cols: what `conv2d_forward` returned beside `out`, shape (C*KH*KW, N*OH*OW).
        stride: as in the forward pass.
        padding: as in the forward pass.

    Returns:
        (d_x, d_weights, d_bias), with the shapes of `x`, `weights` and (F,). d_weights and d_bias
        are sums over the batch: if the loss is a mean, `d_out` already contains the 1/N.

    Raises:
        ValueError: if `d_out`, `x` or `weights` is not 4-D, or `d_out` has not one channel
            for each filter.

    Example:
        >>> x, weights = np.array([[[[1.0, 2.0]]]]), np.array([[[[3.0]]]])
        >>> cols = np.array([[1.0, 2.0]])
        >>> d_x, d_weights, d_bias = conv2d_backward(np.ones((1, 1, 1, 2)), x, weights, cols)
        >>> d_x.tolist(), d_weights.tolist(), d_bias.tolist()
        ([[[[3.0, 3.0]]]], [[[[3.0]]]], [2.0])
    """
    for name, array in (("d_out", d_out), ("x", x), ("weights", weights)):
        if np.ndim(array) != 4:
            raise ValueError(f"{name} must be 4-D, but its shape is {np.shape(array)}")
    if d_out.shape[1] != weights.shape[0]:
        raise ValueError(f"d_out has {d_out.shape[1]} channels, but weights has {weights.shape[0]}")
    ### BEGIN SOLUTION
    filters, _, kernel_height, kernel_width = weights.shape
    # Filter axis first, then flatten: the columns of cols have the order image, row, column.
    d_out_rows = d_out.transpose(1, 0, 2, 3).reshape(filters, -1)
    # The bias was added to every number of its filter, so its gradient is the sum of the row.
    d_bias = d_out_rows.sum(axis=1)
    d_weights = (d_out_rows @ cols.T).reshape(weights.shape)
    # The output was weights @ cols, so the gradient of cols is weights.T @ d_out.
    d_cols = weights.reshape(filters, -1).T @ d_out_rows
    d_x = col2im(d_cols, x.shape, kernel_height, kernel_width, stride, padding)
    return d_x, d_weights, d_bias
    ### END SOLUTION
