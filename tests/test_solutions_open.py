"""Each file in solutions/ begins with an exercise, and each exercise has an example that runs."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.catalogue import load

FOLDER = load().solutions
FILES = sorted(FOLDER.glob("*/*.py"))
MOST_LINES_BEFORE_AN_EXERCISE = 15


def exercises(tree: ast.Module, source: str) -> list[ast.FunctionDef | ast.ClassDef]:
    """Return the top-level functions and classes that contain a solution."""
    return [
        node
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and "### BEGIN SOLUTION" in (ast.get_source_segment(source, node) or "")
    ]


def code_lines(tree: ast.Module) -> set[int]:
    """Return the line numbers of code, without docstrings, imports, comments and blank lines."""
    lines: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and not isinstance(node, ast.Import | ast.ImportFrom):
            is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
            if not is_text:
                lines.add(node.lineno)
    return lines


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_first_exercise_stands_near_the_top(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    first = exercises(tree, source)[0]
    before = [line for line in code_lines(tree) if line < first.lineno]
    assert len(before) < MOST_LINES_BEFORE_AN_EXERCISE, f"{path}: move the guards to the end"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_exercise_has_an_example(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    found = exercises(ast.parse(source), source)
    assert found
    without = [node.name for node in found if ">>> " not in (ast.get_docstring(node) or "")]
    assert not without, f"{path}: write an example (>>> ...) in the docstring of {without}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_examples_give_what_they_say(path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "doctest", str(path)],
        env={**os.environ, "PYTHONPATH": str(FOLDER)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
