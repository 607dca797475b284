"""Reads a file from an untrusted folder: only a regular file, no link, up to a size."""

import errno
import os
import stat


def read_plain(folder: int, name: str, largest: int) -> tuple[bytes | None, str]:
    """The content of a regular file in an open folder, or None and why it is not read.

    Args:
        folder: the descriptor of an open folder.
        name: the name of the file in it.
        largest: the largest size that is read, in bytes.
    """
    try:
        # O_NONBLOCK: opening a pipe must not wait for a writer.
        source = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
    except OSError as error:
        return None, why_unread(error)
    status = os.fstat(source)
    if not stat.S_ISREG(status.st_mode):
        os.close(source)
        return None, "not a regular file"
    with os.fdopen(source, "rb") as stream:
        if status.st_nlink > 1:
            return None, "a second name of another file (a hard link)"
        if status.st_size > largest:
            return None, f"larger than {largest >> 20} MB"
        try:
            data = stream.read(largest + 1)
        except OSError as error:
            return None, why_unread(error)
    if len(data) > largest:
        return None, f"larger than {largest >> 20} MB"
    return data, ""


def why_unread(error: OSError) -> str:
    """The reason why a file or folder cannot be read, as a phrase."""
    if error.errno in (errno.ELOOP, errno.EMLINK):
        return "a link"
    if error.errno == errno.ENOTDIR:
        return "a link, or no folder"
    if error.errno == errno.ENXIO:
        return "not a regular file"
    return (error.strerror or "it cannot be read").lower()
