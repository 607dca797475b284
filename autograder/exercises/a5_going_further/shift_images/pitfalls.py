"""Known mistakes in shift_images."""

import numpy as np
from numpy import ndarray


def _sources(shift: ndarray, size: int) -> ndarray:
    """For each image and each place, the place it comes from, which may lie outside."""
    return np.arange(size) - np.asarray(shift)[:, None]


def _take(images: ndarray, rows: ndarray, columns: ndarray) -> ndarray:
    """Rows and columns of each image, (N, H) and (N, W); 0 where they lie outside."""
    height, width = images.shape[2:]
    out = np.zeros_like(images)
    for n, i, j in np.ndindex(len(images), height, width):
        row, column = rows[n, i], columns[n, j]
        if 0 <= row < height and 0 <= column < width:
            out[n, :, i, j] = images[n, :, row, column]
    return out


def _moved(images: ndarray, down: ndarray, across: ndarray) -> ndarray:
    return _take(images, _sources(down, images.shape[2]), _sources(across, images.shape[3]))


def both_ways_turned_round(images: ndarray, down: ndarray, across: ndarray) -> ndarray:
    """It moves up for down and left for right. A place of the result comes from where it was \
before: from further up, if the image moves down."""
    return _moved(images, -np.asarray(down), -np.asarray(across))


def down_is_up(images: ndarray, down: ndarray, across: ndarray) -> ndarray:
    """It moves up for down. A row of the result comes from further up, if the image moves \
down."""
    return _moved(images, -np.asarray(down), across)


def right_is_left(images: ndarray, down: ndarray, across: ndarray) -> ndarray:
    """It moves to the left for right. A column of the result comes from further left, if the \
image moves to the right."""
    return _moved(images, down, -np.asarray(across))


def rolled_round(images: ndarray, down: ndarray, across: ndarray) -> ndarray:
    """What leaves on one side comes in on the other. Zeros come in where the image moved away."""
    height, width = images.shape[2:]
    return _take(images, _sources(down, height) % height, _sources(across, width) % width)


def edge_repeated(images: ndarray, down: ndarray, across: ndarray) -> ndarray:
    """It fills with copies of the edge. Zeros come in where the image moved away."""
    height, width = images.shape[2:]
    rows = np.clip(_sources(down, height), 0, height - 1)
    return _take(images, rows, np.clip(_sources(across, width), 0, width - 1))


def down_and_across_swapped(images: ndarray, down: ndarray, across: ndarray) -> ndarray:
    """It moves down by across, and across by down. Rows are the third axis and move down, columns \
are the last."""
    return _moved(images, across, down)


def first_shift_for_all(images: ndarray, down: ndarray, across: ndarray) -> ndarray:
    """It moves all images by the first one's numbers. Every image has its own."""
    down, across = np.asarray(down), np.asarray(across)
    return _moved(images, down[:1].repeat(len(down)), across[:1].repeat(len(down)))


def never_quite_out(images: ndarray, down: ndarray, across: ndarray) -> ndarray:
    """It stops an image at the edge of the picture. An image that moves further than its own \
size leaves only zeros."""
    height, width = images.shape[2:]
    return _moved(
        images, np.clip(down, 1 - height, height - 1), np.clip(across, 1 - width, width - 1)
    )


def negative_shifts_ignored(images: ndarray, down: ndarray, across: ndarray) -> ndarray:
    """It does not move for negative numbers. They move up and to the left."""
    return _moved(images, np.maximum(down, 0), np.maximum(across, 0))


def no_lower_bound(images: ndarray, down: ndarray, across: ndarray) -> ndarray:
    """It asks whether a pixel comes from beyond the last row or column, and not whether from \
before the first. An index below 0 counts from the end; there is nothing there to take."""
    height, width = images.shape[2:]
    rows, columns = _sources(down, height), _sources(across, width)
    out = np.zeros_like(images)
    for n, i, j in np.ndindex(len(images), height, width):
        if rows[n, i] < height and columns[n, j] < width:
            out[n, :, i, j] = images[n, :, rows[n, i], columns[n, j]]
    return out


def end_below_zero(images: ndarray, down: ndarray, across: ndarray) -> ndarray:
    """Its slices end below 0 when an image moves further than its own size, and an end below 0 \
counts from the last place. Such a slice should be empty: give it a lower bound."""
    height, width = images.shape[2:]
    out = np.zeros_like(images)
    for n, (d, a) in enumerate(zip(down.tolist(), across.tolist(), strict=True)):
        rows, columns = slice(max(-d, 0), height - max(d, 0)), slice(max(-a, 0), width - max(a, 0))
        to_rows, to_columns = (
            slice(max(d, 0), height + min(d, 0)),
            slice(max(a, 0), width + min(a, 0)),
        )
        out[n, :, to_rows, to_columns] = images[n, :, rows, columns]
    return out
