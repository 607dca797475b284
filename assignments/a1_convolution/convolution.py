"""a1 · Convolution, forward: from four nested loops to one matrix product.

Images are ``(N, C, H, W)``: image, channel, row, column. Filters are ``(F, C, KH, KW)``.
What deep learning calls convolution is cross-correlation: the filter is *not* flipped.
Every function leaves the arrays that it is given as they are, and returns new ones.
"""

import numpy as np


def output_size(input_size: int, kernel_size: int, stride: int = 1, padding: int = 0) -> int:
    """Count the places at which a kernel fits along one axis.

    The kernel starts at the first pixel of the padded input and moves `stride` pixels at a
    time, for as long as all of it lies inside:

        (input_size + 2*padding - kernel_size) // stride + 1

    Args:
        input_size: pixels along the axis, before padding.
        kernel_size: pixels of the kernel along the same axis.
        stride: pixels from one place to the next, at least 1.
        padding: zeros added at *each* end of the axis.

    Returns:
        The size of the output along this axis, an int of at least 1.

    Raises:
        ValueError: if the kernel is larger than the padded input, or `stride`, `padding` or
            `kernel_size` makes no sense.

    Source: Dumoulin and Visin, "A guide to convolution arithmetic for deep learning"
    (2016), relationship 6.

    Example:
        >>> output_size(5, 3, stride=2, padding=1)
        3
    """
    _require_kernel_fits(input_size, kernel_size, stride, padding)
    # YOUR CODE HERE: output_size (a1, 5 points)
    raise NotImplementedError("output_size")


def conv2d_forward_naive(
    x: np.ndarray, weights: np.ndarray, bias: np.ndarray, stride: int = 1, padding: int = 0
) -> np.ndarray:
    """Convolve images with filters by loops: the definition, written out.

        out[n, f, i, j] = bias[f] + sum over c, u, v of
                          padded[n, c, i*stride + u, j*stride + v] * weights[f, c, u, v]

    where `padded` is `x` with `padding` rows and columns of zeros on all four sides.

    Args:
        x: images, shape (N, C, H, W); integers or floats.
        weights: filters, shape (F, C, KH, KW).
        bias: one number for each filter, shape (F,).
        stride: pixels from one window to the next, the same down and across.
        padding: zeros around the picture.

    Returns:
        out, shape (N, F, OH, OW), floating point. `x` is left as it was.

    Raises:
        ValueError: if `x` or `weights` is not 4-D, if their channels differ, if `bias` does
            not have shape (F,), or if the kernel is larger than the padded input.

    Example:
        >>> x = np.arange(9.0).reshape(1, 1, 3, 3)
        >>> out = conv2d_forward_naive(x, np.ones((1, 1, 2, 2)), np.zeros(1))
        >>> out.tolist()
        [[[[8.0, 12.0], [20.0, 24.0]]]]
    """
    _require_convolution(x, weights, bias, stride, padding)
    # YOUR CODE HERE: conv2d_forward_naive (a1, 15 points)
    raise NotImplementedError("conv2d_forward_naive")


def im2col(
    x: np.ndarray, kernel_height: int, kernel_width: int, stride: int = 1, padding: int = 0
) -> np.ndarray:
    """Copy every window that a kernel sees into a column of its own.

    After this, a convolution is one matrix product. With `padded` as in
    `conv2d_forward_naive`:

        cols[(c*KH + u)*KW + v, (n*OH + i)*OW + j] = padded[n, c, i*stride + u, j*stride + v]

    so rows run by channel, then kernel row, then kernel column; columns run by image, then
    output row, then output column.

    Args:
        x: images, shape (N, C, H, W).
        kernel_height: KH, rows of the window.
        kernel_width: KW, columns of the window.
        stride: pixels from one window to the next, the same down and across.
        padding: zeros around the picture.

    Returns:
        cols, shape (C*KH*KW, N*OH*OW), with the dtype of `x` (float64 is fine too).

    Raises:
        ValueError: if `x` is not 4-D, or the kernel is larger than the padded input.

    Example:
        >>> im2col(np.arange(9).reshape(1, 1, 3, 3), 2, 3).tolist()
        [[0, 3], [1, 4], [2, 5], [3, 6], [4, 7], [5, 8]]
    """
    _require_4d("x", x, "(N, C, H, W)")
    _require_kernel_fits(x.shape[2], kernel_height, stride, padding)
    _require_kernel_fits(x.shape[3], kernel_width, stride, padding)
    # YOUR CODE HERE: im2col (a1, 15 points)
    raise NotImplementedError("im2col")


def conv2d_forward(
    x: np.ndarray, weights: np.ndarray, bias: np.ndarray, stride: int = 1, padding: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Convolve images with filters by one matrix product over the columns of `im2col`.

        out (as F rows, N*OH*OW columns) = weights (as F rows, C*KH*KW columns) @ cols + bias

    Args:
        x: images, shape (N, C, H, W); integers or floats.
        weights: filters, shape (F, C, KH, KW).
        bias: one number for each filter, shape (F,).
        stride: pixels from one window to the next, the same down and across.
        padding: zeros around the picture.

    Returns:
        (out, cols): out as in `conv2d_forward_naive`, shape (N, F, OH, OW), floating point
        even where all inputs are integers; cols as `im2col` returned it, shape
        (C*KH*KW, N*OH*OW), kept for the backward pass.

    Raises:
        ValueError: as `conv2d_forward_naive`.

    Example:
        >>> x = np.arange(9.0).reshape(1, 1, 3, 3)
        >>> out, cols = conv2d_forward(x, np.ones((1, 1, 2, 2)), np.zeros(1))
        >>> out.tolist()
        [[[[8.0, 12.0], [20.0, 24.0]]]]
        >>> cols.shape
        (4, 4)
    """
    _require_convolution(x, weights, bias, stride, padding)
    # YOUR CODE HERE: conv2d_forward (a1, 10 points)
    raise NotImplementedError("conv2d_forward")


def _require_4d(name: str, array: np.ndarray, axes: str) -> None:
    """Raise ValueError unless `array` has the four axes that `axes` names."""
    if np.ndim(array) != 4:
        raise ValueError(f"{name} must be 4-D {axes}, but its shape is {np.shape(array)}")


def _require_kernel_fits(input_size: int, kernel_size: int, stride: int, padding: int) -> None:
    """Raise ValueError unless the kernel lies at least once inside the padded input."""
    if kernel_size < 1:
        raise ValueError(f"the kernel size must be at least 1, but it is {kernel_size}")
    if stride < 1:
        raise ValueError(f"stride must be at least 1, but it is {stride}")
    if padding < 0:
        raise ValueError(f"padding must not be negative, but it is {padding}")
    if kernel_size > input_size + 2 * padding:
        raise ValueError(
            f"the kernel ({kernel_size}) is larger than the padded input "
            f"({input_size} + 2*{padding} = {input_size + 2 * padding})"
        )


def _require_convolution(
    x: np.ndarray, weights: np.ndarray, bias: np.ndarray, stride: int, padding: int
) -> None:
    """Raise ValueError unless images, filters and biases belong together."""
    _require_4d("x", x, "(N, C, H, W)")
    _require_4d("weights", weights, "(F, C, KH, KW)")
    if x.shape[1] != weights.shape[1]:
        raise ValueError(f"x has {x.shape[1]} channels, but weights has {weights.shape[1]}")
    if np.shape(bias) != (weights.shape[0],):
        raise ValueError(f"bias must have shape ({weights.shape[0]},), but has {np.shape(bias)}")
    for axis in (2, 3):
        _require_kernel_fits(x.shape[axis], weights.shape[axis], stride, padding)
