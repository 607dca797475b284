"""Finds the submissions: walks `submitted/` once; all other code uses the result."""

import difflib
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

from autograder.catalogue import Course
from autograder.packaging.archives import is_archive
from autograder.packaging.file_names import is_litter
from autograder.packaging.student_names import folded, look_alikes
from autograder.text import UserError, clean, some


@dataclass(frozen=True)
class Submission:
    """One student's submission for one assignment, and its place on the disk.

    Attributes:
        student: the id, which is the folder's name.
        assignment: its full name.
        folder: the student's folder, which also holds the earlier assignments.
    """

    student: str
    assignment: str
    folder: Path


@dataclass
class HandedIn:
    """The contents of `submitted/`.

    Attributes:
        submissions: sorted by student, then in course order.
        students: every folder's name.
        stray: for each folder that is not an assignment: student, folder and what to do.
        warnings: for misplaced files and for names that look alike: student or "", and a sentence.
    """

    submissions: list[Submission] = field(default_factory=list)
    students: list[str] = field(default_factory=list)
    stray: list[tuple[str, str, str]] = field(default_factory=list)
    warnings: list[tuple[str, str]] = field(default_factory=list)


def find_submissions(
    submitted: Path,
    course: Course,
    assignments: list[str] | None = None,
    students: list[str] | None = None,
) -> HandedIn:
    """Walk `submitted/`: a folder for each student, with a folder for each assignment.

    Args:
        submitted: it need not exist.
        course: the catalogue.
        assignments: full names; all, if None.
        students: their ids; all, if None.

    Raises:
        UserError: if one of the students has no folder.
    """
    known = [assignment.name for assignment in course.assignments]
    files = {file: a.name for a in course.assignments for file in a.files}
    found = HandedIn()
    for path in sorted(submitted.iterdir()) if submitted.is_dir() else ():
        if is_litter(path.name):
            continue
        if not path.is_dir():
            if not path.name.startswith("."):
                found.warnings.append(("", _outside_a_student(path, submitted, files, known[0])))
            continue
        found.students.append(path.name)
        if students is not None and path.name not in students:
            continue
        inside = [each for each in sorted(path.iterdir()) if not is_litter(each.name)]
        folders = [each.name for each in inside if each.is_dir()]
        found.submissions += [
            Submission(path.name, name, path)
            for name in known
            if name in folders and (assignments is None or name in assignments)
        ]
        for name in folders:
            if name not in known and not name.startswith("."):
                found.stray.append((path.name, name, _no_assignment(path.name, name, known)))
        loose = [each.name for each in inside if not each.is_dir() and each.name[0] != "."]
        if folders:
            # Beside assignment folders, only files that look like part of an assignment.
            loose = [n for n in loose if n in files or is_archive(n)]
        if loose:
            belongs = files.get(loose[0], known[0])
            where = f"move it into {path.name}/{belongs}/"
            if is_archive(loose[0]):
                where = f"unpack it, so that {path.name}/{belongs}/ and the like are there"
            elif loose[0] not in files:
                where += " or whichever it belongs to"
            found.warnings.append(
                (path.name, f"{clean(loose[0])} lies outside an assignment's folder; {where}")
            )
    for student in students or ():
        require_student(student, found.students, submitted)
    for group in look_alikes(found.students):
        names = ", ".join(clean(spelled_out(name, group)) for name in group)
        found.warnings.append(
            ("", f"{names} look like one student; give the hand-ins one folder if they are one")
        )
    return found


def require_student(student: str, known: list[str], submitted: Path) -> None:
    """Raise UserError unless the student is among `known`, the names of the folders."""
    if student not in known:
        there = some([clean(name) for name in known], 20) or "none yet"
        raise UserError(f"{submitted.name}/ has no student {clean(student)}; there are {there}")


def likely(student: str, class_list: list[str]) -> str | None:
    """The student on the class list whom an unknown id most likely means, or None."""
    same = [one for one in class_list if folded(one) == folded(student)]
    near = same or difflib.get_close_matches(student, class_list, n=1, cutoff=0.8)
    return near[0] if near else None


def spelled_out(name: str, others: tuple[str, ...]) -> str:
    """The name; with a remark if one of the others looks the same on a screen."""
    alike = [one for one in others if unicodedata.normalize("NFC", one) == _nfc(name)]
    if len(alike) < 2:
        return name
    form = "composed" if name == _nfc(name) else "decomposed"
    return f"{name} (letters and accents {form})"


def _nfc(name: str) -> str:
    return unicodedata.normalize("NFC", name)


def _outside_a_student(path: Path, submitted: Path, files: dict[str, str], first: str) -> str:
    belongs = files.get(path.name)
    where = f"{submitted.name}/<student>/{belongs or first}/"
    return (
        f"{clean(path.name)} lies outside a student's folder; move it into {where}"
        f"{'' if belongs else ' or whichever it belongs to'}"
    )


def _no_assignment(student: str, name: str, known: list[str]) -> str:
    if student in known:
        return f"the folders are swapped: it has to be {name}/{student}/"
    near = difflib.get_close_matches(name.lower(), known, n=1, cutoff=0.75)
    if near:
        return f"{name} is not an assignment; rename the folder to {near[0]}"
    return f"{name} is not an assignment; rename the folder to one of {', '.join(known)}"
