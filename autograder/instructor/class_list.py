"""Puts a class list, a CSV of any spreadsheet's, into the gradebook."""

from dataclasses import dataclass
from typing import Any

from nbgrader.api import MissingEntry

from autograder.packaging.file_kinds import kind_of
from autograder.packaging.spreadsheets import read_table
from autograder.text import UserError, clean

# What learning platforms and spreadsheets call the columns; the first that holds something counts.
COLUMNS = {
    "id": ("id", "username", "sis login id", "id number"),
    "first_name": ("first_name", "first name"),
    "last_name": ("last_name", "last name", "surname"),
    "email": ("email", "email address", "e-mail"),
    "lms_user_id": ("lms_user_id", "canvas id"),
}


@dataclass(frozen=True)
class Student:
    """One line of a class list, as the gradebook keeps it; "" where nothing is known."""

    id: str
    first_name: str
    last_name: str
    email: str
    lms_user_id: str


def cells_of(row: dict[str, str]) -> dict[str, str]:
    """What a row says, by the gradebook's names."""
    cells = {
        column: next((row[name] for name in names if row.get(name)), "")
        for column, names in COLUMNS.items()
    }
    if login := row.get("sis login id"):
        # Canvas's own export: its ID is the number in the names of its files.
        cells["lms_user_id"], cells["id"] = cells["id"], login
    return cells


def read_students(data: bytes) -> list[Student]:
    """Everybody on a class list, once.

    Args:
        data: a CSV with commas, semicolons or tabs, in UTF-8, UTF-16 or an older encoding.

    Raises:
        UserError: if it is no such list, or says two things of one id.
    """
    if kind := kind_of(data):
        raise UserError(f"the class list is {kind}; save it as CSV")
    found: dict[str, Student] = {}
    for row in read_table(data):
        student = Student(**cells_of(row))
        if not student.id:
            continue
        if student.id.startswith(".") or "/" in student.id or not student.id.isprintable():
            raise UserError(f"{clean(student.id)!r} can be no id: it would name no folder")
        if found.setdefault(student.id, student) != student:
            raise UserError(f"the class list has {clean(student.id)} twice; remove one line")
    if not found:
        raise UserError(
            "the class list has nobody: it needs a column of ids, called id (or username, SIS "
            "Login ID or ID number)"
        )
    return list(found.values())


def add_students(gradebook: Any, students: list[Student]) -> tuple[int, int]:
    """Write them into the gradebook; what the list leaves empty stays as it is there.

    Args:
        gradebook: nbgrader's.
        students: as `read_students` gives them.

    Returns:
        how many are new, and of how many something changed.
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
