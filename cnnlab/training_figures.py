"""Figures of a trained network: its loss, its filters, and the images it misreads.

Each function draws one figure, without a screen and without pyplot's global state. The two colours
of lines (blue and vermilion, from Okabe and Ito's palette) differ in lightness, and lines also
differ in marker and dash, so that the figures are clear in grey print and for colour-blind readers.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from cnnlab.digits import Digits
from cnnlab.drawing import signed
from cnnlab.picture import BLUE, GREY, SKY, VERMILION, Picture, new_figure, plain

if TYPE_CHECKING:
    from cnnlab.training import Epoch, Evaluation

_DPI = 150


def draw_loss(history: Sequence["Epoch"], path: Path, name: str) -> None:
    """Draw loss and accuracy against epochs, side by side; epoch 0 is before training."""
    epochs = [epoch.number for epoch in history]
    figure = _figure(9, 4.2)
    loss, accuracy = figure.subplots(1, 2)
    # Before training there is only one loss: the network has not seen any image yet.
    loss.plot(
        epochs,
        [epoch.loss for epoch in history],
        color=BLUE,
        marker="o",
        label="training images, mean of the epoch",
    )
    loss.plot(
        epochs,
        [epoch.test.loss for epoch in history],
        color=VERMILION,
        marker="s",
        linestyle="--",
        label="test images",
    )
    loss.plot(
        epochs[:1],
        [history[0].test.loss],
        color="black",
        marker="D",
        linestyle="",
        label="before training (test images)",
    )
    loss.axhline(np.log(10), color="0.45", linewidth=1, linestyle=":")
    loss.annotate(
        "guessing: ln 10 = 2.303",
        (1, np.log(10)),
        xycoords=("axes fraction", "data"),
        xytext=(-4, -4),
        textcoords="offset points",
        ha="right",
        va="top",
        color="0.3",
        fontsize=9,
    )
    loss.set_ylim(bottom=0)
    loss.set_ylabel("cross-entropy, mean of the images")
    loss.set_title("Loss")
    figure.legend(loc="outside lower center", ncols=3, frameon=False)

    percent = [100 * epoch.test.accuracy for epoch in history]
    _draw_accuracy(accuracy, epochs, percent)
    accuracy.plot(epochs[:1], percent[:1], color="black", marker="D", linestyle="")
    accuracy.annotate(
        f"{percent[-1]:.2f} %",
        (epochs[-1], percent[-1]),
        xytext=(4, 7),
        textcoords="offset points",
        ha="right" if len(history) > 1 else "left",
    )
    accuracy.set_ylim(0, 112)  # room for a number above 100 %
    accuracy.set_yticks(range(0, 101, 20))
    accuracy.set_ylabel("test images read rightly (%)")
    accuracy.set_title("Accuracy")
    panels = [loss, accuracy]
    if len(history) > 2:
        # Beside the 10 % of the untrained network, all later values would look the same.
        closer = accuracy.inset_axes((0.38, 0.14, 0.6, 0.48))
        _draw_accuracy(closer, epochs[1:], percent[1:])
        closer.set_title("the same from epoch 1 on", fontsize=9)
        panels.append(closer)
    for axes in panels:
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.grid(color="0.9")
        axes.spines[["top", "right"]].set_visible(False)
    for axes in (loss, accuracy):
        axes.set_xlabel("epochs of training")
        # If training stopped in the first epoch, there is only one point, at 0.
        last = max(1, epochs[-1])
        axes.set_xlim(-0.05 * last, 1.05 * last)
    figure.suptitle(f"Training the network “{name}”")
    _save(figure, path)


def _draw_accuracy(axes: Axes, epochs: Sequence[int], percent: Sequence[float]) -> None:
    axes.plot(epochs, percent, color=VERMILION, marker="s", linestyle="--")


def draw_filters(
    model: Any, path: Path, image_shape: tuple[int, ...], name: str, at_most: int = 32
) -> None:
    """Draw the weights of the first layer that has any, one small picture for each filter.

    Orange is positive, violet negative, each filter on a scale of its own, which is written below
    it. In a dense layer, each unit's weights are drawn in the shape of the input image; filters
    with three channels are drawn in colour.
    """
    weights = np.asarray(_first_weights(model), dtype=np.float64)
    kind = "filters"
    if weights.ndim == 2:
        weights = weights.T.reshape(-1, *image_shape)
        kind = "units"
    total = len(weights)
    weights = weights[:at_most]
    # For filters in colour. Not the largest weight: one very large weight would make all others the
    # same colour.
    limit = float(np.quantile(np.abs(weights), 0.98)) or 1.0
    columns = min(len(weights), 8)
    rows = -(-len(weights) // columns)
    figure = _figure(1.15 * columns + 0.4, 1.4 * rows + 0.9)
    grid = figure.subplots(rows, columns, squeeze=False)
    for number, (axes, weight) in enumerate(zip(_framed(grid, total), weights, strict=False), 1):
        axes.set_title(str(number), fontsize=8, pad=2)
        if weight.shape[0] == 3:
            axes.imshow(np.clip(weight.transpose(1, 2, 0) / limit / 2 + 0.5, 0, 1))
        else:
            signed(axes, weight[0])
            axes.set_xlabel(f"±{np.abs(weight[0]).max():.2f}", fontsize=8, labelpad=2)
    count = f"all {total}" if total == len(weights) else f"the first {len(weights)} of {total}"
    colours = "" if weights.shape[1] == 3 else "\norange is positive, violet negative"
    figure.suptitle(f"First layer of “{name}”: {count} {kind}{colours}")
    _save(figure, path)


def draw_misread(
    digits: Digits, test: "Evaluation", path: Path, name: str, at_most: int = 40
) -> None:
    """Draw test images that the network misread; those with the highest confidence first."""
    wrong = np.flatnonzero(test.predictions != digits.test_labels)
    # A stable sort, so that equally sure ones stay in the order of the test set.
    worst = wrong[np.argsort(-test.confidence[wrong], kind="stable")][:at_most]
    columns = 8
    rows = max(1, -(-len(worst) // columns))
    figure = _figure(1.25 * columns, 1.66 * rows + 0.4)
    grid = figure.subplots(rows, columns, squeeze=False)
    for axes, place in zip(_framed(grid, len(worst)), worst, strict=False):
        image = digits.test_images[place].transpose(1, 2, 0)
        axes.imshow(image, cmap="gray", vmin=0, vmax=1)
        right = digits.classes[digits.test_labels[place]]
        read = digits.classes[test.predictions[place]]
        axes.set_title(
            f"is {right}\nread as {read}\n{test.confidence[place]:.0%} sure",
            fontsize=8,
            linespacing=1.15,
            pad=3,
        )
    count = f"{len(wrong):,} of {len(digits.test_labels):,} test images misread by “{name}”"
    if len(wrong) > len(worst):
        count += f"; the {len(worst)} it was surest of"
    figure.suptitle(count)
    _save(figure, path)


def batch_losses(losses: Sequence[float], epochs: int) -> Picture:
    """Draw the loss of every batch (pale), and the moving mean of the losses (dark)."""
    figure = new_figure(9, 3.8, "Loss of every batch, in the order of training")
    axes = figure.subplots()
    if losses:
        axes.plot(losses, color=SKY, linewidth=0.7, label="one batch")
        near = max(1, len(losses) // 60)
        smooth = np.convolve(losses, np.ones(near) / near, mode="valid")
        axes.plot(
            np.arange(len(smooth)) + (near - 1) / 2,
            smooth,
            color=BLUE,
            label=f"mean of {near} batches" if near > 1 else "the same",
        )
        for epoch in range(1, epochs):
            axes.axvline(epoch * len(losses) / epochs, color="0.75", linewidth=0.8)
        axes.legend(frameon=False)
    axes.axhline(np.log(10), color=GREY, linestyle=":", linewidth=1)
    axes.set(xlabel="batches", ylabel="cross-entropy")
    axes.set_ylim(bottom=0)
    plain(axes)
    ends = f" from {losses[0]:.2f} to {losses[-1]:.2f}" if losses else ""
    return Picture(figure, f"Loss of {len(losses):,} batches of training,{ends}.")


def five_digits(images: np.ndarray, snapshots: Sequence[np.ndarray], labels: np.ndarray) -> Picture:
    """Draw test digits, (N, C, H, W), and their probabilities, (N, 10), after some epochs."""
    chosen = sorted({round(k) for k in np.linspace(0, len(snapshots) - 1, min(5, len(snapshots)))})
    size = 1.5 * (len(chosen) + 1)
    figure = new_figure(size, 1.15 * len(images) + 0.5, "Five test digits as training goes on")
    grid = figure.subplots(len(images), len(chosen) + 1, squeeze=False)
    for row, image, label in zip(grid, images, labels, strict=True):
        row[0].imshow(np.clip(image.transpose(1, 2, 0), 0, 1), cmap="gray", vmin=0, vmax=1)
        row[0].set(xticks=[], yticks=[])
        row[0].set_ylabel(str(label), rotation=0, labelpad=8, va="center")
    words = []
    for column, epoch in enumerate(chosen, 1):
        grid[0, column].set_title(f"epoch {epoch}" if epoch else "at first", fontsize=9)
        for row, chances, label in zip(grid, snapshots[epoch], labels, strict=True):
            colours = [VERMILION if k == label else BLUE for k in range(10)]
            row[column].bar(range(10), chances, color=colours)
            row[column].set(ylim=(0, 1), yticks=[], xticks=range(10))
            row[column].tick_params(labelsize=6)
    for label, chances in zip(labels, snapshots[-1], strict=True):
        words.append(f"{label} {chances[label]:.0%}")
    return Picture(
        figure,
        "Five test digits, and the ten probabilities that the network gives them as training goes "
        f"on; the right class is orange. At the end the right classes have {', '.join(words)}.",
    )


def _framed(grid: np.ndarray, used: int) -> list[Any]:
    """Give the first `used` panels a thin frame and no ticks, and hide the other panels."""
    panels = list(grid.flat)
    for axes in panels[:used]:
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set(color="0.75", linewidth=0.6)
    for axes in panels[used:]:
        axes.set_axis_off()
    return panels[:used]


def _first_weights(model: Any) -> np.ndarray:
    for layer in model.layers:
        for parameter in layer.parameters():
            return parameter.value
    raise ValueError("the network has no layer with weights")


def _figure(width: float, height: float) -> Figure:
    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def _save(figure: Figure, path: Path) -> None:
    figure.savefig(path, dpi=_DPI, facecolor="white")
