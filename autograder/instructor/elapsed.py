"""How long after an assignment's release each submission came in.

The gradebook stores when a submission came in, but not when an assignment was released. That time
is read from `[released]` in policy.toml; without it, from the copy in nbgrader's exchange.
"""

import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from autograder.instructor.marks import Mark
from autograder.instructor.policy import in_utc, read_policy
from autograder.instructor.run_nbgrader import course_config

DAY = 86_400.0


@dataclass(frozen=True)
class Elapsed:
    """The times from an assignment's release to its submissions.

    Attributes:
        released: in UTC, without a zone, as nbgrader stores times.
        seconds: by student; only times that are known and not before the release.
        before: how many came in before `released`, a sign that it is the time of another release.
    """

    released: datetime
    seconds: dict[str, float]
    before: int

    @property
    def median(self) -> float:
        return statistics.median(self.seconds.values())

    @property
    def first(self) -> float:
        return min(self.seconds.values())

    @property
    def last(self) -> float:
        return max(self.seconds.values())


def elapsed(top: Path, assignment: str, marks: Iterable[Mark]) -> Elapsed | None:
    """Measure the time from the release to each hand-in.

    Args:
        top: the course's top folder.
        assignment: its name.
        marks: of that assignment.

    Returns:
        None if the release time is not known, or no submission has a known time after it.

    Raises:
        UserError: if policy.toml is not valid.
    """
    released = released_at(top, assignment)
    if released is None:
        return None
    seconds = {
        mark.student: (in_utc(datetime.fromisoformat(mark.handed_in)) - released).total_seconds()
        for mark in marks
        if mark.handed_in
    }
    after = {student: time for student, time in seconds.items() if time >= 0}
    return Elapsed(released, after, len(seconds) - len(after)) if after else None


def released_at(top: Path, assignment: str) -> datetime | None:
    """When learners got an assignment, in UTC, without a zone; None if it is not known."""
    said = read_policy(top).released.get(assignment)
    if said is not None:
        return said
    config = course_config(top)
    exchange, course = config.Exchange.get("root"), config.CourseDirectory.get("course_id")
    if not exchange or not course:
        return None
    copy = Path(str(exchange), str(course), "outbound", assignment)
    if not copy.is_dir():
        return None
    # nbgrader's copy keeps modification times, so use ctime, which the copying itself sets.
    return datetime.fromtimestamp(copy.stat().st_ctime, UTC).replace(tzinfo=None, microsecond=0)
