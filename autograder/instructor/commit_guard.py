"""Keeps marks out of commits, and safe from git's commands: gradebook.db is committed empty.

gradebook.db is committed with the course's structure, and grading writes marks into the same file.
So a git filter is installed before the first mark is written. When git reads the file, the filter
removes the students (`clean`). When git writes it, the filter adds the marks again (`smudge`); it
reads them from a hard link in git's own folder, because git deletes the file before it writes it.
If a commit holds students anyway, a hook rejects it. Git runs this file on its own, so it imports
only the standard library.
"""

import contextlib
import os
import shlex
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

GRADEBOOK = "gradebook.db"
# In git's folder: a hard link to gradebook.db while that holds marks.
KEPT = "gradebook-with-marks.db"
FILTER = "gradebook"
_OF_STUDENTS = ("comment", "grade", "submitted_notebook", "submitted_assignment", "student")
# The columns of a cell that change when its points or its text change.
_OF_CELLS = {
    "grade_cells": ("max_score", "cell_type"),
    "task_cells": ("max_score", "cell_type"),
    "source_cell": ("cell_type", "locked", "source", "checksum"),
}
# Grading adds a cell for comments to each exercise; it is not part of the course's structure.
_OF_GRADING = (
    "SELECT b.id FROM base_cell b JOIN base_cell g ON g.notebook_id = b.notebook_id "
    "AND g.type = 'GradeCell' AND b.name = g.name || '-code' WHERE b.type = 'SolutionCell'"
)
_CSV_OF_NBGRADER = b"assignment,duedate,timestamp,student_id,"
_SIGNATURE = "# Keeps students' marks out of commits; installed by the autograder."


def students_in(gradebook: bytes) -> int:
    """How many students are in a gradebook.

    Args:
        gradebook: the content of a gradebook.db.

    Raises:
        ValueError: if it is not a gradebook.
    """
    with _opened(gradebook) as (database, _):
        try:
            return int(database.execute("SELECT COUNT(*) FROM student").fetchone()[0])
        except sqlite3.Error as error:
            raise ValueError(f"this is not a gradebook: {error}") from error


def contents(database: sqlite3.Connection) -> list[tuple[Any, ...]]:
    """Everything in a gradebook about assignments, without random row ids and without marks.

    Cells that grading adds are left out.

    Raises:
        sqlite3.Error: if it is not a gradebook.
    """
    notebooks = (
        "JOIN notebook n ON n.id = c.notebook_id JOIN assignment a ON a.id = n.assignment_id"
    )
    rows: list[tuple[Any, ...]] = database.execute(
        "SELECT a.name, n.name, n.kernelspec, c.name, c.cell_type, c.locked, c.source, "
        f"c.checksum FROM source_cell c {notebooks}"
    ).fetchall()
    for table, columns in (
        ("grade_cells", "t.max_score, t.cell_type"),
        ("solution_cells", "NULL"),
        ("task_cells", "t.max_score, t.cell_type"),
    ):
        rows += database.execute(
            f"SELECT a.name, n.name, c.type, c.name, {columns} "
            f"FROM {table} t JOIN base_cell c ON c.id = t.id {notebooks} "
            f"WHERE c.id NOT IN ({_OF_GRADING})"
        ).fetchall()
    return sorted(rows, key=repr)


def clean(gradebook: bytes, committed: list[bytes]) -> bytes:
    """What git stores of a gradebook in use: its structure, without students.

    Args:
        gradebook: the file's content.
        committed: the versions that git has; one with the same structure is returned as it is, so
            that git sees no change.
    """
    try:
        if students_in(gradebook) == 0:
            return gradebook
    except ValueError:
        return gradebook  # not a gradebook: the hook rejects the commit
    with _opened(gradebook) as (database, _):
        structure = contents(database)
        for known in committed:
            with contextlib.suppress(sqlite3.Error), _opened(known) as (other, _):
                if contents(other) == structure:
                    return known
        for table in _OF_STUDENTS:
            database.execute(f"DELETE FROM {table}")
        database.execute(f"DELETE FROM solution_cells WHERE id IN ({_OF_GRADING})")
        database.execute(f"DELETE FROM base_cell WHERE id IN ({_OF_GRADING})")
        database.commit()
        script = "\n".join(database.iterdump())
    # Build a new file: no page of it holds deleted rows, and its bytes are always the same.
    with _opened(b"") as (fresh, path):
        fresh.executescript(script)
        fresh.commit()
        fresh.close()
        return path.read_bytes()


