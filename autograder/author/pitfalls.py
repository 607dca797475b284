"""The bank of known mistakes: small wrong implementations, each with the sentence a learner needs.

An exercise's `pitfalls.py` contains its known mistakes. Each public function or class in it is one,
with the exercise's signature. Its docstring is the sentence for the learner: what the code does
instead, and the idea of the fix, but never the fixed line.

For instructors only: learners get `fingerprints.json`, which `make pitfalls` writes from here.
"""

import inspect
import re
from dataclasses import dataclass
from typing import Any

from autograder.catalogue import Exercise, load


@dataclass(frozen=True)
class WrongImplementation:
    """One entry of the bank.

    Attributes:
        id: "<exercise>.<name>", e.g. "im2col.rows_are_windows".
        sentence: the sentence for the learner.
        code: the wrong function or class.
    """

    id: str
    sentence: str
    code: Any


def wrong_implementations(exercise: Exercise) -> tuple[WrongImplementation, ...]:
    """The known mistakes in one exercise, in the order of their file; none if it has no file."""
    place = exercise.assignment, exercise.name, "pitfalls"
    if not load().has_module(*place):
        return ()
    module = load().module(*place)
    return tuple(
        WrongImplementation(
            f"{exercise.name}.{_snake_case(name)}",
            " ".join((inspect.getdoc(code) or "").split()),
            code,
        )
        for name, code in vars(module).items()
        if not name.startswith("_")
        and inspect.isroutine(code) | inspect.isclass(code)
        and code.__module__ == module.__name__
    )


def _snake_case(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
