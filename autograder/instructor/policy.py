"""The course's own rules, policy.toml: late days, which attempt counts, weights and letters.

[late_days]
budget = 5               # for each student, for the whole term
most_each = 2            # at most, on one assignment

[attempts]
count = "last"           # or "best"

[totals]
weights = { a1 = 1, a2 = 2 }     # if missing: the points of each assignment
drop_lowest = 1
letters = { A = 90, B = 75, C = 60, F = 0 }     # the lowest percentage for each letter

[released]               # when learners got an assignment, for the report
a1 = 2026-03-02T08:00:00+01:00
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from autograder.catalogue import load
from autograder.instructor.toml_file import read_toml
from autograder.text import UserError

FILE = "policy.toml"
# The largest allowed weight, or percentage for a letter.
LARGEST = 1_000_000
_KNOWN = {
    "late_days": {"budget", "most_each"},
    "attempts": {"count"},
    "totals": {"weights", "drop_lowest", "letters"},
    "released": None,
}
_RELEASED = re.compile(r"(?ms)^\[released\].*?(?=^\[|\Z)")
_TIME = re.compile(r"(?m)^(\s*[\w\"']+\s*=\s*)(\d{4}-\d\d-\d\d[T ][\d:.]+(?:Z|[+-]\d\d:\d\d)?)")


@dataclass(frozen=True)
class Policy:
    """The rules of policy.toml; the defaults are for a course without that file.

    Attributes:
        late_days: days that a student may be late in the term without a penalty; None: no rule.
        most_late_days: late days that may be used on one assignment; None: all.
        best_attempt: whether the best attempt counts, instead of the last.
        weights: by assignment; if empty, the points of an assignment are its weight.
        drop_lowest: how many assignments are left out of a student's total.
        letters: pairs of a letter and the lowest percentage that gets it, highest first.
        released: by assignment, when learners got it, in UTC, without a zone.
    """

    late_days: int | None = None
    most_late_days: int | None = None
    best_attempt: bool = False
    weights: dict[str, float] = field(default_factory=dict)
    drop_lowest: int = 0
    letters: tuple[tuple[str, float], ...] = ()
    released: dict[str, datetime] = field(default_factory=dict)


def read_policy(top: Path) -> Policy:
    """The rules of the course in `top`.

    Raises:
        UserError: if policy.toml cannot be read, or has an invalid entry.
    """
    path = top / FILE
    said = read_toml(path)
    for section, values in said.items():
        if section not in _KNOWN or not isinstance(values, dict):
            raise UserError(f"{path}: [{section}] is none of {', '.join(_KNOWN)}")
        names = _KNOWN[section]
        if names is not None and (unknown := values.keys() - names):
            known = ", ".join(sorted(names))
            raise UserError(f"{path}: [{section}] knows {known}, not {', '.join(unknown)}")
    late, totals = said.get("late_days", {}), said.get("totals", {})
    count = said.get("attempts", {}).get("count", "last")
    if count not in ("last", "best"):
        raise UserError(f'{path}: count = {count!r} has to be "last" or "best"')
    weights = _numbers(totals, "weights", path)
    return Policy(
        late_days=_whole(late, "budget", path),
        most_late_days=_whole(late, "most_each", path),
        best_attempt=count == "best",
        weights={load().assignment(name).name: weight for name, weight in weights.items()},
        drop_lowest=_whole(totals, "drop_lowest", path) or 0,
        letters=tuple(sorted(_numbers(totals, "letters", path).items(), key=lambda pair: -pair[1])),
        released=_times(said.get("released", {}), path),
    )


def shift_releases(top: Path, shift: timedelta) -> None:
    """Add `shift` to every time under [released] in policy.toml; the rest is not changed.

    Raises:
        UserError: as `read_policy`.
    """
    if not read_policy(top).released:
        return
    path = top / FILE
    text = _RELEASED.sub(
        lambda section: _TIME.sub(lambda found: found[1] + _moved(found[2], shift), section[0]),
        path.read_text(encoding="utf-8"),
    )
    path.write_text(text, encoding="utf-8")


def _moved(time: str, shift: timedelta) -> str:
    return (datetime.fromisoformat(time) + shift).isoformat()


def _whole(values: dict[str, Any], name: str, path: Path) -> int | None:
    value = values.get(name)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise UserError(f"{path}: {name} = {value!r} has to be a whole number, 0 or more")
    return value


def _numbers(values: dict[str, Any], name: str, path: Path) -> dict[str, float]:
    found = values.get(name, {})
    if not isinstance(found, dict):
        raise UserError(f"{path}: {name} has to be a table, {{ name = number }}")
    for key, value in found.items():
        right = isinstance(value, int | float) and not isinstance(value, bool)
        if not right or not 0 <= value <= LARGEST:
            raise UserError(f"{path}: {name}: {key} has to be a number from 0 to {LARGEST}")
    return {key: float(value) for key, value in found.items()}


def _times(values: dict[str, Any], path: Path) -> dict[str, datetime]:
    for name, value in values.items():
        if not isinstance(value, datetime):
            raise UserError(
                f"{path}: [released]: {name} = {value!r} is no time like 2026-03-02T08:00:00Z"
            )
    return {load().assignment(name).name: in_utc(value) for name, value in values.items()}


def in_utc(time: datetime) -> datetime:
    """A time as nbgrader stores it: UTC, without a zone. A time without a zone is UTC already."""
    return time.astimezone(UTC).replace(tzinfo=None) if time.tzinfo is not None else time
