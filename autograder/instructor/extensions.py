"""Extensions, from extensions.toml, and late days, and how they get into the gradebook.

nbgrader stores an extension with a submission, so it cannot store one before the student hands in.
This kit stores it in a file of the course, and puts it into the gradebook at each grading.
"""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from nbgrader.api import MissingEntry

from autograder.catalogue import load
from autograder.instructor.policy import in_utc, read_policy
from autograder.instructor.toml_file import read_toml, tables_of
from autograder.text import UserError, clean

FILE = "extensions.toml"
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Extension:
    """A later time until which one student may hand in one assignment.

    Attributes:
        until: in UTC, without a zone, as nbgrader stores times.
    """

    student: str
    assignment: str
    until: datetime


@dataclass(frozen=True)
class LateDays:
    """The late days that one submission uses.

    Attributes:
        late: days after the due date and any extension; a part of a day counts as a whole day.
        used: days taken from the student's budget.
        left: days left in the budget after this submission.
    """

    student: str
    assignment: str
    late: int
    used: int
    left: int


def read_extensions(top: Path) -> list[Extension]:
    """All extensions of the course; if a submission has several, the last one counts.

    Raises:
        UserError: if extensions.toml cannot be read, or an entry is not valid.
    """
    path = top / FILE
    found = {}
    for number, item in enumerate(tables_of(read_toml(path), "extension", path), 1):
        where = f"{path}: extension {number}"
        student, assignment, until = (item.get(k) for k in ("student", "assignment", "until"))
        if not isinstance(student, str) or not isinstance(assignment, str):
            raise UserError(f"{where} needs student and assignment, in quotes")
        if not isinstance(until, datetime):
            raise UserError(f"{where}: until = {until!r} is no time like 2026-03-31T23:59:00Z")
        name = load().assignment(assignment).name
        found[student, name] = Extension(student, name, _as_utc(until))
    return list(found.values())


def extend(
    top: Path,
    gradebook: Any,
    student: str,
    assignment: str,
    *,
    days: float | None = None,
    until: datetime | None = None,
) -> Extension:
    """Append an extension to extensions.toml; if there is a submission, update the gradebook.

    Args:
        days: after the assignment's due date; used if `until` is None.
        until: a time; UTC if it has no zone.

    Raises:
        UserError: if there is no such student, no due date to count from, or the new time
            is before the due date.
    """
    if student not in [each.id for each in gradebook.students]:
        raise UserError(
            f"the gradebook has no student {clean(student)}; import the class list, or wait for "
            "the first hand-in"
        )
    due = _due(gradebook, assignment)
    if due is None:
        raise UserError(
            f"{assignment} has no due date to extend: set one in Formgrader (Manage Assignments, "
            "Edit) first"
        )
    last = due + timedelta(days=days) if until is None and days is not None else _as_utc(until)
    if last < due:
        raise UserError(f"{last} UTC is before the due date, {due} UTC")
    read_extensions(top)
    path = top / FILE
    before = path.read_text(encoding="utf-8") if path.is_file() else ""
    entry = (
        f"[[extension]]\nstudent = {json.dumps(student, ensure_ascii=False)}\n"
        f'assignment = "{assignment}"\nuntil = {last.isoformat(timespec="seconds")}Z\n'
    )
    temporary = path.with_suffix(".new")
    try:
        temporary.write_text(before + ("\n" if before else "") + entry, encoding="utf-8")
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    settle(gradebook, top, student)
    return Extension(student, assignment, last)


def settle(gradebook: Any, top: Path, student: str) -> list[LateDays]:
    """Put a student's extensions and late days into the gradebook.

    Late days are used in course order, in whole days. They move the due date like an extension, so
    they cost no penalty.

    Returns:
        the late days of each late submission; empty without a rule for late days.
    """
    used_days = _grant(gradebook, top, student)
    gradebook.db.commit()
    return used_days


def seconds_late(
    gradebook: Any, top: Path, student: str, assignment: str, handed_in: datetime
) -> float:
    """How many seconds late a submission at this time would be, after extensions and late days.

    Args:
        gradebook: open; nothing is written to it.
        handed_in: in UTC, without a zone.
    """
    due = _due(gradebook, assignment)
    if due is None:
        return 0.0
    try:
        submission = gradebook.find_submission(assignment, student)
    except MissingEntry:  # never graded: no late day has been used for it
        given = {(e.student, e.assignment): e.until for e in read_extensions(top)}
        last = max(due, given.get((student, assignment), due))
        return max((handed_in - last).total_seconds(), 0.0)
    submission.timestamp = handed_in
    _grant(gradebook, top, student)
    late = float(submission.total_seconds_late)
    gradebook.db.rollback()
    return late


def _grant(gradebook: Any, top: Path, student: str) -> list[LateDays]:
    """Do what `settle` does, but do not commit."""
    given = {e.assignment: e.until for e in read_extensions(top) if e.student == student}
    policy = read_policy(top)
    left = policy.late_days or 0
    used_days = []
    for assignment in load().assignments:
        try:
            submission = gradebook.find_submission(assignment.name, student)
        except MissingEntry:
            continue
        due = _due(gradebook, assignment.name)
        if due is None:
            continue
        until = given.get(assignment.name)
        if until is None and policy.late_days is None:
            continue  # keep what nbgrader's own command granted
        extension = max(until - due, timedelta()) if until is not None else timedelta()
        if policy.late_days is not None and submission.timestamp is not None:
            late = math.ceil((submission.timestamp - due - extension) / DAY)
            if late > 0:
                most = left if policy.most_late_days is None else policy.most_late_days
                used = min(late, left, most)
                left -= used
                extension += used * DAY
                used_days.append(LateDays(student, assignment.name, late, used, left))
        submission.extension = extension or None
    return used_days


def settle_all(gradebook: Any, top: Path) -> Iterator[LateDays]:
    """Call `settle` for every student."""
    for student in [each.id for each in gradebook.students]:
        yield from settle(gradebook, top, student)


def _due(gradebook: Any, assignment: str) -> datetime | None:
    try:
        due = gradebook.find_assignment(assignment).duedate
    except MissingEntry:
        raise UserError(f"{assignment} is not released: run `make release` first") from None
    assert due is None or isinstance(due, datetime)
    return due


def _as_utc(time: datetime | None) -> datetime:
    if time is None:
        raise UserError("say for how long: --days 3, or --until 2026-03-31T23:59")
    return in_utc(time)
