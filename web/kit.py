"""Everything of the kit that the browser edition depends on, and nothing else.

The site's builder calls the first half, in the checkout; the site itself calls the second half,
in the browser, where the same package `autograder` is unpacked. When a module of the kit moves,
this is the one place to change.
"""

import json
from pathlib import Path
from typing import Any

# --- for the builder ---


def learner_files(root: Path) -> dict[str, bytes]:
    """Every file that a learner gets, by its path: the handout's own list.

    Raises:
        autograder.text.UserError: if one is missing; the message is for a person.
    """
    from autograder.instructor.handout import handout_files

    return handout_files(root)


def needed_to_check(name: str) -> bool:
    """Whether a learner's file is unpacked in the browser: the packages and the abilities."""
    packages = ("autograder/", "cnnlab/")
    return name.startswith(packages) or name == "docs/self-assessment.md"


def course() -> Any:
    """The catalogue: title, assignments, exercises."""
    from autograder.catalogue import load

    return load()


def abilities() -> list[Any]:
    """The self-assessment list: heading, sentence, proofs of each line."""
    from autograder.learner.self_assessment import read_abilities

    return read_abilities()


# --- in the browser ---


def check(folder: Path, names: list[str]) -> dict[str, Any]:
    """Check exercises of a learner's folder, as `make check` does.

    Args:
        folder: shaped like assignments/.
        names: of the exercises.

    Returns:
        "json": the line of `autograder check --json`; "html": the verdict of each exercise, by
        its name.

    Raises:
        autograder.text.UserError: if the checks cannot run; the message is for a person.
    """
    from autograder.judging.verdict_json import json_line
    from autograder.learner.check import check_folder
    from autograder.learner.page import verdict_html

    verdict = check_folder(folder, tuple(course().exercise(name) for name in names))
    return {
        "json": json_line(verdict),
        "html": {one.exercise: verdict_html(one) for one in verdict.exercises},
    }


def exam() -> dict[str, Any]:
    """How the exercise `mnist` trains: its network's builder and its numbers."""
    from autograder.exercises.a4_training.mnist import exam as module

    return {
        "build": module.build,
        "seed": module.SEED,
        "learning_rate": module.LEARNING_RATE,
        "momentum": module.MOMENTUM,
        "batch_size": module.BATCH_SIZE,
        "images": module.PUBLIC.images,
        "epochs": module.PUBLIC.epochs,
        "test_images": module.PUBLIC.test_images,
    }


def plain(verdict: dict[str, Any]) -> dict[str, Any]:
    """A check's answer with the JSON line read, for the page."""
    return {**json.loads(verdict["json"]), "html": verdict["html"]}
