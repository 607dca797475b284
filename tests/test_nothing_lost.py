"""The grader is killed again and again, and no mark of the class is lost."""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder.instructor.sample_class import hand_in, sample_class

ROOT = Path(__file__).resolve().parent.parent
ASSIGNMENT = "a1_convolution"
CLASS_SIZE = 6


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A released course with six submissions of a1, and nothing graded."""
    top = tmp_path_factory.mktemp("course")
    shutil.copy(ROOT / "nbgrader_config.py", top)
    for name in ("source", "solutions"):
        shutil.copytree(ROOT / name / ASSIGNMENT, top / name / ASSIGNMENT)
    run("release", ASSIGNMENT, cwd=top)
    students = sample_class().students
    for number in range(CLASS_SIZE):
        target = top / "submitted" / f"student{number:02}"
        # All submissions differ, so that none gets its verdict from the store.
        hand_in(students[number % len(students)], target, [ASSIGNMENT], text=str(number))
    return top


@pytest.mark.timeout(1200)
@pytest.mark.parametrize(
    ("programs", "kills", "students"),
    [
        (["autograder", "nbgrader"], 6, 2),
        pytest.param(["autograder"], 25, CLASS_SIZE, marks=pytest.mark.soak),
        pytest.param(["nbgrader"], 25, CLASS_SIZE, marks=pytest.mark.soak),
    ],
)
def test_killed_at_any_moment_the_gradebook_is_that_of_an_undisturbed_run(
    course: Path, tmp_path: Path, programs: list[str], kills: int, students: int
) -> None:
    undisturbed, killed = tmp_path / "undisturbed", tmp_path / "killed"
    shutil.copytree(course, killed)
    for folder in sorted((killed / "submitted").iterdir())[students:]:
        shutil.rmtree(folder)
    started = time.monotonic()
    shutil.copytree(killed, undisturbed)
    first = programs[0]
    run("autograde", ASSIGNMENT, cwd=undisturbed, store=tmp_path / "store1", program=first)
    long = time.monotonic() - started

    moments = random.Random(7 + kills)
    for number in range(kills):
        # Hand in again: there is always work to grade, and an older mark that could be lost.
        student = f"student{moments.randrange(students):02}"
        with (killed / "submitted" / student / ASSIGNMENT / "convolution.py").open("a") as stream:
            stream.write(f"# once more: {number}\n")
        program = programs[number % len(programs)]
        process = start(
            "autograde", ASSIGNMENT, cwd=killed, store=tmp_path / "store2", program=program
        )
        time.sleep(moments.uniform(0.1, long))
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    run("autograde", ASSIGNMENT, cwd=killed, store=tmp_path / "store2", program=first)
    shutil.rmtree(undisturbed / "submitted")
    shutil.copytree(killed / "submitted", undisturbed / "submitted")
    run("autograde", ASSIGNMENT, cwd=undisturbed, store=tmp_path / "store1", program=first)
    assert marks(killed) == marks(undisturbed)
    assert len(marks(killed)) == students * 4
    assert all(score is not None and not waits for _, _, score, waits in marks(killed))


@pytest.mark.soak
def test_marks_given_by_hand_go_to_the_history_at_a_new_hand_in(
    course: Path, tmp_path: Path
) -> None:
    top = tmp_path / "course"
    shutil.copytree(course, top)
    for folder in sorted((top / "submitted").iterdir())[2:]:
        shutil.rmtree(folder)
    (top / "submitted" / "student00" / "backprop.py").touch()
    (top / "submitted" / "student00" / "notes.txt").touch()
    (top / "submitted" / "student00" / ASSIGNMENT / "convolution (1).py").touch()
    out = run("autograde", cwd=top)
    assert "student00: backprop.py lies outside an assignment's folder" in out
    assert "notes.txt" not in out
    assert "convolution (1).py was left out: no file of this assignment" in out
    with Gradebook(f"sqlite:///{top / 'gradebook.db'}") as gradebook:
        grade = gradebook.find_grade("im2col", ASSIGNMENT, ASSIGNMENT, "student00")
        grade.manual_score, grade.extra_credit = 3.0, 1.0
        gradebook.db.commit()
    with (top / "submitted" / "student00" / ASSIGNMENT / "convolution.py").open("a") as stream:
        stream.write("# handed in once more\n")
    out = run("autograde", cwd=top)
    assert "the gradebook as it was: " in out
    assert "; 1 judged before: same files, checks and points" in out
    with Gradebook(f"sqlite:///{top / 'gradebook.db'}") as gradebook:
        grade = gradebook.find_grade("im2col", ASSIGNMENT, ASSIGNMENT, "student00")
        assert (grade.manual_score, grade.extra_credit) == (None, None)
    assert "im2col: 3 and 1 extra by hand for an older submission" in out
    assert "new hand-in" in run("history", "--student", "student00", cwd=top)


@pytest.mark.soak
def test_changed_points_reach_the_gradebook(course: Path, tmp_path: Path) -> None:
    """The files are the same, but the points change: the stored marks must be the new ones."""
    top = tmp_path / "course"
    shutil.copytree(course, top)
    for folder in sorted((top / "submitted").iterdir())[1:]:
        shutil.rmtree(folder)
    run("autograde", cwd=top)
    with Gradebook(f"sqlite:///{top / 'gradebook.db'}") as gradebook:
        before = gradebook.find_submission(ASSIGNMENT, "student00").score
    assert before == 45
    kit = tmp_path / "kit"
    shutil.copytree(ROOT / "autograder", kit / "autograder")
    shutil.copytree(ROOT / "cnnlab", kit / "cnnlab")
    shutil.copytree(ROOT / "solutions", kit / "solutions")
    catalogue = kit / "autograder" / "exercises" / "course.toml"
    text = catalogue.read_text(encoding="utf-8")
    catalogue.write_text(text.replace("points = 5\n", "points = 8\n", 1), encoding="utf-8")
    process = start("autograde", cwd=top, kit=kit)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 2
    assert "other exercises or points" in err
    assert "student00" not in out, "it is refused before anything is judged"
    run("release", ASSIGNMENT, cwd=top, kit=kit)
    run("autograde", cwd=top, kit=kit)
    with Gradebook(f"sqlite:///{top / 'gradebook.db'}") as gradebook:
        submission = gradebook.find_submission(ASSIGNMENT, "student00")
        assert (submission.score, submission.max_score) == (48, 48)


@pytest.mark.soak
def test_a_locked_gradebook_is_said_and_the_same_command_completes(
    course: Path, tmp_path: Path
) -> None:
    top = tmp_path / "course"
    shutil.copytree(course, top)
    for folder in sorted((top / "submitted").iterdir())[1:]:
        shutil.rmtree(folder)
    lock = sqlite3.connect(top / "gradebook.db", isolation_level=None)
    lock.execute("BEGIN EXCLUSIVE")
    process = start("autograde", cwd=top)
    out, err = process.communicate(timeout=120)
    lock.close()
    assert "Traceback" not in out + err
    assert "locked" in out + err
    assert "1 of 1 submission is in the gradebook" in run("autograde", cwd=top)


def test_a_gradebook_that_cannot_be_written_is_said(course: Path, tmp_path: Path) -> None:
    top = tmp_path / "course"
    shutil.copytree(course, top)
    for folder in sorted((top / "submitted").iterdir())[1:]:
        shutil.rmtree(folder)
    (top / "gradebook.db").write_bytes(b"this was a gradebook once " * 100)
    process = start("autograde", cwd=top)
    out, err = process.communicate(timeout=120)
    assert "Traceback" not in out + err
    assert "gradebook" in err
    assert process.returncode == 2


def run(
    *arguments: str,
    cwd: Path,
    store: Path | None = None,
    kit: Path | None = None,
    program: str = "autograder",
) -> str:
    """Run a command, which must end with exit status 0 or 3; return its output."""
    process = start(*arguments, cwd=cwd, store=store, kit=kit, program=program)
    out, err = process.communicate(timeout=280)
    assert process.returncode in (0, 3), out + err
    return out


def start(
    *arguments: str,
    cwd: Path,
    store: Path | None = None,
    kit: Path | None = None,
    program: str = "autograder",
) -> "subprocess.Popen[str]":
    environment = os.environ | {"COLUMNS": "200", "AUTOGRADER_SECRET": "nothing lost"}
    if kit is not None:
        environment["PYTHONPATH"] = str(kit)
    if store is not None:
        environment["AUTOGRADER_STORE"] = str(store)
    return subprocess.Popen(
        [sys.executable, "-m", program, *arguments],
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def marks(top: Path) -> list[tuple[object, ...]]:
    """Every student's score in every cell."""
    database = sqlite3.connect(top / "gradebook.db")
    try:
        return database.execute(
            "SELECT s.student_id, c.name, g.auto_score, g.needs_manual_grade FROM grade g "
            "JOIN base_cell c ON c.id = g.cell_id "
            "JOIN submitted_notebook n ON n.id = g.notebook_id "
            "JOIN submitted_assignment s ON s.id = n.assignment_id ORDER BY 1, 2"
        ).fetchall()
    finally:
        database.close()
