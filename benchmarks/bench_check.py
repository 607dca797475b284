"""Measure one exercise from save to verdict: `check`, `watch`, and `nbgrader validate`.

python benchmarks/bench_check.py [--rounds 5]
"""

import argparse
import contextlib
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import nbformat
import pexpect
import psutil
from bench_submission import checking_notebook
from measuring import ROOT, Seconds, machine, table, write_section

EXERCISE, ASSIGNMENT = "im2col", "a1_convolution"
CHECK = f"`make check EX={EXERCISE}`"
ENVIRONMENT = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "TERM": "dumb", "PYTHONPATH": str(ROOT)}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory(prefix="save-") as folder:
        mine = Path(folder, "mine")
        shutil.copytree(ROOT / "solutions" / ASSIGNMENT, mine / ASSIGNMENT)
        file = mine / ASSIGNMENT / "convolution.py"
        notebook = mine / ASSIGNMENT / "check.ipynb"
        nbformat.write(checking_notebook([EXERCISE], hidden=False), notebook)
        program = str(Path(sys.executable).with_name("nbgrader"))
        watch = pexpect.spawn(
            sys.executable,
            ["-m", "autograder", "watch", str(mine)],
            env=ENVIRONMENT,
            encoding="utf-8",
            timeout=120,
        )
        watch.expect("q quit")

        def run(*command: str) -> None:
            done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True)
            assert done.returncode == 0, done.stderr
            assert "Success" in done.stdout or "passes" in done.stdout, done.stdout

        def on_save() -> None:
            file.write_text(file.read_text(encoding="utf-8") + "#\n", encoding="utf-8")
            watch.expect("q quit")

        def nothing_more_to_say() -> None:
            with contextlib.suppress(pexpect.TIMEOUT):
                while True:
                    watch.read_nonblocking(10_000, timeout=1)

        def processor() -> float:
            children = resource.getrusage(resource.RUSAGE_CHILDREN)
            own = psutil.Process(watch.pid).cpu_times()
            return children.ru_utime + children.ru_stime + own.user + own.system

        autograder = (sys.executable, "-m", "autograder", "check", str(mine))
        ways: dict[str, Callable[[], None]] = {
            "`make watch`, from the save to the screen": on_save,
            CHECK: lambda: run(*autograder, "--exercise", EXERCISE),
            "`nbgrader validate`, the same checks": lambda: run(program, "validate", str(notebook)),
        }
        taken: dict[str, list[Seconds]] = {way: [] for way in ways}
        for _ in range(rounds):
            for way, act in ways.items():
                nothing_more_to_say()
                wall, cpu = time.perf_counter(), processor()
                act()
                taken[way].append(Seconds(time.perf_counter() - wall, processor() - cpu))
        watch.close(force=True)
    seconds = {
        way: Seconds(*(statistics.median(each) for each in zip(*all_of_it, strict=True)))
        for way, all_of_it in taken.items()
    }
    least = seconds[CHECK]
    rows = [
        [way, f"{one.wall:.2f}", f"{one.wall / least.wall:.2f}", f"{one.cpu:.2f}"]
        for way, one in seconds.items()
    ]
    text = f"""{machine()}

One exercise, `{EXERCISE}`, right, with its public checks: seconds from the save to the verdict,
medians of {rounds} rounds in turn. `watch` checks all four exercises of the saved file;
`validate` starts a kernel and runs the same pytest checks as one assert cell.

{table(["way", "s by the clock", "× `make check`", "processor s"], rows)}"""
    write_section("one exercise", "From save to verdict", text)


if __name__ == "__main__":
    main()
