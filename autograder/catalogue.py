"""Finds a course and reads its catalogue, course.toml, which lists its exercises in order.

A course is a folder that contains `exercises/course.toml`; this kit's own course has the file in
`autograder/exercises/`. `load` finds the course that contains a path or the current folder.
"""

import difflib
import importlib
import os
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from autograder.text import UserError

PACKAGE = Path(__file__).resolve().parent
CATALOGUE = "course.toml"
# Below a course's top folder, the exercises are in one of these; this kit uses the second.
EXERCISES_FOLDERS = ("exercises", "autograder/exercises")
OWN_EXERCISES = PACKAGE / "exercises"


@dataclass(frozen=True)
class Exercise:
    """One function or class to write, worth points.

    Attributes:
        name: the name of the function or class to write.
        assignment: the name of its assignment.
        file: the Python file, in the assignment's folder, that it is written in.
        points: the highest score.
        needs: the exercises whose functions it calls.
        measured_against: the exercises that its checks compare it with, for example in speed. A
            substitute for one of them serves the checks; this exercise's code cannot call it.
        hints: a few sentences, from the idea to nearly the code.
        slow: whether its checks take too long to run at every save.
        measures: whether its checks measure an accuracy, which the class report shows.
        when_passed: one sentence for the learner who has just passed it; "" for none.
        folder: the folder of its checks, pitfalls and probes.
    """

    name: str
    assignment: str
    file: str
    points: float
    needs: tuple[str, ...]
    hints: tuple[str, ...]
    slow: bool = False
    measures: bool = False
    when_passed: str = ""
    measured_against: tuple[str, ...] = ()
    folder: Path = field(default=Path(), compare=False)

    @property
    def path(self) -> str:
        """The path of its file, below a folder shaped like assignments/."""
        return f"{self.assignment}/{self.file}"

    @property
    def module(self) -> str:
        """The dotted name by which its file is imported."""
        return f"{self.assignment}.{self.file.removesuffix('.py')}"

    @property
    def public_checks(self) -> Path:
        """The file of the checks that learners have."""
        return self.folder / "public.py"

    @property
    def hidden_checks(self) -> Path:
        """The file of the checks that only graders have."""
        return self.folder / "hidden.py"

    @property
    def check_files(self) -> tuple[Path, ...]:
        """Its check files that exist here, public ones first."""
        return tuple(p for p in (self.public_checks, self.hidden_checks) if p.is_file())


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
    """The whole catalogue, in course order.

    Attributes:
        title: of the course.
        assignments: in course order.
        name: the name of the handout's folder and zip.
        folder: the course's top folder.
        exercises_folder: the folder of course.toml, with a folder for each exercise below it.
        commands: the course's own commands: name and "module:function" of a click command.
        packages: the course's own packages that learners import, in addition to the exercises.
        rests_on: the files of these packages that results depend on.
        advice: the module below exercises_folder that explains exceptions; "" for none.
        self_assessment: the page that lists abilities; "" for none.
        pages: the pages and folders below the top folder that learners get.
        readme: the README of what learners get, below exercises_folder; "" for a general one.
    """

    title: str
    assignments: tuple[Assignment, ...]
    name: str = "course"
    folder: Path = field(default=Path(), compare=False)
    exercises_folder: Path = field(default=Path(), compare=False)
    commands: dict[str, str] = field(default_factory=dict, compare=False)
    packages: tuple[str, ...] = ()
    rests_on: tuple[str, ...] = ()
    advice: str = ""
    self_assessment: str = ""
    pages: tuple[str, ...] = ()
    readme: str = ""

    @property
    def exercises(self) -> tuple[Exercise, ...]:
        return tuple(e for assignment in self.assignments for e in assignment.exercises)

    def __hash__(self) -> int:
        return hash((self.title, self.exercises_folder))

    @property
    def solutions(self) -> Path:
        """The folder of solved exercises: solutions/, or reference/ in an installed wheel."""
        beside = self.folder / "solutions"
        if not beside.is_dir() and self.exercises_folder == OWN_EXERCISES:
            return PACKAGE / "reference"
        return beside

    @property
    def import_root(self) -> Path:
        """The folder on sys.path from which the files of the exercises are imported."""
        own = self.exercises_folder == OWN_EXERCISES
        return PACKAGE.parent if own else self.exercises_folder.parent

    def module(self, *place: str) -> ModuleType:
        """Import a file of the course's exercises, such as ("shared", "cases").

        Args:
            place: the folders and the file below exercises_folder, without ".py".
        """
        root = self.import_root
        if str(root) not in sys.path:
            sys.path.insert(0, str(root))
        package = self.exercises_folder.relative_to(root).parts
        return importlib.import_module(".".join((*package, *place)))

    def has_module(self, *place: str) -> bool:
        """Whether the file exists that `module` would import."""
        return self.exercises_folder.joinpath(*place).with_suffix(".py").is_file()

    def assignment(self, name: str) -> Assignment:
        """The assignment with this name or short name, such as a1; UserError if there is none."""
        for assignment in self.assignments:
            if assignment.name == name or assignment.name.split("_")[0] == name:
                return assignment
        known = ", ".join(assignment.name for assignment in self.assignments)
        raise UserError(f"there is no assignment {name!r}; there are {known}")

    def exercise(self, name: str) -> Exercise:
        """The exercise with this name; UserError if there is none."""
        for exercise in self.exercises:
            if exercise.name == name:
                return exercise
        names = [e.name for e in self.exercises]
        near = difflib.get_close_matches(name, names, n=3, cutoff=0.7) or [
            known for known in names if len(name) > 2 and name.lower() in known.lower()
        ]
        rest = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(names)}"
        raise UserError(f"there is no exercise {name!r}; {rest}")

    def select(self, exercise: str | None, assignment: str | None) -> tuple[Exercise, ...]:
        """The exercises that the options --exercise and --assignment select; all by default."""
        chosen = self.exercises
        if assignment is not None:
            chosen = self.assignment(assignment).exercises
        if exercise is not None:
            one = self.exercise(exercise)
            if one not in chosen:
                raise UserError(f"{exercise} belongs to {one.assignment}, not to {assignment}")
            chosen = (one,)
        return chosen

    def present(self, exercises: tuple[Exercise, ...], folder: Path) -> tuple[Exercise, ...]:
        """Leave out extra-credit assignments that `folder` does not have: they are optional."""
        voluntary = {assignment.name for assignment in self.assignments if assignment.extra_credit}
        return tuple(
            e
            for e in exercises
            if e.assignment not in voluntary or (folder / e.assignment).is_dir()
        )

    def all_needs(self, exercise: Exercise) -> Iterator[Exercise]:
        """The exercises that `exercise` calls, directly or indirectly, in course order."""
        wanted = set(exercise.needs)
        for earlier in reversed(self.exercises[: self.exercises.index(exercise)]):
            if earlier.name in wanted:
                wanted.update(earlier.needs)
        return (e for e in self.exercises if e.name in wanted)


