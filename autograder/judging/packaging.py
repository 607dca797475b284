"""Ordinary packaging of what is handed in: finds the expected files, and reads texts, times, lists.

Learners' computers rename files ("convolution (1).py", "convolution.py.txt"), nest folders, zip
them, and save texts as UTF-16. None of that says anything about the work. What can be told
apart without a doubt is taken; of the rest a sentence says what to type.
"""

import csv
import functools
import io
import os
import re
import stat
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from zoneinfo import ZoneInfo

from autograder.catalogue import Assignment, Course
from autograder.judging.archives import Entry, is_archive, opened
from autograder.judging.source_slips import names_its_encoding
from autograder.judging.stubs import cut_all
from autograder.text import UserError, clean, some

LARGEST_FILE = 1 << 20
LARGEST_ARCHIVE = 32 << 20
# How far a file that is not in its place is looked for: in how many files, archives and bytes.
MOST_ENTRIES = 2000
MOST_READ = 200
MOST_ARCHIVES = 10
MOST_IN_AN_ARCHIVE = 20_000
MOST_BYTES = 32 << 20
DEEPEST = 6
LITTER = (
    *("__MACOSX", ".DS_Store", "._*", ".AppleDouble", ".Spotlight-V100", ".Trashes", "Icon\r"),
    *("Thumbs.db", "ehthumbs.db", "desktop.ini", "$RECYCLE.BIN", "*.lnk", ".directory"),
    *("~$*", "*~", ".*.sw?", "*.pyc", "__pycache__", ".ipynb_checkpoints", ".git", ".gitignore"),
    *(".gitattributes", ".vscode", ".idea", ".mypy_cache", ".ruff_cache", ".pytest_cache"),
    *(
        ".venv",
        ".hints.json",
        ".progress.json",
        ".generated.json",
        ".nfs*",
        ".fseventsd",
        ".localized",
        # What `make update` puts beside a learner's work.
        "newer-handout",
        "before-update",
    ),
)
# What cannot be opened here.
CLOSED = (".rar", ".7z", ".gz", ".xz", ".bz2", ".zipx")
# What a file manager, a browser or a learning platform adds to a name. Each part is taken whole
# (*+ and ++): a row of digits that could be cut in many ways takes time without end to turn down.
_ADDED = (
    r"[\s_\-.]*+(\(\d++\)|\[\d++\]|\d++|copy|copie|kopie|final|new|neu|v\d++|version[\s_]?\d++)"
)
LONGEST_NAME = 255
_BEFORE = r"(copy of|kopie von|copie de)\s+"
_LARGEST_NOTEBOOK = 16 << 20
# Abbreviations that mean one offset the world over, in hours. Others, such as CST and IST, do not.
_OFFSETS = """
UTC:0 GMT:0 UCT:0 Z:0 WET:0 WEST:1 CET:1 CEST:2 MEZ:1 MESZ:2 MET:1 MEST:2 EET:2 EEST:3 MSK:3 SAST:2
WAT:1 CAT:2 EAT:3 PKT:5 WIB:7 HKT:8 SGT:8 AWST:8 JST:9 KST:9 ACST:9.5 ACDT:10.5 AEST:10 AEDT:11
NZST:12 NZDT:13 NST:-3.5 NDT:-2.5 BRT:-3 ART:-3 EDT:-4 EST:-5 CDT:-5 MDT:-6 MST:-7 PDT:-7 PST:-8
AKDT:-8 AKST:-9 HST:-10
"""
ZONES = {
    name: float(hours) for name, _, hours in (pair.partition(":") for pair in _OFFSETS.split())
}


@dataclass
class Gathered:
    """The files of one assignment in one hand-in.

    Attributes:
        files: expected name and content, as UTF-8 without a byte order mark.
        taken: a sentence for each file that was found under another name or in another place.
        used: what of the assignment's folder these files are, or lie in.
        unclear: a sentence for each expected file whose work may be there and was not taken.
            Who gives marks must not give 0 for it.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    taken: list[str] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    unclear: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Candidate:
    where: str
    name: str
    data: bytes


def is_litter(name: str) -> bool:
    """Whether a file or folder is what a system leaves behind, and nobody's work."""
    return any(fnmatchcase(name, pattern) for pattern in LITTER)


