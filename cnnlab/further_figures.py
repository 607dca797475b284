"""The figures of assignment a5: signals through many layers, channels, pools, moved digits."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.ticker import MaxNLocator

from cnnlab.picture import LINES, Picture, new_figure, plain


def through(sizes: Mapping[str, Sequence[float]], steps: str, what: str, title: str) -> Picture:
    """Draw how large something is after 0, 1, 2, ... steps, on a log scale.

    Args:
        sizes: by name, one number for the images, and one after each step.
        steps: the name of the steps, such as "layers".
        what: the name of the numbers.
        title: the title of the figure.
    """
    figure = new_figure(8, 4, title)
    axes = figure.subplots()
    for (name, values), (colour, dash, marker) in zip(sizes.items(), LINES, strict=False):
        axes.plot(
            range(len(values)), values, color=colour, linestyle=dash, marker=marker, label=name
        )
    axes.set_yscale("log")
    axes.set(xlabel=f"{steps} from the images on", ylabel=f"{what} (log scale)")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
    last = max(len(values) for values in sizes.values()) - 1
    axes.set_xlim(-0.02 * last, 1.02 * last)
    axes.legend(frameon=False)
    plain(axes)
    ends = "; ".join(f"{name}: {v[0]:.2g} to {v[-1]:.2g}" for name, v in sizes.items())
    return Picture(figure, f"{title}. From the images to the last of the {steps}, {what}: {ends}.")


def channels_before_and_after(before: np.ndarray, after: np.ndarray) -> Picture:
    """Draw how the numbers of three channels are spread, (N, 3, H, W), before and after a layer."""
    figure = new_figure(9, 3.4, "Each channel before and after batch normalisation")
    words = []
    for axes, x, name in zip(
        figure.subplots(1, 2), (before, after), ("before", "after"), strict=True
    ):
        bins = np.linspace(x.min(), x.max(), 60)
        for k, (colour, dash, _) in zip(range(x.shape[1]), LINES, strict=False):
            values = x[:, k].ravel()
            label = f"channel {k}"
            axes.hist(values, bins, histtype="step", color=colour, linestyle=dash, label=label)
            mean = round(float(values.mean()), 1) + 0.0
            words.append(f"{name}, channel {k}: mean {mean}, spread {values.std():.1f}")
        axes.set(title=name, xlabel="value", ylabel="pixels")
        axes.legend(frameon=False)
        plain(axes)
    return Picture(figure, "Histograms of three channels. " + "; ".join(words) + ".")


def two_pools(image: np.ndarray, maxima: np.ndarray, means: np.ndarray) -> Picture:
    """Draw one digit, (H, W), and its results of max pooling and average pooling."""
    figure = new_figure(8, 3.5, "One digit, pooled two ways")
    titles = "the digit", "largest of each window", "mean of each window"
    images = image, maxima, means
    for axes, picture, title in zip(figure.subplots(1, 3), images, titles, strict=True):
        axes.imshow(picture, cmap="gray", vmin=0, vmax=1)
        axes.set(title=title, xticks=[], yticks=[])
    return Picture(
        figure,
        f"A digit of {image.shape[0]} by {image.shape[1]} pixels and two smaller versions. The "
        f"largest of each window keeps strokes bright (mean brightness {maxima.mean():.2f}); the "
        f"mean softens them ({means.mean():.2f}, the digit itself {image.mean():.2f}).",
    )


def moved_digits(images: np.ndarray, names: Sequence[str]) -> Picture:
    """Draw digits, (N, 1, H, W), side by side, each under its name."""
    figure = new_figure(1.6 * len(images) + 0.4, 2.4, "One digit, moved")
    for axes, image, name in zip(figure.subplots(1, len(images)), images, names, strict=True):
        axes.imshow(image[0], cmap="gray", vmin=0, vmax=1)
        axes.set_title(name, fontsize=9)
        axes.set(xticks=[], yticks=[])
    return Picture(figure, f"The same digit {len(images)} times, moved: {'; '.join(names)}.")


LADDER = (
    ("fancy indices, float64", 4.6),
    ("this course, float64", 2.5),
    ("the same, float32", 1.5),
    ("channels last", 1.1),
    ("no fresh arrays", 0.96),
    ("the pool's order", 0.77),
)
"""Processor time of training `full`, in multiples of PyTorch's; docs/measurements.md has them."""


def speed_ladder() -> Picture:
    """Draw measured times of the same network, computed in several ways, and PyTorch's time."""
    figure = new_figure(8.5, 3.2, "The same network, in multiples of PyTorch's time (loops: 910)")
    axes = figure.subplots()
    names, times = zip(*LADDER, strict=True)
    bars = axes.barh(names, times, color=LINES[0][0])
    white = {"facecolor": "white", "edgecolor": "none", "pad": 1}
    axes.bar_label(bars, [f"{time:g}" for time in times], padding=4, bbox=white)
    axes.axvline(1, color=LINES[1][0], linestyle="--")
    axes.text(1.03, -0.75, "PyTorch", color=LINES[1][0], fontsize=9)
    axes.invert_yaxis()
    axes.set_xlabel("times PyTorch")
    plain(axes)
    words = "; ".join(f"{name} {time:g}" for name, time in LADDER)
    return Picture(figure, f"Processor time as a multiple of PyTorch's: {words}; loops 910.")
