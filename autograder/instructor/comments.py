"""Graders' comments on lines and exercises, in plain files: comments/<student>/<assignment>.toml.

    [[comment]]
    exercise = "im2col"
    line = 34               # may be missing: then it is about the whole exercise
    remark = "copies"       # a remark of rubric.toml; or
    text = "Reshape once."
    points = -0.5           # may be missing: then the rubric's, or none

The gradebook stores the points as the exercise's extra credit, which regrading does not change.
"""

import json
import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.catalogue import load
from autograder.instructor.code_view import Remark
from autograder.instructor.places import COMMENTS
from autograder.instructor.toml_file import read_toml, tables_of
from autograder.text import UserError, clean

RUBRIC = "rubric.toml"
# Records the points put into the gradebook, so that extra credit typed there is not overwritten.
APPLIED = ".points.json"
MOST_POINTS = 1000
_KEYS = {"exercise", "line", "remark", "text", "points"}


@dataclass(frozen=True)
class RubricItem:
    """A remark that graders use repeatedly.

    Attributes:
        text: what the learner reads.
        points: added to the mark, negative for a deduction; None for no points.
    """

    text: str
    points: float | None


def comments_file(top: Path, student: str, assignment: str) -> Path:
    """The file with the comments on a submission.

    Raises:
        UserError: if the student's id cannot be the name of a folder.
    """
    if student in ("", ".", "..") or "/" in student or "\0" in student or student[0] == ".":
        raise UserError(f"{clean(student)!r} is not a student's id")
    return top / COMMENTS / student / f"{assignment}.toml"


def read_rubric(top: Path) -> dict[str, RubricItem]:
    """The remarks of rubric.toml, by name; none, if there is no such file.

    Raises:
        UserError: if the file cannot be read, or an item is not valid.
    """
    path = top / RUBRIC
    found = {}
    for name, item in read_toml(path).items():
        where = f"{path}: [{name}]"
        if not isinstance(item, dict) or not isinstance(item.get("text"), str):
            raise UserError(f'{where} needs text = "..." (and may have points = -1)')
        if unknown := item.keys() - {"text", "points"}:
            raise UserError(f"{where} knows text and points, but not {', '.join(sorted(unknown))}")
        found[name] = RubricItem(item["text"], _points(item, where))
    return found


def read_comments(top: Path, student: str, assignment: str) -> dict[str, list[Remark]]:
    """Graders' comments on a submission, by exercise, in the order of the lines.

    Raises:
        UserError: if the file or the rubric is not valid; the message names the comment.
    """
    path = comments_file(top, student, assignment)
    return remarks_of(top, assignment, read_entries(path), path)


def read_entries(path: Path) -> list[dict[str, Any]]:
    """The comments of a file as TOML tables; none, if there is no such file.

    Raises:
        UserError: if it is not a file of comments.
    """
    document = read_toml(path)
    if unknown := document.keys() - {"comment"}:
        raise UserError(
            f"{path}: every comment begins with [[comment]]; nothing else may stand there, but "
            f"{', '.join(map(clean, sorted(unknown)))} does"
        )
    return tables_of(document, "comment", path)


def remarks_of(
    top: Path, assignment: str, entries: list[dict[str, Any]], path: Path
) -> dict[str, list[Remark]]:
    """The comments as remarks, by exercise, in the order of the lines.

    Args:
        top: the course's top folder, with its rubric.
        assignment: its name.
        entries: the TOML tables of the file at `path`.

    Raises:
        UserError: if a comment is not valid; the message names it.
    """
    rubric = read_rubric(top) if entries else {}
    exercises = [e.name for e in load().assignment(assignment).exercises]
    remarks: dict[str, list[Remark]] = defaultdict(list)
    for number, item in enumerate(entries, 1):
        where = f"{path}: comment {number}"
        if unknown := item.keys() - _KEYS:
            raise UserError(
                f"{where} has {', '.join(sorted(unknown))}; known are {', '.join(sorted(_KEYS))}"
            )
        if item.get("exercise") not in exercises:
            raise UserError(
                f"{where}: exercise = {item.get('exercise')!r} is none of {', '.join(exercises)}"
            )
        remarks[item["exercise"]].append(_remark(item, rubric, where))
    for found in remarks.values():
        found.sort(key=lambda remark: math.inf if remark.line is None else remark.line)
    return dict(remarks)


def damaged_files(top: Path) -> list[str]:
    """A sentence for each file of comments that cannot be used."""
    said = []
    for path in sorted((top / COMMENTS).glob("[!.]*/*.toml")):
        try:
            read_comments(top, path.parent.name, path.stem)
        except UserError as error:
            said.append(f"{error}. No comment of this file counts until that is corrected")
    return said


def add_comment(
    top: Path,
    student: str,
    assignment: str,
    exercise: str,
    *,
    text: str = "",
    remark: str = "",
    line: int | None = None,
    points: float | None = None,
) -> Path:
    """Append a comment to a submission's file.

    Raises:
        UserError: if the comment is empty, is there already or names an unknown remark, or if the
            file is damaged.
    """
    path = comments_file(top, student, assignment)
    read_comments(top, student, assignment)
    entry: dict[str, Any] = {"exercise": exercise}
    entry |= {"line": line} if line is not None else {}
    entry |= {"remark": remark} if remark else {}
    entry |= {"text": clean(text)} if text else {}
    entry |= {"points": points} if points is not None else {}
    _remark(entry, read_rubric(top), f"{exercise}")
    if entry in read_entries(path):
        raise UserError(f"this comment is there already, in {path}; nothing was added")
    path.parent.mkdir(parents=True, exist_ok=True)
    before = path.read_text(encoding="utf-8") if path.is_file() else ""
    gap = "" if not before else "\n" if before.endswith("\n") else "\n\n"
    written = f"{before}{gap}[[comment]]\n{entry_text(entry)}\n"
    temporary = path.with_suffix(".new")
    temporary.write_text(written, encoding="utf-8")
    temporary.replace(path)
    return path