def gather(
    folder: int, assignment: Assignment, stubs: dict[str, str], found: dict[str, bytes]
) -> Gathered:
    """Complete the files of an assignment that lie in their places by those that do not.

    Args:
        folder: an open folder, the assignment's; no link is followed out of it.
        assignment: says which files are expected, and what each defines.
        stubs: the text of each expected file as it was handed out; may be empty.
        found: the expected files that lie in their places, by name.
    """
    result = Gathered({name: as_utf8(data) for name, data in found.items()})
    missing = [
        name
        for name in assignment.files
        if name not in found or is_stub(result.files[name], stubs.get(name))
    ]
    if not missing:
        return result
    search = _Search(set(assignment.files))
    search.folder(folder, assignment.name)
    for name in missing:
        _settle(name, assignment, stubs.get(name), search, result)
    return result


def _settle(
    name: str, assignment: Assignment, stub: str | None, search: "_Search", result: Gathered
) -> None:
    place = f"{assignment.name}/{name}"
    variants = {
        as_utf8(one.data): one
        for one in search.candidates
        if one.where != place and named_like(one.name, name)
    }
    written = {text: one for text, one in variants.items() if not is_stub(text, stub)}
    if len(written) == 1 or (variants and not written and name not in result.files):
        text, one = next(iter((written or variants).items()))
        result.files[name] = text
        result.taken.append(f"{clean(one.where)[:120]} was taken as {name}")
        result.used.add(one.where.split("/")[1])
        return
    if written:
        names = some(sorted(clean(one.where)[:80] for one in written.values()))
        result.unclear.append(
            f"{names}: each may be {name}. Move the right one to {place} and delete the others"
        )
        return
    if name in result.files:
        return
    exercises = [e.name for e in assignment.exercises if e.file == name]
    if others := sorted({o.where for o in search.candidates if defines(o.data, exercises)}):
        result.unclear.append(
            f"{clean(others[0])[:120]} looks like {name}. If it is, rename it to {place}"
        )
    elif notebook := next((n for n, text in search.notebooks if defines(text, exercises)), None):
        result.unclear.append(
            f"{clean(notebook)[:120]} holds functions of {name} in its cells. Copy them into "
            f"{place}"
        )
    elif search.closed:
        result.unclear.append(
            f"{clean(search.closed[0])[:120]} cannot be opened here. Unpack it, and put {name} "
            f"into {assignment.name}/"
        )
    elif search.gave_up:
        result.unclear.append(
            f"{assignment.name}/ holds no {name}, and too many or too large files to look for it "
            f"in. Put it at {place}"
        )


