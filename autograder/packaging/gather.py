"""Ordinary packaging of what is handed in: finds the expected files, and reads texts, times, lists.

Learners' computers rename files ("convolution (1).py", "convolution.py.txt"), nest folders, zip
them, and save texts as UTF-16. None of that says anything about the work. What can be told
apart without a doubt is taken; of the rest a sentence says what to type.
"""

import csv
import functools
import gzip
import io
import os
import re
import unicodedata
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from itertools import islice
from zoneinfo import ZoneInfo

from autograder.catalogue import Assignment
from autograder.packaging.archives import Entry, is_archive, opened
from autograder.packaging.file_kinds import is_notebook, kind_of
from autograder.packaging.plain_files import read_plain
from autograder.packaging.texts import as_utf8, read_text
from autograder.packaging.written import all_stubs, defined, holds_no_code, is_stub, provided
from autograder.text import UserError, clean, some

LARGEST_FILE = 1 << 20
LARGEST_ARCHIVE = 32 << 20
# How far a file that is not in its place is looked for: in how many files, archives and bytes.
MOST_SEEN = 50_000
MOST_ENTRIES = 2000
MOST_READ = 200
MOST_ARCHIVES = 10
MOST_COMPARED_CLOSELY = 20
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
        *(".virtual_documents", "anaconda_projects", ".jupyter_ystore.db", ".vs", ".gitkeep"),
        *(".pylintrc", ".DS_Store?"),
        *(".dropbox", ".dropbox.attr", ".env", ".hg", ".svn", ".hypothesis", ".ropeproject"),
        # What `make update` puts beside a learner's work.
        "newer-handout",
        "before-update",
    ),
)
# Folders of other people's code in a hand-in. A student may well be called one of these.
LIBRARIES = ("venv", "env", "site-packages", "node_modules")
# What cannot be opened here.
CLOSED = (
    ".rar",
    ".7z",
    ".zipx",
    *(f"{e}.{z}" for e in (".py", ".ipynb") for z in ("gz", "xz", "bz2")),
)
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
    # Those of the assignment's functions and classes that it defines.
    defined: frozenset[str]
    # Whether it lies in a folder of the assignment's name, below the assignment's.
    in_its_folder: bool


def is_litter(name: str) -> bool:
    """Whether a file or folder is what a system leaves behind, and nobody's work."""
    return any(fnmatchcase(name, pattern) for pattern in LITTER)


def is_nobodys(name: str) -> bool:
    """Whether what lies in a hand-in under this name is nobody's work."""
    return is_litter(name) or name in LIBRARIES


def gather(
    folder: int,
    assignment: Assignment,
    stubs: dict[str, str],
    found: dict[str, bytes],
    label: str = "",
) -> Gathered:
    """Complete the files of an assignment that lie in their places by those that do not.

    Args:
        folder: an open folder, the assignment's; no link is followed out of it.
        assignment: says which files are expected, and what each defines.
        stubs: the text of each expected file as it was handed out; may be empty.
        found: the expected files that lie in their places, by name.
        label: what sentences call the folder; without, as the assignment.
    """
    result = Gathered()
    search = _Search(assignment, stubs, label or assignment.name)
    for name, data in found.items():
        if kind := kind_of(data):
            search.disguised(name, data, kind)
        elif b"\0" in (text := as_utf8(data)):
            search.kinds[name] = "damaged, or no text: it holds null bytes"
        else:
            result.files[name] = text
    wanted = {name: _wanted(name, assignment, stubs, result) for name in assignment.files}
    wanted = {name: exercises for name, exercises in wanted.items() if exercises}
    if not wanted:
        return result
    search.folder(folder, search.label)
    nowhere = [
        name
        for name, exercises in wanted.items()
        if not _settle(name, exercises, assignment, search, result)
    ]
    if nowhere and search.closed:
        result.unopened = search.closed
        result.used.update(map(_top, search.closed))
        result.unclear.append(
            f"{clean(search.closed[0])[:120]} cannot be opened here. Unpack it, and put "
            f"{some(nowhere)} into {assignment.name}/"
        )
    elif nowhere and search.gave_up:
        result.unclear.append(
            f"{search.label}/ holds too many or too large files to look for {some(nowhere)} in. "
            f"Put it at {assignment.name}/{nowhere[0]}"
        )
    _name_the_empty(assignment, stubs, result)
    for name in search.kinds:
        # Judged as it is, for what is said of it.
        result.files.setdefault(name, found[name])
    return result


def _wanted(
    name: str, assignment: Assignment, stubs: dict[str, str], result: Gathered
) -> frozenset[str]:
    """The exercises of a file that are to be looked for elsewhere: those that it has not."""
    exercises = frozenset(e.name for e in assignment.exercises if e.file == name)
    text = result.files.get(name)
    if text is None or _is_empty(text, stubs.get(name)):
        return exercises
    if all(f'NotImplementedError("{each}")'.encode() in text for each in exercises):
        return exercises  # something was added to the stub, and no exercise written
    return exercises - provided(text, exercises)


