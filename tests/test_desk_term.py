"""A grader's term: extensions, attempts, totals, requests, graders, deleted students, the end."""

import csv
import re
import shutil
import sqlite3
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from nbgrader.api import Gradebook

from autograder.catalogue import choose, load
from autograder.cli import main
from autograder.grading import course_files
from autograder.grading.verdict_store import VerdictStore
from autograder.instructor import run_nbgrader
from autograder.instructor.aftermath import bring_up_to_date, open_warnings
from autograder.instructor.comments import (
    add_comment,
    applied_points,
    apply_points,
    read_comments,
)
from autograder.instructor.commit_guard import students_in
from autograder.instructor.discrimination import point_biserial
from autograder.instructor.forgetting import judged_groups
from autograder.instructor.history import History
from autograder.instructor.policy import Policy
from autograder.instructor.totals import total_of

ROOT = Path(__file__).resolve().parent.parent
A1 = load(ROOT).assignments[0]
NAME, FILE = A1.name, A1.files[0]
FIRST, LAST = A1.exercises[0], A1.exercises[-1]
WORK = (ROOT / "solutions" / NAME / FILE).read_text()


LATE_RULES = """
from nbgrader.plugins import BasePlugin


class Lost(BasePlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return score


class OnePoint(BasePlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return 1.0
"""


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course with two graded submissions: ada's is right, bob's is unfinished and late."""
    top = tmp_path_factory.mktemp("course")
    shutil.copy(ROOT / "nbgrader_config.py", top)
    (top / "source").mkdir()
    shutil.copytree(ROOT / "source" / NAME, top / "source" / NAME)
    choose(top)
    run_nbgrader.release(top, [NAME])
    with Gradebook(f"sqlite:///{top / 'gradebook.db'}") as gradebook:
        gradebook.update_or_create_assignment(NAME, duedate="2026-03-02 10:00:00 UTC")
    stub = (top / "assignments" / NAME / FILE).read_text()
    hand_in(top, "ada", WORK, "2026-03-01 09:00:00 UTC")
    hand_in(top, "bob", stub + "\n# begun\n", "2026-03-04 09:00:00 UTC")
    assert {one.status for one in run_nbgrader.autograde(top, [NAME])} == {"graded"}
    return top


@pytest.fixture
def course(graded: Path, tmp_path: Path) -> Iterator[Path]:
    top = tmp_path / "course"
    shutil.copytree(graded, top)
    choose(top)
    yield top
    choose(ROOT)


def hand_in(top: Path, student: str, text: str, time: str) -> None:
    folder = top / "submitted" / student / NAME
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILE).write_text(text)
    (folder / "timestamp.txt").write_text(time)


def run(top: Path, *arguments: str, status: int = 0) -> str:
    options = [*arguments, "--course", str(top)]
    done = CliRunner().invoke(main, options, env={"COLUMNS": "200"})
    assert done.exit_code == status, (done.output, done.exception)
    assert "Traceback" not in done.output
    return done.output


def book(top: Path) -> Gradebook:
    return Gradebook(f"sqlite:///{top / 'gradebook.db'}")


def late(top: Path, student: str) -> float:
    with book(top) as gradebook:
        return float(gradebook.find_submission(NAME, student).total_seconds_late)


# ------------------------------------------------------------------ time


def test_an_extension_holds_and_can_be_given_before_the_hand_in(course: Path) -> None:
    assert late(course, "bob") > 0
    assert "2026-03-05 10:00:00 UTC" in run(course, "extend", "bob", NAME, "--days", "3")
    assert late(course, "bob") == 0
    run(course, "extend", "bob", NAME, "--until", "2026-03-03T12:00+02:00")
    assert late(course, "bob") == 23 * 3600
    with book(course) as gradebook:
        gradebook.add_student("eve")
    run(course, "extend", "eve", NAME, "--days", "1")
    hand_in(course, "eve", WORK, "2026-03-03 09:00:00 UTC")
    run_nbgrader.autograde(course, [NAME], ["eve"])
    assert late(course, "eve") == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nobody", NAME, "--days", "1"), "nobody"),
        (("ada", NAME), "--days 3"),
        (("ada", NAME, "--until", "soon"), "soon"),
        (("ada", NAME, "--until", "2026-01-01T00:00"), "before the due date"),
        (("ada", "a9", "--days", "1"), "a9"),
    ],
)
def test_an_extension_that_cannot_be_is_refused(
    course: Path, arguments: tuple[str, ...], said: str
) -> None:
    assert said in run(course, "extend", *arguments, status=2)


def test_late_days_are_used_up_and_shown(course: Path) -> None:
    (course / "policy.toml").write_text("[late_days]\nbudget = 5\n")
    assert re.search(
        r"bob +\S+ +2 days late: 2 of the budget used, 3 left", run(course, "late-days")
    )
    assert late(course, "bob") == 0
    assert "2 of the budget used" in run(course, "late-days"), "the same again, not more"
    (course / "policy.toml").write_text("[late_days]\nbudget = 5\nmost_each = 1\n")
    assert "1 of the budget used, 4 left, 1 not covered" in run(course, "late-days")
    assert 0 < late(course, "bob") < 24 * 3600


def test_a_policy_or_extension_that_is_none_is_named(course: Path) -> None:
    reads = {"policy.toml": ("totals",), "extensions.toml": ("extend", "ada", NAME, "--days", "1")}
    for name, text in (
        ("policy.toml", "[late_day]\n"),
        ("policy.toml", "[late_days]\nbudget = -1\n"),
        ("policy.toml", "[attempts]\ncount = 1\n"),
        ("policy.toml", "[totals\n"),
        ("policy.toml", "[totals]\nletters = 3\n"),
        ("policy.toml", "[totals]\nletters = {A = nan}\n"),
        ("policy.toml", f"[totals]\nletters = {{A = {'9' * 400}}}\n"),
        ("policy.toml", "a = " + "[" * 3000),
        ("extensions.toml", "extension = 3\n"),
        ("extensions.toml", 'extension = ["ada"]\n'),
        ("extensions.toml", "[[extension]]\nstudent = 3\n"),
        ("extensions.toml", "a = " + "9" * 5000),
    ):
        (course / name).write_text(text)
        assert name in run(course, *reads[name], status=2)
        (course / name).unlink()


def test_a_date_alone_is_the_whole_day(course: Path) -> None:
    assert "until 2026-03-05 23:59:00 UTC" in run(
        course, "extend", "bob", NAME, "--until", "2026-03-05"
    )


def test_a_warning_of_what_happened_once_outlasts_the_next_grading(course: Path) -> None:
    with book(course) as gradebook:
        gradebook.find_grade(FIRST.name, NAME, NAME, "bob").manual_score = 1.0
        gradebook.db.commit()
    hand_in(course, "bob", WORK, "2026-03-01 09:00:00 UTC")
    run_nbgrader.autograde(course, [NAME], ["bob"])
    run_nbgrader.autograde(course, [NAME], ["bob"], force=True)
    (warning,) = open_warnings(course)
    assert f"{FIRST.name}: 1 by hand for an older submission" in str(warning)
    with book(course) as gradebook:
        gradebook.find_grade(FIRST.name, NAME, NAME, "bob").manual_score = 2.0
        gradebook.db.commit()
    bring_up_to_date(course)
    assert open_warnings(course) == [], "a mark by hand for the new one answers it"
    # After an acknowledgement, the same event causes a new warning.
    for text in ("# once more\n", "# and again\n"):
        with book(course) as gradebook:
            gradebook.find_grade(FIRST.name, NAME, NAME, "bob").manual_score = 1.0
            gradebook.db.commit()
        hand_in(course, "bob", WORK + text, "2026-03-01 09:00:00 UTC")
        run_nbgrader.autograde(course, [NAME], ["bob"])
        assert "1 by hand for an older submission" in run(course, "acknowledge")


def test_marks_from_before_a_change_of_points_are_not_exported_unsaid(course: Path) -> None:
    history = History(course)
    record = history.record("ada", NAME)
    assert record is not None
    assert record.parts is not None
    assert "graded before" not in run(course, "export", status=3), "bob has no points"
    parts = {**record.parts, "points": "other=1"}
    history.finish("ada", NAME, parts, record.auto)
    said = run(course, "export", "--format", "canvas", status=3)
    assert f"{NAME}: 1 submission was graded before a change of the points" in said


def test_only_marks_whose_own_exercise_changed_its_points_are_warned_of(course: Path) -> None:
    with book(course) as gradebook:
        for name in (FIRST.name, "im2col"):
            gradebook.find_grade(name, NAME, NAME, "ada").manual_score = 3.0
        gradebook.db.commit()
    history = History(course)
    for points in ("2", "3"):
        record = history.record("ada", NAME)
        assert record is not None
        assert record.parts is not None
        before = record.parts["points"].replace(f"{FIRST.name}={FIRST.points:g}", "{}")
        parts = {**record.parts, "points": before.format(f"{FIRST.name}={points}")}
        history.finish("ada", NAME, parts, record.auto)
        run(course, "autograde", status=3)
        (said,) = [str(w) for w in open_warnings(course) if "by hand stands" in str(w)]
        assert f"{FIRST.name}: 3 by hand stands although the points changed" in said


def test_why_lateness_costs_something_else_now(course: Path) -> None:
    with book(course) as gradebook:
        gradebook.find_grade(FIRST.name, NAME, NAME, "bob").manual_score = 4.0
        gradebook.db.commit()
    bring_up_to_date(course)
    assert late(course, "bob") > 0
    (course / "late_rules.py").write_text(LATE_RULES)
    with (course / "nbgrader_config.py").open("a") as stream:
        stream.write('c.AssignLatePenalties.plugin_class = "late_rules.OnePoint"\n')
    changes, problems = bring_up_to_date(course)
    assert problems == []
    assert [(c.student, c.new, c.why) for c in changes] == [("bob", 1.0, "late policy")]
    history = History(course)
    record = history.record("bob", NAME)
    assert record is not None
    assert record.parts is not None
    before = {k: record.parts[k] for k in ("file", "check", "points")}
    (course / "policy.toml").write_text("[late_days]\nbudget = 5\n")
    changes, _ = bring_up_to_date(course)
    ((new, why),) = [(c.new, c.why) for c in changes]
    assert new == 0
    assert set(why.split(", ")) == {"late days", "late policy"}
    # An earlier version stored all this in one entry: the kit must not guess a reason from it.
    history.finish("bob", NAME, {**before, "extension": "2026-03-04 None {}"}, record.auto)
    (course / "policy.toml").write_text("[late_days]\nbudget = 0\n")
    (change,) = bring_up_to_date(course)[0]
    assert (change.new, change.why) == (1.0, "graded again")


# ------------------------------------------------------------------ attempts


def test_the_best_attempt_counts_if_the_policy_says_so(course: Path, tmp_path: Path) -> None:
    worse = (course / "submitted" / "bob" / NAME / FILE).read_text()
    folder = tmp_path / "again" / "ada" / NAME
    folder.mkdir(parents=True)
    (folder / FILE).write_text(worse)
    (folder / "timestamp.txt").write_text("2026-03-01 20:00:00 UTC")
    run(course, "collect", str(tmp_path / "again"))
    assert (course / "submitted" / "ada" / NAME / FILE).read_text() == worse
    lines = run(course, "attempts").splitlines()
    assert lines[0].startswith("ada")
    assert "2026-03-01 09:00:00" in lines[0]
    assert lines[1].endswith("counts")
    (course / "policy.toml").write_text('[attempts]\ncount = "best"\n')
    lines = run(course, "attempts").splitlines()
    assert lines[0].endswith("counts")
    assert (course / "submitted" / "ada" / NAME / FILE).read_text() == WORK
    assert len(list((course / "attempts" / "ada" / NAME).iterdir())) == 2
    run(course, "feedback")
    html = (course / "feedback" / "ada" / NAME / f"{NAME}.html").read_text()
    rows = re.findall(r"<tr><td>(2026-\S+ \S+)</td>\s*<td>(.*?)</td>\s*<td>(.*?)</td>", html)
    assert [(time, counts) for time, _, counts in rows] == [
        ("2026-03-01 09:00:00", "this one counts"),
        ("2026-03-01 20:00:00", "no"),
    ]
    assert all(float(points) >= 0 for _, points, _ in rows)
    assert "Your attempts" not in (course / "feedback" / "bob" / NAME / f"{NAME}.html").read_text()


@pytest.mark.parametrize("command", ["grade", "export"])
def test_a_late_policy_that_cannot_be_loaded_is_one_line(course: Path, command: str) -> None:
    with (course / "nbgrader_config.py").open("a") as stream:
        stream.write('c.AssignLatePenalties.plugin_class = "no_such_rules.Nope"\n')
    out = run(course, "autograde" if command == "grade" else command, status=2)
    assert "the late policy, c.AssignLatePenalties.plugin_class in nbgrader_config.py" in out
    assert out.count("\n") == 1


def test_a_time_still_to_come_costs_no_mark(course: Path) -> None:
    before = late(course, "bob")
    hand_in(course, "bob", f"{WORK}# again\n", "2062-03-31 23:30 UTC")
    assert "which is still to come; write the time" in run(course, "autograde", status=1)
    assert late(course, "bob") == before


def test_a_mark_stays_when_what_it_was_given_for_is_gone(course: Path) -> None:
    with book(course) as gradebook:
        before = gradebook.find_submission(NAME, "bob").score
    (course / "submitted" / "bob" / NAME / FILE).unlink()
    assert "the mark of an earlier hand-in stays" in run(course, "autograde", status=3)
    with book(course) as gradebook:
        assert gradebook.find_submission(NAME, "bob").score == before


@pytest.mark.parametrize("name", ["timestamp.txt.txt", "TIMESTAMP.TXT", "timestamp (1).txt"])
def test_a_time_in_a_file_of_another_name_is_named(course: Path, name: str) -> None:
    hand_in(course, "bob", f"{WORK}# again\n", "2026-03-01 09:00:00 UTC")
    folder = course / "submitted" / "bob" / NAME
    (folder / "timestamp.txt").rename(folder / name)
    said = f"warning: bob, {NAME}: {name} is not read; if it says when this was handed in, rename"
    assert said in run(course, "autograde", status=3)


def test_the_best_attempt_is_the_best_after_lateness(course: Path, tmp_path: Path) -> None:
    (course / "late_rules.py").write_text(LATE_RULES)
    with (course / "nbgrader_config.py").open("a") as stream:
        stream.write('c.AssignLatePenalties.plugin_class = "late_rules.Lost"\n')
    folder = tmp_path / "again" / "bob" / NAME
    folder.mkdir(parents=True)
    started = (course / "submitted" / "bob" / NAME / FILE).read_text()
    (course / "submitted" / "bob" / NAME / "timestamp.txt").write_text("2026-03-01 09:00:00 UTC")
    half = started.replace("# begun", "def output_size(n, k, s=1, p=0):\n    return (n+2*p-k)//s+1")
    (course / "submitted" / "bob" / NAME / FILE).write_text(half)
    (folder / FILE).write_text(WORK)
    (folder / "timestamp.txt").write_text("2026-03-12 20:00:00 UTC")
    run(course, "collect", str(tmp_path / "again"))
    (course / "policy.toml").write_text('[attempts]\ncount = "best"\n')
    lines = run(course, "attempts").splitlines()
    assert lines[0].endswith("counts")
    assert re.search(r"45 points, 45 less as it is late$", lines[1])
    assert (course / "submitted" / "bob" / NAME / FILE).read_text() == half
    run(course, "extend", "bob", NAME, "--days", "20")
    assert run(course, "attempts").splitlines()[1].endswith("45 points  counts")


def test_an_attempt_of_an_unknown_time_is_never_late(course: Path, tmp_path: Path) -> None:
    (course / "late_rules.py").write_text(LATE_RULES)
    with (course / "nbgrader_config.py").open("a") as stream:
        stream.write('c.AssignLatePenalties.plugin_class = "late_rules.Lost"\n')
    with book(course) as gradebook:
        gradebook.update_or_create_assignment(NAME, duedate="2026-03-05 12:00:00")
    (course / "submitted" / "bob" / NAME / "timestamp.txt").write_text("2026-03-01 09:00:00 UTC")
    folder = tmp_path / "again" / "bob" / NAME
    folder.mkdir(parents=True)
    (folder / FILE).write_text(WORK)
    run(course, "collect", str(tmp_path / "again"))
    (course / "policy.toml").write_text('[attempts]\ncount = "best"\n')
    lines = run(course, "attempts").splitlines()
    assert "2026-03-01 09:00:00 UTC" in lines[0]
    assert re.search(r"at an unknown time +45 points  counts$", lines[1])
    assert (course / "submitted" / "bob" / NAME / FILE).read_text() == WORK


def test_what_was_given_by_hand_for_an_attempt_that_counts_again_is_named(
    course: Path, tmp_path: Path
) -> None:
    with book(course) as gradebook:
        grade = gradebook.find_grade("im2col", NAME, NAME, "ada")
        grade.manual_score = 12.0
        gradebook.db.commit()
    folder = tmp_path / "again" / "ada" / NAME
    folder.mkdir(parents=True)
    (folder / FILE).write_text((course / "submitted" / "bob" / NAME / FILE).read_text())
    run(course, "collect", str(tmp_path / "again"))
    run(course, "autograde", status=3)
    (course / "policy.toml").write_text('[attempts]\ncount = "best"\n')
    run(course, "attempts")
    (said,) = [str(w) for w in open_warnings(course) if "another attempt counts now" in str(w)]
    assert "autograder history --student ada" in said
    assert "comments/ada/earlier/" in said


# ------------------------------------------------------------------ totals


def test_totals_stand_in_one_csv_with_letters_and_empty_cells(course: Path) -> None:
    (course / "policy.toml").write_text("[totals]\nletters = { A = 90, F = 0 }\n")
    with book(course) as gradebook:
        gradebook.add_student("eve", first_name="Eve", last_name="=1+1")
    run(course, "totals")
    with (course / "exports" / "totals.csv").open(newline="") as stream:
        rows = {row["Student"]: row for row in csv.DictReader(stream)}
    assert (rows["ada"][NAME], rows["ada"]["Total percent"], rows["ada"]["Letter"]) == (
        "100.00",
        "100.00",
        "A",
    )
    assert (rows["eve"][NAME], rows["eve"]["Total percent"], rows["eve"]["Letter"]) == (
        "",
        "0.00",
        "F",
    )
    assert rows["eve"]["Last name"].startswith("'=")


def test_a_total_is_worked_out_as_the_guide_says() -> None:
    possible = {"a": 10.0, "b": 20.0, "c": 30.0, "x": 5.0}
    scores = {"a": 10.0, "b": 5.0, "c": 30.0, "x": 5.0}
    assert total_of(scores, possible, {"x"}, Policy()).percent == round(100 * 50 / 60, 2)
    dropped = total_of(scores, possible, {"x"}, Policy(drop_lowest=1))
    assert (dropped.dropped, dropped.percent) == (("b",), round(100 * 45 / 40, 2))
    weighted = total_of(scores, possible, {"x"}, Policy(weights={"a": 1, "b": 1}))
    assert weighted.percent == 62.5
    missing = total_of({"a": 10.0}, possible, {"x"}, Policy(drop_lowest=1))
    # Of two that were not handed in, the heavier one is dropped: that is the student's advantage.
    assert missing.dropped == ("c",)
    assert missing.percents == {"a": 100.0}


def test_what_has_no_weight_is_never_dropped() -> None:
    possible = {"a": 10.0, "b": 10.0, "c": 10.0}
    policy = Policy(weights={"a": 1, "b": 2}, drop_lowest=1)
    total = total_of({"a": 5.0, "b": 10.0}, possible, set(), policy)
    assert (total.dropped, total.percent) == (("a",), 100.0)


@settings(deadline=None)
@given(
    st.dictionaries(st.sampled_from("abc"), st.floats(0, 10)),
    st.integers(0, 5),
)
def test_dropping_the_lowest_never_lowers_a_total(scores: dict[str, float], drop: int) -> None:
    possible = dict.fromkeys("abc", 10.0)
    less = total_of(scores, possible, set(), Policy(drop_lowest=drop)).percent
    more = total_of(scores, possible, set(), Policy(drop_lowest=drop + 1)).percent
    assert 0 <= less <= more + 0.011
    assert more <= 100


# ------------------------------------------------------------------ requests


def test_a_request_is_listed_answered_and_kept(course: Path) -> None:
    file = course / "submitted" / "bob" / NAME / "regrade.txt"
    file.write_text("Is <b>this</b> right?")
    assert "OPEN" in run(course, "requests")
    run(course, "answer", "bob", NAME, "It is, & now it counts.")
    run(course, "feedback")
    html = (course / "feedback" / "bob" / NAME / f"{NAME}.html").read_text()
    assert "&lt;b&gt;this&lt;/b&gt;" in html
    assert "It is, &amp; now it counts." in html
    file.unlink()
    assert "0 open" in run(course, "requests")
    assert "now it counts" in run(course, "requests")
    assert "no open request" in run(course, "answer", "bob", NAME, "x", status=2)


# ------------------------------------------------------------------ graders


def test_a_class_is_split_and_merged_and_a_conflict_is_named(course: Path, tmp_path: Path) -> None:
    (course / "rubric.toml").write_text('[neat]\ntext = "Neat."\npoints = 0.5\n')
    run(course, "comment", "ada", NAME, LAST.name, "--remark", "neat")
    run(course, "comment", "bob", NAME, LAST.name, "--remark", "neat")
    with book(course) as gradebook:
        for student in ("ada", "bob"):
            apply_points(gradebook, course, student, NAME)
    run(course, "split", "kim", "lee")
    homes = {}
    for grader in ("kim", "lee"):
        homes[grader] = tmp_path / grader
        with zipfile.ZipFile(course / "graders" / f"{grader}.zip") as packed:
            packed.extractall(homes[grader])
    with book(homes["kim"]) as gradebook:
        assert [student.id for student in gradebook.students] == ["ada"]
    for name in ("gradebook.db", "comments/.points.json"):
        assert b"bob" not in (homes["kim"] / name).read_bytes()
    with book(homes["lee"]) as gradebook:
        file = homes["lee"] / "comments" / "bob" / f"{NAME}.toml"
        file.write_text(
            file.read_text() + f'[[comment]]\nexercise = "{LAST.name}"\ntext = "x"\npoints = 1\n'
        )
        assert apply_points(gradebook, homes["lee"], "bob", NAME) == []
        assert gradebook.find_grade(LAST.name, NAME, NAME, "bob").extra_credit == 1.5
    assert (homes["lee"] / "autograded" / "bob" / NAME / FILE).is_file()
    for grader, student, mark in (("kim", "ada", 1.0), ("lee", "bob", 2.0)):
        with book(homes[grader]) as gradebook:
            grade = gradebook.find_grade(FIRST.name, NAME, NAME, student)
            grade.manual_score = mark
            gradebook.db.commit()
        file = homes[grader] / "comments" / student / f"{NAME}.toml"
        with file.open("a") as stream:
            stream.write(f'[[comment]]\nexercise = "{FIRST.name}"\ntext = "of {grader}"\n')
    with book(course) as gradebook:
        gradebook.find_grade(FIRST.name, NAME, NAME, "bob").manual_score = 3.0
        gradebook.db.commit()
    # Comments are in files beside the gradebook, and are merged with it.
    said = run(course, "merge", str(homes["kim"] / "gradebook.db"), str(homes["lee"]), status=1)
    assert f"ada, {NAME}: 1 comment of kim" in said
    assert re.search(
        rf"conflict: bob, {NAME}, mark {FIRST.name}.*lee says 2.0, here stands 3.0", said
    )
    with book(course) as gradebook:
        marks = [
            gradebook.find_grade(FIRST.name, NAME, NAME, s).manual_score for s in ("ada", "bob")
        ]
    assert marks == [1.0, 3.0]
    with book(course) as gradebook:
        assert apply_points(gradebook, course, "bob", NAME) == [], "lee's points are the comments'"
        assert gradebook.find_grade(LAST.name, NAME, NAME, "bob").extra_credit == 1.5
    assert "of kim" in (course / "comments" / "ada" / f"{NAME}.toml").read_text()
    again = run(course, "merge", str(homes["kim"]))
    assert "0 taken, 0 conflicts" in again
    (homes["kim"] / "comments" / "ada" / f"{NAME}.toml").write_text("no table")
    damaged = run(course, "merge", str(homes["kim"]), str(homes["lee"]), status=1)
    assert re.search(rf"comments of kim are not taken: .*ada/{NAME}.toml cannot be read", damaged)
    assert "lee says 2.0, here stands 3.0" in damaged


def part_of_kim(course: Path, tmp_path: Path) -> Path:
    """Split the course into one part, and unpack it for kim; return kim's folder."""
    run(course, "split", "kim")
    home = tmp_path / "kim"
    with zipfile.ZipFile(course / "graders" / "kim.zip") as packed:
        packed.extractall(home)
    return home


