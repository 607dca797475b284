"""What flatten_backward is asked."""

import numpy as np

from autograder.exercises.shared.probing import Probe, asking, calling, numbers

_SHAPES = ((1, 2, 2, 3), (2, 3, 2, 4), (3, 2, 3, 2), (2, 2, 3, 3))

PROBES: tuple[Probe, ...] = tuple(
    asking("flatten_backward", numbers(shape[0], int(np.prod(shape[1:]))), shape)
    for shape in _SHAPES
)

RETURNS = ("d_x",)
_GRID_SHAPES = (
    ((1, 1, 1, 4), ()),
    ((1, 1, 2, 2), ()),
    ((1, 1, 2, 3), ("rectangular_picture",)),
    ((1, 1, 3, 2), ("rectangular_picture",)),
    ((1, 2, 2, 2), ("channels",)),
    ((1, 3, 2, 2), ("channels",)),
    ((2, 1, 2, 2), ("images",)),
    ((3, 1, 2, 2), ("images",)),
    ((2, 3, 2, 2), ("images", "channels")),
    ((2, 2, 3, 2), ("images", "channels", "rectangular_picture")),
    ((4, 3, 2, 5), ("images", "channels", "rectangular_picture")),
)

GRID: tuple[Probe, ...] = tuple(
    calling(
        "flatten_backward",
        (numbers(shape[0], int(np.prod(shape[1:]))), shape),
        *names,
        sizes=dict(zip("NCHW", shape, strict=True)),
    )
    for shape, names in _GRID_SHAPES
)
