"""Cuts out of two arrays what a person can compare: a small table around the first difference."""

from dataclasses import dataclass

import numpy as np

from autograder.judging.compare import Mismatch, is_seen_by_its_point, number_text

LARGEST_SHOWN = 8


@dataclass
class Difference:
    """Two small tables of the same place of two arrays, as text.

    Attributes:
        name: what the arrays are called.
        place: which part of them is shown, such as "[0, 1, 2:10, :]"; "" if all.
        expected, actual: the numbers, row by row.
        wrong: for each number of `actual`, whether it differs.
        first: row and column of the first difference in both tables, or None.
    """

    name: str
    place: str
    expected: list[list[str]]
    actual: list[list[str]]
    wrong: list[list[bool]]
    first: tuple[int, int] | None


def cut_out(mismatch: Mismatch) -> Difference | None:
    """The part of a mismatch that can be shown; None if there is nothing to lay side by side."""
    expected, actual = mismatch.expected, mismatch.actual
    if expected is None or actual is None or expected.size == 0 or actual.size == 0:
        return None
    wanted, place, start = _plane(expected, mismatch.first)
    got, _, _ = _plane(actual, mismatch.first)
    if wanted.shape == got.shape:
        wrong = ~np.isclose(got, wanted, rtol=1e-6, atol=1e-9)
    else:
        wrong = np.zeros(got.shape, dtype=bool)
    first = None
    if mismatch.first is not None:
        row, column = (0, 0, *mismatch.first)[-2:]
        first = row - start[0], column - start[1]
        wrong[first] = True
    should = _cells(wanted, is_seen_by_its_point(actual, expected))
    return Difference(mismatch.name, place, should, _cells(got), wrong.tolist(), first)


def _plane(
    array: np.ndarray, first: tuple[int, ...] | None
) -> tuple[np.ndarray, str, tuple[int, int]]:
    """Cut a 2-D piece around index `first`: the piece, its place, and where it starts."""
    if array.ndim == 0:
        return array.reshape(1, 1), "", (0, 0)
    flat = array.ndim == 1
    if flat:
        array = array[None, :]
        first = None if first is None else (0, *first)
    index = (0,) * array.ndim if first is None else first
    piece = array[index[:-2]]
    parts = [str(i) for i in index[:-2]]
    starts = []
    for axis in (0, 1):
        size = piece.shape[axis]
        start = max(0, min(index[axis - 2] - LARGEST_SHOWN // 2, size - LARGEST_SHOWN))
        starts.append(start)
        if not (flat and axis == 0):
            whole = size <= LARGEST_SHOWN
            parts.append(":" if whole else f"{start}:{start + LARGEST_SHOWN}")
    row, column = starts
    piece = piece[row : row + LARGEST_SHOWN, column : column + LARGEST_SHOWN]
    place = "" if all(part == ":" for part in parts) else f"[{', '.join(parts)}]"
    return piece, place, (row, column)


def _cells(array: np.ndarray, point: bool = False) -> list[list[str]]:
    return [[number_text(value, point=point) for value in row] for row in array]