def test_what_is_no_mark_is_not_merged(course: Path, tmp_path: Path) -> None:
    home = part_of_kim(course, tmp_path)
    for mark in (9e999, -9e999, 1e300, 1000, -1000, "ten", b"10"):
        for column in ("manual_score", "extra_credit"):
            with closing(sqlite3.connect(home / "gradebook.db")) as database:
                database.execute("UPDATE grade SET manual_score = NULL, extra_credit = NULL")
                database.execute(f"UPDATE grade SET {column} = ?", (mark,))
                database.commit()
            said = run(course, "merge", str(home), status=1)
            assert f"mark {FIRST.name} in {NAME}: kim says " in said
            assert "which is no" in said or "settle it in Formgrader" in said
    with book(course) as gradebook:
        grade = gradebook.find_grade(FIRST.name, NAME, NAME, "ada")
        assert (grade.manual_score, grade.extra_credit) == (None, None)


def test_a_gradebook_that_computes_is_not_merged(course: Path, tmp_path: Path) -> None:
    home = part_of_kim(course, tmp_path)
    with closing(sqlite3.connect(home / "gradebook.db")) as database:
        columns = ", ".join(name for _, name, *_ in database.execute("PRAGMA table_info(grade)"))
        database.execute("ALTER TABLE grade RENAME TO grades")
        database.execute(
            "CREATE VIEW grade AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
            f"SELECT {columns} FROM grades, n"
        )
        database.commit()
    assert "it has views or programs" in run(course, "merge", str(home), status=2)


