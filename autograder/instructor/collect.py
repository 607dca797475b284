"""Sorts downloads from a learning platform, nbgrader's exchange or git into submitted/.

| source | recognised by |
|---|---|
| Moodle, Download all submissions | `Ada Lovelace_12345_assignsubmission_file_...` |
| Canvas, Download submissions | `lovelaceada_12345_67890_convolution.py`, `..._LATE_...` |
| nbgrader's exchange, inbound/ | `ada+a1_convolution+2026-03-31 20:15:00.000000 UTC+...` |
| git clones | a folder with a .git: `a1-ada`, `ada`, Classroom 50's `cnn-a1-ada` |
| anything else | a folder or a zip for each student, named as the student |
"""

import os
import re
import subprocess
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from autograder.catalogue import Assignment, load
from autograder.grading.scratch import scratch
from autograder.instructor.attempts import STAMP, keep, take
from autograder.instructor.class_list import cells_of
from autograder.instructor.handed_in import read_cells, settings_of
from autograder.instructor.regrade_requests import FILE as REQUEST
from autograder.instructor.run_nbgrader import submitted_folder
from autograder.instructor.unpacking import Unpacked
from autograder.judging.stubs import stubs_of
from autograder.packaging.file_names import (
    CLOSED,
    DOCUMENTS,
    TEXTS,
    is_litter,
    is_nobodys,
    named_like,
)
from autograder.packaging.gather import gather
from autograder.packaging.search import LARGEST_ARCHIVE, LARGEST_FILE
from autograder.packaging.spreadsheets import read_table
from autograder.packaging.texts import as_utf8, read_text
from autograder.packaging.times import read_time
from autograder.packaging.written import all_stubs, is_stub
from autograder.text import UserError, clean, some

# The most other Python files that are kept for the instructor to look at.
MOST_BESIDE = 20
# The longest name of such a file, in characters; it includes the folders that it came from.
LONGEST_BESIDE = 60
# Names of a request to grade again, which is kept as REQUEST; and of one that cannot be read.
_REQUESTS = re.compile(r"regrade( \(\d+\))?(\.txt)+", re.IGNORECASE)
_OTHER_REQUESTS = re.compile(r"regrade\b.*\.(docx?|odt|pdf|rtf|pages|md)", re.IGNORECASE)
LARGEST_TEXT = 16 << 10
_MOODLE = re.compile(
    r"(?P<name>.+)_(?P<id>\d+)_assignsubmission_(?P<kind>file|onlinetext)_?(?P<rest>.*)"
)
_CANVAS = re.compile(
    r"(?P<name>[^_]+)_(?P<late>(?:LATE|late)_)?(?P<id>\d+)_(?:question_\d+_)?(?P<number>\d+)_(?P<rest>.+)"
)
Platform = Literal["moodle", "canvas"]
_EXCHANGE = re.compile(r"(?P<student>[^+]+)\+(?P<assignment>[^+]+)\+(?P<time>[^+]+)(\+.*)?")


@dataclass(frozen=True)
class Person:
    """One line of the class list.

    Attributes:
        id: the student's id in the course.
        full_name: as the platform writes it.
        canvas: the number in Canvas's file names; nbgrader's lms_user_id.
        moodle: the number in Moodle's folder names; the worksheet's Identifier. Kept apart from
            `canvas`: one person's number in Canvas may be another's in Moodle.
        email: the person's e-mail address.
    """

    id: str
    full_name: str = ""
    canvas: str = ""
    moodle: str = ""
    email: str = ""

    def numbered(self, numbers: Mapping[str, str]) -> "Person":
        """This person with Moodle's number, if `numbers` (by e-mail or id) has it."""
        known = numbers.get(self.email.casefold()) or numbers.get(self.id.casefold())
        return replace(self, moodle=known) if known else self


