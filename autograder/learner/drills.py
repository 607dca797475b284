"""Debugging drills and predictions: short questions. A drill answered wrongly is asked again."""

import hashlib
import json
import tomllib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from autograder.catalogue import Course, Exercise
from autograder.learner.progress import Progress
from autograder.text import UserError

FILE = "drills.json"
QUESTIONS = "questions.toml"


@dataclass(frozen=True)
class Drill:
    """One drill: which of these mistakes returns this?

    Attributes:
        id: the mistake's id, "<exercise>.<name>".
        call: the call, as Python code.
        name: the name of the value that is shown, and which part of it.
        right, wrong: the right and the wrong result, as rows of texts.
        choices: the possible answers.
        answer: the number of the right answer, counted from 1.
        explanation: the text that is shown after the answer.
    """

    id: str
    call: str
    name: str
    right: list[list[str]]
    wrong: list[list[str]]
    choices: list[str]
    answer: int
    explanation: str

    def form(self) -> dict[str, Any]:
        """The drill as a dict, for JSON."""
        return asdict(self)


@dataclass(frozen=True)
class Question:
    """One question before an exercise: predict, then check.

    Attributes:
        id: "<exercise>.<number>".
        question: the text of the question.
        choices, answer, explanation: as of a drill.
    """

    id: str
    question: str
    choices: list[str]
    answer: int
    explanation: str


def drills_of(exercise: Exercise) -> list[Drill]:
    """The drills of an exercise; none if it has no drills.json."""
    path = exercise.folder / FILE
    if not path.is_file():
        return []
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return [Drill(**drill) for drill in data["drills"]]
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(f"{path} is damaged ({error}); copy it from the handout") from error


def drills_to_ask(course: Course, exercise: str | None, passed: list[str]) -> list[Drill]:
    """The drills of one exercise; without a name, of the passed exercises or else of the first.

    Args:
        course: the catalogue.
        exercise: the name of an exercise, or None.
        passed: the names of the exercises that were passed.

    Raises:
        UserError: if there are no drills.
    """
    chosen: tuple[Exercise, ...]
    if exercise is not None:
        chosen = (course.exercise(exercise),)
    else:
        chosen = tuple(e for e in course.exercises if e.name in passed) or course.exercises[:1]
    drills = [drill for one in chosen for drill in drills_of(one)]
    if not drills:
        what = exercise or "the exercises that you have passed"
        raise UserError(f"there are no drills for {what}")
    return drills


def questions_of(exercise: Exercise) -> list[Question]:
    """The questions before an exercise; none if it has no questions.toml."""
    path = exercise.folder / QUESTIONS
    if not path.is_file():
        return []
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        return [
            Question(f"{exercise.name}.{number}", **question)
            for number, question in enumerate(data["question"], 1)
        ]
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(f"{path} cannot be read: {error}") from error


def next_drill(drills: list[Drill], progress: Progress) -> Drill:
    """The drill to ask: the one missed most, else a new one, else the one asked longest ago."""
    asked = list(progress.drills)
    fresh = [drill for drill in drills if drill.id not in progress.drills]
    missed = sorted(
        (drill for drill in drills if progress.drills.get(drill.id)),
        key=lambda drill: -progress.drills[drill.id],
    )
    # A missed drill comes back after two other drills, not at once, unless no drill is new.
    missed = [drill for drill in missed if drill.id not in asked[-2:]] or ([] if fresh else missed)
    if missed:
        return missed[0]
    if fresh:
        return fresh[0]
    return min(drills, key=lambda drill: asked.index(drill.id))


def answered(progress: Progress, drill: Drill, answer: int) -> bool:
    """Record an answer; return whether it was right."""
    right = answer == drill.answer
    missed = progress.drills.pop(drill.id, 0)
    progress.drills[drill.id] = 0 if right else missed + 1  # at the end: in the order of asking
    return right


def ask_first(progress: Progress, mistakes: Iterable[str]) -> None:
    """Store known mistakes of the learner's own code as missed drills, to be asked before others.

    Args:
        progress: it is changed.
        mistakes: the ids of pitfalls, which are the ids of their drills. Not each has a drill.
    """
    new = [mistake for mistake in mistakes if not progress.drills.get(mistake)]
    rest = {id: missed for id, missed in progress.drills.items() if id not in new}
    # At the front, because the drills at the end are those that were asked last.
    progress.drills = dict.fromkeys(new, 1) | rest


def drawn(drills: list[Drill], seed: str, count: int) -> list[Drill]:
    """`count` drills, drawn by `seed`: the same seed draws the same drills in the same order."""
    by_hash = sorted(drills, key=lambda d: hashlib.sha256(f"{seed}/{d.id}".encode()).digest())
    return by_hash[:count]


def as_lines(drill: Drill) -> list[str]:
    """The question of a drill in lines of text."""
    table = _side_by_side(drill.right, drill.wrong)
    choices = [f"  {number}. {choice}" for number, choice in enumerate(drill.choices, 1)]
    return [
        "the call:",
        *drill.call.splitlines(),
        f"{drill.name}:",
        *table,
        "Which mistake is it?",
        *choices,
    ]


def _side_by_side(right: list[list[str]], wrong: list[list[str]]) -> list[str]:
    texts = [_aligned(right), _aligned(wrong)]
    width = max(len("right"), *map(len, texts[0]))
    rows = max(map(len, texts))
    left, other = (text + [""] * (rows - len(text)) for text in texts)
    return [
        f"  {a:<{width}}   {b}".rstrip()
        for a, b in zip(["right", *left], ["this came back", *other], strict=True)
    ]


def _aligned(rows: list[list[str]]) -> list[str]:
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    return [
        " ".join(f"{cell:>{width}}" for cell, width in zip(row, widths, strict=True))
        for row in rows
    ]
