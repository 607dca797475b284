"""Other formulas of softmax_cross_entropy_backward."""

from collections.abc import Callable
from typing import Any

import numpy as np


def _of(change: Callable[[np.ndarray, np.ndarray, int], Any]) -> Callable[..., Any]:
    """A formula of the probabilities, the one-hot labels and the number of images."""
    return lambda probabilities, labels: change(
        probabilities, np.eye(probabilities.shape[1])[labels], len(labels)
    )


ALTERED: list[tuple[str, Callable[..., Any]]] = [
    (
        "{name} has the opposite sign: it is probabilities minus the one-hot labels.",
        _of(lambda p, y, n: (y - p) / n),
    ),
    ("{name} adds 1 at the right class: it takes 1 away there.", _of(lambda p, y, n: (p + y) / n)),
    (
        "{name} is not divided by the number of images: the loss is their mean.",
        _of(lambda p, y, n: p - y),
    ),
    (
        "{name} is divided by the number of all numbers: divide by the images alone.",
        _of(lambda p, y, n: (p - y) / p.size),
    ),
    (
        "{name} is divided by the number of classes in the place of images.",
        _of(lambda p, y, n: (p - y) / p.shape[1]),
    ),
    ("{name} is the probabilities alone: the labels are not used.", _of(lambda p, y, n: p / n)),
    (
        "{name} is the gradient of cross-entropy alone, -1/p at the right class: softmax's own "
        "part is missing. Together they are (probabilities - one-hot) / N.",
        _of(lambda p, y, n: -y / p / n),
    ),
    (
        "{name} multiplies by p * (1 - p), the slope of a sigmoid: softmax and cross-entropy "
        "together are (probabilities - one-hot) / N.",
        _of(lambda p, y, n: (p - y) * p * (1 - p) / n),
    ),
    (
        "{name} is right at the right class, and 0 elsewhere: the other classes have a gradient "
        "too.",
        _of(lambda p, y, n: (p - y) * y / n),
    ),
    (
        "{name} takes 1 away in the columns of all labels, in every row: pair each row with its "
        "own label, [np.arange(N), labels].",
        lambda probabilities, labels: (
            (probabilities - (np.arange(probabilities.shape[1]) == labels[:, None]).any(axis=0))
            / len(labels)
        ),
    ),
    (
        "{name} takes softmax of the probabilities once more: they come from softmax already.",
        _of(lambda p, y, n: (np.exp(p) / np.exp(p).sum(axis=1, keepdims=True) - y) / n),
    ),
    (
        "{name} is -1 / N at the right class: take 1 away from its probability (-=), and do not "
        "put -1 in its place.",
        _of(lambda p, y, n: np.where(y > 0, -1, p) / n),
    ),
    (
        "{name} is -1 at the right class: take 1 away from its probability (-=), and do not put -1 "
        "in its place; then divide by N.",
        _of(lambda p, y, n: np.where(y > 0, -1, p / n)),
    ),
    (
        "{name} is the gradient of the binary cross-entropy by the probabilities: softmax and "
        "cross-entropy together are (probabilities - one-hot) / N.",
        _of(lambda p, y, n: (-y / p + (1 - y) / (1 - p)) / n),
    ),
    (
        "{name} multiplies by the probabilities once more: softmax and cross-entropy together are "
        "(probabilities - one-hot) / N.",
        _of(lambda p, y, n: (p - y) * p / n),
    ),
    ("{name} is twice what it should be.", _of(lambda p, y, n: 2 * (p - y) / n)),
]
