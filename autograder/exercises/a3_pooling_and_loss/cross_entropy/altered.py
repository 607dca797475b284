"""Other formulas of cross_entropy."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np


def _of_the_right(change: Callable[[np.ndarray], Any]) -> Callable[..., Any]:
    """A formula of the right classes' probabilities alone."""
    return lambda probabilities, labels: change(
        _kept_apart(probabilities)[np.arange(len(labels)), labels]
    )


def _with_one_hot(change: Callable[[np.ndarray, np.ndarray], Any]) -> Callable[..., Any]:
    """A formula of all probabilities and the one-hot labels."""
    return lambda probabilities, labels: change(
        _kept_apart(probabilities), np.eye(probabilities.shape[1])[labels]
    )


def _kept_apart(probabilities: np.ndarray) -> np.ndarray:
    """Away from 0 and 1, where a logarithm is infinite."""
    return np.clip(probabilities, 1e-15, 1 - 1e-15)


def _shifted(epsilon: float, p: np.ndarray) -> Any:
    return -np.mean(np.log(p + epsilon))


def _clipped(least: float, p: np.ndarray) -> Any:
    return -np.mean(np.log(np.clip(p, least, 1 - least)))


def _right(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """What each image's right class got."""
    return np.asarray(probabilities[np.arange(len(labels)), labels])


def _cut_off(limit: float) -> Callable[[np.ndarray], Any]:
    return lambda p: -np.mean(np.log(np.clip(p, limit, 1 - limit)))


ALTERED: list[tuple[str, Callable[..., Any]]] = [
    *(
        (
            f"{{name}} is what log(p + {epsilon:g}) gives: the number that keeps log away from 0 "
            "is so large that it shows. 1e-12 is enough, or clip only what is 0.",
            _of_the_right(partial(_shifted, epsilon)),
        )
        for epsilon in (1e-1, 1e-2, 1e-3, 1e-4, 1e-5)
    ),
    *(
        (
            f"{{name}} is what probabilities clipped to at least {least:g} give: that shows.",
            _of_the_right(partial(_clipped, least)),
        )
        for least in (0.2, 0.1)
    ),
    (
        "{name} is the binary cross-entropy: it adds -(1 - y) * log(1 - p) for the classes that "
        "are not right. Here only the right class counts: -log(p).",
        _with_one_hot(lambda p, y: -np.sum(y * np.log(p) + (1 - y) * np.log(1 - p)) / len(p)),
    ),
    (
        "{name} is the binary cross-entropy, averaged over classes too: it adds -(1 - y) * log(1 - "
        "p). Here only the right class counts: -log(p), averaged over the images.",
        _with_one_hot(lambda p, y: -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))),
    ),
    *(
        (
            "{name} multiplies by the label: a label is no number to count with, it says which "
            "column of the row is the right class.",
            formula,
        )
        for formula in (
            lambda probabilities, labels: -np.mean(labels * np.log(probabilities.max(axis=1))),
            lambda probabilities, labels: -np.mean(labels * np.log(_right(probabilities, labels))),
            lambda probabilities, labels: (
                -np.sum(labels[:, None] * np.log(probabilities)) / len(labels)
            ),
        )
    ),
    *(
        (
            f"{{name}} cuts probabilities off below {limit} and above {1 - limit}: a right class "
            "of probability 1 adds 0, and only what is nearly 0 has to be cut off.",
            _of_the_right(_cut_off(limit)),
        )
        for limit in (0.1, 0.05, 0.01, 0.001)
    ),
    (
        "{name} is the sum over the images; divide it by their number.",
        _of_the_right(lambda p: -np.sum(np.log(p))),
    ),
    (
        "{name} is averaged over images and classes: the mean is over the images alone.",
        _with_one_hot(lambda p, y: -np.mean(y * np.log(p))),
    ),
    (
        "{name} is the sum divided by the number of classes: divide by the number of images.",
        _with_one_hot(lambda p, y: -np.sum(y * np.log(p)) / p.shape[1]),
    ),
    (
        "{name} has the opposite sign: the loss is -log(p).",
        _of_the_right(lambda p: np.mean(np.log(p))),
    ),
    (
        "{name} uses the logarithm to base 2: np.log is the natural logarithm.",
        _of_the_right(lambda p: -np.mean(np.log2(p))),
    ),
    (
        "{name} uses the logarithm to base 10: np.log is the natural logarithm.",
        _of_the_right(lambda p: -np.mean(np.log10(p))),
    ),
    (
        "{name} is the logarithm of the mean probability: take the logarithm of each first, then "
        "the mean.",
        _of_the_right(lambda p: -np.log(np.mean(p))),
    ),
    (
        "{name} is 1 - p of the right class, averaged: the loss is -log(p).",
        _of_the_right(lambda p: np.mean(1 - p)),
    ),
    (
        "{name} is a squared error: the loss is -log(p) of the right class.",
        _with_one_hot(lambda p, y: np.sum((p - y) ** 2) / len(p)),
    ),
    (
        "{name} is a mean squared error: the loss is -log(p) of the right class.",
        _with_one_hot(lambda p, y: np.mean((p - y) ** 2)),
    ),
    (
        "{name} is the entropy of the probabilities: the labels are not used.",
        lambda probabilities, labels: -np.sum(probabilities * np.log(probabilities)) / len(labels),
    ),
    (
        "{name} is -log of the largest probability: take the right class's, whatever it is.",
        lambda probabilities, labels: -np.mean(np.log(probabilities.max(axis=1))),
    ),
    (
        "{name} is that of the first image alone.",
        lambda probabilities, labels: -np.log(probabilities[0, labels[0]]),
    ),
    (
        "{name} is that of the last image alone: add up over the images.",
        lambda probabilities, labels: -np.log(probabilities[-1, labels[-1]]),
    ),
    (
        "{name} takes softmax once more: the probabilities that come in are from softmax already.",
        lambda probabilities, labels: (
            -np.mean(
                np.log(
                    np.exp(probabilities[np.arange(len(labels)), labels])
                    / np.exp(probabilities).sum(axis=1)
                )
            )
        ),
    ),
    (
        "{name} multiplies each logarithm by its probability, as entropy does: cross-entropy takes "
        "-log of the right class's probability alone.",
        lambda probabilities, labels: (
            -np.mean(_right(probabilities, labels) * np.log(_right(probabilities, labels)))
        ),
    ),
    (
        "{name} is the entropy of the probabilities: the labels are not used. Take -log of the "
        "right class's probability.",
        lambda probabilities, labels: -(probabilities * np.log(probabilities)).sum() / len(labels),
    ),
    (
        "{name} takes every row at every label: probabilities[:, labels] is a table. Pair each row "
        "with its own label: probabilities[np.arange(N), labels].",
        lambda probabilities, labels: -np.mean(np.log(probabilities[:, labels])),
    ),
]
