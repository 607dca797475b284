"""Reads course.toml: which exercises there are, in which order, and what each needs."""

import difflib
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from autograder.text import ForAPerson

PACKAGE = Path(__file__).resolve().parent


class NotInCatalogue(ForAPerson, KeyError):
    """There is no assignment or exercise of that name."""

    __str__ = Exception.__str__  # KeyError's own would put the sentence into quotes


class CatalogueError(ForAPerson):
    """course.toml contradicts itself; the sentence says where."""


@dataclass(frozen=True)
class Exercise:
    """One thing to write, and to be given points for."""

    name: str
    assignment: str
    file: str
    points: float
    needs: tuple[str, ...]
    hints: tuple[str, ...]

    @property
    def path(self) -> str:
        """Where it is written, below a folder shaped like assignments/."""
        return f"{self.assignment}/{self.file}"

    @property
    def module(self) -> str:
        """The same place as a name to import."""
        return f"{self.assignment}.{self.file.removesuffix('.py')}"

    @property
    def check_file(self) -> str:
        """Its checks, below checks/ and below hidden/."""
        return f"{self.assignment}/test_{self.name}.py"


@dataclass(frozen=True)
class Assignment:
    """What is released, handed in and given back in one piece."""

    name: str
    title: str
    exercises: tuple[Exercise, ...]
    extra_credit: bool = False

    @property
    def points(self) -> float:
        return sum(exercise.points for exercise in self.exercises)

    @property
    def files(self) -> tuple[str, ...]:
        """The Python files that a learner hands in, each once."""
        return tuple(dict.fromkeys(exercise.file for exercise in self.exercises))


@dataclass(frozen=True)
class Course:
    """The whole catalogue, in course order."""

    title: str
    assignments: tuple[Assignment, ...]

    @property
    def exercises(self) -> tuple[Exercise, ...]:
        return tuple(e for assignment in self.assignments for e in assignment.exercises)

    def assignment(self, name: str) -> Assignment:
        """The assignment of this name, or short name, a1; NotInCatalogue if none."""
        for assignment in self.assignments:
            if assignment.name == name or assignment.name.split("_")[0] == name:
                return assignment
        known = ", ".join(assignment.name for assignment in self.assignments)
        raise NotInCatalogue(f"there is no assignment {name!r}; there are {known}")

    def exercise(self, name: str) -> Exercise:
        """The exercise of this name; NotInCatalogue if none."""
        for exercise in self.exercises:
            if exercise.name == name:
                return exercise
        names = [e.name for e in self.exercises]
        near = difflib.get_close_matches(name, names, n=3, cutoff=0.7) or [
            known for known in names if len(name) > 2 and name.lower() in known.lower()
        ]
        rest = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(names)}"
        raise NotInCatalogue(f"there is no exercise {name!r}; {rest}")

    def select(self, exercise: str | None, assignment: str | None) -> tuple[Exercise, ...]:
        """The exercises that --exercise and --assignment ask for; all, if neither is given."""
        chosen = self.exercises
        if assignment is not None:
            chosen = self.assignment(assignment).exercises
        if exercise is not None:
            one = self.exercise(exercise)
            if one not in chosen:
                raise NotInCatalogue(f"{exercise} belongs to {one.assignment}, not to {assignment}")
            chosen = (one,)
        return chosen

    def present(self, exercises: tuple[Exercise, ...], folder: Path) -> tuple[Exercise, ...]:
        """Without the extra credit that `folder` has no folder for: nobody owes it."""
        voluntary = {assignment.name for assignment in self.assignments if assignment.extra_credit}
        return tuple(
            e
            for e in exercises
            if e.assignment not in voluntary or (folder / e.assignment).is_dir()
        )

    def all_needs(self, exercise: Exercise) -> Iterator[Exercise]:
        """Everything that `exercise` calls, directly or through another, in course order."""
        wanted = set(exercise.needs)
        for earlier in reversed(self.exercises[: self.exercises.index(exercise)]):
            if earlier.name in wanted:
                wanted.update(earlier.needs)
        return (e for e in self.exercises if e.name in wanted)


def read(text: str) -> Course:
    """Build the course from the text of a course.toml.

    Raises:
        CatalogueError: if a name stands twice, a need comes later than what needs it, points
            are not positive, or a field is missing.
    """
    try:
        data = tomllib.loads(text)
        assignments = tuple(
            Assignment(
                name=a["name"],
                title=a["title"],
                extra_credit=a.get("extra_credit", False),
                exercises=tuple(
                    Exercise(
                        name=e["name"],
                        assignment=a["name"],
                        file=e["file"],
                        points=float(e["points"]),
                        needs=tuple(e["needs"]),
                        hints=tuple(e["hints"]),
                    )
                    for e in a["exercise"]
                ),
            )
            for a in data["assignment"]
        )
        course = Course(data["title"], assignments)
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise CatalogueError(f"course.toml: {type(error).__name__}: {error}") from error
    seen: set[str] = set()
    for exercise in course.exercises:
        if exercise.name in seen:
            raise CatalogueError(f"course.toml: {exercise.name} stands twice")
        if not 0 < exercise.points < float("inf"):
            raise CatalogueError(f"course.toml: {exercise.name} needs points above 0")
        for need in exercise.needs:
            if need not in seen:
                raise CatalogueError(f"course.toml: {exercise.name} needs {need}, not before it")
        seen.add(exercise.name)
    return course


@cache
def load() -> Course:
    """The course of this kit."""
    return read((PACKAGE / "course.toml").read_text(encoding="utf-8"))