def _is_empty(text: bytes, stub: str | None) -> bool:
    return is_stub(text, stub) or holds_no_code(text, stub)


def _is_same(text: bytes, stub: str | None) -> bool:
    return is_stub(text, stub, closely=False)


def _settle(
    name: str,
    exercises: frozenset[str],
    assignment: Assignment,
    search: "_Search",
    result: Gathered,
) -> bool:
    """Take a file from where it lies or say where it may lie; False if nothing is known of it."""
    place = f"{assignment.name}/{name}"
    there = result.files.get(name)
    empty = there is None or _is_empty(there, search.stubs.get(name))
    named = [
        one
        for one in search.candidates
        if one.where != f"{search.label}/{name}" and named_like(one.name, name)
    ]
    # "loss.txt" may be a log; "loss (1).py" is the file, whatever stands in it.
    works = [one for one in named if search.is_work(one)]
    written = _different(
        [one for one in works if one.defined & exercises]
        or [one for one in works if empty and ".py" in one.name.lower()]
    )
    untouched = [one for one in named if ".py" in one.name.lower() and not search.is_work(one)]
    whole = empty or not provided(there or b"", exercises)
    if (len(written) == 1 and whole) or (untouched and not written and there is None):
        one = (written or untouched)[0]
        result.files[name] = as_utf8(one.data)
        result.taken.append(f"{clean(one.where)[:120]} was taken as {name}")
        result.used.add(_top(one.where))
    elif written:
        places = sorted(clean(one.where)[:80] for one in written)
        result.used.update(_top(one.where) for one in written)
        result.unclear.append(
            f"{some(places)}: each may be {name}. Move the right one to {place} and delete the "
            "others"
            if len(places) > 1
            else f"{places[0]} has functions that are not written in {place}. Put what counts into "
            f"{place}, and delete the other"
        )
    elif doubt := _where_it_may_be(name, exercises, assignment, search, result):
        result.unclear.append(doubt)
    else:
        return False
    return True


def _different(candidates: list[_Candidate]) -> list[_Candidate]:
    """One of each text; line ends aside. One in a folder of the assignment's name goes before."""
    texts: dict[bytes, _Candidate] = {}
    for one in candidates:
        lines = as_utf8(one.data).replace(b"\r\n", b"\n").split(b"\n")
        texts.setdefault(b"\n".join(line.rstrip() for line in lines).strip(), one)
    in_place = [one for one in texts.values() if one.in_its_folder]
    return in_place if len(in_place) == 1 else list(texts.values())


def _where_it_may_be(
    name: str,
    exercises: frozenset[str],
    assignment: Assignment,
    search: "_Search",
    result: Gathered,
) -> str:
    """A sentence about where the work of a file may lie that is missing or untouched; or ""."""
    place = f"{assignment.name}/{name}"
    here = f"{search.label}/{name}"
    siblings = search.places - {here}

    def first(candidates: list[_Candidate]) -> str:
        for one in sorted(candidates, key=lambda one: one.where):
            # Another expected file may well have a function of that name of its own.
            enough = one.defined >= exercises if one.where in siblings else one.defined & exercises
            if one.where != here and enough and search.is_work(one):
                if one.where not in siblings:
                    result.used.add(_top(one.where))
                return one.where
        return ""

    if found := first(search.candidates):
        said = clean(found)[:120]
        if found in siblings:
            return (
                f"{said} holds the functions of {name}. Move them into {place}, or give each file "
                "its own name"
            )
        if packed := _archive_of(found):
            return (
                f"{said} looks like {name}. If it is, unpack {clean(packed)} and put it at {place}"
            )
        return f"{said} looks like {name}. If it is, rename it to {place}; if not, delete it"
    if found := first([*search.notebooks, *search.texts]):
        cells = " in its cells" if found.lower().endswith(".ipynb") else ""
        return f"{clean(found)[:120]} holds functions of {name}{cells}. Copy them into {place}"
    if kind := search.kinds.get(name):
        return f"{place} is {kind}. Put the Python source in its place, or ask for it"
    # Beside other work, "loss.pdf" is a picture of a curve.
    nothing = all_stubs(result.files, search.stubs)
    documents = [
        each
        for each in search.documents
        if nothing and (name not in result.files or not each.lower().endswith(".pdf"))
    ]
    if document := next((d for d in documents if _document_of(d, name)), None):
        result.used.add(_top(document))
        return f"{clean(document)[:120]} is a document. Copy the functions in it into {place}"
    if unread := next((u for u in search.unread if named_like(u.rpartition("/")[2], name)), None):
        result.used.add(_top(unread))
        return (
            f"{clean(unread)[:120]} may be {name}, and is a link or larger than "
            f"{LARGEST_FILE >> 20} MB. Put a plain file of the work at {place}"
        )
    if found := first(search.backups):
        return (
            f"{clean(found)[:120]} looks like an editor's copy of {name}. If it is the work, "
            f"rename it to {place}; if not, delete it"
        )
    return ""


