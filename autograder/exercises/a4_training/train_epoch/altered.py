"""What train_epoch returns when the sum of the losses is divided by something else."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from autograder.checking import load_reference

RIGHT = load_reference(Path(__file__)).train_epoch


def _sum_divided_by(number: Callable[[int, int], float]) -> Callable[..., float]:
    """A right epoch that returns the sum of all images' losses, divided by something.

    Args:
        number: gives the divisor from the number of images and the size of a batch.
    """

    def train_epoch(
        model: Any,
        optimizer: Any,
        images: np.ndarray,
        labels: np.ndarray,
        batch_size: int,
        rng: np.random.Generator,
    ) -> float:
        mean = float(RIGHT(model, optimizer, images, labels, batch_size, rng))
        return mean * len(images) / number(len(images), batch_size)

    return train_epoch


ALTERED: list[tuple[str, Callable[..., Any]]] = [
    (
        "{name} is the sum over all images, divided by the number of full batches: divide by the "
        "number of images.",
        _sum_divided_by(lambda images, size: images // size or 1),
    ),
    (
        "{name} is the sum over all images, divided by the number of batches: divide by the number "
        "of images.",
        _sum_divided_by(lambda images, size: -(-images // size)),
    ),
    (
        "{name} is the sum over all images, divided by the size of a batch: divide by the number "
        "of images.",
        _sum_divided_by(lambda images, size: size),
    ),
]
