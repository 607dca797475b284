"""Copies untrusted folders and archives into a scratch folder: plain files, limited in size."""

import os
import shutil
from pathlib import Path, PurePosixPath

from autograder.packaging.archives import Entry, is_archive, opened, without_ending
from autograder.packaging.file_names import is_litter
from autograder.text import UserError, clean

MOST_FILES = 20_000
MOST_BYTES = 2 << 30
LARGEST_FILE = 64 << 20
DEEPEST = 20
LONGEST_NAME = 200
# Most unpacked bytes per packed byte, for files above NO_DANGER bytes; text has about 20.
MOST_GROWTH = 200
NO_DANGER = 1 << 20
OUTSIDE = "its name leads out of the folder"
LINK = "it is a link or not a regular file"
# No learning platform writes these, so nothing is taken from such an archive.
OF_AN_ATTACK = {OUTSIDE, LINK}


class Unpacked:
    """Copies an instructor's download, and lists what was refused.

    Args:
        target: an empty folder.

    Attributes:
        refused: a sentence for each file, folder or archive that was not copied.
    """

    def __init__(self, target: Path) -> None:
        self.target = target
        self.refused: list[str] = []
        self._files = 0
        self._bytes = 0

    def folder(self, source: Path, below: str = "") -> None:
        """Copy a folder without following links, and unpack the archives in it into folders."""
        try:
            entries = sorted(os.scandir(source), key=lambda entry: entry.name)
        except OSError as error:
            self._refuse(below or str(source), (error.strerror or "cannot be read").lower())
            return
        for entry in entries:
            where = f"{below}/{entry.name}".lstrip("/")
            if entry.name == ".git" and entry.is_dir(follow_symlinks=False):
                (self._made(where)).mkdir(parents=True, exist_ok=True)
            elif is_litter(entry.name):
                continue
            elif reason := _bad_name(where):
                self._refuse(where, reason)
            elif entry.is_dir(follow_symlinks=False):
                self._made(where).mkdir(parents=True, exist_ok=True)
                self.folder(Path(entry.path), where)
            elif not entry.is_file(follow_symlinks=False):
                self._refuse(where, LINK)
            elif is_archive(entry.name):
                self.archive(Path(entry.path), where)
            else:
                self._file(Path(entry.path), where)

    def archive(self, source: Path, where: str = "") -> None:
        """Unpack the harmless files of an archive, and add the others to `refused`.

        With `where` == "", the archive is the whole download: a harmful file is left out, and the
        other students' files are unpacked. Otherwise it is one student's, and is refused if one
        file is harmful. Any archive is refused if it has a link or a name that leads outside,
        because no learning platform writes these.

        Args:
            source: the archive.
            where: its path below `target`, where a folder of its name is made; "" unpacks into
                `target` itself.
        """
        below = without_ending(where)
        if below and self._made(below).exists():
            below = where  # ada/ exists: ada.zip must not be unpacked into it
        inner = []
        try:
            with opened(source, where or source.name) as packed:
                entries = [e for e in packed if not _left_behind(e.name)]
                if reason := self._too_much(entries):
                    self._refuse(where or source.name, reason)
                    return
                dangers = _dangers(entries)
                for entry, danger in zip(entries, dangers, strict=True):
                    if danger and (where or not OF_AN_ATTACK.isdisjoint(dangers)):
                        self._refuse(where or source.name, f"{clean(entry.name)[:80]}: {danger}")
                        return
                for entry, danger in zip(entries, dangers, strict=True):
                    if danger:
                        self._refuse(entry.name, danger)
                    if danger or entry.is_folder:
                        continue
                    place = f"{below}/{entry.name}".lstrip("/")
                    path = self._made(place)
                    path.parent.mkdir(parents=True, exist_ok=True)
                    with entry.open() as stream, path.open("wb") as copy:
                        shutil.copyfileobj(stream, copy)
                    self._files += 1
                    self._bytes += entry.size
                    if entry.time is not None:
                        os.utime(path, (entry.time, entry.time))
                    if is_archive(place):
                        inner.append((path, place))
        except UserError as error:
            self._undo(below)
            self._refuse(where or source.name, clean(str(error)))
            return
        for path, place in inner:
            if place.count(".zip") + below.count("/") > DEEPEST:
                self._refuse(place, "archives are nested too deeply in it")
            else:
                # Renamed, because the folder to unpack into may need the name of the archive.
                packed_file = path.with_name(path.name + ".packed")
                path.rename(packed_file)
                self.archive(packed_file, place)
            (path.with_name(path.name + ".packed")).unlink(missing_ok=True)

    def _too_much(self, entries: list[Entry]) -> str:
        """Why an archive is not unpacked at all, or ""."""
        if self._files + len(entries) > MOST_FILES:
            return f"it holds more than {MOST_FILES} files"
        if self._bytes + sum(entry.size for entry in entries) > MOST_BYTES:
            return f"unpacked it would have more than {MOST_BYTES >> 30} GB"
        return ""

    def _file(self, source: Path, where: str) -> None:
        size = source.stat().st_size
        if size > LARGEST_FILE:
            self._refuse(where, f"it has more than {LARGEST_FILE >> 20} MB")
        elif self._files >= MOST_FILES or self._bytes + size > MOST_BYTES:
            self._refuse(where, "there are too many or too large files before it")
        else:
            path = self._made(where)
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, path, follow_symlinks=False)
            shutil.copystat(source, path, follow_symlinks=False)
            path.chmod(0o644)
            self._files += 1
            self._bytes += size

    def _undo(self, below: str) -> None:
        shutil.rmtree(self.target / below, ignore_errors=True)
        self.target.mkdir(exist_ok=True)

    def _made(self, where: str) -> Path:
        return self.target / where

    def _refuse(self, where: str, reason: str) -> None:
        name, why = (" ".join(clean(text).split()) for text in (where, reason))
        self.refused.append(f"{name[:120]} was refused: {why[:300]}")


def _dangers(entries: list[Entry]) -> list[str]:
    """Why each entry of an archive is not unpacked, or ""."""
    names = [entry.name.rstrip("/") for entry in entries]
    first = {name: place for place, name in reversed(list(enumerate(names)))}
    return [
        _danger(entry) or ("" if first[name] == place else "it is in the archive a second time")
        for place, (entry, name) in enumerate(zip(entries, names, strict=True))
    ]


def _danger(entry: Entry) -> str:
    if reason := _bad_name(entry.name):
        return reason
    if not entry.is_plain:
        return LINK
    if entry.has_password:
        return "it has a password"
    if entry.size > LARGEST_FILE:
        return f"it would have more than {LARGEST_FILE >> 20} MB"
    if entry.size > max(NO_DANGER, MOST_GROWTH * max(entry.packed, 1)):
        return f"it would grow more than {MOST_GROWTH} times, as a zip bomb does"
    return ""


def _bad_name(name: str) -> str:
    parts = PurePosixPath(name).parts
    if name.startswith(("/", "\\")) or ".." in parts or "\\" in name or ":" in name[:2]:
        return OUTSIDE
    if len(parts) > DEEPEST:
        return f"it lies more than {DEEPEST} folders deep"
    if any(len(part.encode("utf-8", "surrogateescape")) > LONGEST_NAME for part in parts):
        return f"its name has more than {LONGEST_NAME} bytes"
    if clean(name) != name or "\n" in name or "\t" in name:
        return "its name holds characters that cannot be shown"
    return ""


def _left_behind(name: str) -> bool:
    return any(is_litter(part) for part in PurePosixPath(name).parts)
