"""Marks are in no commit and survive git's commands; a committed gradebook has no students."""

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder.instructor import commit_guard, nbgrader_plugin
from autograder.instructor.marks_by_hand import watch_marks

ROOT = Path(__file__).resolve().parents[1]
NAME = commit_guard.GRADEBOOK


def git(where: Path, *arguments: str, ok: bool = True) -> str:
    who = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main"]
    done = subprocess.run(
        ["git", *who, *arguments], cwd=where, capture_output=True, text=True, check=False
    )
    assert not ok or done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def structure(path: Path, points: float) -> None:
    with Gradebook(f"sqlite:///{path}") as gradebook:
        gradebook.update_or_create_assignment("a1")
        gradebook.update_or_create_notebook("a1", "a1")
        gradebook.update_or_create_grade_cell("ex", "a1", "a1", max_score=points, cell_type="code")


def comment_box(path: Path) -> None:
    """Add the cell that grading adds to each exercise."""
    with Gradebook(f"sqlite:///{path}") as gradebook:
        gradebook.update_or_create_solution_cell("ex-code", "a1", "a1")


def mark(path: Path, student: str, score: float) -> None:
    with Gradebook(f"sqlite:///{path}") as gradebook:
        gradebook.update_or_create_student(student)
        gradebook.update_or_create_submission("a1", student)
        grade = gradebook.find_grade("ex", "a1", "a1", student)
        grade.auto_score, grade.manual_score = 1.0, score
        gradebook.db.commit()


def marks(path: Path) -> dict[str, float]:
    with closing(sqlite3.connect(path)) as database:
        rows = database.execute(
            "SELECT s.student_id, g.manual_score FROM grade g JOIN submitted_notebook n "
            "ON n.id = g.notebook_id JOIN submitted_assignment s ON s.id = n.assignment_id"
        )
        return dict(rows.fetchall())


def points(path: Path) -> float:
    with closing(sqlite3.connect(path)) as database:
        return float(database.execute("SELECT max_score FROM grade_cells").fetchone()[0])


def committed(where: Path) -> bytes:
    return subprocess.run(
        ["git", "show", f"HEAD:{NAME}"], cwd=where, capture_output=True, check=True
    ).stdout


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A gradebook with one exercise of 10 points."""
    nbgrader_plugin.install()
    watch_marks()
    path = tmp_path_factory.mktemp("template") / NAME
    structure(path, 10)
    return path


@pytest.fixture
def course(tmp_path: Path, template: Path) -> Path:
    """A course in git with a remote, the kit's .gitignore, and a mark in its gradebook."""
    root = tmp_path / "course"
    root.mkdir()
    git(root, "init")
    shutil.copy(ROOT / ".gitignore", root)
    shutil.copy(template, root)
    (root / "notes.txt").write_text("one\n")
    git(root, "add", "-A")
    git(root, "commit", "-m", "the structure")
    git(tmp_path, "clone", "--bare", "course", "remote.git")
    git(root, "remote", "add", "origin", str(tmp_path / "remote.git"))
    git(root, "push", "-u", "origin", "main")
    commit_guard.guard_commits(root)
    mark(root / NAME, "zoe", 7.0)
    return root


def test_marks_alone_are_no_change_to_git(course: Path) -> None:
    comment_box(course / NAME)
    assert git(course, "status", "--porcelain") == ""
    git(course, "commit", "-a", "--allow-empty", "-m", "nothing of theirs")
    assert commit_guard.students_in(committed(course)) == 0
    assert marks(course / NAME) == {"zoe": 7.0}


def test_many_marks_are_no_change_to_git_either(course: Path) -> None:
    """Many marks change the size of the file, which git compares first."""
    before = (course / NAME).stat().st_size
    with Gradebook(f"sqlite:///{course / NAME}") as gradebook:
        for number in range(60):
            gradebook.update_or_create_student(f"student{number}", first_name="x" * 1000)
    assert (course / NAME).stat().st_size > before
    commit_guard.show_no_change(course)
    assert git(course, "status", "--porcelain") == ""
    structure(course / NAME, 12)
    commit_guard.show_no_change(course)
    assert git(course, "status", "--porcelain") == f" M {NAME}\n", "points are a change"


def test_a_copy_of_the_gradebook_is_not_committed(course: Path) -> None:
    (course / "copies").mkdir()
    shutil.copy(course / NAME, course / "copies" / "marks backup.db")
    git(course, "add", "-A")
    said = git(course, "commit", "-m", "all", ok=False)
    assert "copies/marks backup.db holds students' marks. Not committed." in said
    assert "copies" not in git(course, "ls-tree", "-r", "--name-only", "HEAD")
    git(course, "restore", "--staged", "copies/marks backup.db")
    (course / "copies" / "all.csv").write_text("assignment,duedate,timestamp,student_id,score\n")
    git(course, "add", "copies/all.csv")
    said = git(course, "commit", "-m", "marks", ok=False)
    assert "copies/all.csv holds students' marks. Not committed." in said
    git(course, "restore", "--staged", "copies/all.csv")
    shutil.copy(course / "notes.txt", course / "copies" / "plain.db")
    git(course, "add", "copies/plain.db")
    git(course, "commit", "-m", "a file without marks")