REFUSED = [
    "points = nan",
    "points = 1e9",
    f"points = {'9' * 400}",
    f"points = {'9' * 5000}",
    "points = 2026-03-01",
    "line = -1",
    'remark = ["neat"]',
    'remark = "of no rubric"',
    "[comment.nested]",
    '"text = 1\\n[[comment]]\\nexercise" = "injected"',
    "nested = " + "[" * 3000,
]


def test_comments_that_this_course_would_refuse_are_not_merged(
    course: Path, tmp_path: Path
) -> None:
    home = part_of_kim(course, tmp_path)
    file = add_comment(home, "ada", NAME, FIRST.name, text="of kim")
    one = file.read_text()
    for entry in REFUSED:
        file.write_text(f'{one}\n[[comment]]\nexercise = "{FIRST.name}"\ntext = "x"\n{entry}\n')
        said = run(course, "merge", str(home), status=1)
        assert f"comments of kim are not taken: comments/ada/{NAME}.toml" in said
        assert not (course / "comments" / "ada" / f"{NAME}.toml").exists()


def test_comments_on_nobody_are_not_merged(course: Path, tmp_path: Path) -> None:
    home = part_of_kim(course, tmp_path)
    add_comment(home, "zoe", NAME, FIRST.name, text="of kim")
    said = run(course, "merge", str(home), status=1)
    assert f"comments of kim are not taken: there is no {NAME} of zoe here" in said
    assert not (course / "comments" / "zoe").exists()


