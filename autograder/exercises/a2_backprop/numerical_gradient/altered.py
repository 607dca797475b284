"""What other differences than central ones give."""

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
            elif kind == "ones":
                d_x[place] = (total(up, 1) - total(down, 1)) / (2 * epsilon)
            else:
                d_x[place] = (total(up) - total(down)) / (2 * epsilon)
        return d_x * factor

    return gradient


ALTERED: list[tuple[str, Callable[..., Any]]] = [
    (
        "{name} is 0 everywhere: either nothing is written into it, or f gives the same twice. f "
        "must get the array in which the entry was changed: flatten and copy make another one.",
        lambda f, x, d_out=1.0, *rest: np.zeros(np.shape(x)),
    ),
    (
        "{name} is the forward difference, (f(x + e) - f(x)) / e: take the central one, "
        "(f(x + e) - f(x - e)) / (2 * e).",
        _differences("forward"),
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
]
