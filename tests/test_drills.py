"""Drills, predictions and the quiz: questions have answers, and return after a wrong one."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from autograder.author import drills as author
from autograder.catalogue import load
from autograder.cli import main
from autograder.learner.drills import (
    QUESTIONS,
    answered,
    drawn,
    drills_of,
    next_drill,
    questions_of,
)
from autograder.learner.progress import MEMORY, Progress, read_progress

EXERCISES = [exercise for exercise in load().exercises if drills_of(exercise)]


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(main, list(arguments))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output
    return result


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
def test_a_drill_is_a_question_with_one_answer(exercise) -> None:
    for drill in drills_of(exercise):
        assert drill.right != drill.wrong
        assert len(set(drill.choices)) == len(drill.choices) == author.OTHERS + 1
        assert drill.explanation.startswith(drill.choices[drill.answer - 1].rstrip("."))
        assert drill.call.split("(")[0]


def test_a_drill_holds_no_code() -> None:
    for exercise in EXERCISES:
        text = (exercise.folder / "drills.json").read_text(encoding="utf-8")
        assert "return " not in text.replace("return all", "")
        assert "def " not in text
        assert "import " not in text


@pytest.mark.parametrize("exercise", EXERCISES[:4], ids=lambda e: e.name)
def test_the_drills_are_fresh(exercise) -> None:
    """If this fails, type: make pitfalls"""
    text = (exercise.folder / "drills.json").read_text(encoding="utf-8")
    assert text == author.as_json(author.drills_of(exercise)), f"type: {author.COMMAND}"


def test_a_missed_drill_returns_after_two_others() -> None:
    drills, progress = drills_of(EXERCISES[0]), Progress()
    missed = next_drill(drills, progress)
    assert not answered(progress, missed, missed.answer % 4 + 1)
    asked = []
    for _ in range(3):
        asked.append(next_drill(drills, progress))
        answered(progress, asked[-1], asked[-1].answer)
    assert asked[0] != missed != asked[1]
    assert asked[2] == missed
    assert progress.drills[missed.id] == 0


def test_all_drills_are_asked_before_one_returns() -> None:
    drills, progress = drills_of(EXERCISES[0]), Progress()
    asked = []
    for _ in drills:
        asked.append(next_drill(drills, progress).id)
        answered(progress, next_drill(drills, progress), next_drill(drills, progress).answer)
    assert sorted(asked) == sorted(drill.id for drill in drills)


def test_the_command_asks_and_keeps(tmp_path: Path) -> None:
    name = EXERCISES[0].name
    given = ("drill", name, "--dir", str(tmp_path), "--json")
    asked = json.loads(run(*given).output)
    assert "answer" not in asked
    right = drills_of(EXERCISES[0])[0].answer
    said = json.loads(run(*given, "--answer", str(right)).output)
    assert said["right"]
    assert list(read_progress(tmp_path).drills.values()) == [0]
    assert json.loads(run(*given).output) != asked


def test_an_answer_that_is_none_is_said_in_one_line(tmp_path: Path) -> None:
    result = run("drill", EXERCISES[0].name, "--dir", str(tmp_path), "--answer", "9")
    assert result.exit_code == 2
    assert "there are 4 answers" in result.output


@pytest.mark.parametrize("command", [("drill",), ("predict", "output_size")])
def test_an_answer_that_could_not_be_kept_is_not_taken(
    command: tuple[str, ...], tmp_path: Path
) -> None:
    result = run(*command, "--dir", str(tmp_path / "nowhere"), "--answer", "1")
    assert result.exit_code == 2
    assert "there is no such folder" in result.output
    assert result.output.count("\n") == 1


def test_a_damaged_memory_is_forgotten(tmp_path: Path) -> None:
    (tmp_path / ".progress.json").write_text('{"passed": 3}')
    assert read_progress(tmp_path) == Progress()


@pytest.mark.parametrize(
    "exercise",
    [e for e in load().exercises if (e.folder / QUESTIONS).is_file()],
    ids=lambda e: e.name,
)
def test_a_question_has_an_answer(exercise) -> None:
    for question in questions_of(exercise):
        assert 1 <= question.answer <= len(question.choices)
        assert len(set(question.choices)) == len(question.choices) >= 2
        assert question.explanation


def test_a_prediction_is_kept(tmp_path: Path) -> None:
    result = run("predict", "output_size", "--dir", str(tmp_path), "--answer", "1")
    assert result.exit_code == 0
    assert read_progress(tmp_path).predictions == {"output_size.1": 1}


def test_a_quiz_is_drawn_by_student(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograder.instructor.quiz.course_secret", lambda: "a secret")
    ada, again, bob = (run("quiz", student).output for student in ("ada", "ada", "bob"))
    assert ada == again
    assert ada.splitlines()[1:] != bob.splitlines()[1:]
    answers = run("quiz", "ada", "--answers").output
    drills = [drill for exercise in load().exercises for drill in drills_of(exercise)]
    for number, drill in enumerate(drawn(drills, "a secret/ada", 5), 1):
        assert f"{number}. {drill.id.split('.')[0]}" in ada
        assert f"   {drill.answer}: {drill.explanation}" in answers
        assert drill.explanation not in ada


def test_a_pass_is_told_once(tmp_path: Path) -> None:
    first = load().assignments[0]
    shutil.copytree(load().solutions / first.name, tmp_path / first.name)
    new = [exercise.when_passed for exercise in first.exercises]
    before, after = (
        " ".join(run("check", str(tmp_path), "--assignment", first.name).output.split())
        for _ in range(2)
    )
    assert all(sentence in before for sentence in new)
    assert not any(sentence in after for sentence in new)
    assert load().assignments[1].name in after  # the assignment is done, so the next one is named


def test_every_exercise_says_what_its_pass_makes_possible() -> None:
    without = [exercise.name for exercise in load().exercises if not exercise.when_passed]
    assert without == [], "give them a line when_passed in course.toml"


def test_a_helper_file_is_named(tmp_path: Path) -> None:
    first = load().assignments[0]
    shutil.copytree(load().solutions / first.name, tmp_path / first.name)
    (tmp_path / first.name / "helper.py").write_text("x = 1\n")
    assert "helper.py does not come along" in run("check", str(tmp_path)).output


def test_a_mistake_of_ones_own_is_asked_as_a_drill(tmp_path: Path) -> None:
    # An author who checked the solutions has left progress there.
    without = shutil.ignore_patterns(MEMORY, "__pycache__")
    folder = Path(shutil.copytree(load().solutions, tmp_path / "assignments", ignore=without))
    file = folder / "a1_convolution" / "convolution.py"
    right = file.read_text(encoding="utf-8")
    wrong = right.replace("return (input_size + 2 * padding", "return (input_size + padding")
    file.write_text(wrong, encoding="utf-8")
    run("check", str(folder), "--exercise", "output_size")
    (mistake,) = read_progress(folder).drills
    assert mistake.startswith("output_size.")
    asked = json.loads(run("drill", "output_size", "--dir", str(folder), "--json").output)
    assert asked["call"] in [one.call for one in drills_of(load().exercise("output_size"))]
    file.write_text(right, encoding="utf-8")
    run("check", str(folder), "--exercise", "output_size")
    assert read_progress(folder) == Progress(["output_size"], {mistake: 1})
