"""The sample class gets the verdicts that its folders state, and no code leaves the sandbox."""

import ast
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.catalogue import Course, Exercise, load
from autograder.grading.grade import grade_folder
from autograder.grading.isolation import find_isolation
from autograder.instructor.sample_class import FOLDER, Student, hand_in, sample_class, written_code
from autograder.judging.verdict import ExerciseVerdict, Verdict
from autograder.judging.verdict_json import json_line

ROOT = Path(__file__).parent.parent
CLASS = sample_class()

Grade = Callable[..., Verdict]


@pytest.fixture
def grade(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Grade:
    """Grade a student's submission; the slow training runs only if asked for."""
    select = Course.select

    def graded(student: Student, training: bool = False) -> Verdict:
        def handed_in(
            self: Course, exercise: str | None, assignment: str | None
        ) -> tuple[Exercise, ...]:
            return tuple(
                e
                for e in select(self, exercise, assignment)
                if e.assignment in student.hands_in and (training or not e.slow)
            )

        monkeypatch.setattr(Course, "select", handed_in)
        folder = hand_in(student, tmp_path / student.id)
        return grade_folder(folder, allow_unsandboxed=not student.hostile)

    return graded


def lost(exercises: tuple[ExerciseVerdict, ...]) -> dict[str, dict[str, object]]:
    """The exercises that lost points or did not pass, in the form of `expected.toml`."""
    return {
        e.exercise: {"status": e.status, "score": e.score}
        | ({"pitfall": e.pitfall} if e.pitfall else {})
        for e in exercises
        if e.status != "passed" or e.score != e.points
    }


@pytest.mark.sample(1)
@pytest.mark.parametrize("student", [student.id for student in CLASS.students])
def test_verdict_is_the_expected_one(grade: Grade, student: str) -> None:
    verdict_is_the_expected_one(grade, student, training=False)


@pytest.mark.soak
@pytest.mark.timeout(900)
@pytest.mark.parametrize("student", [student.id for student in CLASS.students])
def test_verdict_with_training_is_the_expected_one(grade: Grade, student: str) -> None:
    verdict_is_the_expected_one(grade, student, training=True)


def verdict_is_the_expected_one(grade: Grade, student: str, *, training: bool) -> None:
    one = CLASS[student]
    if one.hostile:
        find_isolation()  # without a sandbox it must not run at all
    started = time.time()
    verdict = grade(one, training)
    names = {e.exercise for e in verdict.exercises}
    expected = {name: what for name, what in one.expected().items() if name in names}
    assert lost(verdict.exercises) == expected
    assert {e.assignment for e in verdict.exercises} == set(one.hands_in)
    assert all(e.message for e in verdict.exercises if e.score < e.points)
    for folder in (Path("/tmp"), ROOT):
        canary = folder / "canary"
        assert not canary.exists() or canary.stat().st_mtime < started, f"{canary} was written"


def test_what_is_expected_names_exercises_that_are_handed_in() -> None:
    for student in CLASS.students:
        graded = {e.name for e in load().exercises if e.assignment in student.hands_in}
        assert set(student.expected()) <= graded, student.id


@pytest.mark.soak
def test_the_hostile_one_finds_nothing(grade: Grade, tmp_path: Path) -> None:
    """It searches for the gradebook, the reference and the hidden checks, and reaches none."""
    (hostile,) = (student for student in CLASS.students if student.hostile)
    find_isolation()  # without a sandbox it must not run at all
    said = json_line(grade(hostile))
    assert "gradebook: []" in said
    assert "unpickled by the grader" not in said
    assert not list(tmp_path.rglob("canary"))


def test_an_assignment_that_was_not_handed_in_is_worth_nothing(tmp_path: Path) -> None:
    """A missing assignment causes no error either."""
    one = next(student for student in CLASS.students if len(student.hands_in) == 1)
    missing = next(a.name for a in load().assignments if a.name not in one.hands_in)
    verdict = grade_folder(
        hand_in(one, tmp_path / one.id), assignment=missing, allow_unsandboxed=True
    )
    assert verdict.score == 0
    assert {e.status for e in verdict.exercises} <= {"todo", "blocked", "error"}


def test_the_table_is_the_folder() -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    folders = {path.name for path in FOLDER.iterdir() if path.is_dir()}
    assert {student.id for student in CLASS.students} == folders
    assert all(f"| `{student}` |" in readme for student in folders)
    assert not list(FOLDER.rglob("*.ipynb"))
    assert {student.hostile for student in CLASS.students} == {True, False}
    assert {student.has_notebook for student in CLASS.students} == {True, False}
    assert len({len(list(FOLDER.glob(f"{s.id}/*/timestamp.txt"))) for s in CLASS.students}) > 1


def test_every_file_of_an_overlay_is_used_and_changes_its_solution() -> None:
    for student in CLASS.students:
        for own in student.folder.glob("*/*.py"):
            assignment = load().assignment(own.parent.name)
            assert own.name in assignment.files, own
            assert assignment.name in student.hands_in, own
            plain = Student(student.id, "", "", student.hands_in, Path("none"))
            assert written_code(student, assignment.name, own.name) != written_code(
                plain, assignment.name, own.name
            )


def test_an_overlay_that_fills_nothing_in_is_an_error(tmp_path: Path) -> None:
    exercise = next(e for e in load().exercises if e.file)
    own = tmp_path / exercise.assignment / exercise.file
    own.parent.mkdir()
    one = Student("ada", "Ada", "", (exercise.assignment,), tmp_path)
    own.write_text(f"class {exercise.name}:\n    def nowhere(self):\n        return 1\n")
    with pytest.raises(ValueError, match=f"{exercise.name}.nowhere"):
        written_code(one, exercise.assignment, exercise.file)


def test_only_one_file_does_not_parse(tmp_path: Path) -> None:
    broken = []
    for student in CLASS.students:
        for path in sorted(hand_in(student, tmp_path / student.id).glob("*/*.py")):
            try:
                ast.parse(path.read_text(encoding="utf-8"))
            except SyntaxError:
                broken.append(path.relative_to(tmp_path).as_posix())
    assert broken == ["sven_syntax/a3_pooling_and_loss/loss.py"]
