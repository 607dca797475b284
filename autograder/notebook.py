"""`check("im2col")` in a notebook shows the verdict below the cell.

The checks run in a separate process. They always read the saved .py file, and an error in that
file cannot stop or change the notebook's kernel.
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
    """The result of `check`: nbgrader reads the score (the repr); the notebook shows the HTML."""

    score: float
    text: str
    html: str

    def __repr__(self) -> str:
        return repr(self.score)

    def _repr_html_(self) -> str:
        return self.html


def check(exercise: str) -> Shown:
    """Check one exercise in the .py file next to this notebook, and show the verdict.

    If the check cannot run, the score is 0, because nbgrader's Validate counts a cell without a
    result as passed.

    Args:
        exercise: the name of the exercise, e.g. "im2col".
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
