"""The walls that the tests are run against: all that this kernel has, as root too."""

import os
import shutil
import sys
import tempfile
from functools import cache
from pathlib import Path

from autograder.grading.landlock import LANDLOCK, PYTHON, behind_landlock
from autograder.grading.sandbox import Isolation, all_isolations, why_not
from autograder.worker.landlock import NoLandlock, version


@cache
def walls() -> tuple[Isolation, ...]:
    """Those that work, the strongest first.

    Where only root may read the interpreter, Landlock's worker, who is nobody, gets a copy of it.
    """
    found = tuple(isolation for isolation in all_isolations() if why_not(isolation) is None)
    if LANDLOCK in found or os.geteuid() != 0 or not has_landlock():
        return found
    return (*found, behind_landlock(interpreter_for_everybody(Path(tempfile.gettempdir()))))


def has_landlock() -> bool:
    """Whether this kernel has it."""
    try:
        version()
    except NoLandlock:
        return False
    return True


def interpreter_for_everybody(folder: Path) -> Path:
    """A copy of the interpreter, in a folder of its own in `folder` that every user may read."""
    source = Path(sys.base_prefix).resolve()
    target = folder / f"interpreter-of-{os.geteuid()}-{sys.version.split()[0]}"
    if target.is_dir():
        return target
    unfinished = Path(tempfile.mkdtemp(dir=folder))
    unfinished.chmod(0o755)
    (unfinished / "bin").mkdir()
    shutil.copy((source / "bin" / PYTHON).resolve(), unfinished / "bin" / PYTHON)
    shutil.copytree(
        source / "lib" / PYTHON,
        unfinished / "lib" / PYTHON,
        ignore=shutil.ignore_patterns("site-packages", "test", "config-*", "__pycache__"),
    )
    for library in (source / "lib").glob("lib*.so*"):
        shutil.copy(library, unfinished / "lib")
    try:
        unfinished.rename(target)  # of several test processes, the first
    except OSError:
        shutil.rmtree(unfinished)
    return target
