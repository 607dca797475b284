"""`autograder new-exercise`: writes the skeleton files of an exercise, which work unchanged.

The skeleton's exercise doubles its argument. Every file is complete, so that an author can replace
and try one part at a time; docs/adding-an-exercise.md shows this step by step.
"""

import io
import keyword
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from autograder.catalogue import CATALOGUE, Assignment, Course, load, read
from autograder.console import console
from autograder.text import UserError

PUBLIC = '''\
"""{name}: what learners can check themselves."""

import numpy as np

from autograder.checking import agree


def test_small_example(learner):
    """Two numbers are doubled, as on paper."""
    agree(learner.{name}(np.array([1.0, -2.5])), [2.0, -5.0], "out")
'''
HIDDEN = '''\
"""{name} on random numbers, for graders only."""

from autograder.checking import agree


def test_random_numbers(learner, reference, rng):
    """Arrays of every shape come out right."""
    for shape in ((6,), (3, 4), (2, 3, 4)):
        x = rng.standard_normal(shape)
        agree(learner.{name}(x), reference.{name}(x), "out")
'''
PITFALLS = '''\
"""Known mistakes in {name}."""

import numpy as np


def unchanged(x: np.ndarray) -> np.ndarray:
    """It returns x as it came. Every number has to be doubled."""
    return x.copy()
'''
PROBES = '''\
"""Probes of {name}."""

from typing import Any

import numpy as np

from autograder.checking import Probe


def _doubles(*numbers: float) -> Probe:
    def ask(learner: Any) -> Any:
        return learner.{name}(np.array(numbers))

    return Probe(ask)


PROBES: tuple[Probe, ...] = (_doubles(1.0, -2.5, 0.5), _doubles(3.5, 4.0), _doubles(-1.5))
'''
SOLUTION = '''\
def {name}(x: np.ndarray) -> np.ndarray:
    """Double every number.

    Args:
        x: any shape.

    Returns:
        a new array with the shape of `x`.

    Example:
        >>> {name}(np.array([1.0, -2.5])).tolist()
        [2.0, -5.0]
    """
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION
'''
NEW_FILE = '''\
"""{title}."""

import numpy as np


'''
ENTRY = """\
[[assignment.exercise]]
name = "{name}"
file = "{file}"
points = {points:g}
needs = []
when_passed = "You can now double all numbers of an array at once."
hints = [
    "What happens to one number?",
    "NumPy multiplies all numbers of an array at once.",
]
"""
FILES = {"public.py": PUBLIC, "hidden.py": HIDDEN, "pitfalls.py": PITFALLS, "probes.py": PROBES}


@dataclass(frozen=True)
class NewExercise:
    """The facts that an author gives about a new exercise.

    Attributes:
        name: the name of its function.
        assignment: the assignment to whose end it is added.
        file: the Python file, in the assignment's folder, that it is written in.
        points: the highest score.
    """

    name: str
    assignment: Assignment
    file: str
    points: float


def write_skeletons(course: Course, new: NewExercise) -> list[Path]:
    """Write an exercise's folder, function, notebook cell and entry in course.toml.

    All texts are made and validated before the first file is written.

    Args:
        course: the course to which the exercise is added.
        new: the facts about the exercise.

    Returns:
        the paths of the new and changed files.

    Raises:
        UserError: if the name or a file is taken, a name cannot be used in Python, a file of
            the course is missing or has another form.
    """
    _require_sense(course, new)
    catalogue = course.exercises_folder / CATALOGUE
    notebook = course.folder / "source" / new.assignment.name / f"{new.assignment.name}.ipynb"
    solution = course.folder / "solutions" / new.assignment.name / new.file
    texts = {
        course.exercises_folder / new.assignment.name / new.name / file: text.format(name=new.name)
        for file, text in FILES.items()
    }
    texts[solution] = _with_function(solution, new)
    texts[notebook] = _with_cell(notebook, new)
    texts[catalogue] = _with_entry(catalogue, new)
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return list(texts)


def _require_sense(course: Course, new: NewExercise) -> None:
    if not new.name.isidentifier() or keyword.iskeyword(new.name) or new.name.startswith("_"):
        raise UserError(f"{new.name!r} cannot be the name of a function that learners write")
    if new.name in {exercise.name for exercise in course.exercises}:
        raise UserError(f"there is an exercise {new.name} already; choose another name")
    if not re.fullmatch(r"[a-z][a-z0-9_]*\.py", new.file):
        raise UserError(
            f"{new.file!r} cannot be imported by learners; name a file such as layers.py"
        )
    if not 0 < new.points < float("inf"):
        raise UserError(f"{new.points:g} points are not above 0")
    folder = course.exercises_folder / new.assignment.name / new.name
    if folder.exists():
        raise UserError(f"{folder} is there already; move it away, or choose another name")


