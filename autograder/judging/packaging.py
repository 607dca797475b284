"""Ordinary packaging of what is handed in: finds the expected files, and reads texts, times, lists.

Learners' computers rename files ("convolution (1).py", "convolution.py.txt"), nest folders, zip
them, and save texts as UTF-16. None of that says anything about the work. What can be told
apart without a doubt is taken; of the rest a sentence says what to type.
"""

import codecs
import csv
import functools
import gzip
import io
import os
import re
import stat
import unicodedata
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from zoneinfo import ZoneInfo

from autograder.catalogue import Assignment, Course
from autograder.judging.archives import Entry, is_archive, opened
from autograder.judging.file_kinds import is_notebook, kind_of
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
        *(".TemporaryItems", ".DocumentRevisions-V100", ".apdisk", ".VolumeIcon.icns"),
        *("@eaDir", "*:Zone.Identifier", "System Volume Information", ".Trash-*"),
        *(".~lock.*#", "#*#", ".#*", ".Rhistory", ".coverage", ".python-version", "nohup.out"),
        *(".dropbox", ".dropbox.attr", ".env", ".hg", ".svn", ".hypothesis", ".ropeproject"),
        # What `make update` puts beside a learner's work.
        "newer-handout",
        "before-update",
    ),
)
# What cannot be opened here.
CLOSED = (".rar", ".7z", ".gz", ".xz", ".bz2", ".zipx")
# Texts in which somebody may have handed in functions.
TEXTS = (".txt", ".text", ".md", ".markdown", ".rst", ".rtf", ".html", ".htm", ".tex")
DOCUMENTS = (".doc", ".docx", ".odt", ".pages", ".pdf", ".rtf", ".html", ".htm")
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
        unopened: the archives in which it may be; of them one sentence stands in `unclear`.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    taken: list[str] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    unclear: list[str] = field(default_factory=list)
    unopened: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Candidate:
    where: str
    name: str
    data: bytes
    # Those of the assignment's functions and classes that it looks as if it defined.
    defined: frozenset[str]


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
    result = Gathered()
    search = _Search(assignment)
    for name, data in found.items():
        if kind := kind_of(data):
            search.disguised(f"{assignment.name}/{name}", name, data, kind)
        elif b"\0" in (text := as_utf8(data)):
            search.kinds[name] = "damaged, or no text: it holds null bytes"
        else:
            result.files[name] = text
    exercises = {f: [e.name for e in assignment.exercises if e.file == f] for f in assignment.files}
    missing = [
        name
        for name in assignment.files
        if name not in result.files
        or is_stub(result.files[name], stubs.get(name))
        or not defines(result.files[name], exercises[name])
    ]
    if not missing:
        return result
    search.folder(folder, assignment.name)
    nowhere = [
        name
        for name in missing
        if not _settle(name, assignment, exercises[name], stubs, search, result)
    ]
    if nowhere and search.closed:
        result.unopened = search.closed
        result.unclear.append(
            f"{clean(search.closed[0])[:120]} cannot be opened here. Unpack it, and put "
            f"{some(nowhere)} into {assignment.name}/"
        )
    _name_the_empty(assignment, stubs, result)
    for name in search.kinds:
        # Judged as it is, for what is said of it.
        result.files.setdefault(name, found[name])
    return result


def _settle(
    name: str,
    assignment: Assignment,
    exercises: list[str],
    stubs: dict[str, str],
    search: "_Search",
    result: Gathered,
) -> bool:
    """Take a file from where it lies or say where it may lie; False if nothing is known of it."""
    place = f"{assignment.name}/{name}"
    variants = {
        as_utf8(one.data): one
        for one in search.candidates
        if one.where != place and named_like(one.name, name) and not kind_of(one.data)
    }
    # What is written in the place itself gives way only to what has the functions that it lacks.
    holds_nothing = name not in result.files or is_stub(result.files[name], stubs.get(name))
    written = {
        text: one
        for text, one in variants.items()
        if not is_stub(text, stubs.get(name)) and (holds_nothing or defines(text, exercises))
    }
    if len(written) == 1 or (variants and not written and name not in result.files):
        text, one = next(iter((written or variants).items()))
        result.files[name] = text
        result.taken.append(f"{clean(one.where)[:120]} was taken as {name}")
        result.used.add(one.where.split("/")[1])
    elif written:
        names = some(sorted(clean(one.where)[:80] for one in written.values()))
        result.unclear.append(
            f"{names}: each may be {name}. Move the right one to {place} and delete the others"
        )
    elif doubt := _where_it_may_be(name, assignment, exercises, stubs, search):
        result.unclear.append(doubt)
    elif search.gave_up and name not in result.files:
        result.unclear.append(
            f"{assignment.name}/ holds no {name}, and too many or too large files to look for it "
            f"in. Put it at {place}"
        )
    else:
        return False
    return True


