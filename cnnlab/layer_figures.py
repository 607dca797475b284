"""The ideas of assignment a5 in pictures: batch norm's paths, the residual block, dropout."""

from itertools import pairwise

import numpy as np

from cnnlab.drawing import BACKWARD, FORWARD, arrow, blank, table
from cnnlab.picture import BLUE, GREEN, PURPLE, VERMILION, Picture, new_figure


def batch_norm_paths() -> Picture:
    """Draw the three paths from a pixel to the normalised numbers, and the gradient of each."""
    figure = new_figure(10.5, 4.2, "Batch normalisation: one pixel reaches the loss on three paths")
    axes = figure.subplots()
    boxes = {
        "x[i]": (0, 2),
        "mean": (4, 3.6),
        "variance": (4, 0.4),
        "x_hat = (x - mean) / root": (9, 2),
        "loss": (13.6, 2),
    }
    for name, (x, y) in boxes.items():
        axes.text(
            x, y, name, ha="center", va="center", bbox={"boxstyle": "round,pad=.4", "fc": "white"}
        )
    arrow(axes, (0.6, 2), (6.5, 2), BLUE)
    arrow(axes, (0.5, 2.4), (3.2, 3.5), VERMILION)
    arrow(axes, (4.8, 3.5), (7.4, 2.5), VERMILION)
    arrow(axes, (0.5, 1.6), (3.0, 0.6), GREEN)
    arrow(axes, (5.1, 0.6), (7.4, 1.5), GREEN)
    arrow(axes, (11.5, 2), (13, 2))
    axes.text(3.4, 2.15, "path 1: d_x_hat / root", color=BLUE, ha="center", va="bottom")
    axes.text(6.4, 3.4, "path 2: -mean(d_x_hat) / root", color=VERMILION, va="bottom")
    axes.text(6.4, 0.55, "path 3: -x_hat * mean(d_x_hat * x_hat) / root", color="#007a59", va="top")
    axes.text(7, -0.9, "d_x[i] is the sum of the three", ha="center", size=11)
    axes.set(xlim=(-1, 15), ylim=(-1.4, 4.6))
    axes.set_axis_off()
    return Picture(
        figure,
        "Pixel x[i] reaches x_hat directly, through the mean and through the variance. Backward "
        "the three paths give d_x_hat / root, minus the mean of d_x_hat over root, and minus x_hat "
        "times the mean of d_x_hat * x_hat over root; d_x[i] is their sum.",
    )


def residual_block() -> Picture:
    """Draw a residual block: two ways forward into one sum, and the same two ways back."""
    figure = new_figure(10.5, 3.4, "A residual block: the short way passes x unchanged")
    axes = figure.subplots()
    parts = {"x": 0, "first": 2.4, "ReLU": 4.8, "second": 7.2, "+": 9.6, "ReLU ": 11.6, "out": 13.6}
    places = list(parts.values())
    for name, x in parts.items():
        axes.text(
            x, 1, name.strip(), ha="center", va="center", bbox={"boxstyle": "round", "fc": "w"}
        )
    for start, end in pairwise(places):
        arrow(axes, (start + 0.65, 1.1), (end - 0.7, 1.1), BLUE)
        arrow(axes, (end - 0.7, 0.85), (start + 0.65, 0.85), VERMILION, dashed=True)
    arrow(axes, (0.2, 1.5), (9.5, 1.5), BLUE, bend=-0.32)
    arrow(axes, (9.5, 0.55), (0.2, 0.55), VERMILION, dashed=True, bend=-0.32)
    axes.text(4.8, 2.15, "forward: x itself", ha="center", color="#00517f")
    axes.text(
        4.8, -0.3, "backward: d_sum itself; at x both are added", ha="center", color="#a84300"
    )
    axes.set(xlim=(-0.8, 14.4), ylim=(-1.9, 3.7))
    axes.set_axis_off()
    return Picture(
        figure,
        "x goes through first, ReLU and second into a sum, and on a short way unchanged into the "
        "same sum; then ReLU gives out. Backward the gradient of the sum goes back on both ways, "
        "undiminished on the short one, and at x the two are added.",
    )


