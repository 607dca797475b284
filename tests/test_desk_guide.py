"""docs/instructor-term.md: every command runs as written there, in a course with one student."""

import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from nbgrader.api import Gradebook

from autograder.catalogue import choose, load
from autograder.cli import main
from autograder.instructor import run_nbgrader

ROOT = Path(__file__).resolve().parent.parent
GUIDE = (ROOT / "docs" / "instructor-term.md").read_text()
COURSE = load(ROOT)
A1 = COURSE.assignments[0]
FILE = A1.files[0]


def commands() -> list[list[str]]:
    blocks = re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines() if line.strip()]
    return [shlex.split(line, comments=True) for line in lines]


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    top = tmp_path / "course"
    top.mkdir()
    shutil.copy(ROOT / "nbgrader_config.py", top)
    shutil.copytree(ROOT / "source", top / "source")
    choose(top)
    run_nbgrader.release(top)
    with Gradebook(f"sqlite:///{top / 'gradebook.db'}") as gradebook:
        gradebook.update_or_create_assignment(A1.name, duedate="2026-03-30 10:00:00 UTC")
    (top / "class.csv").write_text("id,first_name,last_name,email,lms_user_id\nada,Ada,L,a@b.c,1\n")
    text = (ROOT / "solutions" / A1.name / FILE).read_text()
    with zipfile.ZipFile(top / "downloads.zip", "w") as packed:
        packed.writestr(f"Ada L_12_assignsubmission_file_/{FILE}", text)
        packed.writestr("Ada L_12_assignsubmission_file_/regrade.txt", "Please look again.")
    (top / "grades.csv").write_text(
        "Identifier,Full name,Last modified (submission)\n"
        'Participant 12,Ada L,"Monday, 30 March 2026, 8:15 PM"\n'
    )
    tables = re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL)
    rubric = next(table for table in tables if table.startswith("[copies]"))
    (top / "rubric.toml").write_text(rubric)
    (top / "policy.toml").write_text("\n".join(t for t in tables if t != rubric))
    monkeypatch.chdir(top)
    monkeypatch.setenv("HOME", str(tmp_path))
    yield top
    choose(ROOT)


@pytest.mark.soak
def test_every_command_of_the_guide_works_in_its_order(course: Path, tmp_path: Path) -> None:
    line = next(
        k
        for k, text in enumerate((ROOT / "solutions" / A1.name / FILE).read_text().splitlines(), 1)
        if text.startswith("def im2col(")
    )
    done = []
    for program, *arguments in commands():
        if program.endswith("nbgrader"):
            nbgrader = Path(sys.executable).parent / "nbgrader"
            subprocess.run([nbgrader, *arguments], check=True, capture_output=True)
            continue
        replaced = {"120": str(line), "~/archive/term.zip": str(tmp_path / "term.zip")}
        words = [replaced.get(word, word) for word in arguments]
        words = [str(course / "graders" / w) if w in ("kim.zip", "lee.zip") else w for w in words]
        if words[0] == "unpack":
            # Kim has a separate checkout.
            kims = tmp_path / "kims"
            shutil.copytree(course / "source", kims / "source")
            shutil.copy(course / "nbgrader_config.py", kims)
            words += ["--course", str(kims)]
        result = CliRunner().invoke(main, words, env={"COLUMNS": "200"})
        choose(course)
        assert result.exit_code == 0, (words, result.output, result.exception)
        done.append(words[0])
    assert {"collect", "extend", "comment", "split", "merge", "forget", "end-term"} <= set(done)


def test_every_command_of_the_desk_stands_in_the_guide() -> None:
    from autograder.cli import MODULES

    told = {words[1] for words in commands() if words[0].endswith("autograder")}
    assert set(MODULES["autograder.instructor.desk_commands"]) <= told
