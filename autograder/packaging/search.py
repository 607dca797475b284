"""Searches a folder, and the archives in it, for files that may be the expected ones."""

import functools
import gzip
import io
import os
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

from autograder.catalogue import Assignment
from autograder.packaging.archives import Entry, is_archive, opened
from autograder.packaging.file_kinds import is_notebook, kind_of
from autograder.packaging.file_names import (
    CLOSED,
    DOCUMENTS,
    TEXTS,
    is_backup,
    is_nobodys,
    named_like,
)
from autograder.packaging.plain_files import read_plain
from autograder.packaging.texts import as_utf8
from autograder.packaging.written import defined, is_empty, is_stub
from autograder.text import UserError

LARGEST_FILE = 1 << 20
LARGEST_ARCHIVE = 32 << 20
# Limits of the search for a file that is not in its place: numbers of files, archives and bytes.
MOST_SEEN = 50_000
MOST_ENTRIES = 2000
MOST_READ = 200
MOST_ARCHIVES = 10
MOST_COMPARED_CLOSELY = 20
MOST_IN_AN_ARCHIVE = 20_000
MOST_BYTES = 32 << 20
DEEPEST = 6
_LARGEST_NOTEBOOK = 16 << 20


@dataclass(frozen=True)
class Candidate:
    """A file that may contain the work."""

    # Its path, as sentences show it.
    where: str
    name: str
    data: bytes
    # The exercises of the assignment that it defines.
    defined: frozenset[str]
    # Whether it is in a folder with the assignment's name, inside the assignment's folder.
    in_its_folder: bool


