"""Measure one submission: this kit in its sandbox, stock nbgrader, and otter-grader.

    python benchmarks/bench_submission.py [--rounds 3] [--otter PYTHON]

All three run the same public and hidden checks over the same right submission of a1. In the two
others the checks run in the same notebook kernel as the learner's code, without a sandbox. --otter
names the interpreter of an environment with otter-grader, NumPy, pytest, rich, click and ipykernel.
It must be a separate environment, because otter-grader and nbgrader pin different versions.
"""

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import nbformat
from measuring import ROOT, Seconds, machine, table, write_section

ASSIGNMENT = "a1_convolution"
EXERCISES = ["output_size", "conv2d_forward_naive", "im2col", "conv2d_forward"]
ENVIRONMENT = {
    **os.environ,
    "OPENBLAS_NUM_THREADS": "1",
    "AUTOGRADER_SECRET": "benchmark",
    "PYTHONPATH": str(ROOT),
    # nbgrader finds the program alembic through PATH.
    "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
}
FIRST_CELL = """\
from pathlib import Path
from autograder.catalogue import load
from autograder.judging.judge import judge
from autograder.judging.reference import load_reference
from autograder.worker.host import Host

host, course = Host(Path({folder!r}) if {folder!r} else Path.cwd().parent), load()
reference = load_reference() if {hidden} else None

def passes(name):
    (verdict,) = judge(host, course, (course.exercise(name),), reference=reference, secret="s")
    return verdict.status in ("passed", "blocked") and all(c.passed for c in verdict.checks)
"""
# The kit kills its worker, so its processor time would be lost: read it before the kill.
THIS_KIT = """\
import sys, tempfile
from pathlib import Path
import psutil
from autograder.grading import sandbox
from autograder.grading.grade import grade_folder
from autograder.grading.verdict_store import VerdictStore

kill, used = sandbox.WorkerProcess.kill, 0.0

def counted(self):
    global used
    worker = psutil.Process(self.process.pid)
    for process in (worker, *worker.children(recursive=True)):
        times = process.cpu_times()
        used += times.user + times.system
    kill(self)

sandbox.WorkerProcess.kill = counted
with tempfile.TemporaryDirectory() as folder:
    store = VerdictStore(Path(folder))
    verdict = grade_folder(Path(sys.argv[1]), assignment=sys.argv[2], store=store)
assert verdict.score == verdict.points, verdict
print(verdict.isolation, used)
"""
NBGRADER = """\
import sys
from nbgrader.apps.api import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

config = Config()
config.CourseDirectory.root = sys.argv[1]
api = NbGraderAPI(CourseDirectory(config=config), config=config)
if sys.argv[2] == "generate":
    result = api.generate_assignment("a1_convolution")
else:
    result = api.autograde("a1_convolution", "ada", force=True)
assert result["success"], result["log"]
if sys.argv[2] != "generate":
    (one,) = api.get_student_submissions("ada")
    assert one["score"] == one["max_score"] == 4, one
"""
OTTER_TEST = """\
from otter.test_files import test_case
OK_FORMAT = False
name = "{name}"
points = 1

@test_case(points=1, hidden=True)
def test_it(env):
    assert env["passes"]("{name}")
"""


def checking_notebook(exercises: list[str], hidden: bool = True, folder: str = "") -> Any:
    """A notebook with one graded assert cell for each exercise."""
    v4 = nbformat.v4
    cells = [v4.new_code_cell(FIRST_CELL.format(hidden=hidden, folder=folder))]
    for name in exercises:
        graded = {
            "grade": True,
            "solution": False,
            "locked": True,
            "task": False,
            "schema_version": 3,
            "grade_id": name,
            "points": 1,
            "cell_type": "code",
        }
        cell = v4.new_code_cell(f'assert passes("{name}")', metadata={"nbgrader": graded})
        cells.append(cell)
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})


