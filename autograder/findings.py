"""The findings of `autograder doctor`, and their form as lines of text."""

from dataclasses import dataclass
from typing import Literal

from autograder.text import clean

Level = Literal["good", "note", "bad"]
SIGNS: dict[Level, str] = {"good": "✓", "note": "·", "bad": "✗"}


@dataclass(frozen=True)
class Finding:
    """The result of examining one thing.

    Attributes:
        level: "good"; "note": it works, but with a limitation; "bad".
        what: what was found, in one sentence.
        fix: the command to type or the action that fixes it; "" if there is none.
    """

    level: Level
    what: str
    fix: str = ""


def finding_lines(findings: list[Finding]) -> list[str]:
    """The findings as lines for a terminal."""
    lines = []
    for finding in findings:
        lines.append(f"{SIGNS[finding.level]} {finding.what}")
        if finding.fix:
            lines.append(f"    to fix it: {finding.fix}")
    return [clean(line) for line in lines]
