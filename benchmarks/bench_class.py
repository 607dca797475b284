"""Measure the wall-clock time of judging a class: in one process, in two, and with Dask.

    python benchmarks/bench_class.py [--students 200] [--assignments a1_convolution,...]
    python benchmarks/bench_class.py --whole COURSE

The class is the sample class and copies of the solutions, each with one mistake of the bank pasted
in; no two submissions are equal. Every run starts with an empty store, except the last: that one
judges the class again with one new submission. With --whole the class hands in to a new course,
COURSE, and is graded into its gradebook, reported and exported as `make grade`, `make report` and
`make export` do it; the results stay in COURSE.
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"

import argparse
import itertools
import os.path
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from unittest import mock

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from measuring import machine, table, write_section  # noqa: E402

from autograder.author.pitfalls import wrong_implementations  # noqa: E402
from autograder.catalogue import load  # noqa: E402
from autograder.grading import course_files  # noqa: E402
from autograder.grading.batch import judge_all  # noqa: E402
from autograder.grading.submission import Submission  # noqa: E402
from autograder.instructor.sample_class import hand_in, sample_class  # noqa: E402

WINDOWS = "from autograder.exercises.shared.windows import"


def with_a_mistake(assignments: list[str]) -> Iterator[dict[str, str]]:
    """Without end: the files of the solutions, with one mistake of the bank pasted into one file.

    Each student gets a mistake in another exercise, so that a small class covers all exercises.
    """
    right = {
        str(file.relative_to(ROOT / "solutions")): file.read_text(encoding="utf-8")
        for file in sorted((ROOT / "solutions").glob("*/*.py"))
    }
    windows = (load().exercises_folder / "shared" / "windows.py").read_text(encoding="utf-8")
    for turn in itertools.count():
        for exercise in (e for e in load().exercises if e.assignment in assignments):
            bank = exercise.folder / "pitfalls.py"
            if not bank.is_file():
                continue
            text = bank.read_text(encoding="utf-8")
            if "load_reference" in text:
                continue  # derives from the solution's class, which a submission cannot import
            text = "\n".join(
                windows if line.startswith(WINDOWS) else line for line in text.split("\n")
            )
            known = wrong_implementations(exercise)
            wrong = known[turn % len(known)]
            pasted = f"\n\n{text}\n\n{exercise.name} = {wrong.code.__name__}\n"
            yield right | {exercise.path: right[exercise.path] + pasted}


def make_class(folder: Path, students: int, assignments: list[str]) -> list[Submission]:
    """Write submissions of `students` students; return every assignment of each."""
    sample = sample_class().students[:students]
    names = [student.id for student in sample]
    for student in sample:
        hand_in(student, folder / student.id)
    for number, files in zip(
        range(len(names), students), with_a_mistake(assignments), strict=False
    ):
        names.append(f"student_{number:03d}")
        for path, text in files.items():
            (folder / names[-1] / path).parent.mkdir(parents=True, exist_ok=True)
            # A unique line, because equal files would be judged only once.
            (folder / names[-1] / path).write_text(f"{text}\n# {names[-1]}\n", encoding="utf-8")
    return [
        Submission(name, assignment, folder / name)
        for name in names
        for assignment in assignments
        if (folder / name / assignment).is_dir()
    ]


def judge(
    tasks: Iterable[Submission], workers: int, course: Path, scheduler: str = ""
) -> tuple[float, float]:
    """Judge with a store in `course`; return wall-clock seconds and the sum of the points."""
    with mock.patch.object(course_files, "course_folder", return_value=course):
        started = time.perf_counter()
        if scheduler:
            from distributed import Client

            with Client(scheduler) as client:
                done = list(judge_all(tasks, client.get_executor(), workers))
        else:
            with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
                done = list(judge_all(tasks, pool, workers))
        seconds = time.perf_counter() - started
    problems = [one.problem for one in done if one.problem]
    assert not problems, problems
    return seconds, sum(one.score for one in done)


def in_one_go(course: Path, students: int, assignments: list[str]) -> None:
    """Release, hand in, grade, report and export a whole class; write the time of each step.

    Args:
        course: a folder that does not exist yet.
        students: the number of students.
        assignments: the assignments that each student hands in.
    """
    course.mkdir(parents=True)
    os.environ["AUTOGRADER_STORE"] = str(course / ".graded")
    shutil.copy(ROOT / "nbgrader_config.py", course)
    for name in ("source", "solutions"):
        shutil.copytree(ROOT / name, course / name, ignore=shutil.ignore_patterns("__pycache__"))

    def autograder(*arguments: str) -> None:
        command = [sys.executable, "-m", "autograder", *arguments]
        subprocess.run(command, cwd=course, check=True, env={**os.environ, "PYTHONPATH": str(ROOT)})

    autograder("release")
    tasks = make_class(course / "submitted", students, assignments)
    for folder in {task.folder for task in tasks}:
        for part in [path for path in folder.iterdir() if path.is_dir()]:
            notebook = course / "assignments" / part.name / f"{part.name}.ipynb"
            if part.name not in assignments:
                shutil.rmtree(part)
            elif folder.name != "nora_nonotebook":
                shutil.copy(notebook, part)
    rows = []
    for what, *arguments in (
        ("graded into the gradebook", "autograde"),
        ("graded again, nothing new", "autograde"),
        ("reported, a page for each assignment", "report"),
        ("exported for nbgrader", "export"),
        ("exported for Canvas", "export", "--format", "canvas"),
        ("exported for Moodle", "export", "--format", "moodle"),
        ("exported as JSON", "export", "--format", "json"),
        ("exported for Gradescope", "export", "--format", "gradescope"),
    ):
        started = time.perf_counter()
        autograder(*arguments)
        seconds = time.perf_counter() - started
        rows.append([what, f"{seconds:.1f}", f"{seconds / len(tasks):.2f}"])
    text = f"""{machine()}

