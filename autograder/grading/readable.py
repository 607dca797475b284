"""Files for a worker without rights: the originals, or copies if only root can read the originals.

If root grades, the worker runs as the user "nobody". This user cannot read root's home folder,
where a container often has the kit and its Python.
"""

import atexit
import contextlib
import os
import shutil
import stat
import sys
import sysconfig
from functools import cache
from pathlib import Path

from autograder.grading.scratch import scratch

PYTHON = f"python{sysconfig.get_python_version()}"
# Folders of a standard library that no exercise needs, and installed packages.
NOT_COPIED = ("site-packages", "dist-packages", "test", "config-*", "__pycache__")


@cache
def readable(folder: Path) -> Path:
    """The folder, or a copy of it that is removed when this process ends.

    Two folders with the same parent have copies with the same parent.

    Args:
        folder: an absolute path; its files must not be secret.
    """
    if os.geteuid() != 0 or everybody_may_read(folder):
        return folder
    return _copy(folder, _copies() / folder.relative_to(folder.anchor))


@cache
def interpreter() -> Path:
    """The folder that holds bin/ and lib/ of the running Python, or of a copy without packages."""
    own = Path(sys.base_prefix).resolve()
    program, library = (own / "bin" / PYTHON).resolve(), own / "lib" / PYTHON
    if os.geteuid() != 0 or (everybody_may_read(program) and everybody_may_read(library)):
        return own
    copy = _copies() / "interpreter"
    _copy(library, copy / "lib" / PYTHON)
    (copy / "bin").mkdir(exist_ok=True)
    shutil.copy(program, copy / "bin" / PYTHON)
    for shared in (own / "lib").glob("lib*.so*"):
        shutil.copy(shared, copy / "lib")
    _open_to_everybody(copy)
    return copy


def everybody_may_read(path: Path) -> bool:
    """Whether every user can reach and read this file, or this folder and the files in it."""
    try:
        place = path.resolve(strict=True)
        files = [each for each in place.iterdir() if each.is_file()] if place.is_dir() else [place]
        entered = [each for each in (place, *place.parents) if each.is_dir()]
        return all(each.stat().st_mode & stat.S_IXOTH for each in entered) and all(
            each.stat().st_mode & stat.S_IROTH for each in files
        )
    except OSError:
        return False


@cache
def _copies() -> Path:
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(scratch("readable"))
        atexit.register(stack.pop_all().close)
    _open_to_everybody(folder)
    return folder


def _copy(folder: Path, target: Path) -> Path:
    leave = shutil.ignore_patterns(*NOT_COPIED)
    shutil.copytree(folder, target, ignore=leave, dirs_exist_ok=True)
    _open_to_everybody(_copies())
    return target


def _open_to_everybody(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))
