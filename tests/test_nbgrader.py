"""All steps of nbgrader, really run in temporary courses; each of its traps has a test here."""

import csv
import io
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps.api import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import SaveCells
from support.cells import graded_cell
from traitlets.config import PyFileConfigLoader

from autograder.catalogue import load
from autograder.instructor import (
    autograde,
    commit_guard,
    fresh,
    generated,
    graded_cells,
    run_nbgrader,
)
from autograder.instructor.commit_guard import students_in
from autograder.instructor.generate_assignment import GENERATE
from autograder.instructor.shown_code import comment_cells
from autograder.judging.verdict import ExerciseVerdict, Verdict
from autograder.text import UserError

ROOT = Path(__file__).resolve().parent.parent
COURSE = load()
A1 = COURSE.assignments[0]
NAME = A1.name
PROGRAMS = Path(sys.executable).parent


def essay_cell() -> Any:
    settings = {
        "grade": True,
        "solution": True,
        "locked": False,
        "task": False,
        "schema_version": 3,
        "grade_id": "essay",
        "points": 5,
        "cell_type": "markdown",
    }
    return nbformat.v4.new_markdown_cell("Why?", id="essay", metadata={"nbgrader": settings})


def write_sources(root: Path) -> None:
    for assignment in COURSE.assignments:
        cells = [graded_cell(e.name, k) for k, e in enumerate(assignment.exercises)]
        title = nbformat.v4.new_markdown_cell(f"# {assignment.title}", id="title")
        extra = [essay_cell()] if assignment is A1 else []
        notebook = nbformat.v4.new_notebook(
            cells=[title, *cells, *extra],
            metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
        )
        folder = root / "source" / assignment.name
        folder.mkdir(parents=True)
        nbformat.write(notebook, folder / f"{assignment.name}.ipynb")


@pytest.fixture(scope="session")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("released")
    shutil.copy(ROOT / "nbgrader_config.py", root)
    write_sources(root)
    assert run_nbgrader.release(root) == [a.name for a in COURSE.assignments]
    return root


@pytest.fixture
def course(released: Path, tmp_path: Path) -> Path:
    root = tmp_path / "course"
    shutil.copytree(released, root)
    return root


Scores = dict[str, Any]


@pytest.fixture
def scores(monkeypatch: pytest.MonkeyPatch) -> Scores:
    """Grade without a sandbox: a filled stub passes, unless this dictionary sets a score."""
    given: Scores = {}

    def grade(path: Path, assignment: str, *, allow_unsandboxed: bool) -> Verdict:
        verdicts = []
        for exercise in COURSE.assignment(assignment).exercises:
            file = path / exercise.path
            text = file.read_text() if file.is_file() else "raise NotImplementedError"
            if "explode" in text:
                raise RuntimeError("the grader broke down")
            done = f'NotImplementedError("{exercise.name}")' not in text and file.is_file()
            score = given.get(exercise.name, exercise.points if done else 0.0)
            verdicts.append(
                ExerciseVerdict(
                    exercise.name,
                    assignment,
                    exercise.points,
                    score,
                    "passed" if done else "todo",
                    "" if done else "Still to be written.",
                )
            )
        return Verdict(str(path), given.get("isolation", "bubblewrap"), verdicts)

    monkeypatch.setattr(graded_cells, "grade_folder", grade)
    monkeypatch.setattr(autograde, "require_reference", lambda *_: None)
    return given


def hand_in(root: Path, student: str, filled: bool = True, notebook: bool = False) -> Path:
    folder = root / "submitted" / student / NAME
    folder.mkdir(parents=True)
    origin = (ROOT / "solutions" if filled else root / "assignments") / NAME
    shutil.copy(origin / "convolution.py", folder)
    if notebook:
        shutil.copy(root / "assignments" / NAME / f"{NAME}.ipynb", folder)
    return folder


def grade(root: Path, **options: Any) -> dict[str, run_nbgrader.Graded]:
    return {g.student: g for g in run_nbgrader.autograde(root, [NAME], **options)}


def marks_of(root: Path, student: str) -> dict[str, tuple[float | None, bool]]:
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        submission = gradebook.find_submission(NAME, student)
        return {
            grade.cell.name: (grade.auto_score, grade.needs_manual_grade)
            for book in submission.notebooks
            for grade in book.grades
        }


FULL: dict[str, tuple[float | None, bool]] = {e.name: (e.points, False) for e in A1.exercises}


def api(root: Path) -> NbGraderAPI:
    """The API that Formgrader calls."""
    config = run_nbgrader.course_config(root)
    return NbGraderAPI(CourseDirectory(config=config), config=config)