def entry_text(entry: Mapping[str, Any]) -> str:
    """The lines below [[comment]]."""
    # JSON does not escape the delete character, and TOML rejects it.
    return "\n".join(
        f"{key} = {json.dumps(it, ensure_ascii=False)}".replace("\x7f", "\\u007f")
        for key, it in entry.items()
    )


def apply_points(gradebook: Any, top: Path, student: str, assignment: str) -> list[str]:
    """Put the points of a submission's comments into the gradebook, as extra credit.

    A deduction is at most the exercise's mark. Extra credit that was typed in Formgrader is not
    changed.

    Returns:
        a sentence for each exercise whose points were not put in, and why.
    """
    remarks = read_comments(top, student, assignment)
    applied = applied_points(top)
    said = []
    changed = False
    for book in gradebook.find_submission(assignment, student).notebooks:
        for grade in book.grades:
            key = student, assignment, grade.name
            given = [r.points for r in remarks.get(grade.name, ()) if r.points]
            if not given and key not in applied:
                continue
            there = grade.extra_credit or 0.0
            # An equal sum is that of the comments, put in by another grader's copy of the course.
            if there not in (0.0, applied.get(key, 0.0), sum(given)):
                said.append(
                    f"{student}, {grade.name}: Formgrader's extra credit of {there:g} stands, and "
                    f"the comments' {sum(given):+g} points do not count; write 0 into that box to "
                    "have them count"
                )
                continue
            mark = grade.manual_score if grade.manual_score is not None else grade.auto_score
            wanted = max(sum(given), -float(mark or 0.0))
            grade.extra_credit = wanted or None
            applied[key] = wanted
            changed = True
    if changed:
        gradebook.db.commit()
        _write_applied(top, applied)
    return said


def cut_deduction(top: Path, student: str, assignment: str, exercise: str) -> str:
    """A sentence if the comments take off more points than the exercise's mark; else ""."""
    remarks = read_comments(top, student, assignment).get(exercise, [])
    wanted = sum(remark.points or 0.0 for remark in remarks)
    taken = applied_points(top).get((student, assignment, exercise), wanted)
    if wanted >= taken:
        return ""
    return (
        f"the comments on {exercise} take off {-wanted:g} points, and its mark is {-taken:g}: no "
        "mark is less than 0"
    )


def applied_points(top: Path) -> dict[tuple[str, str, str], float]:
    """The points of comments that are in the gradebook, by student, assignment and exercise."""
    file = top / COMMENTS / APPLIED
    known = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    return {tuple(key.rsplit("/", 2)): value for key, value in known.items()}


def forget_points(top: Path, student: str, assignment: str | None = None) -> int:
    """Record that a submission's or a student's comment points left the gradebook.

    Returns:
        for how many exercises points were recorded.
    """
    known = applied_points(top)
    gone = {k for k in known if k[0] == student and assignment in (None, k[1])}
    if gone:
        _write_applied(top, {key: value for key, value in known.items() if key not in gone})
    return len(gone)


def _write_applied(top: Path, points: Mapping[tuple[str, str, str], float]) -> None:
    file = top / COMMENTS / APPLIED
    file.parent.mkdir(exist_ok=True)
    file.write_text(applied_text(points), encoding="utf-8")


def applied_text(points: Mapping[tuple[str, str, str], float]) -> str:
    """The text of the file that `applied_points` reads."""
    known = {"/".join(key): value for key, value in points.items()}
    return json.dumps(known, indent=1, sort_keys=True) + "\n"


def _remark(item: dict[str, Any], rubric: dict[str, RubricItem], where: str) -> Remark:
    line, name, text = item.get("line"), item.get("remark"), item.get("text", "")
    if line is not None and (not isinstance(line, int) or isinstance(line, bool) or line < 1):
        raise UserError(f"{where}: line = {line!r} is not a line number")
    if not isinstance(text, str):
        raise UserError(f"{where}: text = {text!r} has to stand in quotes")
    points = _points(item, where)
    if name is not None:
        if not isinstance(name, str) or name not in rubric:
            known = ", ".join(sorted(rubric)) or "nothing yet"
            raise UserError(f"{where}: remark = {name!r} is not in {RUBRIC}, which has {known}")
        text = " ".join(filter(None, (rubric[name].text, text)))
        points = rubric[name].points if points is None else points
    if not text.strip():
        raise UserError(f"{where} says nothing: give it text or remark")
    return Remark(text.strip(), line, points)


def _points(item: dict[str, Any], where: str) -> float | None:
    points = item.get("points")
    if points is None:
        return None
    if isinstance(points, bool) or not isinstance(points, int | float):
        raise UserError(f"{where}: points = {points!r} is not a number")
    if not abs(points) <= MOST_POINTS:
        raise UserError(f"{where}: points has to lie between -{MOST_POINTS} and {MOST_POINTS}")
    return float(points)
