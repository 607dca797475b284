"""No false alarms: complete right solutions, each in a style of its own, get full marks.

Each tree has all exercises, right and written in one style. The public and the hidden checks run on
it, and each exercise uses the tree's own parts. docs/false-alarms.md has the counts;
test_the_page_is_fresh compares them.
"""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest
from support import right_a1_a2, right_a3_a4, right_a5
from support.changed_solutions import forget

from autograder.catalogue import load
from autograder.judging.explain import explain
from autograder.judging.judge import judge
from autograder.judging.reference import load_reference
from autograder.worker.host import Host

COURSE = load()
# Training takes a minute for each tree, and has its own tests.
EXERCISES = tuple(e for e in COURSE.exercises if e.name != "mnist")
FUNCTIONS = [e for e in EXERCISES if e.assignment[:2] in ("a1", "a2", "a3")]
PAGE = Path(__file__).parent.parent / "docs" / "false-alarms.md"

# Conversions of a result before it is returned; the numbers stay the same.
FORMS = {
    "every array in Fortran order": "numpy.array(value, order='F')",
    "every array not contiguous": "numpy.repeat(value, 2, axis=-1)[..., ::2]",
    "every array read-only": "numpy.broadcast_to(value, value.shape)",
    "every array a reversed view": "value[..., ::-1].copy()[..., ::-1]",
    "every array big-endian": "value.astype(value.dtype.newbyteorder('>'))",
    "every array a subclass of ndarray": "value.view(Picture)",
    "every array in float32": "value.astype('f4') if value.dtype.kind == 'f' else value",
    "every array part of a larger one": "numpy.pad(value, 1)[(slice(1, -1),) * value.ndim]",
}
FORMED = """

import numpy

class Picture(numpy.ndarray):
    pass

def formed(value):
    if isinstance(value, tuple):
        return tuple(formed(part) for part in value)
    return ({form}) if isinstance(value, numpy.ndarray) and value.ndim else value

def form(function):
    return lambda *args, **kwargs: formed(function(*args, **kwargs))
"""
CLASSES = """

class Wrapped:
    def __init__(self, function):
        self.function = function
        self.calls = 0

    def __call__(self, *args, **kwargs):
        self.calls += 1
        return self.function(*args, **kwargs)
"""
# Solutions with generators that yield the windows one by one, as views.
GENERATORS = {
    "conv2d_forward_naive": """
        def _views(x, kernel_height, kernel_width, stride, padding):
            x = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
            for image in x:
                for top in range(0, x.shape[2] - kernel_height + 1, stride):
                    for left in range(0, x.shape[3] - kernel_width + 1, stride):
                        yield image[:, top : top + kernel_height, left : left + kernel_width]

        def conv2d_forward_naive(x, weights, bias, stride=1, padding=0):
            views = _views(x, *weights.shape[2:], stride, padding)
            dots = ((view * filter).sum() for view in views for filter in weights)
            oh = output_size(x.shape[2], weights.shape[2], stride, padding)
            ow = output_size(x.shape[3], weights.shape[3], stride, padding)
            flat = np.fromiter(dots, dtype=float).reshape(len(x), oh, ow, len(weights))
            return (flat + bias).transpose(0, 3, 1, 2)
        """,
    "im2col": """
        def im2col(x, kernel_height, kernel_width, stride=1, padding=0):
            views = _views(x, kernel_height, kernel_width, stride, padding)
            return np.array([view.ravel() for view in views]).T
        """,
    "col2im": """
        def col2im(cols, x_shape, kernel_height, kernel_width, stride=1, padding=0):
            images, channels, height, width = x_shape
            padded = np.zeros((images, channels, height + 2 * padding, width + 2 * padding))
            def views():
                for image in padded:
                    for top in range(0, padded.shape[2] - kernel_height + 1, stride):
                        for left in range(0, padded.shape[3] - kernel_width + 1, stride):
                            yield image[:, top : top + kernel_height, left : left + kernel_width]
            for view, column in zip(views(), cols.T):
                view += column.reshape(view.shape)
            return padded[:, :, padding : padding + height, padding : padding + width]
        """,
    "maxpool2d_forward": """
        def maxpool2d_forward(x, pool_size=2, stride=2):
            oh = (x.shape[2] - pool_size) // stride + 1
            ow = (x.shape[3] - pool_size) // stride + 1
            def windows():
                for plane in x.reshape(-1, *x.shape[2:]):
                    for i in range(oh):
                        for j in range(ow):
                            top, left = i * stride, j * stride
                            yield top, left, plane[top : top + pool_size, left : left + pool_size]
            found = [(w.max(), t + w.argmax() // pool_size, s + w.argmax() % pool_size)
                     for t, s, w in windows()]
            values, *places = zip(*found)
            shape = (*x.shape[:2], oh, ow)
            return (np.array(values, dtype=x.dtype).reshape(shape),
                    np.array(places).T.reshape(*shape, 2))
        """,
}
# Right for the checks, but they return lists, which other parts of a tree cannot use.
LISTS = (
    ("conv2d_forward_naive", "tensordot at each place, as a list of rows"),
    ("maxpool2d_forward", "pure Python, lists returned"),
    ("softmax", "row by row"),
    ("softmax_cross_entropy_backward", "a loop, lists"),
)


