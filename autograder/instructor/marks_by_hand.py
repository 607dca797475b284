"""Notes in the history, at once, when Formgrader or another program gives a mark by hand."""

import contextlib
import sqlite3
from pathlib import Path
from typing import Any

from nbgrader.api import Grade
from sqlalchemy import event, inspect

from autograder.instructor.history import BY_HAND, Change, History

_watched: list[Path] = []


def watch_marks(root: Path) -> None:
    """From now on marks given by hand in this process go into the history of the course.

    Args:
        root: the course's top folder; the last one given counts.
    """
    first = not _watched
    _watched[:] = [root]
    if first:
        event.listen(Grade, "after_update", _note)


def _note(_mapper: Any, _connection: Any, grade: Any) -> None:
    history = inspect(grade).attrs.manual_score.history
    if not history.has_changes() or not history.added:
        return
    old, new = (history.deleted or [None])[0], history.added[0]
    if old == new or new is None:
        return  # a mark that is taken back is noted by who takes it back
    one = grade.notebook.assignment
    extra = grade.extra_credit or 0.0
    before = grade.auto_score if old is None else old
    old_mark = None if before is None else before + extra
    place = one.student_id, one.assignment.name, grade.cell.name
    change = Change(*place, old_mark, new + extra, BY_HAND)
    with contextlib.suppress(sqlite3.Error, OSError):
        # A mark must be stored even where its history cannot.
        History(_watched[0]).add_change(change)
