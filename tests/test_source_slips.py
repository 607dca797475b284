"""Mistakes that affect a whole file are named, with their line and what to do."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from autograder.catalogue import load
from autograder.cli import main
from autograder.judging.argument_order import Names, names_in
from autograder.judging.source_slips import code_slips, slip_of_file

ROOT = Path(__file__).resolve().parent.parent
RIGHT = "def f(x):\n    if x:\n        return 1\n    return 2\n"
FILES = [
    (RIGHT.encode("utf-16"), 0, "UTF-16"),
    (RIGHT.encode("utf-16-le"), 0, "UTF-16"),
    (RIGHT.encode("utf-16-be"), 0, "UTF-16"),
    (b"x = 1\ny = 2\0\n", 2, "null byte"),
    ("x = 1\n# caf\xe9\n".encode("latin-1"), 2, "not UTF-8"),
    (b"def f(x):\n    y = 1\n\treturn y\n", 3, "Tabs and spaces"),
    (b"def f(x):\n    if x:\n\treturn 1\n        return 2\n", 3, "Tabs and spaces"),
    (b"x = 1\n<<<<<<< HEAD\ny = 1\n=======\ny = 2\n>>>>>>> main\n", 2, "conflict"),
    (
        b"def f(x):\n    y = x\nz = y\nfor a in z:\n    if a:\n        return a\n",
        3,
        "not part of f",
    ),
    (b"x = 1\nreturn x\n", 2, "in no function"),
    (b"x = 1\n%matplotlib inline\n", 2, "notebook"),
    (b"%%time\nx = 1\n", 1, "notebook"),
    (b"!pip install torch\n", 1, "notebook"),
    (b">>> x = 1\n", 1, "prompt"),
    (b"```python\nx = 1\n```\n", 1, "backquotes"),
    ("x\u00a0= 1\n".encode(), 1, "space"),
    ("x = \u201ca\u201d\n".encode(), 1, "quote"),
]
WHOLE = [
    RIGHT.encode(),
    b"\xef\xbb\xbf" + RIGHT.encode(),
    RIGHT.replace("\n", "\r\n").encode(),
    b"# -*- coding: latin-1 -*-\nx = '\xe9'\n",
    b"x = 0" + b" + 1" * 900 + b"\n",
    b"class A:\n    def f(self):\n        return 1\ndef g():\n    return lambda: 2\n",
    b"x = 7\ny = x % 3\ntext = '''\n<<<<<<< HEAD\n%magic\n'''\n",
    b"",
]


@pytest.mark.parametrize(("data", "line", "words"), FILES)
def test_a_slip_is_named_with_its_line(data: bytes, line: int, words: str) -> None:
    found = slip_of_file(data)
    assert found is not None
    assert words in found.sentence
    assert found.line == line


@pytest.mark.parametrize("data", WHOLE)
def test_a_whole_file_has_no_slip(data: bytes) -> None:
    assert slip_of_file(data) is None


@given(st.binary(max_size=300))
def test_any_bytes_can_be_looked_at(data: bytes) -> None:
    found = slip_of_file(data)
    assert found is None or found.line <= data.count(b"\n") + 1 or b"\r" in data


CODE = [
    ("    for i in x:\n        y += i\n    raise NotImplementedError('f')\n", 4, "still stands"),
    ("    for i in x:\n        y = i\n        return y\n", 4, "first turn"),
    ("    y = input()\n    return y\n", 2, "type"),
    ("    quit()\n", 2, "return"),
    ("    import torch\n    return x\n", 2, "torch"),
    ("    for i in x:\n        return i\n    return y\n", 3, "first turn"),
    ("    b, a = g(x, y)\n    return a\n", 2, "returns (a, b), in this order"),
    ("    a, b = g(y, x)\n    return a\n", 2, "takes (x, y), in this order"),
    ("    a, b = g(x=x, y=y)\n    f.kept, other = b, a\n    b, other = g(x, x)\n", 0, ""),
    ("    return g(y[0], x)\n", 2, "g takes (x, y), in this order. Here it gets (y[0], x)."),
    ("    return g(x.y.value, y.x)\n", 2, "g takes (x, y)"),
    ("    return g(y.shape, x)\n", 0, ""),
    ("    x.b.value, x.a = g(x, y)\n    return y\n", 2, "g returns (a, b)"),
    ("    for i in x:\n        if i:\n            continue\n        return i\n", 0, ""),
]
KNOWN = names_in('def g(x, y):\n    """G.\n\n    Returns:\n        (a, b): two.\n    """\n')


@pytest.mark.parametrize(("body", "line", "words"), CODE)
def test_a_slip_in_the_code_is_named(body: str, line: int, words: str) -> None:
    found = list(code_slips(f"def f(x, y=0):\n{body}", "f", (), KNOWN))
    assert [(slip.line, words in slip.sentence) for slip in found] == [(line, True)] * bool(line)


def test_what_is_kept_on_the_class_is_named() -> None:
    text = "class L:\n    def forward(self, x):\n        L.x = x\n        self.y = x\n"
    (slip,) = code_slips(text, "L", ())
    assert slip.line == 3
    assert "Keep it in self.x" in slip.sentence


@pytest.mark.parametrize("tree", ["solutions", "assignments"])
def test_neither_solutions_nor_stubs_have_a_slip(tree: str) -> None:
    own = {assignment.name for assignment in load().assignments}
    known: dict[str, Names] = {}
    for exercise in load().exercises:
        known |= names_in((ROOT / tree / exercise.path).read_text(encoding="utf-8"))
    for exercise in load().exercises:
        data = (ROOT / tree / exercise.path).read_bytes()
        assert slip_of_file(data) is None
        assert list(code_slips(data.decode(), exercise.name, own, known)) == []


def test_the_terminal_says_it(tmp_path: Path) -> None:
    course = load(ROOT)
    exercise = course.exercises[0]
    shutil.copytree(course.solutions, tmp_path, dirs_exist_ok=True)
    file = tmp_path / exercise.path
    file.write_text("%matplotlib inline\n" + file.read_text(encoding="utf-8"), encoding="utf-8")
    done = CliRunner().invoke(
        main, ["check", str(tmp_path), "--exercise", exercise.name], env={"COLUMNS": "200"}
    )
    said = " ".join(done.output.split())
    assert "%matplotlib works in a notebook only. Delete the line" in said
    assert said.count("is not valid Python") == 1
