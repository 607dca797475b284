"""The solutions with one exercise changed, and the verdict on it."""

import importlib
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from autograder.catalogue import load
from autograder.judging.judge import judge
from autograder.judging.reference import load_reference
from autograder.judging.verdict import ExerciseVerdict
from autograder.worker.host import Host

COURSE = load()

# A Variant is (exercise, description, change). The change is a text of the solution with its
# replacement, or a definition that is appended to the file and so replaces the solution.
Change = tuple[str, str] | str
Variant = tuple[str, str, Change]


BLOCK = re.compile(r"( *)### BEGIN SOLUTION\n.*?### END SOLUTION", re.DOTALL)


# Returns zeros of the right shape, and changes no argument.
ZEROS = """
def _zeros(value):
    if isinstance(value, tuple):
        return tuple(_zeros(part) for part in value)
    return value * 0
"""
ZEROS_OF_A_FUNCTION = """
def {name}(*args, right={name}, **kwargs):
    return _zeros(right(*args, **kwargs))
"""


def layer(name: str, forward: str, backward: str) -> str:
    """Code of a subclass of the solution's layer, with these lines in forward and backward."""
    return (
        f"class {name}({name}):\n"
        f"    def forward(self, x):\n        {forward}\n"
        f"    def backward(self, d_out):\n        {backward}\n"
    )


def forget() -> None:
    for name in [name for name in sys.modules if re.match(r"a\d_\w+(\.|$)", name)]:
        del sys.modules[name]
    importlib.invalidate_caches()


def tree_of(folder: Path, exercise: str, change: Change | Callable[[str], str]) -> Path:
    """A copy of the solutions with one exercise changed."""
    tree = folder / "tree"
    shutil.copytree(load().solutions, tree, ignore=shutil.ignore_patterns("__pycache__"))
    path = tree / COURSE.exercise(exercise).path
    text = path.read_text(encoding="utf-8")
    if isinstance(change, str):
        text += "\n\n" + change
    else:
        found = re.search(
            rf"^(?:def|class) {exercise}\b.*?(?=^(?:def|class) |\Z)", text, re.M | re.S
        )
        assert found, exercise
        own = found.group()
        if callable(change):
            changed = change(own)
        else:
            assert change[0] in own, f"{change[0]!r} is not in {exercise}"
            changed = own.replace(*change)
        text = text[: found.start()] + changed + text[found.end() :]
    path.write_text(text, encoding="utf-8")
    return tree


def verdict_on(tree: Path, exercise: str) -> ExerciseVerdict:
    forget()
    [verdict] = judge(
        Host(tree), COURSE, (COURSE.exercise(exercise),), reference=load_reference(), secret="s"
    )
    return verdict


def failed(verdict: ExerciseVerdict) -> list[str]:
    return [f"{check.name}: {check.problem}" for check in verdict.checks if not check.passed]
