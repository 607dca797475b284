"""Shows hints one at a time; the learner's folder stores how many have been shown."""

import contextlib
import json
from pathlib import Path

from autograder.catalogue import Exercise

MEMORY = ".hints.json"


def next_hint(folder: Path, exercise: Exercise) -> tuple[int, str]:
    """The next hint that `folder` has not shown yet, or the last one again.

    Returns:
        its number, counted from 1, and the hint.
    """
    shown = _shown(folder)
    number = min(shown.get(exercise.name, 0) + 1, len(exercise.hints))
    shown[exercise.name] = number
    # If the folder cannot be written to, the same hint is shown every time.
    with contextlib.suppress(OSError):
        (folder / MEMORY).write_text(json.dumps(shown, indent=1) + "\n", encoding="utf-8")
    return number, exercise.hints[number - 1]


def _shown(folder: Path) -> dict[str, int]:
    try:
        data = json.loads((folder / MEMORY).read_text(encoding="utf-8"))
        return {str(k): int(v) for k, v in data.items() if int(v) >= 0}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}
