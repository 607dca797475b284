"""Ends a term: archives everything, then leaves an empty course with next year's dates."""

import os
import shutil
import zipfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry

from autograder.grading.course_files import SECRET_FILE, course_store, renew_secret, secret_file
from autograder.instructor import fresh
from autograder.instructor.attempts import TAKEN
from autograder.instructor.class_grading import back_up
from autograder.instructor.commit_guard import GRADEBOOK, let_go_of_marks
from autograder.instructor.extensions import FILE as EXTENSIONS
from autograder.instructor.marks import gradebook_of
from autograder.instructor.penalties import policy_file
from autograder.instructor.places import FOLDERS, HISTORY
from autograder.instructor.policy import read_policy, shift_releases
from autograder.instructor.run_nbgrader import course_config, submitted_folder
from autograder.text import UserError

# Files that belong to one term, besides the folders: archived and deleted.
FILES = (GRADEBOOK, HISTORY, SECRET_FILE, EXTENSIONS)
# Files that next term needs too: archived, but not deleted.
KEPT = ("policy.toml", "rubric.toml", "nbgrader_config.py")


@dataclass(frozen=True)
class Ended:
    """The result of ending a term.

    Attributes:
        archive: the zip with everything of the term.
        files: how many of the course's files it holds.
        due: the new due dates, in UTC, by assignment.
        secret: a sentence: where the new secret is, or why there is none.
    """

    archive: Path
    files: int
    due: dict[str, datetime]
    secret: str


def end_term(top: Path, archive: Path, shift: timedelta) -> Ended:
    """Archive the term, and leave a course for the next one.

    Nothing is deleted until the archive was read back and found complete.

    Args:
        top: the course's top folder.
        archive: the zip to write; it must not be there yet.
        shift: how much later next term's assignments are released and due.

    Raises:
        UserError: if there is no gradebook, the archive exists or cannot be written, or
            policy.toml is not valid.
    """
    if archive.exists():
        raise UserError(f"{archive} is there already; name another file with --to")
    if not (top / GRADEBOOK).is_file():
        raise UserError(f"{top} has no {GRADEBOOK}: there is no term to end")
    read_policy(top)  # raises before anything is removed
    due = _due_dates(top, shift)
    late_policy = policy_file(course_config(top), top)
    paths = [*_paths(top), *([late_policy] if late_policy is not None else [])]
    # Archive a backup: it is consistent even if a program is writing to the gradebook.
    whole = back_up(top / GRADEBOOK)
    _write(top, archive, paths, whole, _secrets_elsewhere(top))
    for path in paths:
        if path != late_policy and (path.name not in KEPT or path.parent != top):
            path.unlink()
    for folder in (submitted_folder(top), *(top / name for name in FOLDERS)):
        shutil.rmtree(folder, ignore_errors=True)
    (top / TAKEN).unlink(missing_ok=True)
    # Delete the store: its results need the old secret, and hold what learners' code printed.
    if _is_of(course_store().folder, top):
        shutil.rmtree(course_store().folder, ignore_errors=True)
    let_go_of_marks(top)
    fresh.build_gradebook(top)
    with Gradebook(f"sqlite:///{top / GRADEBOOK}") as gradebook:
        for name, moment in due.items():
            try:
                gradebook.find_assignment(name).duedate = moment
            except MissingEntry:
                continue
        gradebook.db.commit()
    shift_releases(top, shift)
    return Ended(archive, len(paths), due, _new_secret(top))


def _is_of(path: Path, top: Path) -> bool:
    return path.resolve().is_relative_to(top.resolve())


def _secrets_elsewhere(top: Path) -> dict[str, str]:
    """The secret that this term was graded with, if it is not in a file of the course.

    Returns:
        the secret, by the name of its file in the archive; empty if it is in the course.
    """
    if given := os.environ.get("AUTOGRADER_SECRET"):
        return {"AUTOGRADER_SECRET.txt": given}
    if not _is_of(secret_file(), top) and secret_file().is_file():
        return {"AUTOGRADER_SECRET.txt": secret_file().read_text(encoding="utf-8")}
    return {}


def _new_secret(top: Path) -> str:
    if not _is_of(secret_file(), top):
        return f"the secret in {secret_file()} is used by other courses too, and stays"
    file = renew_secret()
    if os.environ.get("AUTOGRADER_SECRET"):
        return (
            f"a new secret is in {file}, but AUTOGRADER_SECRET is set to last term's: set it to "
            "the text of that file, here and wherever else you grade, or unset it"
        )
    return (
        f"a new secret is in {file}; where you grade elsewhere, set AUTOGRADER_SECRET to its text"
    )


def _due_dates(top: Path, shift: timedelta) -> dict[str, datetime]:
    with gradebook_of(top, empty=True) as gradebook:
        return {a.name: a.duedate + shift for a in gradebook.assignments if a.duedate is not None}


def _paths(top: Path) -> list[Path]:
    found = [top / name for name in (*FILES, *KEPT) if (top / name).is_file()]
    for folder in (submitted_folder(top), *(top / name for name in FOLDERS)):
        for inside, _, files in os.walk(folder):
            found += [Path(inside) / name for name in sorted(files)]
    return found


def _write(
    top: Path, archive: Path, paths: list[Path], gradebook: Path | None, texts: dict[str, str]
) -> None:
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
            for name, text in texts.items():
                packed.writestr(name, text)
        unfinished.chmod(0o600)
        with zipfile.ZipFile(unfinished) as packed:
            damaged = packed.testzip()
            if damaged is not None or len(packed.namelist()) != len(paths) + len(texts):
                raise UserError(f"{unfinished} is damaged; nothing was removed: try another disk")
        unfinished.rename(archive)
    except OSError as error:
        raise UserError(
            f"{archive} cannot be written ({error.strerror or error}); nothing was removed"
        ) from error
