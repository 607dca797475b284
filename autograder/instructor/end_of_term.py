"""Ends a term: everything into one archive, then an empty course with next year's dates."""

import os
import shutil
import zipfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry

from autograder.grading.course_files import SECRET_FILE
from autograder.instructor import CourseError, fresh
from autograder.instructor.class_grading import back_up
from autograder.instructor.comments import FOLDER as COMMENTS
from autograder.instructor.commit_guard import GRADEBOOK
from autograder.instructor.extensions import FILE as EXTENSIONS
from autograder.instructor.history import HISTORY
from autograder.instructor.marks import gradebook_of
from autograder.instructor.run_nbgrader import submitted_folder

# What belongs to one term and its students.
FOLDERS = ("autograded", "feedback", COMMENTS, "attempts", "exports", "report", ".backups")
FILES = (GRADEBOOK, HISTORY, SECRET_FILE, EXTENSIONS)
# What next term needs as well; a copy goes into the archive.
KEPT = ("policy.toml", "rubric.toml")


@dataclass(frozen=True)
class Ended:
    """What came of it.

    Attributes:
        archive: holds everything of the term.
        files: how many.
        due: the new due dates, in UTC, by assignment.
    """

    archive: Path
    files: int
    due: dict[str, datetime]


def end_term(top: Path, archive: Path, shift: timedelta) -> Ended:
    """Archive the term, and leave a course for the next one.

    Nothing is deleted before the archive was read back whole.

    Args:
        top: the course's top folder.
        archive: the zip to write; it must not be there yet.
        shift: how much later next term's assignments are due.

    Raises:
        CourseError: if there is no gradebook, or the archive is there or cannot be written.
    """
    if archive.exists():
        raise CourseError(f"{archive} is there already; name another file with --to")
    if not (top / GRADEBOOK).is_file():
        raise CourseError(f"{top} has no {GRADEBOOK}: there is no term to end")
    due = _due_dates(top, shift)
    paths = _paths(top)
    # Another program may be writing into the gradebook; a backup is whole.
    whole = back_up(top / GRADEBOOK)
    _write(top, archive, paths, whole)
    for path in paths:
        if path.name not in KEPT or path.parent != top:
            path.unlink()
    for folder in (submitted_folder(top), *(top / name for name in FOLDERS)):
        shutil.rmtree(folder, ignore_errors=True)
    fresh.build_gradebook(top)
    with Gradebook(f"sqlite:///{top / GRADEBOOK}") as gradebook:
        for name, moment in due.items():
            try:
                gradebook.find_assignment(name).duedate = moment
            except MissingEntry:
                continue
        gradebook.db.commit()
    return Ended(archive, len(paths), due)


def _due_dates(top: Path, shift: timedelta) -> dict[str, datetime]:
    with gradebook_of(top, empty=True) as gradebook:
        return {a.name: a.duedate + shift for a in gradebook.assignments if a.duedate is not None}


def _paths(top: Path) -> list[Path]:
    found = [top / name for name in (*FILES, *KEPT) if (top / name).is_file()]
    for folder in (submitted_folder(top), *(top / name for name in FOLDERS)):
        for inside, _, files in os.walk(folder):
            found += [Path(inside) / name for name in sorted(files)]
    return found


def _write(top: Path, archive: Path, paths: list[Path], gradebook: Path | None) -> None:
    unfinished = archive.with_name(archive.name + ".unfinished")
    try:
        archive.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as packed:
            for path in paths:
                name = path.relative_to(top).as_posix()
                if path.is_symlink():
                    packed.writestr(f"{name}.link", os.readlink(path))
                else:
                    packed.write(gradebook if gradebook and path == top / GRADEBOOK else path, name)
        unfinished.chmod(0o600)
        with zipfile.ZipFile(unfinished) as packed:
            damaged = packed.testzip()
            if damaged is not None or len(packed.namelist()) != len(paths):
                raise CourseError(f"{unfinished} is damaged; nothing was removed: try another disk")
        unfinished.rename(archive)
    except OSError as error:
        raise CourseError(
            f"{archive} cannot be written ({error.strerror or error}); nothing was removed"
        ) from error
