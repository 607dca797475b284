"""What softmax is asked."""

import numpy as np

from autograder.exercises.shared.probing import Probe, asking, numbers

_LARGE = np.array([[1e4, 0.0, 1e4], [0.0, 1.0, 2.0]])
_LOW = np.array([[-1e4, -1e4 + 1, -1e4], [-2e4, -2e4, -2e4 - 1]])
_FAR_APART = np.array([[1e4, 1e4 - 1, 0.0], [-1e4, -1e4, -1e4 + 2]])

PROBES: tuple[Probe, ...] = (
    asking("softmax", np.array([[1.0, 2.0, 3.5]])),
    asking("softmax", numbers(2, 3, start=4) / 4),
    asking("softmax", numbers(3, 3, start=2) / 2),
    # As many images as classes, where numbers for the rows go along the columns too.
    asking("softmax", numbers(2, 2, start=3) / 2),
    asking("softmax", numbers(3, 3, start=11) / 4),
    asking("softmax", _LARGE),
    asking("softmax", _LOW),
    asking("softmax", _FAR_APART),
    asking("softmax", np.array([[1e4, 0.0], [0.0, 1.0]])),
)
