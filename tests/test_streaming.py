"""`autograder check` prints each line as soon as it is known, and Ctrl-C loses no result."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from autograder.catalogue import load
from autograder.judging.verdict import ExerciseVerdict
from autograder.learner.check import check_folder

ROOT = Path(__file__).resolve().parent.parent
FIRST = load().assignments[0]
ENDLESS = """
import time
from pathlib import Path
def {name}(*args, **kwargs):
    Path(__file__).with_name("started").touch()
    while True:
        time.sleep(0.1)  # here
"""


class Heard:
    """A listener that keeps its calls in order."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []

    def start(self, exercise: str) -> None:
        self.told.append(("start", exercise))

    def done(self, verdict: ExerciseVerdict) -> None:
        if ("done", verdict.exercise) not in self.told:
            self.told.append(("done", verdict.exercise))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The solved first assignment."""
    shutil.copytree(ROOT / "solutions" / FIRST.name, tmp_path / "work" / FIRST.name)
    return tmp_path / "work"


def test_each_exercise_is_told_before_the_next_begins(folder: Path) -> None:
    heard = Heard()
    check_folder(folder, FIRST.exercises, heard)
    names = [exercise.name for exercise in FIRST.exercises]
    assert heard.told == [(what, name) for name in names for what in ("start", "done")]


def test_a_line_waits_while_a_part_may_be_to_blame(folder: Path) -> None:
    """conv2d_forward fails because of im2col: it must not first be reported as "not right yet"."""
    file = folder / FIRST.name / "convolution.py"
    text = file.read_text(encoding="utf-8")
    file.write_text(re.sub(r"return (cols\b.*|.*reshape.*)", r"return 2 * (\1)", text, count=1))
    told: list[ExerciseVerdict] = []

    class Statuses(Heard):
        def done(self, verdict: ExerciseVerdict) -> None:
            told.append(verdict)

    verdict = check_folder(folder, (load().exercise("conv2d_forward"),), Statuses())
    assert {v.status for v in told} == {verdict.exercises[0].status}


def test_ctrl_c_leaves_what_is_known_and_names_the_line(folder: Path) -> None:
    file = folder / FIRST.name / "convolution.py"
    second = FIRST.exercises[1].name
    with file.open("a", encoding="utf-8") as stream:
        stream.write(ENDLESS.format(name=second))
    line = (
        file.read_text(encoding="utf-8").splitlines().index("        time.sleep(0.1)  # here") + 1
    )
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "autograder", "check", str(folder)],
        cwd=ROOT,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        # If a shell runs the tests in the background, they ignore SIGINT; undo that here.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert process.stdout is not None
    seen = ""
    while FIRST.exercises[0].name not in seen:
        seen += process.stdout.readline()  # printed although the next exercise never ends
    while not file.with_name("started").is_file():
        time.sleep(0.05)
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=200)
    assert process.returncode == 130
    assert "Traceback" not in rest
    assert "Aborted" not in rest
    ending = f"Stopped after 1 of {len(load().exercises)} exercises. {second} was running"
    assert ending in rest.splitlines()[-1]
    assert rest.splitlines()[-1].endswith(f"convolution.py:{line}.")


def test_nobody_reads_on_and_the_command_ends_quietly(folder: Path) -> None:
    """As in `autograder check | head -3`: the reader closes the pipe during the checks."""
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "autograder", "check", str(folder)],
        cwd=ROOT,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    assert process.stdout is not None
    assert process.stderr is not None
    while FIRST.exercises[0].name not in process.stdout.readline():
        pass
    process.stdout.close()
    assert process.stderr.read() == ""
    process.wait(timeout=200)
