"""Other formulas of numerical_gradient: differences that are not central ones."""

from collections.abc import Callable
from typing import Any

import numpy as np


def _differences(kind: str, factor: float = 1.0) -> Callable[..., np.ndarray]:
    def gradient(
        f: Callable[[np.ndarray], Any], x: np.ndarray, d_out: Any, epsilon: float = 1e-5
    ) -> np.ndarray:
        x = np.array(x, dtype=float)
        d_x = np.zeros(x.shape)

        def total(y: np.ndarray, upstream: Any = d_out) -> float:
            return float(np.sum(np.array(f(y)) * upstream))

        for place in np.ndindex(x.shape):
            up, down = x.copy(), x.copy()
            up[place] += epsilon
            down[place] -= epsilon
            if kind == "forward":
                d_x[place] = (total(up) - total(x)) / epsilon
            elif kind == "backward":
                d_x[place] = (total(x) - total(down)) / epsilon
            elif kind == "all at once":
                d_x[place] = (total(x + epsilon) - total(x - epsilon)) / (2 * epsilon)
            elif kind == "sums apart":
                change = np.sum(f(up)) - np.sum(f(down))
                d_x[place] = change * np.sum(d_out) / (2 * epsilon)
            elif kind == "mean of f":
                change = np.mean(f(up) * d_out) - np.mean(f(down) * d_out)
                d_x[place] = change / (2 * epsilon)
            elif kind == "mean of x":
                d_x[place] = (total(up) - total(down)) / (2 * epsilon) / x.size
            elif kind in ("ones", "multiplied at the end"):
                d_x[place] = (total(up, 1) - total(down, 1)) / (2 * epsilon)
            else:
                d_x[place] = (total(up) - total(down)) / (2 * epsilon)
        if kind == "last divided":
            d_x = d_x * 2 * epsilon
            d_x.flat[-1:] /= 2 * epsilon
        return d_x * (d_out if kind == "multiplied at the end" else factor)

    return gradient


ALTERED: list[tuple[str, Callable[..., Any]]] = [
    (
        "{name} is 0 everywhere: nothing is written into it, or f gives the same twice. f must get "
        "the array in which the entry was changed (flatten makes another one), and the two nudges "
        "must not meet in one array (b = a makes no copy).",
        lambda f, x, d_out=1.0, *rest: np.zeros(np.shape(x)),
    ),
    (
        "{name} is the forward difference, (f(x + e) - f(x)) / e: take the central one, "
        "(f(x + e) - f(x - e)) / (2 * e).",
        _differences("forward"),
    ),
    (
        "{name} is divided by 2 * epsilon in its last entry alone: the division belongs inside the "
        "loop.",
        _differences("last divided"),
    ),
    (
        "{name} is multiplied by d_out after the sum over the outputs: multiply inside it, "
        "np.sum(f(x) * d_out).",
        _differences("multiplied at the end"),
    ),
    (
        "{name} is the backward difference: take the central one, (f(x + e) - f(x - e)) / (2 * e).",
        _differences("backward"),
    ),
    (
        "{name} does not use d_out: multiply each output's change by its upstream gradient.",
        _differences("ones"),
    ),
    (
        "{name} is twice what it should be: the two steps are 2 * epsilon apart.",
        _differences("central", 2.0),
    ),
    ("{name} is half of what it should be.", _differences("central", 0.5)),
    ("{name} has the opposite sign: it is f(x + e) minus f(x - e).", _differences("central", -1.0)),
    (
        "{name} is the forward difference divided by 2 * epsilon: f(x + e) - f(x) spans one "
        "epsilon. Take f(x + e) - f(x - e).",
        _differences("forward", 0.5),
    ),
    (
        "{name} is divided by the number of entries of x: each entry has a slope of its own, and "
        "no mean is taken.",
        _differences("mean of x"),
    ),
    (
        "{name} is divided by the number of outputs of f: f(x) * d_out is summed, and no mean is "
        "taken.",
        _differences("mean of f"),
    ),
    (
        "{name} is the sum of f(x) times the sum of d_out: multiply f(x) by d_out entry by entry, "
        "then sum.",
        _differences("sums apart"),
    ),
    (
        "{name} is the change when all entries of x move together: change one entry at a time, and "
        "put it back.",
        _differences("all at once"),
    ),
]