def tree(folder: Path) -> dict[str, bytes]:
    found = (p for p in folder.rglob("*") if p.is_file() and p.name != generated.MANIFEST)
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in found}


# ---------------------------------------------------------------------------- release


def test_release_writes_what_was_foreseen(course: Path) -> None:
    made = generated.generate(course, NAME, GENERATE, run_nbgrader.course_config(course))
    assert tree(course / "assignments" / NAME) == made
    assert set(A1.files) < set(made)
    assert fresh.stale(course) == []
    assert fresh.build_gradebook(course) is False


@pytest.mark.soak
def test_a_second_release_leaves_the_gradebook_as_it_is(course: Path) -> None:
    run_nbgrader.release(course)
    before = (course / "gradebook.db").read_bytes()
    run_nbgrader.release(course)
    assert (course / "gradebook.db").read_bytes() == before


def test_points_come_from_the_catalogue(course: Path) -> None:
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        for assignment in COURSE.assignments:
            cells = gradebook.find_notebook(assignment.name, assignment.name).grade_cells
            points = {c.name: c.max_score for c in cells if c.name != "essay"}
            assert points == {e.name: e.points for e in assignment.exercises}
        assert gradebook.students == []


def test_trap_1_python_in_source_is_refused_and_nothing_is_touched(
    course: Path, scores: Scores
) -> None:
    (course / "source" / NAME / "convolution.py").write_text("answers = 42\n")
    before = tree(course / "assignments")
    with pytest.raises(UserError, match=r"convolution\.py would be handed out"):
        run_nbgrader.release(course, [NAME])
    assert tree(course / "assignments") == before
    work = hand_in(course, "ada")
    assert "would replace every learner's own file" in grade(course)["ada"].problem
    assert "answers = 42" not in (work / "convolution.py").read_text()


@pytest.mark.parametrize("way", ["release", "api", "cli"])
def test_trap_2_a_learners_work_is_never_overwritten(course: Path, way: str) -> None:
    work = course / "assignments" / NAME / "convolution.py"
    work.write_text(work.read_text().replace('raise NotImplementedError("im2col")', "return x"))
    (course / "assignments" / NAME / "notes.txt").write_text("mine\n")
    before = tree(course)
    if way == "release":
        with pytest.raises(UserError) as caught:
            run_nbgrader.release(course, [NAME])
        said = str(caught.value)
    elif way == "api":
        result = api(course).generate_assignment(NAME)  # as Formgrader does: always forced
        assert result["success"] is False
        said = result["log"]
    else:
        nbgrader = [str(PROGRAMS / "nbgrader"), "generate_assignment", NAME, "--force"]
        done = subprocess.run(nbgrader, cwd=course, capture_output=True, text=True, check=False)
        assert done.returncode == 1
        said = done.stderr
    assert f"assignments/{NAME}/ holds work that generating would overwrite" in said
    assert "convolution.py, notes.txt" in said
    assert "Traceback" not in said
    assert {k: v for k, v in tree(course).items() if "__pycache__" not in k} == before


def test_trap_2_what_generating_itself_wrote_is_nobodys_work(course: Path) -> None:
    (course / "solutions").mkdir()
    shutil.copytree(ROOT / "solutions" / NAME, course / "solutions" / NAME)
    solution = course / "solutions" / NAME / "convolution.py"
    solution.write_text(solution.read_text().replace("from four nested", "from 4 nested"))
    (course / "assignments" / NAME / "__pycache__").mkdir()
    (course / "assignments" / NAME / "__pycache__" / "x.pyc").write_bytes(b"")
    run_nbgrader.release(course, [NAME])
    assert "from 4 nested" in (course / "assignments" / NAME / "convolution.py").read_text()


