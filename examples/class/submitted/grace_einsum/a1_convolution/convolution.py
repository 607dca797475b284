"""a1 · Convolution, forward: from four nested loops to one matrix product."""

import numpy as np
from numpy.lib.stride_tricks import as_strided


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
    return 1 + (input_size - kernel_size + 2 * padding) // stride


def conv2d_forward_naive(
    x: np.ndarray, weights: np.ndarray, bias: np.ndarray, stride: int = 1, padding: int = 0
) -> np.ndarray:
    """Convolve images with filters by loops: the definition, written out."""
    _require_convolution(x, weights, bias, stride, padding)
    kh, kw = weights.shape[2:]
    oh = output_size(x.shape[2], kh, stride, padding)
    ow = output_size(x.shape[3], kw, stride, padding)
    xp = np.pad(x, [(0, 0), (0, 0), (padding, padding), (padding, padding)])
    kind = np.result_type(x, weights, bias)
    out = np.empty((len(x), len(weights), oh, ow), kind if kind.kind == "f" else np.float64)
    for n, f, i, j in np.ndindex(out.shape):
        r, s = i * stride, j * stride
        out[n, f, i, j] = np.einsum("cuv,cuv->", xp[n, :, r : r + kh, s : s + kw], weights[f]) + bias[f]
    return out


def im2col(
    x: np.ndarray, kernel_height: int, kernel_width: int, stride: int = 1, padding: int = 0
) -> np.ndarray:
    """Copy every window that a kernel sees into a column of its own."""
    _require_4d("x", x, "(N, C, H, W)")
    _require_kernel_fits(x.shape[2], kernel_height, stride, padding)
    _require_kernel_fits(x.shape[3], kernel_width, stride, padding)
    n, c, h, w = x.shape
    oh = output_size(h, kernel_height, stride, padding)
    ow = output_size(w, kernel_width, stride, padding)
    xp = np.pad(x, [(0, 0), (0, 0), (padding, padding), (padding, padding)])
    sn, sc, sh, sw = xp.strides
    # The windows, already in the order c, u, v, n, i, j, without copying a number.
    view = as_strided(
        xp,
        shape=(c, kernel_height, kernel_width, n, oh, ow),
        strides=(sc, sh, sw, sn, sh * stride, sw * stride),
        writeable=False,
    )
    return view.reshape(c * kernel_height * kernel_width, -1).copy()


def conv2d_forward(
    x: np.ndarray, weights: np.ndarray, bias: np.ndarray, stride: int = 1, padding: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Convolve images with filters by one matrix product over the columns of `im2col`."""
    _require_convolution(x, weights, bias, stride, padding)
    f, c, kh, kw = weights.shape
    cols = im2col(x, kh, kw, stride, padding)
    oh = output_size(x.shape[2], kh, stride, padding)
    ow = output_size(x.shape[3], kw, stride, padding)
    scores = np.einsum("fk,kp->fp", weights.reshape(f, -1), cols, optimize=True) + bias[:, None]
    if scores.dtype.kind != "f":
        scores = scores.astype(np.float64)
    return np.moveaxis(scores.reshape(f, -1, oh, ow), 0, 1), cols
