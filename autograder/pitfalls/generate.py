"""Writes fingerprints.json from the bank, and prints the bank: what catches each, what is named.

    python -m autograder.pitfalls.generate [--check]

For instructors: it needs the wrong implementations and the solutions.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import click
import numpy as np

from autograder.catalogue import Course, Exercise, load
from autograder.grading.reference import load_reference, solutions_folder
from autograder.judging import fingerprints
from autograder.judging.judge import run_checks
from autograder.judging.learner import Learner, Patience
from autograder.judging.probes import PROBES
from autograder.pitfalls import WrongImplementation, wrong_implementations
from autograder.worker.host import Host, Outcome

COMMAND = "make pitfalls"
# A result that float32 computes may be off by this many steps of the rounding.
MARGIN = 5e-4
LEAST_EVIDENCE = 2


class BankError(Exception):
    """The bank cannot tell its mistakes apart; the sentence says which, and what to do."""


class BankHost(Host):
    """The solutions, with one exercise answered by other code.

    Args:
        exercise: the name of the exercise.
        code: the function or class that stands in its place.
    """

    def __init__(self, exercise: str, code: Any) -> None:
        super().__init__(solutions_folder())
        self._exercise, self._code = exercise, code

    def find(self, module: str, name: str) -> Outcome:
        if name == self._exercise:
            return Outcome(self.export(self._code))
        return super().find(module, name)


@dataclass
class Entry:
    """A wrong implementation, and what is known about it.

    Attributes:
        prints: what each probe finds.
        evidence: on how many probes it returns something else than the solution.
        caught_by: the failing checks, "public/..." or "hidden/...".
    """

    pitfall: WrongImplementation
    prints: list[str]
    evidence: int
    caught_by: list[str] = field(default_factory=list)


def take_prints(exercise: Exercise, code: Any) -> list[str]:
    """What each probe of the exercise finds in `code`.

    Raises:
        BankError: if a result lies so near the edge of its rounding that float32 might cross it.
    """
    learner = Learner(BankHost(exercise.name, code), load(), exercise, Patience())
    prints = []
    for number, probe in enumerate(PROBES[exercise.name], 1):
        prints.append(fingerprints.take_print(probe, learner))
        if prints[-1] == fingerprints.RAISES or " " in prints[-1]:
            continue
        with np.errstate(all="ignore"):
            distance = fingerprints.distance_to_an_edge(probe(learner))
        if distance < MARGIN:
            raise BankError(
                f"{exercise.name}, probe {number}: a number that {code.__name__} returns lies "
                f"{distance:.1e} steps from where its rounding changes; change the probe's inputs"
            )
    return prints


def examine(exercise: Exercise) -> list[Entry]:
    """All entries of one exercise.

    Raises:
        BankError: if two entries cannot be told apart, or one not from the solution.
    """
    right = take_prints(exercise, getattr(load_reference(), exercise.name))
    if fingerprints.RAISES in right:
        raise BankError(f"{exercise.name}: a probe breaks on the solution; mend the probe")
    entries: list[Entry] = []
    for pitfall in wrong_implementations(exercise):
        if not pitfall.sentence:
            raise BankError(f"{pitfall.id} has no sentence; give it a docstring")
        prints = take_prints(exercise, pitfall.code)
        evidence = sum(
            mine not in (theirs, fingerprints.RAISES)
            for mine, theirs in zip(prints, right, strict=True)
        )
        if evidence < LEAST_EVIDENCE:
            raise BankError(
                f"{pitfall.id} differs from the solution on {evidence} probes, and "
                f"{LEAST_EVIDENCE} are needed to name it; add a probe on which it shows"
            )
        for other in entries:
            if other.prints == prints:
                raise BankError(
                    f"{pitfall.id} and {other.pitfall.id} return the same for every probe; add a "
                    "probe on which they differ, or make one of the two"
                )
        entries.append(Entry(pitfall, prints, evidence))
    return entries


def bank(course: Course) -> dict[str, list[Entry]]:
    """All entries of all exercises."""
    return {e.name: examine(e) for e in course.exercises if wrong_implementations(e)}


def as_json(entries: dict[str, list[Entry]]) -> str:
    """The text of fingerprints.json."""
    form = {
        "generated": f"by `{COMMAND}` from autograder/pitfalls; do not edit",
        "pitfalls": {
            exercise: {
                entry.pitfall.id.split(".")[1]: {
                    "print": fingerprints.joined(exercise, entry.prints),
                    "sentence": entry.pitfall.sentence,
                }
                for entry in known
            }
            for exercise, known in entries.items()
        },
    }
    return json.dumps(form, indent=1, ensure_ascii=False) + "\n"


def caught_by(course: Course, exercise: Exercise, code: Any) -> list[str]:
    """The checks that fail for `code`."""
    results = run_checks(
        BankHost(exercise.name, code),
        course,
        (exercise,),
        reference=load_reference(),
        secret="the bank of pitfalls",
    )
    return [
        f"{'hidden' if check.hidden else 'public'}/{check.name}"
        for check in results[exercise.name].checks
        if not check.passed
    ]


def named(exercise: Exercise, code: Any) -> str | None:
    """The id by which `code` is recognised."""
    learner = Learner(BankHost(exercise.name, code), load(), exercise, Patience())
    pitfall = fingerprints.recognise(learner, exercise.name)
    return None if pitfall is None else pitfall.id


def table(course: Course, entries: dict[str, list[Entry]]) -> Iterator[str]:
    """A line for each entry: whether it is named, and what catches it."""
    count, missed_publicly, missed = 0, 0, 0
    for exercise in course.exercises:
        for entry in entries.get(exercise.name, []):
            entry.caught_by = caught_by(course, exercise, entry.pitfall.code)
            public = [c.removeprefix("public/") for c in entry.caught_by if c[:6] == "public"]
            hidden = [c.removeprefix("hidden/") for c in entry.caught_by if c[:6] == "hidden"]
            name = named(exercise, entry.pitfall.code)
            alone = "named alone" if name == entry.pitfall.id else f"NAMED {name}"
            count += 1
            missed_publicly += not public
            missed += not entry.caught_by
            yield f"{entry.pitfall.id}: {alone}, on {entry.evidence} probes"
            yield f"    public: {', '.join(public) or '-'}"
            yield f"    hidden: {', '.join(hidden) or '-'}"
    yield (
        f"{count} pitfalls; {missed} that no check catches, {missed_publicly} that no public "
        "check catches"
    )


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; exit status 1 if the file is stale.")
def main(check: bool) -> None:
    """Write autograder/judging/fingerprints.json and print the bank of known mistakes."""
    course = load()
    try:
        entries = bank(course)
    except BankError as error:
        raise click.ClickException(str(error)) from None
    text = as_json(entries)
    path = fingerprints.BANK
    if check:
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            raise click.ClickException(f"{path.name} is stale: run `{COMMAND}`")
        click.echo(f"{path.name} is up to date: {sum(map(len, entries.values()))} pitfalls")
        return
    path.write_text(text, encoding="utf-8")
    for line in table(course, entries):
        click.echo(line)


if __name__ == "__main__":
    main()