def _top(where: str) -> str:
    """What of the assignment's folder a path lies in or is."""
    return where.split("/")[1]


def _archive_of(where: str) -> str:
    """The archive that a path leads into, or ""."""
    parts = where.split("/")
    inside = next((k for k, part in enumerate(parts[:-1]) if is_archive(part)), None)
    return "" if inside is None else "/".join(parts[: inside + 1])


def _document_of(where: str, name: str) -> bool:
    stem = where.rpartition("/")[2].rpartition(".")[0]
    return named_like(stem, name) or named_like(f"{stem}.py", name)


def _name_the_empty(assignment: Assignment, stubs: dict[str, str], result: Gathered) -> None:
    """Say which files are empty beside others in which something is written."""
    if all_stubs(result.files, stubs):
        return
    result.unclear += [
        f"{assignment.name}/{name} is empty, as an upload that fails leaves it. Ask for the file "
        "again"
        for name, text in result.files.items()
        if not text.strip()
    ]


class _Search:
    """Looks through a folder, and the archives in it, for files that may be expected ones."""

    def __init__(self, assignment: Assignment, stubs: dict[str, str], label: str) -> None:
        self.assignment = assignment
        self.stubs = stubs
        self.label = label
        self.exercises = frozenset(exercise.name for exercise in assignment.exercises)
        self.places = {f"{label}/{file}" for file in assignment.files}
        self.candidates: list[_Candidate] = []
        self.notebooks: list[_Candidate] = []
        self.texts: list[_Candidate] = []
        self.backups: list[_Candidate] = []
        self.documents: list[str] = []
        self.closed: list[str] = []
        self.unread: list[str] = []
        # What an expected file is that is no Python source, by its name.
        self.kinds: dict[str, str] = {}
        self.seen = self.entries = self.archives = self.read = 0
        self.bytes_left = MOST_BYTES
        self.gave_up = False
        self._work: dict[str, bool] = {}

    def is_work(self, one: _Candidate) -> bool:
        """Whether it is no copy of a file as it was handed out."""
        if one.where not in self._work:
            text = as_utf8(one.data)
            same = _is_empty if len(self._work) < MOST_COMPARED_CLOSELY else _is_same
            self._work[one.where] = not any(same(text, stub) for stub in self.stubs.values())
        return self._work[one.where]

    def disguised(self, name: str, data: bytes, kind: str) -> None:
        """Look into what has the name of an expected file and is none."""
        where = f"{self.label}/{name}"
        self.kinds[name] = kind
        if data.startswith(b"PK"):
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
                self._keep(self.candidates, f"{where}/{name}", name, content)

    def folder(self, folder: int, where: str, depth: int = 0) -> None:
        """Look through an open folder and those in it."""
        try:
            with os.scandir(folder) as entries:
                inside = sorted(islice(entries, MOST_SEEN - self.seen), key=lambda each: each.name)
        except OSError:
            return
        self.seen += len(inside)
        if self.seen >= MOST_SEEN or depth > DEEPEST:
            self.gave_up = True
            return
        kept = [each for each in inside if not is_nobodys(each.name) or _is_backup(each.name)]
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
        """Keep a file, if the work may be in it.

        Args:
            name: of the file.
            where: its path, which sentences give.
            read: gives its content, or None if it is larger than that or no plain file.
            packed: whether it lies in an archive.
        """
        low = name.lower()
        source = self._is_source(low)
        kept = [
            (_is_backup(where) or _is_backup(where.rpartition("/")[0]), self.backups, LARGEST_FILE),
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

    def _keep(self, into: list[_Candidate], where: str, name: str, data: bytes) -> None:
        """Keep a file, if there is room; if not, nothing more is."""
        self.read += 1
        if len(data) >= self.bytes_left or self.read > MOST_READ:
            self.gave_up, self.bytes_left = True, 0
            return
        self.bytes_left -= len(data)
        if kind_of(data) and not is_notebook(data) and into is self.candidates:
            return
        above = where.split("/")[-2]
        into.append(
            _Candidate(
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


def _is_backup(where: str) -> bool:
    """Whether a path is that of a copy which an editor makes by itself, or of a folder of such."""
    name = where.rpartition("/")[2]
    return (
        name == ".ipynb_checkpoints"
        or name.endswith((".py~", "-checkpoint.py"))
        or (name.startswith("#") and name.endswith(".py#"))
    )


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


# --- lists and times ---


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
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise UserError(f"it is no table that can be read: {error}") from error
    rows = [row for row in rows if any(value.strip() for value in row)]
    if broken := next((k for k, row in enumerate(rows) if "\n" in "".join(row).strip()), None):
        raise UserError(f"row {broken + 1} holds a quotation mark that is not closed")
    titles = rows[0] if rows else []
    header = [cell.strip().lower() for cell in titles]
    return [
        {
            column: unicodedata.normalize("NFC", value.strip())
            for column, value in zip(header, row, strict=False)
        }
        for row in rows[1:]
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
