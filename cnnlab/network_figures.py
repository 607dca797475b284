"""The figures of assignment a4: how a network learns, what it learned, where it fails."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.ticker import MaxNLocator

from cnnlab import experiments
from cnnlab.drawing import digit, signed
from cnnlab.picture import BLUE, GREY, LINES, VERMILION, Picture, new_figure, plain


def descents(sgd: Any = None, parameter: Any = None, steps: int = 40) -> Picture:
    """Draw gradient descent in a narrow valley, without and with momentum.

    Args:
        sgd: the learner's class SGD; if None, momentum is computed here.
        parameter: the class Parameter.
        steps: the number of steps.
    """
    slopes, start = np.array([1.0, 18.0]), np.array([-9.0, 1.0])
    figure = new_figure(9.5, 3.6, f"{steps} steps down a narrow valley, learning rate 0.03")
    axes = figure.subplots()
    # Equal scales: with unequal ones, the narrow valley would look like a round bowl.
    axes.set_aspect("equal")
    across, down = np.meshgrid(np.linspace(-10, 4, 240), np.linspace(-2.2, 2.2, 120))
    height = (slopes[0] * across**2 + slopes[1] * down**2) / 2
    axes.contour(across, down, height, levels=[0.5, 2, 5, 10, 20, 35, 50], colors="0.8")
    words = []
    for momentum, colour, style in ((0.0, VERMILION, "--s"), (0.9, BLUE, "-o")):
        if sgd is None:
            path = _descent(start, slopes, momentum, steps)
        else:
            path = experiments.roll_down(
                lambda parameters, m=momentum: sgd(parameters, 0.03, m),  # type: ignore[misc]
                parameter(start.copy()),
                slopes,
                steps,
            )
        axes.plot(*path.T, style, color=colour, markersize=4, label=f"momentum {momentum}")
        left = float(np.hypot(*path[-1]))
        words.append(f"momentum {momentum}: {left:.2f} away")
    axes.plot([0], [0], "*", color="black", markersize=14, label="lowest point")
    axes.set(xlabel="first parameter", ylabel="second parameter")
    figure.legend(loc="outside lower center", ncols=3, frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    return Picture(
        figure,
        f"Two paths from (-9, 1) towards the lowest point (0, 0). After {steps} steps "
        f"{'; '.join(words)}. Without momentum the steps get ever shorter; with it the path "
        "gathers speed, overshoots and comes back.",
    )


def _descent(start: np.ndarray, slopes: np.ndarray, momentum: float, steps: int) -> np.ndarray:
    path, velocity = [start], np.zeros_like(start)
    for _ in range(steps):
        velocity = momentum * velocity - 0.03 * slopes * path[-1]
        path.append(path[-1] + velocity)
    return np.array(path)


def loss_curve(losses: Sequence[float], accuracies: Sequence[float]) -> Picture:
    """Draw training loss and test accuracy; entry 0 of each is from before training.

    Args:
        losses: entry 0 measured before training, each other the mean during one epoch.
        accuracies: measured before training and after each epoch.
    """
    figure = new_figure(9, 3.8, "Training on real digits")
    loss, right = figure.subplots(1, 2)
    loss.plot(losses, color=BLUE, marker="o")
    loss.annotate("before training", (0, losses[0]), (10, 0), textcoords="offset points")
    if len(losses) > 1:
        loss.annotate("means during each epoch", (1, losses[1]), (8, 8), textcoords="offset points")
    loss.axhline(np.log(10), color=GREY, linestyle=":", linewidth=1)
    loss.text(
        len(losses) - 1, np.log(10), "guessing: ln 10 = 2.303", ha="right", va="bottom", fontsize=9
    )
    loss.set(ylabel="cross-entropy on training digits", title="loss")
    loss.set_ylim(bottom=0, top=1.12 * max(*losses, np.log(10)))
    right.plot([100 * a for a in accuracies], color=VERMILION, marker="s", linestyle="--")
    right.annotate(
        f"{100 * accuracies[-1]:.1f} %",
        (len(accuracies) - 1, 100 * accuracies[-1]),
        xytext=(4, -18),
        textcoords="offset points",
        ha="right",
    )
    right.set(ylabel="test digits read rightly (%)", ylim=(0, 104), title="accuracy")
    for axes in (loss, right):
        axes.set_xlabel("epochs of training")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        plain(axes)
    return Picture(
        figure,
        f"Over {len(losses) - 1} epochs the loss falls from {losses[0]:.2f} to {losses[-1]:.2f}, "
        f"and the accuracy on test digits rises from {accuracies[0]:.1%} to {accuracies[-1]:.1%}.",
    )


def filters(before: np.ndarray, after: np.ndarray, maps: np.ndarray | None = None) -> Picture:
    """Draw the numbered filters of a first layer, before and after training, and the change.

    Each picture has its own scale, which is written below it. Orange is positive, violet negative.

    Args:
        before, after: filters (F, 1, KH, KW).
        maps: the feature map of each filter for one digit, (F, OH, OW), as one more row.
    """
    rows = {"before": before[:, 0], "after": after[:, 0], "change": (after - before)[:, 0]}
    if maps is not None:
        rows["feature map"] = maps
    figure = new_figure(1.2 * len(before) + 0.9, 1.45 * len(rows) + 0.7, "Filters, by number")
    grid = figure.subplots(len(rows), len(before), squeeze=False)
    for line, (name, images) in zip(grid, rows.items(), strict=True):
        line[0].set_ylabel(name)
        for axes, image in zip(line, images, strict=True):
            signed(axes, image)
            axes.set_xlabel(f"±{np.abs(image).max():.2f}", fontsize=8, labelpad=2)
    for number, axes in enumerate(grid[0], 1):
        axes.set_title(f"filter {number}", fontsize=9)
    moved = np.abs(after - before).mean(axis=(1, 2, 3)) / np.abs(before).mean()
    most, least = int(moved.argmax()), int(moved.argmin())
    return Picture(
        figure,
        f"{len(before)} filters of {before.shape[2]} by {before.shape[3]} weights, drawn at "
        "random, the same after training, and the change. Orange is positive, violet negative, "
        "each on a scale of its own. On average training moved a weight by "
        f"{moved.mean():.0%} of the mean size of a weight: most in filter {most + 1} "
        f"({moved[most]:.0%}), least in filter {least + 1} ({moved[least]:.0%}).",
    )


def confusion(labels: np.ndarray, predictions: np.ndarray, title: str = "") -> Picture:
    """Draw a table of counts: the row is the right class, the column is the class that was read."""
    counts = np.zeros((10, 10), dtype=int)
    np.add.at(counts, (labels, predictions), 1)
    wrong = counts.copy()
    np.fill_diagonal(wrong, 0)
    right = int(np.trace(counts))
    title = title or f"{right:,} of {len(labels):,} test digits read rightly"
    figure = new_figure(6.2, 5.6, title)
    axes = figure.subplots()
    # The colour shows only the mistakes: they are few beside the right answers.
    axes.imshow(wrong, cmap="Oranges", vmin=0, vmax=max(1, int(wrong.max())))
    for (row, column), count in np.ndenumerate(counts):
        if count:
            dark = row != column and count > 0.6 * wrong.max()
            shade = "white" if dark else "0.15"
            weight = "bold" if row == column else "normal"
            axes.text(column, row, count, ha="center", va="center", color=shade, weight=weight)
    axes.set(xlabel="read as", ylabel="is", xticks=range(10), yticks=range(10))
    row, column = np.unravel_index(int(wrong.argmax()), wrong.shape)
    most = f"{wrong[row, column]} times {row} was read as {column}" if wrong.any() else "no mistake"
    return Picture(
        figure, f"{title}. A table of 10 by 10 counts; the most frequent mistake: {most}."
    )


def feature_maps(image: np.ndarray, stages: Mapping[str, np.ndarray]) -> Picture:
    """Draw one digit, (H, W), and its feature maps, (F, H, W), after some layers."""
    count = max(len(maps) for maps in stages.values())
    figure = new_figure(1.1 * count + 1.6, 1.3 * len(stages) + 0.9, "Feature maps of one digit")
    grid = figure.subplots(len(stages), count + 1, squeeze=False)
    for axes in grid.flat:
        axes.set_axis_off()
    grid[0, 0].set_axis_on()
    digit(grid[0, 0], image)
    grid[0, 0].set_title("digit", fontsize=10)
    for row, (name, maps) in zip(grid, stages.items(), strict=True):
        limit = float(np.abs(maps).max()) or 1.0
        for number, (axes, feature) in enumerate(zip(row[1:], maps, strict=False)):
            signed(axes, feature, limit)
            side = " x ".join(str(n) for n in feature.shape)
            axes.set_axis_on()
            heading = f"{name}, {side}" if number == 0 else f"{number + 1}"
            axes.set_title(heading, fontsize=9, loc="left" if number == 0 else "center")
    words = "; ".join(
        f"after {name} {len(maps)} maps of {maps.shape[1]} by {maps.shape[2]}"
        for name, maps in stages.items()
    )
    empty = sum(1 for feature in list(stages.values())[-1] if not np.any(feature))
    return Picture(
        figure,
        f"A digit and what the layers make of it: {words}. Orange is positive, violet "
        "negative, white 0. Some maps show the whole stroke, some only one side of it or one "
        "direction; "
        f"{empty} of the last ones are empty.",
    )


def misread(
    images: np.ndarray, labels: np.ndarray, predictions: np.ndarray, at_most: int = 12
) -> Picture:
    """Draw the first `at_most` test digits that the network misread."""
    wrong = np.flatnonzero(predictions != labels)
    shown = wrong[:at_most]
    columns = 6
    rows = max(1, -(-len(shown) // columns))
    title = f"{len(wrong)} of {len(labels):,} test digits misread; the first {len(shown)}"
    figure = new_figure(1.45 * columns, 1.75 * rows + 0.6, title)
    grid = figure.subplots(rows, columns, squeeze=False)
    for axes in grid.flat:
        axes.set_axis_off()
    words = []
    for axes, place in zip(grid.flat, shown, strict=False):
        axes.imshow(images[place, 0], cmap="gray", vmin=0, vmax=1)
        axes.set_title(f"{labels[place]}, read as {predictions[place]}", fontsize=10)
        words.append(f"{labels[place]} as {predictions[place]}")
    return Picture(figure, f"{title}: {', '.join(words)}.")


def bugs_and_accuracy(accuracies: Mapping[str, float], caught: Mapping[str, bool]) -> Picture:
    """Draw the accuracy of networks with wrong gradients, and the result of the gradient check."""
    names = list(accuracies)
    values = [100 * accuracies[name] for name in names]
    figure = new_figure(8.5, 1.5 + 0.45 * len(names), "Accuracy does not catch gradient bugs")
    axes = figure.subplots()
    for place, (name, value) in enumerate(zip(names, values, strict=True)):
        wrong = caught[name]
        axes.plot([0, value], [place, place], color="0.85", linewidth=2, zorder=1)
        axes.plot(
            [value],
            [place],
            "X" if wrong else "o",
            color=VERMILION if wrong else BLUE,
            markersize=9,
        )
        verdict = "wrong" if wrong else "right"
        axes.text(value + 4, place, f"{value:.1f} %   gradient check: {verdict}", va="center")
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.set(xlabel="test digits read rightly (%)", xlim=(0, 150), ylim=(len(names) - 0.5, -0.5))
    axes.set_xticks(range(0, 101, 20))
    axes.spines[["top", "right"]].set_visible(False)
    words = "; ".join(
        f"{n} {accuracies[n]:.1%}, check says {'wrong' if caught[n] else 'right'}" for n in names
    )
    return Picture(figure, f"Test accuracy after training with each gradient: {words}.")


def accuracy_against_shift(
    pixels: Sequence[int], accuracies: Mapping[str, Sequence[float]], count: int
) -> Picture:
    """Draw accuracy against the number of pixels that digits were moved, a line per training."""
    title = f"{count:,} test digits moved up, down, left and right"
    figure = new_figure(8, 4, title)
    axes = figure.subplots()
    for (name, values), (colour, dash, marker) in zip(accuracies.items(), LINES, strict=False):
        percent = [100 * value for value in values]
        axes.plot(pixels, percent, color=colour, linestyle=dash, marker=marker, label=name)
    axes.axhline(10, color=GREY, linestyle=":", linewidth=1)
    axes.text(pixels[0], 11, "guessing", fontsize=9, color="0.3")
    axes.set(xlabel="pixels moved", ylabel="read rightly (%), mean of 4 ways", ylim=(0, 103))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.legend(frameon=False, loc="best")
    plain(axes)
    words = "; ".join(
        f"{name}: {', '.join(f'{v:.0%}' for v in values)}" for name, values in accuracies.items()
    )
    moved = ", ".join(map(str, pixels))
    return Picture(figure, f"Accuracy on {title.split(' up')[0]} by {moved} pixels. {words}.")


def shifts(pixels: Sequence[int], accuracies: Mapping[str, Sequence[float]], count: int) -> Picture:
    """Draw the accuracy of a convolutional network, the first, and of others on moved digits."""
    picture = accuracy_against_shift(pixels, accuracies, count)
    if _always_better(accuracies):
        picture.alt += " The convolutional network loses less at every distance."
    return picture


def _always_better(accuracies: Mapping[str, Sequence[float]]) -> bool:
    first, *others = accuracies.values()
    return all(a >= b for other in others for a, b in zip(first, other, strict=True))
