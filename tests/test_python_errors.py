"""Python's own exceptions are explained in plain words, and only if the cause is known."""

from typing import Any

import numpy as np
import pytest

from autograder.judging.python_errors import plain_words

pytestmark = pytest.mark.quick

NAMES: dict[str, Any] = {"np": np, "x": np.arange(6.0).reshape(2, 3), "whole": np.arange(3)}


def meaning(code: str) -> str:
    """The explanation of the exception that this code raises."""
    try:
        exec(code, dict(NAMES))
    except Exception as error:
        return plain_words(type(error).__name__, str(error))
    raise AssertionError(f"no exception: {code}")


@pytest.mark.filterwarnings("ignore::SyntaxWarning")
@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("epsilonn", "nothing is called epsilonn here"),
        ("numpy.zeros(3)", "import numpy as np"),
        ("def f():\n    y += 1\nf()", "y is used before this function has given it a value"),
        ("(lambda a, b: a)(1)", "leaves out 'b'"),
        ("(lambda a: a)(1, 2)", "more values than the function has inputs"),
        ("def f(a): pass\nf(b=1)", "f has no input that is called b"),
        ("def f(a): pass\nf(1, a=2)", "a is given twice"),
        ("None + 1", "something is None here"),
        ("None[0]", "something is None here"),
        ("None.shape", "something is None here"),
        ("range(4 / 2)", "a float stands where a whole number is needed"),
        ("range(np.float64(2))", "a float stands where a whole number is needed"),
        ("np.zeros(2.5)", "a 2.5 stands where a whole number is needed"),
        ("np.zeros((2.0, 3))", "// and int()"),
        ("x[0:2.0]", "// and int()"),
        ("x[1.0]", "// and int()"),
        ("x[np.array([1.0])]", ".astype(int)"),
        ("x[0, 0, 0]", "the array has 2 axes, and 3 indices are given"),
        ("x[0, 0][0]", "a single number has no places"),
        ("3[0]", "a number has no places"),
        ("x(0)", "round brackets call a function, but here stands a ndarray"),
        ("x.shape[0] = 1", "a tuple cannot be changed"),
        ("list(3)", "an int cannot be looped over"),
        ("[1][0, 1]", "a list has no [i, j]"),
        ("[1] * 2.0", "a list or a tuple is not an array"),
        ("[1] - [2]", "a list or a tuple is not an array"),
        ("if x > 0: pass", "`if` needs one True or False"),
        ("a, b = 1, 2, 3", "not as many names on the left"),
        ("n, c, h, w = x.shape", "not as many names on the left"),
        ("x.sum(axis=2)", "the array has 2 axes, numbered 0 to 1"),
        ("x.transpose(0, 1, 2)", "transpose needs each axis"),
        ("np.concatenate([])", "a list or a slice is empty"),
        ("np.max(x[:0])", "a list or a slice is empty"),
        ("whole += 0.5", "an array of integers cannot take floating-point numbers"),
        ("[1].shape", "a list has no .shape"),
        ("(1,).shape", "unpack it first"),
        ("np.zeross(2)", "nothing that is called zeross"),
        ("def f(): f()\nf()", "calls itself without end"),
        ("1 / 0", "divided by 0"),
    ],
)
def test_an_exception_is_put_into_plain_words(code: str, words: str) -> None:
    assert words in meaning(code)


@pytest.mark.parametrize(
    ("type", "message"),
    [
        ("ValueError", "the kernel is larger than the image"),
        ("KeyError", "'x'"),
        ("MyError", "name 'x' is not defined"),
        ("TypeError", ""),
    ],
)
def test_of_what_is_not_known_nothing_is_said(type: str, message: str) -> None:
    assert plain_words(type, message) == ""
