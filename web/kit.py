"""The functions of the kit that the browser edition uses.

The site's builder calls the first half, in the checkout. The site itself calls the second half, in
the browser, where the same package `autograder` is unpacked. If a module of the kit moves, change
its import here.
"""

import json
from pathlib import Path
from typing import Any

# --- for the builder ---


def learner_files(root: Path) -> dict[str, bytes]:
    """Every file that a learner gets, by its path: the files of the handout.

    Raises:
        autograder.text.UserError: if one is missing; the message is for a person.
    """
    from autograder.instructor.handout import handout_files

    return handout_files(root)


def needed_to_check(name: str) -> bool:
    """Whether the browser needs a learner's file: the packages and the self-assessment list."""
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


# Pages for learners that do not mention a terminal: files, and folders of files.
READING = ("docs/self-study", "docs/what-next.md", "docs/learning-with-assistants.md")


def reading(root: Path) -> dict[str, str]:
    """The Markdown of the pages to read beside the exercises, by file name without ".md".

    Raises:
        ValueError: if one is no page that learners get.
    """
    strangers = [name for name in READING if name not in course().pages]
    if strangers:
        raise ValueError(f"{strangers[0]} is not among the pages in course.toml")
    tops = [root / name for name in READING]
    files = [f for top in tops for f in (sorted(top.glob("*.md")) if top.is_dir() else [top])]
    return {file.stem: file.read_text(encoding="utf-8") for file in files}


def questions(exercise: Any) -> list[Any]:
    """The questions before an exercise: id, question, choices, answer and explanation of each."""
    from autograder.learner.drills import questions_of

    return questions_of(exercise)


def has_drills(exercise: Any) -> bool:
    """Whether there are drills of this exercise."""
    from autograder.learner.drills import drills_of

    return bool(drills_of(exercise))


def stepper_page() -> str:
    """The stepper as a separate page, which receives its data as a message.

    The data is a result of `stepper_data`.
    """
    from cnnlab import stepper

    style = (stepper.HERE / "stepper.css").read_text(encoding="utf-8")
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "script-src 'unsafe-inline'; style-src 'unsafe-inline'\">"
        f"<title>Step through</title><style>body{{margin:0}}{style}</style></head>"
        f'<body><main><div id="stepper"></div></main><script type="module">{stepper.script()}\n'
        'addEventListener("message", ({ data, source }) => {\n'
        '  if (source === parent) mount(document.getElementById("stepper"), data);\n'
        "}, { once: true });</script></body></html>"
    )


# --- in both ---


def stepper_data(value: Any) -> dict[str, Any] | None:
    """The data of a stepper; None for any other value."""
    from cnnlab.stepper import Stepper

    return value.data() if isinstance(value, Stepper) else None


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


def next_drill(exercise: str, passed: list[str], missed: dict[str, int]) -> dict[str, Any]:
    """The drill to ask now, without its answer.

    Args:
        exercise: its name; "" for all that were passed.
        passed: the names of the exercises that were passed.
        missed: by drill, how often it was missed since it was last right; see `answer_drill`.

    Raises:
        autograder.text.UserError: if there is none.
    """
    from autograder.learner import drills
    from autograder.learner.progress import Progress

    asked = drills.drills_to_ask(course(), exercise or None, passed)
    one = drills.next_drill(asked, Progress(passed, missed))
    shown = {k: v for k, v in one.form().items() if k not in ("answer", "explanation")}
    return {**shown, "exercise": one.id.split(".")[0]}


def answer_drill(id: str, choice: int, missed: dict[str, int]) -> dict[str, Any]:
    """Whether an answer is right, the right answer, its explanation, and the new `missed`."""
    from autograder.learner import drills
    from autograder.learner.progress import Progress

    exercise = course().exercise(id.split(".")[0])
    one = next(drill for drill in drills.drills_of(exercise) if drill.id == id)
    progress = Progress(drills=dict(missed))
    right = drills.answered(progress, one, choice)
    said = {"right": right, "answer": one.answer, "said": one.explanation}
    return {**said, "missed": progress.drills}


def ask_first(missed: dict[str, int], mistakes: list[str]) -> dict[str, int]:
    """The new `missed` after these known mistakes in the learner's own code; see `answer_drill`."""
    from autograder.learner import drills
    from autograder.learner.progress import Progress

    progress = Progress(drills=missed)
    drills.ask_first(progress, mistakes)
    return progress.drills


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
    """The result of `check` with its JSON line parsed, for the page."""
    return {**json.loads(verdict["json"]), "html": verdict["html"]}
