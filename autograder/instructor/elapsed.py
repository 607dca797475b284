"""How long after an assignment's release each submission came in.

The gradebook keeps when a submission came in, and not when an assignment was released. That is
what `[released]` in policy.toml says; without it, the age of nbgrader's exchange's copy.
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
    """From an assignment's release to the hand-ins.

    Attributes:
        released: when, in UTC, without a zone, as nbgrader keeps times.
        seconds: by student; those alone whose time is known and not before the release.
        before: how many came in before that, which says that `released` is another release.
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
        None where the release, or every hand-in's time, is not known.

    Raises:
        UserError: if policy.toml is no policy.
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
    """When learners got an assignment, in UTC, without a zone; None if nobody noted it."""
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
    # nbgrader copies with the files' own times of change; this one is of the copy itself.
    return datetime.fromtimestamp(copy.stat().st_ctime, UTC).replace(tzinfo=None, microsecond=0)
