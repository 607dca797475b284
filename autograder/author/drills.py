"""Writes each exercise's drills.json from its pitfalls: calls, results and sentences, no code.

    python -m autograder.author.drills [--check] [EXERCISE ...]

A drill shows a call, the right result and the result of a known mistake, and asks which mistake
it is. The other choices are mistakes of the same exercise that return another result for that
call; mistakes that return a wrong result are preferred.
"""

import hashlib
import json
from typing import Any

import click
import numpy as np

from autograder.author.bank import BankHost, probes_of
from autograder.author.pitfalls import wrong_implementations
from autograder.catalogue import Exercise, load
from autograder.judging.compare import Mismatch, agree, holds_numbers
from autograder.judging.difference import cut_out
from autograder.judging.fingerprints import fingerprint
from autograder.judging.learner import Learner, TimeBudget
from autograder.judging.reference import load_reference
from autograder.learner.drills import FILE, Drill
from autograder.text import UserError
from autograder.worker.host import Outcome

COMMAND = "make pitfalls"
OTHERS = 3
LONGEST_CALL = 480
MOST_NUMBERS = 64


class Recorder(Learner):
    """A Learner that records each call as text, with its result."""

    def __init__(self, exercise: Exercise, code: Any) -> None:
        host = BankHost(exercise.name, code)
        super().__init__(host, load(), exercise, TimeBudget())
        self.calls: list[tuple[str, Any]] = []

    def _settle(self, outcome: Outcome, call: Any) -> Any:
        value = super()._settle(outcome, call)
        if call is not None:
            kept = value.copy() if isinstance(value, np.ndarray) else value
            self.calls.append((str(call), kept))
        return value


def recorded(exercise: Exercise, code: Any) -> list[list[tuple[str, Any]]]:
    """For each probe, the calls that it made and what they returned, until one raised."""
    found = []
    for probe in probes_of(exercise).PROBES:
        recorder = Recorder(exercise, code)
        try:
            with np.errstate(all="ignore"):
                probe(recorder)
        except Exception:
            recorder.calls.append(("raised", None))
        found.append(recorder.calls)
    return found


def drills_of(exercise: Exercise) -> list[Drill]:
    """The drills of an exercise: one for each mistake that a small call shows."""
    right = recorded(exercise, getattr(load_reference(), exercise.name))
    names = getattr(probes_of(exercise), "RETURNS", ())
    pitfalls = wrong_implementations(exercise)
    wrong = {pitfall.id: recorded(exercise, pitfall.code) for pitfall in pitfalls}
    drills = []
    for pitfall in pitfalls:
        for probe, number in _smallest_first(right):
            text, should = right[probe][number]
            came = _returned(wrong[pitfall.id], probe, number, text)
            mismatch = None if came is _NOTHING else _difference(came, should, names)
            others = [
                other
                for other in pitfalls
                if other is not pitfall
                and _first_sentence(other.sentence) != _first_sentence(pitfall.sentence)
                and not _same(_returned(wrong[other.id], probe, number, text), came)
            ]
            shown = None if mismatch is None else cut_out(mismatch)
            hidden = shown is None or shown.expected == shown.actual
            if mismatch is None or shown is None or hidden or len(others) < OTHERS:
                continue
            # First the mistakes that change the result of this call: for a call without padding,
            # a mistake in the padding is too easy to rule out.
            unseen = {
                o.id: _same(_returned(wrong[o.id], probe, number, text), should) for o in others
            }
            others.sort(key=lambda other: (unseen[other.id], _hash(pitfall.id, other.id)))
            # Of several mistakes with the same first sentence, keep one.
            others = list({_first_sentence(other.sentence): other for other in others}.values())
            if len(others) < OTHERS:
                continue
            answers = sorted([pitfall, *others[:OTHERS]], key=lambda p: _hash(text, p.id))
            drills.append(
                Drill(
                    id=pitfall.id,
                    call=text,
                    name=f"{mismatch.name}{shown.place}",
                    right=shown.expected,
                    wrong=shown.actual,
                    choices=[_first_sentence(answer.sentence) for answer in answers],
                    answer=answers.index(pitfall) + 1,
                    explanation=pitfall.sentence,
                )
            )
            break
    return drills


