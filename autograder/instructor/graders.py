"""Several graders: splits a class among them, and merges their marks and comments.

Each grader gets a zip with the gradebook and the graded notebooks of their part, unpacks it in a
checkout of their own, works in Formgrader there, and sends gradebook.db and comments/ back. The
merge is a three-way merge; its base is a copy of the gradebook from the split.
"""

import json
import math
import shutil
import sqlite3
import zipfile
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, MissingEntry

from autograder.catalogue import load
from autograder.grading.scratch import scratch
from autograder.instructor.class_grading import back_up
from autograder.instructor.comments import (
    APPLIED,
    RUBRIC,
    applied_points,
    applied_text,
    entry_text,
    read_entries,
    remarks_of,
)
from autograder.instructor.commit_guard import GRADEBOOK, guard_commits, students_in
from autograder.instructor.history import History
from autograder.instructor.marks import gradebook_of
from autograder.instructor.places import COMMENTS, GRADERS
from autograder.instructor.superseded import EARLIER, earlier_file
from autograder.instructor.unpacking import Unpacked
from autograder.text import UserError, clean

BASE = "base.db"
# Beside it: the digests of the submissions at the split, by student and assignment.
HANDED_IN = "handed-in.json"
# The folders in a grader's zip, besides the gradebook and the rubric.
PARTS = ("autograded", COMMENTS)
Key = tuple[str, str, str]
Values = dict[str, Any]


@dataclass
class Merged:
    """The result of a merge: a sentence for each mark taken, and for each conflict."""

    taken: list[str] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)


def split(top: Path, graders: list[str], *, by: str) -> dict[Path, list[str]]:
    """Write a zip for each grader, and copy the gradebook as the base of the merge.

    Args:
        top: the course's top folder.
        graders: their names.
        by: "student" or "assignment": what is dealt out in turn.

    Returns:
        by zip, the students or the assignments in it.

    Raises:
        UserError: if a name is not a file name or is given twice, or nothing is graded.
    """
    if len(set(graders)) < len(graders) or any(
        not name.strip() or "/" in name or name.startswith(".") for name in graders
    ):
        raise UserError("graders need different names, and no / in them")
    with gradebook_of(top) as gradebook:
        students = sorted(student.id for student in gradebook.students if student.submissions)
        assignments = [a.name for a in gradebook.assignments if a.submissions]
    things = students if by == "student" else assignments
    if not things:
        raise UserError("nothing is graded yet: run `make grade` first")
    folder = top / GRADERS
    folder.mkdir(exist_ok=True)
    _copy_database(top / GRADEBOOK, folder / BASE)
    handed_in = json.dumps(_handed_in(top), ensure_ascii=False, indent=1)
    (folder / HANDED_IN).write_text(handed_in, encoding="utf-8")
    written = {}
    for number, grader in enumerate(graders):
        part = things[number :: len(graders)]
        path = folder / f"{grader}.zip"
        with scratch("split") as made:
            database = made / GRADEBOOK
            _copy_database(top / GRADEBOOK, database)
            _leave_only(database, part, by)
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
                packed.write(database, GRADEBOOK)
                if (top / RUBRIC).is_file():
                    packed.write(top / RUBRIC, RUBRIC)
                points = {
                    (student, assignment, exercise): value
                    for (student, assignment, exercise), value in applied_points(top).items()
                    if (student if by == "student" else assignment) in part
                }
                packed.writestr(f"{COMMENTS}/{APPLIED}", applied_text(points))
                for student in students:
                    for assignment in assignments:
                        if (student if by == "student" else assignment) in part:
                            for root in PARTS:
                                _add(packed, top, root, student, assignment)
        written[path] = part
    return written


def unpack(top: Path, archive: Path) -> list[str]:
    """Put a grader's part, as `split` wrote it, into a checkout that has no marks yet.

    Returns:
        sentences that say what was done.

    Raises:
        UserError: if it is not such a zip, or would replace marks here.
    """
    here = top / GRADEBOOK
    try:
        count = students_in(here.read_bytes()) if here.is_file() else 0
    except ValueError as error:
        raise UserError(f"{here}: {error}; git restore {GRADEBOOK} brings it back") from error
    if count:
        raise UserError(
            f"{here} holds {count} student{'' if count == 1 else 's'}, whose marks would be lost; "
            "unpack in a checkout of the course without marks"
        )
    with scratch("unpack") as folder:
        database = _database_of(archive, folder)
        if database.parent != folder or not zipfile.is_zipfile(archive):
            raise UserError(f"{archive} is not a zip that autograder split wrote")
        _values(database)
        # Before any mark is written here.
        said = [guard_commits(top)]
        # Copy nothing else from a zip that came by mail: nbgrader would run a configuration in it.
        for name in (GRADEBOOK, RUBRIC):
            if (folder / name).is_file():
                shutil.copyfile(folder / name, top / name)
        for name in PARTS:
            if (folder / name).is_dir():
                shutil.copytree(folder / name, top / name, dirs_exist_ok=True)
    count = students_in(here.read_bytes())
    said.append(f"{count} student{'' if count == 1 else 's'} in {here}; now open Formgrader")
    return [text for text in said if text]