def test_trap_2_a_failed_generate_puts_back_what_stood_there(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("disk full")

    before = tree(course / "assignments")
    monkeypatch.setattr(SaveCells, "preprocess", fail)
    with pytest.raises(UserError):
        run_nbgrader.release(course, [NAME])
    assert tree(course / "assignments") == before


@pytest.mark.soak
def test_trap_3_a_fresh_clones_assignments_fill_an_empty_gradebook(
    course: Path, scores: Scores
) -> None:
    (course / "gradebook.db").unlink()
    hand_in(course, "ada")
    with pytest.raises(UserError, match="make release"):
        grade(course)
    run_nbgrader.release(course)
    assert fresh.gradebook_is_fresh(course)
    assert grade(course)["ada"].score == A1.points


@pytest.mark.soak
def test_traps_4_and_6_the_course_is_the_same_from_any_folder(course: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from traitlets.config import PyFileConfigLoader as L;"
        f"c = L('nbgrader_config.py', path={str(course)!r}).load_config();"
        "from nbgrader.coursedir import CourseDirectory as D;"
        "d = D(config=c); print(d.root); print(d.db_url); print(sys.path[0])"
    )
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    done = subprocess.run(
        [sys.executable, "-P", "-c", code],
        cwd=elsewhere,
        capture_output=True,
        text=True,
        check=True,
    )
    root = str(course.resolve())
    assert done.stdout.splitlines() == [root, f"sqlite:///{root}/gradebook.db", root]


@pytest.mark.soak
def test_trap_5_a_new_gradebook_needs_no_path(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (course / "gradebook.db").unlink()
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    run_nbgrader.release(course, [NAME])
    assert str(PROGRAMS) in os.environ["PATH"]
    assert (course / "assignments" / NAME / "convolution.py").is_file()


def test_trap_9_new_exercises_after_hand_in_are_refused_before_anything_happens(
    course: Path, scores: Scores
) -> None:
    hand_in(course, "ada")
    grade(course)
    database = sqlite3.connect(course / "gradebook.db")
    database.execute("UPDATE base_cell SET name = 'older' WHERE name = 'im2col'")
    database.commit()
    database.close()
    before = tree(course / "assignments")
    with pytest.raises(UserError, match=r"new exercises \(im2col\).*lost.*\(older\)"):
        run_nbgrader.release(course, [NAME])
    assert tree(course / "assignments") == before


def test_trap_9_a_question_after_hand_in_is_refused_in_words(course: Path, scores: Scores) -> None:
    hand_in(course, "ada")
    grade(course)
    path = course / "source" / NAME / f"{NAME}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    question = {"grade": True, "solution": True, "locked": False, "task": False, "points": 4}
    question |= {"schema_version": 3, "grade_id": "why_padding", "cell_type": "markdown"}
    notebook.cells.append(nbformat.v4.new_markdown_cell("Why?", metadata={"nbgrader": question}))
    nbformat.write(notebook, path)
    with pytest.raises(UserError, match=r"new exercises \(why_padding\)"):
        run_nbgrader.release(course, [NAME])


def test_trap_9_points_may_change_after_hand_in(course: Path, scores: Scores) -> None:
    hand_in(course, "ada")
    grade(course)
    database = sqlite3.connect(course / "gradebook.db")
    database.execute("UPDATE grade_cells SET max_score = 1 WHERE max_score = 15")
    database.commit()
    database.close()
    with pytest.raises(UserError, match=r"other exercises or points.*make release"):
        grade(course, force=True)
    run_nbgrader.release(course, [NAME])
    assert grade(course, force=True)["ada"].score == A1.points


def test_a_source_notebook_with_other_cells_than_the_catalogue_is_refused(course: Path) -> None:
    path = course / "source" / NAME / f"{NAME}.ipynb"
    original = path.read_text()
    path.write_text(original.replace('"grade_id": "im2col"', '"grade_id": "im2cols"'))
    with pytest.raises(UserError, match="one graded cell with the grade_id 'im2col'"):
        run_nbgrader.release(course, [NAME])
    path.write_text(original.replace('"Why?"', '"### BEGIN HIDDEN TESTS"'))
    with pytest.raises(UserError, match="come out in the feedback"):
        run_nbgrader.release(course, [NAME])
    path.write_text("{")
    with pytest.raises(UserError, match=rf"source/{NAME}/{NAME}\.ipynb"):
        run_nbgrader.release(course, [NAME])
    assert (course / "assignments" / NAME / "convolution.py").is_file()


@pytest.mark.soak
def test_rebuilding_the_gradebook_never_loses_marks(course: Path, scores: Scores) -> None:
    hand_in(course, "ada")
    grade(course)
    assert fresh.gradebook_is_fresh(course)  # marks do not make it stale
    with pytest.raises(UserError, match="marks of 1 student"):
        fresh.build_gradebook(course)
    (course / "gradebook.db").unlink()
    assert fresh.build_gradebook(course) is True
    assert commit_guard.students_in((course / "gradebook.db").read_bytes()) == 0
    database = sqlite3.connect(course / "gradebook.db")
    database.execute("UPDATE grade_cells SET max_score = 1 WHERE max_score = 15")
    database.commit()
    database.close()
    assert not fresh.gradebook_is_fresh(course)


# ------------------------------------------------------------------------------ grade


def make_no_notebook(folder: Path) -> None:
    assert not list(folder.glob("*.ipynb"))


def make_renamed(folder: Path) -> None:
    source = folder.parents[2] / "assignments" / NAME / f"{NAME}.ipynb"
    shutil.copy(source, folder / "final (2).ipynb")


def make_broken(folder: Path) -> None:
    (folder / f"{NAME}.ipynb").write_text('{"cells": [')


def make_nonsense(folder: Path) -> None:
    cells = [None, {"metadata": 3}, {"metadata": {"nbgrader": []}, "source": 7}]
    text = json.dumps({"cells": cells, "metadata": 1, "nbformat": 4, "nbformat_minor": 5})
    (folder / f"{NAME}.ipynb").write_text(text)


def change_cells(change: Callable[[list[Any]], list[Any]]) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        make_renamed(folder)
        path = folder / "final (2).ipynb"
        notebook = nbformat.read(path, as_version=4)
        notebook.cells = change(notebook.cells)
        path.unlink()
        (folder / f"{NAME}.ipynb").write_text(json.dumps(notebook))

    return make


def script_everywhere(cells: list[Any]) -> list[Any]:
    for cell in cells:
        cell.source = "<script>alert(1)</script>" + cell.source
        cell.metadata["evil"] = "<script>alert(1)</script>"
        if cell.cell_type == "code":
            html = {"text/html": "<script>alert(1)</script>", "text/plain": "99"}
            cell.outputs = [nbformat.v4.new_output("display_data", html)]
    return cells


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    "make",
    [
        pytest.param(make_no_notebook, id="trap 7: no notebook"),
        pytest.param(make_renamed, id="trap 7: renamed"),
        pytest.param(make_broken, id="trap 7: broken"),
        pytest.param(make_nonsense, id="trap 7: nonsense"),
        pytest.param(change_cells(lambda cells: cells + cells[1:3]), id="trap 8: duplicated"),
        pytest.param(change_cells(lambda cells: cells[3:]), id="trap 8: deleted"),
        pytest.param(change_cells(lambda cells: []), id="trap 8: all deleted"),
        pytest.param(change_cells(script_everywhere), id="scripts"),
    ],
)
def test_whatever_the_notebook_is_the_py_files_are_graded(
    course: Path, scores: Scores, make: Callable[[Path], None]
) -> None:
    folder = hand_in(course, "ada")
    make(folder)
    before = tree(folder)
    result = grade(course)["ada"]
    assert (result.status, result.score) == ("graded", A1.points)
    found = marks_of(course, "ada")
    found.pop("essay")
    assert found == FULL
    assert tree(folder) == before  # the submission is unchanged
    kept = (course / "autograded" / "ada" / NAME / f"{NAME}.ipynb").read_text()
    assert "<script>" not in kept
    (page,) = run_nbgrader.feedback(course).pages
    assert "alert(1)</script>" not in page.read_text()
    assert page.name == f"{NAME}.html"


def test_all_submissions_without_a_notebook_through_the_api(course: Path, scores: Scores) -> None:
    hand_in(course, "ada")
    result = api(course).autograde(NAME, "ada")
    assert result["success"], result
    assert marks_of(course, "ada")["im2col"] == (15.0, False)


def answered(text: str) -> Callable[[Path], None]:
    def answer(cells: list[Any]) -> list[Any]:
        cells[-1].source = text
        return cells

    return change_cells(answer)


def kept_answer(course: Path) -> str:
    path = course / "autograded" / "ada" / NAME / f"{NAME}.ipynb"
    return str(nbformat.read(path, as_version=4).cells[-1].source)


def test_a_written_answer_is_carried_over_and_waits_for_a_person(
    course: Path, scores: Scores
) -> None:
    answered("Because *a < b*.")(hand_in(course, "ada"))
    grade(course)
    assert kept_answer(course) == "Because *a < b*."
    assert marks_of(course, "ada")["essay"] == (None, True)
    hand_in(course, "bob", notebook=True)
    grade(course)
    assert marks_of(course, "bob")["essay"] == (0.0, False)  # not answered


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    "answer",
    [
        "hi <script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](java&#115;cript:alert(1))",
        "[x]: \tjavascript&colon;alert(1)\n\n[x]",
        r"[x](javascript\:alert(1))",
        r"[x](java\&#115;cript:alert(1))",
        r"![x](javascript\:alert(1))",
        "<!-- <svg/onload=alert(1)> -->",
        "text\n\n<div\nonclick='alert(1)'>",
    ],
)
def test_a_written_answer_cannot_run_anything(course: Path, scores: Scores, answer: str) -> None:
    answered(answer)(hand_in(course, "ada"))
    grade(course)
    (page,) = run_nbgrader.feedback(course).pages
    shown = page.read_text()
    body = shown.split("<body", 1)[1]
    assert "alert(1)" in body
    lives = ("<script>alert", "<img src=x", 'href="java', 'src="java', "<svg/onload")
    for live in (*lives, "<div\nonclick"):
        assert live not in body


PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJg"
    "gg=="
)


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    ("text", "attachments", "shown"),
    [
        ("![a](attachment:fig.png)", {"fig.png": {"image/png": PIXEL}}, True),
        ("![a](attachment:my%20fig.png)", {"my fig.png": {"image/png": PIXEL}}, True),
        ("![a](attachment:fig.png)", {}, False),
        ("![a](attach\\ment:fig.png)", {}, False),
        ("![a](attachment:picture-10)", {"fig.png": {"image/png": PIXEL}}, False),
        ("![a](attachment:fig.png)", {"fig.png": {"image/svg+xml": "<svg onload=x>"}}, False),
        ("![a](attachment:fig.png)", {"fig.png": {"image/png": '"><script>'}}, False),
        ("![a](attachment:fig.png)", {"fig.png": "odd"}, False),
    ],
)
def test_a_picture_in_a_written_answer_is_shown_and_stops_no_feedback(
    course: Path, scores: Scores, text: str, attachments: Any, shown: bool
) -> None:
    def answer(cells: list[Any]) -> list[Any]:
        cells[-1].source = text
        cells[-1].attachments = attachments
        return cells

    change_cells(answer)(hand_in(course, "ada"))
    assert grade(course)["ada"].status == "graded"
    (page,) = run_nbgrader.feedback(course).pages
    body = page.read_text().split("<body", 1)[1]
    assert (f"data:image/png;base64,{PIXEL}" in body) == shown
    assert ("attachment:" in body or "attach\\ment:" in body) == (not shown)
    assert "<svg onload" not in body
    assert '"><script>' not in body