def _points(entry: dict[str, Any]) -> float:
    points = entry["points"]
    if isinstance(points, bool) or not isinstance(points, int | float):
        raise UserError(f"course.toml: {entry['name']}: points = {points!r} is not a number")
    return float(points)


def read(text: str, exercises_folder: Path = Path("exercises"), folder: Path = Path()) -> Course:
    """Build the course from the text of a course.toml.

    Args:
        text: the content of course.toml.
        exercises_folder: the folder that contains course.toml.
        folder: the course's top folder.

    Raises:
        UserError: if a name occurs twice, an exercise needs or is measured against a later
            one, points are not positive, or a field is missing.
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
                        points=_points(e),
                        needs=tuple(e["needs"]),
                        hints=tuple(e["hints"]),
                        slow=e.get("slow", False),
                        measures=e.get("measures", False),
                        when_passed=e.get("when_passed", ""),
                        measured_against=tuple(e.get("measured_against", ())),
                        folder=exercises_folder / a["name"] / e["name"],
                    )
                    for e in a["exercise"]
                ),
            )
            for a in data["assignment"]
        )
        course = Course(
            title=data["title"],
            assignments=assignments,
            name=data.get("name", "course"),
            folder=folder,
            exercises_folder=exercises_folder,
            commands=dict(data.get("commands", {})),
            packages=tuple(data.get("packages", ())),
            rests_on=tuple(data.get("rests_on", ())),
            advice=data.get("advice", ""),
            self_assessment=data.get("self_assessment", ""),
            pages=tuple(data.get("pages", ())),
            readme=data.get("readme", ""),
        )
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise UserError(f"course.toml: {type(error).__name__}: {error}") from error
    seen: set[str] = set()
    for exercise in course.exercises:
        if exercise.name in seen:
            raise UserError(f"course.toml: {exercise.name} stands twice")
        if not 0 < exercise.points < float("inf"):
            raise UserError(f"course.toml: {exercise.name} needs points above 0")
        for need in exercise.needs:
            if need not in seen:
                raise UserError(f"course.toml: {exercise.name} needs {need}, not before it")
        for other in exercise.measured_against:
            if other not in seen:
                raise UserError(
                    f"course.toml: {exercise.name} is measured against {other}, not before it"
                )
        seen.add(exercise.name)
    return course


_chosen: list[Path] = []


def choose(start: Path) -> Course:
    """Load the course that contains `start` and make it this process's default; see `load`."""
    _chosen[:] = [start]
    return load()


def load(start: Path | None = None) -> Course:
    """Return the course that contains a path; most callers pass no path.

    It tries `start`, then the path given to `choose`, then the current folder. If none of them
    is inside a course, it returns this kit's own course.

    Args:
        start: a path in the course; it need not exist.

    Raises:
        UserError: if the course's course.toml is invalid.
    """
    for place in (start, *_chosen, Path.cwd()):
        found = None if place is None else find_exercises(place)
        if found is not None:
            return _read(*found)
    return _read(OWN_EXERCISES, PACKAGE.parent)


def load_for_marks(start: Path) -> Course:
    """Like `load`, but for grading: a submission must not be able to choose the course.

    It returns the course of `choose` or of the current folder. It returns the course that
    contains `start` only if that one is inside the first and not in a folder "submitted".
    """
    here = find_exercises(_chosen[0] if _chosen else Path.cwd())
    there = find_exercises(start)
    if here is not None and there is not None and there[1] != here[1]:
        inside = there[1].is_relative_to(here[1])
        if inside and "submitted" not in there[1].relative_to(here[1]).parts:
            return _read(*there)
    return load()


def find_exercises(start: Path) -> tuple[Path, Path] | None:
    """Find the course that contains a path: its exercises folder and top folder, or None."""
    where = Path(os.path.abspath(start))
    for folder in (where, *where.parents):
        for name in EXERCISES_FOLDERS:
            if (folder / name / CATALOGUE).is_file():
                found = (folder / name).resolve()
                # A search that starts inside autograder/ finds exercises/ directly below it, but
                # the top folder is the parent of autograder/.
                return found, PACKAGE.parent if found == OWN_EXERCISES else folder.resolve()
    return None


@cache
def _read(exercises_folder: Path, folder: Path) -> Course:
    text = (exercises_folder / CATALOGUE).read_text(encoding="utf-8")
    return read(text, exercises_folder, folder)
