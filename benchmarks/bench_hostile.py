"""Grade a class with hostile submissions in it, and the same class without them.

    python benchmarks/bench_hostile.py [--students 190] [--hostile 10]

The marks of the other submissions must be the same both times. The hostile ones are taken from
tests/red_team/attacks.py, from each family in turn. Memory is measured ten times a second: that of
all grading processes together and of the largest of them. Workers have their own limits and are
counted separately.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "benchmarks")]

from bench_class import make_class  # noqa: E402
from measuring import machine, table, write_section  # noqa: E402
from red_team.attacks import ATTACKS, WRONG  # noqa: E402

ASSIGNMENT, FILE = "a3_pooling_and_loss", "layers.py"


class Memory(threading.Thread):
    """Measures the peak resident memory of a process and its children, in MB, until it ends."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.top = psutil.Process(pid)
        self.graders = self.largest = self.workers = 0.0

    def run(self) -> None:
        while self.top.is_running() and self.top.status() != psutil.STATUS_ZOMBIE:
            graders, workers = [0.0], [0.0]
            try:
                below = [self.top, *self.top.children(recursive=True)]
            except psutil.NoSuchProcess:
                return
            for process in below:
                try:
                    said = " ".join(process.cmdline())
                    used = process.memory_info().rss / 1e6
                except psutil.Error:
                    continue
                in_sandbox = "bwrap" in said or "worker/main.py" in said
                (workers if in_sandbox else graders).append(used)
            self.graders = max(self.graders, sum(graders))
            self.largest = max(self.largest, *graders)
            self.workers = max(self.workers, sum(workers))
            time.sleep(0.1)


def hostile_submissions(count: int) -> list[tuple[str, str]]:
    """The names and file texts of `count` attacks, from each family in turn."""
    right = (ROOT / "solutions" / ASSIGNMENT / FILE).read_text(encoding="utf-8")
    names = f"CANARY, SECRET = '/nowhere', 'none'\nPACKAGE, GRADER = {str(ROOT)!r}, 1\n"
    families: dict[str, list[tuple[str, str]]] = {}
    for attack in ATTACKS:
        if not attack.beside:
            text = right + names + WRONG + attack.code
            families.setdefault(attack.family, []).append((attack.id, text))
    most = max(map(len, families.values()))
    turns = [each[rank] for rank in range(most) for each in families.values() if rank < len(each)]
    return turns[:count]


def marks(course: Path) -> dict[str, object]:
    """Every student's exported submissions."""
    autograder(course, "export", "--format", "json", "--to", "marks.json")
    whole = json.loads((course / "marks.json").read_text(encoding="utf-8"))
    return {one["id"]: one["submissions"] for one in whole["students"]}


def autograder(course: Path, *arguments: str) -> tuple[float, Memory, str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "autograder", *arguments],
        cwd=course,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    memory = Memory(process.pid)
    memory.start()
    said, _ = process.communicate()
    assert process.returncode in (0, 3), said
    return time.perf_counter() - started, memory, said


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--students", type=int, default=190)
    parser.add_argument("--hostile", type=int, default=10)
    arguments = parser.parse_args()
    attacks = hostile_submissions(arguments.hostile)
    rows, seen = [], []
    with tempfile.TemporaryDirectory(prefix="class-") as folder:
        for way, hostile in (("without them", []), ("with them", attacks)):
            course = Path(folder) / way.replace(" ", "_")
            course.mkdir()
            os.environ["AUTOGRADER_STORE"] = str(course / ".graded")
            os.environ["AUTOGRADER_SECRET"] = "the same for every run"
            shutil.copy(ROOT / "nbgrader_config.py", course)
            for name in ("source", "solutions"):
                shutil.copytree(ROOT / name / ASSIGNMENT, course / name / ASSIGNMENT)
            autograder(course, "release", ASSIGNMENT)
            make_class(course / "submitted", arguments.students, [ASSIGNMENT])
            for student in (course / "submitted").iterdir():
                for part in student.iterdir():
                    if part.is_dir() and part.name != ASSIGNMENT:
                        shutil.rmtree(part)
            for number, (_, text) in enumerate(hostile):
                target = course / "submitted" / f"hostile_{number}" / ASSIGNMENT
                shutil.copytree(ROOT / "solutions" / ASSIGNMENT, target)
                (target / FILE).write_text(text, encoding="utf-8")
            seconds, memory, said = autograder(course, "autograde")
            print(way, f"{seconds:.0f} s", said[-600:], flush=True)
            seen.append(marks(course))
            count = arguments.students + len(hostile)
            peak = [f"{mb:.0f}" for mb in (memory.largest, memory.graders, memory.workers)]
            rows.append([way, str(count), f"{seconds:.0f}", f"{seconds / count:.2f}", *peak])
    others = {k: v for k, v in seen[1].items() if not str(k).startswith("hostile_")}
    different = sorted(k for k in seen[0] if seen[0][k] != others.get(k))
    assert not different, different
    assert len(others) == len(seen[0])
    head = ["class", "submissions", "s", "s each", "largest grader, MB"]
    head += ["all graders, MB", "all workers, MB"]
    text = f"""{machine()}

{arguments.students} submissions of {ASSIGNMENT} through `make grade`, and the same with
{len(attacks)} hostile ones among them: {", ".join(name for name, _ in attacks)}.
All {len(others)} marks of the others are equal. One run each, from empty stores.

{table(head, rows)}"""
    write_section("hostile submissions in a class", "Hostile submissions in a class", text)


if __name__ == "__main__":
    main()
