"""Measure one submission: this kit in its sandbox, stock nbgrader, and otter-grader.

    python benchmarks/bench_submission.py [--rounds 3] [--further 10] [--otter PYTHON]

All three run the same public and hidden checks over right submissions of a1. In the two others the
checks run in the same notebook kernel as the learner's code, without a sandbox. A command that
grades one submission is timed, and one that grades --further more: the difference is what a
submission costs in a class, where the grader's own start is paid once.

--otter names the interpreter of an environment with otter-grader, NumPy, pytest, rich, click and
ipykernel. It must be a separate environment, because otter-grader and nbgrader pin different
versions.
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
    assert result["success"], result["log"]
for student in sys.argv[3:]:
    result = api.autograde("a1_convolution", student, force=True)
    assert result["success"], result["log"]
    (one,) = api.get_student_submissions(student)
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


def timed(command: list[str], folder: Path, **more: str) -> tuple[Seconds, str]:
    """Run a command; return its seconds (by the clock; of processor, with children), output.

    Args:
        more: further environment variables.
    """
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    env = ENVIRONMENT | more
    done = subprocess.run(command, env=env, capture_output=True, text=True, cwd=folder)
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == 0, done.stdout + done.stderr
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Seconds(wall, cpu), done.stdout


class ThisKit:
    """The judging of `make grade` on one process, with an empty store."""

    name = "this kit, in its sandbox"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def grade(self, submissions: int) -> Seconds:
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            for number in range(submissions):
                student = Path(folder, "submitted", f"student_{number}", ASSIGNMENT)
                shutil.copytree(ROOT / "solutions" / ASSIGNMENT, student)
                for file in student.glob("*.py"):
                    # A unique line, because equal files would be judged only once.
                    file.write_text(f"{file.read_text()}\n# {number}\n")
            program = str(ROOT / "benchmarks" / "counted_judging.py")
            command = [sys.executable, program, f"{folder}/submitted", ASSIGNMENT]
            seconds, said = timed(command, self.folder, AUTOGRADER_STORE=f"{folder}/store")
        self.isolation, of_workers = said.split()
        return Seconds(seconds.wall, seconds.cpu + float(of_workers))


class StockNbgrader:
    """Unmodified `nbgrader autograde`, in a scratch course with assert cells."""

    name = "stock nbgrader, assert cells"

    def __init__(self, folder: Path, submissions: int) -> None:
        self.folder = folder
        source = folder / "source" / ASSIGNMENT
        shutil.copytree(ROOT / "solutions" / ASSIGNMENT, source)
        nbformat.write(checking_notebook(EXERCISES), source / f"{ASSIGNMENT}.ipynb")
        timed([sys.executable, "-c", NBGRADER, str(folder), "generate"], folder)
        self.students = [f"student_{number}" for number in range(submissions)]
        for student in self.students:
            handed_in = folder / "submitted" / student / ASSIGNMENT
            shutil.copytree(folder / "release" / ASSIGNMENT, handed_in)

    def grade(self, submissions: int) -> Seconds:
        students = self.students[:submissions]
        command = [sys.executable, "-c", NBGRADER, str(self.folder), "grade", *students]
        return timed(command, self.folder)[0]


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

    def grade(self, submissions: int) -> Seconds:
        """One submission: `otter run` takes no more, so the seconds of each are the same."""
        out = self.folder / "out"
        command = [self.otter, "run", "-a", self.archive, "-o", str(out), "submission.ipynb"]
        seconds, _ = timed(command, self.folder)
        tests = json.loads((out / "results.json").read_text())["tests"]
        score = sum(test.get("score", 0) for test in tests)
        assert score == len(EXERCISES), tests
        return Seconds(seconds.wall * submissions, seconds.cpu * submissions)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--further", type=int, default=10, help="submissions of the longer run")
    parser.add_argument("--otter", type=Path, help="an interpreter that has otter-grader")
    arguments = parser.parse_args()
    further = arguments.further
    with tempfile.TemporaryDirectory(prefix="submission-") as folder:
        places = [Path(folder, name) for name in ("kit", "nbgrader", "otter")]
        for place in places:
            place.mkdir()
        ways: list[Any] = [ThisKit(places[0]), StockNbgrader(places[1], 1 + further)]
        if arguments.otter:
            ways.append(Otter(places[2], arguments.otter))
        # For each way and round: the seconds of one submission alone, and of a further one.
        taken: dict[str, list[tuple[float, ...]]] = {way.name: [] for way in ways}
        for _ in range(arguments.rounds):
            for way in ways:
                one, many = way.grade(1), way.grade(1 + further)
                each = [(b - a) / further for a, b in zip(one, many, strict=True)]
                taken[way.name].append((*one, *each))
    medians = {
        name: [statistics.median(values) for values in zip(*each, strict=True)]
        for name, each in taken.items()
    }
    own = medians[ThisKit.name]
    rows: dict[str, list[list[str]]] = {"alone": [], "further": []}
    for name, (wall, cpu, wall_each, cpu_each) in medians.items():
        for key, values, ours in (
            ("alone", (wall, cpu), own[:2]),
            ("further", (wall_each, cpu_each), own[2:]),
        ):
            cells = [(f"{v:.2f}", f"{v / o:.1f}") for v, o in zip(values, ours, strict=True)]
            rows[key].append([name, *cells[0], *cells[1]])
    head = ["way", "s by the clock", "× this kit", "processor s", "× this kit"]
    left_out = (
        "" if arguments.otter else "\n\notter-grader was not measured: --otter was not given."
    )
    text = f"""{machine()}

Right submissions of `{ASSIGNMENT}` (4 exercises), by the same public and hidden pytest checks,
medians of {arguments.rounds} rounds in turn. This kit judges each in a process of its own with a
memory limit and runs the learner's code in a sandbox ({ways[0].isolation}); the others run it in
the same kernel as the checks. Processor seconds count every process of the command.

One submission alone, from nothing to the verdict, the grader's own start included:

{table(head, rows["alone"])}

Each further submission of the same command, from {further} of them:

{table(head, rows["further"])}{left_out}"""
    write_section("one submission", "One submission", text)


if __name__ == "__main__":
    main()
