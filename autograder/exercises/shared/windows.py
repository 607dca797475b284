"""Helpers for the pitfalls of a1 and a2: the padded picture, and all windows at once."""

from numpy import ndarray, pad
from numpy.lib.stride_tricks import sliding_window_view


def frame(x: ndarray, padding: int) -> ndarray:
    """Put `padding` rows and columns of zeros around every picture of (N, C, H, W)."""
    return pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))


def all_windows(
    padded: ndarray, kernel_height: int, kernel_width: int, down: int, across: int
) -> ndarray:
    """Every window as (N, C, OH, OW, KH, KW), `down` rows and `across` columns apart."""
    windows = sliding_window_view(padded, (kernel_height, kernel_width), (2, 3))
    return windows[:, :, ::down, ::across]


def as_cols(windows: ndarray) -> ndarray:
    """Windows (N, C, OH, OW, KH, KW) in the order of im2col: (C*KH*KW, N*OH*OW)."""
    images, channels, out_height, out_width, kernel_height, kernel_width = windows.shape
    return windows.transpose(1, 4, 5, 0, 2, 3).reshape(
        channels * kernel_height * kernel_width, images * out_height * out_width
    )
