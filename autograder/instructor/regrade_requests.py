"""Requests to grade again: regrade.txt in a submission, and the answers to them.

Answers are stored in comments/<student>/<assignment>.answers, one JSON object per line.
"""

import json
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from autograder.catalogue import load
from autograder.instructor.comments import comments_file
from autograder.instructor.places import ATTEMPTS
from autograder.packaging.texts import read_text
from autograder.text import UserError, clean

FILE = "regrade.txt"
LARGEST = 4000
ANSWERS = ".answers"


@dataclass(frozen=True)
class Request:
    """A student's request, and the answer to it.

    Attributes:
        text: the text of regrade.txt, or of an earlier regrade.txt that was answered.
        answer: "" until somebody answers.
        time: of the answer, ISO 8601, UTC; "" without an answer.
    """

    student: str
    assignment: str
    text: str
    answer: str = ""
    time: str = ""


def requests_of(top: Path, submitted: Path, student: str, assignment: str) -> list[Request]:
    """The answered requests about a submission, the oldest first, and then the open ones.

    A request stays open if a newer hand-in has replaced the one that it came with.

    Args:
        top: the course's top folder.
        submitted: the course's folder of submissions.
        student, assignment: the submission.
    """
    found = list(_answered(top, student, assignment))
    earlier = sorted((top / ATTEMPTS / student / assignment).glob("[!.]*"))
    for folder in (*earlier, submitted / student / assignment):
        text = _text(folder / FILE)
        if text and text not in [request.text for request in found]:
            found.append(Request(student, assignment, text))
    return found


def all_requests(top: Path, submitted: Path) -> Iterator[Request]:
    """All students' requests, by student, and in course order for each student."""
    for path in sorted(submitted.iterdir()) if submitted.is_dir() else ():
        for assignment in load().assignments:
            if path.is_dir() and not path.name.startswith("."):
                yield from requests_of(top, submitted, path.name, assignment.name)


def answer(top: Path, submitted: Path, student: str, assignment: str, text: str) -> Request:
    """Answer the open request about a submission; the answer is stored beside its comments.

    Raises:
        UserError: if there is no open request, or `text` is empty.
    """
    open_ones = [r for r in requests_of(top, submitted, student, assignment) if not r.answer]
    if not open_ones:
        raise UserError(f"{clean(student)} has no open request about {assignment}")
    if not text.strip():
        raise UserError("an answer has to say something")
    time = datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="minutes")
    given = Request(student, assignment, open_ones[0].text, clean(text.strip()), time)
    path = _answers_file(top, student, assignment)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as stream:
        line = {"request": given.text, "answer": given.answer, "time": given.time}
        stream.write(json.dumps(line, ensure_ascii=False) + "\n")
    return given


def _answered(top: Path, student: str, assignment: str) -> Iterator[Request]:
    path = _answers_file(top, student, assignment)
    if not path.is_file():
        return
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            said = json.loads(line)
            yield Request(student, assignment, said["request"], said["answer"], said["time"])
        except (ValueError, KeyError, TypeError):
            raise UserError(
                f"{path}:{number} is not an answer that this kit wrote; correct it"
            ) from None


def _answers_file(top: Path, student: str, assignment: str) -> Path:
    return comments_file(top, student, assignment).with_suffix(ANSWERS)


def _text(path: Path) -> str:
    try:
        if not stat.S_ISREG(os.lstat(path).st_mode):
            return ""
        with path.open("rb") as stream:
            return clean(read_text(stream.read(LARGEST))).strip()
    except OSError:
        return ""
