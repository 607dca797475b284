"""Cuts the notebooks into lessons: for each exercise, the story before and after it.

The notebooks in source/ are the only place where the story is written.
"""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from web.cells import Runnable, runnable

# From these words on, the first cell explains work in a notebook; a page has other instructions.
_NOTEBOOK_TALK = "beside this notebook"


@dataclass(frozen=True)
class Text:
    """A piece of the story, in Markdown."""

    id: str
    markdown: str


@dataclass(frozen=True)
class Cell:
    """A code cell of the story."""

    id: str
    runnable: Runnable


Piece = Text | Cell


@dataclass
class Lesson:
    """One exercise's page.

    Attributes:
        exercise: its name.
        story: pieces to read before writing it.
        after: pieces to read and run when it passes.
    """

    exercise: str
    story: list[Piece] = field(default_factory=list)
    after: list[Piece] = field(default_factory=list)


def read_lessons(notebook: Path, exercises: list[str]) -> list[Lesson]:
    """Cut one assignment's notebook.

    Exercises whose check cells follow each other directly share their story.

    Args:
        notebook: source/<assignment>/<assignment>.ipynb.
        exercises: the assignment's, in course order.

    Raises:
        ValueError: if an exercise has no check cell in the notebook.
    """
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    groups: list[tuple[list[Piece], list[str]]] = [([], [])]
    earlier: list[str] = []
    for number, cell in enumerate(cells):
        source = "".join(cell["source"])
        name = _checked(cell)
        if name is not None:
            groups[-1][1].append(name)
            continue
        piece: Piece | None
        if cell["cell_type"] == "markdown":
            markdown = _without_notebook_talk(source) if number == 0 else source
            piece = Text(cell["id"], markdown)
        elif cell["id"] == "setup":
            piece = None
            earlier.append(source)
        else:
            piece = Cell(cell["id"], runnable(earlier, source))
            earlier.append(source)
        if groups[-1][1]:
            groups.append(([], []))
        if piece is not None:
            groups[-1][0].append(piece)
    lessons: list[Lesson] = []
    last: list[str] = []
    for pieces, names in groups:
        after, story = _divide(pieces) if last and names else ([], pieces)
        if not names:
            after, story = pieces, []
        for lesson in lessons:
            if last and lesson.exercise == last[-1]:
                lesson.after = after
        lessons += [Lesson(name, list(story)) for name in names]
        last = names or last
    found = {lesson.exercise for lesson in lessons}
    missing = [name for name in exercises if name not in found]
    if missing:
        raise ValueError(f"{notebook} has no check cell for {', '.join(missing)}")
    return lessons


def _checked(cell: dict[str, Any]) -> str | None:
    """The exercise that a graded cell checks, or None."""
    settings = cell.get("metadata", {}).get("nbgrader", {})
    source = "".join(cell["source"])
    if cell["cell_type"] == "code" and settings.get("grade") and source.startswith("check("):
        return str(settings["grade_id"])
    return None


def _divide(pieces: list[Piece]) -> tuple[list[Piece], list[Piece]]:
    """Divide pieces: those for the exercise before them, and those for the exercise after.

    The next section begins at the first heading of level 2; without one, at the last text.
    """
    texts = [k for k, piece in enumerate(pieces) if isinstance(piece, Text)]
    headed = [k for k in texts if pieces[k].markdown.startswith("## ")]  # type: ignore[union-attr]
    cut = (headed or texts[-1:] or [len(pieces)])[0]
    return pieces[:cut], pieces[cut:]


def _without_notebook_talk(markdown: str) -> str:
    """The first cell without its heading, which the page has, and its notebook instructions."""
    kept = []
    for block in markdown.split("\n\n"):
        if block.startswith("# "):
            continue
        if _NOTEBOOK_TALK in block:
            # The rest of that cell explains how to work in a notebook.
            sentences = re.split(r"(?<=[.!?:]) ", block)
            first = [k for k, sentence in enumerate(sentences) if _NOTEBOOK_TALK in sentence]
            others = [s for k, s in enumerate(sentences) if k not in first]
            if not block.startswith("You write in"):
                kept.append(" ".join(others))
            break
        kept.append(block)
    return "\n\n".join(kept)
