"""Runs two sets of checks on the same bank of mistakes: ours and those of CS231n.

    python benchmarks/compare_with_cs231n.py

CS231n's set checks the naive convolution and max pooling of its second assignment
(ConvolutionalNetworks.ipynb, public). It is rewritten here with the same shapes, the same numbers
from the same seed, the same relative error, and numeric gradients of the learner's own forward
pass. The notebook prints an error and the order that it should have; here ten times that passes.
Writes docs/checks-compared.md.
"""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from autograder.author.mutants import mutants
from autograder.author.mutation_score import (
    Caught,
    code_of,
    equivalent_mutants,
    measuring,
    who_catches,
)
from autograder.author.pitfalls import wrong_implementations
from autograder.catalogue import PACKAGE, Course, Exercise, load
from autograder.judging.reference import load_reference

sys.path.insert(0, str(Path(__file__).parent))


PAGE = PACKAGE.parent / "docs" / "checks-compared.md"
SEED = 231
FORWARD_ERROR, CONVOLUTION_ERROR, POOLING_ERROR = 1e-8, 1e-8, 1e-12
LENIENCE = 10

ours = load_reference()
Forward = Callable[..., tuple[np.ndarray, Any]]
Backward = Callable[..., Any]


@dataclass
class Layer:
    """A forward pass and the backward pass that belongs to it.

    Attributes:
        forward: returns the output and the values that backward needs.
        backward: takes the upstream gradient, the inputs, the kept values, and the sizes.
    """

    forward: Forward
    backward: Backward


def relative_error(a: np.ndarray, b: np.ndarray) -> float:
    """The largest elementwise difference, relative to the sum of the absolute values."""
    return float(np.max(np.abs(a - b) / np.maximum(1e-8, np.abs(a) + np.abs(b))))


def evenly(start: float, stop: float, *shape: int) -> np.ndarray:
    return np.linspace(start, stop, int(np.prod(shape))).reshape(shape)


def convolution_errors(layer: Layer) -> Iterator[float]:
    """Errors of output, d_x, d_weights and d_bias, each divided by the required error."""
    x, weights = evenly(-0.1, 0.5, 2, 3, 4, 4), evenly(-0.2, 0.3, 3, 3, 4, 4)
    bias = np.linspace(-0.1, 0.2, 3)
    wanted, _ = ours.conv2d_forward(x, weights, bias, 2, 1)
    out, _ = layer.forward(x, weights, bias, 2, 1)
    # The notebook contains the right numbers as text, with eight decimals.
    yield relative_error(out, np.round(wanted, 8)) / FORWARD_ERROR

    random = np.random.RandomState(SEED)
    x, weights = random.randn(4, 3, 5, 5), random.randn(2, 3, 3, 3)
    bias, d_out = random.randn(2), random.randn(4, 2, 5, 5)
    _, kept = layer.forward(x, weights, bias, 1, 1)
    gradients = layer.backward(d_out, x, weights, kept, 1, 1)
    forwards: tuple[Callable[[np.ndarray], np.ndarray], ...] = (
        lambda value: layer.forward(value, weights, bias, 1, 1)[0],
        lambda value: layer.forward(x, value, bias, 1, 1)[0],
        lambda value: layer.forward(x, weights, value, 1, 1)[0],
    )
    for gradient, forward, at in zip(gradients, forwards, (x, weights, bias), strict=True):
        yield relative_error(gradient, measure(forward, at, d_out)) / CONVOLUTION_ERROR


def pooling_errors(layer: Layer) -> Iterator[float]:
    """Errors of output and d_x, each divided by the required error."""
    x = evenly(-0.3, 0.4, 2, 3, 4, 4)
    wanted, _ = ours.maxpool2d_forward(x, 2, 2)
    out, _ = layer.forward(x, 2, 2)
    yield relative_error(out, np.round(wanted, 8)) / FORWARD_ERROR

    random = np.random.RandomState(SEED)
    x, d_out = random.randn(3, 2, 8, 8), random.randn(3, 2, 4, 4)
    _, kept = layer.forward(x, 2, 2)
    d_x = layer.backward(d_out, kept, x.shape)
    by_differences = measure(lambda value: layer.forward(value, 2, 2)[0], x, d_out)
    yield relative_error(d_x, by_differences) / POOLING_ERROR


def measure(f: Callable[[np.ndarray], np.ndarray], x: np.ndarray, d_out: np.ndarray) -> np.ndarray:
    """The gradient of sum(f(x) * d_out) by central differences with step 1e-5."""
    d_x = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        kept = x[index]
        x[index] = kept + 1e-5
        above = f(x).copy()
        x[index] = kept - 1e-5
        below = f(x).copy()
        x[index] = kept
        d_x[index] = np.sum((above - below) * d_out) / 2e-5
    return d_x


