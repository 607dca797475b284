"""Puts a class list, a CSV file from any spreadsheet program, into the gradebook."""

from dataclasses import dataclass
from typing import Any

from nbgrader.api import MissingEntry

from autograder.packaging.file_kinds import kind_of
from autograder.packaging.spreadsheets import read_table
from autograder.text import UserError, clean

# The column names of learning platforms and spreadsheets; the first non-empty column counts.
COLUMNS = {
    "id": ("id", "username", "sis login id", "id number"),
    "first_name": ("first_name", "first name"),
    "last_name": ("last_name", "last name", "surname"),
    "email": ("email", "email address", "e-mail"),
    "lms_user_id": ("lms_user_id", "canvas id"),
}


@dataclass(frozen=True)
class Student:
    """One line of a class list, as the gradebook keeps it; "" for an unknown value."""

    id: str
    first_name: str
    last_name: str
    email: str
    lms_user_id: str


def cells_of(row: dict[str, str]) -> dict[str, str]:
    """The values of a row, by the gradebook's column names."""
    cells = {
        column: next((row[name] for name in names if row.get(name)), "")
        for column, names in COLUMNS.items()
    }
    if login := row.get("sis login id"):
        # Canvas's own export: its column ID is the number that Canvas puts into file names.
        cells["lms_user_id"], cells["id"] = cells["id"], login
    return cells


def read_students(data: bytes) -> list[Student]:
    """Every student of a class list, once.

    Args:
        data: a CSV with commas, semicolons or tabs, in UTF-8, UTF-16 or an older encoding.

    Raises:
        UserError: if it is not a class list, an id is invalid, or two lines with one id differ.
    """
    if kind := kind_of(data):
        raise UserError(f"the class list is {kind}; save it as CSV")
    found: dict[str, Student] = {}
    for row in read_table(data):
        student = Student(**cells_of(row))
        if not student.id:
            continue
        if student.id.startswith(".") or "/" in student.id or not student.id.isprintable():
            raise UserError(f"{clean(student.id)!r} cannot be an id: it cannot name a folder")
        if found.setdefault(student.id, student) != student:
            raise UserError(f"the class list has {clean(student.id)} twice; remove one line")
    if not found:
        raise UserError(
            "the class list has nobody: it needs a column of ids, called id (or username, SIS "
            "Login ID or ID number)"
        )
    return list(found.values())


def add_students(gradebook: Any, students: list[Student]) -> tuple[int, int]:
    """Write students into the gradebook; an empty value changes nothing there.

    Args:
        gradebook: nbgrader's.
        students: as `read_students` returns them.

    Returns:
        the number of new students, and of changed ones.
    """
    new = changed = 0
    for student in students:
        said = {k: v for k, v in vars(student).items() if k != "id" and v}
        try:
            known = gradebook.find_student(student.id)
        except MissingEntry:
            gradebook.add_student(student.id, **said)
            new += 1
            continue
        if any(getattr(known, key) != value for key, value in said.items()):
            gradebook.update_or_create_student(student.id, **said)
            changed += 1
    return new, changed