def test_trap_10_a_new_hand_in_is_graded_again_without_force_or_timestamp(
    course: Path, scores: Scores
) -> None:
    folder = hand_in(course, "ada", filled=False)
    assert grade(course)["ada"].status == "not handed in"
    assert grade(course)["ada"].score is None
    shutil.copy(ROOT / "solutions" / NAME / "convolution.py", folder)
    again = grade(course)["ada"]
    assert (again.status, again.score) == ("graded", A1.points)
    scores["im2col"] = 3.0
    assert grade(course)["ada"].score == A1.points
    assert grade(course, force=True)["ada"].score == A1.points - 12


def test_trap_11_links_are_not_followed(course: Path, scores: Scores) -> None:
    folder = hand_in(course, "ada")
    (folder / "key.py").symlink_to(ROOT / "solutions" / NAME / "convolution.py")
    (folder / "gone.py").symlink_to("/does/not/exist")
    (folder / "endless").symlink_to("/dev/zero")
    (folder / "all").symlink_to(ROOT / "solutions")
    os.mkfifo(folder / "pipe")
    assert grade(course)["ada"].score == A1.points
    run_nbgrader.feedback(course)
    for where in ("autograded", "feedback"):
        names = {p.name for p in (course / where / "ada" / NAME).iterdir()}
        assert not names & {"key.py", "gone.py", "endless", "all", "pipe"}
    other = course / "submitted" / "bob"
    other.mkdir()
    (other / NAME).symlink_to(ROOT / "solutions" / NAME)
    assert "its folder is a link" in grade(course)["bob"].problem


def test_trap_12_a_mark_given_by_hand_stands_and_is_said(course: Path, scores: Scores) -> None:
    hand_in(course, "ada")
    grade(course)
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        gradebook.find_grade("im2col", NAME, NAME, "ada").manual_score = 4.0
        gradebook.db.commit()
    result = api(course).autograde(NAME, "ada")
    assert "im2col: the mark given by hand stands, 4; the grader's is 15" in result["log"]
    ada = grade(course)["ada"]
    assert ada.score == A1.points - 11
    assert ada.notes == ("im2col: the mark given by hand stands, 4; the checks give 15.",)
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        gradebook.find_grade("im2col", NAME, NAME, "ada").manual_score = 20.0
        gradebook.db.commit()
    assert grade(course)["ada"].notes[0].endswith("That is above its 15 points.")


def test_swapped_folders_are_called_so(course: Path, scores: Scores) -> None:
    hand_in(course, "ada")
    (course / "submitted" / NAME / "emil").mkdir(parents=True)
    (stray,) = (g for g in run_nbgrader.autograde(course) if g.status == "not graded")
    assert stray.problem == f"the folders are swapped: it has to be emil/{NAME}/"


