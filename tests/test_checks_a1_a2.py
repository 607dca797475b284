"""Tests of the checks of a1 and a2: they pass right solutions and fail wrong ones.

Every wrong solution is the real solution with one mistake; every right one is the real solution,
written differently. The checks run in this process, as they do for a learner.
"""

import importlib
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import dedent

import pytest
from support.right_a1_a2 import NAMES, right_variants

from autograder.catalogue import load
from autograder.judging.explain import explain
from autograder.judging.judge import judge
from autograder.judging.reference import load_reference
from autograder.judging.verdict import ExerciseVerdict
from autograder.worker.host import Host

COURSE = load()
EXERCISES = [COURSE.exercise(name) for name in NAMES]


def solution(path: str) -> str:
    return (load().solutions / path).read_text(encoding="utf-8")


def judge_with(name: str, source: str) -> ExerciseVerdict:
    """The verdict on one exercise: its file is `source`, all other files are right."""
    exercise = COURSE.exercise(name)
    with TemporaryDirectory() as folder:
        root = Path(folder)
        for path in {e.path for e in EXERCISES}:
            (root / path).parent.mkdir(exist_ok=True)
            text = source if path == exercise.path else solution(path)
            (root / path).write_text(text, encoding="utf-8")
        forget_modules()
        try:
            verdict = judge(
                Host(root), COURSE, (exercise,), reference=load_reference(), secret="a secret"
            )[0]
        finally:
            forget_modules()
    return verdict


def forget_modules() -> None:
    for module in list(sys.modules):
        if module.split(".")[0] in {e.assignment for e in EXERCISES}:
            del sys.modules[module]
    importlib.invalidate_caches()


def edited(name: str, old: str, new: str) -> str:
    """The file of an exercise with `old` replaced; it must occur once in the function."""
    source = solution(COURSE.exercise(name).path)
    start = source.index(f"\ndef {name}(") + 1
    end = source.index("### END SOLUTION", start) + len("### END SOLUTION")
    function = source[start:end]
    assert function.count(old) == 1, f"{old!r} stands {function.count(old)} times in {name}"
    return source[:start] + function.replace(old, new) + source[end:]


def overridden(name: str, definition: str) -> str:
    """The file of an exercise with a second definition, which may call the first as `right`."""
    return f"{solution(COURSE.exercise(name).path)}\n\nright = {name}\n\n{dedent(definition)}"


def failed(verdict: ExerciseVerdict, hidden: bool | None = None) -> list[str]:
    return [c.name for c in verdict.checks if not c.passed and hidden in (None, c.hidden)]


# --- wrong ---------------------------------------------------------------------------------