def layer_with(exercise: str, code: Any) -> Layer:
    """The reference's layer, with `code` as the part that the exercise names."""

    def forward_on(im2col: Any, x: Any, weights: Any, bias: Any, stride: int, padding: int) -> Any:
        size = *weights.shape[2:], stride, padding
        cols, shape = im2col(x, *size), ours.conv2d_forward(x, weights, bias, stride, padding)[0]
        out = weights.reshape(len(weights), -1) @ cols + bias[:, None]
        return out.reshape(-1, len(x), *shape.shape[2:]).swapaxes(0, 1), cols

    def naive(x: Any, weights: Any, bias: Any, stride: int, padding: int) -> Any:
        cols = ours.im2col(x, *weights.shape[2:], stride, padding)
        return code(x, weights, bias, stride, padding), cols

    def on_col2im(d_out: Any, x: Any, weights: Any, cols: Any, stride: int, padding: int) -> Any:
        rows = d_out.swapaxes(0, 1).reshape(len(weights), -1)
        d_cols = weights.reshape(len(weights), -1).T @ rows
        d_x = code(d_cols, x.shape, *weights.shape[2:], stride, padding)
        return d_x, (rows @ cols.T).reshape(weights.shape), d_out.sum(axis=(0, 2, 3))

    match exercise:
        case "conv2d_forward_naive":
            return Layer(naive, ours.conv2d_backward)
        case "im2col":
            return Layer(lambda *given: forward_on(code, *given), ours.conv2d_backward)
        case "conv2d_forward":
            return Layer(code, ours.conv2d_backward)
        case "col2im":
            return Layer(ours.conv2d_forward, on_col2im)
        case "conv2d_backward":
            return Layer(ours.conv2d_forward, code)
        case "maxpool2d_forward":
            return Layer(code, ours.maxpool2d_backward)
        case "maxpool2d_backward":
            return Layer(ours.maxpool2d_forward, code)
    raise ValueError(exercise)


EXERCISES = (
    "conv2d_forward_naive",
    "im2col",
    "conv2d_forward",
    "col2im",
    "conv2d_backward",
    "maxpool2d_forward",
    "maxpool2d_backward",
)


def theirs_catch(exercise: str, code: Any) -> bool:
    """Whether CS231n's checks fail for a layer that is right except for this code."""
    layer = layer_with(exercise, code)
    try:
        errors = (pooling_errors if "pool" in exercise else convolution_errors)(layer)
        return not all(error <= LENIENCE for error in errors)
    except Exception:
        return True


@dataclass
class Seen:
    """One mistake, whether CS231n's checks catch it, and which of ours do."""

    name: str
    theirs: bool
    ours: Caught


def compare(course: Course, exercise: Exercise) -> tuple[list[Seen], list[Seen]]:
    """The results for the known mistakes in one exercise, and for all its mutants."""
    known = [(wrong.id, wrong.code) for wrong in wrong_implementations(exercise)]
    free = equivalent_mutants()
    random = [
        (str(mutant), code_of(exercise, mutant.source))
        for mutant in mutants(exercise, load().solutions)
        if str(mutant) not in free
    ]
    seen = [
        [
            Seen(name, theirs_catch(exercise.name, code), who_catches(course, exercise, code))
            for name, code in bank
        ]
        for bank in (known, random)
    ]
    return seen[0], seen[1]


def table(found: dict[str, list[Seen]]) -> list[str]:
    rows = {
        f"`{name}`": (
            len(seen),
            sum(one.theirs for one in seen),
            sum(bool(one.ours.public) for one in seen),
            sum(bool(one.ours.public or one.ours.hidden) for one in seen),
        )
        for name, seen in found.items()
    }
    rows["together"] = tuple(map(sum, zip(*rows.values(), strict=True)))  # type: ignore[assignment]
    return [
        "| in | how many | CS231n's checks | our public checks | our public and hidden |",
        "|---|---:|---:|---:|---:|",
        *(f"| {name} | {' | '.join(map(str, row))} |" for name, row in rows.items()),
    ]


def page(known: dict[str, list[Seen]], random: dict[str, list[Seen]]) -> str:
    """The text of docs/checks-compared.md."""
    every = [one for seen in known.values() for one in seen]
    missed = [f"- `{one.name}`" for one in every if not (one.ours.public or one.ours.hidden)]
    return "\n".join(
        [
            HEAD,
            *table(known),
            "",
            "## All small changes to the solutions",
            "",
            "The bank above is ours, and our checks know it. These are the mutants of",
            "[the mutation score](mutation-score.md), which nobody chose: every small change of",
            "the solutions but those that change nothing. A handful of our checks were sharpened",
            "where one of them got through.",
            "",
            *table(random),
            "",
            "## Known mistakes that go unnoticed",
            "",
            "By CS231n's checks:",
            "",
            *(f"- `{one.name}`" for one in every if not one.theirs),
            "",
            "By ours:",
            "",
            *(missed or ["- none"]),
            "",
        ]
    )


HEAD = """# Two sets of checks, the same mistakes

Written by `python benchmarks/compare_with_cs231n.py`; do not edit.

How many mistakes each set of checks notices. The peer is what CS231n's second assignment
(ConvolutionalNetworks.ipynb) checks of its naive convolution and max pooling, written again from
the published notebook: pictures and kernels square, padding 1 and stride 2 or 1, windows of 2 with
stride 2, numeric gradients of the learner's own forward pass. The notebook prints an error and the
order it should have; ten times that passes here. A mistake in `im2col` or `col2im`, which that
course does not ask for, is looked at through the layer that uses it. An exception counts as
noticed. Its later checks, of layers that it gives ready-made, are left out.

## The bank of known mistakes

What stands in the exercises' `pitfalls.py`.
"""


def main() -> None:
    course = load()
    known, random = {}, {}
    with measuring():
        for name in EXERCISES:
            if theirs_catch(name, getattr(ours, name)):
                raise SystemExit(f"{name}: the solution fails their checks; mend this script")
            known[name], random[name] = compare(course, course.exercise(name))
    PAGE.write_text(page(known, random), encoding="utf-8")
    print(PAGE.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