def _with_function(path: Path, new: NewExercise) -> str:
    """The text of the solution's file with the new function at its end."""
    text = NEW_FILE.format(title=new.assignment.title) if not path.is_file() else _text(path)
    if re.search(rf"^(?:def|class) {new.name}\b", text, re.MULTILINE):
        raise UserError(f"{path} defines {new.name} already; choose another name")
    if not re.search(r"^import numpy as np$", text, re.MULTILINE):
        raise UserError(f"{path} has no line `import numpy as np`, which the skeleton needs")
    return f"{text.rstrip()}\n\n\n{SOLUTION.format(name=new.name)}"


def _with_cell(path: Path, new: NewExercise) -> str:
    """The text of the notebook with a graded cell after the assignment's last one."""
    import nbformat

    try:
        notebook: Any = nbformat.reads(_text(path), as_version=4)
    except nbformat.reader.NotJSONError as error:
        raise UserError(f"{path} is not a notebook: {error}") from error
    task = nbformat.v4.new_markdown_cell(
        f"### {new.name}\n\nDouble every number.", id=f"task-{new.name}"
    )
    task.metadata["nbgrader"] = _nbgrader("markdown", f"text_task_{new.name}")
    graded = nbformat.v4.new_code_cell(f'check("{new.name}")', id=f"check-{new.name}")
    graded.metadata["nbgrader"] = {
        **_nbgrader("code", new.name),
        "grade": True,
        "points": new.points,
    }
    places = [
        place
        for place, cell in enumerate(notebook.cells)
        if cell.metadata.get("nbgrader", {}).get("grade")
    ]
    after = places[-1] + 1 if places else len(notebook.cells)
    notebook.cells[after:after] = [task, graded]
    stream = io.StringIO()
    nbformat.write(notebook, stream)
    return stream.getvalue().rstrip("\n") + "\n"


def _nbgrader(kind: str, name: str) -> dict[str, Any]:
    return {
        "cell_type": kind,
        "grade": False,
        "grade_id": name,
        "locked": True,
        "schema_version": 3,
        "solution": False,
        "task": False,
    }


def _with_entry(path: Path, new: NewExercise) -> str:
    """The text of course.toml with an entry at the end of the assignment."""
    text = _text(path)
    starts = [found.start() for found in re.finditer(r"^\[\[assignment\]\]", text, re.MULTILINE)]
    ends = [*starts[1:], len(text)]
    for start, end in zip(starts, ends, strict=True):
        block = text[start:end]
        if not re.search(rf'^name = "{new.assignment.name}"', block, re.MULTILINE):
            continue
        # Comments above the next assignment belong to that assignment.
        block = re.sub(r"(?:^#.*\n|^\s*\n)+\Z", "", block, flags=re.MULTILINE)
        entry = ENTRY.format(name=new.name, file=new.file, points=new.points)
        rest = text[start + len(block) :].lstrip("\n")
        changed = f"{text[:start]}{block.rstrip()}\n\n{entry}" + (f"\n{rest}" if rest else "")
        try:
            read(changed)
        except UserError as error:
            raise UserError(f"{path} would not be right: {error}") from error
        return changed
    raise UserError(
        f'{path} has no line name = "{new.assignment.name}" below an [[assignment]]: add the entry '
        "by hand"
    )


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path} cannot be read, and the exercise needs it: {error}") from error


@click.command("new-exercise")
@click.argument("name")
@click.option("--assignment", required=True, metavar="NAME", help="The assignment it is added to.")
@click.option("--file", metavar="FILE.py", help="Where learners write it; the assignment's last.")
@click.option("--points", type=float, default=5.0, show_default=True, help="What it is worth.")
def new_exercise(name: str, assignment: str, file: str | None, points: float) -> None:
    """Write the skeletons of an exercise: its folder, function, notebook cell and entry."""
    course = load()
    if not (course.folder / "source").is_dir():
        raise UserError(
            f"{course.folder} has no source/: exercises are added in a checkout of the course"
        )
    where = course.assignment(assignment)
    new = NewExercise(name, where, file or where.files[-1], points)
    for path in write_skeletons(course, new):
        console.print(str(path.relative_to(course.folder)), soft_wrap=True)
    if new.file not in where.files:
        console.print(f"{new.file} is a new file of {assignment}: learners get it as one more file")
    console.print(
        "next: fill them in, step by step as in docs/adding-an-exercise.md; at the end: "
        f"make pitfalls EX={name}, make release, make pictures, make mutants"
    )
