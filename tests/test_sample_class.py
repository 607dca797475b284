"""The sample class is what its table says: who is right, what is wrong, and nobody gets out."""

import ast
import time
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.catalogue import Course, Exercise, load
from autograder.grading.grade import grade_folder
from autograder.grading.isolation import find_isolation
from autograder.judging.verdict import Verdict
from autograder.judging.verdict_json import json_line

ROOT = Path(__file__).parent.parent
CLASS = ROOT / "examples" / "class"
STUDENTS = {
    student["id"]: student
    for student in tomllib.loads((CLASS / "class.toml").read_text(encoding="utf-8"))["student"]
}
A1, A2, A3, A4 = (assignment.name for assignment in load().assignments[:4])

# What is not passed, and how it stands; every other exercise of a1 to a4 is passed.
FIRST_STEP = {"im2col": "failed", "conv2d_forward": "todo"}
LATE = {"col2im": "failed"}
ENDLESS = {"numerical_gradient": "error"}
NO_NOTEBOOK = {"maxpool2d_forward": "failed", "cross_entropy": "failed"}
SYNTAX = dict.fromkeys(["softmax", "cross_entropy", "softmax_cross_entropy_backward"], "error")
# In a classic's a1 to a4 nothing else is right; CNN is, over the reference's Dense.
CLASSIC_PASSED = {
    *["output_size", "relu_forward", "flatten_forward", "flatten_backward", "dense_forward"],
    *["ReLU", "Flatten", "CNN"],
}
# The forger wrote these honestly. What a forger tries elsewhere must never be worth a point.
FORGER_PASSED = {
    *["relu_forward", "relu_backward", "flatten_forward", "flatten_backward", "dense_forward"],
    *["ReLU", "Flatten"],
}

Grade = Callable[..., Verdict]


@pytest.fixture
def grade(monkeypatch: pytest.MonkeyPatch) -> Grade:
    """Grade a student in a1 to a4, all that the class wrote; training only where asked for."""
    select = Course.select

    def graded(student: str, assignment: str | None = None, training: bool = False) -> Verdict:
        def handed_in(
            self: Course, exercise: str | None, assignment: str | None
        ) -> tuple[Exercise, ...]:
            return tuple(
                e
                for e in select(self, exercise, assignment)
                if e.assignment in (A1, A2, A3, A4) and (training or e.name != "mnist")
            )

        monkeypatch.setattr(Course, "select", handed_in)
        folder = CLASS / "submitted" / student
        return grade_folder(folder, assignment=assignment, allow_unsandboxed=True)

    return graded


def not_passed(verdict: Verdict) -> dict[str, str]:
    return {e.exercise: e.status for e in verdict.exercises if e.status != "passed"}


@pytest.mark.parametrize("student", ["ada_loops", "grace_einsum"])
def test_right_ones_get_every_point(grade: Grade, student: str) -> None:
    """Training and all: both ways of writing it learn, and in time."""
    verdict = grade(student, training=True)
    assert not_passed(verdict) == {}
    assert verdict.score == verdict.points > 0
    assert {e.assignment for e in verdict.exercises} == {A1, A2, A3, A4}
    assert verdict.of("mnist").score > 0


@pytest.mark.parametrize(
    ("student", "assignment", "expected"),
    [
        ("ina_firststep", A1, FIRST_STEP),
        ("lena_late", A1, {}),
        ("lena_late", A2, LATE),
        ("lena_late", A3, {}),
        ("leo_endless", A2, ENDLESS),
        ("leo_endless", A3, {}),
        ("nora_nonotebook", A1, {}),
        ("nora_nonotebook", A2, {}),
        ("nora_nonotebook", A3, NO_NOTEBOOK),
        ("sven_syntax", A1, {}),
        ("sven_syntax", A2, {}),
        ("sven_syntax", A3, SYNTAX),
    ],
)
def test_what_one_mistake_costs(
    grade: Grade, student: str, assignment: str, expected: dict[str, str]
) -> None:
    verdict = grade(student, assignment)
    assert not_passed(verdict) == expected
    for exercise in verdict.exercises:
        if exercise.status == "passed":
            assert exercise.score == exercise.points
        else:
            assert exercise.score < exercise.points
            assert exercise.message


def test_half_done(grade: Grade) -> None:
    verdict = grade("emil_halfway")
    for exercise in verdict.exercises:
        if exercise.assignment in (A1, A2):
            assert exercise.status == "passed", exercise.exercise
        else:
            assert exercise.status in ("todo", "blocked"), exercise.exercise
            assert exercise.score == 0, exercise.exercise


def test_classic_mistakes(grade: Grade) -> None:
    verdict = grade("carl_classic")
    for exercise in verdict.exercises:
        if exercise.exercise in CLASSIC_PASSED:
            assert exercise.status == "passed", exercise.exercise
        else:
            assert exercise.score < exercise.points, exercise.exercise
            assert exercise.message, exercise.exercise
            assert exercise.status == "failed", exercise.exercise
    # Mistakes cost, and what is right beside them counts.
    assert 0.3 < verdict.score / verdict.points < 0.7


def test_one_assignment_only(grade: Grade) -> None:
    """An assignment that was not handed in is worth 0, and breaks nothing."""
    verdict = grade("ina_firststep", A2)
    assert verdict.score == 0
    assert {e.status for e in verdict.exercises} <= {"todo", "blocked", "error"}


def test_the_hostile_one_gets_nothing_out(grade: Grade) -> None:
    find_isolation()  # without walls it must not run at all
    started = time.time()
    verdict = grade("felix_forger")
    for exercise in verdict.exercises:
        if exercise.exercise in FORGER_PASSED:
            assert exercise.status == "passed", exercise.exercise
        else:
            assert exercise.score == 0, exercise.exercise
            assert exercise.status != "passed", exercise.exercise
    folders = [Path("/tmp"), ROOT, *(CLASS / "submitted" / "felix_forger").iterdir()]
    for canary in (folder / "canary" for folder in folders):
        assert not canary.exists() or canary.stat().st_mtime < started, f"{canary} was written"
    # It asks for the gradebook, the reference and the hidden checks; none is within its reach.
    said = json_line(verdict)
    assert "gradebook: []" in said
    assert "unpickled by the grader" not in said


def test_the_table_is_the_folder() -> None:
    folders = {folder.name for folder in (CLASS / "submitted").iterdir() if folder.is_dir()}
    assert folders == set(STUDENTS)
    readme = (CLASS / "README.md").read_text(encoding="utf-8")
    assert all(f"| `{student}` |" in readme for student in STUDENTS)
    assert not list(CLASS.rglob("*.ipynb"))
    late = {path.parent.parent.name for path in CLASS.rglob("timestamp.txt")}
    assert late == {student for student, about in STUDENTS.items() if about["late"]}
    assert {about["hostile"] for about in STUDENTS.values()} == {True, False}
    assert {about["has_notebook"] for about in STUDENTS.values()} == {True, False}


def test_only_one_file_does_not_parse() -> None:
    broken = []
    expected = {f"{a.name}/{file}" for a in load().assignments for file in a.files}
    for path in sorted((CLASS / "submitted").glob("*/*/*.py")):
        assert path.relative_to(path.parent.parent).as_posix() in expected
        try:
            ast.parse(path.read_text(encoding="utf-8"))
        except SyntaxError:
            broken.append(path.relative_to(CLASS / "submitted").as_posix())
    assert broken == ["sven_syntax/a3_pooling_and_loss/loss.py"]