def timed(command: list[str], folder: Path) -> tuple[Seconds, str]:
    """Run a command; return its seconds (by the clock; of processor, with children), output."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, cwd=folder)
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == 0, done.stdout + done.stderr
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Seconds(wall, cpu), done.stdout


class ThisKit:
    """`grade_folder` with an empty store."""

    name = "this kit, in its sandbox"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def grade(self) -> Seconds:
        command = [sys.executable, "-c", THIS_KIT, str(ROOT / "solutions"), ASSIGNMENT]
        seconds, said = timed(command, self.folder)
        self.isolation, used = said.rsplit(maxsplit=1)
        return Seconds(seconds.wall, seconds.cpu + float(used))


class StockNbgrader:
    """Unmodified `nbgrader autograde`, in a scratch course with assert cells."""

    name = "stock nbgrader, assert cells"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        source = folder / "source" / ASSIGNMENT
        shutil.copytree(ROOT / "solutions" / ASSIGNMENT, source)
        nbformat.write(checking_notebook(EXERCISES), source / f"{ASSIGNMENT}.ipynb")
        timed([sys.executable, "-c", NBGRADER, str(folder), "generate"], folder)
        handed_in = folder / "submitted" / "ada" / ASSIGNMENT
        shutil.copytree(folder / "release" / ASSIGNMENT, handed_in)

    def grade(self) -> Seconds:
        return timed([sys.executable, "-c", NBGRADER, str(self.folder), "grade"], self.folder)[0]


class Otter:
    """`otter run` with the same checks as its test cases."""

    name = "otter-grader, test cases"

    def __init__(self, folder: Path, python: Path) -> None:
        self.folder, self.otter = folder, str(python.with_name("otter"))
        shutil.copytree(ROOT / "solutions" / ASSIGNMENT, folder / "mine" / ASSIGNMENT)
        (folder / "tests").mkdir()
        for name in EXERCISES:
            (folder / "tests" / f"{name}.py").write_text(OTTER_TEST.format(name=name))
        notebook = checking_notebook([], folder=str(folder / "mine"))
        nbformat.write(notebook, folder / "submission.ipynb")
        timed([self.otter, "generate", "-t", "tests", "--no-environment"], folder)
        self.archive = str(next(folder.glob("*.zip")))
        (folder / "out").mkdir()

    def grade(self) -> Seconds:
        out = self.folder / "out"
        command = [self.otter, "run", "-a", self.archive, "-o", str(out), "submission.ipynb"]
        seconds, _ = timed(command, self.folder)
        tests = json.loads((out / "results.json").read_text())["tests"]
        score = sum(test.get("score", 0) for test in tests)
        assert score == len(EXERCISES), tests
        return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--otter", type=Path, help="an interpreter that has otter-grader")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="submission-") as folder:
        places = [Path(folder, name) for name in ("kit", "nbgrader", "otter")]
        for place in places:
            place.mkdir()
        ways: list[Any] = [ThisKit(places[0]), StockNbgrader(places[1])]
        if arguments.otter:
            ways.append(Otter(places[2], arguments.otter))
        taken: dict[str, list[Seconds]] = {way.name: [] for way in ways}
        for _ in range(arguments.rounds):
            for way in ways:
                taken[way.name].append(way.grade())
    own = [statistics.median(each) for each in zip(*taken[ThisKit.name], strict=True)]
    rows = []
    for name, each in taken.items():
        wall, cpu = (statistics.median(values) for values in zip(*each, strict=True))
        rows.append(
            [name, f"{wall:.2f}", f"{wall / own[0]:.1f}", f"{cpu:.2f}", f"{cpu / own[1]:.1f}"]
        )
    left_out = (
        "" if arguments.otter else "\n\notter-grader was not measured: --otter was not given."
    )
    text = f"""{machine()}

One right submission of `{ASSIGNMENT}` (4 exercises), by the same public and hidden pytest
checks: seconds from nothing to the verdict, interpreter start included, medians of
{arguments.rounds} rounds in turn. This kit runs the learner's code in a sandbox
({ways[0].isolation}); the others run it in the same kernel as the checks.

{table(["way", "s by the clock", "× this kit", "processor s", "× this kit"], rows)}{left_out}"""
    write_section("one submission", "One submission", text)


if __name__ == "__main__":
    main()
