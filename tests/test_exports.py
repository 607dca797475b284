"""Each export, compared with its format's published example or with its importer's rules."""

import csv
import json
import math
import os
import shutil
import stat
import subprocess
import sys
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook

from autograder.catalogue import load
from autograder.grading.sandbox import NoBackend
from autograder.instructor import gradescope
from autograder.instructor.exports import export_canvas, export_json, export_moodle
from autograder.instructor.gradescope import export_gradescope_results, write_gradescope_zip
from autograder.judging.verdict import CheckResult, ExerciseVerdict, Verdict
from autograder.text import UserError

COURSE = load()
A1, A2, A3 = COURSE.assignments[:3]

# The published example is spec/fixtures/gradebooks/basic_course_with_sis_login_id.csv in
# instructure/canvas-lms. The importer there, lib/gradebook_importer.rb, knows one more column
# before Section (its GRADEBOOK_IMPORTER_RESERVED_NAMES); `canvas_reads` repeats its rules.
CANVAS_EXAMPLE = (
    "Student,ID,SIS Login ID,Section,Assignment 1,Comments,Final Score (read only)\n"
    "Points Possible,,,,,\n"
    '"Blend, Bill",6,My Course,-,,\n'
)
CANVAS_HEADER = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]

# $oktext of grade/import/csv/tests/load_data_test.php in moodle/moodle.
MOODLE_EXAMPLE = (
    '"First name",Surname,"ID number",Institution,Department,"Email address",'
    '"Assignment: Assignment for grape group", "Feedback: Assignment for grape group",'
    '"Assignment: Second new grade item","Course total"\n'
    'Anne,Able,,"Moodle HQ","Rock on!",student7@example.com,56.00,"We welcome feedback",,56.00\n'
    'Bobby,Bunce,,"Moodle HQ","Rock on!",student5@example.com,75.00,,45.0,75.00\n'
)

# The "Output format" example of gradescope-autograders.readthedocs.io/en/latest/specs/, without
# its comments.
GRADESCOPE_EXAMPLE = json.loads("""
{ "score": 44.0,
  "execution_time": 136,
  "output": "Text relevant to the entire submission",
  "output_format": "simple_format",
  "test_output_format": "text",
  "test_name_format": "text",
  "visibility": "after_due_date",
  "stdout_visibility": "visible",
  "extra_data": {},
  "tests":
    [
        {
            "score": 2.0,
            "max_score": 2.0,
            "status": "passed",
            "name": "Your name here",
            "name_format": "text",
            "number": "1.1",
            "output": "Giant multiline string that will be placed in a <pre> tag",
            "output_format": "text",
            "tags": ["tag1", "tag2", "tag3"],
            "visibility": "visible",
            "extra_data": {}
        }
    ],
  "leaderboard":
    [
      {"name": "Accuracy", "value": 0.926},
      {"name": "Time", "value": 15.1, "order": "asc"},
      {"name": "Stars", "value": "*****"}
    ]
}
""")
VISIBILITIES = ("hidden", "after_due_date", "after_published", "visible")
FORMATS = ("text", "simple_format", "html", "md", "ansi")
CASE_KEYS = set(GRADESCOPE_EXAMPLE["tests"][0])


