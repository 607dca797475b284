"""Checks test the type and size of a learner's value before they compute with it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from autograder.catalogue import load
from autograder.judging import fingerprints
from autograder.judging.compare import MOST_NUMBERS, Mismatch, agree, as_array, count_numbers
from autograder.judging.values import is_bounded

FOLDER = load().exercises_folder
FILES = [
    path
    for path in sorted(FOLDER.glob("*/*/*.py"))
    if path.name in ("public.py", "hidden.py", "probes.py", "exam.py")
]
# Functions that may get a learner's value unchecked: they test its type and size first.
LOOKS_FIRST = {"agree", "as_array", "agree_with_differences", "isinstance", "len"}


# NumPy's functions that use only the shape.
SHAPE_ALONE = {"shape", "ndim", "size", "zeros_like", "ones_like"}


def mentions(node: ast.AST, names: set[str]) -> bool:
    """Whether an expression uses a name, other than in a LOOKS_FIRST call or for shape or dtype."""
    if isinstance(node, ast.Name):
        return node.id in names
    named = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    if named and node.func.id in LOOKS_FIRST:
        return False
    if isinstance(node, ast.Attribute) and node.attr in ("shape", "dtype"):
        return False
    return any(mentions(child, names) for child in ast.iter_child_nodes(node))


def unchecked_uses(tree: ast.AST) -> Iterator[ast.Call]:
    """NumPy calls with an argument that comes from `learner` and was in no LOOKS_FIRST call."""
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        if "learner" not in [argument.arg for argument in function.args.args]:
            continue
        theirs = {"learner"}
        for node in ast.walk(function):
            if isinstance(node, ast.Assign) and mentions(node.value, theirs):
                theirs.update(
                    n.id
                    for target in node.targets
                    for n in ast.walk(target)
                    if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
                )
        for node in ast.walk(function):
            if not (isinstance(node, ast.Call) and is_numpy(node.func)):
                continue
            if any(mentions(argument, theirs) for argument in node.args):
                yield node


def is_numpy(node: ast.expr) -> bool:
    if not isinstance(node, ast.Attribute) or node.attr in SHAPE_ALONE:
        return False
    return any(isinstance(n, ast.Name) and n.id == "np" for n in ast.walk(node))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_checks_hand_learners_values_to_what_looks_first(path: Path) -> None:
    found = [
        f"{path}:{use.lineno}: {ast.unparse(use)}"
        for use in unchecked_uses(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert not found, "use as_array(value, name, shape=...) first:\n" + "\n".join(found)


def test_the_lint_sees_what_it_is_for() -> None:
    code = "def test(learner):\n    out = learner.f()\n    np.asarray(out).sum()\n"
    assert len(list(unchecked_uses(ast.parse(code)))) == 1
    code = "def test(learner):\n    out = as_array(learner.f())\n    np.asarray(out).sum()\n"
    assert not list(unchecked_uses(ast.parse(code)))


def test_shape_comes_before_arithmetic() -> None:
    with pytest.raises(Mismatch, match=r"must have shape \(n, 10\), but has \(0, 10, 1\)"):
        as_array(np.zeros((0, 10, 1)), "scores", shape=(None, 10))
    with pytest.raises(Mismatch, match="shape"):
        agree(np.zeros((100_000, 1)), np.zeros((1, 100)))
    assert as_array(np.zeros((4, 10)), shape=(None, 10)).shape == (4, 10)


@pytest.mark.parametrize(
    "value",
    [np.zeros(MOST_NUMBERS + 1, np.int8), [0] * (MOST_NUMBERS + 1), [[0] * 1100] * 1000],
    ids=["array", "list", "nested"],
)
def test_too_many_numbers_are_no_value(value: object) -> None:
    assert count_numbers(value) > MOST_NUMBERS
    with pytest.raises(Mismatch, match="far too large"):
        as_array(value)


@pytest.mark.parametrize("value", [[[]] * 20_001, [0] * 200_001, [[[0] * 101] * 2000]])
def test_too_many_lists_are_no_value_either(value: object) -> None:
    assert not is_bounded(value)


def test_what_an_exercise_returns_is_bounded_also_as_lists() -> None:
    assert is_bounded(np.zeros((64, 8, 26, 26)))
    assert is_bounded(np.zeros((16, 8, 26, 26)).tolist())


def test_a_fingerprint_of_a_huge_answer_is_that_of_no_numbers() -> None:
    huge = np.zeros(fingerprints.MOST_NUMBERS + 1, np.int8)
    assert fingerprints.fingerprint(huge) == fingerprints.fingerprint(np.ones(2 * huge.size))
