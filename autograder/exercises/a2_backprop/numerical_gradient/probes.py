"""Probes of numerical_gradient: outputs that depend on one or on several entries of x."""

from typing import Any

import numpy as np

from autograder.exercises.shared.probing import Probe, asking, calling, numbers


def cubes(x: np.ndarray) -> Any:
    """lambda x: x**3"""
    return x**3


def neighbours(x: np.ndarray) -> Any:
    """lambda x: x**2 * x.sum()"""
    return x**2 * x.sum()


def total(x: np.ndarray) -> Any:
    """lambda x: float((x**2).sum() + x.ravel()[0] ** 3 * x.ravel()[-1])"""
    return float((x**2).sum() + x.ravel()[0] ** 3 * x.ravel()[-1])


_WHOLE = np.array([[1, 2], [3, -2]])

PROBES: tuple[Probe, ...] = (
    asking("numerical_gradient", cubes, numbers(3), numbers(3, start=8), 0.5),
    asking("numerical_gradient", neighbours, numbers(2, 2), numbers(2, 2, start=6), 0.5),
    asking("numerical_gradient", neighbours, numbers(3, start=2), numbers(3, start=7), 0.25),
    asking("numerical_gradient", total, numbers(2, 3, start=3), 1.5, 0.5),
    asking("numerical_gradient", neighbours, _WHOLE, numbers(2, 2, start=9), 0.5),
    asking("numerical_gradient", cubes, _WHOLE[0], numbers(2, start=5), 0.25),
)

RETURNS = ("d_x",)


# Central differences are exact for the functions below. The docstring of each function is shown
# to the learner: it is code to type in place of the function's name.
def halved(x: np.ndarray) -> Any:
    """lambda x: x * x / 2"""
    return x * x / 2


def same(x: np.ndarray) -> Any:
    """lambda x: x"""
    return x


def view(x: np.ndarray) -> Any:
    """lambda x: x[...]"""
    return x[...]


def pairs(x: np.ndarray) -> Any:
    """lambda x: x.ravel()[1:] * x.ravel()[:-1]"""
    row = np.ravel(x)
    return row[1:] * row[:-1]


def sums(x: np.ndarray) -> Any:
    """lambda x: np.cumsum(x * x)"""
    return np.cumsum(x * x)


def product(x: np.ndarray) -> Any:
    """lambda x: np.array([x.ravel()[0] * x.ravel()[1]])"""
    return np.array([np.ravel(x)[0] * np.ravel(x)[1]])


def doubled(x: np.ndarray) -> Any:
    """lambda x: np.stack([x, 2 * x])"""
    return np.stack([x, 2 * x])


def square_sum(x: np.ndarray) -> Any:
    """lambda x: float((x * x).sum())"""
    return float((x * x).sum())


_LINE, _TABLE = numbers(4, start=3), numbers(2, 3, start=5)
_CUBE = numbers(2, 2, 3, start=8)


def _turned(x: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(x.T).T


def _grid() -> tuple[Probe, ...]:
    name = "numerical_gradient"
    probes = []
    for x, axes in (
        (_LINE, ()),
        (np.where(_LINE[0] == _LINE, 0, _LINE), ("zeros",)),
        (np.where(_TABLE == 0, 2.5, _TABLE), ("several_axes",)),
        (_TABLE, ("several_axes", *["zeros"] * (0 in _TABLE))),
        (_CUBE, ("several_axes", *["zeros"] * (0 in _CUBE))),
    ):
        ones = np.ones(x.shape)
        d_out = numbers(*x.shape, start=6) + 0.25
        few = numbers(x.size - 1, start=9) + 0.25
        probes += [
            calling(name, (halved, x, ones, 0.5), *axes, "other_epsilon"),
            calling(name, (halved, x, d_out, 0.5), *axes, "other_epsilon", "upstream"),
            calling(name, (cubes, x, d_out, 0.25), *axes, "other_epsilon", "upstream"),
            calling(name, (neighbours, x, ones, 0.5), *axes, "other_epsilon", "mixes", "joins"),
            calling(
                name,
                (sums, x, d_out.ravel(), 0.5),
                *axes,
                *(["other_shape"] if x.ndim > 1 else []),
                "other_epsilon",
                "upstream",
                "mixes",
                "joins",
            ),
            calling(
                name, (square_sum, x, 1.0, 0.5), *axes, "other_epsilon", "scalar_result", "joins"
            ),
            calling(
                name,
                (square_sum, x, 1.5, 0.5),
                *axes,
                *("other_epsilon", "scalar_result", "upstream", "joins"),
            ),
            calling(
                name,
                (product, x, np.array([1.5]), 0.5),
                *axes,
                *("other_epsilon", "other_shape", "upstream", "joins"),
            ),
            calling(
                name,
                (doubled, x, np.stack([d_out, 3 - d_out]), 0.5),
                *axes,
                *("other_epsilon", "other_shape", "upstream", "mixes"),
            ),
            calling(name, (halved, x, ones), *axes),
            calling(name, (halved, x, d_out), *axes, "upstream"),
            calling(
                name,
                (pairs, x, few, 0.5),
                *axes,
                "other_epsilon",
                "other_shape",
                "upstream",
                "mixes",
                "joins",
            ),
            calling(
                name, (same, x, d_out, 0.5), *axes, "other_epsilon", "upstream", "returns_its_input"
            ),
            calling(
                name, (view, x, d_out, 0.5), *axes, "other_epsilon", "upstream", "returns_a_view"
            ),
        ]
    for x in (_TABLE, _CUBE):
        d_out = numbers(*x.shape, start=6) + 0.25
        probes.append(
            calling(
                name,
                (halved, _turned(x), d_out, 0.5),
                "several_axes",
                "other_epsilon",
                "upstream",
                "not_contiguous",
            )
        )
    whole = (2 * _TABLE).astype(np.int64)
    probes.append(
        calling(name, (halved, whole, np.ones(whole.shape), 0.5), "several_axes", edge=True)
    )
    return tuple(probes)


GRID: tuple[Probe, ...] = _grid()