def test_a_delete_character_in_a_comment_comes_along(course: Path, tmp_path: Path) -> None:
    home = part_of_kim(course, tmp_path)
    file = add_comment(home, "ada", NAME, FIRST.name, text="a")
    file.write_text(file.read_text().replace('"a"', '"a\\u007fb"'))
    run(course, "merge", str(home))
    run(course, "merge", str(home))
    ((remark,),) = read_comments(course, "ada", NAME).values()
    assert remark.text == "a\x7fb"


def test_a_mark_for_an_older_hand_in_is_not_merged(course: Path, tmp_path: Path) -> None:
    home = part_of_kim(course, tmp_path)
    for student in ("ada", "bob"):
        with book(home) as gradebook:
            gradebook.find_grade(FIRST.name, NAME, NAME, student).manual_score = 1.0
            gradebook.db.commit()
        add_comment(home, student, NAME, FIRST.name, text="of kim")
    hand_in(course, "bob", WORK, "2026-03-02 09:00:00 UTC")
    run_nbgrader.autograde(course, [NAME], ["bob"])
    said = run(course, "merge", str(home), status=1)
    assert re.search(rf"bob, {NAME}, mark {FIRST.name}.*1.0 of kim is for an older hand-in", said)
    assert f"bob, {NAME}: 1 comment of kim on an older hand-in" in said
    with book(course) as gradebook:
        marks = [gradebook.find_grade(FIRST.name, NAME, NAME, s) for s in ("ada", "bob")]
        assert [m.manual_score for m in marks] == [1.0, None]
        assert marks[1].auto_score == FIRST.points
    assert read_comments(course, "bob", NAME) == {}
    (kept,) = (course / "comments" / "bob" / "earlier").iterdir()
    assert "of kim" in kept.read_text()
    assert "comment" not in run(course, "merge", str(home), status=1), "it is kept once"