@pytest.fixture(autouse=True)
def programs_on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put alembic on PATH: nbgrader runs it without a path to make a gradebook."""
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")


def make_gradebook(top: Path) -> None:
    """A gradebook of two assignments and three students, one of them with a hostile name."""
    with Gradebook(f"sqlite:///{top / 'gradebook.db'}", "") as gradebook:
        for assignment in (A1, A2):
            gradebook.add_assignment(assignment.name, duedate=datetime(2026, 3, 2, 10))
            gradebook.add_notebook(assignment.name, assignment.name)
            for e in assignment.exercises:
                gradebook.add_grade_cell(
                    e.name,
                    assignment.name,
                    assignment.name,
                    max_score=e.points,
                    cell_type="code",
                )
        gradebook.add_student("ada", first_name="Ada", last_name="Loops", email="ada@example.org")
        gradebook.add_student(
            "bob",
            first_name='=HYPERLINK("http://evil.example","grade")',
            last_name="Müller, Jr.",
            lms_user_id="4711",
        )
        gradebook.add_student("-2+3", first_name="\t@SUM(A1)", last_name="+1", lms_user_id="sis-9")
        for student, share in (("ada", 1.0), ("bob", 0.5)):
            gradebook.add_submission(A1.name, student, timestamp=datetime(2026, 3, 2, 12))
            submission = gradebook.find_submission(A1.name, student)
            for book in submission.notebooks:
                book.late_submission_penalty = 2.5 if student == "bob" else 0
                for grade in book.grades:
                    grade.auto_score = share * grade.max_score
                    grade.needs_manual_grade = False
        gradebook.db.commit()


@pytest.fixture(scope="module")
def gradebook_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once, because nbgrader needs seconds for a new gradebook."""
    folder = tmp_path_factory.mktemp("gradebook")
    with pytest.MonkeyPatch.context() as patch:
        # nbgrader runs alembic without a path to make a gradebook.
        patch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
        make_gradebook(folder)
    return folder / "gradebook.db"


@pytest.fixture
def top(tmp_path: Path, gradebook_file: Path) -> Path:
    shutil.copy(gradebook_file, tmp_path)
    return tmp_path


def rows_of(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream, strict=True))


def canvas_reads(rows: list[list[str]]) -> tuple[dict[str, float], dict[str, dict[str, str]]]:
    """Read as lib/gradebook_importer.rb does: return points by title, and grades by login."""
    header = rows[0]
    assert len(header) > 3
    assert "Student" in header[0]
    assert "ID" in header[1]
    assert "SIS User ID" in header[2]
    assert "SIS Login ID" in header[3]
    assert "Section" in header[4]
    titles = header[5:]
    for title in titles:
        for word in ("Current", "Final", "Override"):
            assert word not in title, "Canvas drops such a column as read-only"
    assert "Points Possible" in rows[1][0]
    possible = {t: float(v) for t, v in zip(titles, rows[1][5:], strict=True)}
    grades = {}
    for row in rows[2:]:
        assert len(row) == len(header)
        grades[row[3]] = dict(zip(titles, row[5:], strict=True))
    return possible, grades


def test_canvas_reads_what_is_written_for_it(top: Path) -> None:
    rows = rows_of(export_canvas(top, top / "out" / "canvas.csv"))
    assert rows[0][:5] == CANVAS_HEADER
    example = list(csv.reader(CANVAS_EXAMPLE.splitlines()))
    assert [name for name in rows[0] if name in example[0]] == example[0][:4]
    assert rows[1][0].strip() == example[1][0]
    assert example[2][0].count(", ") == 1, "names are written surname first, here and there"
    possible, grades = canvas_reads(rows)
    assert possible == {A1.name: A1.points}, "nobody handed in the other: no column"
    assert grades["ada"] == {A1.name: f"{A1.points:.2f}"}
    assert grades["bob"] == {A1.name: f"{A1.points / 2 - 2.5:.2f}"}, "less what lateness costs"
    assert grades["'-2+3"] == {A1.name: ""}, "no submission is no grade, and not a 0"


def test_canvas_finds_students_by_the_number_the_gradebook_has(top: Path) -> None:
    rows = rows_of(export_canvas(top, top / "canvas.csv"))
    by_login = {row[3]: row for row in rows[2:]}
    assert by_login["bob"][1:3] == ["4711", ""]
    assert by_login["'-2+3"][1:3] == ["", "sis-9"]
    assert by_login["ada"][0] == "Loops, Ada"


def test_canvas_knows_extra_credit_by_its_zero_points(top: Path) -> None:
    extra = next(a for a in COURSE.assignments if a.extra_credit)
    with Gradebook(f"sqlite:///{top / 'gradebook.db'}", "") as gradebook:
        gradebook.add_assignment(extra.name)
        gradebook.add_notebook(extra.name, extra.name)
        gradebook.add_grade_cell("one", extra.name, extra.name, max_score=4, cell_type="code")
        gradebook.add_submission(extra.name, "ada")
    possible, _ = canvas_reads(rows_of(export_canvas(top, top / "canvas.csv")))
    assert possible == {A1.name: A1.points, extra.name: 0.0}


