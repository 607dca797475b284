"""Other formulas of xavier_initialization."""

from collections.abc import Callable
from typing import Any

import numpy as np

Shape = tuple[int, ...]


def _fans(shape: Shape) -> tuple[int, int]:
    pixels = int(np.prod(shape[2:]))
    return (shape[0], shape[1]) if len(shape) == 2 else (shape[1] * pixels, shape[0] * pixels)


ALTERED: list[tuple[str, Callable[..., Any]]] = [
    (
        "{name} are normal numbers with Xavier's variance: draw uniform ones, "
        "rng.uniform(-limit, limit, shape).",
        lambda shape, rng: rng.standard_normal(shape) * np.sqrt(2 / sum(_fans(shape))),
    ),
    (
        "{name} are normal numbers with Xavier's variance: draw uniform ones, "
        "rng.uniform(-limit, limit, shape).",
        lambda shape, rng: rng.normal(0, np.sqrt(2 / sum(_fans(shape))), shape),
    ),
    (
        "{name} are He's normal numbers: Xavier's are uniform, and count both fans.",
        lambda shape, rng: rng.standard_normal(shape) * np.sqrt(2 / _fans(shape)[0]),
    ),
    (
        "{name} are normal numbers with the variance 1 / fan_in: Xavier's are uniform, and count "
        "both fans.",
        lambda shape, rng: rng.standard_normal(shape) * np.sqrt(1 / _fans(shape)[0]),
    ),
    (
        "{name} lie between -1 and 1 and are not scaled: the limit is sqrt(6 / (fan_in + "
        "fan_out)).",
        lambda shape, rng: rng.uniform(-1, 1, shape),
    ),
    (
        "{name} have the limit sqrt(3 / fan_in): Xavier's counts both fans.",
        lambda shape, rng: rng.uniform(-1, 1, shape) * np.sqrt(3 / _fans(shape)[0]),
    ),
    (
        "{name} have the limit sqrt(6 / fan_out): Xavier's divides by fan_in + fan_out.",
        lambda shape, rng: rng.uniform(-1, 1, shape) * np.sqrt(6 / _fans(shape)[1]),
    ),
    (
        "{name} have the limit sqrt(6 / (fan_in * fan_out)): the fans are added.",
        lambda shape, rng: rng.uniform(-1, 1, shape) * np.sqrt(6 / np.prod(_fans(shape))),
    ),
    (
        "{name} have the limit sqrt(6) / (fan_in + fan_out): the root goes around the whole "
        "fraction.",
        lambda shape, rng: rng.uniform(-1, 1, shape) * np.sqrt(6) / sum(_fans(shape)),
    ),
    (
        "{name} have the limit 6 / sqrt(fan_in + fan_out): the root goes around the whole "
        "fraction.",
        lambda shape, rng: rng.uniform(-1, 1, shape) * 6 / np.sqrt(sum(_fans(shape))),
    ),
    (
        "{name} have the limit sqrt(2 / (fan_in + fan_out)), which is the standard deviation: the "
        "limit of uniform numbers has a 6 there.",
        lambda shape, rng: rng.uniform(-1, 1, shape) * np.sqrt(2 / sum(_fans(shape))),
    ),
    (
        "{name} have the opposite sign: the low limit comes first, "
        "rng.uniform(-limit, limit, shape).",
        lambda shape, rng: rng.uniform(1, -1, shape) * np.sqrt(6 / sum(_fans(shape))),
    ),
]
