"""Measures the checks: how many of all small changes to the solutions do they notice?

    python benchmarks/mutation_score.py [--exercise NAME] [--show]

Every mutant (see mutants.py) and every entry of the hand-written bank in autograder/pitfalls is
checked as a submission is. Mutants that change nothing a learner's function promises are listed
in equivalent_mutants.toml, each with the reason; they do not count. Writes
docs/mutation-score.md; exit status 1 if the score is below the gate.
"""

import contextlib
import hashlib
import importlib.util
import inspect
import io
import sys
import time
import tomllib
import types
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import click
import numpy as np

from autograder import cases
from autograder import learner as learner_module
from autograder.catalogue import PACKAGE, Course, Exercise, load
from autograder.learner import Learner, LearnerError, Patience
from autograder.pitfalls import wrong_implementations
from autograder.pitfalls.generate import BankHost
from autograder.reference import load_reference, solutions_folder

sys.path.insert(0, str(Path(__file__).parent))

from mutants import Mutant, mutants  # noqa: E402

EQUIVALENT = Path(__file__).parent / "equivalent_mutants.toml"
PAGE = PACKAGE.parent / "docs" / "mutation-score.md"
COMMAND = "make mutants"
SECRET = "the mutation score"
# Of what is not equivalent: caught at all, and by a public check.
GATE, PUBLIC_GATE = 0.98, 0.85
SECONDS_A_CALL = 2.0


class MutantsError(Exception):
    """The list of equivalent mutants does not fit the solutions; the sentence says how."""


@dataclass
class Caught:
    """Who noticed a mutant.

    Attributes:
        public, hidden: the first check of each kind that failed, or "".
        crashed: whether that was for an exception in the mutant, and not for what it returned.
    """

    public: str = ""
    hidden: str = ""
    crashed: bool = False


@dataclass
class Tally:
    """What became of the mutants of one exercise.

    Attributes:
        caught: every mutant that is not equivalent, and who noticed it.
        equivalent: those that are, and why.
    """

    exercise: str
    caught: list[tuple[Mutant, Caught]] = field(default_factory=list)
    equivalent: list[tuple[Mutant, str]] = field(default_factory=list)

    def count(self, kind: str) -> int:
        return sum(bool(getattr(caught, kind)) for _, caught in self.caught)

    @property
    def survivors(self) -> list[Mutant]:
        return [mutant for mutant, caught in self.caught if not (caught.public or caught.hidden)]


@cache
def check_functions(exercise: Exercise) -> list[tuple[str, bool, Path, Callable[..., None]]]:
    """The checks of an exercise: name, whether hidden, file, function."""
    found = []
    for folder in ("hidden", "checks"):
        path = PACKAGE / folder / exercise.check_file
        if not path.is_file():
            continue
        spec = importlib.util.spec_from_file_location(f"{folder}.{exercise.name}", path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        for name, function in vars(module).items():
            if name.startswith("test_"):
                found.append((name, folder == "hidden", path, function))
    return found


def who_catches(course: Course, exercise: Exercise, code: Any) -> Caught:
    """Run the checks on `code` in the exercise's place, of each kind until one fails.

    They are called as plain functions, without pytest around them: for thousands of mutants.
    """
    caught, patience = Caught(), Patience()
    host = BankHost(exercise.name, code)
    for name, hidden, path, check in check_functions(exercise):
        if caught.hidden if hidden else caught.public:
            continue
        given: dict[str, Any] = {
            "learner": Learner(host, course, exercise, patience),
            "reference": load_reference(),
            "rng": _random_numbers(path, name),
            "record_property": lambda *_: None,
        }
        try:
            check(**{key: given[key] for key in inspect.signature(check).parameters})
        except Exception as error:
            if hidden:
                caught.hidden = name
            else:
                caught.public = name
            caught.crashed = isinstance(error, LearnerError) and error.failure.kind != "input"
    return caught


def _random_numbers(path: Path, check: str) -> np.random.Generator:
    """As the judge makes them: from a secret and the check's name."""
    digest = hashlib.sha256(f"{SECRET}/{path.stem}/{check}".encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:8], "big"))


def code_of(exercise: Exercise, source: str) -> Any:
    """The exercise's function or class out of a whole file."""
    module = types.ModuleType(exercise.module)
    exec(compile(source, exercise.path, "exec"), vars(module))
    return getattr(module, exercise.name)


@contextlib.contextmanager
def measuring() -> Iterator[None]:
    """Quiet and quick: nothing is shrunk, since nobody reads why a mutant failed."""
    tries, limit = cases.MOST_TRIES, learner_module.TIME_LIMIT
    cases.MOST_TRIES, learner_module.TIME_LIMIT = 0, SECONDS_A_CALL
    sys.path.insert(0, str(solutions_folder()))
    try:
        with (
            contextlib.redirect_stdout(io.StringIO()),
            warnings.catch_warnings(),
            np.errstate(all="ignore"),
        ):
            warnings.simplefilter("ignore")
            yield
    finally:
        sys.path.remove(str(solutions_folder()))
        cases.MOST_TRIES, learner_module.TIME_LIMIT = tries, limit


def equivalent_mutants() -> dict[str, str]:
    """Mutants that are right, as text, and why."""
    listed = tomllib.loads(EQUIVALENT.read_text(encoding="utf-8"))
    return {
        f"{exercise}: `{before}` -> `{after}`": entry["reason"]
        for exercise, entries in listed.items()
        for entry in entries
        for before, after in entry["mutants"]
    }


def measure(course: Course, exercises: tuple[Exercise, ...]) -> list[Tally]:
    """Check every mutant of these exercises.

    Raises:
        MutantsError: if the list of equivalent mutants names one that there is not.
    """
    equivalent = equivalent_mutants()
    names = {exercise.name for exercise in exercises}
    unknown = {text for text in equivalent if text.split(":")[0] in names}
    tallies = []
    with measuring():
        for exercise in exercises:
            tally = Tally(exercise.name)
            for mutant in mutants(exercise, solutions_folder()):
                if str(mutant) in equivalent:
                    unknown.discard(str(mutant))
                    tally.equivalent.append((mutant, equivalent[str(mutant)]))
                    continue
                caught = who_catches(course, exercise, code_of(exercise, mutant.source))
                tally.caught.append((mutant, caught))
            tallies.append(tally)
    if unknown:
        raise MutantsError(f"{EQUIVALENT.name} lists what is no mutant: {min(unknown)}")
    return tallies


@click.command()
@click.option("--exercise", "name", help="Only this one; nothing is written.")
@click.option("--show", is_flag=True, help="Show the mutants that no public check catches.")
def main(name: str | None, show: bool) -> None:
    """Measure the checks and write docs/mutation-score.md."""
    course, start = load(), time.monotonic()
    exercises = (course.exercise(name),) if name else tuple(course.exercises)
    tallies = measure(course, exercises)
    for tally in tallies:
        print(tally.exercise, len(tally.caught), tally.count("hidden"), tally.count("public"))
        for mutant, caught in tally.caught:
            if not caught.hidden or (show and not caught.public):
                kind = "PUBLIC " if not caught.public else ""
                print("   ", kind + ("HIDDEN" if not caught.hidden else ""), mutant)
    print(time.monotonic() - start)


if __name__ == "__main__":
    main()
