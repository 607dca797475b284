"""Other formulas of he_initialization."""

from collections.abc import Callable
from typing import Any

import numpy as np

Shape = tuple[int, ...]


def _fans(shape: Shape) -> tuple[int, int]:
    pixels = int(np.prod(shape[2:]))
    return (shape[0], shape[1]) if len(shape) == 2 else (shape[1] * pixels, shape[0] * pixels)


ALTERED: list[tuple[str, Callable[..., Any]]] = [
    *(
        (
            f"{{name}} are standard normal numbers times {scale}, whatever the shape is: multiply "
            "by sqrt(2 / fan_in).",
            lambda shape, rng, scale=scale: rng.standard_normal(shape) * scale,
        )
        for scale in (1, 0.1, 0.01, 0.001)
    ),
    (
        "{name} are uniform numbers with He's variance: draw normal ones, "
        "rng.standard_normal(shape).",
        lambda shape, rng: rng.uniform(-1, 1, shape) * np.sqrt(6 / _fans(shape)[0]),
    ),
    (
        "{name} are Xavier's uniform numbers: He's are normal, and count fan_in alone.",
        lambda shape, rng: rng.uniform(-1, 1, shape) * np.sqrt(6 / sum(_fans(shape))),
    ),
    (
        "{name} are uniform numbers from 0 to 1: draw normal ones, rng.standard_normal(shape).",
        lambda shape, rng: rng.random(shape) * np.sqrt(2 / _fans(shape)[0]),
    ),
    (
        "{name} are divided by sqrt(2 / fan_in): multiply by it.",
        lambda shape, rng: rng.standard_normal(shape) / np.sqrt(2 / _fans(shape)[0]),
    ),
    (
        "{name} are multiplied by sqrt(2) / fan_in: the square root is of 2 / fan_in as a whole.",
        lambda shape, rng: rng.standard_normal(shape) * np.sqrt(2) / _fans(shape)[0],
    ),
    (
        "{name} are multiplied by 2 / sqrt(fan_in): the square root is of 2 / fan_in as a whole.",
        lambda shape, rng: rng.standard_normal(shape) * 2 / np.sqrt(_fans(shape)[0]),
    ),
    (
        "{name} take all axes but the first for fan_in: for Dense weights (D, M) it is D.",
        lambda shape, rng: rng.standard_normal(shape) * np.sqrt(2 / np.prod(shape[1:])),
    ),
    (
        "{name} take the first axis for fan_in: for filters (F, C, KH, KW) it is C*KH*KW.",
        lambda shape, rng: rng.standard_normal(shape) * np.sqrt(2 / shape[0]),
    ),
    (
        "{name} count every number of the array for fan_in: it is D, or C*KH*KW.",
        lambda shape, rng: rng.standard_normal(shape) * np.sqrt(2 / np.prod(shape)),
    ),
]