def test_a_part_is_unpacked_where_no_marks_are_and_enters_no_commit(
    course: Path, tmp_path: Path
) -> None:
    run(course, "comment", "ada", NAME, LAST.name, "Neat.", "--points", "1")
    run(course, "split", "kim")
    part = str(course / "graders" / "kim.zip")
    assert "2 students, whose marks would be lost" in run(course, "unpack", part, status=2)
    home = tmp_path / "home"
    home.mkdir()
    shutil.copy(course / "nbgrader_config.py", home)
    shutil.copy(ROOT / "gradebook.db", home)

    def git(*words: str) -> bytes:
        who = ("-c", "user.name=kim", "-c", "user.email=kim@example.org")
        return subprocess.run(
            ["git", *who, *words], cwd=home, check=True, capture_output=True
        ).stdout

    git("init")
    git("add", "-A")
    git("commit", "-m", "the course")
    with zipfile.ZipFile(part, "a") as packed:
        packed.writestr("policy.toml", "not of a part")
    said = run(home, "unpack", part)
    assert not (home / "policy.toml").exists()
    assert "git turns down a commit of gradebook.db with students in it" in said
    assert "2 students in" in said
    with book(home) as gradebook:
        assert gradebook.find_grade(LAST.name, NAME, NAME, "ada").extra_credit == 1
    assert applied_points(home) == applied_points(course) != {}
    assert "Neat." in (home / "comments" / "ada" / f"{NAME}.toml").read_text()
    git("commit", "-a", "--allow-empty", "-m", "nothing of theirs")
    assert students_in(git("show", "HEAD:gradebook.db")) == 0
    run(home, "comment", "ada", NAME, FIRST.name, "Kim's.")
    assert "1 comment of home" in run(course, "merge", str(home))


