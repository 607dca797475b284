"""Other formulas of relu_forward."""

from collections.abc import Callable
from typing import Any

import numpy as np

ALTERED: list[tuple[str, Callable[..., Any]]] = [
    *(
        (
            f"{{name}} is the maximum along axis {axis}: np.max(x, 0) takes the 0 as an axis. "
            "np.maximum(x, 0) compares every number with 0.",
            lambda x, a=axis: x.max(axis=a) if x.ndim > a else x.max(),
        )
        for axis in (0, 1)
    ),
    ("{name} is the largest number of all: np.maximum compares number by number.", np.max),
    ("{name} keeps the negative numbers and makes the positive 0.", lambda x: np.minimum(x, 0)),
    ("{name} is the absolute value: negative numbers become 0.", np.abs),
    ("{name} is a mask of 0 and 1: multiply it by x.", lambda x: (x > 0) * 1.0),
    *(
        (
            f"{{name}} keeps {slope:g} of the negative numbers: that is a leaky ReLU; here they "
            "become 0.",
            lambda x, s=slope: np.where(x > 0, x, s * x),
        )
        for slope in (0.01, 0.1, 0.2)
    ),
    ("{name} cuts at 1 in the place of 0.", lambda x: np.maximum(x, 1)),
    ("{name} is cut at 1 above too: ReLU has no upper end.", lambda x: np.clip(x, 0, 1)),
    ("{name} is cut at 6 above too: ReLU has no upper end.", lambda x: np.clip(x, 0, 6)),
    ("{name} is a sigmoid.", lambda x: 1 / (1 + np.exp(-x))),
    ("{name} is tanh.", np.tanh),
]