def merge(top: Path, returned: list[Path]) -> Merged:
    """Take marks by hand, extra credit and comments that graders gave since the split.

    A value that the grader changed is taken. But if it was changed here too, to another value, or
    belongs to a superseded submission, it is a conflict, and the value here is kept.

    Args:
        top: the course's top folder.
        returned: each a gradebook.db, or a folder or zip with one; comments/ may be beside it.

    Raises:
        UserError: if there was no split, or a gradebook cannot be read.
    """
    base_file = top / GRADERS / BASE
    if not base_file.is_file():
        raise UserError(f"{base_file} is missing: marks are merged after autograder split")
    back_up(top / GRADEBOOK)
    base = _values(base_file)
    older = _superseded(top)
    result = Merged()
    for source in returned:
        grader = _grader_of(source)
        with scratch("merge") as folder:
            database = _database_of(source, folder)
            theirs = _values(database)
            here_stands = _merge_marks(top, grader, base, theirs, older, result)
            comments = database.parent / COMMENTS
            _merge_comments(top, comments, grader, here_stands, older, result)
    return result


def _handed_in(top: Path) -> dict[str, dict[str, dict[str, str]]]:
    """The digests of the graded submissions, by student and assignment."""
    history = History(top)
    with gradebook_of(top) as gradebook:
        every = [(s.student.id, a.name) for a in gradebook.assignments for s in a.submissions]
    found: dict[str, dict[str, dict[str, str]]] = {}
    for student, assignment in every:
        record = history.record(student, assignment)
        found.setdefault(student, {})[assignment] = record.handed_in if record else {}
    return found


def forget_hand_ins(top: Path, student: str) -> bool:
    """Remove a student from the record of the split; return whether they were in it."""
    file = top / GRADERS / HANDED_IN
    if not file.is_file():
        return False
    kept = json.loads(file.read_text(encoding="utf-8"))
    known = kept.pop(student, None) is not None
    if known:
        file.write_text(json.dumps(kept, ensure_ascii=False, indent=1), encoding="utf-8")
    return known


def _superseded(top: Path) -> set[Key]:
    """Student, assignment and part of everything that was handed in again since the split."""
    file = top / GRADERS / HANDED_IN
    if not file.is_file():
        return set()  # an older kit, which wrote no such file, did the split
    then, now = json.loads(file.read_text(encoding="utf-8")), _handed_in(top)
    return {
        (student, assignment, part)
        for student, by_assignment in then.items()
        for assignment, parts in by_assignment.items()
        for part, digest in parts.items()
        if now.get(student, {}).get(assignment, {}).get(part, digest) != digest
    }


def _is_older(older: set[Key], student: str, assignment: str, part: str) -> bool:
    """Whether an exercise or a written answer was handed in again since the split."""
    written = {name for who, which, name in older if (who, which) == (student, assignment)}
    known = {exercise.name for exercise in load().exercises}
    return part in written or (part in known and "files" in written)


