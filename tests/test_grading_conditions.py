"""`make check` judges under the conditions of grading: imports, files and input."""

import re
import shutil
from pathlib import Path

import pytest

from autograder.catalogue import Assignment, load
from autograder.judging.verdict import Verdict
from autograder.learner.check import check_folder

ROOT = Path(__file__).resolve().parent.parent
FIRST = load().assignments[0]
EXERCISE = FIRST.exercises[0]


def checked(tmp_path: Path, before: str, helper: str = "") -> Verdict:
    """The verdict on the solved exercise with lines at the top of its file, and a helper file."""
    folder = tmp_path / "work"
    shutil.copytree(ROOT / "solutions" / FIRST.name, folder / FIRST.name)
    file = folder / EXERCISE.path
    file.write_text(f"{before}\n{file.read_text(encoding='utf-8')}", encoding="utf-8")
    if helper:
        (folder / FIRST.name / "helper.py").write_text(helper, encoding="utf-8")
    return check_folder(folder, (EXERCISE,))


@pytest.mark.parametrize(
    "line",
    [
        "import matplotlib.pyplot as plt",
        "import rich",
        "from scipy.signal import convolve2d",
        "import no_such_package.part as part",
        "import json, math, numpy.linalg",
        "try:\n    import matplotlib\nexcept ImportError:\n    pass\nelse:\n    matplotlib.x",
        f"from {FIRST.name}.helper import nothing",
    ],
)
def test_an_unused_import_costs_nothing(tmp_path: Path, line: str) -> None:
    assert checked(tmp_path, line, "nothing = 1\n").exercises[0].status == "passed"


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("import matplotlib.pyplot as plt\nplt.figure()", "matplotlib.pyplot.figure was used"),
        ("import rich\nclass A(rich.B):\n    pass", "rich is not there when your work is graded"),
        ("from torch import *", "torch is not there"),
        ("open('log.txt', 'w')", "no file but the exercises'"),
        ("input('n? ')", "Take the values from the arguments"),
        (f"from {FIRST.name}.helper import nothing\nnothing()", "does not come along"),
    ],
)
def test_what_grading_lacks_explains_itself_when_it_is_used(
    tmp_path: Path, lines: str, words: str
) -> None:
    verdict = checked(tmp_path, lines, "def nothing():\n    pass\n").exercises[0]
    assert verdict.status == "error"
    assert words in verdict.message
    assert verdict.lacks_something


@pytest.mark.parametrize("assignment", load().assignments, ids=lambda each: each.name)
def test_a_folder_of_one_assignment_says_what_it_lacks(
    tmp_path: Path, assignment: Assignment
) -> None:
    shutil.copytree(ROOT / "solutions" / assignment.name, tmp_path / assignment.name)
    for verdict in check_folder(tmp_path, assignment.exercises).exercises:
        exercise = load().exercise(verdict.exercise)
        if verdict.status == "blocked":
            assert set(verdict.waits_for) <= set(exercise.requires)
        elif verdict.status != "passed":
            assert re.match(r"\w+/(\w+\.py)? is not there", verdict.message)


def test_the_conditions_end_with_the_check(tmp_path: Path) -> None:
    checked(tmp_path, "")
    assert open.__name__ == "open"
    assert input.__name__ == "input"
    assert __import__.__name__ == "__import__"
