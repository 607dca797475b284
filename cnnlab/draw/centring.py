"""Scales and centres a drawing, as in MNIST's digits."""

import numpy as np

SIDE, INNER = 28, 20
_INK = 0.1


def centred(drawing: np.ndarray) -> np.ndarray | None:
    """Scale a drawing to fit 20x20 pixels, and put its centre of mass into the middle of 28x28.

    That is how MNIST's digits were made (LeCun, Cortes, Burges: "The MNIST database").

    Args:
        drawing: (H, W), 0 is paper (black), 1 is ink (white).

    Returns:
        float32, (28, 28), 0..1; None if nothing is drawn.
    """
    rows = np.flatnonzero((drawing > _INK).any(axis=1))
    columns = np.flatnonzero((drawing > _INK).any(axis=0))
    if not len(rows):
        return None
    ink = drawing[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].astype(np.float64)
    scale = INNER / max(ink.shape)
    height, width = (max(1, round(n * scale)) for n in ink.shape)
    small = _averages(ink.shape[0], height) @ ink @ _averages(ink.shape[1], width).T
    total = small.sum()
    row = float((small.sum(axis=1) @ np.arange(height)) / total)
    column = float((small.sum(axis=0) @ np.arange(width)) / total)
    top = int(np.clip(round((SIDE - 1) / 2 - row), 0, SIDE - height))
    left = int(np.clip(round((SIDE - 1) / 2 - column), 0, SIDE - width))
    image = np.zeros((SIDE, SIDE), np.float32)
    image[top : top + height, left : left + width] = small
    return image


def _averages(before: int, after: int) -> np.ndarray:
    """The matrix (after, before) that averages `before` pixels in a line to `after` pixels."""
    edges = np.linspace(0, before, after + 1)
    start, end = edges[:-1, np.newaxis], edges[1:, np.newaxis]
    pixels = np.arange(before)
    shares = np.clip(np.minimum(end, pixels + 1) - np.maximum(start, pixels), 0, None)
    return shares / shares.sum(axis=1, keepdims=True)