def _merge_marks(
    top: Path,
    grader: str,
    base: dict[Key, Values],
    theirs: dict[Key, Values],
    older: set[Key],
    result: Merged,
) -> set[Key]:
    """Take the marks; return the exercises whose extra credit here changed since the split."""
    here_stands = set()
    with gradebook_of(top) as gradebook:
        for (student, assignment, cell), values in theirs.items():
            before = base.get((student, assignment, cell), {})
            changed = {k: v for k, v in values.items() if v != before.get(k)}
            if not changed:
                continue
            where = clean(f"{student}, {assignment}, {cell}")
            try:
                row = _row(gradebook, student, assignment, cell)
            except MissingEntry:
                result.conflicts.append(f"{where}: {grader} graded it, and it is not here any more")
                continue
            if _is_older(older, student, assignment, row.name.removesuffix("-code")):
                given = ", ".join(f"{k.replace('_', ' ')} {v!r}" for k, v in changed.items())
                result.conflicts.append(
                    f"{where}: {given} of {grader} is for an older hand-in; look at the new one "
                    "and settle it in Formgrader"
                )
                continue
            for name, value in changed.items():
                if name != "manual_comment" and (wrong := _no_mark(name, value, row)):
                    result.conflicts.append(f"{where}: {grader} says {value!r}, which is {wrong}")
                    continue
                here = getattr(row, name)
                if name == "extra_credit" and here != before.get(name):
                    here_stands.add((student, assignment, row.name))
                if here not in (before.get(name), value):
                    result.conflicts.append(
                        f"{where}: {name.replace('_', ' ')}: {grader} says {value!r}, here stands "
                        f"{here!r}; settle it in Formgrader"
                    )
                elif here != value:
                    setattr(row, name, value)
                    if name == "manual_score":
                        row.needs_manual_grade = False
                    result.taken.append(f"{where}: {name.replace('_', ' ')} {value!r} of {grader}")
        gradebook.db.commit()
    return here_stands


def _merge_comments(
    top: Path,
    theirs: Path,
    grader: str,
    here_stands: set[Key],
    older: set[Key],
    result: Merged,
) -> None:
    """Add the comments of a grader's files that are not here yet.

    For the exercises in `here_stands` they are added without points, because the extra credit here
    already counts, and the points would be added to it.
    """
    with gradebook_of(top) as gradebook:
        known = {(s.student_id, a.name) for a in gradebook.assignments for s in a.submissions}
    for path in sorted(theirs.glob("[!.]*/*.toml")):
        student, assignment = path.parent.name, path.stem
        target = top / COMMENTS / student / path.name
        if (student, assignment) not in known:
            result.conflicts.append(
                f"comments of {grader} are not taken: there is no {clean(assignment)} of "
                f"{clean(student)} here"
            )
            continue
        try:
            new, there = read_entries(path), read_entries(target)
            # Raises for a comment that this course would reject, before it gets into a file here.
            remarks_of(top, assignment, new, path)
            for kept in sorted((target.parent / EARLIER).glob(f"{assignment}-*.toml")):
                there += read_entries(kept)
        except UserError as error:
            # Their files are in a temporary folder, whose path would be useless in the message.
            said = str(error).replace(f"{theirs.parent}/", "")
            result.conflicts.append(f"comments of {grader} are not taken: {said}")
            continue
        added, pointless = [], 0
        for entry in new:
            without = {name: value for name, value in entry.items() if name != "points"}
            if entry in there or without in there or {**entry, "points": 0} in there:
                continue
            if (student, assignment, str(entry.get("exercise"))) in here_stands:
                entry, pointless = without, pointless + 1
            added.append(entry)
        if not added:
            continue
        if (student, assignment, "files") in older:
            target = earlier_file(target)
        target.parent.mkdir(parents=True, exist_ok=True)
        before = target.read_text(encoding="utf-8") if target.is_file() else ""
        written = [before.rstrip("\n")] if before.strip() else []
        written += [f"[[comment]]\n{entry_text(entry)}" for entry in added]
        target.write_text("\n\n".join(written) + "\n", encoding="utf-8")
        plural = "" if len(added) == 1 else "s"
        if target.parent.name == EARLIER:
            result.conflicts.append(
                f"{student}, {assignment}: {len(added)} comment{plural} of {grader} on an older "
                f"hand-in; kept in {target.relative_to(top)}, and on no page"
            )
            continue
        stands = "the extra credit that stands here counts"
        pointless_said = f" ({pointless} without points: {stands})" if pointless else ""
        result.taken.append(
            f"{student}, {assignment}: {len(added)} comment{plural} of {grader}{pointless_said}"
        )


def _row(gradebook: Any, student: str, assignment: str, cell: str) -> Any:
    kind, _, rest = cell.partition(" ")
    name, _, notebook = rest.partition(" in ")
    find = gradebook.find_grade if kind == "mark" else gradebook.find_comment
    return find(name, notebook, assignment, student)


