"""The gradient of a convolution in pictures: a weight, a pixel, and the turned filter.

The figures compute their own numbers, so a notebook can show them before the exercise is written.
If a figure gets the learner's function, it also shows its result and marks wrong numbers.
"""

from collections.abc import Callable

import numpy as np

from cnnlab.drawing import BACKWARD, FORWARD, MARKED, arrow, blank, frame, shade, table
from cnnlab.picture import VERMILION, Picture, new_figure

IMAGE = np.array([[0.0, 50, 0, 29], [0, 80, 31, 2], [33, 90, 0, 75], [0, 9, 0, 95]])
FILTER = np.array([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])
SMALL_FILTER = np.array([[1.0, -1], [2, 0]])

Backward = Callable[..., tuple[np.ndarray, np.ndarray, np.ndarray]]


def correlate(image: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Slide a filter over one image, both (H, W), with stride 1 and no padding."""
    windows = np.lib.stride_tricks.sliding_window_view(image, weights.shape)
    return np.einsum("ijuv,uv->ij", windows, weights)


def weight_nudged() -> Picture:
    """Draw one weight that grows by 1: each output changes by the pixel below this weight."""
    nudged = FILTER.copy()
    nudged[1, 1] += 1
    before, after = correlate(IMAGE, FILTER), correlate(IMAGE, nudged)
    figure = new_figure(10, 3.4, "One weight grows by 1: which outputs move, and by how much?")
    axes = figure.subplots()
    middle = [(1, 1), (1, 2), (2, 1), (2, 2)]
    table(axes, IMAGE, shade((4, 4), middle, FORWARD), "pixels under the centre weight", (1, 0))
    frame(axes, 1, 0, 3, 3)
    table(axes, nudged, shade((3, 3), [(1, 1)], MARKED), "centre weight: 0 becomes 1", (1, 5.2))
    table(axes, before, title="out before", at=(1.5, 9.6))
    table(axes, after, shade((2, 2), [(0, 0)], MARKED), "out after", (1.5, 12.8))
    table(axes, after - before, np.full((2, 2), FORWARD), "moved by", (1.5, 16))
    for x, sign in ((4.6, "*"), (8.9, "="), (12.2, "→"), (15.4, ":")):
        axes.text(x, 2.5, sign, ha="center", va="center", size=13)
    blank(axes, 18.2, 5)
    return Picture(
        figure,
        "The 4 by 4 image, the Sobel filter with its centre weight raised from 0 to 1, and the "
        "output before and after. The four outputs move by 80, 31, 90 and 0: just the pixels that "
        "lay under the centre weight in the four windows; at the first place 29 becomes 109. So "
        "d_weights at the centre is d_out times these pixels, summed over the places.",
    )


def pixel_reaches(row: int = 1, column: int = 1) -> Picture:
    """Draw one pixel, all outputs that it reaches, and its gradient: the sum of d_out * weight."""
    image = np.arange(1.0, 10).reshape(3, 3)
    d_out = np.array([[10.0, 20], [30, 40]])
    figure = new_figure(10, 4.3, "One pixel reaches several outputs; backward, their parts add up")
    axes = figure.subplots()
    table(axes, image, shade((3, 3), [(row, column)], MARKED), "x: the pixel", (1.5, 0))
    parts = []
    for place, (i, j) in enumerate(np.ndindex(2, 2)):
        u, v = row - i, column - j
        top, left = 0.9 + 2.9 * (place // 2), 5.6 + 4.6 * (place % 2)
        if not (0 <= u < 2 and 0 <= v < 2):
            table(axes, SMALL_FILTER, title=f"window ({i}, {j}): not in it", at=(top, left))
            continue
        marks = shade((2, 2), [(u, v)], MARKED)
        table(axes, SMALL_FILTER, marks, f"window ({i}, {j}): weight ({u}, {v})", (top, left))
        parts.append((d_out[i, j], SMALL_FILTER[u, v]))
    arrow(axes, (3.2, 3), (5, 3))
    table(axes, d_out, np.full((2, 2), BACKWARD), "d_out", (2, 14.1))
    total = sum(d * w for d, w in parts)
    terms = "\n+ ".join(f"{d:g} * {w:g}" for d, w in parts)
    axes.text(16.8, 3, f"d_x[{row}, {column}] =\n   {terms}\n= {total:g}", va="center", size=11)
    blank(axes, 20.8, 6.2)
    words = " plus ".join(f"{d:g} times {w:g}" for d, w in parts)
    return Picture(
        figure,
        f"Pixel ({row}, {column}) of a 3 by 3 image lies in {len(parts)} of the four 2 by 2 "
        "windows, each time under another weight. Its gradient is the sum, over these outputs, "
        f"of d_out times that weight: {words} gives {total:g}.",
    )


def turned_filter(conv2d_backward: Backward | None = None) -> Picture:
    """Draw d_x for stride 2: d_out spread with zeros, and the turned filter that slides over it.

    Args:
        conv2d_backward: the learner's function. Its d_x is drawn beside the right one, and wrong
            numbers are marked. If None, only the right one is drawn.
    """
    d_out = np.array([[1.0, 2], [3, 4]])
    spread = np.zeros((5, 5))
    spread[1:4:2, 1:4:2] = d_out
    turned = SMALL_FILTER[::-1, ::-1]
    d_x = correlate(spread, turned)
    title = "Stride 2: the gradient spread with zeros, and the turned filter slides over it"
    figure = new_figure(11 if conv2d_backward is None else 13, 3.9, title)
    axes = figure.subplots()
    table(axes, d_out, np.full((2, 2), BACKWARD), "d_out", (2, 0))
    places = [(1, 1), (1, 3), (3, 1), (3, 3)]
    table(axes, spread, shade((5, 5), places, BACKWARD), "zeros between and around", (1, 3.6))
    frame(axes, 1, 3.6, 2, 2)
    table(axes, SMALL_FILTER, title="filter", at=(0.9, 10.2))
    table(axes, turned, np.full((2, 2), MARKED), "turned", (4.4, 10.2))
    table(axes, d_x, shade((4, 4), [(0, 0)], MARKED), "d_x", (1.5, 14))
    for x, sign in ((2.8, "→"), (9.4, "*"), (13.1, "=")):
        axes.text(x, 3.5, sign, ha="center", va="center", size=13)
    words = "; ".join(" ".join(f"{value:g}" for value in line) for line in d_x)
    alt = (
        "The gradient 1 2; 3 4 of a convolution with stride 2. One zero goes between its numbers "
        "and one ring of zeros around them: 5 by 5. The filter 1 -1; 2 0 turned by 180 degrees is "
        f"0 2; -1 1. Slid over the 5 by 5 numbers with stride 1 it gives d_x: {words}."
    )
    width = 18.1
    if conv2d_backward is not None:
        image, weights = np.zeros((1, 1, 4, 4)), SMALL_FILTER[np.newaxis, np.newaxis]
        cols = np.zeros((4, 4))
        got = np.asarray(conv2d_backward(d_out[np.newaxis, np.newaxis], image, weights, cols, 2)[0])
        yours = got.reshape(4, 4)
        wrong = ~np.isclose(yours, d_x)
        table(axes, yours, np.where(wrong, VERMILION, FORWARD), "yours, by col2im", (1.5, 19.5))
        width = 23.6
        alt += f" Your conv2d_backward differs from it in {int(wrong.sum())} of 16 pixels."
    blank(axes, width, 6.5)
    return Picture(figure, alt)


def graph_both_ways() -> Picture:
    """Draw a computation graph: the values (forward) above, the gradients (backward) below."""
    figure = new_figure(10.5, 3.9, "Values flow forward, gradients flow back")
    axes = figure.subplots()
    nodes = {
        "x": (0.5, 3.4, "x", "3", "-4"),
        "w": (0.5, 0.8, "w", "2", "-6"),
        "product": (4.1, 2.1, "x * w", "6", "-2"),
        "b": (4.1, -0.4, "b", "-7", "-2"),
        "sum": (8, 2.1, "+ b", "-1", "-2"),
        "loss": (12, 2.1, "L = square", "1", "1"),
    }
    for x, y, name, value, gradient in nodes.values():
        axes.text(x, y, name, ha="center", va="center", bbox={"boxstyle": "round", "fc": "white"})
        axes.text(x, y + 0.72, value, ha="center", color="#00517f", size=13, weight="bold")
        axes.text(x, y - 1.02, gradient, ha="center", color="#a84300", size=13, style="italic")
    for start, end in (("x", "product"), ("w", "product"), ("product", "sum"), ("b", "sum")):
        (x0, y0, *_), (x1, y1, *_) = nodes[start], nodes[end]
        arrow(axes, (x0 + 0.6, y0), (x1 - 0.95, y1), "#00517f", bend=-0.08)
        arrow(axes, (x1 - 0.95, y1 - 0.3), (x0 + 0.6, y0 - 0.3), "#a84300", dashed=True, bend=-0.08)
    arrow(axes, (8.7, 2.2), (10.9, 2.2), "#00517f")
    arrow(axes, (10.9, 1.9), (8.7, 1.9), "#a84300", dashed=True)
    axes.text(14.1, 3.2, "upright, blue:\nthe value, forward", color="#00517f", va="center")
    axes.text(14.1, 0.9, "slanted, orange:\nslope of L, backward", color="#a84300", va="center")
    axes.set(xlim=(-0.2, 18.4), ylim=(-1.6, 4.6))
    axes.set_axis_off()
    return Picture(
        figure,
        "A graph: x = 3 and w = 2 are multiplied to 6, b = -7 is added, which gives -1, and its "
        "square is the loss 1. Backward from 1: the square gives 2 times -1 = -2; the sum passes "
        "-2 on to the product and to b; the product gives x the gradient -2 times w = -4 and w "
        "the gradient -2 times x = -6.",
    )
