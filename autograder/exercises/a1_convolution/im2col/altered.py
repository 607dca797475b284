"""Other formulas of im2col: its six axes in other orders."""

from collections.abc import Callable
from itertools import permutations
from typing import Any

import numpy as np

_AXES = "C, KH, KW, N, OH, OW"


def _windows(
    x: np.ndarray, kernel_height: int, kernel_width: int, stride: int, padding: int
) -> np.ndarray:
    """All windows, axes (C, KH, KW, N, OH, OW)."""
    p = padding
    framed = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    shape = kernel_height, kernel_width
    seen = np.lib.stride_tricks.sliding_window_view(framed, shape, axis=(2, 3))
    return seen[:, :, ::stride, ::stride].transpose(1, 4, 5, 0, 2, 3)


def _in_order(order: tuple[int, ...]) -> Callable[..., Any]:
    def columns(
        x: np.ndarray, kernel_height: int, kernel_width: int, stride: int = 1, padding: int = 0
    ) -> np.ndarray:
        windows = _windows(x, kernel_height, kernel_width, stride, padding)
        shape = int(np.prod(windows.shape[:3])), int(np.prod(windows.shape[3:]))
        return windows.transpose(order).reshape(shape)

    return columns


def _kept(x: np.ndarray, kh: int, kw: int, stride: int = 1, padding: int = 0) -> np.ndarray:
    """The image stays an axis of its own: (N, C*KH*KW, OH*OW)."""
    windows = _windows(x, kh, kw, stride, padding).transpose(3, 0, 1, 2, 4, 5)
    return windows.reshape(len(x), -1, windows.shape[4] * windows.shape[5])


def _one_for_each_row(
    x: np.ndarray, kernel_height: int, kernel_width: int, stride: int = 1, padding: int = 0
) -> np.ndarray:
    """The last window of each row of windows; zeros in the columns that are left."""
    windows = _windows(x, kernel_height, kernel_width, stride, padding)
    every = int(np.prod(windows.shape[:3])), int(np.prod(windows.shape[3:]))
    last = windows[..., -1].reshape(every[0], -1)
    return np.pad(last, ((0, 0), (0, every[1] - last.shape[1])))


def _in_first_column(
    x: np.ndarray, kernel_height: int, kernel_width: int, stride: int = 1, padding: int = 0
) -> np.ndarray:
    """Each window is written into column 0, so the last one is left; zeros in the others."""
    windows = _windows(x, kernel_height, kernel_width, stride, padding)
    every = int(np.prod(windows.shape[:3])), int(np.prod(windows.shape[3:]))
    last = windows[..., -1, -1, -1].reshape(-1, 1)
    return np.pad(last, ((0, 0), (0, every[1] - 1)))


ALTERED: list[tuple[str, Callable[..., Any]]] = [
    (
        "{name} has all windows in its first column, one over the other: raise the number of the "
        "column by 1 after each window.",
        _in_first_column,
    ),
    (
        "{name} has one column for each row of windows, and then zeros: the columns overwrite each "
        "other. Raise the number of the column in the innermost loop.",
        _one_for_each_row,
    ),
    (
        "{name} keeps the images apart, in the shape (N, C*KH*KW, OH*OW): here the images stand "
        "beside each other in the columns, (C*KH*KW, N*OH*OW).",
        _kept,
    ),
    *(
        (
            f"{{name}} has the right shape, but reads the six axes in another order: before the "
            f"reshape they have to stand as ({_AXES}), and reshape does not exchange axes. Use "
            "transpose.",
            _in_order(order),
        )
        for order in permutations(range(6))
        if order != tuple(range(6))
        and (order[:3] == (0, 1, 2) or order[3:] == (3, 4, 5) or order[0] == 3)
    ),
]