def _values(database: Path) -> dict[Key, Values]:
    """The values that graders may change, by student, assignment and cell."""
    found: dict[Key, Values] = {}
    _refuse_programs(database)
    try:
        with Gradebook(f"sqlite:///{database}") as gradebook:
            for assignment in gradebook.assignments:
                for submission in assignment.submissions:
                    for book in submission.notebooks:
                        about = submission.student_id, assignment.name
                        for grade in book.grades:
                            found[(*about, f"mark {grade.name} in {book.name}")] = {
                                "manual_score": grade.manual_score,
                                "extra_credit": grade.extra_credit or None,
                            }
                        for comment in book.comments:
                            found[(*about, f"comment {comment.name} in {book.name}")] = {
                                "manual_comment": comment.manual_comment or None
                            }
    except Exception as error:  # SQLAlchemy and alembic raise many kinds of exceptions
        raise UserError(f"{database.name} is not a gradebook: {clean(str(error))[:200]}") from error
    return found


def _refuse_programs(database: Path) -> None:
    """Refuse a database that contains code: reading a view, for example, may never end.

    Raises:
        UserError: if it has anything but plain tables and their indices.
    """
    try:
        with closing(sqlite3.connect(database)) as opened:
            made = opened.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
            columns = [
                column
                for kind, name, _ in made
                if kind == "table"
                for column in opened.execute("SELECT hidden FROM pragma_table_xinfo(?)", (name,))
            ]
    except sqlite3.Error as error:
        raise UserError(f"{database.name} is not a gradebook: {clean(str(error))[:200]}") from error
    plain = all(kind in ("table", "index") for kind, _, _ in made)
    # Computed columns, and virtual tables, whose rows a module produces.
    plain &= not any(hidden for (hidden,) in columns)
    plain &= not any((sql or "").upper().startswith("CREATE VIRTUAL") for _, _, sql in made)
    if not plain:
        raise UserError(f"{database.name} is not a gradebook of nbgrader: it has views or programs")


def _no_mark(name: str, value: Any, row: Any) -> str:
    """Why a value is not a possible mark or extra credit of an exercise; "" if it is."""
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return "no mark"
    if name == "manual_score" and not 0 <= value <= row.max_score:
        return f"not between 0 and its {row.max_score:g} points; settle it in Formgrader"
    if abs(value) > row.notebook.max_score:
        return f"more than the {row.notebook.max_score:g} points of all; settle it in Formgrader"
    return ""


def _grader_of(source: Path) -> str:
    """The name of a grader, which is that of the zip or folder."""
    return source.absolute().parent.name if source.name == GRADEBOOK else source.stem


def _database_of(source: Path, folder: Path) -> Path:
    if source.name == GRADEBOOK and (source.parent / COMMENTS).is_dir():
        source = source.parent
    if source.is_dir():
        found = sorted(source.rglob(GRADEBOOK), key=lambda path: (len(path.parts), path))
        if not found:
            raise UserError(f"{source} holds no {GRADEBOOK}")
        if (found[0].parent / COMMENTS).is_dir():
            shutil.copytree(found[0].parent / COMMENTS, folder / COMMENTS)
        shutil.copyfile(found[0], folder / GRADEBOOK)
        return folder / GRADEBOOK
    if zipfile.is_zipfile(source):
        unpacked = Unpacked(folder)
        unpacked.archive(source)
        found = sorted(folder.rglob(GRADEBOOK), key=lambda path: (len(path.parts), path))
        if unpacked.refused or not found:
            raise UserError((unpacked.refused or [f"{source} holds no {GRADEBOOK}"])[0])
        return found[0]
    if not source.is_file():
        raise UserError(f"{source}: there is no such file or folder")
    shutil.copyfile(source, folder / GRADEBOOK)
    return folder / GRADEBOOK


def _leave_only(database: Path, part: list[str], by: str) -> None:
    with Gradebook(f"sqlite:///{database}") as gradebook:
        for assignment in gradebook.assignments:
            for submission in list(assignment.submissions):
                thing = submission.student_id if by == "student" else assignment.name
                if thing not in part:
                    gradebook.remove_submission(assignment.name, submission.student_id)
        if by == "student":
            for student in list(gradebook.students):
                if student.id not in part:
                    gradebook.remove_student(student.id)
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("VACUUM")


def _copy_database(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)


def _add(packed: zipfile.ZipFile, top: Path, root: str, student: str, assignment: str) -> None:
    folder = top / root / student
    for path in sorted(folder.rglob("*")):
        below = path.relative_to(folder)
        if path.is_file() and not path.is_symlink() and below.parts[0].split(".")[0] == assignment:
            packed.write(path, path.relative_to(top).as_posix())
