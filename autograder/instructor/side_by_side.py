"""Shows two submissions side by side, without the lines of the stub, for a person to compare."""

import difflib
import keyword
import re
from dataclasses import dataclass

from autograder.text import clean

MOST_ROWS = 200
_NAME = re.compile(r"[^\W\d]\w*")
_COMMENT = re.compile(r"#.*")


@dataclass(frozen=True)
class Line:
    """A row of the comparison.

    Attributes:
        left, right: number and text of a line; None if the other line has no counterpart.
        same: whether the lines are equal, ignoring names, spaces and comments.
    """

    left: tuple[int, str] | None
    right: tuple[int, str] | None
    same: bool


def side_by_side(left: str, right: str, stub: str) -> list[Line]:
    """The lines of two texts side by side, with equal lines in the same row; at most MOST_ROWS.

    Args:
        left, right: the texts.
        stub: the text that both students got; its lines and lines without code are left out.
    """
    given = {line.strip() for line in stub.splitlines()}
    first, second = _own(left, given), _own(right, given)
    matcher = difflib.SequenceMatcher(
        None, [_form(text) for _, text in first], [_form(text) for _, text in second], False
    )
    rows = []
    for kind, a, b, c, d in matcher.get_opcodes():
        for k in range(max(b - a, d - c)):
            rows.append(
                Line(
                    first[a + k] if a + k < b else None,
                    second[c + k] if c + k < d else None,
                    kind == "equal",
                )
            )
    return rows[:MOST_ROWS]


def _own(text: str, given: set[str]) -> list[tuple[int, str]]:
    lines = enumerate(clean(text.replace("\r\n", "\n")).split("\n"), 1)
    return [(k, line.rstrip()) for k, line in lines if _form(line) and line.strip() not in given]


def _form(line: str) -> str:
    """A line in the form that is compared: all names are replaced by the same name."""
    code = _COMMENT.sub("", line)
    words = _NAME.sub(lambda m: m[0] if keyword.iskeyword(m[0]) else "_", code)
    return "".join(words.split())