# For each exercise: what is wrong, a text of the solution, and its replacement.
EDITS: dict[str, list[tuple[str, str, str]]] = {
    "output_size": [
        (
            "rounded to the nearest",
            "return (input_size + 2 * padding - kernel_size) // stride + 1",
            "return round((input_size + 2 * padding - kernel_size) / stride) + 1",
        ),
        (
            "kernel forgotten",
            "return (input_size + 2 * padding - kernel_size) // stride + 1",
            "return (input_size + 2 * padding - 1) // stride + 1",
        ),
    ],
    "conv2d_forward_naive": [
        ("kernel flipped in rows", "window * weights[f]", "window * weights[f, :, ::-1]"),
        ("bias subtracted", "+ bias[f]\n", "- bias[f]\n"),
        ("first filter only", "window * weights[f]", "window * weights[0]"),
        ("stride 2 at most", "i * stride, j * stride", "i * min(stride, 2), j * min(stride, 2)"),
        ("rows and columns swapped", "top, left = i * stride, j", "left, top = i * stride, j"),
        ("window too small", "left : left + kernel_width]", "left : left + kernel_height]"),
        ("maximum for sum", "np.sum(", "np.max("),
        (
            "padding before only",
            "(padding, padding), (padding, padding)))",
            "(2 * padding, 0), (2 * padding, 0)))",
        ),
        ("truncated", "    return out\n", "    return out.astype(int)\n"),
        ("truncated at the end", "    return out\n", "    return np.trunc(out)\n"),
        ("filters before images", "    return out\n", "    return out.swapaxes(0, 1)\n"),
        ("nothing returned", "    return out\n", "\n"),
        (
            "input changed",
            "    padded = np.pad(",
            "    x[..., 0, 0] += 1\n    padded = np.pad(",
        ),
        ("last row left out", "for i in range(out_height)", "for i in range(out_height - 1)"),
        ("last column left out", "for j in range(out_width)", "for j in range(out_width - 1)"),
        ("only the last channel", "padded[n, :, top", "padded[n, -1:, top"),
    ],
    "im2col": [
        ("image and channel swapped", "transpose(1, 4, 5, 0, 2, 3)", "transpose(0, 4, 5, 1, 2, 3)"),
        ("stride only across", "[:, :, ::stride, ::stride]", "[:, :, :out_height, ::stride]"),
        ("rows of a window backwards", "::stride, ::stride]", "::stride, ::stride, ::-1]"),
        (
            "padded with ones",
            "(padding, padding), (padding, padding)))",
            "(padding, padding), (padding, padding)), constant_values=1)",
        ),
        ("truncated", "(1, 4, 5, 0, 2, 3)", "(1, 4, 5, 0, 2, 3).astype(int)"),
        (
            "first image for all",
            "windows[:, :, ::stride, ::stride]",
            "np.repeat(windows[:1, :, ::stride, ::stride], images, 0)",
        ),
        (
            "first channel for all",
            "windows[:, :, ::stride, ::stride]",
            "np.repeat(windows[:, :1, ::stride, ::stride], channels, 1)",
        ),
    ],
    "conv2d_forward": [
        ("picture turned", ".transpose(1, 0, 2, 3)", ".transpose(1, 0, 3, 2)"),
        ("bias subtracted", "+ np.reshape(bias, (-1, 1))", "- np.reshape(bias, (-1, 1))"),
        ("bias averaged", "np.reshape(bias, (-1, 1))", "np.mean(bias)"),
        ("channels backwards", "weights.reshape(", "weights[:, ::-1].reshape("),
        ("kernel turned", "weights.reshape(", "weights.swapaxes(2, 3).reshape("),
        ("picture for columns", "np.float64)), cols", "np.float64)), x"),
        ("truncated to the picture", "(out if np.issub", "(out.astype(x.dtype) if np.issub"),
        ("truncated", "return (out if", "out = np.trunc(out)\n    return (out if"),
        ("input changed", "    cols = im2col(", "    weights *= 2\n    cols = im2col("),
        (
            "kernel sides swapped",
            "im2col(x, kernel_height, kernel_width",
            "im2col(x, kernel_width, kernel_height",
        ),
    ],
    "numerical_gradient": [
        ("upstream gradient ignored below", "below = np.sum(f(x) * d_out)", "below = np.sum(f(x))"),
        (
            "upstream gradient summed",
            "above = np.sum(f(x) * d_out)",
            "above = np.sum(f(x)) * np.sum(d_out)",
        ),
        ("float32", "np.array(x, dtype=np.float64)", "np.array(x, dtype=np.float32)"),
        (
            "x changed",
            "x = np.array(x, dtype=np.float64)",
            "x += 0.5\n    x = np.array(x, dtype=np.float64)",
        ),
        ("absolute", "(above - below)", "abs(above - below)"),
        ("flat", "    return d_x\n", "    return d_x.ravel()\n"),
        ("mean for sum", "above = np.sum(f(x) * d_out)", "above = np.mean(f(x) * d_out)"),
        ("a step four times as long", "epsilon: float = 1e-5", "epsilon: float = 1e-2"),
        ("first axis only", "for index in np.ndindex(x.shape):", "for index in range(len(x)):"),
        ("added up", "d_x[index] = (above", "d_x[index] = d_x.sum() + (above"),
        ("rounded", "    return d_x\n", "    return np.round(d_x)\n"),
        ("integers", "    return d_x\n", "    return d_x.astype(int)\n"),
        ("last entry left out", "in np.ndindex(x.shape):", "in list(np.ndindex(x.shape))[:-1]:"),
    ],
    "col2im": [
        ("-=", "across] += windows", "across] -= windows"),
        (
            "cropped at the bottom right",
            "padded[:, :, padding : padding + height, padding : padding + width]",
            "padded[:, :, 2 * padding :, 2 * padding :]",
        ),
        ("kernel row turned", "windows[:, u, v]", "windows[:, -1 - u, v]"),
        (
            "image and channel swapped",
            "cols.reshape(channels, kernel_height, kernel_width, images, out_height, out_width)",
            "cols.reshape(images, kernel_height, kernel_width, channels, out_height, out_width)"
            ".swapaxes(0, 3)",
        ),
        (
            "stride only across",
            "slice(u, u + stride * out_height, stride)",
            "slice(u, u + out_height)",
        ),
        ("started at one", "padded = np.zeros(", "padded = np.ones("),
        ("truncated", "dtype=cols.dtype", "dtype=int"),
        ("first kernel row only", "for u in range(kernel_height):", "for u in range(1):"),
        (
            "last kernel column left out",
            "in range(kernel_width):",
            "in range(max(1, kernel_width - 1)):",
        ),
        (
            "divided by the kernel",
            "    # Not padded[",
            "    padded /= kernel_width\n    # Not padded[",
        ),
    ],
    "conv2d_backward": [
        (
            "bias of the mean image",
            "d_out_rows.sum(axis=1)",
            "d_out.sum(axis=(2, 3)).mean(axis=0)",
        ),
        ("bias of each image", "d_out_rows.sum(axis=1)", "d_out.sum(axis=(2, 3))"),
        ("bias of the first image", "d_out_rows.sum(axis=1)", "d_out[0].sum(axis=(1, 2))"),
        ("one bias for all", "d_out_rows.sum(axis=1)", "np.full(filters, d_out.sum())"),
        ("picture turned", "d_out.transpose(1, 0, 2, 3)", "d_out.transpose(1, 0, 3, 2)"),
        ("bias of ones", "d_bias = d_out_rows", "d_bias = np.ones_like(d_out_rows)"),
        ("weights divided by N", "(d_out_rows @ cols.T)", "(d_out_rows @ cols.T / len(x))"),
        (
            "weights turned",
            ".reshape(weights.shape)",
            ".reshape(filters, -1, kernel_width, kernel_height).swapaxes(2, 3)",
        ),
        ("weights flipped", ".reshape(weights.shape)", ".reshape(weights.shape)[:, :, ::-1, ::-1]"),
        (
            "weights by place",
            ".reshape(weights.shape)",
            ".reshape(filters, kernel_height, kernel_width, -1).transpose(0, 3, 1, 2)",
        ),
        ("weights of the wrong sign", "(d_out_rows @", "(-d_out_rows @"),
        (
            "first filter only for d_x",
            "weights.reshape(filters, -1).T @ d_out_rows",
            "weights[:1].reshape(1, -1).T @ d_out_rows[:1]",
        ),
        ("stride not handed on", "kernel_width, stride, padding)", "kernel_width, 1, padding)"),
        ("padding not handed on", "kernel_width, stride, padding)", "kernel_width, stride)"),
        (
            "kernel sides swapped",
            "kernel_height, kernel_width, stride, p",
            "kernel_width, kernel_height, stride, p",
        ),
        ("another order", "return d_x, d_weights, d_bias", "return d_weights, d_x, d_bias"),
        ("bias left out", "return d_x, d_weights, d_bias", "return d_x, d_weights"),
        ("d_x like the picture", "return d_x,", "return d_x.astype(x.dtype),"),
        (
            "weights like the picture",
            "return d_x, d_weights,",
            "return d_x, d_weights.astype(x.dtype),",
        ),
        (
            "all truncated",
            "return d_x, d_weights, d_bias",
            "return np.trunc(d_x), np.trunc(d_weights), np.trunc(d_bias)",
        ),
        ("input changed", "    d_bias =", "    d_out *= 2\n    d_bias ="),
        ("d_x of the mean image", "return d_x,", "return d_x / len(x),"),
        ("bias truncated", "d_weights, d_bias\n    ###", "d_weights, np.trunc(d_bias)\n    ###"),
        ("nothing for the picture", "return d_x,", "return np.zeros_like(d_x),"),
    ],
}

