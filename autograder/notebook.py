"""`check("im2col")` in a notebook: the verdict in place, as a table.

The checks run in a process of their own, so a saved .py file is always read anew, and nothing
that it does can hurt the notebook's kernel.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from html import escape
from pathlib import Path

from autograder.catalogue import choose
from autograder.text import UserError


@dataclass(frozen=True)
class Shown:
    """What `check` returns: its text is the score, which nbgrader reads; its HTML is for people."""

    score: float
    text: str
    html: str

    def __repr__(self) -> str:
        return repr(self.score)

    def _repr_html_(self) -> str:
        return self.html


def check(exercise: str) -> Shown:
    """Check one exercise in the .py file beside this notebook, and show the verdict.

    What cannot be checked scores 0: nbgrader's Validate reads a cell without a result as passed.

    Args:
        exercise: its name, e.g. "im2col".
    """
    try:
        wanted = choose(Path.cwd()).exercise(exercise)
    except UserError as error:
        return _not_checked(str(error))
    here = Path.cwd()
    folder = here.parent if here.name == wanted.assignment else here
    if not (folder / wanted.assignment).is_dir():
        return _not_checked(
            f"{wanted.path} is not here: open this notebook in its own folder, "
            f"{wanted.assignment}/, as it was handed out."
        )
    command = [sys.executable, "-m", "autograder", "check", str(folder), "--exercise", exercise]
    done = subprocess.run([*command, "--notebook"], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        return _not_checked(
            done.stderr.strip() or "the check could not be run; try `make check` in a terminal"
        )
    return Shown(**json.loads(done.stdout.splitlines()[-1]))


def _not_checked(why: str) -> Shown:
    return Shown(0.0, why, f"<p><b>not checked:</b> {escape(why)}</p>")
