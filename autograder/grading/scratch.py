"""Temporary folders with an owner: the next grader removes the folders of a killed grader.

The process that made a folder holds a lock on it. When the process ends, in any way, the kernel
releases the lock. A stored process id would not do: another process can get the same id.
"""

import contextlib
import errno
import fcntl
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from autograder.judging.results import ChecksError

PREFIX = "autograder-"
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)


class NoRoom(ChecksError):
    """There is no room for temporary files; the message says where, and what to do."""


@contextlib.contextmanager
def scratch(purpose: str) -> Iterator[Path]:
    """Make a temporary folder, and remove it afterwards; the first call removes abandoned ones.

    Args:
        purpose: a word in the folder's name, for a person who finds the folder.

    Raises:
        NoRoom: if the folder cannot be made, or the body finds a disk full.
    """
    try:
        remove_stale()
        folder, lock = _locked_folder(purpose)
    except OSError as error:
        raise _no_room(error) from error
    try:
        yield folder
    except OSError as error:
        if error.errno in FULL:
            raise _no_room(error) from error
        raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _no_room(error: OSError) -> NoRoom:
    try:
        where = tempfile.gettempdir()
    except OSError:
        where = "The folder"
    return NoRoom(
        f"{where}, for temporary files, cannot be written to ({error.strerror or error}): make "
        "room there, or name another folder in TMPDIR, and run the same command again"
    )


def room_lacking(folder: Path, needed: int, what: str) -> str:
    """A sentence if a folder's disk has too little room; "" if it has enough.

    Args:
        needed: bytes.
        what: what needs them.
    """
    free = shutil.disk_usage(folder).free
    if free >= needed:
        return ""
    return f"the disk of {folder} has {free >> 20} MB left, and {what} needs {-(-needed >> 20)}"


@cache
def remove_stale() -> None:
    """Remove this user's temporary folders whose owner has ended; runs once in a process."""
    with contextlib.suppress(OSError), os.scandir(tempfile.gettempdir()) as entries:
        for entry in entries:
            if entry.name.startswith(PREFIX):
                with contextlib.suppress(OSError):
                    _remove_if_stale(Path(entry.path))


def _remove_if_stale(folder: Path) -> None:
    # No link, and no folder of another user: in /tmp, every user may use any name.
    lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        if os.fstat(lock).st_uid != os.geteuid():
            return
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if _is_still(folder, lock):
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(lock)


def _locked_folder(purpose: str) -> tuple[Path, int]:
    while True:
        folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{purpose}-"))
        try:
            lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        except FileNotFoundError:
            continue  # another process removed it before it was locked
        with contextlib.suppress(OSError):  # a file system without locks: nothing is removed
            fcntl.flock(lock, fcntl.LOCK_EX)
        if _is_still(folder, lock):
            return folder, lock
        os.close(lock)


def _is_still(folder: Path, lock: int) -> bool:
    """Whether the folder of that name is the one that was opened."""
    try:
        found = os.lstat(folder)
    except FileNotFoundError:
        return False
    return stat.S_ISDIR(found.st_mode) and os.path.samestat(found, os.fstat(lock))
