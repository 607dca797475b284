"""Generates the committed assignments/ and gradebook.db again, and compares or replaces them."""

import contextlib
import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from autograder.catalogue import load
from autograder.instructor import commit_guard, generated
from autograder.instructor.commit_guard import GRADEBOOK, students_in
from autograder.instructor.generate_assignment import GENERATE
from autograder.instructor.run_nbgrader import course_config, release_one
from autograder.packaging.file_names import is_litter
from autograder.text import UserError


def stale(root: Path) -> list[str]:
    """The stale files of the committed assignments/: generating would write other content.

    In a git repository that tracks them, the staged content is compared, so a learner's filled
    stubs in the working tree are not stale. Otherwise the files on disk are compared.

    Raises:
        UserError: if the assignments cannot be generated.
    """
    config = course_config(root)
    expected: dict[str, str] = {}
    for name in [each.name for each in load().assignments]:
        fresh = generated.generate(root, name, GENERATE, config)
        expected.update({f"{name}/{file}": generated.digest(d) for file, d in fresh.items()})
    committed = _committed(root)
    problems = [name for name, mark in expected.items() if committed.get(name) != mark]
    problems += [name for name in committed if name not in expected]
    return sorted(problems)


def build_gradebook(root: Path) -> bool:
    """Rebuild gradebook.db: all assignments, cells and points, and no student.

    Args:
        root: the course's top folder; its assignments/ is not changed.

    Returns:
        whether the file was changed; a file with the right content is kept.

    Raises:
        UserError: if gradebook.db holds students (their marks would be lost), or an
            assignment cannot be generated.
    """
    path = root / GRADEBOOK
    if path.exists():
        try:
            students = students_in(path.read_bytes())
        except ValueError as error:
            raise UserError(f"{path}: {error}. Move it away, then try again.") from error
        if students:
            raise UserError(
                f"{path} holds the marks of {students} students, which rebuilding would lose. "
                "Keep them (make export), move the file away, then try again."
            )
    with _new_gradebook(root) as built:
        if path.exists() and gradebook_contents(path) == gradebook_contents(built):
            return False
        temporary = path.with_suffix(".db.new")
        shutil.copyfile(built, temporary)
        os.replace(temporary, path)
    return True


def gradebook_is_fresh(root: Path) -> bool:
    """Whether gradebook.db holds exactly the catalogue's assignments, cells and points.

    Students and marks are not compared, so a gradebook in use can be fresh.
    """
    path = root / GRADEBOOK
    if not path.is_file():
        return False
    with _new_gradebook(root) as built:
        return gradebook_contents(path) == gradebook_contents(built)


def gradebook_contents(path: Path) -> list[tuple[Any, ...]]:
    """Everything in a gradebook about assignments, without random row ids and without marks.

    Args:
        path: an SQLite gradebook.

    Raises:
        UserError: if it is not a gradebook.
    """
    database = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    try:
        return commit_guard.contents(database)
    except sqlite3.Error as error:
        raise UserError(f"{path} is not a gradebook of this nbgrader: {error}") from error
    finally:
        database.close()


@contextlib.contextmanager
def _new_gradebook(root: Path) -> Iterator[Path]:
    """A new gradebook with all assignments, in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="gradebook-") as scratch:
        config = course_config(root)
        path = Path(scratch) / GRADEBOOK
        config.CourseDirectory.db_url = f"sqlite:///{path}"
        config.CourseDirectory.release_directory = str(Path(scratch) / "assignments")
        for name in [each.name for each in load().assignments]:
            release_one(config, name)
        database = sqlite3.connect(path)
        database.execute("VACUUM")
        database.close()
        yield path


def _committed(root: Path) -> dict[str, str]:
    """The digest of each file, by path below assignments/: as staged in git, else as on disk."""
    release = root / "assignments"
    listed = subprocess.run(
        ["git", "-C", str(root), "ls-files", "-z", "--", "assignments"],
        capture_output=True,
        check=False,
    )
    names = [name for name in listed.stdout.decode().split("\0") if name]
    found = {}
    if listed.returncode == 0 and names:
        for name in names:
            shown = subprocess.run(
                ["git", "-C", str(root), "show", f":./{name}"], capture_output=True, check=True
            )
            found[name.removeprefix("assignments/")] = generated.digest(shown.stdout)
    else:
        for path in release.rglob("*"):
            if path.is_file() and not any(map(is_litter, path.relative_to(release).parts)):
                found[path.relative_to(release).as_posix()] = generated.digest(path.read_bytes())
    found.pop(generated.MANIFEST, None)
    return found