class _Search:
    """Looks through a folder, and the archives in it, for files that may be expected ones."""

    def __init__(self, expected: set[str]) -> None:
        self.expected = expected
        self.candidates: list[_Candidate] = []
        self.notebooks: list[tuple[str, bytes]] = []
        self.closed: list[str] = []
        self.entries = 0
        self.archives = 0
        self.bytes_left = MOST_BYTES
        self.gave_up = False

    def folder(self, folder: int, where: str, depth: int = 0) -> None:
        inside: list[tuple[str, int]] = []
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    self.entries += 1
                    if self.entries > MOST_ENTRIES:
                        self.gave_up = True
                        break
                    if is_litter(entry.name):
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        inside.append((entry.name, 0))
                    elif entry.is_file(follow_symlinks=False):
                        self._file(folder, entry.name, f"{where}/{entry.name}")
        except OSError:
            return
        for name, _ in sorted(inside):
            if depth >= DEEPEST:
                self.gave_up = True
                return
            try:
                below = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=folder)
            except OSError:
                continue
            try:
                self.folder(below, f"{where}/{name}", depth + 1)
            finally:
                os.close(below)

    def _file(self, folder: int, name: str, where: str) -> None:
        low = name.lower()
        if is_archive(name):
            self.archives += 1
            if self.archives > MOST_ARCHIVES:
                self.gave_up = True
                return
            self._archive(read_plain(folder, name, LARGEST_ARCHIVE), where)
        elif low.endswith(CLOSED):
            self.closed.append(where)
        elif self._worth_reading(name):
            data = read_plain(folder, name, LARGEST_FILE)
            if data and self._has_room_for(len(data)):
                self.candidates.append(_Candidate(where, name, data))
        elif low.endswith(".ipynb") and self.bytes_left:
            data = read_plain(folder, name, _LARGEST_NOTEBOOK)
            if data and self._has_room_for(len(data)):
                self.notebooks.append((where, data))

    def _archive(self, data: bytes | None, where: str) -> None:
        if data is None:
            self.closed.append(where)
            return
        try:
            with opened(
                data, where, largest_tar=LARGEST_ARCHIVE, most_entries=MOST_IN_AN_ARCHIVE
            ) as entries:
                for entry in entries[:MOST_ENTRIES]:
                    self._packed(entry, where)
        except UserError:
            self.closed.append(where)

    def _packed(self, entry: Entry, where: str) -> None:
        parts = entry.name.split("/")
        if any(is_litter(part) for part in parts) or entry.is_folder or not entry.is_plain:
            return
        if entry.has_password and parts[-1].lower().endswith((".py", ".txt")):
            raise UserError("it has a password")
        if self._worth_reading(parts[-1]) and entry.size <= LARGEST_FILE:
            with entry.open() as stream:
                content = stream.read(LARGEST_FILE + 1)
            if len(content) <= LARGEST_FILE and self._has_room_for(len(content)):
                self.candidates.append(_Candidate(f"{where}/{entry.name}", parts[-1], content))

    def _worth_reading(self, name: str) -> bool:
        return self.bytes_left > 0 and bool(
            re.search(r"\.py([\s_.\-(\[].*)?$", name.lower())
            or any(named_like(name, one) for one in self.expected)
        )

    def _has_room_for(self, size: int) -> bool:
        """Whether so many bytes may be kept as well; if not, nothing more is."""
        if size >= self.bytes_left or len(self.candidates) >= MOST_READ:
            self.gave_up, self.bytes_left = True, 0
            return False
        self.bytes_left -= size
        return True


def read_plain(folder: int, name: str, largest: int) -> bytes | None:
    """The content of a regular file in an open folder; None if it is none, linked or too large."""
    try:
        # O_NONBLOCK: opening a pipe must not wait for a writer.
        source = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
    except OSError:
        return None
    with os.fdopen(source, "rb") as stream:
        status = os.fstat(source)
        if not stat.S_ISREG(status.st_mode) or status.st_nlink > 1 or status.st_size > largest:
            return None
        try:
            data = stream.read(largest + 1)
        except OSError:
            return None
    return data if len(data) <= largest else None


def named_like(name: str, expected: str) -> bool:
    """Whether a name is the expected one as a computer or a learning platform rewrites it.

    Such as "Convolution (1).py", "convolution.py.txt", "convolution-1.py" and Canvas's
    "lovelaceada_12345_67890_convolution-2.py".
    """
    if len(name) > LONGEST_NAME:
        return False
    low = unicodedata.normalize("NFC", name).lower().strip()
    stem = re.escape(expected.lower().removesuffix(".py"))
    added = rf"({_ADDED})*"
    pattern = rf"({_BEFORE})?([\w.\-]+[_\-\s]\d+[_\-\s])?{stem}{added}\.py{added}(\.(txt|text|py))*"
    return re.fullmatch(pattern, low) is not None or (
        re.fullmatch(rf"{stem}{added}(\.txt|\.text)?", low) is not None
    )


def defines(data: bytes, names: list[str]) -> bool:
    """Whether a text looks as if it defines one of these functions or classes."""
    text = as_utf8(data).decode("utf-8", "replace")
    return any(re.search(rf"\b(def|class)\s+{re.escape(name)}\b", text) for name in names)


def is_stub(data: bytes, stub: str | None) -> bool:
    """Whether a file is as it was handed out, or empty; line ends and spaces at ends aside."""
    text = _plain_lines(data.decode("utf-8", "replace"))
    return not text or (stub is not None and text == _plain_lines(stub))


def _plain_lines(text: str) -> list[str]:
    lines = [line.rstrip() for line in text.removeprefix("\ufeff").splitlines()]
    while lines and not lines[-1]:
        lines.pop()
    return lines


@functools.cache
def stubs_of(course: Course) -> dict[str, dict[str, str]]:
    """Every expected file as it was handed out, by assignment; empty where no solution is."""
    try:
        return {a.name: cut_all(course.solutions, course, a) for a in course.assignments}
    except (OSError, UserError):
        return {}


