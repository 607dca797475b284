"""Inputs shared by the probes of ReLU, flatten, cross-entropy and their backward exercises."""

import numpy as np

from autograder.exercises.shared.probing import numbers

# An array, and the conditions that hold for it.
Case = tuple[np.ndarray, tuple[str, ...]]


def numbers_of_both_signs() -> list[np.ndarray]:
    """For ReLU: arrays of one, two and three axes, with zeros among their numbers."""
    arrays = [numbers(*shape, start=k) / 4 for k, shape in enumerate(((6,), (3, 4), (2, 2, 3)), 1)]
    arrays[1][:, 1] = 0
    arrays[2][0] = 0
    return arrays


def relu_cases() -> list[Case]:
    """For ReLU: arrays with and without negative numbers and zeros."""
    positive = np.abs(numbers(2, 3)) + 0.5
    pictures = np.abs(numbers(2, 2, 2, 3, start=5)) + 0.5
    cases: list[Case] = []
    for x, axes in ((positive, ()), (positive[0], ()), (pictures, ("many_axes",))):
        mixed, zeros = x.copy(), x.copy()
        mixed.ravel()[::2] *= -1
        zeros.ravel()[1::3] = 0
        both = mixed.copy()
        both.ravel()[1::3] = 0
        cases += [
            (x, axes),
            (mixed, (*axes, "negative")),
            (-x, (*axes, "negative")),
            (zeros, (*axes, "zeros")),
            (both, (*axes, "negative", "zeros")),
        ]
    return cases


FEW_PICTURES = ((1, 2, 2, 3), (2, 3, 2, 4), (3, 2, 3, 2), (2, 2, 3, 3))

# Shapes of pictures for flatten, and the conditions that hold for them.
PICTURES: tuple[tuple[tuple[int, int, int, int], tuple[str, ...]], ...] = (
    ((1, 1, 1, 4), ("rectangular_picture",)),
    ((1, 1, 2, 2), ()),
    ((1, 1, 3, 3), ()),
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

_CERTAIN = np.array([[0.25, 0.5, 0.25], [0.125, 0.125, 0.75], [0.5, 0.25, 0.25]])
_UNSURE = np.array([[0.125, 0.375, 0.25, 0.25], [0.5, 0.0625, 0.3125, 0.125]])

# Probabilities and labels.
FEW_ROWS = (
    (_CERTAIN, np.array([1, 0, 2])),
    (_UNSURE, np.array([3, 1])),
    (_CERTAIN[:, ::-1].copy(), np.array([0, 0, 1])),
    (_UNSURE[::-1].copy(), np.array([2, 2])),
)

ROWS = np.array(
    [[0.5, 0.25, 0.25], [0.125, 0.75, 0.125], [0.2, 0.3, 0.5], [0.6, 0.1, 0.3], [0.1, 0.1, 0.8]]
)
FOUR_CLASSES = np.array([[0.1, 0.2, 0.3, 0.4], [0.25, 0.25, 0.4, 0.1]])
SQUARE = ("images", "as_many_images_as_classes")


def probability_cases() -> list[tuple[np.ndarray, np.ndarray, tuple[str, ...]]]:
    """Probabilities, labels, and the conditions that hold for them."""
    return [
        (p, labels, (*held, *["different_labels"] * (len(set(labels)) > 1)))
        for p, labels, held in _probability_cases()
    ]


def _probability_cases() -> list[tuple[np.ndarray, np.ndarray, tuple[str, ...]]]:
    return [
        (ROWS[:1], np.array([0]), ()),
        (ROWS[:1], np.array([2]), ()),
        (FOUR_CLASSES[:1], np.array([3]), ()),
        (ROWS[:2], np.array([0, 1]), ("images",)),
        (ROWS[:2], np.array([2, 0]), ("images",)),
        (ROWS[:2], np.array([1, 1]), ("images",)),
        (ROWS[1:4], np.array([2, 2, 2]), SQUARE),
        (ROWS[:5], np.array([1, 1, 2, 0, 2]), ("images",)),
        (FOUR_CLASSES, np.array([3, 2]), ("images",)),
        (ROWS[:3], np.array([0, 1, 2]), SQUARE),
        (ROWS[2:], np.array([2, 2, 0]), SQUARE),
    ]