def says_nothing_new(gradebook: bytes, before: bytes) -> bool:
    """Whether a gradebook without students differs from an earlier one only in row ids."""
    try:
        if students_in(gradebook) or students_in(before):
            return False
        with _opened(gradebook) as (now, _), _opened(before) as (then, _):
            return contents(now) == contents(then)
    except (ValueError, sqlite3.Error):
        return False


def smudge(committed: bytes, kept: bytes | None) -> bytes:
    """What git writes to disk: the committed structure, with the marks of the gradebook in use.

    Args:
        committed: the content that git has.
        kept: the gradebook in use, or None if there is none.
    """
    try:
        if kept is None or students_in(kept) == 0 or students_in(committed):
            return committed
    except ValueError:
        return committed
    with _opened(committed) as (theirs, _), _opened(kept) as (ours, path):
        if _cells(theirs).keys() != _cells(ours).keys():
            return kept  # other cells: only `make release` may change them
        for key, row in _cells(theirs).items():
            table, columns = key[0], _OF_CELLS[key[0]]
            sets = ", ".join(f"{column} = ?" for column in columns)
            ours.execute(
                f"UPDATE {table} SET {sets} WHERE id = ?", (*row[1:], _cells(ours)[key][0])
            )
        ours.commit()
        ours.close()
        return path.read_bytes()


def _cells(database: sqlite3.Connection) -> dict[tuple[str, ...], tuple[Any, ...]]:
    """Row id and contents of every cell, by table and place."""
    found: dict[tuple[str, ...], tuple[Any, ...]] = {}
    for table, columns in _OF_CELLS.items():
        of_base = table != "source_cell"
        cell = "JOIN base_cell c ON c.id = t.id" if of_base else ""
        base = "c" if of_base else "t"
        rows = database.execute(
            f"SELECT a.name, n.name, {base}.name, t.id, {', '.join('t.' + c for c in columns)} "
            f"FROM {table} t {cell} JOIN notebook n ON n.id = {base}.notebook_id "
            "JOIN assignment a ON a.id = n.assignment_id"
        )
        for assignment, notebook, name, *rest in rows:
            found[table, assignment, notebook, name] = tuple(rest)
    return found


