"""Shows a figure in a notebook: as an image, with a text for readers who cannot see it.

Colours are from Okabe and Ito's palette, which colour-blind readers can tell apart. Lines also
differ in dash and marker, and areas in lightness, so that figures can be read in grey print too.
"""

from __future__ import annotations

import base64
import html
import io
import os
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

# matplotlib is imported only to draw: cells without a figure need only `once_written`, and in the
# browser edition matplotlib is an extra download.
if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE = "#0072B2"
VERMILION = "#D55E00"
GREEN = "#009E73"
SKY = "#56B4E9"
YELLOW = "#F0E442"
PURPLE = "#CC79A7"
GREY = "0.45"
# Colour, dash and marker of a figure's first, second and third line.
LINES = ((BLUE, "-", "o"), (VERMILION, "--", "s"), (GREEN, "-.", "^"))

STRICT_VARIABLE = "CNNLAB_STRICT"
"""Environment variable: if set, `once_written` lets every exception through."""

_DPI = 150
LEAST_WIDTH = 640  # pixels of the screen
_SCREEN_DPI = 88


class Picture:
    """A drawn figure and its description in words.

    In a notebook it shows itself as an image whose alternative text is the description.

    Args:
        figure: the drawn figure; it is turned into a PNG at once and not kept.
        alt: what a reader who cannot see the figure should know from it.

    Attributes:
        png: the image.
        alt: the description.
    """

    def __init__(self, figure: Figure, alt: str) -> None:
        from matplotlib.backends.backend_agg import FigureCanvasAgg

        FigureCanvasAgg(figure)
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", dpi=_DPI, facecolor="white")
        self.png = buffer.getvalue()
        self.alt = " ".join(alt.split())
        self._width = round(figure.get_figwidth() * _SCREEN_DPI)

    def save(self, path: Path | str) -> None:
        """Write the PNG to a file."""
        Path(path).write_bytes(self.png)

    def __repr__(self) -> str:
        return f"[picture: {self.alt}]"

    def _repr_html_(self) -> str:
        data = base64.b64encode(self.png).decode("ascii")
        # On a phone a picture scrolls sideways: smaller, its words could not be read.
        least = min(self._width, LEAST_WIDTH)
        return (
            '<div style="overflow-x: auto">'
            f'<img src="data:image/png;base64,{data}" alt="{html.escape(self.alt, quote=True)}" '
            f'width="{self._width}" style="max-width: 100%; min-width: {least}px; '
            'background: white"></div>'
        )


def new_figure(width: float, height: float, title: str = "") -> Figure:
    """Make an empty figure; width and height are in inches, and the title is at its top."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    if title:
        figure.suptitle(title)
    return figure


def plain(axes: Axes) -> None:
    """Give axes a pale grid behind the lines, and no frame at the top and right."""
    axes.grid(color="0.92")
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)


@contextmanager
def once_written() -> Iterator[None]:
    """Run the code inside; if a function is not written yet, print one line that says so.

    Notebook cells use this around the learner's own functions, so that a notebook can be run
    before all its functions are written. An error in the learner's code is printed as one line
    too: the place of the error and Python's message.
    """
    try:
        yield
    except Exception as error:
        if os.environ.get(STRICT_VARIABLE):
            raise
        # Printed, so that it is part of the cell's output; a traceback would show the kit's code.
        print(_in_one_line(error))


def _in_one_line(error: Exception) -> str:
    place = _learners_place(error.__traceback__)
    said = str(error).strip().splitlines()
    reason = type(error).__name__ + (f": {said[0]}" if said else "")
    if place is None and isinstance(error, NameError):
        return f"Not yet: run the cells above first ({reason})."
    if place is None:
        return (
            f"Not yet: what your functions returned does not fit here ({reason}). "
            "The checks say which one differs, and how."
        )
    name, file, line = place
    if isinstance(error, NotImplementedError):
        return f"Not yet: write {name} first: {file}"
    return f"Not yet: {name} stopped in {file}, line {line} ({reason}). Its check says more."


def _learners_place(trace: TracebackType | None) -> tuple[str, str, int] | None:
    """Find the learner's function in which an exception occurred, its file and the line."""
    found = None
    for frame, line in traceback.walk_tb(trace):
        path = Path(frame.f_code.co_filename)
        # The folders of the assignments are named a1_..., a2_..., wherever they are.
        if path.parent.name[:1] == "a" and path.parent.name[1:2].isdigit():
            # A lambda or a comprehension has no name: take the function around it.
            name = frame.f_code.co_qualname
            found = (name.partition(".<locals>")[0], path.name, line)
    return found
