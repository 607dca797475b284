"""Measures the checks: how many mutants of the solutions do they catch?

    python -m autograder.author.mutation_score [--exercise NAME] [--show]

The public and hidden checks run on every mutant (see mutants.py) and every known mistake (the
exercises' pitfalls.py). Mutants that still do what the exercise asks for are listed in
exercises/equivalent_mutants.toml, each with the reason; they do not count. Writes
docs/mutation-score.md; the exit status is 1 if the score is below the gate.
"""

import contextlib
import hashlib
import inspect
import io
import sys
import time
import tomllib
import types
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import click
import numpy as np

from autograder.author.bank import BankHost
from autograder.author.mutants import Mutant, mutants
from autograder.author.pitfalls import wrong_implementations
from autograder.catalogue import PACKAGE, Course, Exercise, load
from autograder.judging import learner as learner_module
from autograder.judging.learner import Learner, LearnerError, TimeBudget
from autograder.judging.reference import load_reference
from autograder.text import UserError

EQUIVALENT = PACKAGE / "exercises" / "equivalent_mutants.toml"
PAGE = PACKAGE.parent / "docs" / "mutation-score.md"
COMMAND = "make mutants"
SECRET = "the mutation score"
# The least shares of the mutants that are not equivalent: for all checks, for public ones.
GATE, PUBLIC_GATE = 0.98, 0.85
SECONDS_A_CALL = 2.0


@dataclass
class Caught:
    """Which checks caught a mutant.

    Attributes:
        public, hidden: the first check of each kind that failed, or "".
        crashed: whether they failed only because the mutant raised, not because of a result.
    """

    public: str = ""
    hidden: str = ""
    crashed: bool = False


@dataclass(frozen=True)
class Reason:
    """Why a mutant does not count.

    Attributes:
        text: one sentence.
        precision: whether its numbers are right but have the other precision, float32 or float64.
    """

    text: str
    precision: bool = False


@dataclass
class Tally:
    """The results for the mutants of one exercise.

    Attributes:
        caught: every mutant that counts, with the checks that caught it.
        equivalent: every mutant that does not count, with the reason.
        known: every pitfall's id, with the checks that caught it.
    """

    exercise: str
    caught: list[tuple[Mutant, Caught]] = field(default_factory=list)
    equivalent: list[tuple[Mutant, Reason]] = field(default_factory=list)
    known: list[tuple[str, Caught]] = field(default_factory=list)

    @property
    def survivors(self) -> list[Mutant]:
        return [mutant for mutant, caught in self.caught if not (caught.public or caught.hidden)]


@cache
def check_functions(exercise: Exercise) -> list[tuple[str, bool, Callable[..., None]]]:
    """The checks of an exercise: name, whether hidden, function."""
    found = []
    for path in reversed(exercise.check_files):
        module = load().module(exercise.assignment, exercise.name, path.stem)
        for name, function in vars(module).items():
            if name.startswith("test_"):
                found.append((name, path == exercise.hidden_checks, function))
    return found


def who_catches(course: Course, exercise: Exercise, code: Any) -> Caught:
    """Run the checks on `code` as the exercise; of each kind, stop at the first that fails.

    The checks are called as plain functions, because pytest is too slow for thousands of mutants.
    """
    caught, time_budget = Caught(), TimeBudget()
    host = BankHost(exercise.name, code)
    for name, hidden, check in check_functions(exercise):
        if caught.hidden if hidden else caught.public:
            continue
        learner = Learner(host, course, exercise, time_budget)
        given: dict[str, Any] = {
            "learner": learner,
            "reference": load_reference(),
            "rng": _random_numbers(exercise, name),
            "record_property": lambda *_: None,
        }
        try:
            check(**{key: given[key] for key in inspect.signature(check).parameters})
            # The judge also fails a check for a fault of form, such as an input changed in place.
            noticed, crashed = bool(learner.forms), False
        except Exception as error:
            noticed, crashed = True, isinstance(error, LearnerError)
        if noticed:
            caught.crashed = crashed and (caught.crashed or not (caught.public or caught.hidden))
            if hidden:
                caught.hidden = name
            else:
                caught.public = name
    return caught


def _random_numbers(exercise: Exercise, check: str) -> np.random.Generator:
    """A generator seeded like the judge's: from a secret and the check's name."""
    digest = hashlib.sha256(f"{SECRET}/test_{exercise.name}/{check}".encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:8], "big"))


