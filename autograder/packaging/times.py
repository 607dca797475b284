"""Reads a time that a learning platform or an exchange wrote, with any unambiguous zone."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

# Abbreviations with one offset worldwide, in hours. Others, such as CST and IST, are ambiguous.
_OFFSETS = """
UTC:0 GMT:0 UCT:0 Z:0 WET:0 WEST:1 CET:1 CEST:2 MEZ:1 MESZ:2 MET:1 MEST:2 EET:2 EEST:3 MSK:3 SAST:2
WAT:1 CAT:2 EAT:3 PKT:5 WIB:7 HKT:8 SGT:8 AWST:8 JST:9 KST:9 ACST:9.5 ACDT:10.5 AEST:10 AEDT:11
NZST:12 NZDT:13 NST:-3.5 NDT:-2.5 BRT:-3 ART:-3 EDT:-4 EST:-5 CDT:-5 MDT:-6 MST:-7 PDT:-7 PST:-8
AKDT:-8 AKST:-9 HST:-10
"""
ZONES = {
    name: float(hours) for name, _, hours in (pair.partition(":") for pair in _OFFSETS.split())
}


def read_time(text: str, zone: str = "UTC") -> datetime:
    """The time of a timestamp, in UTC and without a zone, as nbgrader stores it.

    nbgrader's own parser is wrong here: it reads "+0200" as 200 seconds, and reads " +02:00" and
    zones that it does not know, such as "CEST", as UTC.

    Args:
        text: a date, a time, and an offset or the name or abbreviation of a zone; without an
            offset or zone, the time is in UTC.
        zone: the zone of the exchange; an abbreviation that it uses has its meaning there.

    Raises:
        ValueError, KeyError, OSError, OverflowError: if it is not a time, or the zone is unknown.
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
