"""a1 · Convolution, forward: from four nested loops to one matrix product."""

import numpy as np


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


def output_size(input_size: int, kernel_size: int, stride: int = 1, padding: int = 0) -> int:
    """Count the places at which a kernel fits along one axis."""
    _require_kernel_fits(input_size, kernel_size, stride, padding)
    count = 0
    start = 0
    while start + kernel_size <= input_size + 2 * padding:
        count += 1
        start += stride
    return count


def conv2d_forward_naive(
    x: np.ndarray, weights: np.ndarray, bias: np.ndarray, stride: int = 1, padding: int = 0
) -> np.ndarray:
    """Convolve images with filters by loops: the definition, written out."""
    _require_convolution(x, weights, bias, stride, padding)
    images, channels, height, width = x.shape
    filters, _, kernel_height, kernel_width = weights.shape
    rows = output_size(height, kernel_height, stride, padding)
    columns = output_size(width, kernel_width, stride, padding)
    framed = np.zeros((images, channels, height + 2 * padding, width + 2 * padding))
    framed[:, :, padding : height + padding, padding : width + padding] = x
    out = np.empty((images, filters, rows, columns))
    for image in range(images):
        for kernel in range(filters):
            for r in range(rows):
                for s in range(columns):
                    seen = framed[
                        image, :, r * stride : r * stride + kernel_height, s * stride : s * stride + kernel_width
                    ]
                    out[image, kernel, r, s] = np.vdot(seen, weights[kernel]) + bias[kernel]
    return out


def im2col(
    x: np.ndarray, kernel_height: int, kernel_width: int, stride: int = 1, padding: int = 0
) -> np.ndarray:
    """Copy every window that a kernel sees into a column of its own."""
    _require_4d("x", x, "(N, C, H, W)")
    _require_kernel_fits(x.shape[2], kernel_height, stride, padding)
    _require_kernel_fits(x.shape[3], kernel_width, stride, padding)
    images, channels, height, width = x.shape
    rows = output_size(height, kernel_height, stride, padding)
    columns = output_size(width, kernel_width, stride, padding)
    framed = np.zeros((images, channels, height + 2 * padding, width + 2 * padding), x.dtype)
    framed[:, :, padding : height + padding, padding : width + padding] = x
    lines = []
    for channel in range(channels):
        for u in range(kernel_height):
            for v in range(kernel_width):
                # what this one pixel of the kernel sees, at all places of all images
                seen = framed[:, channel, u:, v:][:, ::stride, ::stride][:, :rows, :columns]
                lines.append(seen.ravel())
    return np.vstack(lines)


def conv2d_forward(
    x: np.ndarray, weights: np.ndarray, bias: np.ndarray, stride: int = 1, padding: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Convolve images with filters by one matrix product over the columns of `im2col`."""
    _require_convolution(x, weights, bias, stride, padding)
    filters, _, kernel_height, kernel_width = weights.shape
    cols = im2col(x, kernel_height, kernel_width, stride, padding)
    rows = output_size(x.shape[2], kernel_height, stride, padding)
    columns = output_size(x.shape[3], kernel_width, stride, padding)
    out = (cols.T @ weights.reshape(filters, -1).T + bias).astype(np.float64)
    # (image, row, column, filter)
    out = out.reshape(len(x), rows, columns, filters)
    return out.transpose(0, 3, 1, 2), cols