# --- texts ---


def as_utf8(data: bytes) -> bytes:
    """A text in UTF-8 without a byte order mark, whatever it was saved as.

    What is no text, and what names its encoding as PEP 263 says, is given back as it is.
    """
    encoding = _encoding(data) or _old_encoding(data)
    if encoding is None:
        return data
    try:
        return data.decode(encoding).encode("utf-8")
    except UnicodeError:
        return data


def _encoding(data: bytes) -> str | None:
    for mark, encoding in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe\0\0", "utf-32"),
        (b"\0\0\xfe\xff", "utf-32"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if data.startswith(mark):
            return encoding
    head = data[:200]
    if len(head) > 3 and b"\0" in head:
        # Plain letters in UTF-16 without a mark have a zero in every other byte.
        if not any(head[1::2]):
            return "utf-16-le"
        if not any(head[0::2]):
            return "utf-16-be"
    return None


def _old_encoding(data: bytes) -> str | None:
    """The encoding of a text that an older editor saved with letters beyond ASCII, or None."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        letters = sum(byte >= 0x80 for byte in data)
        if b"\0" in data or names_its_encoding(data) or letters > len(data) // 4:
            return None
        try:
            data.decode("cp1252")
        except UnicodeDecodeError:
            return "latin-1"
        return "cp1252"
    return None


def read_text(data: bytes) -> str:
    """A short text of a person's, such as a time or a class list, whatever it was saved as."""
    data = as_utf8(data)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def read_table(data: bytes) -> list[dict[str, str]]:
    """The rows of a CSV of any spreadsheet's: commas, semicolons or tabs, UTF-8 or UTF-16.

    Column names are in lower letters and without spaces around them, values in NFC.
    """
    text = read_text(data)
    first = text.lstrip().splitlines()[:1]
    if first and first[0].lower().startswith("sep="):
        text = text.lstrip().split("\n", 1)[1] if "\n" in text else ""
        first = text.splitlines()[:1]
    head = first[0] if first else ""
    delimiter = max(",;\t", key=head.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    header = [cell.strip().lower() for cell in next(rows, [])]
    return [
        {
            column: unicodedata.normalize("NFC", value.strip())
            for column, value in zip(header, row, strict=False)
        }
        for row in rows
        if any(value.strip() for value in row)
    ]


def read_time(text: str, zone: str = "UTC") -> datetime:
    """The time that a timestamp names, in UTC and without a zone, as nbgrader keeps it.

    nbgrader reads "+0200" as 200 seconds, and takes " +02:00" and zones that it does not know,
    such as "CEST", for UTC.

    Args:
        text: a date, a time, and an offset or the name or abbreviation of a zone; without these,
            UTC.
        zone: the zone that the exchange writes, which decides what an abbreviation means.

    Raises:
        ValueError, KeyError, OSError, OverflowError: if it is no time, or the zone is not known.
    """
    text = " ".join(text.split())
    rest, _, name = text.rpartition(" ")
    if not re.fullmatch(r"[A-Za-z][\w/+-]*", name):
        return _in_utc(datetime.fromisoformat(re.sub(r" (?=[+-]\d|Z$)", "", text)))
    moment = datetime.fromisoformat(rest)
    if moment.tzinfo is not None:
        raise ValueError(f"{text!r} names two zones")
    for fold in (0, 1):
        there = moment.replace(tzinfo=ZoneInfo(zone), fold=fold)
        if there.tzname() == name:
            return _in_utc(there)
    if name.upper() in ZONES:
        return moment - timedelta(hours=ZONES[name.upper()])
    return _in_utc(moment.replace(tzinfo=ZoneInfo(name)))


def _in_utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        return moment
    return moment.astimezone(UTC).replace(tzinfo=None)


# --- names of students ---


def look_alikes(names: list[str]) -> Iterator[tuple[str, ...]]:
    """The groups of names that people take for one: composed or decomposed, other case, spaces."""
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(folded(name), []).append(name)
    return (tuple(sorted(group)) for group in groups.values() if len(group) > 1)


def folded(name: str) -> str:
    """A name as it is compared with others: NFKC, case folded, spaces made one."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
