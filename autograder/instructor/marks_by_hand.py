"""Records a mark by hand in the history at once, when Formgrader or another program gives it."""

import contextlib
import sqlite3
from pathlib import Path
from typing import Any

from nbgrader.api import Grade
from sqlalchemy import event, inspect

from autograder.instructor.history import BY_HAND, EXTRA, Change, History


def watch_marks() -> None:
    """Record every later mark by hand of this process in the history beside the gradebook."""
    if not event.contains(Grade, "after_update", _note):
        event.listen(Grade, "after_update", _note)


def _note(_mapper: Any, connection: Any, grade: Any) -> None:
    file = connection.engine.url.database
    if connection.engine.url.get_backend_name() != "sqlite" or not file:
        return
    history = inspect(grade).attrs.manual_score.history
    if not history.has_changes() or not history.added:
        return
    old, new = _number((history.deleted or [None])[0]), _number(history.added[0])
    if old == new or new is None:
        return  # a mark was removed: `set_aside` or `History.note` records that
    one = grade.notebook.assignment
    extra = _number(grade.extra_credit) or 0.0
    # Merging a grader's marks can change extra credit too: the old mark had the old extra credit.
    of_extra = inspect(grade).attrs.extra_credit.history
    extra_before = extra
    if of_extra.has_changes():
        extra_before = _number((of_extra.deleted or [None])[0]) or 0.0
    before = grade.auto_score if old is None else old
    old_mark = None if before is None else before + extra_before
    place = one.student_id, one.assignment.name, grade.cell.name
    why = BY_HAND if extra == extra_before else f"{BY_HAND}, {EXTRA}"
    change = Change(*place, old_mark, new + extra, why)
    with contextlib.suppress(sqlite3.Error, OSError):
        # The mark must be stored even if the history cannot be written.
        History(Path(file).parent).add_change(change)


def _number(mark: Any) -> float | None:
    """A mark as a number, or None if it is none. Formgrader passes the text of its input box."""
    try:
        return float(mark)
    except (TypeError, ValueError):
        return None