def variants() -> dict[str, list[tuple[str, str]]]:
    """For each exercise, right definitions from its tests: the style, and the text to append."""
    found: dict[str, list[tuple[str, str]]] = {exercise.name: [] for exercise in EXERCISES}
    for name, how, text in right_a1_a2.RIGHT:
        own = re.sub(r"\bright\b", f"right_{name}", dedent(text))
        found[name].append((how, f"\n\nright_{name} = {name}\n{own}"))
    for name, how, change in [*right_a3_a4.RIGHT, *right_a5.RIGHT]:
        assert isinstance(change, str)
        found[name].append((how, f"\n\n{change}"))
    return {
        name: [(how, text) for how, text in texts if (name, how) not in LISTS]
        for name, texts in found.items()
    }


def styles() -> dict[str, dict[str, str]]:
    """For each style, the text that is appended for each exercise."""
    trees: dict[str, dict[str, str]] = {"as published": {}}
    for form, text in FORMS.items():
        trees[form] = {}
        for exercise in FUNCTIONS:
            if exercise.name == "numerical_gradient" and "float32" in form:
                continue
            trees[form][exercise.name] = (
                FORMED.format(form=text) + f"\n{exercise.name} = form({exercise.name})\n"
            )
    trees["classes wrapping functions"] = {
        exercise.name: f"{CLASSES}\n{exercise.name} = Wrapped({exercise.name})\n"
        for exercise in FUNCTIONS
    }
    trees["generators of views"] = {name: "\n\n" + dedent(t) for name, t in GENERATORS.items()}
    written = variants()
    for k in range(max(map(len, written.values()))):
        trees[f"rewritten, {k + 1}"] = {
            name: texts[k % len(texts)][1] for name, texts in written.items() if texts
        }
    return trees


STYLES = styles()


def tree_of(folder: Path, appended: dict[str, str]) -> Path:
    tree = folder / "tree"
    shutil.copytree(load().solutions, tree, ignore=shutil.ignore_patterns("__pycache__"))
    for exercise in EXERCISES:
        with (tree / exercise.path).open("a", encoding="utf-8") as file:
            file.write(appended.get(exercise.name, ""))
    return tree


@pytest.fixture(autouse=True)
def _fresh_modules() -> Iterator[None]:
    forget()
    yield
    forget()


@pytest.mark.sample(1)
@pytest.mark.parametrize("style", STYLES)
def test_full_marks(tmp_path: Path, style: str) -> None:
    # conv2d_forward_fast is timed against the tree's own loops; some styles have no loops.
    loops = "conv2d_forward_naive" not in STYLES[style] or style in FORMS
    exercises = tuple(e for e in EXERCISES if loops or e.name != "conv2d_forward_fast")
    host = Host(tree_of(tmp_path, STYLES[style]))
    verdicts = judge(host, COURSE, exercises, reference=load_reference(), secret="a right one")
    complaints = [
        f"{verdict.exercise}: {explain(check)}"
        for verdict in verdicts
        for check in verdict.checks
        if not check.passed
    ]
    assert complaints == []
    assert [v.score for v in verdicts] == [v.points for v in verdicts]
    assert {check.hidden for verdict in verdicts for check in verdict.checks} == {True, False}


def counted() -> tuple[int, int]:
    """The numbers of complete solutions, and of single exercises written differently."""
    single = len(right_a1_a2.right_variants())
    return len(STYLES), single + len(right_a3_a4.RIGHT) + len(right_a5.RIGHT)


def test_there_are_enough() -> None:
    assert counted()[0] >= 15


def test_the_page_is_fresh() -> None:
    whole, single = counted()
    assert PAGE.is_file()
    text = PAGE.read_text(encoding="utf-8")
    assert f"**{whole} whole solutions**" in text
    assert f"**{single} single exercises**" in text
    for style in [*FORMS, "classes wrapping functions", "generators of views"]:
        assert f"- {style}" in text
