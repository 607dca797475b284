"""A learner's progress, stored in their folder: announced passes, drills, predictions."""

import contextlib
import json
from dataclasses import dataclass, field
from pathlib import Path

MEMORY = ".progress.json"


@dataclass
class Progress:
    """The stored progress.

    Attributes:
        passed: the exercises whose pass has been announced to the learner.
        drills: for each answered drill, the number of wrong answers since the last right one.
        predictions: for each answered question, the number of the answer.
    """

    passed: list[str] = field(default_factory=list)
    drills: dict[str, int] = field(default_factory=dict)
    predictions: dict[str, int] = field(default_factory=dict)


def read_progress(folder: Path) -> Progress:
    """The progress stored in a folder shaped like assignments/; empty if it cannot be read."""
    try:
        data = json.loads((folder / MEMORY).read_text(encoding="utf-8"))
        return Progress(
            [str(name) for name in data["passed"]],
            {str(k): int(v) for k, v in data["drills"].items()},
            {str(k): int(v) for k, v in data["predictions"].items()},
        )
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        return Progress()


def write_progress(folder: Path, progress: Progress) -> None:
    """Store the progress; do nothing if the folder cannot be written to."""
    with contextlib.suppress(OSError):
        text = json.dumps(vars(progress), indent=1) + "\n"
        (folder / MEMORY).write_text(text, encoding="utf-8")
