"""`autograder watch` as a learner uses it: in a terminal, with saved files and keys."""

import contextlib
import os
import re
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest
from rich.console import Console

from autograder.catalogue import load
from autograder.learner.watch import Watch

ROOT = Path(__file__).resolve().parent.parent
A1 = "a1_convolution"
PROGRESS = r"(\d+) of (\d+) exercises"
KEYS = "q quit"
SOLVED = (ROOT / "solutions" / A1 / "convolution.py").read_text(encoding="utf-8")
WITHOUT_IM2COL = re.sub(
    r"(def im2col.*?### BEGIN SOLUTION\n).*?    ### END SOLUTION\n",
    r'\1    raise NotImplementedError("im2col")\n',
    SOLVED,
    flags=re.DOTALL,
)
assert WITHOUT_IM2COL.count("NotImplementedError") == 1


class Terminal:
    """The command in a pseudo-terminal: press a key, and wait for words on the screen."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.child = pexpect.spawn(
            sys.executable,
            ["-m", "autograder", "watch", str(folder), *options],
            cwd=str(ROOT),
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "TERM": "dumb"},
            dimensions=(50, 120),
            encoding="utf-8",
            timeout=60,
        )

    def press(self, key: str) -> None:
        self.child.send(key)

    def shows(self, *patterns: str) -> str:
        """Wait for the patterns, one after the other; return the output up to the last one."""
        seen = ""
        for pattern in patterns:
            self.child.expect(pattern)
            seen += self.child.before + self.child.after
        return seen

    def ends(self) -> int:
        self.child.expect(pexpect.EOF)
        self.child.close()
        return int(self.child.exitstatus)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A learner's folder with a1 alone, in which all but im2col is written."""
    course = tmp_path / "mine"
    shutil.copytree(ROOT / "solutions" / A1, course / A1, ignore=shutil.ignore_patterns("__*"))
    save(course, WITHOUT_IM2COL)
    return course


def save(course: Path, text: str) -> None:
    (course / A1 / "convolution.py").write_text(text, encoding="utf-8")


@contextlib.contextmanager
def watching(folder: Path, *options: str) -> Iterator[Terminal]:
    terminal = Terminal(folder, *options)
    try:
        yield terminal
    finally:
        terminal.child.close(force=True)


def test_a_sitting_from_the_first_look_to_q(folder: Path) -> None:
    with watching(folder) as terminal:
        first = terminal.shows(PROGRESS, "Next: im2col", KEYS)
        passed = int(re.search(PROGRESS, first)[1])  # type: ignore[index]
        assert passed == 2  # output_size and the loops; conv2d_forward needs im2col

        terminal.press("h")
        terminal.shows("im2col, hint 1 of 4: ")
        terminal.press("h")
        terminal.shows("im2col, hint 2 of 4: ")
        terminal.press("n")
        terminal.shows(r"Next: im2col, in \S*convolution.py:\d+")
        terminal.press("l")
        listed = terminal.shows(A1, PROGRESS, KEYS)
        assert all(e.name in listed for e in load().assignment(A1).exercises)

        # The save passes im2col, and with it conv2d_forward, which calls it.
        save(folder, SOLVED)
        answer = terminal.shows(r"\+ .*im2col.*conv2d_forward", r"  4 of \d+ exercises", KEYS)
        assert "not right yet" not in answer

        save(folder, SOLVED.replace("def im2col(", "def im2col(("))
        terminal.shows("convolution.py", r"  0 of \d+ exercises", KEYS)

        endless = SOLVED.replace(
            "    filters, _, kernel", "    while True: pass\n    filters, _, kernel", 1
        )
        assert endless != SOLVED
        save(folder, endless)
        terminal.shows("conv2d_forward_naive", r"  3 of \d+ exercises", KEYS)

        save(folder, SOLVED)
        terminal.shows(r"\+ ", r"  4 of \d+ exercises", KEYS)
        terminal.press("a")
        terminal.shows(r"  4 of \d+ exercises", KEYS)
        terminal.press("q")
        assert terminal.ends() == 0


def test_a_save_right_after_the_first_look_is_seen(folder: Path) -> None:
    with watching(folder) as terminal:
        terminal.shows(r"  2 of \d+ exercises", KEYS)
        save(folder, SOLVED)
        terminal.shows(r"  4 of \d+ exercises", KEYS)
        terminal.press("q")
        assert terminal.ends() == 0


def test_network_folders_are_polled(folder: Path) -> None:
    with watching(folder, "--poll") as terminal:
        terminal.shows(r"  2 of \d+ exercises", KEYS)
        save(folder, SOLVED)
        terminal.shows(r"  4 of \d+ exercises", KEYS)
        terminal.press("q")
        assert terminal.ends() == 0


def test_the_rest_of_a_file_that_was_found_half_written_is_seen(folder: Path) -> None:
    """Polling compares whole seconds, so both writes seem to have the same time."""
    with watching(folder, "--poll") as terminal:
        terminal.shows(r"  2 of \d+ exercises", KEYS)
        path = folder / A1 / "convolution.py"
        second = (int(time.time()) + 5) * 10**9
        path.write_text(WITHOUT_IM2COL + "\n# saved again\n", encoding="utf-8")
        os.utime(path, ns=(second, second + 10**8))
        terminal.shows(r"  2 of \d+ exercises", KEYS)
        path.write_text(SOLVED, encoding="utf-8")
        os.utime(path, ns=(second, second + 2 * 10**8))
        terminal.shows(r"  4 of \d+ exercises", KEYS)


def test_a_save_touches_what_is_in_the_file_and_all_that_calls_it(tmp_path: Path) -> None:
    watch = Watch(tmp_path, Console())

    def touched(path: str) -> set[str]:
        return {e.name for e in watch.touched({(tmp_path / path).resolve()})}

    course = load()
    for exercise in course.exercises:
        again = touched(exercise.path)
        own = {e.name for e in course.exercises if e.path == exercise.path}
        calling = {
            e.name for e in course.exercises if own & {need.name for need in course.all_needs(e)}
        }
        assert again == own | calling
    assert "softmax" not in touched("a1_convolution/convolution.py")
    assert {"col2im", "Conv2D", "mnist"} <= touched("a1_convolution/convolution.py")
    assert touched("a1_convolution/notes.py") == set()
