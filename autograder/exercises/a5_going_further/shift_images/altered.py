"""What shift_images gives when it starts from other numbers, or moves another way."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy import ndarray

_START = "{{name}} has {} where nothing comes in: zeros come in where the image moved away."


def _shifted(
    start: Callable[[ndarray], ndarray] = np.zeros_like,
    *,
    sign: int = 1,
    swapped: bool = False,
    first: int = 0,
    limits: Callable[[int, int], tuple[int, int]] = lambda height, width: (height, width),
) -> Callable[..., ndarray]:
    """shift_images pixel by pixel.

    Args:
        start: what stands in the result before pixels are moved into it.
        sign: -1 moves the other way.
        swapped: whether the two shifts are exchanged.
        first: the first row and column that pixels are taken from.
        limits: give the row and the column where the image ends, from its height and width.
    """

    def shift_images(images: ndarray, down: ndarray, across: ndarray) -> ndarray:
        out = start(images)
        height, width = images.shape[2:]
        row_end, column_end = limits(height, width)
        for n, (d, a) in enumerate(zip(down, across, strict=True)):
            rows, columns = (a, d) if swapped else (d, a)
            for i, j in np.ndindex(height, width):
                r, s = i - sign * rows, j - sign * columns
                if first <= r < row_end and first <= s < column_end:
                    out[n, :, i, j] = images[n, :, r, s]
        return out

    return shift_images


ALTERED: list[tuple[str, Callable[..., Any]]] = [
    (_START.format("the old pixels"), _shifted(np.copy)),
    (_START.format("ones"), _shifted(np.ones_like)),
    (
        "{name} leaves out row 0 and column 0 of the image: rows and columns count from 0, so they "
        "lie in it too.",
        _shifted(first=1),
    ),
    (
        "{name} leaves out the last row and column of the image: they are H - 1 and W - 1.",
        _shifted(limits=lambda height, width: (height - 1, width - 1)),
    ),
    (
        "{name} takes the height for the width where it tests what lies in the image.",
        _shifted(limits=lambda height, width: (height, height)),
    ),
    (
        "{name} takes the width for the height where it tests what lies in the image.",
        _shifted(limits=lambda height, width: (width, width)),
    ),
    (
        "Two mistakes: 1. it moves up for down and left for right: a pixel of the result comes "
        "from row - down, column - across. 2. it moves down by across, and across by down.",
        _shifted(np.zeros_like, sign=-1, swapped=True),
    ),
]
