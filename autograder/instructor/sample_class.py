"""The sample class in examples/class/: each student's code, merged into the solutions.

A student's folder holds `student.toml` (who), `expected.toml` (the expected verdicts) and, at
<assignment>/<file>, only the code that differs from the solution. The body of a function or method
replaces the solution's body; all other code is put below the imports.
"""

import ast
import re
import shutil
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.catalogue import PACKAGE, load
from autograder.judging.stubs import BEGIN, END, cut

FOLDER = PACKAGE.parent / "examples" / "class"
_REGION = re.compile(rf"^[ \t]*{BEGIN}\n(.*?)^[ \t]*{END}\n", re.MULTILINE | re.DOTALL)
_STUB = re.compile(
    r'^[ \t]*# YOUR CODE HERE: (\w+) .*\n[ \t]*raise NotImplementedError\("\1"\)\n', re.MULTILINE
)
# Regular expressions instead of a parser: a student's code may have syntax errors.
_TOP = re.compile(r"^(?:def|class) (\w+).*:\n((?:[ \t].*\n|\n)*)", re.MULTILINE)
_METHOD = re.compile(r"^    def (\w+).*:\n((?: {8}.*\n|\n)*)", re.MULTILINE)


@dataclass(frozen=True)
class Student:
    """A made-up student.

    Attributes:
        id: the folder's name.
        name: the full name.
        shows: what the submission is an example of.
        has_notebook: whether the released notebook is handed in with the code.
        hostile: whether the code attacks the grader; it is never run without a sandbox.
        hands_in: names of assignments.
        unwritten: assignments and exercises that are still stubs.
        folder: in examples/class/.
    """

    id: str
    name: str
    shows: str
    hands_in: tuple[str, ...]
    folder: Path
    has_notebook: bool = True
    hostile: bool = False
    unwritten: tuple[str, ...] = ()

    def expected(self) -> dict[str, dict[str, Any]]:
        """Status, score and pitfall of each exercise that does not get all its points."""
        return tomllib.loads((self.folder / "expected.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class SampleClass:
    """The made-up students, and the due date of each assignment."""

    due: dict[str, str] = field(default_factory=dict)
    students: tuple[Student, ...] = ()

    def __getitem__(self, student: str) -> Student:
        return next(one for one in self.students if one.id == student)


def sample_class() -> SampleClass:
    """Read examples/class/: a student for each folder with a `student.toml`."""
    due = tomllib.loads((FOLDER / "class.toml").read_text(encoding="utf-8"))["due"]
    students = []
    for path in sorted(FOLDER.glob("*/student.toml")):
        about = tomllib.loads(path.read_text(encoding="utf-8"))
        about["hands_in"] = tuple(about.get("hands_in", due))
        about["unwritten"] = tuple(about.get("unwritten", ()))
        students.append(Student(id=path.parent.name, folder=path.parent, **about))
    return SampleClass(due, tuple(students))


def hand_in(
    student: Student, target: Path, assignments: Sequence[str] | None = None, text: str = ""
) -> Path:
    """Write a student's submissions into <target>/<assignment>/: *.py and *.txt, no notebooks.

    Args:
        student: the student.
        target: the folder for them, such as submitted/<student>; it need not exist.
        assignments: which of the student's; None means all.
        text: a comment for the end of each file; the student's name, if "". Equal files are judged
            only once, and this makes them differ.

    Returns:
        target.
    """
    for name in student.hands_in if assignments is None else assignments:
        folder = target / name
        folder.mkdir(parents=True, exist_ok=True)
        for file in load().assignment(name).files:
            written = written_code(student, name, file)
            (folder / file).write_text(f"{written}\n# {text or student.name}\n", encoding="utf-8")
        for other in (student.folder / name).glob("*.txt"):
            shutil.copy(other, folder)
    return target


def written_code(student: Student, assignment: str, file: str) -> str:
    """A student's file: the stubs, each filled by the student's code or by the solution's.

    Args:
        student: the student.
        assignment: the name of one that the student hands in.
        file: one of the assignment's files.

    Raises:
        ValueError: if the student's folder has a body for a function without a stub.
    """
    course = load()
    solution = (course.solutions / assignment / file).read_text(encoding="utf-8")
    stub = cut(solution, course, assignment, file)
    own = student.folder / assignment / file
    bodies, rest = _bodies(own.read_text(encoding="utf-8") if own.is_file() else "", stub)
    answers = iter(_REGION.findall(solution))
    used: set[str] = set()

    def fill(found: re.Match[str]) -> str:
        answer = next(answers)
        place = _place(stub, stub.count("\n", 0, found.start()) + 1)
        used.add(place)
        if place in bodies:
            return bodies[place]
        unwritten = {found[1], assignment} & set(student.unwritten)
        return found[0] if unwritten else answer

    filled = _STUB.sub(fill, stub)
    if unknown := set(bodies) - used:
        raise ValueError(f"{own}: nothing to fill in for {', '.join(sorted(unknown))}")
    if not rest:
        return filled
    first = re.search(r"^(?:def|class|@)", filled, re.MULTILINE)
    assert first is not None, f"{assignment}/{file} holds no function"
    return f"{filled[: first.start()].rstrip()}\n{rest}\n\n\n{filled[first.start() :]}"


def _bodies(own: str, stub: str) -> tuple[dict[str, str], str]:
    """A student's code: the bodies by `function` or `Class.method`, and the remaining text."""
    known = {node.name for node in ast.parse(stub).body if hasattr(node, "name")}
    bodies = {}
    rest = own
    for found in _TOP.finditer(own):
        name, block = found[1], found[2]
        if name not in known:
            continue
        rest = rest.replace(found[0], "\n\n")
        if found[0].startswith("class"):
            for method in _METHOD.finditer(block):
                bodies[f"{name}.{method[1]}"] = method[2].rstrip() + "\n"
        else:
            bodies[name] = block.rstrip() + "\n"
    return bodies, rest.strip("\n")


def _place(stub: str, line: int) -> str:
    """The `function` or `Class.method` around a line."""
    names: list[str] = []
    nodes: Sequence[ast.stmt] = ast.parse(stub).body
    while True:
        around = [n for n in nodes if n.lineno <= line <= (n.end_lineno or n.lineno)]
        # A stub's comment is above the last statement of its function, so inside the function.
        if not around or not isinstance(around[0], ast.FunctionDef | ast.ClassDef):
            return ".".join(names)
        names.append(around[0].name)
        nodes = around[0].body
