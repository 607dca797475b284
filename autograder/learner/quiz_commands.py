"""The learner's questions: `drill` (which mistake is it?) and `predict` (before an exercise)."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click
from rich.text import Text

from autograder.catalogue import choose
from autograder.console import console
from autograder.learner.drills import (
    answered,
    as_lines,
    drills_to_ask,
    next_drill,
    questions_of,
)
from autograder.learner.progress import read_progress, write_progress
from autograder.text import UserError, clean

dir_option = click.option(
    "--dir", "folder", type=click.Path(path_type=Path), default="assignments", help="Your folder."
)
answer_option = click.option("--answer", type=click.IntRange(min=1), help="Answer without asking.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print it as one JSON object.")


@click.command()
@click.argument("exercise", required=False)
@dir_option
@answer_option
@json_option
def drill(exercise: str | None, folder: Path, answer: int | None, as_json: bool) -> None:
    """Which mistake is it? A call, what is right, and what came back. Missed ones return."""
    course = choose(folder)
    _require(folder)
    progress = read_progress(folder)
    one = next_drill(drills_to_ask(course, exercise, progress.passed), progress)
    if as_json and answer is None:
        # Without the answer, for a program that shows the question itself.
        shown = {k: v for k, v in one.form().items() if k not in ("answer", "explanation", "id")}
        click.echo(json.dumps({"exercise": one.id.split(".")[0], **shown}))
        return
    if not as_json:
        console.print(Text(f"{one.id.split('.')[0]}", "bold"))
        for line in as_lines(one):
            console.print(Text(line))
    given = _answer(answer, len(one.choices), f"drill {one.id.split('.')[0]}")
    if given is None:
        return
    right = answered(progress, one, given)
    write_progress(folder, progress)
    if as_json:
        click.echo(json.dumps({"right": right, "answer": one.answer, "said": one.explanation}))
    else:
        _say(right, one.answer, one.explanation, "" if right else " It will be asked again.")


@click.command()
@click.argument("exercise")
@dir_option
@answer_option
@json_option
def predict(exercise: str, folder: Path, answer: int | None, as_json: bool) -> None:
    """A short question before EXERCISE: predict, then check."""
    course = choose(folder)
    found = course.exercise(exercise)
    _require(folder)
    progress = read_progress(folder)
    questions = questions_of(found)
    if not questions:
        raise UserError(f"there is no question before {exercise}")
    one = next((q for q in questions if q.id not in progress.predictions), questions[0])
    if as_json and answer is None:
        shown = {k: v for k, v in asdict(one).items() if k not in ("answer", "explanation")}
        click.echo(json.dumps(shown))
        return
    if not as_json:
        console.print(Text(one.question, "bold"))
        for number, choice in enumerate(one.choices, 1):
            console.print(Text(f"  {number}. {choice}"))
    given = _answer(answer, len(one.choices), f"predict {exercise}")
    if given is None:
        return
    progress.predictions[one.id] = given
    write_progress(folder, progress)
    right = given == one.answer
    if as_json:
        click.echo(json.dumps({"right": right, "answer": one.answer, "said": one.explanation}))
    else:
        _say(right, one.answer, one.explanation, "")


def _answer(given: int | None, count: int, command: str) -> int | None:
    """The answer from --answer or, at a terminal, from a prompt; None without a terminal."""
    if given is None and sys.stdin.isatty():
        return int(click.prompt("Your answer", type=click.IntRange(1, count)))
    if given is None:
        console.print(Text(f"to answer: python -m autograder {command} --answer N", "dim"))
    elif given > count:
        raise UserError(f"there are {count} answers, and {given} is none of them")
    return given


def _say(right: bool, number: int, explanation: str, more: str) -> None:
    sign = ("✓ Right. ", "green") if right else (f"✗ The right answer is number {number}. ", "red")
    console.print(Text.assemble(sign, explanation, more))


def _require(folder: Path) -> None:
    """Raise UserError unless there is a folder in which answers can be kept."""
    if not folder.is_dir():
        raise UserError(
            f"{clean(str(folder))}: there is no such folder, and answers are kept in it; give "
            "yours with --dir"
        )
