"""The messages on code that raises, or that returns numbers of the wrong kind."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.catalogue import load
from autograder.judging.compare import Mismatch, agree
from autograder.judging.difference import cut_out
from autograder.judging.explain import explain
from autograder.judging.judge import judge
from autograder.judging.shape_errors import read_shape_error
from autograder.judging.verdict import CheckResult, ExerciseVerdict
from autograder.learner.page import verdict_html
from autograder.worker.host import Failure, Host

pytestmark = pytest.mark.quick

ROOT = Path(__file__).resolve().parent.parent
COURSE = load()


@settings(max_examples=60, deadline=None)
@given(st.floats(-1e9, 1e9).filter(lambda number: abs(number) > 1e-6), st.integers(1, 1 << 20))
def test_numbers_that_differ_never_read_the_same(number: float, steps: int) -> None:
    wrong = number + steps * float(np.spacing(number))
    with pytest.raises(Mismatch) as caught:
        agree(np.array([[wrong, 1.0]]), [[number, 1.0]], "out", kind="number", tolerance=0.0)
    is_, should = re.search(r"is (\S+), but should be (\S+)", f"{caught.value} ").groups()  # type: ignore[union-attr]
    assert is_ != should
    shown = cut_out(caught.value)
    assert shown is not None
    assert shown.actual[0][0] != shown.expected[0][0]


def meaning(code: Callable[[], Any]) -> str:
    """The explanation of the exception that NumPy raises for `code`."""
    with pytest.raises((ValueError, IndexError)) as caught:
        code()
    shapes = read_shape_error(type(caught.value).__name__, str(caught.value))
    assert shapes is not None, caught.value
    return shapes.words


def zeros(*shape: int) -> np.ndarray:
    return np.zeros(shape)


def put(room: np.ndarray, place: Any, value: Any) -> None:
    room[place] = value


def add_in_place(a: np.ndarray, b: np.ndarray) -> None:
    a += b


LINED_UP = (
    "shapes are lined up from the right, and there {} meets {}; two sizes go together if they "
    "are equal or one of them is 1"
)
EMPTY = (
    "{} holds no numbers: a slice is empty if it starts after the end of the array, or if it does "
    "not end after its start; and -0 is 0, so that x[1:-0] is empty"
)
PRODUCT = (
    "a matrix product needs as many columns on the left as rows on the right, but here {} meets {}"
)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (lambda: zeros(2, 6) + zeros(2), LINED_UP.format(6, 2)),
        (lambda: zeros(3, 1, 4) + zeros(2, 5, 1), LINED_UP.format(3, 2)),
        (lambda: add_in_place(zeros(3, 2, 4), zeros(2, 3, 4)), LINED_UP.format(2, 3)),
        (lambda: zeros(1, 2, 0) * zeros(1, 2, 2), EMPTY.format("(1,2,0)")),
        (lambda: put(zeros(1, 0), ..., zeros(1, 4)), EMPTY.format("(1,0)")),
        (lambda: put(zeros(4), ..., zeros(0)), EMPTY.format("(0,)")),
        (
            lambda: put(zeros(4, 9), (slice(None), 0), zeros(2, 2)),
            "an array of shape (2,2) is put where there is room for (4,)",
        ),
        (
            lambda: add_in_place(zeros(2), zeros(3, 2)),
            "an array of shape (3,2) is put where there is room for (2,)",
        ),
        (lambda: zeros(2, 9) @ zeros(12, 4), PRODUCT.format(9, 12)),
        (lambda: np.dot(zeros(2, 9), zeros(12, 4)), PRODUCT.format(9, 12)),
        (lambda: zeros(6).reshape(4, 2), "6 numbers do not fill 4 * 2 = 8 places"),
        (lambda: zeros(6).reshape(4), "6 numbers do not fill 4 places"),
        (
            lambda: zeros(8).reshape(2, 2),
            "8 numbers are 2 times as many as 2 * 2 = 4 places",
        ),
        (
            lambda: zeros(6).reshape(4, -1),
            "6 numbers cannot be shared out over these places",
        ),
        (lambda: zeros(2, 3)[0, 3], "the places along that axis are 0 to 2"),
        (lambda: zeros(2, 0)[0, 0], "that axis is empty"),
        (
            lambda: put(zeros(2, 3), (0, 0), zeros(2)),
            "one place of an array takes one number, and it is given an array or a list",
        ),
        (
            lambda: np.array([zeros(4), zeros(0)]),
            "the pieces that are put together into one array are not all of the same shape",
        ),
    ],
)
def test_shapes_that_do_not_fit_in_words(code: Callable[[], Any], words: str) -> None:
    assert meaning(code) == words


@pytest.mark.parametrize(
    ("type", "message"),
    [
        ("KeyError", "index 3 is out of bounds for axis 0 with size 3"),
        ("ValueError", "the kernel (3) is larger than the padded input (1 + 2*0 = 1)"),
        ("IndexError", "list index out of range"),
        ("ValueError", ""),
    ],
)
def test_nothing_is_added_to_other_complaints(type: str, message: str) -> None:
    assert read_shape_error(type, message) is None


@pytest.mark.parametrize(
    ("got", "sentence"),
    [
        ([-4, 2], "out has dtype int64, but should hold floating-point numbers; {}"),
        ([-4, 3], "out has dtype int64, but should hold floating-point numbers, and {}"),
    ],
)
def test_integers_where_floats_are_wanted(got: list[int], sentence: str) -> None:
    says = "the numbers are right" if got[1] == 2 else "out[1] is 3, but should be 2.0"
    with pytest.raises(Mismatch) as caught:
        agree(np.array(got), np.array([-4.0, 2.0]), "out")
    assert caught.value.problem == sentence.format(says)
    shown = cut_out(caught.value)
    assert shown is not None
    assert shown.expected == [["-4.0", "2.0"]]
    assert shown.actual == [[str(number) for number in got]]
    assert shown.wrong == [[False, got[1] != 2]]


def test_what_integers_cut_off() -> None:
    with pytest.raises(Mismatch, match="; what comes after the point is cut off"):
        agree(np.array([1, -2]), np.array([1.5, -2.75]), "out")


# --- the whole verdict --------------------------------------------------------------------------


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folder = tmp_path / "a1_convolution"
    shutil.copytree(load().solutions / folder.name, folder)
    return tmp_path


def write_after(tree: Path, text: str) -> None:
    with (tree / "a1_convolution/convolution.py").open("a", encoding="utf-8") as file:
        file.write("\n\n" + dedent(text))


def check(tree: Path, exercise: str) -> str:
    """What `autograder check` prints in a terminal of 80 columns."""
    command = [sys.executable, "-m", "autograder", "check", str(tree), "--exercise", exercise]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "80", "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


BIAS_WITHOUT_AN_AXIS = """\
    def conv2d_forward(x, weights, bias, stride=1, padding=0):
        cols = im2col(x, weights.shape[2], weights.shape[3], stride, padding)
        return cols @ weights.reshape(len(weights), -1), cols
    """


def test_one_exception_is_shown_once(tree: Path) -> None:
    write_after(tree, BIAS_WITHOUT_AN_AXIS)
    said = check(tree, "conv2d_forward")
    line = "return cols @ weights.reshape(len(weights), -1), cols"
    assert said.count(line) == 1
    again = re.search(r"\(the same in (\d) other checks; the check: ", said)
    assert again is not None
    assert "a1_convolution/conv2d_forward/public.py: test_" in " ".join(said.split())
    assert int(again[1]) >= 3
    words = PRODUCT.format(4, 1)
    assert words in " ".join(said.split())


def test_one_exception_is_shown_once_in_a_page(tree: Path) -> None:
    write_after(tree, BIAS_WITHOUT_AN_AXIS)
    exercises = (COURSE.exercise("conv2d_forward"),)
    sys.modules.pop("a1_convolution.convolution", None)
    try:
        page = verdict_html(judge(Host(tree), COURSE, exercises)[0])
    finally:
        sys.modules.pop("a1_convolution.convolution", None)
    assert page.count("cols @ weights") == 1
    assert re.search(r"\(the same in \d other checks\)", page)


def test_a_long_call_breaks_between_its_numbers(tree: Path) -> None:
    write_after(tree, "def im2col(*args, **kwargs):\n    return np.zeros((1, 1))\n")
    calls = re.findall(r"(?ms)^  the call: *\n(im2col.*?\)) *$", check(tree, "im2col"))
    assert any("\n" in call for call in calls)
    for call in calls:
        lines = [line.strip() for line in call.split("\n")]
        assert all(line.endswith(",") for line in lines[:-1]), call
        assert max(map(len, lines)) <= 78


def test_what_is_not_shown_of_the_prints_is_counted() -> None:
    printed = "".join(f"line {number}\n" for number in range(30))
    check = CheckResult("check", "A sentence.", False, False, problem="wrong", printed=printed)
    assert explain(check).splitlines()[-2:] == ["line 9", "... and 20 more lines"]


def test_a_page_says_why_nothing_of_the_failed_checks_was_run() -> None:
    """Checks that did not run claim nothing; the page gives the reason, once."""
    reason = "a1_convolution/convolution.py has no helper"
    lost = Failure("missing", message=reason)
    checks = [
        CheckResult("one", "One thing is right.", False, True),
        CheckResult("two", "Another is right.", False, False, reason, failure=lost),
    ]
    for message in ("", reason):
        status: Any = "error" if message else "failed"
        html = verdict_html(ExerciseVerdict("im2col", "a1", 9, 3, status, message, checks=checks))
        assert html.count(reason) == 1
        assert "Another is right" not in html


@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan])
def test_what_is_not_finite_agrees_with_nothing(value: float) -> None:
    """A tolerance relative to inf would let every number pass."""
    for got in (3.0, value):
        with pytest.raises(Mismatch, match="what another call returned, and that holds inf or nan"):
            agree(np.array([got, 100.0]), np.array([value, 1.0]), "out")
