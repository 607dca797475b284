"""What the kit remembers of a learner, beside their files: passes told, drills, predictions."""

import contextlib
import json
from dataclasses import dataclass, field
from pathlib import Path

MEMORY = ".progress.json"


@dataclass
class Progress:
    """What is remembered.

    Attributes:
        passed: the exercises whose pass the learner has been told of.
        drills: for each drill that was answered, how often it was missed since it was last right.
        predictions: for each question that was answered, the number of the answer.
    """

    passed: list[str] = field(default_factory=list)
    drills: dict[str, int] = field(default_factory=dict)
    predictions: dict[str, int] = field(default_factory=dict)


def read_progress(folder: Path) -> Progress:
    """What is remembered in a folder shaped like assignments/; nothing if it cannot be read."""
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
    """Remember it. A folder that cannot be written to remembers nothing, and that harms nobody."""
    with contextlib.suppress(OSError):
        text = json.dumps(vars(progress), indent=1) + "\n"
        (folder / MEMORY).write_text(text, encoding="utf-8")