def dropout_mask() -> Picture:
    """Draw dropout: numbers times a mask, then scaled up; the gradient gets the same mask."""
    x, keep = np.array([[3.0, 6, -9, 12]]), np.array([[1, 1, 0, 0]])
    figure = new_figure(10.5, 3.9, "Dropout, rate 0.25: the same mask forward and backward")
    axes = figure.subplots()
    d_out = np.array([[1.0, 2, 3, 4]])
    rows = ((1, "x", x, "out", FORWARD), (4, "d_out", d_out, "d_x", BACKWARD))
    for top, name, values, result, shade in rows:
        table(axes, values, title=name, at=(top, 0))
        axes.text(4.7, top + 0.5, "*", ha="center", va="center", size=14)
        grey = np.where(keep == 1, "white", "0.75")
        table(axes, keep, grey, "mask", (top, 5.4))
        axes.text(10.4, top + 0.5, "/ 0.75 =", ha="center", va="center", size=12)
        left = (values * keep / 0.75).round(2) + 0.0
        table(axes, left, np.where(keep == 1, shade, "0.75"), result, (top, 11.6))
    axes.text(7.4, 5.6, "grey: dropped in this pass; the next pass draws a new mask", ha="center")
    blank(axes, 15.8, 6)
    return Picture(
        figure,
        "x = 3, 6, -9, 12 times the mask 1, 1, 0, 0, divided by 0.75, gives 4, 8, 0, 0. The "
        "gradient 1, 2, 3, 4 through the same mask gives 1.33, 2.67, 0, 0.",
    )


def average_window() -> Picture:
    """Draw one window of average pooling, forward and backward."""
    figure = new_figure(8.5, 2.6, "Average pooling: every pixel has the same part")
    axes = figure.subplots()
    window = np.array([[1.0, 2], [6, 4]])
    table(axes, window, np.full((2, 2), FORWARD), "window", (1, 0))
    table(axes, [["3.25"]], np.full((1, 1), FORWARD), "mean", (1.5, 3.6))
    table(axes, [["1"]], np.full((1, 1), BACKWARD), "d_out", (1.5, 7))
    table(axes, np.full((2, 2), 0.25), np.full((2, 2), BACKWARD), "d_x", (1, 9.6))
    for x in (2.8, 8.8):
        axes.text(x, 2, "→", ha="center", va="center", size=14)
    blank(axes, 12, 3.4)
    return Picture(
        figure,
        "The window 1 2; 6 4 has the mean 3.25. A gradient of 1 comes back as 0.25 to each pixel.",
    )


def spread_of_weights() -> Picture:
    """Draw the size of a signal in 20 layers with ReLU, for three spreads of the weights."""
    figure = new_figure(8.5, 3.4, "20 layers of 200 with ReLU: the spread of the weights decides")
    axes = figure.subplots()
    rng = np.random.default_rng(0)
    words = []
    for spread, colour, dash in ((0.05, PURPLE, ":"), (0.1, BLUE, "-"), (0.2, VERMILION, "--")):
        x = rng.standard_normal((50, 200))
        sizes = [1.0]
        for _ in range(20):
            x = np.maximum(x @ (spread * rng.standard_normal((200, 200))), 0)
            sizes.append(float(np.sqrt(np.mean(x**2))))
        axes.semilogy(sizes, color=colour, linestyle=dash, label=f"spread {spread}")
        words.append(f"spread {spread}: {sizes[-1]:.1g}")
    axes.set(xlabel="layers from the images on", ylabel="size of the signal (log scale)")
    axes.legend(frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    return Picture(
        figure,
        "Size of a signal of size 1 after 20 layers with ReLU of 200 inputs, on a log scale: "
        f"{'; '.join(words)}. Only the spread 0.1, the root of 2/200, keeps it in range.",
    )
