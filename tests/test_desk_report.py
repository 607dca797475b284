"""The report on checks, requests, changes and pairs; it never executes a learner's text."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from autograder.catalogue import choose, load
from autograder.cli import main
from autograder.instructor import run_nbgrader
from autograder.instructor.discrimination import FEWEST
from autograder.instructor.history import Change, History
from autograder.instructor.report import CheckCount, ClassView, Row, _correlate
from autograder.instructor.side_by_side import side_by_side

ROOT = Path(__file__).resolve().parent.parent
A1 = load(ROOT).assignments[0]
NAME, FILE = A1.name, A1.files[0]


@pytest.fixture
def course(tmp_path: Path) -> Iterator[Path]:
    top = tmp_path / "course"
    top.mkdir()
    shutil.copy(ROOT / "nbgrader_config.py", top)
    (top / "source").mkdir()
    shutil.copytree(ROOT / "source" / NAME, top / "source" / NAME)
    choose(top)
    run_nbgrader.release(top, [NAME])
    for student in ("ada", "bob"):
        folder = top / "submitted" / student / NAME
        folder.mkdir(parents=True)
        text = (ROOT / "solutions" / NAME / FILE).read_text()
        (folder / FILE).write_text(text.replace("windows", "cells") if student == "bob" else text)
    (folder / "regrade.txt").write_text("<script>alert(1)</script> why?")
    run_nbgrader.autograde(top, [NAME])
    yield top
    choose(ROOT)


@pytest.mark.soak
def test_requests_changes_and_pairs_stand_in_the_report(course: Path) -> None:
    History(course).add_change(Change("ada", NAME, A1.exercises[0].name, 1.0, 2.5, "check"))
    done = CliRunner().invoke(main, ["report", "--similar", "--course", str(course)])
    assert done.exit_code == 0, done.output
    page = (course / "report" / f"{NAME}.html").read_text()
    assert "Asks to be graded again: &lt;script&gt;" in page
    assert "<script" not in page
    assert re.search(r'data-label="Before">1</td>.*data-label="Now">2.5</td>', page)
    assert "ada and bob, side by side without the stubs" in page
    assert page.count('<tr class="same">') > 20
    stub = (course / "assignments" / NAME / FILE).read_text()
    spec = next(line for line in stub.splitlines() if line.startswith("def "))
    assert f"<code>{spec}</code>" not in page


def test_a_check_that_the_weak_pass_is_named_weak() -> None:
    good, odd = (A1.exercises[0].name, "good"), (A1.exercises[0].name, "odd")
    other = (A1.exercises[0].name, "other")
    view = ClassView(A1)
    for key in (good, odd, other):
        view.checks[key] = CheckCount(key[0], key[1], hidden=True, tried=2 * FEWEST, passed=FEWEST)
    for number in range(2 * FEWEST):
        strong = number < FEWEST
        view.rows.append(Row(str(number), checks={good: strong, other: strong, odd: not strong}))
    _correlate(view)
    assert view.checks[odd].correlation == pytest.approx(-1)
    assert next(iter(view.weak_checks)).sentence == "odd"
    few = CheckCount("x", "y", hidden=True, tried=FEWEST - 1, passed=1, correlation=-1.0)
    assert not few.weak


def test_side_by_side_leaves_out_the_stub_and_sees_through_names() -> None:
    stub = "def f(x):\n    check(x)\n"
    rows = side_by_side(
        stub + "    total = x + 1  # mine\n    return total\n",
        stub + "    y = x   + 1\n    print(y)\n    return y\n",
        stub,
    )
    assert [row.same for row in rows] == [True, False, True]
    assert rows[0].left == (3, "    total = x + 1  # mine")
    assert rows[1].left is None
