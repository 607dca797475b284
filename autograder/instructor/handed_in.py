"""Reads the notebook that a learner handed in, an untrusted file."""

import json
import os
import stat
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.utils import is_solution

from autograder.instructor.written_answer import LONGEST_ANSWER, Answer, read_answer
from autograder.text import UserError, clean, some

LARGEST_NOTEBOOK = 16 << 20


def read_cells(path: Path) -> list[dict[str, Any]]:
    """The cells of an untrusted notebook, as plain data.

    nbformat is not used: its validation takes minutes for a million empty cells.

    Raises:
        UserError: if it is not a regular file, too large, no JSON, or no notebook of version 4.
    """
    try:
        status = os.lstat(path)
        if not stat.S_ISREG(status.st_mode):
            raise UserError("it is not a regular file")
        if status.st_size > LARGEST_NOTEBOOK:
            raise UserError(f"it is larger than {LARGEST_NOTEBOOK >> 20} MB; clear its outputs")
        notebook = json.loads(path.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise UserError("it is not text in UTF-8") from None
    except ValueError:
        raise UserError("it is not JSON") from None
    except RecursionError:
        raise UserError("it is nested too deeply") from None
    except OSError as error:
        raise UserError((error.strerror or "it cannot be opened").lower()) from None
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list):
        raise UserError("it has no list of cells, as a notebook of version 4 has")
    return [cell for cell in cells if isinstance(cell, dict)]


def their_cells(path: Path) -> tuple[list[dict[str, Any]] | None, list[str]]:
    """The cells of the learner's notebook, also if the learner renamed it.

    Args:
        path: the notebook. If it does not exist, the notebooks beside it are tried in its place.

    Returns:
        the cells, or None if no notebook can be read; and a sentence for each unreadable one.
    """
    own = [path] if os.path.lexists(path) else sorted(path.parent.glob("*.ipynb"))
    notes: list[str] = []
    for candidate in own:
        try:
            return read_cells(candidate), notes
        except UserError as error:
            notes.append(f"{clean(candidate.name)[:80]} cannot be read: {error}.")
    return None, notes


def written_answers(release: bytes, theirs: list[dict[str, Any]]) -> dict[str, Answer]:
    """The answer in each cell graded by hand, by grade_id: the learner's, or the released text."""
    cells = nbformat.reads(release.decode(), as_version=4).cells
    released = {c.metadata.nbgrader["grade_id"]: c for c in cells if is_solution(c)}
    found = {name: Answer(str(cell.source)) for name, cell in released.items()}
    for cell in theirs:
        grade_id, source = (settings_of(cell) or {}).get("grade_id"), cell.get("source")
        if isinstance(source, list) and all(isinstance(line, str) for line in source):
            source = "".join(source)
        mine = released.get(grade_id) if isinstance(grade_id, str) else None
        if mine is not None and isinstance(source, str) and len(source) <= LONGEST_ANSWER:
            # JSON can hold a lone surrogate, which UTF-8 cannot encode.
            source = source.encode("utf-8", "replace").decode()
            is_text = mine.cell_type == "markdown"
            found[str(grade_id)] = (
                read_answer(source, cell.get("attachments")) if is_text else Answer(source)
            )
    return found


def what_was_changed(released: list[Any], theirs: list[dict[str, Any]]) -> str:
    """A list of the missing, repeated, changed and added graded cells; "" if there are none.

    Args:
        released: the cells as they were handed out.
        theirs: the cells of the learner's notebook.
    """
    expected = {
        s["grade_id"]: _what_counts(s) for c in released if (s := settings_of(c)) and _is_marked(s)
    }
    found: dict[str, list[list[Any]]] = {name: [] for name in expected}
    added = False
    for settings in filter(None, map(settings_of, theirs)):
        name = settings.get("grade_id")
        if isinstance(name, str) and name in expected:
            found[name].append(_what_counts(settings))
        else:
            added = added or _is_marked(settings)
    missing = [name for name, each in found.items() if not each]
    twice = [name for name, each in found.items() if len(each) > 1]
    other = [name for name, each in found.items() if any(one != expected[name] for one in each)]
    said = [
        f"{what}: {some(names)}"
        for what, names in (("missing", missing), ("twice", twice), ("other settings", other))
        if names
    ]
    return "; ".join([*said, "graded cells were added"] if added else said)


def settings_of(cell: Any) -> dict[str, Any] | None:
    metadata = cell.get("metadata")
    settings = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return settings if isinstance(settings, dict) else None


def _is_marked(settings: dict[str, Any]) -> bool:
    return any(settings.get(key) for key in ("grade", "solution", "task", "points"))


def _what_counts(settings: dict[str, Any]) -> list[Any]:
    values = [settings.get(key) for key in ("grade", "solution", "locked", "task")]
    counts = [v if v is None or isinstance(v, bool | int | float) else "odd" for v in values]
    points = settings.get("points")
    if isinstance(points, int | float) and not isinstance(points, bool) and 0 < points < 1000:
        # The number is not compared: the instructor may have changed it since the release.
        points = "points"
    elif points is not None:
        points = "odd"
    return [*counts, points]