def _where_it_may_be(
    name: str,
    assignment: Assignment,
    exercises: list[str],
    stubs: dict[str, str],
    search: "_Search",
) -> str:
    """A sentence about where the work of a file may lie that is missing or untouched; or ""."""
    place = f"{assignment.name}/{name}"
    siblings = {f"{assignment.name}/{file}" for file in assignment.files} - {place}

    def holds(one: _Candidate) -> bool:
        # Another expected file may well have a function of that name of its own.
        needed = len(exercises) if one.where in siblings else 1
        return (
            one.where != place
            and len(one.defined.intersection(exercises)) >= needed
            and not any(is_stub(as_utf8(one.data), stub) for stub in stubs.values())
        )

    if found := sorted({one.where for one in search.candidates if holds(one)}):
        if found[0] in siblings:
            return (
                f"{clean(found[0])[:120]} holds the functions of {name}. Move them into {place}, "
                "or give each file its own name"
            )
        return f"{clean(found[0])[:120]} looks like {name}. If it is, rename it to {place}"
    texts = [*search.notebooks, *search.texts]
    if text := next((one.where for one in texts if holds(one)), None):
        cells = " in its cells" if text.lower().endswith(".ipynb") or text == place else ""
        return f"{clean(text)[:120]} holds functions of {name}{cells}. Copy them into {place}"
    if kind := search.kinds.get(name):
        return f"{place} is {kind}. Put the Python source in its place, or ask for it"
    if document := next((d for d in search.documents if _document_of(d, name)), None):
        return f"{clean(document)[:120]} is a document. Copy the functions in it into {place}"
    if unread := next((u for u in search.unread if named_like(u.rpartition("/")[2], name)), None):
        return (
            f"{clean(unread)[:120]} may be {name}, and is a link or larger than "
            f"{LARGEST_FILE >> 20} MB. Put a plain file of the work at {place}"
        )
    if copy := next((one.where for one in search.backups if holds(one)), None):
        return (
            f"{clean(copy)[:120]} looks like an editor's copy of {name}. If it is the work, rename "
            f"it to {place}"
        )
    return ""


def _document_of(where: str, name: str) -> bool:
    stem = where.rpartition("/")[2].rpartition(".")[0]
    return named_like(stem, name) or named_like(f"{stem}.py", name)


def _name_the_empty(assignment: Assignment, stubs: dict[str, str], result: Gathered) -> None:
    """Say which files are empty beside others in which something is written."""
    texts = result.files.items()
    if all(is_stub(text, stubs.get(name)) for name, text in texts):
        return
    result.unclear += [
        f"{assignment.name}/{name} is empty, as an upload that fails leaves it. Ask for the file "
        "again"
        for name, text in texts
        if not text.strip()
    ]


