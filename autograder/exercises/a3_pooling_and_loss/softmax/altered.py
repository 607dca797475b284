"""Other formulas of softmax."""

from collections.abc import Callable
from typing import Any

import numpy as np


def _stable(x: np.ndarray, axis: int | None) -> np.ndarray:
    shifted = np.exp(x - x.max(axis=axis, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=axis, keepdims=True))


def _divided(x: np.ndarray, norm: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    exponentials = np.exp(x - x.max(axis=1, keepdims=True))
    return np.asarray(exponentials / norm(exponentials))


def _shares(x: np.ndarray) -> np.ndarray:
    return np.asarray(x / x.sum(axis=1, keepdims=True))


def _shifted(
    x: np.ndarray, above: Callable[[np.ndarray], Any], below: Callable[[np.ndarray], Any]
) -> np.ndarray:
    """Exponentials of the scores less one number, over the sum of those less another."""
    powers, others = np.exp(x - above(x)), np.exp(x - below(x))
    return np.asarray(powers / others.sum(axis=1, keepdims=True))


def _largest(x: np.ndarray) -> np.ndarray:
    return np.asarray(x.max(axis=1, keepdims=True))


ALTERED: list[tuple[str, Callable[..., Any]]] = [
    (
        "{name} sum to 1 down each column: use axis=1, so that each row, one image, sums to 1.",
        lambda logits: _stable(logits, 0),
    ),
    (
        "{name} sum to 1 over the whole batch: use axis=1 with keepdims=True, so that each row "
        "does.",
        lambda logits: _stable(logits, None),
    ),
    (
        "{name} are the exponentials, not divided by their sum.",
        lambda logits: np.exp(logits - logits.max(axis=1, keepdims=True)),
    ),
    ("{name} are the exponentials, not divided by their sum.", np.exp),
    (
        "{name} are sigmoids: each number by itself. Softmax divides by the sum of the row.",
        lambda logits: 1 / (1 + np.exp(-logits)),
    ),
    (
        "{name} are the scores divided by their sum: the exponential is missing.",
        lambda logits: logits / logits.sum(axis=1, keepdims=True),
    ),
    (
        "{name} are the logarithms of the probabilities.",
        lambda logits: np.log(_stable(logits, 1)),
    ),
    *(
        (
            f"{{name}} use powers of {base}: np.exp is e to the power.",
            lambda logits, s=scale, stable=stable: (
                _stable(logits * s, 1) if stable else _shares(np.exp(logits * s))
            ),
        )
        for base, scale in ((2, np.log(2)), (10, np.log(10)))
        for stable in (True, False)
    ),
    (
        "{name} have the order turned round: the smallest score gets the largest probability. "
        "Subtract the maximum from the scores, not the scores from the maximum.",
        lambda logits: _stable(-logits, 1),
    ),
    (
        "{name} are 1 for the largest score of each row and 0 elsewhere: softmax shares the "
        "probability among all classes.",
        lambda logits: (logits == logits.max(axis=1, keepdims=True)).astype(float),
    ),
    (
        "{name} are too small: the sum in the denominator has 1 or another number added to it.",
        lambda logits: np.exp(logits) / (1 + np.exp(logits).sum(axis=1, keepdims=True)),
    ),
    (
        "{name} divide by the sum of the scores' exponentials after a shift by the mean: that is "
        "right for small scores only; subtract the largest.",
        lambda logits: np.exp(logits - logits.mean()) / np.exp(logits).sum(axis=1, keepdims=True),
    ),
    (
        "{name} subtract the mean of each row: that leaves small scores right and lets large ones "
        "overflow. Subtract the row's largest score.",
        lambda logits: _shifted(logits, *2 * [lambda x: x.mean(axis=1, keepdims=True)]),
    ),
    (
        "{name} subtract the largest absolute value of each row: where all scores are far below 0, "
        "all exponentials become 0. Subtract the row's largest score.",
        lambda logits: _shifted(logits, *2 * [lambda x: np.abs(x).max(axis=1, keepdims=True)]),
    ),
    (
        "{name} subtract the first row's largest score from all rows: each row needs its own.",
        lambda logits: _shifted(logits, *2 * [lambda x: x[0].max()]),
    ),
    (
        "{name} subtract the smallest score of each row: that lets large ones overflow. Subtract "
        "the row's largest score.",
        lambda logits: _shifted(logits, *2 * [lambda x: x.min(axis=1, keepdims=True)]),
    ),
    (
        "{name} subtract the largest score in the numerator alone: the sum must be taken of the "
        "same exponentials.",
        lambda logits: _shifted(logits, _largest, lambda x: 0),
    ),
    (
        "{name} subtract the largest score in the denominator alone: the numerator must have the "
        "same exponentials.",
        lambda logits: _shifted(logits, lambda x: 0, _largest),
    ),
    (
        "{name} subtract the largest score from the exponentials: subtract it from the scores, "
        "before exp.",
        lambda logits: _shares(np.exp(logits) - _largest(logits)),
    ),
    (
        "{name} subtract the largest exponential from the exponentials: subtract the largest score "
        "from the scores, before exp.",
        lambda logits: _shares(np.exp(logits) - np.exp(_largest(logits))),
    ),
    (
        "{name} subtract the largest score after exp, in the numerator alone: subtract it from the "
        "scores, before exp.",
        lambda logits: (
            (np.exp(logits) - _largest(logits)) / np.exp(logits).sum(axis=1, keepdims=True)
        ),
    ),
    (
        "{name} use scores that are divided by the row's largest absolute value: subtract the "
        "largest score.",
        lambda logits: _stable(logits / np.abs(logits).max(axis=1, keepdims=True), 1),
    ),
    *(
        (
            "{name} are too small: a number is added to the sum in the denominator. After the "
            "largest score is subtracted the sum is 1 at least, so nothing has to be added.",
            lambda logits, e=epsilon: _divided(
                logits, lambda powers: powers.sum(axis=1, keepdims=True) + e
            ),
        )
        for epsilon in (1.0, 0.1, 1e-2, 1e-3, 1e-4)
    ),
    *(
        (
            "{name} have the order turned round: the smallest score gets the largest probability. "
            "Subtract the maximum from the scores, not the scores from the maximum.",
            wrong,
        )
        for wrong in (
            lambda logits: _shares(np.exp(_largest(logits) - logits)),
            lambda logits: _shares(np.exp(-logits)),
        )
    ),
    *(
        (
            "{name} are cut off near 0 and 1: return them as they are. What keeps log away from 0 "
            "belongs into the loss.",
            lambda logits, e=epsilon: np.clip(_stable(logits, 1), e, 1 - e),
        )
        for epsilon in (0.01, 1e-3, 1e-4)
    ),
    (
        "{name} are the softmax of whole numbers: the scores are rounded before exp.",
        lambda logits: _stable(np.trunc(logits), 1),
    ),
    (
        "{name} are divided by the root of the sum of squares of each row: divide by the sum, so "
        "that each row sums to 1.",
        lambda logits: _divided(logits, lambda e: np.sqrt((e**2).sum(axis=1, keepdims=True))),
    ),
    (
        "{name} are divided by the largest exponential of each row: divide by the sum, so that "
        "each row sums to 1.",
        lambda logits: _divided(logits, lambda e: e.max(axis=1, keepdims=True)),
    ),
    (
        "{name} are divided by the mean of each row: divide by the sum, so that each row sums to "
        "1.",
        lambda logits: _divided(logits, lambda e: e.mean(axis=1, keepdims=True)),
    ),
    (
        "{name} are divided by the number of classes: divide by the sum of the row's exponentials.",
        lambda logits: np.exp(logits) / logits.shape[1],
    ),
    (
        "{name} are sigmoids that are divided by their sum: softmax takes exp(z), not "
        "1 / (1 + exp(-z)).",
        lambda logits: _shares(1 / (1 + np.exp(-logits))),
    ),
    (
        "{name} are the squares of the scores, divided by their sum: softmax takes exp(z).",
        lambda logits: _shares(logits**2.0),
    ),
    (
        "{name} use absolute values of the scores: exp takes the scores with their sign.",
        lambda logits: _stable(np.abs(logits), 1),
    ),
    (
        "{name} are the square roots of the probabilities, scaled to sum to 1: the scores are "
        "halved before exp.",
        lambda logits: _stable(logits / 2, 1),
    ),
    (
        "{name} use scores that are divided by the root of the number of classes: exp takes the "
        "scores as they are.",
        lambda logits: _stable(logits / np.sqrt(logits.shape[1]), 1),
    ),
    (
        "{name} are softmax taken twice: exp is applied to the scores once.",
        lambda logits: _stable(_stable(logits, 1), 1),
    ),
]
