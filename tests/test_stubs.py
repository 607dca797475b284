"""Cutting stubs out of solutions, and finding them again in learners' files."""

import ast
from pathlib import Path

import pytest

from autograder.catalogue import Course, load, read
from autograder.judging.stubs import cut, cut_all, stub_line
from autograder.text import UserError

pytestmark = pytest.mark.quick

COURSE = read(
    """
title = "T"
[[assignment]]
name = "a1_x"
title = "X"
exercise = [
  { name = "f", file = "x.py", points = 15, needs = [], hints = [] },
  { name = "Layer", file = "x.py", points = 2.5, needs = [], hints = [] },
  { name = "whole", file = "x.py", points = 1, needs = ["Layer"], hints = [] },
]
"""
)
SOURCE = '''"""Module."""
import numpy as np


def f(x):
    """Says ### BEGIN SOLUTION, which in a string is no marker."""
    if x < 0:
        raise ValueError("x")
    ### BEGIN SOLUTION
    secret = x + 1
    return secret
    # a last remark
    ### END SOLUTION


class Layer:
    def forward(self, x):
        for _ in range(2):
            ### BEGIN SOLUTION
            secret = x
            ### END SOLUTION
        return x

    def backward(self, d_out):
        ### BEGIN SOLUTION
        return "secret"
        ### END SOLUTION


def shown():
    return 1
'''


def cut_x(source: str, course: Course = COURSE) -> str:
    return cut(source, course, "a1_x", "x.py")


def test_stub_keeps_all_but_the_solution() -> None:
    stub = cut_x(SOURCE)
    assert "secret" not in stub.replace('return "secret"', "")
    assert "a last remark" not in stub
    assert '    # YOUR CODE HERE: f (a1, 15 points)\n    raise NotImplementedError("f")\n' in stub
    assert stub.count("# YOUR CODE HERE: Layer (a1, 2.5 points in all)") == 2
    assert '            raise NotImplementedError("Layer")\n        return x\n' in stub
    assert 'raise ValueError("x")' in stub
    assert "def shown():\n    return 1\n" in stub
    ast.parse(stub)


def test_stub_raises_for_the_exercise() -> None:
    names: dict[str, object] = {}
    exec(cut_x(SOURCE), names)
    with pytest.raises(NotImplementedError, match=r"^f$"):
        names["f"](1)  # type: ignore[operator]
    with pytest.raises(ValueError, match="x"):
        names["f"](-1)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        (
            "    ### BEGIN SOLUTION\n    secret = x + 1\n",
            "    secret = x + 1\n",
            12,
            "no ### BEGIN",
        ),
        ("    # a last remark\n    ### END SOLUTION\n", "", 17, "begun in line 9"),
        ('        return "secret"\n        ### END SOLUTION\n', "        pass\n", 25, "no ### END"),
        (
            '        ### BEGIN SOLUTION\n        return "secret"\n',
            "        pass\n        ### BEGIN SOLUTION\n\n        # only words\n",
            26,
            "no code between",
        ),
        ("### BEGIN SOLUTION\n    secret", "## BEGIN SOLUTION\n    secret", 9, "write the marker"),
        ("### BEGIN SOLUTION\n    secret", "### begin solution\n    secret", 9, "write the marker"),
        ("secret = x + 1", "secret = x + 1  ### END SOLUTION", 10, "alone on its line"),
        (
            "    return 1\n",
            "    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION\n",
            31,
            "in shown, which is no exercise",
        ),
        (
            "import numpy as np\n",
            "### BEGIN SOLUTION\nimport numpy as np\n### END SOLUTION\n",
            2,
            "a place that is no exercise",
        ),
        ("def f(x):", "def f(x:", 5, "not valid Python"),
        ("def f(x):", "def g(x):", 9, "in g, which is no exercise"),
    ],
)
def test_what_cannot_be_cut_is_refused_with_file_and_line(
    old: str, new: str, line: int, words: str
) -> None:
    broken = SOURCE.replace(old, new, 1)
    assert broken != SOURCE
    with pytest.raises(UserError) as caught:
        cut_x(broken)
    assert str(caught.value).startswith(f"solutions/a1_x/x.py:{line}: ")
    assert words in str(caught.value)


def test_an_exercise_without_a_region_is_refused() -> None:
    without = SOURCE.replace("    ### BEGIN SOLUTION\n    secret = x + 1", "    secret = x + 1")
    without = without.replace("    # a last remark\n    ### END SOLUTION\n", "")
    with pytest.raises(UserError, match=r"x\.py:5: f has no ### BEGIN SOLUTION"):
        cut_x(without)


def test_an_exercise_without_a_function_is_refused_unless_it_stands_on_this_file() -> None:
    gone = SOURCE.replace("class Layer:", "class Other:")
    with pytest.raises(UserError):
        cut_x(gone)
    alone = SOURCE[: SOURCE.index("class Layer")]
    with pytest.raises(UserError, match="no function or class Layer"):
        cut_x(alone)


def test_markers_that_cut_through_a_statement_are_refused() -> None:
    source = SOURCE.replace(
        "for _ in range(2):\n            ###", "if x:\n            y = (1,\n###"
    )
    with pytest.raises(UserError, match=r"x\.py:"):
        cut_x(source)


def test_the_courses_own_stubs_hold_no_solution() -> None:
    for assignment in load().assignments:
        stubs = cut_all(load().solutions, load(), assignment)
        assert set(stubs) == set(assignment.files)
        for file, text in stubs.items():
            assert "SOLUTION" not in text
            source = (load().solutions / assignment.name / file).read_text()
            assert text.count("# YOUR CODE HERE") == source.count("### BEGIN SOLUTION")


def test_stub_line_finds_the_first_unfilled_stub(tmp_path: Path) -> None:
    file = tmp_path / "x.py"
    stub = cut_x(SOURCE)
    file.write_text(stub)
    assert stub.splitlines()[(stub_line(file, "f") or 0) - 1].strip().startswith("# YOUR CODE")
    assert stub_line(file, "f") == 9
    first = stub_line(file, "Layer")
    file.write_text(stub.replace("# YOUR CODE HERE: Layer (a1, 2.5 points in all)", "# mine", 1))
    assert (stub_line(file, "Layer") or 0) > (first or 0)


def test_stub_line_finds_the_definition_where_the_stub_is_gone(tmp_path: Path) -> None:
    file = tmp_path / "x.py"
    file.write_text("import os\n\ndef ff(: broken\n\ndef f(x:\n    return (\n\nclass Layer\n")
    assert stub_line(file, "f") == 5
    assert stub_line(file, "Layer") == 8
    assert stub_line(file, "whole") is None
    assert stub_line(tmp_path / "none.py", "f") is None
    file.write_bytes(b"\xff\xfe\n  raise NotImplementedError('f')\n")
    assert stub_line(file, "f") == 2
