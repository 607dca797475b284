"""Writes tables with marks as CSV files, safe in a spreadsheet and private."""

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from nbgrader.api import Assignment, BaseCell, Grade, SubmittedAssignment, SubmittedNotebook
from traitlets.config import Config

from autograder.catalogue import load
from autograder.instructor.places import make_private
from autograder.text import clean

# A spreadsheet reads a cell that begins with one of these as a formula; the last four are the
# full-width forms, which some spreadsheets accept too.
FORMULA_SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
# Moodle's sign for no grade.
NO_GRADE = "-"


def write_table(
    target: Path, header: list[str], rows: Iterable[list[Any]], config: Config | None = None
) -> Path:
    """Write a CSV for spreadsheets.

    Args:
        target: the file; its folder is made.
        header: the columns' names.
        rows: the values; `cell` says how each is written.
        config: nbgrader's, which says whether a group shares the course.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("w", encoding="utf-8", newline="") as stream:
        make_private(target, config)
        writer = csv.writer(stream, lineterminator="\r\n")
        writer.writerow(header)
        for row in rows:
            writer.writerow([cell(value) for value in row])
    return target.resolve()


def cell(value: str | float | None) -> str:
    """A float with two decimals; a text that looks like a formula, with an apostrophe before it."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.2f}"
    if value == NO_GRADE or is_number(value):
        return value
    # Excel may skip white space at the front and read the sign after it as a formula.
    text = clean(value).replace("\n", " ").replace("\t", " ")
    return f"'{text}" if text.lstrip().startswith(FORMULA_SIGNS) else text


def is_number(text: str) -> bool:
    """Whether a text is a plain number, such as -3.5."""
    try:
        float(text)
    except ValueError:
        return False
    return text.isascii() and not text.startswith("+") and text[-1:].isdigit()


def marked_submissions(gradebook: Any) -> set[tuple[str, str]]:
    """Student and assignment of each submission in which every exercise has a mark."""
    exercises = [e.name for e in load().exercises]
    open_ones = {
        submission
        for (submission,) in gradebook.db.query(SubmittedNotebook.assignment_id)
        .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
        .join(BaseCell, BaseCell.id == Grade.cell_id)
        .filter(Grade.auto_score.is_(None), Grade.manual_score.is_(None))
        .filter(BaseCell.name.in_(exercises))
    }
    return {
        (student, assignment)
        for submission, student, assignment in gradebook.db.query(
            SubmittedAssignment.id, SubmittedAssignment.student_id, Assignment.name
        ).join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        if submission not in open_ones
    }