@dataclass
class HandIn:
    """The files that one person handed in, in a scratch folder.

    Attributes:
        whose: the person's name in the source.
        student: the id in the course; "" if no student was found.
        folder: the files.
        assignment: its name, if the source gives it.
        time: when it was handed in, in UTC, if the source gives it.
        number: the platform's number for this person; "" without a platform.
        late: whether the platform calls it late, without giving a time.
        why_nobody: the reason to show if no student was found.
    """

    whose: str
    student: str
    folder: Path
    assignment: str = ""
    time: datetime | None = None
    number: str = ""
    late: bool = False
    why_nobody: str = ""


@dataclass
class Collected:
    """The result of collecting; a sentence for each hand-in or file.

    Attributes:
        taken: hand-ins that were put into submitted/.
        skipped: hand-ins that were untouched stubs, or did not replace the files in submitted/.
        refused: what the instructor must look at.
        notes: remarks, such as which files were found under other names.
        late: student and assignment, where the platform says late but gives no time.
        timeless: how many of the taken hand-ins have no known time.
    """

    taken: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    late: list[tuple[str, str]] = field(default_factory=list)
    timeless: int = 0


def collect(
    top: Path,
    sources: list[Path],
    people: list[Person],
    assignment: str | None = None,
    times: Mapping[str, datetime] | None = None,
) -> Collected:
    """Put hand-ins into submitted/; the attempt that was there before goes to attempts/.

    Args:
        top: the course's top folder.
        sources: folders and zips.
        people: the class list; if it is empty, a folder's name is the student's id.
        assignment: the one that was handed in; if None, all assignments are looked for.
        times: in UTC, by the platform's number of a person, for sources without times.

    Raises:
        UserError: if a source does not exist.
    """
    result = Collected()
    for source in sources:
        if not source.exists():
            raise UserError(f"{clean(str(source))}: there is no such file or folder")
        if source.suffix.casefold() in (".py", ".ipynb", ".txt", ".csv") and source.is_file():
            raise UserError(
                f"{clean(str(source))} is one file, and no archive: put it into a folder that is "
                "named as the student, and collect the folder around that one"
            )
        with scratch("collect") as folder:
            unpacked = Unpacked(folder)
            if source.is_dir():
                unpacked.folder(source)
            else:
                unpacked.archive(source)
            result.refused += unpacked.refused
            found = list(hand_ins(folder, people, source))
            _refuse_double(found)
            for hand_in in found:
                hand_in.time = hand_in.time or (times or {}).get(hand_in.number)
                _store(top, hand_in, assignment, result)
    return result


def _refuse_double(found: list[HandIn]) -> None:
    """Take away the student of hand-ins with different platform numbers and one student."""
    numbers: dict[str, set[str]] = defaultdict(set)
    for hand_in in found:
        if hand_in.student and hand_in.number:
            numbers[hand_in.student].add(hand_in.number)
    for hand_in in found:
        if len(several := numbers.get(hand_in.student, ())) > 1:
            hand_in.why_nobody = (
                f"it would be {clean(hand_in.student)[:80]}, like another one: these are "
                f"{len(several)} people of the platform ({', '.join(sorted(several))}). Give the "
                "class list their numbers (identifier for Moodle, lms_user_id for Canvas)"
            )
            hand_in.student = ""


