"""Marks stay right through a term: for each accident that can happen, the right marks.

nbgrader and the gradebook are real. The submitted files state their own verdict, so that one
grading takes a second.
"""

import csv
import re
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import nbformat
import pytest
from click.testing import CliRunner, Result
from nbgrader.api import Gradebook, MissingEntry
from support.cells import graded_cell

from autograder.catalogue import load
from autograder.cli import main
from autograder.grading.sandbox import BUBBLEWRAP
from autograder.instructor import (
    autograde,
    class_grading,
    graded_cells,
    penalties,
    run_nbgrader,
)
from autograder.instructor.history import History
from autograder.instructor.marks_by_hand import watch_marks
from autograder.judging.verdict import CheckResult, ExerciseVerdict, Verdict
from autograder.text import UserError
from autograder.worker.host import Failure

ROOT = Path(__file__).resolve().parent.parent
A1 = load().assignments[0]
NAME, FILE = A1.name, A1.files[0]
FIRST = A1.exercises[0]


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("released")
    shutil.copy(ROOT / "nbgrader_config.py", root)
    notebook = nbformat.v4.new_notebook(
        cells=[graded_cell(e.name, k) for k, e in enumerate(A1.exercises)],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    )
    (root / "source" / NAME).mkdir(parents=True)
    nbformat.write(notebook, root / "source" / NAME / f"{NAME}.ipynb")
    run_nbgrader.release(root, [NAME])
    return root


