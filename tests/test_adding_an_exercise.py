"""docs/adding-an-exercise.md, followed step by step in a copy of the kit."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.soak, pytest.mark.timeout(1800)]  # it measures all mutants

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "adding-an-exercise.md"
NAME = "leaky_relu_forward"
PAGES = ("README.md", "CONTRIBUTING.md", "LICENSE")
LAYERS = Path("a3_pooling_and_loss", "layers.py")
# A heading of a step; then a file and what to do with it, or nothing; then a fenced block.
BLOCK = re.compile(
    r"(?:^\*\*`(?P<file>\S+)`\*\*, (?P<how>[^\n]+):\n\n)?"
    r"^```(?P<kind>\w+)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
# What `make` does for these targets, with the kit's own Python.
MAKE = {
    "pitfalls": ("-m", "autograder.author.bank"),
    "release": ("-m", "autograder", "release"),
    "mutants": ("-m", "autograder.author.mutation_score"),
}
# The tests that concern all exercises; and those with one case for each exercise, of which the
# new exercise's cases are run.
ABOUT_EXERCISES = (
    "tests/test_catalogue_names.py",
    "tests/test_imports.py",
    "tests/test_stubs.py",
    "tests/test_handout.py",
    "tests/test_notebooks.py::test_is_committed_without_outputs_and_with_stable_cells",
    "tests/test_notebooks.py::test_graded_cells_are_the_catalogues_exercises_in_order",
    "tests/test_notebooks.py::test_holds_no_answers",
    "tests/test_nbgrader.py::test_committed_assignments_are_not_stale",
    "tests/test_nbgrader.py::test_committed_gradebook_is_fresh_and_holds_no_student",
)
OF_THE_NEW_ONE = ("tests/test_pitfalls.py", "tests/test_mutation_score.py")


class Kit:
    """A copy of the kit, in which everything of the page is typed."""

    def __init__(self, top: Path) -> None:
        self.top = top
        kept = "autograder", "cnnlab", "solutions", "source", "assignments", "docs", "tests"
        for name in kept:
            skip = shutil.ignore_patterns("__pycache__", ".*_cache", ".ipynb_checkpoints")
            shutil.copytree(ROOT / name, top / name, ignore=skip)
        shutil.copytree(ROOT / "requirements", top / "requirements")
        for name in ("nbgrader_config.py", "pyproject.toml", "Makefile", "gradebook.db", *PAGES):
            shutil.copy(ROOT / name, top)

    def python(self, *arguments: str) -> str:
        environment = {n: v for n, v in os.environ.items() if not n.startswith("PYTHON")}
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.top,
            # Before the checkout, where that is installed editable.
            env={**environment, "PYTHONPATH": str(self.top), "OPENBLAS_NUM_THREADS": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"
        return done.stdout

    def type(self, line: str) -> None:
        program, *arguments = line.split()
        if program == "make":
            target, *variables = arguments
            self.python(*MAKE[target], *(each.split("=")[1] for each in variables))
        else:
            assert program == ".venv/bin/autograder", f"what does {line!r} do?"
            grading = ["--allow-unsandboxed"] if arguments[0] == "grade" else []
            self.python("-m", "autograder", *arguments, *grading)

    def write(self, file: str, how: str, text: str) -> None:
        path = self.top / file
        before = path.read_text(encoding="utf-8")
        if how == "the whole file":
            after = text
        elif how.startswith("in place of the function"):
            after = before[: before.index(f"def {NAME}(")] + text
        else:
            assert how.startswith("in place of the hints"), how
            start = before.index("hints = [", before.index(f'name = "{NAME}"'))
            end = before.index("\n]\n", start) + 3
            after = before[:start] + text + before[end:]
        path.write_text(after, encoding="utf-8")

    def verdict(self, command: str, folder: str) -> dict[str, Any]:
        options = ["--allow-unsandboxed"] if command == "grade" else []
        said = self.python(
            "-m", "autograder", command, folder, "--exercise", NAME, "--json", *options
        )
        (found,) = json.loads(said)["exercises"]
        return dict(found)


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Kit:
    kit = Kit(tmp_path_factory.mktemp("kit"))
    steps = 0
    for block in BLOCK.finditer(PAGE.read_text(encoding="utf-8")):
        if block["file"]:
            kit.write(block["file"], block["how"], block["text"])
        elif block["kind"] == "sh":
            for line in block["text"].splitlines():
                kit.type(line)
        else:
            kit.python("-c", block["text"])
        steps += 1
    assert steps == PAGE.read_text(encoding="utf-8").count("\n```") / 2
    return kit


def test_the_solution_passes_every_check(kit: Kit) -> None:
    found = kit.verdict("grade", "solutions")
    assert found["status"] == "passed"
    assert [check["hidden"] for check in found["checks"]] == [False, True]


def test_the_stub_is_to_be_written(kit: Kit) -> None:
    stub = (kit.top / "assignments" / LAYERS).read_text(encoding="utf-8")
    assert f'raise NotImplementedError("{NAME}")' in stub
    assert "np.where" not in stub
    assert kit.verdict("check", "assignments")["status"] == "todo"


def test_the_mistake_is_named(kit: Kit) -> None:
    wrong = kit.top / "wrong"
    shutil.copytree(kit.top / "solutions", wrong)
    text = (wrong / LAYERS).read_text(encoding="utf-8")
    mistake = text.replace("np.where(x > 0, x, slope * x)", "np.where(x > 0, slope * x, x)")
    assert mistake != text
    (wrong / LAYERS).write_text(mistake, encoding="utf-8")
    found = kit.verdict("check", "wrong")
    assert found["status"] == "failed"
    assert found["pitfall"] == f"{NAME}.slope_on_the_wrong_side"
    assert "Positive numbers go through as they are." in found["message"]


def test_the_hint_is_there(kit: Kit) -> None:
    assert "Hint 1 of 2" in kit.python("-m", "autograder", "hint", NAME, "--dir", "assignments")


def test_the_gradebook_knows_it(kit: Kit) -> None:
    program = (
        "from autograder.catalogue import load\n"
        "from nbgrader.api import Gradebook\n"
        "with Gradebook('sqlite:///gradebook.db') as book:\n"
        "    cells = book.find_assignment('a3_pooling_and_loss').notebooks[0].grade_cells\n"
        f"    print([cell.max_score for cell in cells if cell.name == '{NAME}'])\n"
    )
    assert kit.python("-c", program).strip() == "[3.0]"


def test_every_test_of_exercises_passes(kit: Kit) -> None:
    """Whoever follows the page has a suite without a failure."""
    options = "-q", "-p", "no:cacheprovider"
    kit.python("-m", "pytest", *options, *ABOUT_EXERCISES)
    kit.python("-m", "pytest", *options, "-k", NAME, *OF_THE_NEW_ONE)