def test_a_gradebook_with_marks_from_elsewhere_is_guarded_at_the_first_command(
    course: Path,
) -> None:
    subprocess.run(["git", "init"], cwd=course, check=True, capture_output=True)
    assert not (course / ".git" / "hooks" / "pre-commit").exists()
    run(course, "history")
    assert (course / ".git" / "hooks" / "pre-commit").exists()


@pytest.mark.parametrize("theirs", [3.0, 2.0])
def test_points_of_comments_are_not_added_to_those_that_stand_here(
    course: Path, tmp_path: Path, theirs: float
) -> None:
    """Points of two graders are never added; if they differ, that is a conflict."""
    home = part_of_kim(course, tmp_path)
    for top, text, points in ((home, "Neat!", theirs), (course, "Neat.", 2.0)):
        add_comment(top, "ada", NAME, LAST.name, text=text, points=points)
        with book(top) as gradebook:
            assert apply_points(gradebook, top, "ada", NAME) == []
    for _ in range(2):
        said = run(course, "merge", str(home), status=0 if theirs == 2 else 1)
        assert ("1 conflict" in said) == (theirs != 2)
        with book(course) as gradebook:
            assert apply_points(gradebook, course, "ada", NAME) == []
            assert gradebook.find_grade(LAST.name, NAME, NAME, "ada").extra_credit == 2.0
    (remarks,) = read_comments(course, "ada", NAME).values()
    assert [(r.text, r.points) for r in remarks] == [("Neat.", 2.0), ("Neat!", None)]


