"""Marks for other systems: the gradebook CSV of Canvas and of Moodle, and JSON.

`autograder.instructor.run_nbgrader.export` writes nbgrader's own CSV, and gradescope.py the zip for
Gradescope. The columns are those of each system's importer; docs/exports.md names the importer's
source, and says what to choose when importing.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from autograder.catalogue import load
from autograder.instructor.marks import gradebook_of, marks_of
from autograder.instructor.places import make_private
from autograder.instructor.run_nbgrader import course_config
from autograder.instructor.tables import NO_GRADE as MOODLE_NO_GRADE
from autograder.instructor.tables import write_table

CANVAS_COLUMNS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
MOODLE_COLUMNS = ("First name", "Surname", "ID number", "Email address")


@dataclass(frozen=True)
class _Student:
    id: str
    first_name: str
    last_name: str
    email: str
    lms_user_id: str


def export_canvas(top: Path, target: Path) -> Path:
    """Write a CSV that Canvas's gradebook imports.

    There is one column for each assignment that somebody handed in. A student without a submission
    has an empty cell, not a 0. Canvas recognises extra credit by its 0 points possible.

    Args:
        top: the course's top folder.
        target: the file; its folder is made.

    Raises:
        UserError: if the gradebook has no student yet.
    """
    with gradebook_of(top) as gradebook:
        names, scores = _scores(gradebook)
        possible = [_points_possible(gradebook, name) for name in names]
        rows: list[list[str | float]] = [["    Points Possible", "", "", "", "", *possible]]
        for student in _students(gradebook):
            # A number is Canvas's own ID; any other text is the SIS User ID.
            number = student.lms_user_id
            ids = [number, ""] if number.isdecimal() else ["", number]
            row = [scores[name].get(student.id, "") for name in names]
            rows.append([_full_name(student), *ids, student.id, "", *row])
        return write_table(target, [*CANVAS_COLUMNS, *names], rows, course_config(top))


def export_moodle(top: Path, target: Path) -> Path:
    """Write a CSV that Moodle's grade import reads.

    There is one column for each assignment that somebody handed in. A student without a submission
    has Moodle's sign for no grade, not a 0.

    Args:
        top: the course's top folder.
        target: the file; its folder is made.

    Raises:
        UserError: if the gradebook has no student yet.
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
        return write_table(target, [*MOODLE_COLUMNS, *titles], rows, course_config(top))


def export_json(top: Path, target: Path) -> Path:
    """Write all marks in the gradebook as one JSON document, with one line per student.

    Args:
        top: the course's top folder.
        target: the file; its folder is made.

    Raises:
        UserError: if the gradebook has no student yet.
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
            make_private(target, course_config(top))
            stream.write(f'{{"course": {json.dumps(course.title)},\n')
            stream.write(f'"assignments": {json.dumps(about)},\n"students": [')
            for k, student in enumerate(_students(gradebook)):
                submissions = []
                for name in marks:
                    if (mark := marks[name].get(student.id)) is not None:
                        form = asdict(mark)
                        del form["student"]
                        if not mark.graded:
                            form["score"] = None
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
    scores = {
        name: {m.student: m.score for m in marks_of(gradebook, name) if m.graded} for name in names
    }
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
