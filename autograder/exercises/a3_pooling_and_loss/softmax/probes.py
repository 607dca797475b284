"""Probes of softmax."""

import numpy as np

from autograder.exercises.shared.probing import Probe, asking, calling, numbers

_LARGE = np.array([[1e4, 0.0, 1e4], [0.0, 1.0, 2.0]])
_LOW = np.array([[-1e4, -1e4 + 1, -1e4], [-2e4, -2e4, -2e4 - 1]])
_FAR_APART = np.array([[1e4, 1e4 - 1, 0.0], [-1e4, -1e4, -1e4 + 2]])

PROBES: tuple[Probe, ...] = (
    asking("softmax", np.array([[1.0, 2.0, 3.5]])),
    asking("softmax", numbers(2, 3, start=4) / 4),
    asking("softmax", numbers(3, 3, start=2) / 2),
    # N = K: one number for each row also broadcasts along the columns, without an error.
    asking("softmax", numbers(2, 2, start=3) / 2),
    asking("softmax", numbers(3, 3, start=11) / 4),
    asking("softmax", _LARGE),
    asking("softmax", _LOW),
    asking("softmax", _FAR_APART),
    # The row with the largest scores is between others, or first.
    asking("softmax", np.array([[0.0, 1.0, 2.0], [1e4, 1e4, 0.0], [-1e4, -1e4, -1e4 + 1]])),
    asking("softmax", np.array([[1e4, 0.0], [0.0, 1.0]])),
)

RETURNS = ("probabilities",)
# Probabilities are not multiples of 1/256, so they are compared in smaller steps.
STEPS = 1 << 16
_PLAIN = (
    (np.array([[0.0, 1.0, 2.5]]), ()),
    (np.array([[0.5, -1.0]]), ("negative",)),
    (np.array([[1.0, 2.0, 0.5, 3.0]]), ()),
    (np.array([[0.0, 1.0, 2.5], [1.5, 0.0, 0.5]]), ("images",)),
    (np.array([[2.0, 0.5], [1.0, 1.5], [0.0, 0.25]]), ("images",)),
    (np.array([[1.0, 0.0], [0.5, 2.0]]), ("images", "as_many_images_as_classes")),
    (numbers(3, 3, start=2) / 4, ("images", "as_many_images_as_classes", "negative")),
    (numbers(2, 4, start=5) / 4, ("images", "negative")),
    (np.array([[1e4, 0.0, 1.0]]), ("huge_scores",)),
    (np.array([[1e4, 1e4, 9999.0, 0.0]]), ("huge_scores",)),
    (np.array([[-1e4, -1e4, -9999.0]]), ("huge_scores", "negative")),
    (np.array([[1e4, 9999.0, 0.0], [1.0, 0.0, 2.0]]), ("huge_scores", "images", "rows_far_apart")),
    (
        np.array([[-1e4, -9999.0], [0.0, 1.0], [2.0, 0.0]]),
        ("huge_scores", "images", "negative", "rows_far_apart"),
    ),
    (np.array([[800.0, 799.0, 0.0], [0.0, 1.0, 2.0]]), ("huge_scores", "images", "rows_far_apart")),
)
GRID: tuple[Probe, ...] = tuple(
    calling("softmax", (x,), *names, sizes={"N": x.shape[0], "K": x.shape[1]})
    for x, names in _PLAIN
)
