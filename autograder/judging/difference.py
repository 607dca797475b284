"""Cuts a small table around the first difference out of two arrays, for a person to compare."""

from dataclasses import dataclass

import numpy as np

from autograder.judging.compare import (
    ALL_DIGITS,
    DIGITS,
    MORE_DIGITS,
    Mismatch,
    is_seen_by_its_point,
    number_text,
)

LARGEST_SHOWN = 8
# The width of both tables together: a terminal line of 80, less the margins and the gap.
WIDEST = 74
FEW_DIGITS = 4


@dataclass
class Difference:
    """The same small part of two arrays, as two tables of text.

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

    @property
    def marks_expected(self) -> list[list[bool]]:
        """For each expected number, whether it is marked: only the one at the first difference."""
        return _at(self.first, self.expected)

    @property
    def marks_actual(self) -> list[list[bool]]:
        """For each number of `actual`, whether it is marked: all wrong numbers are.

        If no number is right, only the first is marked: marks on all of them would not help.
        """
        return _at(self.first, self.actual) if all(map(all, self.wrong)) else self.wrong


def cut_out(mismatch: Mismatch) -> Difference | None:
    """The part of a mismatch to show; None if there are no two arrays to show side by side.

    If the tables are too wide for a terminal, numbers get fewer digits; if that is not enough,
    fewer columns are shown.
    """
    expected, actual = mismatch.expected, mismatch.actual
    if expected is None or actual is None or expected.size == 0 or actual.size == 0:
        return None
    for most in (DIGITS, MORE_DIGITS, ALL_DIGITS):
        shown = _cut_out(mismatch.name, expected, actual, mismatch.first, 1, most)
        if _differences_show(shown):
            break
    for columns in range(LARGEST_SHOWN, 0, -1):
        for digits in (most, FEW_DIGITS):
            shown = _cut_out(mismatch.name, expected, actual, mismatch.first, columns, digits)
            if _width(shown) <= WIDEST and (digits == most or _differences_show(shown)):
                return shown
    return shown


def _at(place: tuple[int, int] | None, cells: list[list[str]]) -> list[list[bool]]:
    return [[(i, j) == place for j in range(len(row))] for i, row in enumerate(cells)]


def _width(shown: Difference) -> int:
    """The width of both tables together in characters, with brackets around marked numbers."""
    tables = (shown.expected, shown.marks_expected), (shown.actual, shown.marks_actual)
    return sum(
        1 + max(len(row[column]) + 2 * mark[column] for row, mark in zip(cells, marks, strict=True))
        for cells, marks in tables
        for column in range(len(cells[0]))
    )


def _differences_show(shown: Difference) -> bool:
    """Whether every wrong number is written differently from the right one."""
    if shown.first is None:
        return True
    return not any(
        wrong and should == got
        for rows in zip(shown.expected, shown.actual, shown.wrong, strict=True)
        for should, got, wrong in zip(*rows, strict=True)
    )


def _cut_out(
    name: str,
    expected: np.ndarray,
    actual: np.ndarray,
    at: tuple[int, ...] | None,
    columns: int,
    digits: int,
) -> Difference:
    wanted, place, start = _plane(expected, at, columns)
    got, _, _ = _plane(actual, at, columns)
    if wanted.shape == got.shape:
        wrong = ~np.isclose(got, wanted, rtol=1e-6, atol=1e-9)
    else:
        wrong = np.zeros(got.shape, dtype=bool)
    first = None
    if at is not None:
        row, column = (0, 0, *at)[-2:]
        first = row - start[0], column - start[1]
        wrong[first] = True
    should = _cells(wanted, digits, is_seen_by_its_point(actual, expected))
    return Difference(name, place, should, _cells(got, digits), wrong.tolist(), first)


def _plane(
    array: np.ndarray, first: tuple[int, ...] | None, columns: int
) -> tuple[np.ndarray, str, tuple[int, int]]:
    """Cut a 2-D piece around index `first`: the piece, its place, and where it starts.

    Args:
        array: of any shape.
        first: an index into it, or None for its beginning.
        columns: the most columns that the piece may have.
    """
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
    for axis, most in enumerate((LARGEST_SHOWN, columns)):
        size = piece.shape[axis]
        start = max(0, min(index[axis - 2] - most // 2, size - most))
        starts.append(start)
        if not (flat and axis == 0):
            parts.append(":" if size <= most else f"{start}:{start + most}")
    row, column = starts
    piece = piece[row : row + LARGEST_SHOWN, column : column + columns]
    place = "" if all(part == ":" for part in parts) else f"[{', '.join(parts)}]"
    return piece, place, (row, column)


def _cells(array: np.ndarray, digits: int, point: bool = False) -> list[list[str]]:
    return [[number_text(value, point=point, digits=digits) for value in row] for row in array]
