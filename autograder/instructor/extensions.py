"""Until when a student may hand in: extensions.toml, and late days, put into the gradebook.

nbgrader keeps an extension with a submission, so there is none before somebody hands in. Here it
stands in a file of the course, and is put into the gradebook whenever a submission is graded.
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
    """One student may hand one assignment in until then.

    Attributes:
        until: in UTC, without a zone, as nbgrader keeps times.
    """

    student: str
    assignment: str
    until: datetime


@dataclass(frozen=True)
class LateDays:
    """The late days that one submission uses.

    Attributes:
        late: days after the due date, an extension included, each begun one whole.
        used: of the student's budget.
        left: of the budget after it.
    """

    student: str
    assignment: str
    late: int
    used: int
    left: int


def read_extensions(top: Path) -> list[Extension]:
    """All extensions of the course; of several for the same submission the last counts.

    Raises:
        UserError: if extensions.toml cannot be read, or an entry is not as it should be.
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
    """Write an extension down, and put it into the gradebook if there is a submission.

    Args:
        days: after the assignment's due date; or
        until: a time; without a zone it is UTC.

    Raises:
        UserError: if there is no such student, no due date to count from, or the new time
            lies before the due date.
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

    Late days are used up in course order, and by whole days. They lengthen the time like an
    extension, so that no penalty is due for them.

    Returns:
        the late days of each late submission; empty without a rule for late days.
    """
    used_days = _grant(gradebook, top, student)
    gradebook.db.commit()
    return used_days


def seconds_late(
    gradebook: Any, top: Path, student: str, assignment: str, handed_in: datetime
) -> float:
    """How late a hand-in of this time would be, extensions and late days taken off.

    Args:
        gradebook: open; nothing is written into it.
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
    """What `settle` does, without a commit."""
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
            continue  # what nbgrader's own command granted stays
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
    """`settle` for everybody."""
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
