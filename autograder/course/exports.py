"""Marks for other systems: the gradebook CSV of Canvas and of Moodle, Gradescope, and JSON.

nbgrader's own CSV is `autograder.course.run_nbgrader.export`. Columns are those of the systems' own
importers; docs/exports.md says where each stands, and what to choose when importing.
"""

import csv
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from autograder.catalogue import load
from autograder.course import CourseError
from autograder.course.gradescope import export_gradescope_results, write_gradescope_zip
from autograder.judging.explain import clean

__all__ = [
    "Mark",
    "export_canvas",
    "export_gradescope_results",
    "export_json",
    "export_moodle",
    "gradebook_of",
    "marks_of",
    "write_gradescope_zip",
]

# A spreadsheet takes a cell that begins with one of these for a formula; the last four are
# their wide forms, which some of them take too.
FORMULA_SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
CANVAS_COLUMNS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
MOODLE_COLUMNS = ("First name", "Surname", "ID number", "Email address")
# What Moodle itself writes where there is no grade, and reads as none.
MOODLE_NO_GRADE = "-"


@dataclass(frozen=True)
class Mark:
    """What the gradebook says about one submission.

    Attributes:
        score: with marks given by hand, and without what was taken off for lateness; at least 0.
        points: what could be had.
        penalty: what was taken off.
        checked: the checks' own part of the score, or None if they gave none.
        by_hand: whether somebody still has to give a mark.
        to_review: whether a mark given by hand stands over something that was graded again.
        seconds_late: after the due date, where the gradebook has one.
        handed_in: when, in ISO 8601, UTC; "" if nobody noted it.
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


@dataclass(frozen=True)
class _Student:
    id: str
    first_name: str
    last_name: str
    email: str
    lms_user_id: str


@contextmanager
def gradebook_of(top: Path) -> Iterator[Any]:
    """nbgrader's Gradebook of the course in `top`.

    Raises:
        CourseError: if there is none yet, or no student in it.
    """
    from nbgrader.api import Gradebook
    from nbgrader.coursedir import CourseDirectory

    from autograder.course.run_nbgrader import course_config

    course = CourseDirectory(config=course_config(top))
    file = course.db_url.removeprefix("sqlite:///")
    if file != course.db_url and not Path(file).is_file():
        raise CourseError(f"{file} does not exist: run `make release` and `make grade` first")
    with Gradebook(course.db_url, course.course_id) as gradebook:
        if not gradebook.students:
            raise CourseError(f"{file} has no student yet: run `make grade` first")
        yield gradebook


def marks_of(gradebook: Any, assignment: str) -> Iterator[Mark]:
    """Every submission of an assignment, by student; in a few queries, however large the class."""
    from nbgrader.api import Assignment as Released
    from nbgrader.api import Grade, SubmittedAssignment, SubmittedNotebook
    from sqlalchemy import case, func
    from sqlalchemy.orm import selectinload

    # nbgrader asks for a look both where no mark stands and where one stood when it graded again.
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
        )


def export_canvas(top: Path, target: Path) -> Path:
    """Write a CSV that Canvas's gradebook imports.

    One column for each assignment that somebody handed in. A student without a submission has an
    empty cell, not a 0; extra credit has 0 points possible, which is how Canvas knows it.

    Args:
        top: the course's top folder.
        target: the file; its folder is made.

    Raises:
        CourseError: if the gradebook has no student yet.
    """
    with gradebook_of(top) as gradebook:
        names, scores = _scores(gradebook)
        possible = [_points_possible(gradebook, name) for name in names]
        rows: list[list[str | float]] = [["    Points Possible", "", "", "", "", *possible]]
        for student in _students(gradebook):
            # Canvas's own number if the gradebook has it; an id of the registry is no number.
            number = student.lms_user_id
            ids = [number, ""] if number.isdecimal() else ["", number]
            row = [scores[name].get(student.id, "") for name in names]
            rows.append([_full_name(student), *ids, student.id, "", *row])
        return _write(target, [*CANVAS_COLUMNS, *names], rows)


def export_moodle(top: Path, target: Path) -> Path:
    """Write a CSV that Moodle's grade import reads.

    One column for each assignment that somebody handed in; without a submission there is no grade.

    Args:
        top: the course's top folder.
        target: the file; its folder is made.

    Raises:
        CourseError: if the gradebook has no student yet.
    """
    with gradebook_of(top) as gradebook:
        names, scores = _scores(gradebook)
        rows = (
            [
                *(student.first_name, student.last_name, student.id, student.email),
                *(scores[name].get(student.id, MOODLE_NO_GRADE) for name in names),
            ]
            for student in _students(gradebook)
        )
        titles = [f"Assignment: {name}" for name in names]
        return _write(target, [*MOODLE_COLUMNS, *titles], rows)


def export_json(top: Path, target: Path) -> Path:
    """Write all that the gradebook says as one JSON document, a student a line.

    Args:
        top: the course's top folder.
        target: the file; its folder is made.

    Raises:
        CourseError: if the gradebook has no student yet.
    """
    course = load()
    with gradebook_of(top) as gradebook:
        released = {assignment.name for assignment in gradebook.assignments}
        marks = {
            a.name: {mark.student: mark for mark in marks_of(gradebook, a.name)}
            for a in course.assignments
            if a.name in released
        }
        about = [
            {"assignment": a.name, "title": a.title, "points": a.points}
            | ({"extra_credit": True} if a.extra_credit else {})
            for a in course.assignments
            if a.name in marks
        ]
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("w", encoding="utf-8") as stream:
            stream.write(f'{{"course": {json.dumps(course.title)},\n')
            stream.write(f'"assignments": {json.dumps(about)},\n"students": [')
            for k, student in enumerate(_students(gradebook)):
                submissions = []
                for name in marks:
                    if (mark := marks[name].get(student.id)) is not None:
                        form = asdict(mark)
                        del form["student"]
                        submissions.append(form)
                line = asdict(student) | {"submissions": submissions}
                stream.write(("," if k else "") + "\n" + json.dumps(line, allow_nan=False))
            stream.write("\n]}\n")
    return target.resolve()


def _scores(gradebook: Any) -> tuple[list[str], dict[str, dict[str, float]]]:
    """The assignments that somebody handed in, in course order, and their scores by student."""
    released = {assignment.name for assignment in gradebook.assignments}
    known = [assignment.name for assignment in load().assignments]
    names = [name for name in known if name in released]
    names += sorted(released.difference(known))
    scores = {name: {m.student: m.score for m in marks_of(gradebook, name)} for name in names}
    return [name for name in names if scores[name]], scores


def _points_possible(gradebook: Any, name: str) -> float:
    if any(a.name == name and a.extra_credit for a in load().assignments):
        return 0.0
    return float(gradebook.find_assignment(name).max_score)


def _students(gradebook: Any) -> Iterator[_Student]:
    for one in gradebook.students:
        yield _Student(
            one.id,
            one.first_name or "",
            one.last_name or "",
            one.email or "",
            one.lms_user_id or "",
        )


def _full_name(student: _Student) -> str:
    if student.last_name and student.first_name:
        return f"{student.last_name}, {student.first_name}"
    return student.last_name or student.first_name or student.id


def _write(target: Path, header: list[str], rows: Iterable[list[Any]]) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\r\n")
        writer.writerow(header)
        for row in rows:
            writer.writerow([_cell(value) for value in row])
    return target.resolve()


def _cell(value: str | float) -> str:
    """A number as it is read everywhere; a text so that no spreadsheet computes it."""
    if isinstance(value, float):
        return f"{value:.2f}"
    if value == MOODLE_NO_GRADE:
        return value
    # A tab or a line break at the front would hide the sign behind it from us, not from Excel.
    text = clean(value).replace("\n", " ").replace("\t", " ")
    return f"'{text}" if text.lstrip().startswith(FORMULA_SIGNS) else text