@pytest.mark.parametrize("command", [["stash"], ["reset", "--hard"], ["checkout", "--", "."]])
def test_a_term_that_has_ended_does_not_come_back(
    course: Path, template: Path, command: list[str]
) -> None:
    assert marks(course / NAME) == {"zoe": 7.0}
    git(course, "status")
    commit_guard.let_go_of_marks(course)
    shutil.copy(template, course / NAME)
    (course / "notes.txt").write_text("three\n")
    git(course, *command)
    assert marks(course / NAME) == {}


@pytest.mark.sample(5)
@pytest.mark.parametrize("points_changed", [False, True])
@pytest.mark.parametrize(
    "commands",
    [
        [["stash"]],
        [["stash"], ["stash", "pop"]],
        [["reset", "--hard"]],
        [["reset", "--hard"], ["reset", "--hard", "HEAD"]],
        [["checkout", "--", "."]],
        [["commit", "-a", "-m", "all"]],
        [["add", "-A"], ["commit", "-m", "all"]],
        [["checkout", "-b", "other"], ["checkout", "main"]],
    ],
    ids=lambda commands: " then ".join(" ".join(command) for command in commands),
)
def test_marks_survive(course: Path, commands: list[list[str]], points_changed: bool) -> None:
    if points_changed:
        structure(course / NAME, 12)
    (course / "notes.txt").write_text("two\n")
    os.utime(course / NAME)
    for command in commands:
        git(course, *command)
        assert marks(course / NAME) == {"zoe": 7.0}
    assert commit_guard.students_in(committed(course)) == 0
    if points_changed and commands[-1][0] == "commit":
        assert points(course / NAME) == 12


@pytest.mark.parametrize("gradebook_changed", [False, True])
def test_marks_survive_a_pull(course: Path, tmp_path: Path, gradebook_changed: bool) -> None:
    git(tmp_path, "clone", "remote.git", "colleague")
    (tmp_path / "colleague" / "notes.txt").write_text("theirs\n")
    if gradebook_changed:
        structure(tmp_path / "colleague" / NAME, 15)
    git(tmp_path / "colleague", "commit", "-am", "theirs")
    git(tmp_path / "colleague", "push")
    git(course, "pull", "--ff-only")
    assert (course / "notes.txt").read_text() == "theirs\n"
    assert marks(course / NAME) == {"zoe": 7.0}
    assert points(course / NAME) == (15 if gradebook_changed else 10)


@pytest.mark.parametrize("points_changed", [False, True])
def test_marks_survive_the_stashing_of_pre_commit(course: Path, points_changed: bool) -> None:
    """The steps of the tool pre-commit: save unstaged changes as a patch, check out, apply it."""
    if points_changed:
        structure(course / NAME, 12)
    (course / "notes.txt").write_text("not staged\n")
    (course / "more.txt").write_text("staged\n")
    git(course, "add", "more.txt")
    patch = course.parent / "patch"
    git(course, "diff", "--no-ext-diff", "--binary", f"--output={patch}")
    git(course, "checkout", "--", ".")
    assert marks(course / NAME) == {"zoe": 7.0}
    git(course, "apply", "--whitespace=nowarn", str(patch))
    assert marks(course / NAME) == {"zoe": 7.0}
    assert (course / "notes.txt").read_text() == "not staged\n"
    assert points(course / NAME) == (12 if points_changed else 10)
    git(course, "commit", "-m", "staged")
    assert commit_guard.students_in(committed(course)) == 0


def test_changed_points_are_committed_and_a_clone_has_no_student(
    course: Path, tmp_path: Path
) -> None:
    comment_box(course / NAME)
    structure(course / NAME, 12)
    git(course, "commit", "-am", "other points")
    git(course, "push")
    git(tmp_path, "clone", "remote.git", "clone")
    data = (tmp_path / "clone" / NAME).read_bytes()
    assert commit_guard.students_in(data) == 0
    assert points(tmp_path / "clone" / NAME) == 12
    assert b"zoe" not in data
    assert b"ex-code" not in data
    assert marks(course / NAME) == {"zoe": 7.0}
    assert git(course, "status", "--porcelain") == ""


def test_the_filter_needs_nothing_but_this_file(tmp_path: Path, template: Path) -> None:
    alone = tmp_path / "filter.py"
    shutil.copy(commit_guard.__file__, alone)
    data = template.read_bytes()
    git(tmp_path, "init")
    for kind in ("clean", "smudge"):
        done = subprocess.run(
            [sys.executable, "-I", str(alone), kind],
            input=data,
            cwd=tmp_path,
            capture_output=True,
            check=True,
        )
        assert done.stdout == data
