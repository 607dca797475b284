"""Other formulas of maxpool2d_forward for the position of the maximum."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy import ndarray


def _windows(x: ndarray, size: int, stride: int) -> Iterator[tuple[Any, ndarray]]:
    images, channels, height, width = x.shape
    rows, columns = (height - size) // stride + 1, (width - size) // stride + 1
    for n, c, i, j in np.ndindex(images, channels, rows, columns):
        top, left = i * stride, j * stride
        yield (n, c, i, j), x[n, c, top : top + size, left : left + size]


def _placed(place: Callable[..., tuple[int, int]], *, last: bool = False) -> Callable[..., Any]:
    """maxpool2d_forward with the index that `place` makes of a window's flat one.

    Args:
        place: of the flat index, the window's size, the picture's and the output's shapes, and the
            window's start.
        last: whether the last of equal numbers is taken, and not the first.
    """

    def pool(x: ndarray, size: int = 2, stride: int = 2) -> tuple[ndarray, ndarray]:
        shape = (*x.shape[:2], *((side - size) // stride + 1 for side in x.shape[2:]))
        out, indices = np.zeros(shape, x.dtype), np.zeros((*shape, 2), int)
        for at, window in _windows(x, size, stride):
            out[at] = window.max()
            flat = int(window.argmax())
            if last:
                flat = window.size - 1 - int(window[::-1, ::-1].argmax())
            indices[at] = place(flat, size, x.shape[2:], shape[2:], at[2] * stride, at[3] * stride)
        return out, indices

    return pool


_PLACES: list[tuple[str, Callable[..., tuple[int, int]]]] = [
    (
        "{name} divide the place inside the window by the picture's width: divide by the window's, "
        "pool_size.",
        lambda k, size, shape, out, top, left: (top + k // shape[1], left + k % shape[1]),
    ),
    (
        "{name} divide the place inside the window by the picture's height: divide by the "
        "window's width, pool_size.",
        lambda k, size, shape, out, top, left: (top + k // shape[0], left + k % shape[0]),
    ),
    (
        "{name} divide the place inside the window by the output's width: divide by the window's, "
        "pool_size.",
        lambda k, size, shape, out, top, left: (top + k // out[1], left + k % out[1]),
    ),
    (
        "{name} are where each window starts: add the maximum's row and column inside the window.",
        lambda k, size, shape, out, top, left: (top, left),
    ),
    (
        "{name} add the window's first column to the row, and its first row to the column.",
        lambda k, size, shape, out, top, left: (left + k // size, top + k % size),
    ),
    (
        "{name} hold the column before the row: the row comes first.",
        lambda k, size, shape, out, top, left: (left + k % size, top + k // size),
    ),
    (
        "{name} are places inside the window: add the window's first row and first column.",
        lambda k, size, shape, out, top, left: (k // size, k % size),
    ),
    (
        "{name} are places inside the window, the column before the row: put the row first, and "
        "add the window's first row and first column.",
        lambda k, size, shape, out, top, left: (k % size, k // size),
    ),
]


def _whole_picture(x: ndarray, size: int = 2, stride: int = 2) -> tuple[ndarray, ndarray]:
    """The right out; for the place of the picture's largest number, in every window."""
    out, indices = _placed(lambda k, size, shape, out, top, left: (0, 0))(x, size, stride)
    for n, c in np.ndindex(*x.shape[:2]):
        indices[n, c] = np.unravel_index(int(x[n, c].argmax()), x.shape[2:])
    return out, indices


def _one_pixel_apart(x: ndarray, size: int = 2, stride: int = 2) -> tuple[ndarray, ndarray]:
    """Windows that move one pixel; the places count as if they moved a stride."""
    shape = (*x.shape[:2], *((side - size) // stride + 1 for side in x.shape[2:]))
    out, indices = np.zeros(shape, x.dtype), np.zeros((*shape, 2), int)
    for at in np.ndindex(shape):
        i, j = at[2:]
        window = x[at[0], at[1], i : i + size, j : j + size]
        flat = int(window.argmax())
        out[at] = window.max()
        indices[at] = i * stride + flat // size, j * stride + flat % size
    return out, indices


_LAST = "2. of equally large numbers the last one is taken: take the first."

ALTERED: list[tuple[str, Callable[..., Any]]] = [
    *((sentence, _placed(place)) for sentence, place in _PLACES),
    (
        "{name} are the place of the whole picture's largest number: search each window by itself.",
        _whole_picture,
    ),
    (
        "It cuts out windows that lie one pixel apart: window i starts at i * stride, down and "
        "across.",
        _one_pixel_apart,
    ),
    *(
        (f"Two mistakes: 1. {sentence} {_LAST}", _placed(place, last=True))
        for sentence, place in _PLACES
    ),
]