def test_what_is_no_gradebook_is_not_merged(course: Path, tmp_path: Path) -> None:
    run(course, "split", "kim")
    (tmp_path / "gradebook.db").write_bytes(b"no database")
    assert "not a gradebook" in run(course, "merge", str(tmp_path / "gradebook.db"), status=2)


# ------------------------------------------------------------------ the end


def test_a_student_is_forgotten_everywhere(
    course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(course, "extend", "bob", NAME, "--days", "1")
    run(course, "comment", "ada", NAME, FIRST.name, "ask b0b")
    run(course, "feedback")
    run(course, "totals")
    run(course, "split", "kim", "lee")
    (course / "notes.txt").write_text("np.bob(x), bob(3)\n")
    store = VerdictStore(tmp_path / "store")
    monkeypatch.setenv("AUTOGRADER_STORE", str(store.folder))
    run(course, "autograde", "--force", status=3)
    theirs, others = (
        judged_groups(course / "submitted", course / "attempts", who) for who in ("bob", "ada")
    )
    assert theirs.intersection(store.groups())
    assert "--yes" in run(course, "forget", "bob", status=2)
    said = run(course, "forget", "bob", "--yes")
    for place in (
        "submitted/bob",
        "autograded/bob",
        "feedback/bob",
        "gradebook.db",
        "extensions.toml",
        "exports/",
        "graders/base.db",
        "graders/lee.zip: deleted",
    ):
        assert place in said
    assert "of the verdict store deleted" in said
    assert not (theirs - others).intersection(store.groups())
    assert others.intersection(store.groups())
    assert "still holds" not in said
    left = [p for p in course.rglob("*") if p.is_file() and b"bob" in p.read_bytes()]
    assert left == [course / "notes.txt"], "it names functions"
    assert (course / "graders" / "kim.zip").is_file()
    assert (course / "submitted" / "ada").is_dir()
    assert "nothing of a student bob" in run(course, "forget", "bob", "--yes", status=2)
    assert "student" in run(course, "forget", "../ada", "--yes", status=2)


@pytest.mark.soak
@pytest.mark.parametrize("given", ["", "given elsewhere"])
def test_a_term_ends_with_a_new_secret_and_the_old_one_in_the_archive(
    course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    shutil.copytree(ROOT / "source", course / "source", dirs_exist_ok=True)
    monkeypatch.setattr(course_files, "course_folder", lambda: course)
    monkeypatch.setenv("AUTOGRADER_SECRET", given)
    (course / ".course_secret").write_text("old\n")
    said = run(course, "end-term", "--to", str(tmp_path / "term.zip"))
    assert (course / ".course_secret").read_text().strip() not in ("", "old", given)
    assert ("AUTOGRADER_SECRET is set to last term's" in said) == bool(given)
    with zipfile.ZipFile(tmp_path / "term.zip") as packed:
        assert packed.read(".course_secret") == b"old\n"
        assert ("AUTOGRADER_SECRET.txt" in packed.namelist()) == bool(given)
        assert not given or packed.read("AUTOGRADER_SECRET.txt").decode() == given


@pytest.mark.soak
def test_a_term_ends_in_an_archive_and_an_empty_course(course: Path, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "source", course / "source", dirs_exist_ok=True)
    (course / ".course_secret").write_text("old\n")
    (course / "policy.toml").write_text(
        "[released]  # to learners\n"
        'a1 = 2026-02-01T08:00:00+01:00  # by mail\n"a2" = 2026-02-08 08:00:00Z\n'
        "[late_days]\nbudget = 5\n"
    )
    archive = tmp_path / "term.zip"
    run(course, "split", "kim")
    said = run(course, "end-term", "--to", str(archive))
    assert "2027-03-01 10:00:00 UTC" in said
    with zipfile.ZipFile(archive) as packed:
        names = packed.namelist()
        assert packed.read(f"submitted/ada/{NAME}/{FILE}").decode() == WORK
        assert packed.read(".course_secret") == b"old\n"
        assert "2026-02-01T08:00:00+01:00" in packed.read("policy.toml").decode()
    assert {"gradebook.db", "policy.toml", f"autograded/bob/{NAME}/{NAME}.ipynb"} <= set(names)
    assert not any(
        (course / name).exists()
        for name in ("submitted", "autograded", "graders", ".course_secret")
    )
    policy = (course / "policy.toml").read_text()
    assert "a1 = 2027-01-31T08:00:00+01:00  # by mail\n" in policy
    assert '"a2" = 2027-02-07T08:00:00+00:00\n[late_days]' in policy
    with book(course) as gradebook:
        assert gradebook.students == []
        assert gradebook.find_assignment(NAME).duedate == datetime(2027, 3, 1, 10)
    assert "is there already" in run(course, "end-term", "--to", str(archive), status=2)


# ------------------------------------------------------------------ numbers


def test_the_correlation_is_pearsons() -> None:
    assert point_biserial([True, True, False, False], [1.0, 1.0, 0.0, 0.0]) == pytest.approx(1)
    assert point_biserial([True, False, True, False], [1.0, 1.0, 0.0, 0.0]) == pytest.approx(0)
    assert point_biserial([True, True], [0.1, 0.9]) is None
    assert point_biserial([True, False], [0.5, 0.5]) is None


@settings(deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.floats(0, 1)), min_size=2, max_size=30))
def test_the_correlation_is_numpys(pairs: list[tuple[bool, float]]) -> None:
    import numpy as np

    passed, rest = [p for p, _ in pairs], [r for _, r in pairs]
    found = point_biserial(passed, rest)
    if found is None:
        assert len(set(passed)) == 1 or np.std(rest) < 1e-9
    elif np.std(rest) > 1e-6:
        assert found == pytest.approx(np.corrcoef(passed, rest)[0, 1], abs=1e-6)
