"""Stores what the gradebook cannot: what was graded, each change of a mark and why, open warnings.

The file is history.db, beside gradebook.db, which keeps nbgrader's tables only. A submission
counts as graded when its marks are in the gradebook and `finish` was called after that.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from autograder.instructor.places import HISTORY

BY_HAND = "by hand"
EXTRA = "extra credit"
# A warning; it ends when a mark by hand or a comment gives points.
NO_POINTS = "0 points, although something was handed in"
# Takes the place of an exercise's name: the late penalty of an assignment.
PENALTY = "late penalty"
AGAIN = "graded again"
LATE_DAYS = "late days"
# The reasons that change a late penalty, and no mark.
OF_LATENESS = ("time of hand-in", "extension", LATE_DAYS, "deadline", "late policy")
WAIT_SECONDS = 30.0
_SCHEMA = """
CREATE TABLE IF NOT EXISTS graded (
    student TEXT, assignment TEXT, handed_in TEXT NOT NULL, parts TEXT, auto TEXT,
    PRIMARY KEY (student, assignment));
CREATE TABLE IF NOT EXISTS mark (
    student TEXT, assignment TEXT, exercise TEXT, score REAL, by_hand REAL, extra REAL,
    PRIMARY KEY (student, assignment, exercise));
CREATE TABLE IF NOT EXISTS change (
    time TEXT NOT NULL, student TEXT, assignment TEXT, exercise TEXT, old REAL, new REAL,
    why TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS warning (
    student TEXT, assignment TEXT, text TEXT, acknowledged INTEGER NOT NULL DEFAULT 0,
    lasting INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (student, assignment, text));
"""
# Columns that are missing in the files of an earlier version of this kit.
_ADDED = (("mark", "extra", "REAL"), ("warning", "lasting", "INTEGER NOT NULL DEFAULT 0"))


@dataclass(frozen=True)
class Record:
    """A submission that was graded, or whose grading has begun.

    Attributes:
        handed_in: digests of its files and of its written answers.
        parts: the values that its marks depend on, by reason; None while it is being graded.
        auto: the checks' mark for each exercise.
    """

    handed_in: dict[str, str]
    parts: dict[str, str] | None = None
    auto: dict[str, float] = field(default_factory=dict)


class Mark(NamedTuple):
    """A mark as the gradebook has it.

    Attributes:
        score: the points that count; None if there is no mark.
        by_hand: the mark given by hand instead of the checks' points; None if there is none.
        extra: extra credit, including the points of comments; `score` includes it.
    """

    score: float | None
    by_hand: float | None = None
    extra: float = 0.0


@dataclass(frozen=True)
class Change:
    """One mark that has changed.

    Attributes:
        old, new: points; None if there is no mark.
        why: "file", "check", "points", "time of hand-in", "extension", "late days", "deadline",
            "late policy", "by hand", "extra credit" (comments' points too), "new hand-in", or
            several with commas.
    """

    student: str
    assignment: str
    exercise: str
    old: float | None
    new: float | None
    why: str
    time: str = ""


@dataclass(frozen=True)
class Warning:
    """Shown after each grading and export until its cause is gone or somebody acknowledges it."""

    student: str
    assignment: str
    text: str

    def __str__(self) -> str:
        whose = ", ".join(filter(None, (self.student, self.assignment)))
        return f"{whose}: {self.text}" if whose else self.text


class History:
    """The history of one course.

    Args:
        folder: the folder of its gradebook.
    """

    def __init__(self, folder: Path) -> None:
        self.file = folder / HISTORY

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        new = not self.file.exists()
        connection = sqlite3.connect(self.file, timeout=WAIT_SECONDS)
        try:
            if new:
                self.file.chmod(0o600)
            connection.executescript(_SCHEMA)
            for table, column, kind in _ADDED:
                there = {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
                if column not in there:
                    connection.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind}")
            with connection:
                yield connection
        finally:
            connection.close()

    def record(self, student: str, assignment: str) -> Record | None:
        with self._open() as db:
            row = db.execute(
                "SELECT handed_in, parts, auto FROM graded WHERE student = ? AND assignment = ?",
                (student, assignment),
            ).fetchone()
        if row is None:
            return None
        handed_in, parts, auto = row
        return Record(
            json.loads(handed_in),
            None if parts is None else _parts_of(parts),
            json.loads(auto or "{}"),
        )

    def all_parts(self) -> dict[tuple[str, str], dict[str, str]]:
        """The `parts` of every graded submission, by student and assignment."""
        with self._open() as db:
            rows = db.execute("SELECT student, assignment, parts FROM graded").fetchall()
        return {(s, a): _parts_of(parts) for s, a, parts in rows if parts is not None}

    def begin(self, student: str, assignment: str, handed_in: dict[str, str]) -> None:
        """Record that grading begins: until `finish`, the submission does not count as graded."""
        with self._open() as db:
            db.execute(
                "INSERT OR REPLACE INTO graded VALUES (?, ?, ?, NULL, NULL)",
                (student, assignment, json.dumps(handed_in, sort_keys=True)),
            )

    def finish(
        self, student: str, assignment: str, parts: dict[str, str], auto: dict[str, float]
    ) -> None:
        """Record that a submission's marks are in the gradebook."""
        with self._open() as db:
            db.execute(
                "UPDATE graded SET parts = ?, auto = ? WHERE student = ? AND assignment = ?",
                (json.dumps(parts, sort_keys=True), json.dumps(auto), student, assignment),
            )

    def forget(self, student: str, assignment: str | None = None) -> None:
        """Remove everything stored about a student, or about one of their submissions."""
        with self._open() as db:
            for table in ("graded", "mark", "change", "warning"):
                db.execute(
                    f"DELETE FROM {table} WHERE student = ?1 AND (?2 IS NULL OR assignment = ?2)",
                    (student, assignment),
                )

    def knows(self, student: str) -> bool:
        """Whether anything is stored about a student."""
        with self._open() as db:
            return any(
                db.execute(
                    f"SELECT 1 FROM {table} WHERE student = ? LIMIT 1", (student,)
                ).fetchone()
                for table in ("graded", "mark", "change", "warning")
            )

    # --- marks ---

    def note(
        self,
        now: dict[tuple[str, str, str], Mark],
        reasons: dict[tuple[str, str], list[str]],
    ) -> list[Change]:
        """Compare marks with the stored ones, and store the marks and their changes.

        Args:
            now: by student, assignment and exercise; a submission's late penalty after its marks.
            reasons: by student and assignment, what has changed since the last grading.

        Returns:
            the changes of marks that existed before. A first mark is stored, but not returned.
        """
        time = datetime.now(UTC).isoformat(timespec="seconds")
        changes: list[Change] = []
        of_marks: dict[tuple[str, str], list[str]] = {}
        with self._open() as db:
            seen = {
                (s, a, e): Mark(score, hand, extra or 0.0)
                for s, a, e, score, hand, extra in db.execute(
                    "SELECT student, assignment, exercise, score, by_hand, extra FROM mark"
                )
            }
            for key, mark in now.items():
                student, assignment, exercise = key
                before = seen.get(key)
                if before == mark:
                    continue
                db.execute(
                    "INSERT OR REPLACE INTO mark (student, assignment, exercise, score, by_hand, "
                    "extra) VALUES (?, ?, ?, ?, ?, ?)",
                    (*key, *mark),
                )
                if before is None and mark.by_hand is None:
                    continue
                before = before or Mark(None)
                given = reasons.get((student, assignment), [])
                if exercise == PENALTY:
                    of_lateness = [why for why in given if why in OF_LATENESS]
                    why = of_lateness or given or of_marks.get((student, assignment)) or [AGAIN]
                else:
                    why = _why(mark, before, [r for r in given if r not in OF_LATENESS])
                    of_marks.setdefault((student, assignment), []).extend(why)
                change = Change(*key, before.score, mark.score, ", ".join(dict.fromkeys(why)), time)
                if before.score != mark.score or before.by_hand != mark.by_hand:
                    self._add_once(db, change)
                if before.score is not None and before.score != mark.score:
                    changes.append(change)
        return changes

    def add_change(self, change: Change) -> None:
        """Store a change at once, instead of leaving it to the next `note`."""
        with self._open() as db:
            self._add(db, change)

    def _add_once(self, db: sqlite3.Connection, change: Change) -> None:
        """Store a change, unless it is a mark by hand that was stored when it was given."""
        last = db.execute(
            "SELECT new, why FROM change WHERE student = ? AND assignment = ? AND exercise = ? "
            "ORDER BY rowid DESC LIMIT 1",
            (change.student, change.assignment, change.exercise),
        ).fetchone()
        noted = BY_HAND in change.why.split(", ") and last == (change.new, change.why)
        if not noted:
            self._add(db, change)

    @staticmethod
    def _add(db: sqlite3.Connection, change: Change) -> None:
        time = change.time or datetime.now(UTC).isoformat(timespec="seconds")
        row = (change.student, change.assignment, change.exercise, change.old, change.new)
        db.execute("INSERT INTO change VALUES (?, ?, ?, ?, ?, ?, ?)", (time, *row, change.why))

    def changes(self, student: str | None = None) -> list[Change]:
        """The stored changes of one student, or of all, oldest first."""
        with self._open() as db:
            rows = db.execute(
                "SELECT student, assignment, exercise, old, new, why, time FROM change "
                "WHERE ?1 IS NULL OR student = ?1 ORDER BY rowid",
                (student,),
            ).fetchall()
        return [Change(*row) for row in rows]

    # --- warnings ---

    def set_warnings(
        self, student: str, assignment: str, texts: Iterable[str], lasting: Iterable[str] = ()
    ) -> None:
        """Replace the warnings about a submission; acknowledged ones stay acknowledged.

        Args:
            texts: the current warnings. Stored ones that are missing here are deleted, except
                lasting ones.
            lasting: the texts that report an event; later calls do not delete these.
        """
        texts, lasting = list(dict.fromkeys(texts)), set(lasting)
        with self._open() as db:
            known = db.execute(
                "SELECT text FROM warning WHERE student = ? AND assignment = ? AND NOT lasting",
                (student, assignment),
            )
            for (text,) in known.fetchall():
                if text not in texts:
                    db.execute(
                        "DELETE FROM warning WHERE student = ? AND assignment = ? AND text = ?",
                        (student, assignment, text),
                    )
            for text in texts:
                db.execute(
                    "INSERT OR IGNORE INTO warning (student, assignment, text, lasting) "
                    "VALUES (?, ?, ?, ?)",
                    (student, assignment, text, text in lasting),
                )

    def add_warning(self, student: str, assignment: str, text: str) -> None:
        """Add a lasting warning, which is shown until somebody acknowledges it."""
        with self._open() as db:
            db.execute(
                "INSERT OR IGNORE INTO warning (student, assignment, text, lasting) "
                "VALUES (?, ?, ?, 1)",
                (student, assignment, text),
            )

    def withdraw(self, student: str, assignment: str, text: str) -> None:
        """Delete a warning about a submission that no longer applies."""
        with self._open() as db:
            db.execute(
                "DELETE FROM warning WHERE student = ? AND assignment = ? AND text = ?",
                (student, assignment, text),
            )

    def warnings(self) -> list[Warning]:
        """The warnings that nobody has acknowledged."""
        return self._warnings("acknowledged = 0")

    def _warnings(self, condition: str, *values: Any) -> list[Warning]:
        with self._open() as db:
            rows = db.execute(
                f"SELECT student, assignment, text FROM warning WHERE {condition} "
                "ORDER BY student, assignment, rowid",
                values,
            ).fetchall()
        return [Warning(*row) for row in rows]

    def acknowledge(
        self, student: str | None, assignment: str | None, words: str = ""
    ) -> list[Warning]:
        """Mark warnings as acknowledged, so that they are not shown again.

        A warning returns if its cause goes away and comes back, or its event happens again.

        Args:
            student, assignment: the submission; every student, every assignment, if None. A
                warning about a download belongs to the student whose id it begins with.
            words: only warnings that contain these words.

        Returns:
            the warnings that were open.
        """
        begins = "substr(text, 1, length(?1) + 1) IN (?1 || ',', ?1 || ':')"
        condition = (
            "acknowledged = 0 "
            f"AND (?1 IS NULL OR student = ?1 OR (student = '' AND {begins})) "
            "AND (?2 IS NULL OR assignment = ?2 OR (student = '' AND instr(text, ?2) > 0)) "
            "AND instr(text, ?3) > 0"
        )
        values = student, assignment, words
        open_ones = self._warnings(condition, *values)
        with self._open() as db:
            # Lasting warnings report events: the same text, added later, reports a new event.
            db.execute(f"DELETE FROM warning WHERE lasting AND {condition}", values)
            db.execute(f"UPDATE warning SET acknowledged = 1 WHERE {condition}", values)
        return open_ones


def _parts_of(text: str) -> dict[str, str]:
    """Decode a stored `parts`, also one that an earlier version of the kit wrote."""
    parts: dict[str, str] = json.loads(text)
    if "time of hand-in" not in parts:
        # An earlier version stored all values about lateness together under this name.
        parts.pop("extension", None)
    return parts


def _why(mark: Mark, before: Mark, reasons: list[str]) -> list[str]:
    """Why an exercise's mark changed; `reasons` are the reasons of its whole submission."""
    extra = [EXTRA] if mark.extra != before.extra else []
    if mark.by_hand is not None and mark.by_hand != before.by_hand:
        return [BY_HAND, *extra]
    by_hand = [BY_HAND] if mark.by_hand != before.by_hand else []
    same = (mark.score or 0.0) - mark.extra == (before.score or 0.0) - before.extra
    return [*([] if same and extra else reasons), *by_hand, *extra] or [AGAIN]
