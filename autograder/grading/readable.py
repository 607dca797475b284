"""What a worker of no rights may read: the thing itself, or a copy where only root may read it.

Grading as root, the worker is nobody. In root's own home, where a container often has the kit and
its Python, nobody may read a thing.
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
# Of a standard library: what no exercise needs, and what is installed beside it.
NOT_COPIED = ("site-packages", "dist-packages", "test", "config-*", "__pycache__")


@cache
def readable(folder: Path) -> Path:
    """The folder, or a copy of it that lives as long as this process.

    Two folders that lie side by side do so as copies, too.

    Args:
        folder: of files that are no secret, absolute.
    """
    if os.geteuid() != 0 or everybody_may_read(folder):
        return folder
    target = _copies() / folder.relative_to(folder.anchor)
    leave = shutil.ignore_patterns(*NOT_COPIED)
    shutil.copytree(folder, target, ignore=leave, dirs_exist_ok=True)
    _open_to_everybody(_copies())
    return target


@cache
def interpreter() -> Path:
    """The folder that holds bin/ and lib/ of the running Python, or of a copy without packages."""
    own = Path(sys.base_prefix).resolve()
    library = own / "lib" / PYTHON
    if os.geteuid() != 0 or (everybody_may_read(own / "bin") and everybody_may_read(library)):
        return own
    copy = readable(library).parent.parent
    (copy / "bin").mkdir(exist_ok=True)
    shutil.copy((own / "bin" / PYTHON).resolve(), copy / "bin" / PYTHON)
    for shared in (own / "lib").glob("lib*.so*"):
        shutil.copy(shared, copy / "lib")
    _open_to_everybody(copy)
    return copy


def everybody_may_read(folder: Path) -> bool:
    """Whether any user may come to this folder and read what lies in it."""
    try:
        entered = (folder.resolve(strict=True), *folder.resolve().parents)
        files = [path for path in folder.iterdir() if path.is_file()]
        return all(each.stat().st_mode & stat.S_IXOTH for each in entered) and all(
            file.stat().st_mode & stat.S_IROTH for file in files
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


def _open_to_everybody(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))
