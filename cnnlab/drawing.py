"""Parts of several figures: tables of numbers, blocks with three sides, arrows, images."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, Polygon, Rectangle

from cnnlab.picture import VERMILION

FORWARD = "#cfe8f7"
"""Area of what goes forward: pale blue."""
BACKWARD = "#fbd9c0"
"""Area of gradients: pale orange."""
MARKED = "#f6e7a1"
"""Area of what the text speaks of: pale yellow."""


def table(
    axes: Axes,
    values: np.ndarray | Sequence[Sequence[str]],
    colours: np.ndarray | None = None,
    title: str = "",
    at: tuple[float, float] = (0, 0),
    size: float = 10,
) -> None:
    """Draw a table of numbers, shape (rows, columns): one box of 1 by 1 unit for each number.

    `at` is the (row, column) of the first box. `colours` has a colour for each box; if None, all
    boxes are white.
    """
    numbers = np.asarray(values)
    for (row, column), value in np.ndenumerate(numbers):
        face = "white" if colours is None else colours[row, column]
        box = Rectangle((at[1] + column, at[0] + row), 1, 1, facecolor=face, edgecolor="0.55")
        axes.add_patch(box)
        text = value if isinstance(value, str) else f"{value:g}"
        axes.text(
            at[1] + column + 0.5, at[0] + row + 0.5, text, ha="center", va="center", size=size
        )
    if title:
        centre = at[1] + numbers.shape[1] / 2
        axes.text(centre, at[0] - 0.25, title, ha="center", va="bottom", size=size)


def frame(axes: Axes, row: float, column: float, height: float, width: float) -> None:
    """Draw a thick frame around boxes of `table`."""
    axes.add_patch(
        Rectangle((column, row), width, height, fill=False, edgecolor=VERMILION, linewidth=2.2)
    )


def arrow(
    axes: Axes,
    start: tuple[float, float],
    end: tuple[float, float],
    colour: str = "0.3",
    dashed: bool = False,
    bend: float = 0.0,
) -> None:
    """Draw an arrow between two points (x, y)."""
    axes.add_patch(
        FancyArrowPatch(
            start,
            end,
            arrowstyle="-|>",
            mutation_scale=12,
            color=colour,
            linestyle="--" if dashed else "-",
            connectionstyle=f"arc3,rad={bend}",
            linewidth=1.4,
        )
    )


def volume(
    axes: Axes, x: float, y: float, height: float, width: float, depth: float, colour: str
) -> None:
    """Draw a 3-D block; (x, y) is the lower left corner of its front, `depth` goes backwards."""
    slant = depth * 0.5
    front = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
    top = [front[3], front[2], (x + width + slant, y + height + slant)]
    top.append((x + slant, y + height + slant))
    side = [front[1], (x + width + slant, y + slant), top[2], front[2]]
    for corners, lightness in ((front, 1.0), (top, 0.75), (side, 0.55)):
        axes.add_patch(
            Polygon(corners, facecolor=colour, alpha=lightness, edgecolor="0.25", linewidth=0.9)
        )


def blank(axes: Axes, width: float, height: float, down: bool = True) -> None:
    """Give axes equal units, no frame, and the range 0..width, 0..height (row 0 at the top)."""
    axes.set(xlim=(-0.1, width + 0.1))
    axes.set_ylim((height + 0.1, -0.1) if down else (-0.1, height + 0.1))
    axes.set_aspect("equal")
    axes.set_axis_off()


def digit(axes: Axes, image: np.ndarray) -> None:
    """Show a grey image, (H, W) in 0..1, white on black."""
    axes.imshow(image, cmap="gray", vmin=0, vmax=1)
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set(color="0.6", linewidth=0.6)


def signed(axes: Axes, values: np.ndarray, limit: float | None = None) -> None:
    """Show positive numbers in orange, negative in violet, 0 in white, from -limit to limit.

    If `limit` is None, it is the largest absolute value.
    """
    limit = limit or float(np.abs(values).max()) or 1.0
    axes.imshow(values, cmap="PuOr_r", vmin=-limit, vmax=limit)
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set(color="0.6", linewidth=0.6)


def shade(shape: tuple[int, int], marks: Sequence[tuple[int, int]], colour: str) -> np.ndarray:
    """Return colours for `table`: an array of `shape`, white, but `colour` at the `marks`."""
    colours = np.full(shape, "white", dtype=object)
    for place in marks:
        colours[place] = colour
    return colours