{students} students, {len(tasks)} submissions of {", ".join(assignments)}: the sample class, and
right solutions with one mistake of the bank pasted into each, through the commands of the
Makefile, on {os.cpu_count()} processes. Seconds by the clock, one run.

{table(["step", "s", "s a submission"], rows)}"""
    write_section("a class in one go", "A class in one go", text)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--students", type=int, default=200)
    parser.add_argument("--assignments", default="a2_backprop")
    parser.add_argument("--whole", type=Path, metavar="COURSE")
    arguments = parser.parse_args()
    names = arguments.assignments.split(",")
    os.environ["AUTOGRADER_SECRET"] = "the same for every run"
    if arguments.whole is not None:
        in_one_go(arguments.whole, arguments.students, names)
        return
    with tempfile.TemporaryDirectory(prefix="class-") as folder:
        top = Path(folder)
        tasks = make_class(top / "submitted", arguments.students, names)
        rows: list[list[str]] = []
        points = set()

        def measured(way: str, seconds: float, sum_of_points: float) -> None:
            points.add(round(sum_of_points, 6))
            first = float(rows[0][1]) if rows else seconds
            each = f"{seconds / len(tasks):.2f}"
            rows.append([way, f"{seconds:.1f}", each, f"{seconds / first:.2f}"])
            print(*rows[-1], flush=True)

        measured("1 process", *judge(tasks, 1, top / "one"))
        measured("2 processes", *judge(tasks, 2, top / "two"))
        try:
            from distributed import LocalCluster
        except ImportError:
            print("Dask is not installed: pip install '.[cluster]'")
        else:
            with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as local:
                address = local.scheduler_address
                measured("Dask, 2 workers", *judge(tasks, 2, top / "dask", address))
        assert len(points) == 1, f"the ways disagree: {points}"
        (top / "two" / "new").mkdir()
        new = make_class(top / "two" / "new", 1, names)[:1]
        changed = next((new[0].folder / new[0].assignment).glob("*.py"))
        changed.write_text(changed.read_text(encoding="utf-8") + "\n# new\n", encoding="utf-8")
        again, _ = judge([*tasks, *new], 2, top / "two")
        measured("the class again, and one new submission", again, points.pop())
    text = f"""{machine()}

{arguments.students} students, {len(tasks)} submissions of {", ".join(names)}:
the sample class, and right solutions with one mistake of the bank pasted into each. Seconds by
the clock, one run each, from empty stores; all ways gave the same points.

{table(["way", "s", "s a submission", "× 1 process"], rows)}

Into the gradebook nbgrader then stores the verdicts one by one; that is not counted here."""
    write_section("a class", "A class", text)


if __name__ == "__main__":
    main()
