"""Reads the times of hand-ins from Moodle's grading worksheet; Moodle's zip does not have them.

Moodle writes the times in the time zone of the person who downloads the worksheet:
"Monday, 30 March 2026, 8:15 PM".
"""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from autograder.packaging.spreadsheets import read_table
from autograder.text import UserError

# Moodle's two English formats of a time, and the formats that spreadsheets save it in.
FORMATS = (
    "%A, %d %B %Y, %I:%M %p",
    "%A, %B %d, %Y, %I:%M %p",
    "%A, %d %B %Y, %H:%M",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%d %H:%M:%S",
)
NUMBER = "identifier"
TIME = "last modified (submission)"
NOTHING = ("", "-")


def hand_in_times(data: bytes, zone: str) -> dict[str, datetime]:
    """When each participant handed in.

    Args:
        data: the CSV.
        zone: of its times, such as "Europe/Berlin".

    Returns:
        times in UTC, without a zone, by the participant's number, which Moodle's zip has too.

    Raises:
        UserError: if `data` is no grading worksheet, or a time or the zone is not understood.
    """
    try:
        place = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UserError(f"{zone!r} is not a time zone like Europe/Berlin") from error
    rows = read_table(data)
    if not rows or not {NUMBER, TIME} <= rows[0].keys():
        raise UserError(
            'the worksheet needs the columns "Identifier" and "Last modified (submission)"; Moodle '
            "writes them into what it calls the grading worksheet, with the language set to English"
        )
    times = {}
    for row in rows:
        number, text = re.sub(r"\D", "", row[NUMBER]), row.get(TIME, "")
        if number and text not in NOTHING:
            moment = _read(text).replace(tzinfo=place)
            times[number] = moment.astimezone(UTC).replace(tzinfo=None)
    return times


def numbers_by_id(data: bytes) -> dict[str, str]:
    """Each participant's number, by e-mail address, id number and user name, in lower case.

    A name that several participants share is left out.

    Args:
        data: the CSV, as for `hand_in_times`.
    """
    found: dict[str, set[str]] = {}
    for row in read_table(data):
        number = re.sub(r"\D", "", row.get(NUMBER, ""))
        for column in ("email address", "email", "id number", "username"):
            if number and row.get(column):
                found.setdefault(row[column].casefold(), set()).add(number)
    return {name: numbers.pop() for name, numbers in found.items() if len(numbers) == 1}


def _read(text: str) -> datetime:
    plain = " ".join(text.split())
    for form in FORMATS:
        try:
            return datetime.strptime(plain, form)
        except ValueError:
            continue
    raise UserError(
        f"{text!r} in the worksheet is not a time like Monday, 30 March 2026, 8:15 PM; download it "
        "with Moodle's language set to English"
    )
