"""The network in pictures: the map of the course, channels, pooling and softmax."""

import numpy as np
from matplotlib.patches import Rectangle

from cnnlab.drawing import (
    BACKWARD,
    FORWARD,
    MARKED,
    arrow,
    blank,
    digit,
    frame,
    shade,
    table,
    volume,
)
from cnnlab.picture import BLUE, GREEN, SKY, VERMILION, YELLOW, Picture, new_figure

PARTS = ("image", "conv", "ReLU", "pool", "dense", "softmax", "loss")
"""The way from an image to the loss, in order."""


def course_map(here: tuple[str, ...], backward: bool = False) -> Picture:
    """Draw the way from an image to the loss and back, and mark what this notebook is about.

    Args:
        here: the names in PARTS to mark.
        backward: whether the notebook is about the way back too.
    """
    unknown = set(here) - set(PARTS)
    if unknown:
        raise ValueError(f"no such part of the map: {', '.join(sorted(unknown))}")
    figure = new_figure(10.5, 2.3)
    axes = figure.subplots()
    for place, name in enumerate(PARTS):
        x, marked = 2.6 * place, name in here
        axes.text(
            x,
            0,
            name,
            ha="center",
            va="center",
            size=12,
            weight="bold" if marked else "normal",
            bbox={
                "boxstyle": "round,pad=0.5",
                "facecolor": YELLOW if marked else "white",
                "edgecolor": "0.2" if marked else "0.6",
                "linewidth": 2 if marked else 1,
            },
        )
        if place + 1 < len(PARTS):
            arrow(axes, (x + 0.8, 0.12), (x + 1.8, 0.12), BLUE)
            weight = VERMILION if backward else "0.6"
            arrow(axes, (x + 1.8, -0.18), (x + 0.8, -0.18), weight, dashed=True)
    first = PARTS.index(here[0])
    last = PARTS.index(here[-1])
    axes.text(1.3 * (first + last), 1.05, "you are here", ha="center", size=11, weight="bold")
    axes.text(7.8, -1.15, "solid: forward, values      dashed: backward, gradients", ha="center")
    axes.set(xlim=(-1.2, 16.8), ylim=(-1.5, 1.5))
    axes.set_axis_off()
    return Picture(
        figure,
        f"Map of the course: {' to '.join(PARTS)}, and arrows back from the loss to the image. "
        f"You are here: {', '.join(here)}{', forward and backward' if backward else ''}.",
    )


def network(image: np.ndarray, scores: np.ndarray | None = None) -> Picture:
    """Draw the smallest network of the course as 3-D blocks, with ten bars at its end.

    Args:
        image: a digit, (28, 28).
        scores: ten probabilities; if None, an example: a digit that is read as 7.
    """
    bars = np.full(10, 0.01) if scores is None else np.asarray(scores, dtype=float)
    if scores is None:
        bars[7] = 0.91
    figure = new_figure(10.5, 3.6, "A digit is read: what you will build")
    left, middle, right = figure.subplots(1, 3, width_ratios=[2.2, 6, 2.4])
    digit(left, image)
    left.set_title("image: 1 x 28 x 28", fontsize=10)
    volume(middle, 0, 0, 5.2, 0.5, 4, SKY)
    middle.text(1.2, -0.9, "conv, ReLU\n8 x 26 x 26", ha="center", va="top")
    arrow(middle, (2.9, 3.2), (4.4, 3.2))
    volume(middle, 4.7, 1.3, 2.6, 0.5, 4, GREEN)
    middle.text(5.9, -0.9, "pool\n8 x 13 x 13", ha="center", va="top")
    arrow(middle, (7.6, 3.2), (8.8, 3.2))
    for place in range(18):
        middle.add_patch(
            Rectangle((9.2, 0.35 * place), 0.4, 0.35, facecolor=MARKED, edgecolor="0.4")
        )
    middle.text(9.4, -0.9, "flatten\n1,352", ha="center", va="top")
    arrow(middle, (9.9, 3.2), (11.3, 3.2))
    middle.text(11.7, 3.2, "dense,\nsoftmax", va="center")
    middle.set(xlim=(-0.3, 14), ylim=(-2.6, 7.6))
    middle.set_aspect("equal")
    middle.set_axis_off()
    best = int(bars.argmax())
    colours = [VERMILION if k == best else BLUE for k in range(10)]
    right.barh(range(10), bars, color=colours)
    right.set_yticks(range(10))
    right.invert_yaxis()
    right.set(xlim=(0, 1.05), title="ten probabilities")
    right.spines[["top", "right"]].set_visible(False)
    return Picture(
        figure,
        "A handwritten digit of 28 by 28 pixels. The convolution makes a volume of 8 feature maps "
        "of 26 by 26, the pool 8 of 13 by 13, flatten one row of 1,352 numbers, and the dense "
        f"layer with softmax ten probabilities, of which that of {best} is the largest.",
    )


