"""A course that began with version 1 goes on: no mark is lost."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook

from autograder.catalogue import load
from autograder.instructor import autograde, graded_cells, run_nbgrader
from autograder.judging.verdict import ExerciseVerdict, Verdict

ROOT = Path(__file__).resolve().parent.parent
TERM = Path(__file__).resolve().parent / "fixtures" / "version_1_term"
A1 = load().assignments[0]


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "course"
    shutil.copytree(TERM / "autograded", root / "autograded")
    shutil.copy(TERM / "nbgrader_config.py.txt", root / "nbgrader_config.py")
    shutil.copytree(ROOT / "source" / A1.name, root / "source" / A1.name)
    with closing(sqlite3.connect(root / "gradebook.db")) as database:
        database.executescript((TERM / "gradebook.sql").read_text(encoding="utf-8"))
    for student in ("ada", "bob"):
        folder = root / "submitted" / student / A1.name
        folder.mkdir(parents=True)
        for name in A1.files:
            shutil.copy(root / "autograded" / student / A1.name / name, folder)

    def full(path: Path, assignment: str, **_: Any) -> Verdict:
        verdicts = [
            ExerciseVerdict(e.name, assignment, e.points, e.points, "passed") for e in A1.exercises
        ]
        return Verdict(str(path), "bubblewrap", verdicts)

    monkeypatch.setattr(graded_cells, "grade_folder", full)
    monkeypatch.setattr(autograde, "require_reference", lambda *_: None)
    return root


def stored(root: Path) -> dict[tuple[str, str], tuple[float | None, float | None]]:
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        return {
            (one.student_id, grade.cell.name): (grade.auto_score, grade.manual_score)
            for one in gradebook.assignment_submissions(A1.name)
            for book in one.notebooks
            for grade in book.grades
        }


@pytest.mark.soak
def test_marks_by_hand_stay_and_the_old_config_works(course: Path) -> None:
    before = stored(course)
    assert before["ada", "im2col"][1] == 12.0
    run_nbgrader.release(course, [A1.name])
    assert stored(course) == before, "releasing touches no mark"
    graded = {one.student: one for one in run_nbgrader.autograde(course, [A1.name])}
    assert {one.status for one in graded.values()} == {"graded"}
    after = stored(course)
    assert after["ada", "im2col"] == (15.0, 12.0)
    assert graded["ada"].score == 42
    again = run_nbgrader.autograde(course, [A1.name])
    assert {one.status for one in again} == {"as before"}
    assert stored(course) == after


def test_a_mark_by_hand_for_what_version_1_graded_goes_to_the_history(course: Path) -> None:
    """The graded copy shows which hand-in the mark was given for."""
    with (course / "submitted" / "ada" / A1.name / A1.files[0]).open("a") as file:
        file.write("\n# handed in again\n")
    run_nbgrader.release(course, [A1.name])
    run_nbgrader.autograde(course, [A1.name])
    assert stored(course)["ada", "im2col"] == (15.0, None)
