"""Helpers of the benchmarks: fair timing, a line about the machine, and the written page."""

import datetime
import os
import platform
import re
import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "measurements.md"
HEAD = """# Measurements

Made by the scripts in `benchmarks/` (`make bench`), each of which writes its own section. Every
figure stands beside its peer, measured in the same run and in turn with it, so that a busy
minute of the machine falls on both. Take the ratios, not the seconds. Where the load average is
above the number of cores, other work was running: processor seconds still tell, seconds by the
clock hardly.
"""


class Seconds(NamedTuple):
    """Seconds by the wall clock, and seconds of processor time."""

    wall: float
    cpu: float


def in_turn(ways: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, Seconds]:
    """Time each way once a round, and return the medians.

    Processor time counts all threads of this process and hardly changes when other programs run;
    wall-clock time does change.
    """
    taken: dict[str, list[Seconds]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            wall, cpu = time.perf_counter(), time.process_time()
            way()
            taken[name].append(Seconds(time.perf_counter() - wall, time.process_time() - cpu))
    return {
        name: Seconds(
            statistics.median(one.wall for one in all_of_it),
            statistics.median(one.cpu for one in all_of_it),
        )
        for name, all_of_it in taken.items()
    }


def peak_gflops(side: int = 1024, rounds: int = 7) -> Seconds:
    """Speed of a float32 matrix product in GFLOP/s, by each clock: the best of a few rounds."""
    a = np.random.default_rng(0).standard_normal((side, side)).astype(np.float32)
    best = Seconds(0, 0)
    for _ in range(rounds):
        wall, cpu = time.perf_counter(), time.process_time()
        a @ a
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        work = 2e-9 * side**3
        best = Seconds(max(best.wall, work / wall), max(best.cpu, work / cpu))
    return best


def machine() -> str:
    """One line with the date, the processor, the load average and the versions."""
    model = platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        found = re.search(r"model name\s*:\s*(.+)", cpuinfo.read_text(encoding="utf-8"))
        model = found[1] if found else model
    load = f", load average {os.getloadavg()[0]:.0f}" if hasattr(os, "getloadavg") else ""
    today = datetime.date.today().isoformat()
    python, numpy = platform.python_version(), np.__version__
    cores = os.cpu_count()
    return f"{today}; {model}, {cores} cores{load}; Python {python}, NumPy {numpy}."


def table(head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table, all columns but the first right-aligned."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def write_section(name: str, title: str, text: str, page: Path = PAGE, head: str = HEAD) -> None:
    """Write a section into a page: replace the section of the same name, or append it."""
    start, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    section = f"{start}\n## {title}\n\n{text.strip()}\n{end}"
    old = page.read_text(encoding="utf-8") if page.is_file() else head
    pattern = re.compile(re.escape(start) + ".*?" + re.escape(end), re.DOTALL)
    if pattern.search(old):
        new = pattern.sub(lambda _: section, old)
    else:
        new = f"{old.rstrip()}\n\n{section}\n"
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(new, encoding="utf-8")
    print(text)
    print(f"\nwritten into {page}")
