"""Forgets a student: removes them from every place of the course, and lists these places."""

import os
import re
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry
from sqlalchemy.exc import SQLAlchemyError

from autograder.catalogue import load
from autograder.grading.batch import files_in
from autograder.grading.course_files import course_store
from autograder.grading.scratch import scratch
from autograder.grading.verdict_store import group_of
from autograder.instructor.comments import APPLIED, comments_file, forget_points
from autograder.instructor.commit_guard import GRADEBOOK, committed_files
from autograder.instructor.extensions import FILE as EXTENSIONS
from autograder.instructor.graders import HANDED_IN, forget_hand_ins
from autograder.instructor.history import History
from autograder.instructor.places import (
    ATTEMPTS,
    BACKUPS,
    COMMENTS,
    EXPORTS,
    GRADERS,
    HISTORY,
    REPORT,
)
from autograder.instructor.run_nbgrader import submitted_folder
from autograder.judging.intake import NoSubmission
from autograder.text import UserError, clean

# A student's own folders, below the course's top folder.
FOLDERS = ("submitted", "autograded", "feedback", COMMENTS, ATTEMPTS)
# Generated from the gradebook, each by one command; they name every student.
MADE = (EXPORTS, REPORT)
_CACHES = ("__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", "node_modules")
NOT_SEARCHED = (".git", ".venv", BACKUPS, "build", *_CACHES)
LARGEST_SEARCHED = 4 << 20


def forget(top: Path, student: str) -> list[str]:
    """Remove a student from the course, including all copies of the gradebook.

    Results in the verdict store hold no name, but they hold what the student's code printed. They
    are removed unless another student has handed in the same files.

    Args:
        top: the course's top folder.
        student: the id.

    Returns:
        a sentence for each place that they were removed from; then one for each file that still
        holds the id.

    Raises:
        UserError: if the id is not valid, or the course has no data about such a student.
    """
    comments_file(top, student, "")  # raises UserError for an invalid id
    said: list[str] = []
    submitted = submitted_folder(top)
    # Before the files are deleted, since their content gives the names of the store's groups.
    theirs = judged_groups(submitted, top / ATTEMPTS, student)
    for name in dict.fromkeys((submitted.name, *FOLDERS)):
        folder = top / name / student
        if folder.is_dir() and not folder.is_symlink():
            count = sum(len(files) for _, _, files in os.walk(folder))
            shutil.rmtree(folder)
            said.append(f"{name}/{student}: {count} file{'' if count == 1 else 's'} deleted")
    copies = [*sorted((top / BACKUPS).glob("*.db")), *sorted((top / GRADERS).glob("*.db"))]
    for database in (top / GRADEBOOK, *copies):
        if database.is_file() and _remove_from(database, student):
            said.append(f"{database.relative_to(top)}: the student, marks and comments removed")
    if (top / HISTORY).is_file() and History(top).knows(student):
        History(top).forget(student)
        said.append(f"{HISTORY}: what was graded, changed and warned of removed")
    said += _from_lines(top, student)
    for path in sorted((top / GRADERS).glob("*.zip")):
        if _packed_in(path, student):
            path.unlink()
            said.append(
                f"{GRADERS}/{path.name}: deleted, since it holds them; see the grader's copy"
            )
    if forget_hand_ins(top, student):
        said.append(f"{GRADERS}/{HANDED_IN}: what they had handed in removed")
    if not said:
        raise UserError(f"nothing of a student {clean(student)} is in {top}")
    said += _from_store(top, submitted, theirs)
    for name in MADE:
        if (top / name).is_dir():
            shutil.rmtree(top / name)
            said.append(f"{name}/: deleted, since it names everybody; make it again when needed")
    said += [f"{path}: still holds the id; look yourself" for path in _holding(top, student)]
    return said


def judged_groups(submitted: Path, attempts: Path, student: str) -> set[str]:
    """The groups of the verdict store that belong to a student's submissions and attempts.

    Args:
        submitted: the course's folder of submissions.
        attempts: its folder of earlier attempts.
        student: the id.
    """
    course = load()
    now = _files_in(submitted / student)
    states = [now]
    for assignment in course.assignments:
        for folder in sorted((attempts / student / assignment.name).glob("[!.]*")):
            with scratch("attempt") as tree:
                shutil.copytree(folder, tree / assignment.name, symlinks=True)
                then = _files_in(tree)
            others = {k: v for k, v in now.items() if not k.startswith(f"{assignment.name}/")}
            states.append(others | then)
    return {group_of(files, a.name, course) for files in states for a in course.assignments}