def test_moodle_columns_are_those_of_its_own_example(top: Path) -> None:
    rows = rows_of(export_moodle(top, top / "moodle.csv"))
    example = next(csv.reader(MOODLE_EXAMPLE.splitlines(), skipinitialspace=True))
    known = [name for name in rows[0] if name in example]
    assert known == rows[0][:4] == ["First name", "Surname", "ID number", "Email address"]
    assert rows[0][4:] == [f"Assignment: {A1.name}"]
    assert example[6].startswith("Assignment: ")
    assert {len(row) for row in rows} == {len(rows[0])}, "Moodle turns down a ragged file"


def test_moodle_takes_every_grade_for_a_number_or_for_none(top: Path) -> None:
    rows = rows_of(export_moodle(top, top / "moodle.csv"))
    grades = {row[2]: row[4] for row in rows[1:]}
    assert grades == {
        "ada": f"{A1.points:.2f}",
        "bob": f"{A1.points / 2 - 2.5:.2f}",
        "'-2+3": "-",
    }


@pytest.mark.parametrize("export", [export_canvas, export_moodle])
def test_no_name_becomes_a_formula(top: Path, export: Any) -> None:
    text = export(top, top / "marks.csv").read_text(encoding="utf-8")
    for row in csv.reader(text.splitlines()):
        for cell in row:
            number = cell.replace(".", "", 1).isdecimal()
            assert number or cell == "-" or not cell.lstrip().startswith(("=", "+", "-", "@"))
    assert "HYPERLINK" in text, "the name is kept, as a text"
    assert "\t" not in text


def test_json_has_every_student_and_mark(top: Path) -> None:
    form = json.loads(export_json(top, top / "marks.json").read_text(encoding="utf-8"))
    assert form["course"] == COURSE.title
    assert [a["assignment"] for a in form["assignments"]] == [A1.name, A2.name]
    students = {student["id"]: student for student in form["students"]}
    assert set(students) == {"ada", "bob", "-2+3"}
    assert students["-2+3"]["submissions"] == []
    (one,) = students["bob"]["submissions"]
    assert one == {
        "assignment": A1.name,
        "score": A1.points / 2 - 2.5,
        "points": A1.points,
        "penalty": 2.5,
        "checked": A1.points / 2,
        "by_hand": False,
        "to_review": False,
        "seconds_late": 7200.0,
        "handed_in": "2026-03-02T12:00:00Z",
        "graded": True,
    }


@pytest.mark.parametrize("export", [export_canvas, export_moodle, export_json])
def test_without_a_gradebook_it_says_what_to_do_and_makes_none(tmp_path: Path, export: Any) -> None:
    with pytest.raises(UserError, match="make grade"):
        export(tmp_path, tmp_path / "marks")
    assert list(tmp_path.iterdir()) == []


# --- Gradescope ---


def check(name: str, *, hidden: bool = False, passed: bool = True) -> CheckResult:
    problem = "" if passed else f"secret numbers of {name}" if hidden else f"problem of {name}"
    return CheckResult(name, f"Sentence of {name}.", hidden, passed, problem)


def a_verdict() -> Verdict:
    """A verdict on four exercises: three failed in different ways, the fourth passed."""
    checks = {
        "failed, and only a hidden check sees it": [
            check("shape"),
            check("random", hidden=True, passed=False),
        ],
        "failed": [check("shape", passed=False), check("random", hidden=True)],
        "a known mistake": [check("shape", hidden=True, passed=False)],
        "passed": [check("shape")],
    }
    verdicts = []
    for exercise, (what, results) in zip(A1.exercises, checks.items(), strict=True):
        first = next((c for c in results if not c.passed), None)
        verdict = ExerciseVerdict(
            exercise.name, A1.name, exercise.points, 1.25, "failed", checks=results
        )
        if first is None:
            verdict.status, verdict.score = "passed", exercise.points
        elif what == "a known mistake":
            verdict.pitfall = f"{exercise.name}.known"
            verdict.message = "<b>It does this; do that.</b>"
        else:
            verdict.message = f"{first.sentence} {first.problem}."
        verdicts.append(verdict)
    return Verdict("here", "NOT ISOLATED", verdicts, left_out=["x was left out"])