def channels() -> Picture:
    """Draw a convolution with two channels: two windows, two filter tables, one number."""
    first, second = np.array([[1.0, 2], [3, 4]]), np.array([[10.0, 20], [30, 40]])
    w_first, w_second = np.array([[1.0, 0], [0, 1]]), np.array([[0.0, 1], [0, 0]])
    figure = new_figure(10, 3.9, "Two channels, one filter, one number")
    axes = figure.subplots()
    rows = ((1, "channel 0", first, w_first, 5), (4.6, "channel 1", second, w_second, 20))
    for top, name, window, weights, total in rows:
        table(axes, window, np.full((2, 2), FORWARD), f"window, {name}", (top, 0.6))
        table(axes, weights, np.full((2, 2), MARKED), f"filter, {name}", (top, 4.6))
        table(axes, window * weights, title="products", at=(top, 8.6))
        axes.text(3.6, top + 1, "*", ha="center", va="center", size=14)
        axes.text(7.6, top + 1, "=", ha="center", va="center", size=14)
        axes.text(11.6, top + 1, f"sum {total}", va="center", size=11)
        arrow(axes, (13.4, top + 1), (14.8, 3.6 if top < 3 else 4.2))
    table(axes, [["25.5"]], np.full((1, 1), BACKWARD), "out", (3.4, 15.2), 11)
    axes.text(15.7, 5.1, "5 + 20 + bias 0.5", ha="center", size=10)
    blank(axes, 18, 7)
    return Picture(
        figure,
        "Channel 0 has the window 1 2; 3 4 and the filter table 1 0; 0 1: the products sum to 5. "
        "Channel 1 has the window 10 20; 30 40 and the table 0 1; 0 0: the sum is 20. Both sums "
        "and the bias 0.5 give one number, 25.5.",
    )


def filters_make_channels() -> Picture:
    """Draw the shapes of a convolution: C channels, F filters of C channels each, F channels."""
    figure = new_figure(10, 3.7, "Each filter is as deep as its input, and makes one channel")
    axes = figure.subplots()
    volume(axes, 0, 0, 4, 0.9, 4, SKY)
    axes.text(1.4, -0.5, "x: C x H x W\n3 x 8 x 8", ha="center", va="top")
    for place, colour in enumerate((VERMILION, GREEN)):
        y = 3.4 - 2.9 * place
        volume(axes, 5.3, y, 1.3, 0.9, 1.3, colour)
        axes.text(7.5, y + 0.9, f"filter {place}: 3 x 3 x 3", va="center")
        arrow(axes, (11.4, y + 0.9), (13.2, 2.8))
    arrow(axes, (3.4, 2.8), (4.9, 2.8))
    volume(axes, 13.7, 0.4, 3.2, 0.3, 3.2, VERMILION)
    volume(axes, 14.05, 0.4, 3.2, 0.3, 3.2, GREEN)
    axes.text(15, -0.5, "out: F x OH x OW\n2 x 6 x 6", ha="center", va="top")
    axes.set(xlim=(-0.4, 18), ylim=(-2.3, 6.4))
    axes.set_aspect("equal")
    axes.set_axis_off()
    return Picture(
        figure,
        "An input volume of 3 channels of 8 by 8. Two filters, each 3 channels deep and 3 by 3, "
        "slide over it; each makes one channel of the output: 2 channels of 6 by 6.",
    )


def pool_volume() -> Picture:
    """Draw max pooling: each channel by itself becomes half as high and half as wide."""
    windows = np.array([[1.0, 2, 5, 3], [6, 4, 8, 1], [2, 7, 3, 9], [1, 5, 4, 2]])
    winners = [(1, 0), (1, 2), (2, 1), (2, 3)]
    figure = new_figure(10, 3.6, "A 2x2 max pool: half as high, half as wide, as many channels")
    axes = figure.subplots()
    volume(axes, 0, 0.6, 4, 1.1, 4, SKY)
    axes.text(1.6, 0.2, "8 x 26 x 26", ha="center", va="top")
    arrow(axes, (3.9, 3.4), (5.2, 3.4))
    volume(axes, 5.6, 1.6, 2, 1.1, 2, GREEN)
    axes.text(6.6, 0.2, "8 x 13 x 13", ha="center", va="top")
    axes.set(xlim=(-0.4, 22), ylim=(-0.6, 7))
    axes.set_aspect("equal")
    axes.set_axis_off()
    inner = axes.inset_axes((0.42, 0.02, 0.58, 0.96))
    table(inner, windows, shade((4, 4), winners, MARKED), "one channel", (1, 0))
    for row, column in np.ndindex(2, 2):
        frame(inner, 1 + 2 * row, 2 * column, 2, 2)
    inner.text(5, 3, "→", ha="center", va="center", size=14)
    table(inner, [["6", "8"], ["7", "9"]], np.full((2, 2), MARKED), "the largest of each", (2, 6))
    blank(inner, 9.2, 5.4)
    return Picture(
        figure,
        "A volume of 8 maps of 26 by 26 becomes 8 maps of 13 by 13. In one channel the four 2 by "
        "2 windows of 1 2 5 3; 6 4 8 1; 2 7 3 9; 1 5 4 2 give their largest numbers, 6 8; 7 9.",
    )


def softmax_layer() -> Picture:
    """Draw softmax: three scores, their exponentials, and their shares of the sum."""
    scores = np.array([1.0, 2, 3])
    powers = np.exp(scores)
    shares = powers / powers.sum()
    figure = new_figure(10, 3.3, "Softmax: scores, exp, shares of the sum")
    steps = (("scores z", scores), ("exp(z)", powers), ("exp(z) / 30.193", shares))
    for axes, (name, values) in zip(figure.subplots(1, 3), steps, strict=True):
        bars = axes.bar(range(3), values, color=(BLUE, GREEN, VERMILION))
        axes.bar_label(bars, [f"{value:.3f}" for value in values], padding=2)
        axes.set_xticks(range(3), ["class 0", "class 1", "class 2"])
        axes.set(title=name, ylim=(0, 1.2 * values.max()))
        axes.spines[["top", "right"]].set_visible(False)
    return Picture(
        figure,
        "Three bar charts: the scores 1, 2, 3; their exponentials 2.718, 7.389, 20.086, which sum "
        "to 30.193; and their shares of this sum, 0.090, 0.245, 0.665, which sum to 1.",
    )
