"""Judge submissions on one process, and print the isolation and the workers' processor time.

    python benchmarks/counted_judging.py SUBMITTED ASSIGNMENT

The kit kills its workers, so the kernel adds their processor time to no parent: it is read before
the kill. bench_submission.py adds it to the time of the other processes.
"""

import os
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import psutil

from autograder.grading.batch import judge_all
from autograder.grading.sandbox import WorkerProcess
from autograder.grading.submission import Submission

COUNTS = "COUNTED_JUDGING"
_kill = WorkerProcess.kill


def counted(self: WorkerProcess) -> None:
    """Kill a worker; before that, append its processor seconds to the file of counts."""
    started = psutil.Process(self.process.pid)
    used = 0.0
    for process in (started, *started.children(recursive=True)):
        times = process.cpu_times()
        used += times.user + times.system
    with open(os.environ[COUNTS], "a", encoding="ascii") as file:
        file.write(f"{used}\n")
    _kill(self)


# Each process of the pool imports this file again, and its copies inherit the change.
WorkerProcess.kill = counted  # type: ignore[method-assign]


def main() -> None:
    submitted, assignment = Path(sys.argv[1]), sys.argv[2]
    tasks = [Submission(path.name, assignment, path) for path in submitted.iterdir()]
    with tempfile.NamedTemporaryFile("r", encoding="ascii") as counts:
        os.environ[COUNTS] = counts.name
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            done = list(judge_all(tasks, pool, 1))
        used = sum(map(float, counts.read().split()))
    assert all(one.score == one.points > 0 for one in done), done
    print(done[0].isolation, used)


if __name__ == "__main__":
    main()