def _files_in(folder: Path) -> dict[str, bytes]:
    try:
        return files_in(folder)
    except (NoSubmission, OSError):
        return {}


def _from_store(top: Path, submitted: Path, theirs: set[str]) -> list[str]:
    """Remove results from the verdict store that belong to no remaining student.

    No file tells which results belong to an earlier state of a submission. So in a store that only
    this course uses, every result is removed that does not belong to a present submission or
    attempt. A removed result is judged again when it is needed.
    """
    store = course_store()
    students = {path.name for place in (submitted, top / ATTEMPTS) for path in place.glob("[!.]*")}
    kept = {g for who in sorted(students) for g in judged_groups(submitted, top / ATTEMPTS, who)}
    own = store.folder.resolve().is_relative_to(top.resolve())
    gone = (set(store.groups()) if own else theirs) - kept
    count = sum(store.forget(group) for group in sorted(gone))
    if not count:
        return []
    where = store.folder.relative_to(top) if own else store.folder
    return [
        f"{where}: {count} result{'' if count == 1 else 's'} of the verdict store deleted"
        + (", theirs and those that no hand-in is left of" if own else "")
    ]


def _remove_from(database: Path, student: str) -> bool:
    with Gradebook(f"sqlite:///{database}") as gradebook:
        try:
            gradebook.remove_student(student)
        except MissingEntry:
            return False
        # Deleted rows stay readable in the file until VACUUM rewrites it.
        gradebook.db.commit()
        connection = gradebook.engine.raw_connection()
        connection.execute("VACUUM")
        connection.close()
    return True


def _packed_in(archive: Path, student: str) -> bool:
    """Whether the zip of a grader's part holds a student."""
    with scratch("forget") as folder:
        try:
            with zipfile.ZipFile(archive) as packed:
                database = Path(packed.extract(GRADEBOOK, folder))
            with Gradebook(f"sqlite:///{database}") as gradebook:
                return any(each.id == student for each in gradebook.students)
        except (OSError, KeyError, zipfile.BadZipFile, SQLAlchemyError):
            return False  # `_holding` still searches its name and bytes


def _from_lines(top: Path, student: str) -> list[str]:
    """Remove a student's entries from extensions.toml and from the record of comments' points."""
    said = []
    path = top / EXTENSIONS
    if path.is_file():
        text = path.read_text(encoding="utf-8")
        entries = re.split(r"(?m)^(?=\[\[extension\]\])", text)
        name = re.escape(student)
        kept = [e for e in entries if not re.search(rf'(?m)^student\s*=\s*["\']{name}["\']', e)]
        if len(kept) != len(entries):
            path.write_text("".join(kept), encoding="utf-8")
            said.append(f"{EXTENSIONS}: {len(entries) - len(kept)} removed")
    if count := forget_points(top, student):
        said.append(f"{COMMENTS}/{APPLIED}: {count} removed")
    return said


def _holding(top: Path, student: str) -> Iterator[str]:
    """The files of the course that hold the id as a separate word, in their content or name.

    Files that git tracks are skipped, since the commit guard keeps students out of them. An id
    before "(" does not count: it is a function with the same name.
    """
    wanted = re.compile(rb"(?<![\w.-])" + re.escape(student.encode()) + rb"(?![\w(-])")
    committed = set(committed_files(top))
    for folder, folders, files in os.walk(top):
        folders[:] = sorted(name for name in folders if name not in NOT_SEARCHED)
        for name in sorted(files):
            path = Path(folder) / name
            if path.relative_to(top).as_posix() in committed:
                continue
            try:
                if path.is_symlink() or path.stat().st_size > LARGEST_SEARCHED:
                    continue
                found = wanted.search(path.read_bytes())
            except OSError:
                continue
            if found or wanted.search(os.fsencode(name)):
                yield path.relative_to(top).as_posix()