def test_feedback_calls_a_mark_by_hand_what_it_is(course: Path, scores: Scores) -> None:
    hand_in(course, "ada")
    grade(course)
    (page,) = run_nbgrader.feedback(course).pages
    assert "by hand" not in page.read_text()
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        gradebook.find_grade("im2col", NAME, NAME, "ada").manual_score = 4.0
        comment = gradebook.find_comment("im2col-code", NAME, NAME, "ada")
        comment.manual_comment = "See `a < b`. <script>alert(1)</script> [x](javascript:alert(2))"
        gradebook.db.commit()
    (page,) = run_nbgrader.feedback(course).pages
    assert "See" in page.read_text()
    assert "alert(1)" in page.read_text()
    assert "<script>alert" not in page.read_text()
    assert 'href="javascript' not in page.read_text()
    said = " ".join(re.sub(r"<[^>]*>", "", page.read_text()).split())
    assert "im2col: 4 of 15, changed by hand" in said
    assert "Your mark for im2col was changed by hand: 4 of 15." in said
    assert said.count("changed by hand") == 2


BAD_TIMES = ["yesterday", "99999999999999999999", "2026-13-45", "\0"]
# Without the kit, nbgrader reads these as another time.
MISREAD_TIMES = [
    "2026-03-31 23:59:00 Foo/Bar",
    "03/04/2026",
]


@pytest.mark.sample(1)
@pytest.mark.parametrize("text", BAD_TIMES + MISREAD_TIMES)
def test_trap_13_a_bad_timestamp_fails_that_one_with_a_sentence(
    course: Path, scores: Scores, text: str
) -> None:
    (hand_in(course, "ada") / "timestamp.txt").write_text(text)
    hand_in(course, "bob")
    results = grade(course)
    assert "which is not understood as a time. Write it as" in results["ada"].problem
    assert results["bob"].score == A1.points


@pytest.mark.sample(1)
@pytest.mark.parametrize(
    "text",
    [
        "2026-03-31 12:00:10 UTC",
        "2026-03-31T12:00:10Z",
        "2026-03-31 12:00:10",
        "2026-03-31 12:00:10 Z",
        "2026-03-31 12:00:10 +0000",
        "2026-03-31T14:00:10+02:00",
        "2026-03-31 07:00:10 EST",
        "2026-03-31 05:00:10.000000 America/Los_Angeles",
    ],
)
def test_trap_13_late_is_known_with_a_due_date(course: Path, scores: Scores, text: str) -> None:
    (hand_in(course, "ada") / "timestamp.txt").write_text(text)
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        gradebook.update_or_create_assignment(NAME, duedate="2026-03-31 12:00:00 UTC")
    assert grade(course)["ada"].seconds_late == 10


def test_a_new_deadline_is_noticed(course: Path, scores: Scores) -> None:
    (hand_in(course, "ada") / "timestamp.txt").write_text("2026-03-31 12:00:10 UTC")
    gradebook = f"sqlite:///{course / 'gradebook.db'}"
    for due, late in (("2026-03-31 12:00:00 UTC", 10), ("2026-03-31 13:00:00 UTC", 0)):
        with Gradebook(gradebook) as opened:
            opened.update_or_create_assignment(NAME, duedate=due)
        ada = grade(course)["ada"]
        assert (ada.status, ada.seconds_late) == ("graded", late)
        assert grade(course)["ada"].status == "as before"


def test_what_lateness_costs_may_change(course: Path, scores: Scores) -> None:
    hand_in(course, "ada")
    grade(course)
    with (course / "nbgrader_config.py").open("a") as config:
        config.write("c.LateSubmissionPlugin.penalty_method = 'zero'\n")
    assert grade(course)["ada"].status == "graded"
    assert grade(course)["ada"].status == "as before"


def test_without_a_timestamp_nothing_is_late_any_more(course: Path, scores: Scores) -> None:
    """After a file with a wrong time is removed, the time is not in the gradebook either."""
    stamp = hand_in(course, "ada") / "timestamp.txt"
    stamp.write_text("2026-03-31 22:00:00 UTC")
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        gradebook.update_or_create_assignment(NAME, duedate="2026-03-31 12:00:00 UTC")
    assert grade(course)["ada"].seconds_late == 10 * 3600
    stamp.unlink()
    assert grade(course)["ada"].seconds_late == 0


def test_changed_points_are_nobodys_change_of_the_notebook(course: Path, scores: Scores) -> None:
    folder = hand_in(course, "ada", notebook=True)
    notebook = folder / f"{NAME}.ipynb"
    text = notebook.read_text()
    assert '"points": 15' in text
    notebook.write_text(text.replace('"points": 15', '"points": 12'))
    grade(course)
    (page,) = run_nbgrader.feedback(course).pages
    assert "is not as it was handed out" not in page.read_text(encoding="utf-8")


