"""docs/writing-checks.md and autograder.checking have the same list of names."""

import importlib
import re
from pathlib import Path

import pytest

from autograder import checking

pytestmark = pytest.mark.quick

PAGE = Path(__file__).resolve().parent.parent / "docs" / "writing-checks.md"
FIXTURES = {"learner", "reference", "rng", "record_property"}


def names_in_tables() -> set[str]:
    """The names in the first column of the page's tables."""
    return set(re.findall(r"^\| `(\w+)", PAGE.read_text(encoding="utf-8"), re.MULTILINE))


def test_the_page_has_every_name_and_no_other() -> None:
    assert names_in_tables() == set(checking.__all__) | FIXTURES


def test_every_name_is_there_and_explained() -> None:
    for name in checking.__all__:
        value = getattr(checking, name)
        if callable(value):
            module = importlib.import_module(value.__module__)
            assert (getattr(module, name).__doc__ or "").strip(), f"{name} has no docstring"
