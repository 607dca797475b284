"""What the gradebook does not remember: what was graded, who changed and why, open warnings.

It stands in history.db beside gradebook.db, which only nbgrader's programs write. A submission
counts as graded when its marks are in the gradebook and `finish` was called after that.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from autograder.instructor.places import HISTORY

BY_HAND = "by hand"
WAIT_SECONDS = 30.0
_SCHEMA = """
CREATE TABLE IF NOT EXISTS graded (
    student TEXT, assignment TEXT, handed_in TEXT NOT NULL, parts TEXT, auto TEXT,
    PRIMARY KEY (student, assignment));
CREATE TABLE IF NOT EXISTS mark (
    student TEXT, assignment TEXT, exercise TEXT, score REAL, by_hand REAL,
    PRIMARY KEY (student, assignment, exercise));
CREATE TABLE IF NOT EXISTS change (
    time TEXT NOT NULL, student TEXT, assignment TEXT, exercise TEXT, old REAL, new REAL,
    why TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS warning (
    student TEXT, assignment TEXT, text TEXT, acknowledged INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (student, assignment, text));
"""


@dataclass(frozen=True)
class Record:
    """What is known of a submission that was graded, or whose grading began.

    Attributes:
        handed_in: digests of its files and of its written answers.
        parts: what decided its marks, by reason; None while it is being graded.
        auto: the checks' mark for each exercise.
    """

    handed_in: dict[str, str]
    parts: dict[str, str] | None = None
    auto: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Change:
    """One mark that is another than before.

    Attributes:
        old, new: points; None where there is no mark.
        why: "file", "check", "points", "extension", "by hand", or several with commas.
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
    """What stays at the end of each grading and export until it is dealt with or acknowledged."""

    student: str
    assignment: str
    text: str

    def __str__(self) -> str:
        whose = ", ".join(filter(None, (self.student, self.assignment)))
        return f"{whose}: {self.text}" if whose else self.text


class History:
    """The history of one course.

    Args:
        folder: where its gradebook is.
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
            None if parts is None else json.loads(parts),
            json.loads(auto or "{}"),
        )

    def begin(self, student: str, assignment: str, handed_in: dict[str, str]) -> None:
        """From now on until `finish` this submission does not count as graded."""
        with self._open() as db:
            db.execute(
                "INSERT OR REPLACE INTO graded VALUES (?, ?, ?, NULL, NULL)",
                (student, assignment, json.dumps(handed_in, sort_keys=True)),
            )

    def finish(
        self, student: str, assignment: str, parts: dict[str, str], auto: dict[str, float]
    ) -> None:
        """This submission's marks are in the gradebook."""
        with self._open() as db:
            db.execute(
                "UPDATE graded SET parts = ?, auto = ? WHERE student = ? AND assignment = ?",
                (json.dumps(parts, sort_keys=True), json.dumps(auto), student, assignment),
            )

    def forget(self, student: str, assignment: str | None = None) -> None:
        """Remove what is known of a student, or of one of their submissions."""
        with self._open() as db:
            for table in ("graded", "mark", "change", "warning"):
                db.execute(
                    f"DELETE FROM {table} WHERE student = ?1 AND (?2 IS NULL OR assignment = ?2)",
                    (student, assignment),
                )

    def knows(self, student: str) -> bool:
        """Whether anything is kept about a student."""
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
        now: dict[tuple[str, str, str], tuple[float | None, float | None]],
        reasons: dict[tuple[str, str], list[str]],
    ) -> list[Change]:
        """Compare marks with those seen last, keep what changed, and give it.

        Args:
            now: score and mark by hand, by student, assignment and exercise.
            reasons: what of a submission was not as when it was graded before.

        Returns:
            the marks that stood before and are now others; first marks are kept without a word.
        """
        time = datetime.now(UTC).isoformat(timespec="seconds")
        changes: list[Change] = []
        with self._open() as db:
            seen = {
                (s, a, e): (score, hand)
                for s, a, e, score, hand in db.execute("SELECT * FROM mark")
            }
            for key, (score, hand) in now.items():
                student, assignment, _ = key
                before = seen.get(key)
                if before == (score, hand):
                    continue
                db.execute(
                    "INSERT OR REPLACE INTO mark VALUES (?, ?, ?, ?, ?)", (*key, score, hand)
                )
                if before is None and hand is None:
                    continue
                old, old_hand = before or (None, None)
                why = list(reasons.get((student, assignment), []))
                if hand != old_hand:
                    why = [BY_HAND] if hand is not None else [*why, BY_HAND]
                change = Change(
                    *key, old, score, ", ".join(dict.fromkeys(why)) or "extension", time
                )
                if old != score or hand != old_hand:
                    self._add_once(db, change, hand)
                if old is not None and old != score:
                    changes.append(change)
        return changes

    def add_change(self, change: Change) -> None:
        """Keep a change that cannot be seen from the gradebook any more; once."""
        with self._open() as db:
            self._add(db, change)

    def _add_once(self, db: sqlite3.Connection, change: Change, hand: float | None) -> None:
        """Keep a change, unless it is a mark by hand that was noted when it was given."""
        last = db.execute(
            "SELECT new, why FROM change WHERE student = ? AND assignment = ? AND exercise = ? "
            "ORDER BY rowid DESC LIMIT 1",
            (change.student, change.assignment, change.exercise),
        ).fetchone()
        if change.why != BY_HAND or last != (hand, BY_HAND):
            self._add(db, change)

    @staticmethod
    def _add(db: sqlite3.Connection, change: Change) -> None:
        time = change.time or datetime.now(UTC).isoformat(timespec="seconds")
        row = (change.student, change.assignment, change.exercise, change.old, change.new)
        db.execute("INSERT INTO change VALUES (?, ?, ?, ?, ?, ?, ?)", (time, *row, change.why))

    def changes(self, student: str | None = None) -> list[Change]:
        """All that is kept, oldest first."""
        with self._open() as db:
            rows = db.execute(
                "SELECT student, assignment, exercise, old, new, why, time FROM change "
                "WHERE ?1 IS NULL OR student = ?1 ORDER BY rowid",
                (student,),
            ).fetchall()
        return [Change(*row) for row in rows]

    # --- warnings ---

    def set_warnings(self, student: str, assignment: str, texts: Iterable[str]) -> None:
        """These are the warnings about a submission now; those acknowledged stay acknowledged."""
        texts = list(dict.fromkeys(texts))
        with self._open() as db:
            known = db.execute(
                "SELECT text FROM warning WHERE student = ? AND assignment = ?",
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
                    "INSERT OR IGNORE INTO warning (student, assignment, text) VALUES (?, ?, ?)",
                    (student, assignment, text),
                )

    def warnings(self) -> list[Warning]:
        """Those that nobody has acknowledged."""
        return self._warnings("acknowledged = 0")

    def _warnings(self, condition: str, *values: Any) -> list[Warning]:
        with self._open() as db:
            rows = db.execute(
                f"SELECT student, assignment, text FROM warning WHERE {condition} "
                "ORDER BY student, assignment, rowid",
                values,
            ).fetchall()
        return [Warning(*row) for row in rows]

    def acknowledge(self, student: str | None, assignment: str | None) -> list[Warning]:
        """Say no more about these; a new hand-in with the same fault is warned of again.

        Args:
            student, assignment: whose; everybody's and all, if None.

        Returns:
            the warnings that were open.
        """
        condition = (
            "acknowledged = 0 AND (?1 IS NULL OR student = ?1) AND (?2 IS NULL OR assignment = ?2)"
        )
        open_ones = self._warnings(condition, student, assignment)
        with self._open() as db:
            db.execute(
                f"UPDATE warning SET acknowledged = 1 WHERE {condition}", (student, assignment)
            )
        return open_ones
