"""Keeps marks out of commits: gradebook.db is committed with no student in it.

Grading writes marks into the same gradebook.db. So before the first mark is written, a git hook
is installed that turns down a commit of a gradebook with students in it. Git runs this file by
itself, so it imports the standard library alone.
"""

import os
import shlex
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

GRADEBOOK = "gradebook.db"
_SIGNATURE = "# Keeps students' marks out of commits; installed by the autograder."


def students_in(gradebook: bytes) -> int:
    """How many students a gradebook knows.

    Args:
        gradebook: the content of a gradebook.db.

    Raises:
        ValueError: if it is no gradebook.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / GRADEBOOK
        path.write_bytes(gradebook)
        try:
            database = sqlite3.connect(path)
            try:
                count = database.execute("SELECT COUNT(*) FROM student").fetchone()[0]
                return int(count)
            finally:
                database.close()
        except sqlite3.Error as error:
            raise ValueError(f"this is no gradebook: {error}") from error


def guard_commits(root: Path) -> str | None:
    """Have git turn down a commit that holds marks.

    Args:
        root: the course's top folder.

    Returns:
        a sentence for a person, if something was installed or could not be; else None.
    """
    git = _git(root, "rev-parse", "--show-toplevel", "--git-common-dir", "--git-path", "hooks")
    if git is None or Path(git[0]).resolve() != root.resolve():
        return None  # no repository of the course's own, so nothing to commit to
    hook = root / git[2] / "pre-commit"
    script = os.fspath(Path(__file__).resolve())
    command = f"{shlex.quote(sys.executable)} -I {shlex.quote(script)}"
    advice = f"To keep students' marks out of commits, add this line to it: {command} || exit 1"
    if not hook.resolve().is_relative_to((root / git[1]).resolve()):
        # One folder of hooks for all of a person's repositories is not ours to change.
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


def refuse_marks() -> int:
    """The git hook: 1, and a sentence, if the commit would hold students; else 0."""
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
    sys.exit(refuse_marks())