# Mistakes that are easier to write as a new definition than as a replacement.
REWRITTEN: list[tuple[str, str, str]] = [
    (
        "im2col",
        "pad after cutting",
        """
        def im2col(x, kernel_height, kernel_width, stride=1, padding=0):
            cols = right(x, kernel_height, kernel_width, stride)
            full = right(x, kernel_height, kernel_width, stride, padding)
            wider = np.zeros(full.shape)
            wider[:, : cols.shape[1]] = cols
            return wider
        """,
    ),
    (
        "output_size",
        "padding counts up to 2 only",
        """
        def output_size(input_size, kernel_size, stride=1, padding=0):
            return right(input_size, kernel_size, stride, min(padding, 2))
        """,
    ),
    (
        "conv2d_forward_naive",
        "every channel meets the first channel's weights",
        """
        def conv2d_forward_naive(x, weights, bias, stride=1, padding=0):
            same = np.repeat(weights[:, :1], weights.shape[1], axis=1)
            return right(x, same, bias, stride, padding)
        """,
    ),
    (
        "conv2d_forward_naive",
        "only square pictures and kernels",
        """
        def conv2d_forward_naive(x, weights, bias, stride=1, padding=0):
            filters, _, size, _ = weights.shape
            out_size = output_size(x.shape[2], size, stride, padding)
            padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
            out = np.zeros((len(x), filters, out_size, out_size))
            for n, f, i, j in np.ndindex(out.shape):
                top, left = i * stride, j * stride
                window = padded[n, :, top : top + size, left : left + size]
                out[n, f, i, j] = np.sum(window * weights[f]) + bias[f]
            return out
        """,
    ),
    (
        "conv2d_backward",
        "right only for an upstream gradient of ones in d_x",
        """
        def conv2d_backward(d_out, x, weights, cols, stride=1, padding=0):
            d_x, _, _ = right(np.ones_like(d_out), x, weights, cols, stride, padding)
            return (d_x, *right(d_out, x, weights, cols, stride, padding)[1:])
        """,
    ),
]

