"""Probes of shift_images."""

from collections.abc import Sequence

import numpy as np

from autograder.exercises.shared.probing import Probe, asking, calling, numbers


def shifting(shape: tuple[int, ...], down: Sequence[int], across: Sequence[int]) -> Probe:
    # No pixel is 0, so that the zeros that move in differ from every pixel.
    return asking("shift_images", numbers(*shape) + 10, np.array(down), np.array(across))


PROBES: tuple[Probe, ...] = (
    shifting((3, 1, 3, 4), (1, 0, 2), (0, 1, 1)),
    shifting((3, 2, 4, 3), (-1, 2, 0), (1, -1, -2)),
    shifting((4, 1, 2, 3), (2, -3, 0, 1), (0, 0, 4, -5)),
    shifting((3, 1, 3, 3), (-3, 1, 5), (1, 3, 0)),
    shifting((2, 2, 2, 3), (1, 0), (1, -5)),
)

RETURNS = ("out",)


def _grid() -> tuple[Probe, ...]:
    probes = []
    for shape, down, across in (
        ((1, 1, 3, 3), (0,), (0,)),
        ((1, 1, 3, 3), (1,), (0,)),
        ((1, 1, 3, 3), (0,), (1,)),
        ((1, 1, 4, 4), (2,), (1,)),
        ((1, 1, 3, 3), (-1,), (0,)),
        ((1, 1, 3, 3), (0,), (-1,)),
        ((1, 1, 4, 4), (-2,), (-1,)),
        ((1, 1, 4, 4), (1,), (-1,)),
        ((1, 1, 3, 4), (1,), (1,)),
        ((1, 1, 4, 2), (1,), (1,)),
        ((1, 2, 3, 3), (1,), (1,)),
        ((1, 3, 3, 3), (0,), (2,)),
        ((2, 1, 3, 3), (1, 0), (0, 1)),
        ((3, 1, 3, 3), (1, 2, 0), (2, 1, 1)),
        ((2, 1, 3, 3), (-1, 1), (1, -1)),
        ((1, 1, 3, 3), (3,), (0,)),
        ((1, 1, 3, 3), (0,), (4,)),
        ((2, 2, 3, 4), (-3, 5), (1, -4)),
    ):
        held = {
            "images": shape[0] > 1,
            "channels": shape[1] > 1,
            "rectangular_picture": shape[2] != shape[3],
            "zero_shift": not all(down + across),
            "negative_shift": min(down + across) < 0,
            "large_shift": max(map(abs, down)) >= shape[2] or max(map(abs, across)) >= shape[3],
        }
        names = (name for name, holds in held.items() if holds)
        call = (numbers(*shape) + 10, np.array(down), np.array(across))
        probes.append(calling("shift_images", call, *names))
    return tuple(probes)


GRID: tuple[Probe, ...] = _grid()