@pytest.mark.sample(1)
@pytest.mark.parametrize("score", [float("nan"), float("inf"), True, None, "7.5"])
def test_a_score_that_is_no_number_is_never_full_marks(
    course: Path, scores: Scores, score: Any
) -> None:
    hand_in(course, "ada")
    scores["im2col"] = score
    result = grade(course)["ada"]
    assert result.status == "not graded"
    assert "which is not a mark" in result.problem
    assert {mark for mark, _ in marks_of(course, "ada").values()} == {None}
    assert all(waits for _, waits in marks_of(course, "ada").values())
    assert not (course / "autograded" / "ada" / NAME).exists()


@pytest.mark.sample(1)
@pytest.mark.parametrize(
    ("score", "mark"), [(99.0, 15.0), (-3.0, 0.0), (7, 7.0), (1e-9, 0.0), (7.123456, 7.1235)]
)
def test_scores_are_clamped_plain_numbers_with_nothing_on_stderr(
    course: Path, scores: Scores, score: float, mark: float
) -> None:
    hand_in(course, "ada")
    scores["im2col"] = score
    grade(course)
    assert marks_of(course, "ada")["im2col"] == (mark, False)
    path = course / "autograded" / "ada" / NAME / f"{NAME}.ipynb"
    cells = {
        c.metadata.nbgrader.grade_id: c
        for c in nbformat.read(path, as_version=4).cells
        if "nbgrader" in c.metadata and c.cell_type == "code"
    }
    # Below each verdict are the learner's code and a cell for comments on it.
    cells = {name: cell for name, cell in cells.items() if name not in comment_cells()}
    assert set(cells) == {e.name for e in A1.exercises}
    for cell in cells.values():
        text, result, code = cell.outputs
        assert (text.output_type, text.name) == ("stream", "stdout")
        assert result.output_type == "execute_result"
        assert repr(float(result.data["text/plain"])) == result.data["text/plain"]
        assert result.data["text/html"].startswith("<div")
        assert code.output_type == "display_data"


@pytest.mark.soak
def test_when_one_cannot_be_graded_the_others_are_and_the_end_says_who(
    course: Path, scores: Scores
) -> None:
    hand_in(course, "ada")
    hand_in(course, "bob")
    hand_in(course, "cy")
    grade(course)
    (course / "submitted" / "bob" / NAME / "convolution.py").write_text("explode")
    (course / "submitted" / "cy" / "A1 final").mkdir()
    results = list(run_nbgrader.autograde(course, force=True))
    problems = {(g.student, g.assignment): g.problem for g in results if g.problem}
    assert problems == {
        ("bob", NAME): "RuntimeError: the grader broke down",
        ("cy", "A1 final"): "A1 final is not an assignment; rename the folder to one of "
        + ", ".join(a.name for a in COURSE.assignments),
    }
    # A submission that cannot be graded must not keep an earlier mark.
    assert {mark for mark, _ in marks_of(course, "bob").values()} == {None}
    assert marks_of(course, "cy")["im2col"] == (15.0, False)
    result = api(course).autograde(NAME, "*")
    log = " ".join(result["log"].split())
    assert log.endswith(
        "not graded: 1 of 3 bob, a1_convolution: RuntimeError: the grader broke down"
    )


def test_feedback_and_export_need_something_graded(course: Path, scores: Scores) -> None:
    with pytest.raises(UserError, match="nothing to grade"):
        grade(course)
    with pytest.raises(UserError, match="make grade"):
        run_nbgrader.feedback(course)
    with pytest.raises(UserError, match="make grade"):
        run_nbgrader.export(course)
    with pytest.raises(UserError, match="no assignment 'a0'"):
        run_nbgrader.release(course, ["a0"])
    hand_in(course, "ada")
    with pytest.raises(UserError, match="has no student eve; there are ada"):
        grade(course, students=["eve"])
    grade(course)
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        gradebook.update_or_create_student('"a', last_name='The "Quote', first_name="A\nB")
        gradebook.update_or_create_student("ada", last_name="Smith, Jr", email="a@b")
    text = run_nbgrader.export(course, course / "out.csv").read_text()
    assert text.startswith("assignment,duedate,timestamp,student_id")
    listed = csv.DictReader(io.StringIO(text))
    rows = {row["student_id"]: row for row in listed if row["assignment"] == NAME}
    ada = rows["ada"]
    assert (ada["last_name"], ada["email"]) == ("Smith, Jr", "a@b")
    marks = [ada[name] for name in ("raw_score", "late_submission_penalty", "score", "max_score")]
    assert marks == [f"{A1.points}", "0.0", f"{A1.points}", f"{A1.points + 5}"]
    assert (rows['"a']["last_name"], rows['"a']["score"]) == ('The "Quote', "")