class _Search:
    """Looks through a folder, and the archives in it, for files that may be expected ones."""

    def __init__(self, assignment: Assignment) -> None:
        self.expected = set(assignment.files)
        self.exercises = frozenset(exercise.name for exercise in assignment.exercises)
        self.candidates: list[_Candidate] = []
        self.notebooks: list[_Candidate] = []
        self.texts: list[_Candidate] = []
        self.backups: list[_Candidate] = []
        self.documents: list[str] = []
        self.closed: list[str] = []
        self.unread: list[str] = []
        # What an expected file is that is no Python source, by its name.
        self.kinds: dict[str, str] = {}
        self.entries = 0
        self.archives = 0
        self.bytes_left = MOST_BYTES
        self.gave_up = False

    def _candidate(self, where: str, name: str, data: bytes) -> _Candidate:
        return _Candidate(where, name, data, _defined(data, self.exercises))

    def disguised(self, where: str, name: str, data: bytes, kind: str) -> None:
        """Look into what has the name of an expected file and is none."""
        self.kinds[name] = kind
        if is_notebook(data):
            self.notebooks.append(self._candidate(where, name, data))
        elif data.startswith(b"PK"):
            closed, self.closed = self.closed, []
            self._archive(data, where)
            self.closed = closed  # what it is stands in `kinds`
        elif data.startswith(b"\x1f\x8b"):
            try:
                with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
                    content = stream.read(LARGEST_FILE + 1)
            except (OSError, EOFError, zlib.error):
                return
            if len(content) <= LARGEST_FILE:
                # Under a place of its own: the file in that place is not this text.
                self.candidates.append(self._candidate(f"{where}/{name}", name, content))

    def folder(self, folder: int, where: str, depth: int = 0) -> None:
        inside: list[tuple[str, int]] = []
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    self.entries += 1
                    if self.entries > MOST_ENTRIES:
                        self.gave_up = True
                        break
                    if is_litter(entry.name) and not _is_backup(entry.name):
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
        if _is_backup(name) or _is_backup(where.rpartition("/")[0]):
            data = read_plain(folder, name, LARGEST_FILE)
            if data and ".py" in low and self._has_room_for(len(data)):
                self.backups.append(self._candidate(where, name, data))
        elif is_archive(name):
            self.archives += 1
            if self.archives > MOST_ARCHIVES:
                self.gave_up = True
                return
            self._archive(read_plain(folder, name, LARGEST_ARCHIVE), where)
        elif low.endswith(CLOSED):
            self.closed.append(where)
        elif self._worth_reading(name):
            data = read_plain(folder, name, LARGEST_FILE)
            if data is None and name not in self.expected:
                self.unread.append(where)
            if data and self._has_room_for(len(data)):
                self.candidates.append(self._candidate(where, name, data))
        elif low.endswith(".ipynb") and self.bytes_left:
            data = read_plain(folder, name, _LARGEST_NOTEBOOK)
            if data and self._has_room_for(len(data)):
                self.notebooks.append(self._candidate(where, name, data))
        elif low.endswith((*TEXTS, *DOCUMENTS)):
            if low.endswith(DOCUMENTS):
                self.documents.append(where)
            data = read_plain(folder, name, LARGEST_FILE) if low.endswith(TEXTS) else None
            if data and self._has_room_for(len(data)):
                self.texts.append(self._candidate(where, name, data))

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
        low = parts[-1].lower()
        if is_archive(low) or low.endswith(CLOSED):
            self.closed.append(f"{where}/{entry.name}")
        elif low.endswith(".ipynb") and entry.size <= LARGEST_FILE:
            with entry.open() as stream:
                content = stream.read(LARGEST_FILE)
            if self._has_room_for(len(content)):
                self.notebooks.append(self._candidate(f"{where}/{entry.name}", parts[-1], content))
        elif self._worth_reading(parts[-1]) and entry.size <= LARGEST_FILE:
            with entry.open() as stream:
                content = stream.read(LARGEST_FILE + 1)
            if len(content) <= LARGEST_FILE and self._has_room_for(len(content)):
                self.candidates.append(self._candidate(f"{where}/{entry.name}", parts[-1], content))

    def _worth_reading(self, name: str) -> bool:
        return self.bytes_left > 0 and bool(
            re.search(r"\.pyw?([\s_.\-(\[].*)?$", name.lower())
            or any(named_like(name, one) for one in self.expected)
        )

    def _has_room_for(self, size: int) -> bool:
        """Whether so many bytes may be kept as well; if not, nothing more is."""
        if size >= self.bytes_left or len(self.candidates) >= MOST_READ:
            self.gave_up, self.bytes_left = True, 0
            return False
        self.bytes_left -= size
        return True


