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
    room = input_size + 2 * padding - kernel_size
    return room // stride + 1


def conv2d_forward_naive(
    x: np.ndarray, weights: np.ndarray, bias: np.ndarray, stride: int = 1, padding: int = 0
) -> np.ndarray:
    """Convolve images with filters by loops: the definition, written out."""
    _require_convolution(x, weights, bias, stride, padding)
    N, C, H, W = x.shape
    F, _, KH, KW = weights.shape
    OH = output_size(H, KH, stride, padding)
    OW = output_size(W, KW, stride, padding)

    # my own padding: a bigger picture of zeros with x in the middle
    big = np.zeros((N, C, H + 2 * padding, W + 2 * padding), dtype=x.dtype)
    big[:, :, padding:padding + H, padding:padding + W] = x

    single = x.dtype == weights.dtype == bias.dtype == np.float32
    out = np.zeros((N, F, OH, OW), dtype=np.float32 if single else np.float64)
    for n in range(N):
        for f in range(F):
            for i in range(OH):
                for j in range(OW):
                    total = bias[f]
                    for u in range(KH):
                        for v in range(KW):
                            for c in range(C):
                                total = total + big[n, c, i * stride + u, j * stride + v] * weights[f, c, u, v]
                    out[n, f, i, j] = total
    return out


def im2col(
    x: np.ndarray, kernel_height: int, kernel_width: int, stride: int = 1, padding: int = 0
) -> np.ndarray:
    """Copy every window that a kernel sees into a column of its own."""
    _require_4d("x", x, "(N, C, H, W)")
    _require_kernel_fits(x.shape[2], kernel_height, stride, padding)
    _require_kernel_fits(x.shape[3], kernel_width, stride, padding)
    N, C, H, W = x.shape
    OH = output_size(H, kernel_height, stride, padding)
    OW = output_size(W, kernel_width, stride, padding)
    big = np.zeros((N, C, H + 2 * padding, W + 2 * padding), dtype=x.dtype)
    big[:, :, padding:padding + H, padding:padding + W] = x

    # One place of the window at a time, but all the images together.
    cols = np.zeros((C * kernel_height * kernel_width, N, OH * OW), dtype=x.dtype)
    for i in range(OH):
        for j in range(OW):
            top = i * stride
            left = j * stride
            patch = big[:, :, top:top + kernel_height, left:left + kernel_width]
            cols[:, :, i * OW + j] = patch.reshape(N, -1).T
    return cols.reshape(C * kernel_height * kernel_width, N * OH * OW)


def conv2d_forward(
    x: np.ndarray, weights: np.ndarray, bias: np.ndarray, stride: int = 1, padding: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Convolve images with filters by one matrix product over the columns of `im2col`."""
    _require_convolution(x, weights, bias, stride, padding)
    N = x.shape[0]
    F, _, KH, KW = weights.shape
    OH = output_size(x.shape[2], KH, stride, padding)
    OW = output_size(x.shape[3], KW, stride, padding)
    cols = im2col(x, KH, KW, stride, padding)
    flat_weights = weights.reshape(F, -1)
    product = flat_weights @ cols
    for f in range(F):
        if f == 0:
            product = product.astype(np.result_type(product, bias, np.float32))
        product[f] += bias[f]
    product = product.reshape(F, N, OH, OW)
    return np.swapaxes(product, 0, 1), cols