_NOTHING = object()


def _returned(calls: list[list[tuple[str, Any]]], probe: int, number: int, text: str) -> Any:
    if number >= len(calls[probe]) or calls[probe][number][0] != text:
        return _NOTHING
    return calls[probe][number][1]


def _smallest_first(calls: list[list[tuple[str, Any]]]) -> list[tuple[int, int]]:
    """The calls that are small enough to be read, as (probe, number), smallest first."""
    places = []
    for probe, made in enumerate(calls):
        for number, (text, value) in enumerate(made):
            size = sum(np.size(part) for part in _parts(value)) if _parts(value) else 0
            if 0 < size <= MOST_NUMBERS and len(text) <= LONGEST_CALL and "<array" not in text:
                places.append((size + len(text) // 8, probe, number))
    return [(probe, number) for _, probe, number in sorted(places)]


def _parts(value: Any) -> list[Any]:
    parts = list(value) if isinstance(value, tuple) else [value]
    return parts if all(holds_numbers(part) for part in parts) else []


def _difference(came: Any, should: Any, names: tuple[str, ...]) -> Mismatch | None:
    """The mismatch of the first wrong returned value; None if there is none to show.

    Args:
        came, should: the wrong and the right result of one call.
        names: of the returned values, if this call returns them.
    """
    came_parts, parts = _parts(came), _parts(should)
    if len(came_parts) != len(parts):
        return None
    if len(parts) == 1:
        names = ("the result",)
    elif len(names) != len(parts):
        names = tuple(f"value {k}" for k in range(1, len(parts) + 1))
    for name, got, wanted in zip(names, came_parts, parts, strict=True):
        try:
            agree(got, wanted, name)
        except Mismatch as mismatch:
            return mismatch if mismatch.expected is not None else None
    return None


def _same(a: Any, b: Any) -> bool:
    if a is _NOTHING or b is _NOTHING:
        return a is b
    return fingerprint(a) == fingerprint(b)


def _first_sentence(text: str) -> str:
    """The first sentence, which says what the code does; the others say how to fix it."""
    return text.split(". ")[0].rstrip(".") + "."


def _hash(*words: str) -> str:
    return hashlib.sha256("/".join(words).encode()).hexdigest()


def as_json(drills: list[Drill]) -> str:
    """The text of an exercise's drills.json."""
    form = {
        "generated": f"by `{COMMAND}` from pitfalls.py and probes.py; do not edit",
        "drills": [drill.form() for drill in drills],
    }
    return json.dumps(form, indent=1, ensure_ascii=False) + "\n"


@click.command()
@click.argument("names", nargs=-1, metavar="[EXERCISE]...")
@click.option("--check", is_flag=True, help="Write nothing; exit status 1 if a file is stale.")
def main(names: tuple[str, ...], check: bool) -> None:
    """Write each exercise's drills.json."""
    course = load()
    try:
        exercises = [course.exercise(name) for name in names] or list(course.exercises)
    except UserError as error:
        raise click.ClickException(str(error)) from None
    stale, count = [], 0
    for exercise in exercises:
        drills = drills_of(exercise) if wrong_implementations(exercise) else []
        count += len(drills)
        path = exercise.folder / FILE
        text = as_json(drills) if drills else None
        if (path.read_text(encoding="utf-8") if path.is_file() else None) == text:
            continue
        stale.append(exercise.name)
        if not check and text is None:
            path.unlink()
        elif not check and text is not None:
            path.write_text(text, encoding="utf-8")
    if check and stale:
        raise click.ClickException(f"{FILE} of {', '.join(stale)} is stale: run `{COMMAND}`")
    plural = "" if len(exercises) == 1 else "s"
    click.echo(f"{count} drills in {len(exercises)} exercise{plural}")


if __name__ == "__main__":
    main()
