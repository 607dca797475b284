"""Measure the cost of grading a wrong submission of the training assignment against a right one.

    python benchmarks/bench_wrong_a4.py [--every 25] [--only NAME ...]

Each wrong submission is a copy of the solutions with one known mistake (a pitfall of a1 to a4) put
into its file. The cost is the processor time of grading a4_training: that of the grader, of the
process that judges, and of the workers, in the same run as the right submission.
"""

import argparse
import ast
import os
import resource
import shutil
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
from measuring import ROOT, machine, table, write_section

from autograder.author.pitfalls import WrongImplementation, wrong_implementations
from autograder.catalogue import Exercise, load
from autograder.grading import sandbox
from autograder.grading.grade import grade_folder
from autograder.judging.verdict import Verdict

ASSIGNMENT = "a4_training"
BEFORE = ("a1_convolution", "a2_backprop", "a3_pooling_and_loss", ASSIGNMENT)
IMPORTS = """

from collections.abc import Callable, Iterator
from typing import Any
import numpy as np
from numpy import ndarray, pad
from numpy.lib.stride_tricks import sliding_window_view
"""


class Forgetful:
    """A store that keeps nothing, so that everything is judged again."""

    def get(self, key: str) -> None:
        return None

    def put(self, key: str, results: object) -> None:
        pass


def count_workers(file: Path) -> None:
    """Make the kill of a worker first write its processor seconds to a file, or they are lost."""
    kill = sandbox.WorkerProcess.kill

    def counted(self: sandbox.WorkerProcess) -> None:
        used = 0.0
        for process in psutil.Process(self.process.pid).children(recursive=True):
            times = process.cpu_times()
            used += times.user + times.system
        with open(file, "a", encoding="ascii") as notes:
            notes.write(f"{used}\n")
        kill(self)

    sandbox.WorkerProcess.kill = counted  # type: ignore[method-assign]


def processor_seconds(grade: Callable[[], Verdict], notes: Path) -> tuple[float, Verdict]:
    """The processor seconds of grading in all processes, and the verdict."""
    notes.write_text("")
    before = _of_processes()
    verdict = grade()
    workers = sum(map(float, notes.read_text().split()))
    return _of_processes() - before + workers, verdict


def _of_processes() -> float:
    usages = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def with_mistake(folder: Path, exercise: Exercise, mistake: WrongImplementation) -> None:
    """Make a submission: the solutions, with one mistake appended to its exercise's file."""
    for name in BEFORE:
        shutil.copytree(load().solutions / name, folder / name)
    shared = without_imports(load().exercises_folder / "shared" / "windows.py")
    wrong = without_imports(exercise.folder / "pitfalls.py")
    code = mistake.code.__name__
    right = [f"_{exercise.name} = {exercise.name}", "_Parameter = globals().get('Parameter')"]
    file = folder / exercise.path
    own = file.read_text(encoding="utf-8")
    parts = [own, IMPORTS, *right, shared, wrong, f"{exercise.name} = {code}", ""]
    file.write_text("\n".join(parts), encoding="utf-8")


def without_imports(file: Path) -> str:
    """The source of a module without docstring, imports and top-level ifs; see IMPORTS."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    kinds = ast.Import | ast.ImportFrom | ast.Expr | ast.If
    tree.body = [node for node in tree.body if not isinstance(node, kinds)]
    return ast.unparse(tree)


def sample(every: int) -> list[tuple[Exercise, WrongImplementation]]:
    """Every `every`-th pitfall of a1 to a4."""
    mistakes = [
        (exercise, mistake)
        for exercise in load().exercises
        if exercise.assignment in BEFORE
        for mistake in wrong_implementations(exercise)
    ]
    return mistakes[every // 2 :: every]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--every", type=int, default=25, help="one mistake of so many")
    parser.add_argument("--only", nargs="*", help="mistakes by their ids")
    parser.add_argument("--dry", action="store_true", help="do not write docs/measurements.md")
    options = parser.parse_args()
    os.environ["AUTOGRADER_SECRET"] = "benchmark"
    chosen = sample(1 if options.only else options.every)
    chosen = [one for one in chosen if not options.only or one[1].id in options.only]
    with tempfile.TemporaryDirectory() as name:
        rows = measure(Path(name), chosen)
    if options.dry:
        return
    ratios = [row[1] for row in rows]
    text = (
        "One mistake of the bank put into the solutions; `make bench` takes one of "
        f"{options.every}. Grading {ASSIGNMENT}, processor seconds of all processes, beside a "
        f"right submission in the same run. Median {statistics.median(ratios):.2f} times, at most "
        f"{max(ratios):.2f} times.\n\n"
    )
    cells = [[name, f"{ratio:.2f}", f"{seconds:.1f}"] for name, ratio, seconds in rows]
    body = table(["mistake", "times a right one", "seconds"], cells)
    write_section("wrong networks", "A wrong network", f"{machine()}\n\n{text}{body}")


def measure(
    folder: Path, chosen: list[tuple[Exercise, WrongImplementation]]
) -> list[tuple[str, float, float]]:
    """For each mistake: its id, its cost relative to a right submission, and its seconds."""
    notes = folder / "notes"
    count_workers(notes)

    def grade(path: Path) -> Callable[[], Verdict]:
        store: Any = Forgetful()
        return lambda: grade_folder(path, assignment=ASSIGNMENT, store=store)

    processor_seconds(grade(ROOT / "solutions"), notes)  # warm-up: loads modules and caches
    right, verdict = processor_seconds(grade(ROOT / "solutions"), notes)
    assert verdict.score == verdict.points, verdict
    print(f"right: {right:.2f} s", flush=True)
    rows = []
    for number, (exercise, mistake) in enumerate(chosen):
        path = folder / str(number)
        with_mistake(path, exercise, mistake)
        seconds, verdict = processor_seconds(grade(path), notes)
        rows.append((mistake.id, seconds / right, seconds))
        print(f"{mistake.id}: {seconds / right:.2f} ({verdict.score:g} points)", flush=True)
    return rows


if __name__ == "__main__":
    main()
