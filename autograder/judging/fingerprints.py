"""Recognises known mistakes by what a learner's code returns, without holding their code.

A known mistake is stored as one hash of everything that it returns for all probes of its
exercise. A learner's code that returns the same has the same hash. Neither the wrong
implementation nor the right answers can be read out of it.
"""

import contextlib
import hashlib
import io
import json
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from autograder.catalogue import PACKAGE
from autograder.judging.compare import Mismatch, as_array
from autograder.judging.learner import Learner, LearnerError
from autograder.judging.probes import PROBES

BANK = PACKAGE / "judging" / "fingerprints.json"
RAISES = "raises"
CHANGES_INPUT = "changes its input"
# Numbers are rounded to whole steps of 1/256. The edge between two steps lies where no half,
# quarter, third or fifth of a step does, so that float32's error carries none across.
STEPS = 256
EDGE = 0.7
# Above this a number says only that it is very large.
LARGE = 1e9
# Nobody makes these mistakes on purpose: the code cannot be run, so it cannot be recognised.
_CANNOT_RUN = ("timeout", "stopped", "import", "missing", "worker")


@dataclass(frozen=True)
class Pitfall:
    """A known mistake.

    Attributes:
        id: "<exercise>.<name>", e.g. "im2col.rows_are_windows".
        sentence: what the code does instead, and the idea that mends it.
    """

    id: str
    sentence: str


def fingerprint(value: Any) -> str:
    """The hash of the shape and the rounded numbers of a value; for a tuple, of each part.

    The same numbers in float32, float64 or as integers have the same fingerprint, and so have
    0 and -0.
    """
    return _hash(_canonical(value))


def recognise(learner: Learner, exercise: str) -> Pitfall | None:
    """The known mistake that the learner's exercise is, or None if it is none of them.

    Only code that gives for every single probe what a known mistake gives is recognised; that
    each of them differs from the right answer, and from every other, on two probes or more is
    made sure of when the bank is written.
    """
    known = _bank().get(exercise)
    if not known:
        return None
    prints = []
    for probe in PROBES[exercise]:
        try:
            prints.append(take_print(probe, learner))
        except LearnerError:
            return None
    return known.get(joined(exercise, prints))


def take_print(probe: Callable[[Any], Any], learner: Learner) -> str:
    """What a probe finds, as a fingerprint.

    Raises:
        LearnerError: if the code cannot be run at all, or does not end.
    """
    try:
        with _quiet():
            value = probe(learner)
            return fingerprint(value)
    except LearnerError as error:
        if error.failure.kind in _CANNOT_RUN:
            raise
        if error.failure.kind == "input":
            return f"{CHANGES_INPUT} {error.failure.message}"
        return RAISES
    except Exception:
        # A value of an unexpected kind broke the probe's own arithmetic.
        return RAISES


def joined(exercise: str, prints: list[str]) -> str:
    """One hash of all prints of an exercise: what the bank holds."""
    return _hash([exercise, *prints])[:16]


def distance_to_an_edge(value: Any) -> float:
    """How near a number of `value` comes to where its rounding changes, in steps: 0 to 0.5."""
    if value is None:
        return 0.5
    if isinstance(value, tuple | list):
        return min(map(distance_to_an_edge, value), default=0.5)
    numbers = as_array(value).astype(np.float64)
    above_edge = (numbers[np.abs(numbers) < LARGE] * STEPS - EDGE) % 1
    return float(np.minimum(above_edge, 1 - above_edge).min(initial=0.5))


def _canonical(value: Any) -> Any:
    if isinstance(value, tuple) or (isinstance(value, list) and not _is_nested_numbers(value)):
        return [_canonical(part) for part in value]
    if value is None:
        return None
    try:
        array = as_array(value).astype(np.float64)
    except Mismatch:
        return "no numbers"
    rounded = [_rounded(number) for number in array.ravel().tolist()]
    return {"shape": list(array.shape), "numbers": rounded}


def _is_nested_numbers(value: Any) -> bool:
    if isinstance(value, list):
        return all(map(_is_nested_numbers, value))
    return isinstance(value, bool | int | float | np.number)


def _rounded(number: float) -> int | str:
    if np.isnan(number):
        return "nan"
    if abs(number) >= LARGE:
        return "large" if number > 0 else "-large"
    return int(np.floor(number * STEPS + 1 - EDGE))


def _hash(plain: Any) -> str:
    return hashlib.blake2b(
        json.dumps(plain).encode(), digest_size=16, person=b"pitfalls"
    ).hexdigest()


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Let a learner's prints and warnings go nowhere: the probes are not their calls."""
    with (
        contextlib.redirect_stdout(io.StringIO()),
        warnings.catch_warnings(),
        np.errstate(all="ignore"),
    ):
        warnings.simplefilter("ignore")
        yield


@cache
def _bank() -> dict[str, dict[str, Pitfall]]:
    """The known mistakes of each exercise, by their hash."""
    bank = json.loads(BANK.read_text(encoding="utf-8"))["pitfalls"]
    return {
        exercise: {
            entry["print"]: Pitfall(f"{exercise}.{name}", entry["sentence"])
            for name, entry in entries.items()
        }
        for exercise, entries in bank.items()
    }