MUTANTS = [(name, what) for name, edits in EDITS.items() for what, _, _ in edits] + [
    (name, what) for name, what, _ in REWRITTEN
]


@cache
def verdict_on_mutant(name: str, what: str) -> ExerciseVerdict:
    for candidate, label, definition in REWRITTEN:
        if (candidate, label) == (name, what):
            return judge_with(name, overridden(name, definition))
    old, new = next((old, new) for label, old, new in EDITS[name] if label == what)
    return judge_with(name, edited(name, old, new))


@pytest.mark.sample(8)
@pytest.mark.parametrize(("name", "what"), MUTANTS)
def test_a_mistake_fails_a_hidden_check(name: str, what: str) -> None:
    verdict = verdict_on_mutant(name, what)
    assert verdict.status in ("failed", "error")
    assert failed(verdict, hidden=True)


@pytest.mark.soak
def test_public_checks_alone_catch_nearly_every_mistake() -> None:
    assert len(set(MUTANTS)) == len(MUTANTS) >= 40
    missed = [m for m in MUTANTS if not failed(verdict_on_mutant(*m), hidden=False)]
    print(f"public checks catch {len(MUTANTS) - len(missed)} of {len(MUTANTS)}; not {missed}")
    assert len(missed) <= 0.15 * len(MUTANTS), missed


@pytest.mark.soak
def test_every_check_catches_something() -> None:
    caught = {
        (name, check) for name, what in MUTANTS for check in failed(verdict_on_mutant(name, what))
    }
    checks = {
        (name, c.name)
        for name in NAMES
        for c in judge_with(name, solution(COURSE.exercise(name).path)).checks
    }
    assert checks - caught == set()


# --- nothing written -----------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_stub_passes_no_check(name: str) -> None:
    lines, keep = [], True
    for line in solution(COURSE.exercise(name).path).splitlines():
        if "### BEGIN SOLUTION" in line:
            lines.append("    raise NotImplementedError")
            keep = False
        if keep:
            lines.append(line)
        keep = keep or "### END SOLUTION" in line
    verdict = judge_with(name, "\n".join(lines))
    assert verdict.status == "todo"
    assert len(failed(verdict)) == len(verdict.checks)


# Results with at most the right form, not the right numbers; `filled` builds them.
FILLED = """
    import numpy

    def filled(value):
        if isinstance(value, tuple):
            return tuple(filled(part) for part in value)
        return {result} if isinstance(value, numpy.ndarray) else type(value)({number})

    def {name}(*args, **kwargs):
        return filled(right(*args, **kwargs))
"""


@pytest.mark.sample(8)
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("result", "number"),
    [
        ("numpy.zeros_like(value)", 0),
        ("numpy.full(value.shape, numpy.nan)", 0),
        ("numpy.full(value.shape, 7.25)", 0),
    ],
)
def test_numbers_that_mean_nothing_pass_no_check(name: str, result: str, number: int) -> None:
    definition = FILLED.format(name=name, result=result, number=number)
    verdict = judge_with(name, overridden(name, definition))
    assert [c.name for c in verdict.checks if c.passed] == []


@pytest.mark.sample(8)
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", ["None", "[]", "(None, None)", "object()"])
def test_values_of_no_use_pass_no_check(name: str, value: str) -> None:
    verdict = judge_with(name, overridden(name, f"def {name}(*args, **kwargs): return {value}"))
    assert [c.name for c in verdict.checks if c.passed] == []


# --- right ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_solution_passes_every_check(name: str) -> None:
    verdict = judge_with(name, solution(COURSE.exercise(name).path))
    assert failed(verdict) == []
    assert verdict.score == verdict.points
    public = sum(not check.hidden for check in verdict.checks)
    assert 5 <= public <= 9  # up to eight to read, and one over many calls
    assert 3 <= len(verdict.checks) - public <= 8


@pytest.mark.sample(15)
@pytest.mark.parametrize(
    ("name", "definition"),
    [pytest.param(name, text, id=f"{name}-{what}") for name, what, text in right_variants()],
)
def test_right_written_differently_passes_every_check(name: str, definition: str) -> None:
    verdict = judge_with(name, overridden(name, definition))
    complaints = [explain(check) for check in verdict.checks if not check.passed]
    assert complaints == []
