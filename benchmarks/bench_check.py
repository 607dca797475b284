"""Measure one exercise from save to verdict: `check`, `watch`, and `nbgrader validate`.

python benchmarks/bench_check.py [--rounds 5]
"""

import argparse
import os
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
from bench_submission import checking_notebook
from measuring import ROOT, machine, table, write_section

EXERCISE, ASSIGNMENT = "im2col", "a1_convolution"
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

        autograder = (sys.executable, "-m", "autograder", "check", str(mine))
        ways: dict[str, Callable[[], None]] = {
            "`make watch`, from the save to the screen": on_save,
            f"`make check EX={EXERCISE}`": lambda: run(*autograder, "--exercise", EXERCISE),
            "`nbgrader validate`, the same checks": lambda: run(program, "validate", str(notebook)),
        }
        taken: dict[str, list[float]] = {way: [] for way in ways}
        for _ in range(rounds):
            for way, act in ways.items():
                started = time.perf_counter()
                act()
                taken[way].append(time.perf_counter() - started)
        watch.close(force=True)
    seconds = {way: statistics.median(each) for way, each in taken.items()}
    least = min(seconds.values())
    rows = [[way, f"{value:.2f}", f"{value / least:.1f}"] for way, value in seconds.items()]
    text = f"""{machine()}

One exercise, `{EXERCISE}`, right, with its public checks: seconds by the clock from the save to
the verdict, medians of {rounds} rounds in turn. `watch` checks all four exercises of the saved
file; `validate` starts a kernel and runs the same pytest checks as one assert cell.

{table(["way", "s", "× the fastest"], rows)}"""
    write_section("one exercise", "From save to verdict", text)


if __name__ == "__main__":
    main()
