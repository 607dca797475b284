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
LAYERS = Path("a3_pooling_and_loss", "layers.py")
# An optional line with a file and where its text goes, then a fenced block.
BLOCK = re.compile(
    r"(?:^\*\*`(?P<file>\S+)`\*\*, (?P<how>[^\n]+):\n\n)?"
    r"^```(?P<kind>\w+)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
# The commands that `make` runs for these targets; here they run with this Python.
MAKE = {
    "pitfalls": (("-m", "autograder.author.bank"), ("-m", "autograder.author.drills")),
    "release": (("-m", "autograder", "release"),),
    "mutants": (("-m", "autograder.author.mutation_score"),),
    "pictures": (("docs/pictures/make.py",),),
}
# Test files about the engine, the sandbox or the machine only. All others run in the copy, so a
# new test file counts as one about exercises until it is listed here.
NOT_ABOUT_EXERCISES = (
    *("adding_an_exercise", "batch", "bounded_values", "colours", "damaged_notebooks", "debugger"),
    *("desk_collect", "desk_comments", "desk_guide", "desk_report", "desk_term", "digits", "draw"),
    *("exports", "frames", "full_disk", "instructor_guide", "intake", "machine", "nothing_lost"),
    *("python_errors", "red_team", "red_team_limits", "report", "sandbox"),
    *("second_course", "stepper", "streaming", "substitutes", "term_gradebook", "term_marks"),
    *("term_packaging", "term_upgrade", "training", "update", "watch", "web", "wheel"),
)
# These files have cases for every exercise; only the cases of the new exercise run.
ONE_CASE_EACH = ("mutation_score", "pitfalls")


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


class Kit:
    """A copy of the kit, in which every command and file of the page is used."""

    def __init__(self, top: Path) -> None:
        self.top = top
        listed = git(ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
        for name in filter(None, listed.split("\0")):
            if (ROOT / name).is_file():
                (top / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, top / name)
        git(top, "init", "--quiet")
        git(top, "add", "--all")

    def python(self, *arguments: str) -> str:
        environment = {n: v for n, v in os.environ.items() if not n.startswith("PYTHON")}
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.top,
            # First on the path, before a checkout that is installed editable.
            env={**environment, "PYTHONPATH": str(self.top), "OPENBLAS_NUM_THREADS": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"
        return done.stdout

    def type(self, line: str) -> None:
        program, *arguments = line.split()
        if program == "git":
            git(self.top, *arguments)
        elif line in ("make quick", "make test"):
            pass  # test_every_test_of_exercises_passes
        elif program == "make":
            target, *variables = arguments
            names = [each.split("=")[1] for each in variables]
            option = ["--exercise"] if target == "mutants" and names else []
            for command in MAKE[target]:
                self.python(*command, *option, *names)
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
        elif how == "at its end":
            after = before + text
        elif how.startswith("at the end of"):
            after_it = before.index("\n## a4_training")
            after = before[:after_it] + text + before[after_it:]
        else:
            assert how.startswith("in place of the last lines"), how
            start = before.index("when_passed = ", before.index(f'name = "{NAME}"'))
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
    assert "np.minimum" not in stub
    assert kit.verdict("check", "assignments")["status"] == "todo"


def test_the_mistake_is_named(kit: Kit) -> None:
    wrong = kit.top / "wrong"
    shutil.copytree(kit.top / "solutions", wrong)
    text = (wrong / LAYERS).read_text(encoding="utf-8")
    mistake = text.replace(
        "np.maximum(x, 0) + slope * np.minimum(x, 0)", "np.where(x > 0, slope * x, x)"
    )
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
    """After all steps of the page, the tests of the exercises pass."""
    left_out = {f"test_{name}.py" for name in (*NOT_ABOUT_EXERCISES, *ONE_CASE_EACH)}
    files = sorted(path.name for path in (kit.top / "tests").glob("test_*.py"))
    assert left_out <= set(files)
    options = "-q", "-p", "no:cacheprovider", "-m", "not soak"
    kit.python("-m", "pytest", *options, *(f"tests/{f}" for f in files if f not in left_out))
    of_each = [f"tests/test_{name}.py" for name in ONE_CASE_EACH]
    kit.python("-m", "pytest", *options[:-2], "-k", NAME, *of_each)
