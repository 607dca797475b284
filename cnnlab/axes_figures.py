"""NumPy's axes in pictures: memory order, reshape and transpose, broadcasting, keepdims."""

import numpy as np

from cnnlab.drawing import BACKWARD, FORWARD, MARKED, blank, table
from cnnlab.picture import Picture, new_figure

SHADES = np.array([FORWARD, BACKWARD])


def memory_order() -> Picture:
    """Draw an array of shape (2, 3), and the same numbers as one line in memory."""
    values = np.arange(1.0, 7).reshape(2, 3)
    colours = np.repeat(SHADES[:, np.newaxis], 3, axis=1)
    figure = new_figure(9.5, 2.6, "In memory an array is one line of numbers, row after row")
    axes = figure.subplots()
    table(axes, values, colours, "x, shape (2, 3)", (1, 0))
    axes.text(4.2, 2, "→", ha="center", va="center", size=14)
    table(axes, values.reshape(1, 6), colours.reshape(1, 6), "in memory", (1.5, 5.4))
    blank(axes, 12, 3.4)
    return Picture(
        figure,
        "The array 1 2 3; 4 5 6 of shape (2, 3), and the line in memory: 1 2 3 4 5 6. The last "
        "axis runs fastest.",
    )


def reshape_or_transpose() -> Picture:
    """Draw reshape and transpose: the same shape, but the numbers are in different places."""
    values = np.arange(1.0, 7).reshape(2, 3)
    colours = np.repeat(SHADES[:, np.newaxis], 3, axis=1)
    figure = new_figure(9.5, 3.4, "reshape cuts the same line elsewhere; transpose swaps the axes")
    axes = figure.subplots()
    table(axes, values, colours, "x, shape (2, 3)", (1.5, 0))
    table(axes, values.reshape(3, 2), colours.reshape(3, 2), "x.reshape(3, 2)", (1, 5.8))
    table(axes, values.T, colours.T, "x.T, shape (3, 2)", (1, 11))
    blank(axes, 15, 4.2)
    return Picture(
        figure,
        "x is 1 2 3; 4 5 6. x.reshape(3, 2) is 1 2; 3 4; 5 6: the line of numbers, cut elsewhere. "
        "x.T is 1 4; 2 5; 3 6: rows and columns change places. Both have the shape (3, 2).",
    )


def broadcasting() -> Picture:
    """Draw broadcasting: a row and a column are stretched to the shape of an array."""
    x = np.array([[10.0, 20, 30], [40, 50, 60]])
    row, column = np.array([[1.0, 2, 3]]), np.array([[100.0], [200]])
    figure = new_figure(10.5, 4.2, "Broadcasting: an axis of length 1 is stretched")
    axes = figure.subplots()
    for top, other, name in ((1, row, "shape (3,): a row"), (5, column, "shape (2, 1): a column")):
        stretched = np.broadcast_to(other, x.shape)
        colours = np.full(x.shape, "#fbf6dd", dtype=object)
        colours[: other.shape[0], : other.shape[1]] = MARKED
        table(axes, x, title="shape (2, 3)", at=(top, 0))
        axes.text(3.9, top + 1, "+", ha="center", va="center", size=14)
        table(axes, stretched, colours, name, (top, 5))
        axes.text(8.9, top + 1, "=", ha="center", va="center", size=14)
        table(axes, x + other, np.full(x.shape, FORWARD), "sum", (top, 10))
    blank(axes, 13.2, 7.2)
    return Picture(
        figure,
        "10 20 30; 40 50 60 plus the row 1 2 3 adds the row to both rows: 11 22 33; 41 52 63. Plus "
        "the column 100; 200 it adds 100 to the first row and 200 to the second.",
    )


def keepdims() -> Picture:
    """Draw a sum over axis 1, with and without keepdims, and an array divided by it."""
    x = np.array([[1.0, 3], [2, 8]])
    figure = new_figure(10.5, 4.4, "x / x.sum(axis=1): each number divided by which sum?")
    axes = figure.subplots()
    lost, kept = x.sum(axis=1), x.sum(axis=1, keepdims=True)
    cases = (
        (1, lost, "sum(axis=1): shape (2,), a row", "wrong: by column"),
        (5, kept, "keepdims=True: shape (2, 1)", "right: each row sums to 1"),
    )
    for top, sums, name, verdict in cases:
        table(axes, x, title="x", at=(top, 0))
        axes.text(3, top + 1, "/", ha="center", va="center", size=14)
        colours = np.full((2, 2), "#fbf6dd", dtype=object)
        colours[: np.atleast_2d(sums).shape[0], : np.atleast_2d(sums).shape[1]] = MARKED
        table(axes, np.broadcast_to(sums, x.shape), colours, name, (top, 5.2))
        axes.text(9, top + 1, "=", ha="center", va="center", size=14)
        shade = BACKWARD if sums is lost else FORWARD
        table(axes, (x / sums).round(2), np.full((2, 2), shade), verdict, (top, 11.2))
    blank(axes, 15, 7.2)
    return Picture(
        figure,
        "x is 1 3; 2 8, its row sums are 4 and 10. Without keepdims they are a row, and the second "
        "column is divided by 10: wrong. With keepdims=True they are a column, and each row is "
        "divided by its own sum: 0.25 0.75; 0.2 0.8.",
    )
