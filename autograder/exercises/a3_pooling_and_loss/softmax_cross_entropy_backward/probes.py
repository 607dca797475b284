"""Probes of softmax_cross_entropy_backward."""

import numpy as np

from autograder.exercises.shared.probing import Probe, asking, calling
from autograder.exercises.shared.small_cases import (
    FEW_ROWS,
    FOUR_CLASSES,
    ROWS,
    SQUARE,
    probability_cases,
)

PROBES: tuple[Probe, ...] = tuple(
    asking("softmax_cross_entropy_backward", *pair) for pair in FEW_ROWS
)

RETURNS = ("d_logits",)
# Gradients are not multiples of 1/256, so they are compared in smaller steps.
STEPS = 1 << 16
_CASES = [
    *probability_cases(),
    (ROWS[1:4], np.array([1, 0, 1]), SQUARE),
    (FOUR_CLASSES, np.array([1, 0]), ("images",)),
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
    for p, labels, names in _CASES
)