def hand_ins(folder: Path, people: list[Person], source: Path) -> Iterator[HandIn]:
    """The hand-ins in an unpacked source, each person's in order of time."""
    folder = _unnested(folder, people)
    loose: dict[tuple[Platform, str, str], list[tuple[Path, str]]] = defaultdict(list)
    late: set[str] = set()
    for path in sorted(folder.iterdir()):
        if moodle := _MOODLE.fullmatch(path.name):
            loose["moodle", moodle["name"], moodle["id"]].append((path, moodle["rest"]))
        elif (canvas := _CANVAS.fullmatch(path.name)) and not named_alike(path.name):
            loose["canvas", canvas["name"], canvas["id"]].append((path, canvas["rest"]))
            if canvas["late"]:
                late.add(canvas["id"])
        elif path.is_dir() and (exchange := _EXCHANGE.fullmatch(path.name)):
            found = _found(_person(people, exchange["student"]), exchange["student"], path, people)
            found.assignment = exchange["assignment"]
            try:
                found.time = read_time(exchange["time"])
            except (ValueError, KeyError, OSError, OverflowError):
                found.time = None
            yield found
        elif path.is_dir():
            person, name = _owner(people, path.name)
            found = _found(person, name, path, people)
            if (path / ".git").is_dir():
                found.time = _last_commit(_origin(source, path, folder))
            yield found
        else:
            why = "it is in no student's folder"
            if path.name.casefold().endswith(CLOSED):
                why = "it cannot be opened here. Unpack it, and collect again"
            yield HandIn(path.name, "", path.parent, why_nobody=why)
    for k, ((platform, name, number), parts) in enumerate(loose.items()):
        together = folder / f".{k}-{number}"
        together.mkdir()
        for path, rest in parts:
            inside = [path] if rest.strip("_") or not path.is_dir() else [*path.iterdir()]
            for each in inside:
                place = together / ((rest.strip("_") or each.name) if each == path else each.name)
                # If two files have the same name, the second stays in the platform's own folder.
                if not place.exists():
                    each.rename(place)
            if path.exists() and path not in inside and any(path.iterdir()):
                path.rename(together / path.name)
        person, why_nobody = _by_number(people, platform, name, number)
        found = _found(person, name, together, people, platform=True)
        found.why_nobody = why_nobody or found.why_nobody
        found.number, found.late = number, number in late
        yield found


def read_people(data: bytes) -> list[Person]:
    """Read a class list: a CSV with id (or username, ID number), and names as on the platform.

    Raises:
        UserError: if it has no ids.
    """
    people = []
    for row in read_table(data):
        cells = cells_of(row)
        found, first, last = cells["id"], cells["first_name"], cells["last_name"]
        name = row.get("full name") or row.get("name") or " ".join(filter(None, (first, last)))
        canvas = cells["lms_user_id"]
        moodle = row.get("identifier") or ""
        if found:
            canvas, moodle = (re.sub(r"\D", "", number) for number in (canvas, moodle))
            people.append(Person(found, name, canvas, moodle, cells["email"]))
    if not people:
        raise UserError(
            "the class list needs a column id (or username, or ID number), and the names beside it"
        )
    return people


def named_alike(name: str) -> bool:
    """Whether a file name is exactly that of an expected file."""
    return any(name == file for a in load().assignments for file in a.files)


def _store(top: Path, hand_in: HandIn, assignment: str | None, result: Collected) -> None:
    whose = clean(hand_in.whose)[:80]
    if not hand_in.student:
        result.refused.append(f"{whose}: {hand_in.why_nobody}")
        return
    if hand_in.student.startswith(".") or re.search(r"[/\\\0]", hand_in.student):
        result.refused.append(f"{whose}: that cannot be a student's id")
        return
    known = load().assignments
    if assignment or hand_in.assignment:
        try:
            known = (load().assignment(assignment or hand_in.assignment),)
        except UserError:
            result.refused.append(f"{whose}: {clean(hand_in.assignment)} is not an assignment")
            return
    before = len(result.taken) + len(result.skipped) + len(result.refused)
    for path in sorted(hand_in.folder.rglob("*")):
        if path.is_file() and _OTHER_REQUESTS.fullmatch(path.name):
            result.notes.append(
                f"{whose}: {clean(path.name)[:80]} was not taken: a request to grade again has to "
                f"be a text file, {REQUEST}"
            )
    for each in known:
        _store_one(top, hand_in, each, result, alone=len(known) == 1)
    if len(result.taken) + len(result.skipped) + len(result.refused) == before:
        names = sorted(clean(p.name)[:60] for p in hand_in.folder.rglob("*") if p.is_file())
        what = known[0].name if len(known) == 1 else "an assignment"
        others = [a.name for a in load().assignments if any(_is_of(a, n) for n in names)]
        hint = f": of {some(others)}?" if others else ""
        result.refused.append(
            f"{whose}: no Python file of {what} was found (there is {some(names) or 'nothing'}"
            f"{hint})"
        )


