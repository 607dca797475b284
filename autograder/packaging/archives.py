"""Reads names, sizes and contents from an untrusted zip or tar archive; writes no files."""

import bz2
import gzip
import io
import lzma
import stat
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import IO

from autograder.text import UserError

ZIPS = (".zip",)
TARS = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")
# The most bytes of a tar that are unpacked in memory: its sizes are known only while it is read.
LARGEST_TAR = 64 << 20
# zipfile reads the whole table of contents, with about 1 kB of memory for each entry.
MOST_ENTRIES = 100_000
# Python unpacks other compression methods without a limit, whatever size the archive states.
_BOUNDED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_TABLE_LINE = b"PK\x01\x02"


@dataclass(frozen=True)
class Entry:
    """One file or folder in an archive.

    Attributes:
        name: with "/" between folders, also where a Windows program wrote a backslash.
        size: of its content in bytes, as the archive states.
        packed: its size in the archive in bytes; in a tar, equal to `size`.
        is_folder: whether it is a folder, not a file.
        is_plain: whether it is a regular file or a folder, not a link, pipe or device.
        has_password: whether its content is encrypted, so that it cannot be read here.
        time: of its last change, in seconds since 1970; or None.
        open: returns its content as a stream.
    """

    name: str
    size: int
    packed: int
    is_folder: bool
    is_plain: bool
    has_password: bool
    time: float | None
    open: Callable[[], IO[bytes]]


def is_archive(name: str) -> bool:
    """Whether a file has the name of an archive that can be opened here."""
    return name.lower().endswith(ZIPS + TARS)


def without_ending(name: str) -> str:
    """An archive's name without its ending, such as "ada" for "ada.tar.gz"."""
    ending = max((e for e in ZIPS + TARS if name.lower().endswith(e)), key=len, default="")
    return name[: len(name) - len(ending)]


@contextmanager
def opened(
    source: Path | bytes,
    name: str,
    *,
    largest_tar: int = LARGEST_TAR,
    most_entries: int = MOST_ENTRIES,
) -> Iterator[list[Entry]]:
    """The entries of an archive; their contents can be read only inside the `with` block.

    Args:
        source: the file, or its bytes.
        name: the archive's name; its ending decides between zip and tar.
        largest_tar: the most bytes of a tar that are unpacked.
        most_entries: the most files and folders that it may contain.

    Raises:
        UserError: if it is damaged, too large or not an archive; the message completes the
            sentence "... was refused: ".
    """
    stream = io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")
    with stream:
        try:
            if name.lower().endswith(TARS):
                data = io.BytesIO(_unpacked(stream, name, largest_tar))
                with tarfile.open(fileobj=data, mode="r:") as tar:
                    members = list(islice(tar, most_entries + 1))
                    if len(members) > most_entries:
                        raise _too_many(most_entries)
                    yield [_of_tar(tar, member) for member in members if _name(member.name)]
            else:
                if _entries_of_zip(stream) > most_entries:
                    raise _too_many(most_entries)
                with zipfile.ZipFile(stream) as archive:
                    if any(e.compress_type not in _BOUNDED for e in archive.infolist()):
                        raise UserError(
                            "it is packed in a way that is not read here (not by deflate); unpack "
                            "it yourself, and give the folder"
                        )
                    yield [_of_zip(archive, e) for e in archive.infolist() if _name(e.filename)]
        except UserError:
            raise
        except (zipfile.BadZipFile, tarfile.TarError, EOFError) as error:
            kind = "tar" if name.lower().endswith(TARS) else "zip"
            raise UserError(
                f"it is damaged or cut off, or not a {kind}; download it again"
            ) from error
        except (OSError, RuntimeError, NotImplementedError) as error:
            raise UserError(f"it cannot be unpacked ({error or 'damaged'})") from error
        except Exception as error:  # for a damaged archive these modules raise many exceptions
            raise UserError(f"it is damaged ({type(error).__name__})") from error


def _too_many(most: int) -> UserError:
    return UserError(
        f"it holds more than {most:,} files and folders; unpack it yourself, and give the folder"
    )


def _entries_of_zip(stream: IO[bytes]) -> int:
    """The most entries that its table of contents can have; its own count is not trusted."""
    count, before = 0, b""
    while piece := stream.read(1 << 20):
        count += (before + piece).count(_TABLE_LINE)
        before = piece[-len(_TABLE_LINE) + 1 :]
    stream.seek(0)
    return count


def _unpacked(stream: IO[bytes], name: str, largest: int) -> bytes:
    """The bytes of a tar after decompression; UserError if they are more than `largest`."""
    try:
        if name.lower().endswith("gz"):
            data = gzip.GzipFile(fileobj=stream).read(largest + 1)
        elif name.lower().endswith("bz2"):
            data = bz2.BZ2File(stream).read(largest + 1)
        elif name.lower().endswith("xz"):
            with lzma.open(stream) as plain:
                data = plain.read(largest + 1)
        else:
            data = stream.read(largest + 1)
    except (OSError, lzma.LZMAError, EOFError) as error:
        raise UserError("it is damaged or cut off, or not a tar; download it again") from error
    if len(data) > largest:
        raise UserError(f"unpacked it would have more than {largest >> 20} MB")
    return data


def _of_zip(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Entry:
    try:
        time = datetime(*entry.date_time).timestamp()
    except (ValueError, OverflowError):
        time = None
    name = _name(entry.filename)
    return Entry(
        name,
        entry.file_size,
        entry.compress_size,
        name.endswith("/"),
        stat.S_IFMT(entry.external_attr >> 16) in (0, stat.S_IFREG, stat.S_IFDIR),
        bool(entry.flag_bits & 1),
        time,
        lambda: archive.open(entry),
    )


def _of_tar(tar: tarfile.TarFile, member: tarfile.TarInfo) -> Entry:
    def content() -> IO[bytes]:
        stream = tar.extractfile(member)
        return io.BytesIO() if stream is None else stream

    # A sparse file is not plain: its content is larger than its bytes in the tar.
    plain = member.isdir() or (member.isreg() and not member.issparse())
    size, time = member.size, float(member.mtime)
    name = _name(member.name)
    return Entry(name, size, size, member.isdir(), plain, False, time, content)


def _name(name: str) -> str:
    """A name with "/" between folders, without the "./" that tar writes."""
    name = name.replace("\\", "/")
    while name.startswith("./"):
        name = name[2:].lstrip("/")
    return "" if name == "." else name
