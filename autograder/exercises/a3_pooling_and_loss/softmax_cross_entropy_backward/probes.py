"""What softmax_cross_entropy_backward is asked."""

import numpy as np

from autograder.exercises.shared.probing import Probe, asking, calling

_CERTAIN = np.array([[0.25, 0.5, 0.25], [0.125, 0.125, 0.75], [0.5, 0.25, 0.25]])
_UNSURE = np.array([[0.125, 0.375, 0.25, 0.25], [0.5, 0.0625, 0.3125, 0.125]])
_RIGHT = (np.array([1, 0, 2]), np.array([3, 1]))


_PAIRS = (
    (_CERTAIN, _RIGHT[0]),
    (_UNSURE, _RIGHT[1]),
    (_CERTAIN[:, ::-1].copy(), np.array([0, 0, 1])),
    (_UNSURE[::-1].copy(), np.array([2, 2])),
)

PROBES: tuple[Probe, ...] = tuple(
    asking("softmax_cross_entropy_backward", *pair) for pair in _PAIRS
)

RETURNS = ("d_logits",)
# Losses are no whole steps of 1/256: they are compared more finely.
STEPS = 1 << 16
_ROWS = np.array(
    [[0.5, 0.25, 0.25], [0.125, 0.75, 0.125], [0.2, 0.3, 0.5], [0.6, 0.1, 0.3], [0.1, 0.1, 0.8]]
)
_FOUR = np.array([[0.1, 0.2, 0.3, 0.4], [0.25, 0.25, 0.4, 0.1]])


def _cases() -> list[tuple[np.ndarray, np.ndarray, tuple[str, ...]]]:
    """Probabilities, labels and conditions."""
    square = ("images", "as_many_images_as_classes")
    return [
        (_ROWS[:1], np.array([0]), ()),
        (_ROWS[:1], np.array([2]), ()),
        (_FOUR[:1], np.array([3]), ()),
        (_ROWS[:2], np.array([0, 1]), ("images",)),
        (_ROWS[:2], np.array([2, 0]), ("images",)),
        (_ROWS[:5], np.array([1, 1, 2, 0, 2]), ("images",)),
        (_FOUR, np.array([3, 2]), ("images",)),
        (_ROWS[:3], np.array([0, 1, 2]), square),
        (_ROWS[2:], np.array([2, 2, 0]), square),
        (_ROWS[1:4], np.array([1, 0, 1]), square),
        (_FOUR, np.array([1, 0]), ("images",)),
    ]


def _held(p: np.ndarray, labels: np.ndarray, names: tuple[str, ...]) -> tuple[str, ...]:
    last_is_there = labels.max() == p.shape[1] - 1
    return names if last_is_there else (*names, "last_class_missing")


GRID: tuple[Probe, ...] = tuple(
    calling(
        "softmax_cross_entropy_backward",
        (p, labels),
        *_held(p, labels, names),
        sizes={"N": p.shape[0], "K": p.shape[1]},
    )
    for p, labels, names in _cases()
)