def assert_gradescope_form(results: dict[str, Any]) -> None:
    """Compare every field with the specification."""
    assert set(results) <= set(GRADESCOPE_EXAMPLE)
    for key in ("visibility", "stdout_visibility"):
        assert results[key] in VISIBILITIES
    for key in ("output_format", "test_output_format", "test_name_format"):
        assert results[key] in FORMATS
    for case in results["tests"]:
        assert set(case) <= CASE_KEYS
        for key, value in GRADESCOPE_EXAMPLE["tests"][0].items():
            if key in case:
                kind = (int, float) if isinstance(value, float) else type(value)
                assert isinstance(case[key], kind), key
        assert math.isfinite(case["score"])
        assert case["status"] in ("passed", "failed")
        assert case["visibility"] in VISIBILITIES
    json.dumps(results, allow_nan=False)


def test_results_have_the_form_of_the_published_example() -> None:
    results = export_gradescope_results(a_verdict())
    assert_gradescope_form(results)
    assert [t["name"] for t in results["tests"]] == [e.name for e in A1.exercises]
    assert [t["number"] for t in results["tests"]] == ["1.1", "1.2", "1.3", "1.4"]
    assert sum(t["score"] for t in results["tests"]) == a_verdict().score
    assert sum(t["max_score"] for t in results["tests"]) == A1.points
    assert "NOT ISOLATED" in results["output"]
    assert "x was left out" in results["output"]


def test_results_show_no_hidden_check_and_hide_no_total() -> None:
    results = export_gradescope_results(a_verdict())
    shown = json.dumps([(t["name"], t["output"]) for t in results["tests"]]) + results["output"]
    assert "secret numbers" not in shown
    assert "Sentence of random" not in shown
    outputs = [t["output"] for t in results["tests"]]
    assert outputs[0] == "1 hidden check failed."
    assert "problem of shape" in outputs[1].lower()
    assert outputs[2] == "<b>It does this; do that.</b>\n\n1 hidden check failed."
    assert outputs[3] == "All checks passed."
    assert "secret numbers" in json.dumps(results["tests"][0]["extra_data"])
    assert {t["visibility"] for t in results["tests"]} == {"visible"}
    assert results["stdout_visibility"] == "hidden"


def test_results_are_plain_text_so_no_learner_writes_markup() -> None:
    results = export_gradescope_results(a_verdict())
    assert results["output_format"] == results["test_output_format"] == "text"
    assert {t["output_format"] for t in results["tests"]} == {"text"}


def test_an_untouched_stub_is_todo_and_says_so() -> None:
    e = A1.exercises[0]
    verdict = Verdict(
        "here",
        "bubblewrap",
        [ExerciseVerdict(e.name, A1.name, e.points, 0.0, "todo", "Still to be written.")],
    )
    (case,) = export_gradescope_results(verdict)["tests"]
    assert (case["output"], case["status"], case["score"]) == ("Still to be written.", "failed", 0)