def code_of(exercise: Exercise, source: str) -> Any:
    """Execute the source of a whole file; return the exercise's function or class."""
    module = types.ModuleType(exercise.module)
    exec(compile(source, exercise.path, "exec"), vars(module))
    return getattr(module, exercise.name)


@contextlib.contextmanager
def measuring() -> Iterator[None]:
    """No output, a short time limit, and no shrinking: nobody reads why a mutant failed."""
    course = load()
    shrinking: Any = None
    if course.has_module("shared", "cases"):
        shrinking = course.module("shared", "cases")
    tries, limit = getattr(shrinking, "MOST_TRIES", None), learner_module.TIME_LIMIT
    learner_module.TIME_LIMIT = SECONDS_A_CALL
    if tries is not None:
        shrinking.MOST_TRIES = 0
    sys.path.insert(0, str(course.solutions))
    try:
        with (
            contextlib.redirect_stdout(io.StringIO()),
            warnings.catch_warnings(),
            np.errstate(all="ignore"),
        ):
            warnings.simplefilter("ignore")
            yield
    finally:
        sys.path.remove(str(course.solutions))
        learner_module.TIME_LIMIT = limit
        if tries is not None:
            shrinking.MOST_TRIES = tries


def equivalent_mutants() -> dict[str, Reason]:
    """The mutants that do not count, as text, each with the reason."""
    listed = tomllib.loads(EQUIVALENT.read_text(encoding="utf-8"))
    return {
        f"{exercise}: `{before}` -> `{after}`": Reason(
            entry["reason"], entry.get("precision", False)
        )
        for exercise, entries in listed.items()
        for entry in entries
        for before, after in entry["mutants"]
    }


def measure(course: Course, exercises: Iterable[Exercise], share: int = 1) -> list[Tally]:
    """Check the mutants of these exercises.

    Args:
        course: the catalogue.
        exercises: the exercises to measure.
        share: check one in this many mutants; 1 checks all of them, and the bank as well.

    Raises:
        UserError: if an entry in the list of equivalent mutants does not name exactly one mutant.
    """
    free = equivalent_mutants()
    tallies = []
    with measuring():
        for exercise in exercises:
            tally = Tally(exercise.name)
            every = mutants(exercise, load().solutions)
            texts = [str(mutant) for mutant in every]
            for text in (text for text in free if text.startswith(f"{exercise.name}:")):
                if texts.count(text) != 1:
                    raise UserError(
                        f"{EQUIVALENT.name}: {texts.count(text)} mutants are called {text}; "
                        "change the entry as the solution has changed"
                    )
            for number, mutant in enumerate(every):
                if str(mutant) in free:
                    tally.equivalent.append((mutant, free[str(mutant)]))
                elif number % share == 0:
                    caught = who_catches(course, exercise, code_of(exercise, mutant.source))
                    tally.caught.append((mutant, caught))
            if share == 1:
                tally.known = [
                    (wrong.id, who_catches(course, exercise, wrong.code))
                    for wrong in wrong_implementations(exercise)
                ]
            tallies.append(tally)
    return tallies


@dataclass
class Score:
    """Counts over mutants, or over the bank."""

    total: int
    public: int
    hidden: int
    either: int
    crashed: int

    @classmethod
    def of(cls, every: Iterable[Caught]) -> "Score":
        seen = list(every)
        return cls(
            len(seen),
            sum(bool(c.public) for c in seen),
            sum(bool(c.hidden) for c in seen),
            sum(bool(c.public or c.hidden) for c in seen),
            sum(c.crashed for c in seen),
        )

    def share(self, kind: str) -> float:
        return float(getattr(self, kind)) / self.total if self.total else 1.0


def score(tallies: Iterable[Tally]) -> Score:
    """The mutation score of all tallies together."""
    return Score.of(caught for tally in tallies for _, caught in tally.caught)


HEAD = f"""# The mutation score of the checks

Written by `{COMMAND}`; do not edit.

The solutions are broken in every small way there is, one change at a time (operators,
comparisons, constants, conditions, statements, arguments, axes, slices, `=` for `+=`, height for
width, and more: `autograder/author/mutants.py`), only in what a learner has to write. Each mutant
is then checked like a submission. One that fails no check is a mistake that somebody could hand in
and get full marks for.

The changes are the kit's own, since no general tool knows axes or slices. A general one was asked
once beside them: of 1,724 further mutants by the operators of cosmic-ray 8.7, 24 got through, all
of them equivalent (-2 for -1 in a reshape, more room than needed, a product of two conditions for
their `&`).
"""


