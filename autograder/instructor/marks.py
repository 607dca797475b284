"""Reads the marks out of nbgrader's gradebook."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbgrader.api import Assignment as Released
from nbgrader.api import Grade, Gradebook, SubmittedAssignment, SubmittedNotebook
from nbgrader.coursedir import CourseDirectory
from sqlalchemy import case, func
from sqlalchemy.orm import selectinload

from autograder.instructor.run_nbgrader import course_config
from autograder.instructor.tables import marked_submissions
from autograder.text import UserError


@dataclass(frozen=True)
class Mark:
    """The gradebook's marks of one submission.

    Attributes:
        score: points, with marks given by hand, after the late penalty; at least 0.
        points: the largest possible score.
        penalty: points taken off for lateness.
        checked: the sum of the checks' points, or None if they gave none.
        graded: whether every exercise has a mark; if not, `score` is incomplete.
        by_hand: whether somebody still has to give a mark.
        to_review: whether an exercise was graded again after it got a mark by hand.
        seconds_late: seconds after the due date; 0 if the gradebook has no due date.
        handed_in: the time in ISO 8601, UTC; "" if it is not known.
    """

    student: str
    assignment: str
    score: float
    points: float
    penalty: float
    checked: float | None
    by_hand: bool
    to_review: bool
    seconds_late: float
    handed_in: str
    graded: bool = True


@contextmanager
def gradebook_of(top: Path, *, empty: bool = False) -> Iterator[Any]:
    """nbgrader's Gradebook of the course in `top`.

    Args:
        top: the course's top folder.
        empty: whether a gradebook without students is accepted.

    Raises:
        UserError: if the file does not exist yet, or has no student.
    """
    course = CourseDirectory(config=course_config(top))
    file = course.db_url.removeprefix("sqlite:///")
    if file != course.db_url and not Path(file).is_file():
        raise UserError(f"{file} does not exist: run `make release` and `make grade` first")
    with Gradebook(course.db_url, course.course_id) as gradebook:
        if not gradebook.students and not empty:
            raise UserError(f"{file} has no student yet: run `make grade` first")
        yield gradebook


def marks_of(gradebook: Any, assignment: str) -> Iterator[Mark]:
    """The mark of every submission of an assignment, by student, in a fixed number of queries."""
    # nbgrader sets needs_manual_grade for a missing mark, and for a mark by hand graded again.
    unmarked = Grade.manual_score.is_(None)
    sums = {
        submission: (checked, open_marks > 0, standing > 0)
        for submission, checked, open_marks, standing in gradebook.db.query(
            SubmittedNotebook.assignment_id,
            func.sum(Grade.auto_score),
            func.sum(case((Grade.needs_manual_grade & unmarked, 1), else_=0)),
            func.sum(case((Grade.needs_manual_grade & ~unmarked, 1), else_=0)),
        )
        .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
        .group_by(SubmittedNotebook.assignment_id)
    }
    marked = marked_submissions(gradebook)
    submissions = (
        gradebook.db.query(SubmittedAssignment)
        .join(Released, Released.id == SubmittedAssignment.assignment_id)
        .filter(Released.name == assignment)
        .options(selectinload(SubmittedAssignment.notebooks))
        .order_by(SubmittedAssignment.student_id)
    )
    for one in submissions:
        penalty = float(one.late_submission_penalty or 0)
        checked, by_hand, to_review = sums.get(one.id, (None, False, False))
        yield Mark(
            student=one.student_id,
            assignment=assignment,
            score=max(0.0, round(float(one.score) - penalty, 4)),
            points=float(one.max_score),
            penalty=penalty,
            checked=None if checked is None else float(checked),
            by_hand=by_hand,
            to_review=to_review,
            seconds_late=float(one.total_seconds_late),
            handed_in=f"{one.timestamp.isoformat()}Z" if one.timestamp is not None else "",
            graded=(one.student_id, assignment) in marked,
        )
