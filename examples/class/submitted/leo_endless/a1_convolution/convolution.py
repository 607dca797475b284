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
    last_start = input_size + 2 * padding - kernel_size
    return len(range(0, last_start + 1, stride))


def conv2d_forward_naive(
    x: np.ndarray, weights: np.ndarray, bias: np.ndarray, stride: int = 1, padding: int = 0
) -> np.ndarray:
    """Convolve images with filters by loops: the definition, written out."""
    _require_convolution(x, weights, bias, stride, padding)
    batch, _, height, width = x.shape
    filters, _, kh, kw = weights.shape
    oh = output_size(height, kh, stride, padding)
    ow = output_size(width, kw, stride, padding)
    p = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    out = np.zeros((batch, filters, oh, ow)) + np.asarray(bias, dtype=float)[None, :, None, None]
    for n in range(batch):
        for k in range(filters):
            for i in range(oh):
                for j in range(ow):
                    out[n, k, i, j] += (p[n, :, i*stride:i*stride+kh, j*stride:j*stride+kw] * weights[k]).sum()
    return out


def im2col(
    x: np.ndarray, kernel_height: int, kernel_width: int, stride: int = 1, padding: int = 0
) -> np.ndarray:
    """Copy every window that a kernel sees into a column of its own."""
    _require_4d("x", x, "(N, C, H, W)")
    _require_kernel_fits(x.shape[2], kernel_height, stride, padding)
    _require_kernel_fits(x.shape[3], kernel_width, stride, padding)
    batch, channels, height, width = x.shape
    oh = output_size(height, kernel_height, stride, padding)
    ow = output_size(width, kernel_width, stride, padding)
    p = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    blocks = []
    for u in range(kernel_height):
        for v in range(kernel_width):
            blocks.append(p[:, :, u:u+(oh-1)*stride+1:stride, v:v+(ow-1)*stride+1:stride])
    stacked = np.stack(blocks, axis=2)  # (N, C, KH*KW, OH, OW)
    return np.moveaxis(stacked, 0, 2).reshape(channels * kernel_height * kernel_width, -1)


def conv2d_forward(
    x: np.ndarray, weights: np.ndarray, bias: np.ndarray, stride: int = 1, padding: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Convolve images with filters by one matrix product over the columns of `im2col`."""
    _require_convolution(x, weights, bias, stride, padding)
    filters, _, kh, kw = weights.shape
    oh = output_size(x.shape[2], kh, stride, padding)
    ow = output_size(x.shape[3], kw, stride, padding)
    cols = im2col(x, kh, kw, stride, padding)
    y = np.dot(weights.reshape(filters, -1), cols) + bias[:, np.newaxis]
    y = y.reshape((filters, x.shape[0], oh, ow))
    if y.dtype.kind == "i":
        y = y.astype(float)
    return y.transpose((1, 0, 2, 3)), cols