def _is_backup(where: str) -> bool:
    """Whether a path is that of a copy which an editor makes by itself, or of a folder of such."""
    name = where.rpartition("/")[2]
    return (
        name == ".ipynb_checkpoints"
        or name.endswith((".py~", "-checkpoint.py"))
        or (name.startswith("#") and name.endswith(".py#"))
    )


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
    pattern = (
        rf"({_BEFORE})?([\w.\-]+[_\-\s]\d+[_\-\s])?{stem}{added}\.pyw?{added}(\.(txt|text|py))*"
    )
    return re.fullmatch(pattern, low) is not None or (
        re.fullmatch(rf"{stem}{added}(\.txt|\.text)?", low) is not None
    )


def defines(data: bytes, names: list[str]) -> bool:
    """Whether a text looks as if it defines one of these functions or classes."""
    return bool(_defined(data, frozenset(names)))


def _defined(data: bytes, names: frozenset[str]) -> frozenset[str]:
    text = as_utf8(data).decode("utf-8", "replace")
    if is_notebook(data):
        # Whether a cell is a list of lines or one text, its line ends are written as these two.
        text = text.replace("\\n", "\n")
    found = re.finditer(r"\b(?:def|class)[ \t]+(\w+)", text)
    return frozenset(match[1] for match in found if match[1] in names)


def is_stub(data: bytes, stub: str | None) -> bool:
    """Whether a file is as it was handed out, or empty; line ends, tabs and spaces aside."""
    text = data.decode("utf-8", "replace").removeprefix("\ufeff").split()
    return not text or (stub is not None and text == stub.removeprefix("\ufeff").split())


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

    Null bytes and the end-of-file sign of old systems are taken from its end. What is no text is
    given back as it is, and so is what names its encoding as PEP 263 says, if that can be true.
    """
    encoding = _encoding(data)
    if encoding is None:
        data = data.rstrip(b"\0\x1a")
        if _is_named_rightly(data):
            return data
        encoding = _old_encoding(data)
    try:
        text = data.decode(encoding or "utf-8")
    except UnicodeError:
        return data
    text = text.rstrip("\0\x1a")
    first, rest = _two_lines(text)
    return (_COOKIE.sub(r"\1utf-8", first) + rest).encode("utf-8", "surrogatepass")


# As PEP 263 says: an encoding that a source names in its first two lines.
_COOKIE = re.compile(r"^([ \t\f]*#.*?coding[:=][ \t]*)([-_.a-zA-Z0-9]+)", re.MULTILINE)


def _two_lines(text: str) -> tuple[str, str]:
    first = "\n".join(text.split("\n", 2)[:2])
    return first, text[len(first) :]


def _is_named_rightly(data: bytes) -> bool:
    """Whether a source names an encoding that it may be saved in."""
    found = _COOKIE.search(_two_lines(data[:5000].decode("latin-1"))[0])
    if found is None:
        return False
    try:
        name = codecs.lookup(found[2]).name
    except (LookupError, ValueError):
        return False
    if name.startswith(("utf-16", "utf-32", "mbcs")):
        return False
    if name in ("utf-8", "ascii"):
        try:
            data.decode(name)
        except UnicodeDecodeError:
            return False
    return True


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
    # Plain letters in UTF-16 without a mark have a zero in every other byte.
    head = data[:400].rstrip(b"\0")
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if len(head) > 3 and odd > 0.6 * (len(head) // 2) and even < 0.05 * len(head):
        return "utf-16-le"
    if len(head) > 3 and even > 0.6 * (len(head) // 2) and odd < 0.05 * len(head):
        return "utf-16-be"
    return None


def _old_encoding(data: bytes) -> str | None:
    """The encoding of a text that an older editor saved with letters beyond ASCII, or None."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        letters = sum(byte >= 0x80 for byte in data)
        if b"\0" in data or letters > len(data) // 4:
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
    head = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",;\t", key=head.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    titles = next((row for row in rows if any(map(str.strip, row))), [])
    header = [cell.strip().lower() for cell in titles]
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
