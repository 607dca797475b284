"""What shift_images is asked."""

from collections.abc import Sequence

import numpy as np

from autograder.exercises.shared.probing import Probe, asking, numbers


def shifting(shape: tuple[int, ...], down: Sequence[int], across: Sequence[int]) -> Probe:
    # Numbers far from 0: what came in must differ from what was there.
    return asking("shift_images", numbers(*shape) + 10, np.array(down), np.array(across))


PROBES: tuple[Probe, ...] = (
    shifting((3, 1, 3, 4), (1, 0, 2), (0, 1, 1)),
    shifting((3, 2, 4, 3), (-1, 2, 0), (1, -1, -2)),
    shifting((4, 1, 2, 3), (2, -3, 0, 1), (0, 0, 4, -5)),
    shifting((3, 1, 3, 3), (-3, 1, 5), (1, 3, 0)),
    shifting((2, 2, 2, 3), (1, 0), (1, -5)),
)