def page(tallies: list[Tally]) -> str:
    """The text of docs/mutation-score.md."""
    every, known = score(tallies), Score.of(c for t in tallies for _, c in t.known)
    precision = sum(reason.precision for t in tallies for _, reason in t.equivalent)
    equivalent = sum(len(t.equivalent) for t in tallies)
    raised = every.total - every.crashed
    of_those = [c for t in tallies for _, c in t.caught if not c.crashed]
    noticed = sum(bool(c.public or c.hidden) for c in of_those)
    lines = [
        HEAD,
        f"**{every.share('either'):.1%}** of {every.total:,} mutants fail a check; "
        f"{every.share('hidden'):.1%} fail a hidden one, and {every.share('public'):.1%} a public "
        "one, which learners have at home.",
        "",
        f"- {every.crashed:,} of them raise an exception or do not end in the checks that fail. "
        f"Of the {raised:,} others, which give wrong numbers quietly, "
        f"{noticed / max(raised, 1):.1%} are noticed.",
        f"- {equivalent} more are equivalent and do not count; they are listed below with the "
        f"reason. In {precision} of these the numbers are right and only the precision is another "
        "one, which the checks leave free so that they fail nothing that is right. Counted as "
        f"missed, these would make the score {every.either / (every.total + precision):.1%}.",
        f"- Of the {known.total} known mistakes in the exercises' `pitfalls.py`, "
        f"{known.either} fail a check: {known.hidden} a hidden one, {known.public} a public one.",
        f"- The gate, in the kit's own tests: {GATE:.0%} fail a check and a hidden one, "
        f"{PUBLIC_GATE:.0%} a public one.",
        "",
        "| exercise | mutants | fail a public check | fail a hidden check | fail either "
        "| equivalent | known mistakes |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for tally in tallies:
        own = Score.of(caught for _, caught in tally.caught)
        if own.total:
            lines.append(
                f"| `{tally.exercise}` | {own.total} | {own.public} | {own.hidden} | {own.either} "
                f"| {len(tally.equivalent)} | {len(tally.known)} |"
            )
    lines += ["", "## What gets through", ""]
    survivors = [f"- {_code(mutant)}" for tally in tallies for mutant in tally.survivors]
    lines += survivors or ["Nothing."]
    lines += ["", "## Equivalent, and why", ""]
    for tally in tallies:
        reasons: dict[Reason, list[Mutant]] = {}
        for mutant, reason in tally.equivalent:
            reasons.setdefault(reason, []).append(mutant)
        for reason, those in reasons.items():
            lines += [f"**{tally.exercise}.** {reason.text}", "", *map(_as_item, those), ""]
    return "\n".join(lines).rstrip() + "\n"


def _as_item(mutant: Mutant) -> str:
    return f"- {_code(mutant)}"


def _code(mutant: Mutant) -> str:
    return f"`{mutant.before}` → `{mutant.after}`"


@click.command()
@click.option("--exercise", "name", help="Only this one; nothing is written.")
@click.option("--show", is_flag=True, help="Show also the mutants that only a hidden check fails.")
def main(name: str | None, show: bool) -> None:
    """Measure the checks and write docs/mutation-score.md."""
    course = load()
    try:
        exercises = course.exercises if name is None else (course.exercise(name),)
    except UserError as error:
        raise click.ClickException(str(error)) from None
    start = time.process_time()
    try:
        tallies = measure(course, exercises)
    except UserError as error:
        raise click.ClickException(str(error)) from None
    unnoticed = False
    for tally in tallies:
        for mutant, caught in tally.caught:
            if not (caught.public or caught.hidden):
                unnoticed = True
                click.echo(f"nothing notices  {mutant}")
            elif not caught.hidden:
                click.echo(f"only public      {mutant}")
            elif show and not caught.public:
                click.echo(f"only hidden      {mutant}")
    every = score(tallies)
    if unnoticed:
        click.echo(
            "For each mutant that nothing notices, write a check; if it always gives the same "
            f"results as the solution, write it into {EQUIVALENT}, with the reason."
        )
    click.echo(
        f"{every.total} mutants: {every.share('either'):.1%} fail a check, "
        f"{every.share('hidden'):.1%} a hidden one, {every.share('public'):.1%} a public one "
        f"({time.process_time() - start:.0f} s of processor time)"
    )
    if name is None:
        PAGE.write_text(page(tallies), encoding="utf-8")
    sys.exit(min(every.share("either"), every.share("hidden")) < GATE)


if __name__ == "__main__":
    main()
