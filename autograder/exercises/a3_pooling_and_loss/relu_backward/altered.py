"""Other formulas of relu_backward: other masks than x > 0."""

from collections.abc import Callable
from typing import Any

import numpy as np

ALTERED: list[tuple[str, Callable[..., Any]]] = [
    (
        "{name} is the mask alone: multiply it by the upstream gradient d_out.",
        lambda d_out, x: (x > 0) * 1.0,
    ),
    (
        "{name} is d_out where x is negative: the mask is the wrong way round.",
        lambda d_out, x: d_out * (x <= 0),
    ),
    (
        "{name} is d_out * x: the slope of ReLU is 1 for positive numbers, not x.",
        lambda d_out, x: d_out * np.maximum(x, 0),
    ),
    ("{name} is d_out * x everywhere: the slope is 1 or 0.", lambda d_out, x: d_out * x),
    (
        "{name} is the positive part of d_out: the sign of the input x decides, not of d_out.",
        lambda d_out, x: np.maximum(d_out, 0),
    ),
    (
        "{name} has the slope -1 where x is negative: there the slope is 0.",
        lambda d_out, x: d_out * np.sign(x),
    ),
    (
        "{name} is 0 where the gradient is negative: where x is positive every gradient passes, "
        "whatever its own sign.",
        lambda d_out, x: np.maximum(d_out, 0) * (x > 0),
    ),
    *(
        (
            f"{{name}} keeps {slope:g} of the gradient where x is negative: there the slope is 0.",
            lambda d_out, x, s=slope: d_out * np.where(x > 0, 1, s),
        )
        for slope in (0.01, 0.1)
    ),
    (
        "{name} is ReLU of x: the backward pass sends back d_out where x is positive.",
        lambda d_out, x: np.maximum(x, 0),
    ),
    ("{name} lets d_out through where x is above 1.", lambda d_out, x: d_out * (x > 1)),
    (
        "{name} has a slope of a half at exactly 0: there it is 0.",
        lambda d_out, x: d_out * np.where(x == 0, 0.5, x > 0),
    ),
]