def _store_one(
    top: Path, hand_in: HandIn, assignment: Assignment, result: Collected, *, alone: bool
) -> None:
    """Store a hand-in for one assignment.

    Args:
        alone: whether it is known to be for this assignment only.
    """
    whose = clean(hand_in.student)[:80]
    stubs = stubs_of(load()).get(assignment.name, {})
    own, others = _folder_of(assignment, stubs, hand_in.folder)
    if others:
        places = [clean(str(p.relative_to(hand_in.folder)))[:80] for p in (own, *others) if p]
        result.refused.append(
            f"{whose}: {some(places)} hold different versions of {assignment.name}. Put the right "
            f"one into submitted/{whose}/{assignment.name}/"
        )
        return
    source = own or hand_in.folder
    present = {
        name: (source / name).read_bytes() for name in assignment.files if (source / name).is_file()
    }
    descriptor = os.open(source, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        label = "" if own is not None else clean(hand_in.whose)[:80].replace("/", " ")
        gathered = gather(descriptor, assignment, stubs, present, label)
    finally:
        os.close(descriptor)
    if gathered.unopened and own is None and not (gathered.files or hand_in.assignment):
        # Report this archive once for all assignments, and not if it is in an assignment's folder.
        gathered.unclear.pop()
        where = clean(gathered.unopened[0].partition("/")[2])[:120]
        said = f"{whose}: {where} cannot be opened here. Unpack it, and collect again"
        inside = any(f"/{a.name}/" in f"/{where}" for a in load().assignments)
        if not inside and said not in result.refused:
            result.refused.append(said)
    result.refused += [f"{whose}: {said}" for said in gathered.unclear]
    if own is not None and own.relative_to(hand_in.folder).as_posix() != assignment.name:
        place = clean(own.relative_to(hand_in.folder).as_posix())[:80]
        result.notes.append(f"{whose}: {place} was taken as {assignment.name}")
    notebooks = _notebooks_of(assignment, source)
    if not gathered.files and not notebooks:
        if assignment_named(hand_in, own) or alone:
            _take_request(top, hand_in, assignment, source, result)
        return
    if gathered.files and all_stubs(gathered.files, stubs) and not gathered.unclear:
        if empty := [n for n, data in gathered.files.items() if not data.strip()]:
            result.refused.append(
                f"{whose}, {assignment.name}: {some(empty)} is empty, as an upload that fails "
                "leaves it: ask for the file again"
            )
        else:
            result.skipped.append(f"{whose}, {assignment.name}: untouched, so not handed in")
        return
    if not gathered.files and not assignment_named(hand_in, own):
        return
    with scratch("hand-in") as files:
        for name, data in gathered.files.items():
            (files / name).write_bytes(data)
        beside = _beside(source, assignment, stubs, gathered.files)
        if gathered.unclear:
            beside |= _unopened(source)
        for name, data in beside.items():
            (files / name).write_bytes(data)
        for path in notebooks[:1]:
            (files / f"{assignment.name}.ipynb").write_bytes(path.read_bytes())
        for path in notebooks[1:]:
            name = "_".join(path.relative_to(source).parts)[-LONGEST_BESIDE:]
            beside[name] = path.read_bytes()
            (files / name).write_bytes(beside[name])
        request = _request_in(source, hand_in.folder)
        if request is not None:
            (files / REQUEST).write_bytes(request)
        time = _time_of(hand_in, source)
        if time is not None:
            (files / STAMP).write_text(f"{time:%Y-%m-%d %H:%M:%S} UTC\n", encoding="utf-8")
        became = take(top, submitted_folder(top), hand_in.student, assignment.name, files)
    said = {
        "new": "taken",
        "again": "taken; the attempt from before is in attempts/",
        "as before": "as before, nothing was written",
        "time": "as before, and now it is known when",
        "older": "older than what is there, and kept in attempts/",
        "earlier": "collected before and replaced since, so left out. If it was handed in again, "
        f"remove submitted/{whose}/{assignment.name} and collect again",
    }[became]
    names = [*sorted(gathered.files), *([f"{assignment.name}.ipynb"] if notebooks else [])]
    names += [REQUEST] if request is not None else []
    line = f"{whose}, {assignment.name}: {said} ({', '.join(names)})"
    line += f", handed in {time} UTC" if time is not None else ""
    line += ", late by the platform" if hand_in.late else ""
    (result.taken if became in ("new", "again") else result.skipped).append(line)
    if hand_in.late and time is None and became in ("new", "again"):
        result.late.append((hand_in.student, assignment.name))
    if hand_in.number and any(source.rglob(STAMP)):
        result.notes.append(f"{whose}: a {STAMP} that the student wrote is ignored")
    if time is None and any(source.rglob(STAMP)) and not hand_in.number:
        result.notes.append(
            f"{whose}: {STAMP} is not understood as a time; write it as 2026-03-31 23:59:00 UTC"
        )
    result.timeless += became in ("new", "again") and time is None
    result.notes += [f"{whose}: {note}" for note in gathered.taken]
    result.notes += [
        f"{whose}: {name} was not saved as UTF-8; its letters were kept, and it is stored as UTF-8"
        for name, data in present.items()
        if gathered.files.get(name) == as_utf8(data) != data.removeprefix(b"\xef\xbb\xbf")
    ]
    result.notes += [
        f"{whose}: {clean(path.name)[:80]} was taken as {assignment.name}.ipynb"
        for path in notebooks[:1]
        if path.name != f"{assignment.name}.ipynb"
    ]
    result.notes += [
        f"{whose}, {assignment.name}: {clean(name)[:80]} is kept beside it, and is not graded"
        for name in beside
    ]


def _request_in(source: Path, hand_in: Path) -> bytes | None:
    """The text of a request to grade again, under any usual name; None if there is none.

    It lies in the assignment's folder, or in a folder around it.

    Args:
        source: the assignment's folder.
        hand_in: the whole hand-in, which `source` belongs to.
    """
    around = [folder for folder in source.parents if folder.is_relative_to(hand_in)]
    places = [*sorted(source.rglob("*")), *(p for f in around for p in sorted(f.iterdir()))]
    found = [p for p in places if p.is_file() and _REQUESTS.fullmatch(p.name)]
    found.sort(key=lambda path: path.name != REQUEST)
    return found[0].read_bytes()[:LARGEST_TEXT] if found else None


def _take_request(
    top: Path, hand_in: HandIn, assignment: Assignment, source: Path, result: Collected
) -> bool:
    """Put a request that came without exercises beside the hand-in that is there."""
    target = submitted_folder(top) / hand_in.student / assignment.name
    request = _request_in(source, hand_in.folder)
    if request is None or not target.is_dir():
        return False
    whose = clean(hand_in.student)[:80]
    place = target / REQUEST
    if place.is_file() and place.read_bytes() == request:
        result.skipped.append(f"{whose}, {assignment.name}: as before ({REQUEST})")
        return True
    if place.is_file():
        keep(top, submitted_folder(top), hand_in.student, assignment.name)
    place.write_bytes(request)
    result.taken.append(f"{whose}, {assignment.name}: taken, a request alone ({REQUEST})")
    return True


def _folder_of(
    assignment: Assignment, stubs: dict[str, str], hand_in: Path
) -> tuple[Path | None, list[Path]]:
    """The folder of an assignment, None if there is none; and others with different work.

    A second download is called "a1_convolution (1)". Of folders with equal files the first is
    taken. A folder with only untouched stubs is taken only if no folder has work.
    """
    named = re.compile(rf"{re.escape(assignment.name)}[\s_-]*(\(\d+\)|copy|\d+)?", re.IGNORECASE)
    found = [p for p in sorted(hand_in.rglob("*")) if p.is_dir() and named.fullmatch(p.name)]
    found.sort(key=lambda p: p.name != assignment.name)
    written: dict[tuple[tuple[str, bytes], ...], Path] = {}
    for folder in found:
        texts = tuple(
            (file, as_utf8(path.read_bytes()[:LARGEST_FILE]))
            for path in sorted(folder.iterdir())
            for file in assignment.files
            if path.is_file() and named_like(path.name, file)
        )
        if not all(is_stub(text, stubs.get(name)) for name, text in texts):
            written.setdefault(texts, folder)
    if not written:
        return (found[0] if found else None), []
    first, *others = written.values()
    return first, others


def _notebooks_of(assignment: Assignment, source: Path) -> list[Path]:
    """The notebooks with this assignment's graded cells or name; the exact name comes first."""
    found: list[tuple[bool, Path]] = []
    own = {exercise.name for exercise in assignment.exercises}
    for path in sorted(source.rglob("*.ipynb")):
        if any(map(is_litter, path.relative_to(source).parts)) or not path.is_file():
            continue
        named = re.match(rf"{re.escape(assignment.name)}\b", path.name) is not None
        try:
            settings = filter(None, map(settings_of, read_cells(path)))
            graded = {str(each.get("grade_id")) for each in settings}
        except UserError:
            graded = set()
        if named or graded & own:
            found.append((path.name != f"{assignment.name}.ipynb", path))
    return [path for _, path in sorted(found)]


def _beside(
    source: Path, assignment: Assignment, stubs: dict[str, str], taken: dict[str, bytes]
) -> dict[str, bytes]:
    """Other Python files in a hand-in: one of them may be the one that the student meant."""
    found: dict[str, bytes] = {}
    others = [a for a in load().assignments if a is not assignment]
    for path in sorted(source.rglob("*")):
        below = path.relative_to(source).parts
        if not path.is_file() or any(map(is_litter, below)) or len(found) == MOST_BESIDE:
            continue
        own = _is_of(assignment, path.name)
        if not own and (path.suffix != ".py" or any(_is_of(a, path.name) for a in others)):
            continue
        data = path.read_bytes()
        text = as_utf8(data)
        name = "_".join(below)[-LONGEST_BESIDE:]
        if (
            name not in assignment.files
            and text not in taken.values()
            and not any(is_stub(text, stub) for stub in stubs.values())
        ):
            found[name] = data
    return found


def _unopened(source: Path) -> dict[str, bytes]:
    """Archives, texts and documents that may contain the work that was not found."""
    found = [
        path
        for path in sorted(source.rglob("*"))
        if path.is_file()
        and not any(map(is_nobodys, path.relative_to(source).parts))
        and path.name.lower().endswith((*CLOSED, *TEXTS, *DOCUMENTS))
        and path.name != STAMP
        and path.stat().st_size <= LARGEST_ARCHIVE
    ]
    return {
        "_".join(path.relative_to(source).parts)[-LONGEST_BESIDE:]: path.read_bytes()
        for path in found[:MOST_BESIDE]
    }


def _is_of(assignment: Assignment, name: str) -> bool:
    return any(named_like(name, file) for file in assignment.files)


def assignment_named(hand_in: HandIn, own: Path | None) -> bool:
    """Whether the source says which assignment a hand-in with only a notebook belongs to."""
    return bool(hand_in.assignment) or own is not None


def _time_of(hand_in: HandIn, source: Path) -> datetime | None:
    # In a platform's download a timestamp.txt is written by the student, so it is ignored.
    if hand_in.time is not None or hand_in.number:
        return hand_in.time
    for path in sorted(source.rglob(STAMP)):
        try:
            return read_time(read_text(path.read_bytes()[:1000])[:200].strip())
        except (ValueError, KeyError, OSError, OverflowError):
            continue
    return None


def _unnested(folder: Path, people: list[Person]) -> Path:
    """Descend while there is only one folder, which is neither a student's nor an assignment's."""
    while True:
        inside = list(folder.iterdir())
        if len(inside) != 1 or not inside[0].is_dir():
            return folder
        name = inside[0].name
        below = [p.name for p in inside[0].iterdir()]
        theirs = _MOODLE.fullmatch(name) or _EXCHANGE.fullmatch(name) or _person(people, name)
        if theirs or ".git" in below or any(_is_file_of_course(b) for b in below):
            return folder
        folder = inside[0]


def _is_file_of_course(name: str) -> bool:
    known = [a.name for a in load().assignments]
    return name in known or any(named_like(name, f) for a in load().assignments for f in a.files)


def _by_number(
    people: list[Person], platform: Platform, name: str, number: str
) -> tuple[Person | None, str]:
    """The person with a platform's number, else with its name; None and why if the two disagree."""
    numbered = [p for p in people if getattr(p, platform) == number]
    if len(numbered) != 1:
        return _person(people, name), ""
    named = _of_name(people, name)
    if named and numbered[0] not in named:
        return None, (
            f"the name is that of {some([p.id for p in named])} on the class list, but the number "
            f"{number} is that of {numbered[0].id}; correct the list, or put the files into "
            "submitted/<id>/<assignment>/ yourself"
        )
    return numbered[0], ""


def _person(people: list[Person], name: str) -> Person | None:
    exact = [p for p in people if p.id == name]
    if len(exact) == 1:
        return exact[0]
    found = _of_name(people, name)
    return found[0] if len(found) == 1 else None


def _of_name(people: list[Person], name: str) -> list[Person]:
    wanted = _letters(name)
    return [p for p in people if wanted in (_letters(p.id), *_name_forms(p.full_name))]


def _found(
    person: Person | None, name: str, folder: Path, people: list[Person], platform: bool = False
) -> HandIn:
    if person is not None:
        return HandIn(name, person.id, folder)
    if not people and not platform:
        return HandIn(name, unicodedata.normalize("NFC", name), folder)
    return HandIn(name, "", folder, why_nobody=_why_nobody(people, name))


def _why_nobody(people: list[Person], name: str) -> str:
    if not people:
        return "the platform names no id; give the class list with --class"
    alike = [p.id for p in _of_name(people, name)]
    if len(alike) > 1:
        return (
            f"{some(alike)} have that name. Moodle's grading worksheet (--worksheet) tells them "
            "apart if the class list has their e-mails; else write a class list with the "
            "platform's number of each in a column identifier (--class), or put the files into "
            "submitted/<id>/<assignment>/ yourself"
        )
    return (
        "nobody on the class list has that name; correct the list and collect again, or put "
        "the files into submitted/<id>/<assignment>/ yourself and type autograder acknowledge"
    )


def _name_forms(full_name: str) -> tuple[str, ...]:
    words = full_name.replace(",", " ").split()
    turned = [*words[-1:], *words[:-1]]
    return (_letters(full_name), _letters(" ".join(turned))) if words else ()


def _letters(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(c for c in plain if c.isalnum())


def _owner(people: list[Person], name: str) -> tuple[Person | None, str]:
    """The owner of a folder, None if unknown; and the student's part of its name.

    Classroom services for git put the classroom and the assignment in front: "cnn-a1-ada".
    """
    if person := _person(people, name):
        return person, name
    words = name.split("-")
    for start in range(1, len(words)):
        rest = "-".join(words[start:])
        if person := _person(people, rest):
            return person, rest
    prefixes = {part for a in load().assignments for part in (a.name, a.name.split("_")[0])}
    for start in range(1, len(words)):
        if words[start - 1] in prefixes:
            return None, "-".join(words[start:])
    return None, name


def _origin(source: Path, path: Path, folder: Path) -> Path:
    """The clone that a copy in the scratch folder was made from; Path() if it is not found."""
    if not source.is_dir():
        return Path()
    found = [p.parent for p in source.rglob(".git") if p.parent.name == path.name]
    return found[0] if found else Path()


def _last_commit(clone: Path) -> datetime | None:
    """The time of the last commit, in UTC, without a zone; None if git cannot tell."""
    if not (clone / ".git").is_dir() or clone == Path():
        return None
    # The clone's git settings may name programs to run; switch off those that `git log` runs.
    safe = ["-c", "log.showSignature=false", "-c", "core.fsmonitor=false", "-c", "core.pager=cat"]
    done = subprocess.run(
        ["git", "-C", str(clone), *safe, "log", "-1", "--format=%ct"],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    if done.returncode or not done.stdout.strip().isdigit():
        return None
    return datetime.fromtimestamp(int(done.stdout), UTC).replace(tzinfo=None)
