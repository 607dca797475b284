"""Reads the time of a hand-in from timestamp.txt, which the exchange or a person wrote."""

import os
import re
import stat
from datetime import UTC, datetime, timedelta

from autograder.instructor.graded_cells import NotGraded
from autograder.packaging.texts import read_text
from autograder.packaging.times import read_time
from autograder.text import clean

# No hand-in of this term is so long before both the deadline and now.
LONGEST_TERM = timedelta(days=365)


def time_of(folder: str, zone: str) -> datetime | None:
    """When a submission was handed in, in UTC without a zone; None if that is not known.

    Args:
        folder: the submission's, with timestamp.txt.
        zone: the time zone that the exchange writes into timestamps.
    """
    path = os.path.join(folder, "timestamp.txt")
    try:
        if not stat.S_ISREG(os.lstat(path).st_mode):
            return None
        with open(path, "rb") as stream:
            text = read_text(stream.read(1000)).strip()
        return read_time(text, zone) if text else None
    except (ValueError, KeyError, OSError, OverflowError):
        return None


def require_time(folder: str, zone: str, due: datetime | None) -> str:
    """Require that timestamp.txt, if there is one, has a valid time.

    Args:
        folder, zone: as for `time_of`.
        due: the deadline in UTC.

    Returns:
        a warning if the time cannot be right, or if a file with a similar name is ignored; else "".

    Raises:
        NotGraded: if timestamp.txt is not a regular file or no time, or its time is after the
            deadline and more than a day in the future.
    """
    stamp = os.path.join(folder, "timestamp.txt")
    if not os.path.lexists(stamp):
        names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
        alike = [n for n in names if re.fullmatch(r"timestamp\W.*\.txt|timestamp\.txt", n, re.I)]
        return (
            f"{clean(alike[0])[:60]} is not read; if it says when this was handed in, rename it to "
            "timestamp.txt"
            if alike
            else ""
        )
    if not stat.S_ISREG(os.lstat(stamp).st_mode):
        raise NotGraded("timestamp.txt is not a regular file; write the time into it or remove it")
    with open(stamp, "rb") as stream:
        data = stream.read(1000)
    text = read_text(data).strip()
    if not text and not data.strip():
        return ""
    try:
        moment = read_time(text, zone)
    except (ValueError, KeyError, OSError, OverflowError):
        raise NotGraded(
            f"timestamp.txt holds {clean(text[:40])!r}, which is not understood as a time. "
            "Write it as 2026-03-31 23:59:00 UTC, or remove the file"
        ) from None
    now = datetime.now(UTC).replace(tzinfo=None)
    if due is not None and moment > max(due, now + timedelta(days=1)):
        # The submission would count as late by that much.
        raise NotGraded(
            f"timestamp.txt says {moment:%Y-%m-%d %H:%M} UTC, which is still to come; write the "
            "time when you got it into the file"
        )
    if moment < min(due or now, now) - LONGEST_TERM or moment > now + timedelta(days=1):
        return (
            f"timestamp.txt says {moment:%Y-%m-%d %H:%M} UTC, which cannot be when it was "
            "handed in; write the time when you got it into the file"
        )
    return ""
