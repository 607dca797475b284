"""CONTRIBUTING.md lists every folder and module of the kit, and its commands exist."""

import re
from pathlib import Path

import pytest

from autograder.catalogue import PACKAGE, load

pytestmark = pytest.mark.quick

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
STRUCTURE = PAGE[PAGE.index("## The structure") : PAGE.index("## Words")]
LISTED = {
    path.rstrip("/")
    for row in re.findall(r"^\| (`[^|]+`) \|", STRUCTURE, re.MULTILINE)
    for path in re.findall(r"`([^`]+)`", row)
}
# The names of all files in the exercises' folders.
IN_FOLDERS = {
    path.name
    for exercise in load().exercises
    for path in exercise.folder.iterdir()
    if path.is_file()
}


def test_every_folder_and_module_of_the_package_is_listed() -> None:
    there = {
        f"autograder/{path.name}"
        for path in PACKAGE.iterdir()
        if (path.suffix == ".py" or path.is_dir()) and not path.name.startswith("__")
    }
    listed = {path for path in LISTED if path.startswith("autograder/")}
    assert listed == there, f"in CONTRIBUTING.md's table: {sorted(listed ^ there)}"


def test_every_listed_path_is_there() -> None:
    for path in LISTED:
        assert (ROOT / path).exists() or path in IN_FOLDERS, path


def test_an_exercises_folder_holds_what_the_page_says() -> None:
    written = {path for path in LISTED if "/" not in path and path.endswith((".py", ".json"))}
    # Two exercises have extra files; the first line of each file says its purpose.
    own = {"exam.py", "inputs.py", "inputs.json"}
    assert written | own == {name for name in IN_FOLDERS if name.endswith((".py", ".json"))}


def test_every_command_is_a_target() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"\bmake ([a-z0-9]+)", PAGE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), f"make {target}"


def test_no_link_leads_nowhere() -> None:
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", PAGE):
        assert "://" in target or (ROOT / target).exists(), target


def test_a_word_stands_once_in_the_glossary() -> None:
    words = PAGE[PAGE.index("## Words") : PAGE.index("## Tests")]
    rows = re.findall(r"^\| ([^|]+) \|", words, re.MULTILINE)[1:]
    names = [name for row in rows for name in row.split(", ") if not row.startswith("---")]
    assert len(names) == len(set(names)) > 15
