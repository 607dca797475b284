"""Reports what this machine can do for a learner and, if grading is installed, for a grader."""

import importlib
import importlib.util
import os
import platform
import shutil
import sys
from pathlib import Path

import click

from autograder.console import console
from autograder.findings import Finding, finding_lines

INOTIFY = Path("/proc/sys/fs/inotify/max_user_instances")
OLDEST, NEWEST = (3, 11), (3, 14)


@click.command()
def doctor() -> None:
    """Say what this machine can do, and what to install for the rest."""
    console.print("For learners:")
    for line in finding_lines(examine()):
        console.print(line, soft_wrap=True, markup=False)
    if importlib.util.find_spec("autograder.grading") is None:
        return
    if not hasattr(os, "fork"):
        console.print("For grading: Linux is needed, or WSL 2.")
        return
    # Imported by name, because a learner's handout does not contain autograder.grading.
    grading = importlib.import_module("autograder.grading.doctor")
    console.print("For grading:")
    for line in grading.doctor_lines():
        console.print(line, soft_wrap=True, markup=False)


def examine() -> list[Finding]:
    """Examine everything that the learner's commands need."""
    return [_python(), _make(), _output(), _keys(), _saves(), _notebook(), _folder()]


def _python() -> Finding:
    what = f"Python {platform.python_version()} on {platform.system()}."
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        return Finding("bad", f"{what} Python 3.11 to 3.14 is needed.")
    if sys.platform != "linux":
        return Finding("note", f"{what} The kit was made and tried on Linux.")
    return Finding("good", what)


def _make() -> Finding:
    if shutil.which("make"):
        return Finding("good", "make is there.")
    return Finding(
        "note", "There is no make: type python -m autograder check instead of make check."
    )


def _output() -> Finding:
    encoding = (sys.stdout.encoding or "ascii").lower().replace("-", "")
    if encoding in ("utf8", "utf16", "utf32"):
        return Finding("good", f"Output is {sys.stdout.encoding}.")
    return Finding(
        "note",
        f"Output is {sys.stdout.encoding}: signs are written in ASCII (+ passed, x not right yet, "
        "o to do).",
        "set PYTHONUTF8=1 in the environment, if the terminal can show UTF-8",
    )


def _keys() -> Finding:
    if not (sys.stdin and sys.stdin.isatty()):
        return Finding("note", "This is not a terminal: make watch has no keys here.")
    module = "msvcrt" if sys.platform == "win32" else "termios"
    if importlib.util.find_spec(module) is None:
        return Finding("note", "make watch has no keys here; stop it with Ctrl-C.")
    return Finding("good", "make watch has keys.")


def _saves() -> Finding:
    if not INOTIFY.is_file():
        return Finding("good", "make watch is told of saves by the system.")
    import ctypes

    library = ctypes.CDLL(None)
    descriptor = library.inotify_init()
    if descriptor >= 0:
        os.close(descriptor)
        return Finding("good", "make watch is told of saves by the system (inotify).")
    return Finding(
        "note",
        "inotify is used up by other programs: make watch reads the files again and again.",
        f"sudo sysctl -w fs.inotify.max_user_instances={2 * int(INOTIFY.read_text())}",
    )


def _notebook() -> Finding:
    if importlib.util.find_spec("jupyterlab"):
        return Finding("good", "JupyterLab is installed.")
    return Finding("note", "JupyterLab is not installed; make notebook installs it.")


def _folder() -> Finding:
    if os.access(".", os.W_OK):
        return Finding("good", f"{Path.cwd()} can be written to.")
    return Finding(
        "note", f"{Path.cwd()} cannot be written to: hints and progress are not remembered."
    )
