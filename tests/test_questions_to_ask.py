"""docs/questions-to-ask.md: two questions for each exercise of the catalogue, in its order."""

import re
from pathlib import Path

import pytest

from autograder.catalogue import load

pytestmark = pytest.mark.quick

PAGE = Path(__file__).resolve().parent.parent / "docs" / "questions-to-ask.md"


def test_every_exercise_has_two_questions() -> None:
    text = PAGE.read_text(encoding="utf-8")
    entries = dict(re.findall(r"^- \*\*(\w+)\*\*: (.*?)(?=^- |^## |\Z)", text, re.M | re.S))
    assert list(entries) == [exercise.name for exercise in load().exercises], (
        f"write two questions for each exercise into docs/{PAGE.name}, in the catalogue's order"
    )
    for name, questions in entries.items():
        assert len(re.split(r"\s·\s", questions)) == 2, name
        assert all("?" in question for question in re.split(r"\s·\s", questions)), name
