"""What maxpool2d_backward is asked."""

import numpy as np

from autograder.exercises.shared.probing import Probe, asking, numbers

# Every window's own winner; then winners that several windows share.
_APART = np.array([[[0, 1], [1, 2]], [[3, 0], [2, 3]]])
_SHARED = np.array([[[1, 1], [1, 1], [0, 3]], [[1, 1], [2, 1], [3, 2]]])
_TWO = np.stack([_SHARED, _SHARED[::-1, ::-1]])
_SQUARE = np.stack([np.stack([_APART, _APART[::-1]]), np.stack([_APART[:, ::-1], _APART])])
_BATCH = np.stack([_TWO, _TWO[:, :, ::-1]])

PROBES: tuple[Probe, ...] = tuple(
    asking("maxpool2d_backward", *arguments)
    for arguments in (
        (numbers(1, 1, 2, 2), _APART[None, None], (1, 1, 4, 4)),
        (numbers(2, 2, 2, 2, start=3), _SQUARE, (2, 2, 4, 4)),
        (numbers(1, 1, 2, 3, start=5), _SHARED[None, None], (1, 1, 4, 4)),
        (numbers(2, 2, 2, 3, start=2), _BATCH, (2, 2, 4, 5)),
        (numbers(1, 2, 2, 3, start=9), _TWO[None], (1, 2, 5, 4)),
    )
)