@contextlib.contextmanager
def _opened(gradebook: bytes) -> Iterator[tuple[sqlite3.Connection, Path]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / GRADEBOOK
        path.write_bytes(gradebook)
        database = sqlite3.connect(path)
        try:
            yield database, path
        finally:
            database.close()


def keep_marks(root: Path) -> None:
    """Hard-link the gradebook in use into git's folder, where git does not delete it."""
    kept, gradebook = _kept_of(root), root / GRADEBOOK
    if kept is None or not gradebook.is_file():
        return
    with contextlib.suppress(OSError, ValueError):
        if kept.is_file():
            if os.path.samefile(kept, gradebook):
                return
            # Git makes files readable for everybody: restore the stricter mode.
            gradebook.chmod(gradebook.stat().st_mode & kept.stat().st_mode)
            if students_in(gradebook.read_bytes()) == 0:
                return  # the gradebook was emptied; the link may hold the only marks left
        new = kept.with_suffix(".new")
        new.unlink(missing_ok=True)
        os.link(gradebook, new)
        os.replace(new, kept)


def show_no_change(root: Path) -> None:
    """Make `git status` report no change if the gradebook differs from the commit only in marks.

    Git compares file sizes before it runs the filter. If the filtered content is unchanged,
    `git add` stages nothing, but makes git record the new size.
    """
    if _git(root, "config", "--local", "--get", f"filter.{FILTER}.clean") is None:
        return
    shown = _git(root, "status", "--porcelain", "--", GRADEBOOK)
    if shown and shown[0][1:2] == "M" and _git(root, "diff", "--quiet", "--", GRADEBOOK) == []:
        _git(root, "add", "--", GRADEBOOK)


def let_go_of_marks(root: Path) -> None:
    """Remove the link to the gradebook: its term has ended, and git must not restore its marks."""
    if (kept := _kept_of(root)) is not None:
        kept.unlink(missing_ok=True)


def _kept_of(root: Path) -> Path | None:
    """The path of the hard link; None if the course's top folder is not a repository's top."""
    git = _git(root, "rev-parse", "--show-toplevel", "--git-common-dir")
    if git is None or Path(git[0]).resolve() != root.resolve():
        return None
    return root / git[1] / KEPT


def _install_filter(root: Path, git_folder: Path) -> None:
    script = f"{shlex.quote(sys.executable)} -I {shlex.quote(os.fspath(Path(__file__).resolve()))}"
    for key, value in (
        ("clean", f"{script} clean"),
        ("smudge", f"{script} smudge"),
        ("required", "true"),
    ):
        name = f"filter.{FILTER}.{key}"
        if _git(root, "config", "--local", "--get", name) != [value]:
            _git(root, "config", "--local", name, value)
    attributes = git_folder / "info" / "attributes"
    line = f"/{GRADEBOOK} filter={FILTER} -text"
    present = attributes.read_text(encoding="utf-8") if attributes.is_file() else ""
    if line not in present.splitlines():
        attributes.parent.mkdir(exist_ok=True)
        attributes.write_text(f"{present.rstrip()}\n{line}\n".lstrip(), encoding="utf-8")


def guard_commits(root: Path) -> str | None:
    """Install the filter and the hook that keep marks out of commits.

    Args:
        root: the course's top folder.

    Returns:
        a sentence for a person if the hook was installed, or something could not be; else None.
    """
    git = _git(root, "rev-parse", "--show-toplevel", "--git-common-dir", "--git-path", "hooks")
    if git is None or Path(git[0]).resolve() != root.resolve():
        return None  # the course has no repository of its own, so nothing to guard
    try:
        _install_filter(root, root / git[1])
    except OSError as error:
        return f"marks in {GRADEBOOK} are not kept out of commits: {error}"
    keep_marks(root)
    hook = root / git[2] / "pre-commit"
    script = os.fspath(Path(__file__).resolve())
    command = f"{shlex.quote(sys.executable)} -I {shlex.quote(script)}"
    advice = f"To keep students' marks out of commits, add this line to it: {command} || exit 1"
    if not hook.resolve().is_relative_to((root / git[1]).resolve()):
        # Do not change a folder of hooks outside: it may serve all of a person's repositories.
        present = hook.read_text(errors="replace") if hook.is_file() else ""
        return None if command in present else f"git's hooks are in {hook.parent}. {advice}"
    text = f"#!/bin/sh\n{_SIGNATURE}\nexec {command}\n"
    if hook.exists():
        present = hook.read_text(encoding="utf-8", errors="replace")
        if text == present or (_SIGNATURE not in present and command in present):
            return None
        if _SIGNATURE not in present:
            return f"git has a pre-commit hook of yours, {hook}. {advice}"
    try:
        hook.parent.mkdir(parents=True, exist_ok=True)
        hook.write_text(text, encoding="utf-8")
        hook.chmod(0o755)
    except OSError as error:
        return f"marks in {GRADEBOOK} are not kept out of commits: {error}"
    return f"from now on git turns down a commit of {GRADEBOOK} with students in it ({hook})"


def guard_marks(root: Path) -> None:
    """Like `guard_commits`, but silent, and only if the gradebook already holds students.

    A gradebook with marks may be a copy, or come from another grader.
    """
    try:
        address = f"{(root / GRADEBOOK).resolve().as_uri()}?mode=ro"
        with contextlib.closing(sqlite3.connect(address, uri=True)) as db:
            anybody = db.execute("SELECT 1 FROM student LIMIT 1").fetchone()
    except sqlite3.Error:
        return
    if anybody:
        guard_commits(root)


def committed_files(root: Path) -> list[str]:
    """The course's files that git tracks, but for gradebook.db; none without a repository."""
    listed = _git(root, "-c", "core.quotePath=off", "ls-files")
    return [name for name in listed or () if name != GRADEBOOK]


def _staged_copies() -> list[str]:
    """The staged files with marks: databases other than gradebook.db, and nbgrader's CSV files."""
    listed = subprocess.run(
        ["git", "diff", "--cached", "--name-only", "-z", "--diff-filter=d"],
        capture_output=True,
        check=False,
    )
    # `git cat-file` reads one name per line, so skip a name with a line break.
    listed_names = [n for n in os.fsdecode(listed.stdout).split("\0") if n and "\n" not in n]
    names = [name for name in listed_names if name != GRADEBOOK]
    asked = "".join(f":{name}\n" for name in names)
    sizes = subprocess.run(
        ["git", "cat-file", "--batch-check=%(objecttype) %(objectsize)"],
        input=os.fsencode(asked),
        capture_output=True,
        check=False,
    ).stdout.split(b"\n")
    found = []
    for name, line in zip(names, sizes, strict=False):
        kind, _, size = line.partition(b" ")
        # An SQLite database has a size that is a multiple of 512 bytes, its smallest page.
        pages = size.isdigit() and int(size) % 512 == 0 and int(size) > 0
        if kind != b"blob" or not (pages or name.lower().endswith(".csv")):
            continue
        shown = subprocess.run(["git", "show", f":{name}"], capture_output=True, check=False)
        data = shown.stdout
        if data.startswith(_CSV_OF_NBGRADER) or (
            data.startswith(b"SQLite format 3\0") and _names_students(data)
        ):
            found.append(name)
    return found


def _names_students(data: bytes) -> bool:
    """Whether a database, such as a copy of the gradebook or of its history, names a student."""
    with _opened(data) as (database, _):
        for table in ("student", "mark", "graded", "change"):
            with contextlib.suppress(sqlite3.Error):
                if database.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone():
                    return True
    return False


def refuse_marks() -> int:
    """The git hook: if the commit would hold students, print a sentence and return 1; else 0."""
    copies = _staged_copies()
    for name in copies:
        print(
            f"{name} holds students' marks. Not committed.\n"
            f"To leave it out of this commit:  git restore --staged {shlex.quote(name)}",
            file=sys.stderr,
        )
    if copies:
        return 1
    staged = subprocess.run(
        ["git", "diff", "--cached", "--quiet", "--diff-filter=d", "--", GRADEBOOK], check=False
    )
    if staged.returncode == 0:
        return 0
    shown = subprocess.run(["git", "show", f":{GRADEBOOK}"], capture_output=True, check=False)
    try:
        students = students_in(shown.stdout)
    except ValueError as error:
        print(f"{GRADEBOOK}: {error}. Not committed.", file=sys.stderr)
        return 1
    if students == 0:
        return 0
    print(
        f"{GRADEBOOK} holds the marks of {students} student{'s' if students > 1 else ''}. "
        "Not committed.\n"
        f"To leave it out of this commit:  git restore --staged {GRADEBOOK}",
        file=sys.stderr,
    )
    return 1


def _filter(kind: str) -> int:
    """The git filter, `kind` "clean" or "smudge": from standard input to standard output."""
    data = sys.stdin.buffer.read()
    top = _git(Path(), "rev-parse", "--show-toplevel", "--git-common-dir")
    root = Path(top[0]) if top else Path()
    if kind == "clean":
        committed = [
            shown.stdout
            for place in (f":{GRADEBOOK}", f"HEAD:{GRADEBOOK}")
            if (
                shown := subprocess.run(
                    ["git", "cat-file", "blob", place], capture_output=True, check=False
                )
            ).returncode
            == 0
        ]
        keep_marks(root)
        data = clean(data, committed)
    elif top:
        kept = Path(top[1]) / KEPT
        data = smudge(data, kept.read_bytes() if kept.is_file() else None)
    sys.stdout.buffer.write(data)
    return 0


def _git(root: Path, *arguments: str) -> list[str] | None:
    try:
        done = subprocess.run(
            ["git", "-C", os.fspath(root), *arguments],
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return None
    return done.stdout.splitlines() if done.returncode == 0 else None


if __name__ == "__main__":
    sys.exit(_filter(sys.argv[1]) if len(sys.argv) > 1 else refuse_marks())