@pytest.mark.soak
def test_without_walls_every_cell_says_so(course: Path, scores: Scores) -> None:
    scores["isolation"] = "NOT ISOLATED"
    hand_in(course, "ada")
    grade(course)
    (page,) = run_nbgrader.feedback(course).pages
    assert page.read_text().count("NOT ISOLATED: this was graded without") == len(A1.exercises)


@pytest.mark.soak
def test_the_command_line_grades_from_another_folder(course: Path, tmp_path: Path) -> None:
    """The real command with the real grader, started in a folder without nbgrader_config.py."""
    hand_in(course, "ada")
    hand_in(course, "bob", filled=False)
    settings = run_nbgrader.point_from_everywhere(course, tmp_path / "environment")
    environment = {
        **os.environ,
        "JUPYTER_CONFIG_PATH": str(settings.parent),
        "JUPYTER_CONFIG_DIR": str(tmp_path / "none"),
        "PATH": "/usr/bin:/bin",
    }
    done = subprocess.run(
        [PROGRAMS / "nbgrader", "autograde", NAME, "--Grade.allow_unsandboxed=True"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert marks_of(course, "ada")["im2col"] == (15.0, False)
    with pytest.raises(MissingEntry):  # untouched stubs do not count as handed in
        marks_of(course, "bob")


# ------------------------------------------------------------------------------ marks


def git(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    who = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
    return subprocess.run(
        ["git", *who, *arguments], cwd=root, capture_output=True, text=True, check=False
    )


def test_marks_cannot_be_committed_by_accident(course: Path, scores: Scores) -> None:
    git(course, "init", "-q")
    git(course, "add", "-A")
    assert git(course, "commit", "-qm", "start").returncode == 0
    hand_in(course, "ada")
    grade(course)
    assert git(course, "status", "--porcelain", "--untracked-files=no").stdout == ""
    assert git(course, "commit", "--allow-empty", "-qam", "everything").returncode == 0
    committed = course.parent / "committed.db"
    shown = ["git", "-C", str(course), "show", "HEAD:gradebook.db"]
    committed.write_bytes(subprocess.run(shown, capture_output=True, check=True).stdout)
    assert students_in(committed.read_bytes()) == 0
    assert marks_of(course, "ada")["im2col"] == (15.0, False)
    (course / "gradebook.db").write_text("rubbish")
    assert git(course, "commit", "-qam", "rubbish").returncode == 1


def test_a_hook_of_the_persons_own_is_left_alone(course: Path) -> None:
    git(course, "init", "-q")
    hook = course / ".git" / "hooks" / "pre-commit"
    hook.write_text("#!/bin/sh\nexit 0\n")
    said = commit_guard.guard_commits(course)
    assert said is not None
    assert "add this line to it" in said
    assert hook.read_text() == "#!/bin/sh\nexit 0\n"
    hook.unlink()
    assert "from now on git turns down" in (commit_guard.guard_commits(course) or "")
    assert commit_guard.guard_commits(course) is None


def test_a_shared_folder_of_hooks_is_left_alone(course: Path, tmp_path: Path) -> None:
    git(course, "init", "-q")
    git(course, "config", "core.hooksPath", str(tmp_path / "hooks"))
    assert "add this line to it" in (commit_guard.guard_commits(course) or "")
    assert not (tmp_path / "hooks").exists()


# ------------------------------------------------------------- what this repository holds


def test_committed_assignments_are_not_stale() -> None:
    assert fresh.stale(ROOT) == [], (
        "what git has staged is not what release writes: type make release, "
        "then git add assignments/ gradebook.db"
    )


def test_stale_assignments_are_found(course: Path) -> None:
    git(course, "init", "-q")
    git(course, "add", "-A")
    work = course / "assignments" / NAME / "convolution.py"
    work.write_text("# a learner's own work\n")
    assert fresh.stale(course) == []  # not staged in git, so not compared
    git(course, "add", "-A")
    assert fresh.stale(course) == [f"{NAME}/convolution.py"]


def test_committed_gradebook_is_fresh_and_holds_no_student() -> None:
    shown = subprocess.run(
        ["git", "-C", str(ROOT), "show", ":./gradebook.db"], capture_output=True, check=False
    )
    data = shown.stdout if shown.returncode == 0 else (ROOT / "gradebook.db").read_bytes()
    assert commit_guard.students_in(data) == 0
    assert fresh.gradebook_is_fresh(ROOT), "type: make release, and commit gradebook.db"


def test_the_configuration_file_loads() -> None:
    config = PyFileConfigLoader("nbgrader_config.py", path=str(ROOT)).load_config()
    assert config.CourseDirectory.root == str(ROOT)
    assert "autograder.instructor.graded_cells.Grade" in config.Autograde.autograde_preprocessors
    assert not [p for p in config.Autograde.autograde_preprocessors if p.endswith("Execute")]
