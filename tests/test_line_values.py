"""What a message says of the names in the expression that raised."""

import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.worker.host import Host
from autograder.worker.line_values import line_values

pytestmark = pytest.mark.quick

X = np.zeros((2, 3))


class Layer:
    """An object that holds an array, and a property that must not run."""

    def __init__(self) -> None:
        self.x = X
        self.inner = type("Inner", (), {})()
        self.inner.value = np.zeros(4)

    @property
    def weights(self) -> np.ndarray:
        raise AssertionError("a property of the learner's class was run")


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("x @ y.T", "x has shape (2, 3), y has shape (3,)"),
        ("x.shape[0] + x", "x has shape (2, 3)"),
        ("self.x[i, j]", "self.x has shape (2, 3), i is 4"),
        ("self.inner.value + self.weights", "self.inner.value has shape (4,)"),
        ("f(shape, flag, text)  # x", "shape is (1, 2)"),
        ("small + unknown", "small is 7"),
        ("'x' + \"y\"", ""),
        ("", ""),
    ],
)
def test_arrays_and_whole_numbers_are_told(source: str, said: str) -> None:
    local = {
        "x": X,
        "y": np.zeros(3),
        "i": 4,
        "self": Layer(),
        "shape": (1, 2),
        "flag": True,
        "text": "t",
        "small": np.int64(7),
        "j": 10**40,
    }
    assert line_values(source, local) == said


@given(st.text(max_size=200))
def test_any_text_is_read(source: str) -> None:
    assert isinstance(line_values(source, {"x": X, "self": Layer()}), str)


def test_only_the_expression_that_raised_counts(tmp_path: Path) -> None:
    (tmp_path / "part.py").write_text(
        "import numpy as np\n\n\n"
        "def f(x, unrelated):\n"
        "    total = unrelated.sum() + (\n"
        "        x\n"
        "        @ np.ones((2, 2))\n"
        "    ).sum()\n"
        "    return total\n",
        encoding="utf-8",
    )
    try:
        outcome = Host(tmp_path).call_by_name("part", "f", [X, np.zeros(5)], {}, 5.0)
    finally:
        sys.modules.pop("part", None)
    assert outcome.failure is not None
    assert outcome.failure.trace[-1]["values"] == "x has shape (2, 3)"


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ("strid", "name 'strid' is not defined; did you mean 'stride'?"),
        ("zzz", "name 'zzz' is not defined"),
    ],
)
def test_a_misspelt_name_gets_the_right_one(tmp_path: Path, missing: str, said: str) -> None:
    (tmp_path / "names.py").write_text(f"def f(stride):\n    return {missing}\n", encoding="utf-8")
    try:
        outcome = Host(tmp_path).call_by_name("names", "f", [1], {}, 5.0)
    finally:
        sys.modules.pop("names", None)
    assert outcome.failure is not None
    assert outcome.failure.message == said


def test_a_traceback_that_code_made_itself_is_told(tmp_path: Path) -> None:
    (tmp_path / "made.py").write_text(
        "import sys, types\n\n\n"
        "class Odd:\n"
        "    @property\n"
        "    def __dict__(self):\n"
        "        raise RuntimeError('run')\n\n\n"
        "def f(x):\n"
        "    odd = Odd()\n"
        "    made = types.TracebackType(None, sys._getframe(), -1, 13)\n"
        "    raise ValueError('mine').with_traceback(made) if x else ValueError(odd.y)\n",
        encoding="utf-8",
    )
    host = Host(tmp_path)
    try:
        failures = [host.call_by_name("made", "f", [x], {}, 5.0).failure for x in (1, 0)]
    finally:
        sys.modules.pop("made", None)
    assert [failure.type for failure in failures if failure] == ["ValueError", "AttributeError"]