@pytest.fixture
def course(released: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A released course: a file that begins "# all" gets full marks, "# 0.5" gets half."""

    def verdict(path: Path, assignment: str, **_: Any) -> Verdict:
        text = next((file.read_text() for file in (path / NAME).rglob(FILE)), "")
        said = re.match(r"# (all|[\d.]+|broken|torch)", text)
        share = {"all": 1.0, "broken": 0.0, "torch": 0.0}.get(said[1], 0.0) if said else 0.0
        if said and said[1][0].isdigit():
            share = float(said[1])
        if "the grader breaks" in text:
            raise RuntimeError("the grader broke down")
        status: Any = "error" if said and said[1] == "broken" else "passed" if share else "failed"
        exercises = [
            ExerciseVerdict(e.name, NAME, e.points, e.points * share, status, "invalid syntax")
            for e in A1.exercises
        ]
        if said and said[1] == "torch":
            failure = Failure("exception", "ImportError", "torch.zeros was used")
            exercises[1].message = "torch is not there"
            exercises[1].checks = [CheckResult("x", "X.", True, False, failure=failure)]
        return Verdict(str(path), "bubblewrap", exercises)

    def judge_all(tasks: Any, *_: Any, **__: Any) -> Iterator[Any]:
        return iter(())

    monkeypatch.setattr(graded_cells, "grade_folder", verdict)
    monkeypatch.setattr(autograde, "require_reference", lambda *_: None)
    monkeypatch.setattr(class_grading, "require_reference", lambda *_: None)
    monkeypatch.setattr(class_grading.batch, "judge_all", judge_all)
    monkeypatch.setattr(class_grading, "find_isolation", lambda **_: BUBBLEWRAP)
    monkeypatch.setattr(class_grading, "_executor", _no_executor)
    monkeypatch.setattr(class_grading, "_say_results", lambda *_: None)
    monkeypatch.setenv("COLUMNS", "200")
    root = tmp_path / "course"
    shutil.copytree(released, root)
    return root


class _no_executor:
    """Replaces the pool of processes."""

    def __init__(self, *_: Any) -> None: ...

    def __enter__(self) -> tuple[None, int]:
        return None, 1

    def __exit__(self, *_: object) -> None: ...


def hand_in(root: Path, student: str, text: str = "# all\n", where: str = FILE) -> Path:
    path = root / "submitted" / student / NAME / where
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def command(root: Path, *arguments: str) -> Result:
    result = CliRunner().invoke(main, [*arguments, "--course", str(root)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output
    assert "Traceback" not in result.output
    return result


def grade(root: Path, status: int = 0) -> str:
    result = command(root, "autograde")
    assert result.exit_code == status, result.output
    return " ".join(result.output.split())


def gradebook(root: Path) -> Any:
    return Gradebook(f"sqlite:///{root / 'gradebook.db'}")


def by_hand(root: Path, student: str, score: float) -> None:
    with gradebook(root) as book:
        book.find_grade(FIRST.name, NAME, NAME, student).manual_score = score
        book.db.commit()


def exported(root: Path) -> dict[str, str]:
    result = command(root, "export")
    assert result.exit_code in (0, 3), result.output
    with (root / "exports" / "grades.csv").open(newline="") as stream:
        return {row["student_id"]: row["score"] for row in csv.DictReader(stream)}


@pytest.mark.soak
def test_a_file_moved_to_its_place_is_graded_again(course: Path) -> None:
    hand_in(course, "ada", "# 0.5\n")
    grade(course)
    (course / "submitted" / "ada" / NAME / FILE).unlink()
    hand_in(course, "ada", "# all\n", f"{NAME}/{FILE}")
    out = grade(course)
    assert exported(course) == {"ada": "45.0"}
    assert "file" in out
    assert "as before" not in grade(course) or exported(course) == {"ada": "45.0"}


@pytest.mark.soak
def test_marks_that_are_not_there_are_never_as_before(course: Path) -> None:
    """Marks can be missing after a kill during grading, or in a restored copy of the gradebook."""
    hand_in(course, "ada")
    grade(course)
    with gradebook(course) as book:
        for each in book.find_submission_notebook(NAME, NAME, "ada").grades:
            each.auto_score = None
        book.db.commit()
    assert exported(course) == {"ada": ""}, "no mark is no 0"
    grade(course)
    assert exported(course) == {"ada": "45.0"}


def test_a_submission_counts_as_graded_only_after_its_marks_are_stored(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_in(course, "ada")

    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(History, "finish", killed)
        with pytest.raises(KeyboardInterrupt):
            run_nbgrader.autograde(course, [NAME])
    record = History(course).record("ada", NAME)
    assert record is None or record.parts is None
    (one,) = run_nbgrader.autograde(course, [NAME])
    assert (one.status, one.score) == ("graded", 45)


def test_an_extension_and_a_mark_by_hand_renew_the_penalty_also_at_export(course: Path) -> None:
    with (course / "nbgrader_config.py").open("a") as config:
        config.write('\nc.LateSubmissionPlugin.penalty_method = "zero"\n')
    with gradebook(course) as book:
        book.update_or_create_assignment(NAME, duedate="2026-03-31 23:59:00 UTC")
    hand_in(course, "ada")
    hand_in(course, "ada", "2026-04-02 10:00:00 UTC", "timestamp.txt")
    grade(course)
    assert exported(course) == {"ada": "0.0"}
    by_hand(course, "ada", 3.0)
    assert exported(course) == {"ada": "0.0"}, "the penalty is the whole of the new score"
    with gradebook(course) as book:
        book.grant_extension(NAME, "ada", days=7)
    assert exported(course) == {"ada": f"{45 - FIRST.points + 3:.1f}"}
    (change,) = [
        c for c in History(course).changes("ada") if c.exercise == "late penalty" and c.new == 0
    ]
    assert change.why == "extension"


def test_a_removed_student_stops_nobodys_feedback(course: Path) -> None:
    for student in ("ada", "bob", "cem"):
        hand_in(course, student)
    grade(course)
    with gradebook(course) as book:
        book.remove_student("bob")
    shutil.rmtree(course / "submitted" / "bob")
    result = command(course, "feedback")
    assert result.exit_code == 0, result.output
    pages = sorted(path.parts[-3] for path in (course / "feedback").rglob("*.html"))
    assert pages == ["ada", "cem"]
    assert sorted(exported(course)) == ["ada", "cem"]


def test_one_broken_submission_ends_no_batch(course: Path) -> None:
    for student, text in (("ada", "# all\n"), ("bob", "# all the grader breaks\n")):
        hand_in(course, student, text)
    hand_in(course, "cem")
    out = grade(course, status=1)
    assert "not graded: bob" in out
    assert exported(course)["ada"] == exported(course)["cem"] == "45.0"
    assert exported(course).get("bob", "") == ""
    graded = course / "autograded" / "ada" / NAME / f"{NAME}.ipynb"
    graded.chmod(0o600)
    graded.write_text("{ this is no notebook")
    result = command(course, "feedback")
    assert result.exit_code == 1
    assert "ada" in result.output
    assert [path.parts[-3] for path in (course / "feedback").rglob("*.html")] == ["cem"]


@pytest.mark.sample(1)
@pytest.mark.parametrize("shared", [False, True], ids=["owner alone", "groupshared"])
def test_who_may_read_what_holds_marks(course: Path, shared: bool) -> None:
    if shared:
        with open(course / "nbgrader_config.py", "a") as config:
            config.write("\nc.CourseDirectory.groupshared = True\n")
    handed_out = {path for path in course.rglob("*") if path.name != "gradebook.db"}
    hand_in(course, "ada")
    grade(course)
    nbgrader = Path(sys.executable).parent / "nbgrader"
    subprocess.run([nbgrader, "export"], cwd=course, check=True, capture_output=True)
    for arguments in (["feedback"], ["report"], ["export"], ["totals"], ["history"]):
        assert command(course, *arguments).exit_code == 0
    made = {path for path in course.rglob("*") if path.is_file()} - handed_out
    folders = {path.relative_to(course).parts[0] for path in made}
    assert folders >= {"gradebook.db", "history.db", "autograded", "feedback", "report", "exports"}
    assert folders >= {"submitted", "grades.csv"}
    for path in sorted(made):
        name = path.relative_to(course)
        assert not may_read(path, course, stat.S_IROTH, stat.S_IXOTH), f"anybody reads {name}"
        assert may_read(path, course, stat.S_IRGRP, stat.S_IXGRP) is shared, name


def may_read(path: Path, root: Path, read: int, enter: int) -> bool:
    """Whether a file has the mode bit `read`, and each folder above it the mode bit `enter`."""
    above = path.relative_to(root).parents
    folders = [root / each for each in above if each != Path(".")]
    return bool(path.stat().st_mode & read) and all(f.stat().st_mode & enter for f in folders)


def test_untouched_stubs_are_not_handed_in(course: Path) -> None:
    hand_in(course, "ada", (course / "assignments" / NAME / FILE).read_text())
    hand_in(course, "bob")
    grade(course)
    assert exported(course).get("ada", "") == ""
    assert exported(course)["bob"] == "45.0"


@pytest.mark.soak
def test_a_mark_by_hand_goes_to_the_history_at_a_new_hand_in(course: Path) -> None:
    hand_in(course, "ada", "# 0.5\n")
    grade(course)
    by_hand(course, "ada", 4.0)
    assert any(c.why == "by hand" and c.new == 4 for c in History(course).changes("ada"))
    grade(course)
    with gradebook(course) as book:
        assert book.find_grade(FIRST.name, NAME, NAME, "ada").manual_score == 4.0
    hand_in(course, "ada", "# all\n")
    out = grade(course, status=3)
    assert "by hand for an older submission" in out
    assert exported(course) == {"ada": "45.0"}
    moved = [c for c in History(course).changes("ada") if c.why == "new hand-in"]
    assert [(c.exercise, c.old) for c in moved] == [(FIRST.name, 4.0)]
    assert "by hand for an older submission" in grade(course, status=3), "it stays"
    assert command(course, "acknowledge").exit_code == 0
    assert "warning: " not in grade(course)


@pytest.mark.soak
def test_a_mark_by_hand_answers_the_warning_of_no_points(course: Path) -> None:
    hand_in(course, "ada", "# 0\n")
    hand_in(course, "bob", "# 0\n")
    assert grade(course, status=3).count("0 points, although") == 2
    by_hand(course, "ada", 4.0)
    out = grade(course, status=3)
    assert f"bob, {NAME}: 0 points, although" in out
    assert f"ada, {NAME}: 0 points" not in out
    done = command(course, "autograde", "--student", "ada")
    assert done.exit_code == 0
    assert "1 warning about others" in done.output


@pytest.mark.soak
def test_a_mark_by_hand_stays_with_a_warning_when_the_points_change(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_in(course, "ada")
    grade(course)
    by_hand(course, "ada", 4.0)
    grade(course)
    monkeypatch.setattr(penalties, "judging_digest", lambda *_: "other checks")
    out = grade(course, status=3)
    assert "4 by hand stands although the assignment's checks changed" in out
    with gradebook(course) as book:
        assert book.find_grade(FIRST.name, NAME, NAME, "ada").manual_score == 4.0


@pytest.mark.soak
@pytest.mark.parametrize(
    ("mark", "extra", "counts", "why"),
    [("3", "0.5", 3.5, "by hand, extra credit"), ("4", None, 4.0, "by hand")],
)
def test_formgraders_mark_is_text_and_is_stored_and_noted(
    course: Path, mark: Any, extra: Any, counts: float, why: str
) -> None:
    watch_marks()
    hand_in(course, "ada", "# 0.5\n")
    grade(course)
    with gradebook(course) as book:
        cell = book.find_grade(FIRST.name, NAME, NAME, "ada")
        cell.manual_score, cell.extra_credit = mark, extra
        book.db.commit()
        assert book.find_grade(FIRST.name, NAME, NAME, "ada").score == counts
    last = History(course).changes("ada")[-1]
    before = FIRST.points * 0.5
    assert (last.exercise, last.old, last.new, last.why) == (FIRST.name, before, counts, why)
    grade(course)
    assert History(course).changes("ada")[-1] == last, "it is noted once"


def test_who_changed_is_listed_with_the_reason(course: Path) -> None:
    hand_in(course, "ada", "# 0.5\n")
    hand_in(course, "bob")
    grade(course)
    assert "no mark that stood before has changed" in grade(course)
    hand_in(course, "ada", "# all\n")
    grade(course)
    with (course / "exports" / "changes.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert {(r["student"], r["exercise"], r["why"]) for r in rows} == {
        ("ada", e.name, "file") for e in A1.exercises
    }
    assert float(rows[0]["old"]) * 2 == float(rows[0]["new"])


def test_an_empty_file_is_no_mark_and_a_warning_until_the_file_comes(course: Path) -> None:
    hand_in(course, "ada", "\n")
    for out in (grade(course, status=3), grade(course, status=3)):
        assert f"ada, {NAME}: {FILE} is empty, as an upload that fails leaves it" in out
    with (
        Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook,
        pytest.raises(MissingEntry),
    ):
        gradebook.find_submission(NAME, "ada")
    hand_in(course, "ada")
    assert "warning: " not in grade(course)


def test_a_package_that_grading_lacks_is_a_warning(course: Path) -> None:
    hand_in(course, "ada", "# torch\n")
    said = f"{A1.exercises[1].name} asks for what grading does not have: torch is not there"
    assert f"warning: ada, {NAME}: {said}" in grade(course, status=3)


def test_work_that_may_lie_in_a_file_left_out_is_a_warning(course: Path) -> None:
    hand_in(course, "ada", "my answers", where="answers.docx")
    hand_in(course, "bob", (course / "assignments" / NAME / FILE).read_text())
    hand_in(course, "bob", "", where=".DS_Store")
    hand_in(course, "cem", "my answers", where="it was taken as b.py")
    out = grade(course, status=3)
    assert f"warning: cem, {NAME}: {NAME}/it was taken as b.py was left out" in out
    assert f"warning: ada, {NAME}: {NAME}/answers.docx was left out: no file of this" in out
    assert "warning: bob" not in out, "stubs and litter alone are no warning"
    with gradebook(course) as book, pytest.raises(MissingEntry):
        book.find_submission(NAME, "ada")


@pytest.mark.soak
def test_warnings_stay_until_they_are_dealt_with(course: Path) -> None:
    hand_in(course, "ada", "# broken\n")
    hand_in(course, "bob", "# 0\n")
    (course / "submitted" / "cem").mkdir()
    (course / "submitted" / "cem" / FILE).write_text("# all\n")
    for out in (grade(course, status=3), grade(course, status=3)):
        assert f"ada, {NAME}: 4 of 4 exercises could not be run" in out
        assert f"bob, {NAME}: 0 points, although something was handed in" in out
        assert f"ada, {NAME}: 0 points" not in out, "why she has none is said already"
        assert f"cem: {FILE} lies outside an assignment's folder; move it into cem/{NAME}/" in out
    result = command(course, "export")
    assert result.exit_code == 3
    assert "although something was handed in" in " ".join(result.output.split())
    hand_in(course, "ada")
    hand_in(course, "bob")
    hand_in(course, "cem")
    (course / "submitted" / "cem" / FILE).unlink()
    assert "warning: " not in grade(course)


def test_a_hand_in_that_matches_nobody_on_the_class_list(course: Path) -> None:
    with gradebook(course) as book:
        book.add_student("jos\u00e9", first_name="José", last_name="García")
        book.add_student("bob", first_name="Bob", last_name="B")
    hand_in(course, "jose\u0301")
    hand_in(course, "bob")
    hand_in(course, "zoe")
    out = grade(course, status=1)
    assert f"not graded: jose\u0301, {NAME}: the class list has no" in out
    assert "mv 'submitted/jose\u0301' 'submitted/jos\u00e9'" in out
    assert "zoe, " + NAME + ": the class list has no student of this id" in out
    assert exported(course)["bob"] == "45.0"


def test_ids_that_look_alike_are_named(course: Path) -> None:
    hand_in(course, "Ada.L")
    hand_in(course, "ada.l", "# 0.5\n")
    assert "Ada.L, ada.l look like one student" in grade(course, status=3)


def test_a_zone_of_the_exchange_and_a_time_that_cannot_be(course: Path) -> None:
    hand_in(course, "ada")
    hand_in(course, "ada", "2026-03-31 22:15:00.123456 CEST", "timestamp.txt")
    hand_in(course, "bob")
    hand_in(course, "bob", "2020-01-01 00:00:00 UTC", "timestamp.txt")
    out = grade(course, status=3)
    assert f"bob, {NAME}: timestamp.txt says 2020-01-01 00:00 UTC, which cannot be" in out
    with gradebook(course) as book:
        assert book.find_submission(NAME, "ada").timestamp.hour == 20


def test_a_locked_gradebook_is_waited_for_and_then_named(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_in(course, "ada")
    monkeypatch.setattr(class_grading, "WAIT_SECONDS", 0.0)
    with closing(sqlite3.connect(course / "gradebook.db", isolation_level=None)) as lock:
        lock.execute("BEGIN EXCLUSIVE")
        result = command(course, "autograde")
    assert result.exit_code == 2
    assert "is locked by" in " ".join(result.output.split())
    grade(course)


def test_files_with_marks_are_their_owners_alone(course: Path) -> None:
    hand_in(course, "ada")
    grade(course)
    exported(course)
    command(course, "feedback")
    for name in ("gradebook.db", "history.db", "exports/grades.csv", "autograded", "feedback"):
        assert (course / name).stat().st_mode & 0o077 == 0, name


def test_a_check_that_fails_itself(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from autograder.instructor import reference_first

    def broken(path: Path, **_: Any) -> Verdict:
        failed = CheckResult("padding_counts_twice", "", True, False, "6 is not 5")
        one = ExerciseVerdict(FIRST.name, NAME, 5, 3, "failed", checks=[failed])
        return Verdict(str(path), "bubblewrap", [one])

    monkeypatch.setattr(reference_first, "grade_folder", broken)
    monkeypatch.setattr(reference_first, "_passed", set())
    with pytest.raises(UserError, match=f"check of {FIRST.name}: padding_counts_twice"):
        reference_first.require_reference([NAME], False)
