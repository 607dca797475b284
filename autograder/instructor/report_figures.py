"""The report's figures, as PNG: marks, exercises, accuracies.

The colours are Okabe and Ito's, which colour-blind people can tell apart; hatches and numbers
show the same as the colours. A table in the report repeats the data of each figure.
"""

import io
import statistics
from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.figure import Figure

# Status, colour, hatch and words; in the order of the bars.
STATUSES = (
    ("passed", "#009e73", "", "passed"),
    ("failed", "#d55e00", "//", "not right"),
    ("error", "#cc79a7", "xx", "could not be run"),
    ("blocked", "#56b4e9", "..", "waits for another"),
    ("todo", "#dddddd", "", "not written"),
)
WIDTH, SHARPNESS = 5.6, 200
INK = "#222222"
MOST_BARS = 12


def marks_figure(shares: Sequence[float]) -> bytes:
    """How the marks are distributed, in ten steps of 10%.

    Args:
        shares: of the points, one per submission; more than 1 (extra credit) counts as 1.
    """
    figure, axes = _start(2.6)
    counts = [0] * 10
    for share in shares:
        counts[min(9, max(0, int(share * 10 + 1e-9)))] += 1
    bars = axes.bar(range(10), counts, width=0.9, color="#0072b2", edgecolor=INK, linewidth=0.6)
    axes.bar_label(bars, [str(n) if n else "" for n in counts], padding=2)
    axes.set_xticks([k - 0.5 for k in range(11)], [f"{10 * k}" for k in range(11)])
    axes.set_xlabel("mark, in % of the points")
    axes.set_ylabel("submissions")
    if shares:
        middle = 10 * min(1.0, statistics.median(shares)) - 0.5
        axes.annotate(
            "▼ median" if middle <= 4.5 else "median ▼",
            (middle, 1.0),
            xycoords=("data", "axes fraction"),
            # Centres the triangle on the median, with the word on either side.
            xytext=(-6 if middle <= 4.5 else 6, 2),
            textcoords="offset points",
            ha="left" if middle <= 4.5 else "right",
            color="#a33b00",
            fontsize=11,
        )
    axes.set_ylim(0, max(1, *counts) * 1.15)
    axes.yaxis.get_major_locator().set_params(integer=True)
    return _png(figure)


def exercises_figure(counts: Mapping[str, Mapping[str, int]]) -> bytes:
    """For each exercise, the share of the submissions in each status.

    Args:
        counts: by exercise, in course order: how many submissions have each status.
    """
    figure, axes = _start(1.15 + 0.42 * len(counts))
    names = list(counts)
    left = [0.0] * len(names)
    totals = [max(1, sum(counts[name].values())) for name in names]
    for status, colour, hatch, words in STATUSES:
        values = [counts[name].get(status, 0) for name in names]
        if not any(values):
            continue
        shares = [100 * n / total for n, total in zip(values, totals, strict=True)]
        bars = axes.barh(
            range(len(names)),
            shares,
            left=left,
            color=colour,
            hatch=hatch,
            edgecolor="white" if hatch else INK,
            linewidth=0.6,
            label=words,
        )
        labels = axes.bar_label(
            bars,
            [str(n) if share >= 6 else "" for n, share in zip(values, shares, strict=True)],
            label_type="center",
            color=INK,
            fontweight="bold",
        )
        for label in labels:
            if label.get_text():
                label.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 1.5})
        left = [a + b for a, b in zip(left, shares, strict=True)]
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.set_xlim(0, 100)
    axes.set_xlabel("% of the submissions")
    figure.legend(loc="outside upper center", ncols=3, frameon=False, fontsize=10)
    return _png(figure)


def accuracy_figure(accuracies: Sequence[float], asked_for: float | None) -> bytes:
    """A histogram of the accuracies of the trained networks.

    Args:
        accuracies: 0 to 1, one per network.
        asked_for: the accuracy needed to pass, 0 to 1; None if it is not known.
    """
    figure, axes = _start(2.4)
    lowest = min([*accuracies, asked_for or 1.0])
    start = max(0, int(100 * lowest / 5) * 5 - 5)
    step = max(1, (100 - start) // MOST_BARS)
    edges = [*range(start, 100, step), 100]
    axes.hist(
        [100 * a for a in accuracies], bins=edges, color="#0072b2", edgecolor=INK, linewidth=0.6
    )
    if asked_for is not None:
        axes.axvline(
            100 * asked_for, color="#d55e00", linestyle="--", linewidth=2, label="asked for"
        )
        figure.legend(loc="outside upper center", frameon=False)
    axes.set_xlabel("accuracy on test data, %")
    axes.set_ylabel("networks")
    axes.yaxis.get_major_locator().set_params(integer=True)
    return _png(figure)


def _start(height: float) -> tuple[Figure, Any]:
    figure = Figure(figsize=(WIDTH, height), dpi=SHARPNESS, layout="constrained")
    axes = figure.subplots()
    axes.spines[["top", "right"]].set_visible(False)
    for item in (axes.title, axes.xaxis.label, axes.yaxis.label):
        item.set_fontsize(11)
    axes.tick_params(labelsize=11)
    return figure, axes


def _png(figure: Figure) -> bytes:
    buffer = io.BytesIO()
    # Without matplotlib's version in it, the same marks give the same file.
    figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()
