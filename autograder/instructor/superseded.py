"""Sets aside the marks and comments on an older hand-in: marks in the history, comments in a file.

A mark or comment is about the code that a grader saw. After a new hand-in it must not count for
the new code, and it must not be lost.
"""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from autograder.catalogue import load
from autograder.instructor.comments import comments_file, forget_points
from autograder.instructor.history import Change, History
from autograder.instructor.shown_code import COMMENT_CELL

# Part of a warning about a mark.
OLDER = "by hand for an older submission"
# A reason in the history: a mark by hand does not count any more.
NEW_HAND_IN = "new hand-in"
# Folder in comments/<student>/ of the comments on hand-ins that newer ones replaced.
EARLIER = "earlier"


def set_aside(
    submission: Any, changed: Callable[[str], bool], top: Path, history: History
) -> list[str]:
    """Remove marks and comments on changed parts of a hand-in from the gradebook and comments/.

    Args:
        submission: nbgrader's, in an open gradebook; the caller commits.
        changed: whether the part of the hand-in that a cell is about has changed. The argument is
            the cell's name, or "files" for the exercises' files, which all exercises are about.
        top: the course's top folder.
        history: gets the removed marks.

    Returns:
        a sentence for each mark, and one for the comments.
    """
    said = []
    student, assignment = submission.student_id, submission.assignment.name
    for grade in _grades_by_hand(submission):
        if changed(grade.cell.name):
            change = Change(student, assignment, grade.cell.name, grade.score, None, NEW_HAND_IN)
            history.add_change(change)
            said.append(
                f"{grade.cell.name}: {given(grade)} {OLDER}; the mark is "
                f"in the history (autograder history --student {student}), and the checks' counts "
                "now"
            )
            grade.manual_score, grade.extra_credit = None, None
    boxes = [
        comment
        for book in submission.notebooks
        for comment in book.comments
        if comment.manual_comment and changed(comment.name)
    ]
    file = comments_file(top, student, assignment)
    of_files = file.is_file() and changed("files")
    if not boxes and not of_files:
        return said
    kept = earlier_file(file)
    parts = [file.read_text(encoding="utf-8")] if of_files else []
    parts += [_entry(comment) for comment in boxes]
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text("\n".join(parts), encoding="utf-8")
    for comment in boxes:
        comment.manual_comment = None
    if of_files:
        file.unlink()
        forget_points(top, student, assignment)
    said.append(
        f"the comments on an older submission are kept in {kept.relative_to(top)}, and stand on no "
        "page now; what still holds has to be said again"
    )
    return said


def was_given_by_hand(top: Path, history: History, student: str, assignment: str) -> bool:
    """Whether marks or comments on another hand-in for an assignment were set aside."""
    kept = comments_file(top, student, assignment).parent / EARLIER
    return any(kept.glob(f"{assignment}-*.toml")) or any(
        change.assignment == assignment and change.why == NEW_HAND_IN
        for change in history.changes(student)
    )


def standing(submission: Any) -> list[tuple[Any, str]]:
    """Each grade with a mark by hand or extra credit, and the text for it that `given` returns."""
    return [(grade, given(grade)) for grade in _grades_by_hand(submission)]


def given(grade: Any) -> str:
    """The mark by hand and the extra credit as text, such as "4 and 1 extra"."""
    by_hand = [] if grade.manual_score is None else [f"{grade.manual_score:g}"]
    by_hand += [f"{grade.extra_credit:g} extra"] if grade.extra_credit else []
    return " and ".join(by_hand)


def _grades_by_hand(submission: Any) -> list[Any]:
    grades = [grade for book in submission.notebooks for grade in book.grades]
    return [grade for grade in grades if grade.manual_score is not None or grade.extra_credit]


def _entry(comment: Any) -> str:
    """A Formgrader comment as an entry for a file of comments/."""
    boxes = {COMMENT_CELL.format(exercise=each.name): each.name for each in load().exercises}
    key = "exercise" if comment.name in boxes else "cell"
    about = json.dumps(boxes.get(comment.name, comment.name))
    text = json.dumps(comment.manual_comment, ensure_ascii=False)
    return f"[[comment]]  # of Formgrader\n{key} = {about}\ntext = {text}\n"


def earlier_file(file: Path) -> Path:
    """A new path to keep the comments of a file in comments/ that are about an older hand-in."""
    name = f"{file.stem}-{datetime.now():%Y-%m-%d-%H%M%S}"
    folder = file.parent / EARLIER
    kept, number = folder / f"{name}.toml", 2
    while kept.exists():
        kept, number = folder / f"{name}-{number}.toml", number + 1
    return kept
