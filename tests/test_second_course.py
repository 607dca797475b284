"""A course of another subject runs on the same engine: docs/a-course-of-your-own.md."""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pexpect
import pytest

from autograder.catalogue import find_exercises, read

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples" / "logistic_regression"
PAGE = ROOT / "docs" / "a-course-of-your-own.md"
NAME = "a1_logistic"
SOLUTION = Path(NAME, "logistic.py")
ENVIRONMENT = {
    **{n: v for n, v in os.environ.items() if not n.startswith(("PYTHON", "AUTOGRADER"))},
    "OPENBLAS_NUM_THREADS": "1",
    "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    "COLUMNS": "100",
}


def run(top: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=top,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A released copy of the example course, outside the kit."""
    top = tmp_path_factory.mktemp("courses") / "logistic"
    shutil.copytree(EXAMPLE, top, ignore=shutil.ignore_patterns("__pycache__"))
    run(top, "autograder", "release")
    return top


def verdicts(said: str) -> dict[str, dict[str, object]]:
    return {one["exercise"]: one for one in json.loads(said)["exercises"]}


@pytest.mark.soak
def test_a_learner_checks_watches_and_asks_for_hints(course: Path) -> None:
    text = (course / "assignments" / SOLUTION).read_text(encoding="utf-8")
    assert text.count("raise NotImplementedError") == 3
    stubs = verdicts(run(course, "autograder", "check", "--json"))
    assert {one["status"] for one in stubs.values()} == {"todo"}
    assert "Hint 1 of 3" in run(course, "autograder", "hint", "sigmoid")
    # From another folder, the path determines the course.
    elsewhere = verdicts(
        run(course.parent, "autograder", "check", str(course / "solutions"), "--json")
    )
    assert {one["status"] for one in elsewhere.values()} == {"passed"}
    screen = pexpect.spawn(
        sys.executable,
        ["-m", "autograder", "watch", "assignments"],
        cwd=str(course),
        env={**ENVIRONMENT, "TERM": "xterm"},
        timeout=60,
        encoding="utf-8",
    )
    screen.expect("Next: .*sigmoid")
    screen.send("q")
    screen.expect(pexpect.EOF)


@pytest.mark.soak
def test_a_known_mistake_has_its_name(course: Path) -> None:
    wrong = course / "wrong"
    shutil.copytree(course / "solutions", wrong)
    text = (wrong / SOLUTION).read_text(encoding="utf-8")
    changed = text.replace("labels) / len(x)", "labels)")
    assert changed != text
    (wrong / SOLUTION).write_text(changed, encoding="utf-8")
    found = verdicts(run(course, "autograder", "check", "wrong", "--json"))["log_loss_gradient"]
    assert (found["status"], found["pitfall"]) == ("failed", "log_loss_gradient.summed")
    shutil.rmtree(wrong)


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (
            "a1_logistic/sigmoid/public.py",
            "def test",
            "def (",
            r"the check file exercises/a1_logistic/sigmoid/public.py cannot be loaded: .*line \d+.*"
            r"SyntaxError: invalid syntax",
        ),
        (
            "course.toml",
            "points = 10",
            'points = "x"',
            r"course.toml: fit: points = 'x' is not a num",
        ),
    ],
)
def test_what_is_wrong_with_a_course_is_one_line(
    tmp_path: Path, file: str, old: str, new: str, said: str
) -> None:
    top = tmp_path / "logistic"
    shutil.copytree(EXAMPLE, top, ignore=shutil.ignore_patterns("__pycache__"))
    path = top / "exercises" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "autograder", "check", "solutions"],
        cwd=top,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert re.search(said, line), line
    assert len(line) < 400


def test_the_fingerprints_are_fresh(course: Path) -> None:
    """If this fails: cd examples/logistic_regression, then python -m autograder.author.bank."""
    assert "up to date" in run(course, "autograder.author.bank", "--check")


@pytest.mark.soak
def test_a_class_is_graded_and_given_back(course: Path) -> None:
    for student, work in (("ada", "solutions"), ("bob", "assignments")):
        target = course / "submitted" / student / NAME
        shutil.copytree(course / work / NAME, target)
        shutil.copy(course / "assignments" / NAME / f"{NAME}.ipynb", target)
    run(course, "autograder", "autograde", "--allow-unsandboxed")
    run(course, "autograder", "feedback")
    run(course, "autograder", "report", "--allow-unsandboxed")
    marks = Path(run(course, "autograder", "export", "--format", "json").replace("\n", ""))
    assert "ada" in marks.read_text(encoding="utf-8")
    assert sorted(p.parts[-3] for p in course.glob("feedback/*/*/*.html")) == [
        "ada"
    ]  # untouched stubs do not count as handed in
    pages = " ".join(p.read_text(encoding="utf-8") for p in course.glob("report/*.html"))
    assert "Two classes" in pages
    assert "85% are asked for" in pages


@pytest.mark.soak
def test_the_handout_has_the_course_and_no_answers(course: Path) -> None:
    run(course, "autograder", "handout")
    with zipfile.ZipFile(course / "build" / "logistic-regression.zip") as packed:
        files = {name: packed.read(name).decode(errors="replace") for name in packed.namelist()}
    names = {name.removeprefix("logistic-regression/") for name in files}
    assert f"assignments/{SOLUTION}" in names
    assert f"exercises/{NAME}/sigmoid/public.py" in names
    assert "exercises/shared/points.py" in names
    assert not [n for n in names if n.endswith(("hidden.py", "pitfalls.py")) or "solutions/" in n]
    everything = "\n".join(files.values())
    assert "np.exp(-np.abs(z))  # never" not in everything
    assert "Logistic regression from scratch" in files["logistic-regression/README.md"]
    assert not [name for name in names if name.startswith(("cnnlab", "autograder/exercises"))]


def test_each_path_finds_its_course() -> None:
    assert find_exercises(EXAMPLE / "solutions" / SOLUTION) == (EXAMPLE / "exercises", EXAMPLE)
    own = ROOT / "autograder" / "exercises"
    assert find_exercises(own / "shared" / "cases.py") == (own, ROOT)


def test_the_page_fits_the_example() -> None:
    page = PAGE.read_text(encoding="utf-8")
    text = (EXAMPLE / "exercises" / "course.toml").read_text(encoding="utf-8")
    shown = re.search(r"```toml\n(.*?)```", page, re.DOTALL)
    assert shown is not None
    head = 'title = "T"\n[[assignment]]\nname = "a1_logistic"\ntitle = "T"\n'
    need = '[[assignment.exercise]]\nname = "log_loss_gradient"\nfile = "logistic.py"\n'
    (_, fit) = read(f"{head}{need}points = 1\nneeds = []\nhints = []\n{shown[1]}").exercises
    real = next(e for e in read(text).exercises if e.name == "fit")
    assert (fit.points, fit.slow, fit.measures, fit.needs) == (
        *(real.points, real.slow, real.measures),
        real.needs,
    )