@pytest.fixture
def archive(top: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(gradescope, "course_secret", lambda: "a secret")
    return write_gradescope_zip(top, top / "autograder.zip", A1.name)


def test_zip_has_both_programs_at_its_root_and_nothing_stray(archive: Path) -> None:
    with zipfile.ZipFile(archive) as opened:
        assert opened.testzip() is None
        names = opened.namelist()
        modes = {i.filename: i.external_attr >> 16 for i in opened.infolist()}
    assert {"setup.sh", "run_autograder"} <= set(names)
    assert modes["setup.sh"] & stat.S_IXUSR
    assert modes["run_autograder"] & stat.S_IXUSR
    assert {name.split("/")[0] for name in names} == {
        *("setup.sh", "run_autograder", "settings.json", "kit")
    }
    for needed in (
        *("pyproject.toml", "autograder/exercises/course.toml", "autograder/worker/main.py"),
        *(f"autograder/exercises/{A1.name}/{e.name}/hidden.py" for e in A1.exercises),
        "solutions/a1_convolution/convolution.py",
    ):
        assert f"kit/{needed}" in names
    assert not [n for n in names if "__pycache__" in n or n.endswith((".db", ".course_secret"))]
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600, "the hidden checks are in it"


def test_zip_scripts_are_bash_and_name_gradescopes_folders(archive: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(archive) as opened:
        for name in ("setup.sh", "run_autograder"):
            text = opened.read(name).decode()
            assert text.startswith("#!/usr/bin/env bash\n")
            assert "/autograder/" in text
            assert "@" not in text.replace('"$@"', "")
            (tmp_path / name).write_text(text)
            subprocess.run(["bash", "-n", str(tmp_path / name)], check=True)
        assert "bubblewrap" in opened.read("setup.sh").decode()
        assert json.loads(opened.read("settings.json")) == {
            "assignment": A1.name,
            "allow_unsandboxed": False,
            "secret": "a secret",
        }


def make_home(home: Path, archive: Path) -> None:
    """Make the folders that Gradescope's harness makes."""
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(home / "source")
    (home / "submission").mkdir()
    (home / "results").mkdir()


def run_autograder(home: Path) -> subprocess.CompletedProcess[str]:
    kit = home / "source" / "kit"
    # Use the copy of the kit in the zip, not this one: the zip must be complete.
    code = f"import sys; sys.path.insert(0, {str(kit)!r}); import runpy; "
    code += f"sys.argv[1:] = [{str(home)!r}]; runpy.run_module('autograder.instructor.gradescope', "
    code += "run_name='__main__', alter_sys=True)"
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=home,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=250,
        check=False,
    )


@pytest.mark.sample(1)
@pytest.mark.parametrize("layout", ["folder", "flat", "zipped folder"])
def test_zip_really_grades_what_is_handed_in(archive: Path, tmp_path: Path, layout: str) -> None:
    home = tmp_path / "autograder"
    make_home(home, archive)
    below = {"folder": A1.name, "flat": "", "zipped folder": f"my work/{A1.name}"}[layout]
    place = home / "submission" / below
    place.mkdir(parents=True, exist_ok=True)
    text = (home / "source" / "kit" / "solutions" / A1.name / "convolution.py").read_text()
    (place / "convolution.py").write_text(text)
    done = run_autograder(home)
    assert done.returncode == 0, done.stderr
    results = json.loads((home / "results" / "results.json").read_text())
    assert_gradescope_form(results)
    assert sum(t["score"] for t in results["tests"]) == A1.points
    assert isinstance(results["execution_time"], int)


def test_zip_says_what_to_hand_in_when_nothing_was(archive: Path, tmp_path: Path) -> None:
    home = tmp_path / "autograder"
    make_home(home, archive)
    (home / "submission" / "essay.pdf").write_text("no code")
    assert run_autograder(home).returncode == 0
    results = json.loads((home / "results" / "results.json").read_text())
    assert_gradescope_form(
        {
            **results,
            "test_output_format": "text",
            "test_name_format": "text",
            "stdout_visibility": "hidden",
        }
    )
    assert results["score"] == 0
    assert "hand in a1_convolution/convolution.py" in results["output"]


def test_where_nothing_can_be_walled_in_there_is_no_mark(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "autograder"
    make_home(home, archive)
    (home / "submission" / "convolution.py").write_text("")

    def refuse(*_: Any, **wanted: Any) -> None:
        assert wanted["allow_unsandboxed"] is False
        raise NoBackend("no walls here")

    monkeypatch.setattr(gradescope, "grade_folder", refuse)
    with pytest.raises(NoBackend):
        gradescope.run(home)
    assert list((home / "results").iterdir()) == []
