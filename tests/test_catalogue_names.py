"""The engine names no exercise, assignment, file or data set: it works for any course."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.catalogue import PACKAGE, load

pytestmark = pytest.mark.quick

COURSE = load()
ENGINE = [
    path
    for path in sorted(PACKAGE.rglob("*"))
    if path.suffix in (".py", ".j2", ".sh", ".json", ".toml", ".md")
    and not path.is_relative_to(COURSE.exercises_folder)
]


def names() -> set[str]:
    """The names of the course's exercises, assignments, data sets and packages."""
    found = {exercise.name for exercise in COURSE.exercises}
    found |= {assignment.name for assignment in COURSE.assignments}
    found |= {Path(file).stem for file in COURSE.rests_on if file.endswith(".npz")}
    return found | set(COURSE.packages)


def code(path: Path) -> Iterator[tuple[int, str]]:
    """The lines of a file. For Python: its names and strings, but no comments or docstrings."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        yield from enumerate(text.splitlines(), 1)
        return
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                node.body[0] = ast.copy_location(ast.Pass(), first)
    for node in ast.walk(tree):
        for field in ("id", "attr", "name", "arg", "module", "value"):
            word = getattr(node, field, None)
            if isinstance(word, str):
                yield getattr(node, "lineno", 0), word


def test_the_engine_names_nothing_of_the_course() -> None:
    pattern = re.compile(rf"(?<![\w.])(?:{'|'.join(map(re.escape, sorted(names())))})(?!\w)")
    found = [
        f"{path.relative_to(PACKAGE.parent)}:{line} names {match[0]}"
        for path in ENGINE
        for line, text in code(path)
        for match in pattern.finditer(text)
    ]
    assert not found, "\n".join([*found, "let the catalogue name it: a field of course.toml"])


def test_the_search_would_find_a_name(tmp_path: Path) -> None:
    planted = tmp_path / "planted.py"
    exercise = COURSE.exercises[0].name
    for statement in (f'"{exercise}"', f"x.{exercise}", f"from cnnlab import {exercise}"):
        planted.write_text(f'"""Such as {exercise}."""\n{statement}\n')
        assert exercise in {word for _, word in code(planted)}
    planted.write_text(f'"""Such as {exercise}."""\n# {exercise}\n')
    assert not list(code(planted))
