"""Builds probes: the calls by which the mistake in a failing exercise is recognised.

A probe calls the exercise on fixed small inputs and returns the result. The inputs are
multiples of 1/2, so that most results are exact in floating point, and they are varied enough
to tell the mistakes apart: rectangular, strided, padded, with channels, with ties.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from autograder.checking import Probe


def numbers(*shape: int, start: int = 1) -> np.ndarray:
    """Multiples of 1/2 from -7 to 7, in an irregular order that is the same on every machine."""
    # Explicit int64: the default has 32 bits in a browser, where the cubes would overflow.
    places = np.arange(start, start + int(np.prod(shape)), dtype=np.int64)
    # 29 is prime and 28 is not divisible by 3, so 29 consecutive cubes differ modulo 29.
    return ((places**3 % 29 - 14) / 2).reshape(shape)


def asking(exercise: str, *arguments: Any) -> Probe:
    """The probe that calls the exercise's function once."""
    return calling(exercise, arguments)


def calling(
    exercise: str,
    arguments: Sequence[Any],
    *conditions: str,
    edge: bool = False,
    sizes: Mapping[str, int] | None = None,
) -> Probe:
    """The probe of one call, with the conditions that hold for it and its sizes by letter."""
    return Probe(
        lambda learner: getattr(learner, exercise)(*arguments),
        frozenset(conditions),
        edge,
        exercise,
        tuple(arguments),
        sizes=tuple((sizes or {}).items()),
    )


def asking_often(exercise: str, *argument_lists: Sequence[Any]) -> Probe:
    """The probe that calls the exercise's function once for each list of arguments."""

    def probe(learner: Any) -> Any:
        return tuple(getattr(learner, exercise)(*arguments) for arguments in argument_lists)

    return Probe(probe)


def convolutions(exercise: str) -> tuple[Probe, ...]:
    """Probes of a convolution: (N, C, H, W), (F, KH, KW), stride, padding; then integer x."""
    sizes = (
        ((1, 1, 4, 4), (1, 2, 2), 1, 0),
        ((2, 1, 3, 5), (2, 2, 3), 1, 0),
        ((1, 3, 4, 3), (2, 3, 2), 1, 0),
        ((2, 2, 5, 7), (3, 3, 2), 2, 0),
        ((1, 2, 3, 4), (2, 2, 2), 1, 1),
        ((2, 2, 4, 5), (2, 3, 3), 2, 1),
    )
    probes = []
    for x_shape, (filters, height, width), stride, padding in sizes:
        x = numbers(*x_shape)
        weights = numbers(filters, x_shape[1], height, width, start=5)
        bias = numbers(filters, start=3)
        probes.append(asking(exercise, x, weights, bias, stride, padding))
    for x_shape, start in (((1, 1, 4, 4), 1), ((2, 2, 3, 4), 9)):
        whole = (2 * numbers(*x_shape, start=start)).astype(np.int64)
        weights = numbers(2, x_shape[1], 2, 2, start=5)
        probes.append(asking(exercise, whole, weights, numbers(2, start=3)))
    return tuple(probes)


def unfoldings(exercise: str) -> tuple[Probe, ...]:
    """Probes of im2col with several sizes: (N, C, H, W), KH, KW, stride, padding."""
    sizes = (
        ((1, 1, 4, 4), 2, 2, 1, 0),
        ((2, 1, 4, 5), 2, 3, 1, 0),
        ((2, 3, 4, 4), 3, 2, 1, 0),
        ((2, 2, 5, 7), 3, 2, 2, 0),
        ((1, 2, 3, 4), 2, 2, 1, 1),
        ((2, 2, 5, 6), 2, 3, 2, 2),
    )
    return tuple(asking(exercise, numbers(*shape), *rest) for shape, *rest in sizes)


def set_up(layer: Any, start: int) -> Any:
    """Give a layer's parameters fixed values, and gradients that are not 0."""
    for offset, parameter in enumerate((layer.weights, layer.bias)):
        shape = np.shape(parameter.value)
        parameter.value = numbers(*shape, start=start + offset)
        parameter.grad = numbers(*shape, start=start + offset + 5)
    return layer


def forward_and_backward(layer: Any, *xs: np.ndarray, start: int = 3) -> Any:
    """Run both passes for every input in turn; return out and d_x of each."""
    answers: list[Any] = []
    for x in xs:
        out = layer.forward(x)
        d_x = layer.backward(numbers(*np.shape(first(out)), start=start))
        answers += [copied(out), copied(d_x)]
    return tuple(answers)


def copied(value: Any) -> Any:
    """A copy with new arrays, because the learner's code may later write into the originals."""
    if isinstance(value, tuple | list):
        return type(value)(map(copied, value))
    return value.copy() if isinstance(value, np.ndarray) else value


def forward(make: Callable[[Any], Any], *xs: np.ndarray) -> Probe:
    """The probe of the forward pass alone: it works even if the backward pass fails."""

    def probe(learner: Any) -> Any:
        layer = make(learner)
        return tuple(copied(layer.forward(x)) for x in xs)

    return Probe(probe)


def first(out: Any) -> Any:
    return out[0] if isinstance(out, tuple) else out


def parametric(make: Callable[[Any], Any], *xs: np.ndarray, start: int = 3) -> Probe:
    def probe(learner: Any) -> Any:
        layer = set_up(make(learner), start)
        answers = forward_and_backward(layer, *xs)
        return (*answers, layer.weights.grad, layer.bias.grad)

    return Probe(probe)


def plain(name: str, *xs: np.ndarray, arguments: Sequence[int] = ()) -> Probe:
    return Probe(lambda learner: forward_and_backward(getattr(learner, name)(*arguments), *xs))


def conv2d(sizes: Sequence[int], *xs: np.ndarray, start: int = 3) -> Probe:
    return parametric(
        lambda learner: learner.Conv2D(*sizes, rng=learner.default_rng(0)), *xs, start=start
    )


def dense(sizes: Sequence[int], *xs: np.ndarray, start: int = 3) -> Probe:
    return parametric(
        lambda learner: learner.Dense(*sizes, rng=learner.default_rng(0)), *xs, start=start
    )
