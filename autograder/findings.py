"""One thing that `autograder doctor` has looked at, and how it is told."""

from dataclasses import dataclass
from typing import Literal

from autograder.text import clean

Level = Literal["good", "note", "bad"]
SIGNS: dict[Level, str] = {"good": "✓", "note": "·", "bad": "✗"}


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        level: "good"; "note", it works, but there is something to know; "bad".
        what: what was found, a sentence.
        mend: the line to type, or the thing to do, where something can be done; else "".
    """

    level: Level
    what: str
    mend: str = ""


def finding_lines(findings: list[Finding]) -> list[str]:
    """Findings as lines for a terminal."""
    lines = []
    for finding in findings:
        lines.append(f"{SIGNS[finding.level]} {finding.what}")
        if finding.mend:
            lines.append(f"    to mend it: {finding.mend}")
    return [clean(line) for line in lines]
