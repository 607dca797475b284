"""Other formulas of shift_images: other start values, or other shifts."""

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
    last: int = 0,
) -> Callable[..., ndarray]:
    """shift_images pixel by pixel.

    Args:
        start: what stands in the result before pixels are moved into it.
        sign: -1 moves the other way.
        swapped: whether the two shifts are exchanged.
        first, last: how many rows and columns no pixels are taken from, at the beginning and at
            the end.
    """

    def shift_images(images: ndarray, down: ndarray, across: ndarray) -> ndarray:
        out = start(images)
        height, width = images.shape[2:]
        for n, (d, a) in enumerate(zip(down, across, strict=True)):
            rows, columns = (a, d) if swapped else (d, a)
            for i, j in np.ndindex(height, width):
                r, s = i - sign * rows, j - sign * columns
                if first <= r < height - last and first <= s < width - last:
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
        _shifted(last=1),
    ),
    (
        "Two mistakes: 1. it moves up for down and left for right: a pixel of the result comes "
        "from row - down, column - across. 2. it moves down by across, and across by down.",
        _shifted(np.zeros_like, sign=-1, swapped=True),
    ),
]