class Search:
    """Searches a folder, and the archives in it, for files that may be the expected ones."""

    def __init__(self, assignment: Assignment, stubs: dict[str, str], label: str) -> None:
        self.assignment = assignment
        self.stubs = stubs
        self.label = label
        self.exercises = frozenset(exercise.name for exercise in assignment.exercises)
        self.places = {f"{label}/{file}" for file in assignment.files}
        self.candidates: list[Candidate] = []
        self.notebooks: list[Candidate] = []
        self.texts: list[Candidate] = []
        self.backups: list[Candidate] = []
        self.documents: list[str] = []
        self.closed: list[str] = []
        self.unread: list[str] = []
        # By the name of an expected file that is not a Python source: what it is instead.
        self.kinds: dict[str, str] = {}
        self.seen = self.entries = self.archives = self.read = 0
        self.bytes_left = MOST_BYTES
        self.gave_up = False
        self._work: dict[str, bool] = {}

    def is_work(self, one: Candidate) -> bool:
        """Whether it contains work, and is not a copy of a stub file."""
        if one.where not in self._work:
            text = as_utf8(one.data)
            closely = len(self._work) < MOST_COMPARED_CLOSELY
            self._work[one.where] = not any(
                is_empty(text, stub) if closely else is_stub(text, stub, closely=False)
                for stub in self.stubs.values()
            )
        return self._work[one.where]

    def disguised(self, name: str, data: bytes, kind: str) -> None:
        """Search a file that has the name of an expected file but is not a Python source."""
        where = f"{self.label}/{name}"
        self.kinds[name] = kind
        if data.startswith(b"PK"):
            closed, self.closed = self.closed, []
            self._archive(data, where)
            self.closed = closed  # `kinds` already says what it is
        elif data.startswith(b"\x1f\x8b"):
            try:
                with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
                    content = stream.read(LARGEST_FILE + 1)
            except (OSError, EOFError, zlib.error):
                return
            if len(content) <= LARGEST_FILE:
                # Under a path of its own, because the file at `where` is not this text.
                self._keep(self.candidates, f"{where}/{name}", name, content)

    def folder(self, folder: int, where: str, depth: int = 0) -> None:
        """Search an open folder and its subfolders."""
        try:
            with os.scandir(folder) as entries:
                inside = sorted(islice(entries, MOST_SEEN - self.seen), key=lambda each: each.name)
        except OSError:
            return
        self.seen += len(inside)
        if self.seen >= MOST_SEEN or depth > DEEPEST:
            self.gave_up = True
            return
        kept = [each for each in inside if not is_nobodys(each.name) or is_backup(each.name)]
        for entry in kept:
            if entry.is_file(follow_symlinks=False):
                self._look(
                    entry.name,
                    f"{where}/{entry.name}",
                    functools.partial(_content, folder, entry.name),
                )
        for entry in kept:
            if entry.is_dir(follow_symlinks=False):
                try:
                    below = os.open(
                        entry.name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=folder
                    )
                except OSError:
                    continue
                try:
                    self.folder(below, f"{where}/{entry.name}", depth + 1)
                finally:
                    os.close(below)

    def _look(
        self,
        name: str,
        where: str,
        read: Callable[[int], bytes | None],
        *,
        packed: bool = False,
    ) -> None:
        """Keep a file if it may contain the work.

        Args:
            name: the name of the file.
            where: its path, as sentences show it.
            read: returns its content; None if it has more bytes than given or is not plain.
            packed: whether it is in an archive.
        """
        low = name.lower()
        source = self._is_source(low)
        kept = [
            (is_backup(where) or is_backup(where.rpartition("/")[0]), self.backups, LARGEST_FILE),
            (source, self.candidates, LARGEST_FILE),
            (low.endswith(".ipynb"), self.notebooks, LARGEST_FILE if packed else _LARGEST_NOTEBOOK),
            (low.endswith(TEXTS), self.texts, LARGEST_FILE),
        ]
        if is_archive(low) or low.endswith(CLOSED):
            self.archives += 1
            if packed or low.endswith(CLOSED):
                self.closed.append(where)
            elif self.archives > MOST_ARCHIVES:
                self.gave_up = True
            else:
                self._archive(read(LARGEST_ARCHIVE), where)
            return
        if low.endswith(DOCUMENTS):
            self.documents.append(where)
        for fits, into, largest in kept:
            if not fits:
                continue
            self.entries += 1
            if self.entries > MOST_ENTRIES or not self.bytes_left:
                self.gave_up = True
                return
            data = read(largest)
            if data is not None:
                self._keep(into, where, name, data)
            elif source and where not in self.places:
                self.unread.append(where)
            return

    def _is_source(self, low: str) -> bool:
        return re.search(r"\.pyw?([\s_.\-(\[].*)?$", low) is not None or any(
            named_like(low, one) for one in self.assignment.files
        )

    def _keep(self, into: list[Candidate], where: str, name: str, data: bytes) -> None:
        """Keep a file if the limits allow it; otherwise keep no further file."""
        self.read += 1
        if len(data) >= self.bytes_left or self.read > MOST_READ:
            self.gave_up, self.bytes_left = True, 0
            return
        self.bytes_left -= len(data)
        if kind_of(data) and not is_notebook(data) and into is self.candidates:
            return
        above = where.split("/")[-2]
        into.append(
            Candidate(
                where,
                name,
                data,
                defined(data, self.exercises),
                above == self.assignment.name and where.count("/") > 1,
            )
        )

    def _archive(self, data: bytes | None, where: str) -> None:
        if data is None:
            self.closed.append(where)
            return
        try:
            with opened(
                data, where, largest_tar=LARGEST_ARCHIVE, most_entries=MOST_IN_AN_ARCHIVE
            ) as entries:
                for entry in entries:
                    self._packed(entry, where)
        except UserError:
            self.closed.append(where)

    def _packed(self, entry: Entry, where: str) -> None:
        parts = entry.name.split("/")
        if any(is_nobodys(part) for part in parts) or entry.is_folder or not entry.is_plain:
            return
        if entry.has_password and parts[-1].lower().endswith((".py", ".txt")):
            raise UserError("it has a password")

        def read(largest: int) -> bytes | None:
            if entry.size > largest:
                return None
            with entry.open() as stream:
                content = stream.read(largest + 1)
            return content if len(content) <= largest else None

        self._look(parts[-1], f"{where}/{entry.name}", read, packed=True)


def _content(folder: int, name: str, largest: int) -> bytes | None:
    return read_plain(folder, name, largest)[0]
