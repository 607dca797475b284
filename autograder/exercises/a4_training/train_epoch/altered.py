"""What train_epoch gives when one line of it computes something else."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy import ndarray

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
        images: ndarray,
        labels: ndarray,
        batch_size: int,
        rng: np.random.Generator,
    ) -> float:
        mean = float(RIGHT(model, optimizer, images, labels, batch_size, rng))
        return mean * len(images) / number(len(images), batch_size)

    return train_epoch


def _gradient_times(factor: Callable[[int, int, int], float]) -> Callable[..., float]:
    """A right epoch whose gradients are multiplied by something.

    Args:
        factor: gives it from the numbers of images in the batch and altogether, and of classes.
    """

    def train_epoch(
        model: Any,
        optimizer: Any,
        images: ndarray,
        labels: ndarray,
        batch_size: int,
        rng: np.random.Generator,
    ) -> float:
        backward = model.backward

        def scaled(d_scores: ndarray) -> Any:
            return backward(d_scores * factor(len(d_scores), len(images), d_scores.shape[1]))

        model.backward = scaled
        try:
            return float(RIGHT(model, optimizer, images, labels, batch_size, rng))
        finally:
            del model.backward

    return train_epoch


def _images_stay(
    model: Any,
    optimizer: Any,
    images: ndarray,
    labels: ndarray,
    batch_size: int,
    rng: np.random.Generator,
) -> float:
    """The labels in a new order, and the images as they are stored."""
    order = rng.permutation(len(images))
    stay = _Order(np.arange(len(images)))
    return float(RIGHT(model, optimizer, images, labels[order], batch_size, stay))


class _Order:
    """In the place of a generator: the order that it gives."""

    def __init__(self, order: ndarray) -> None:
        self.order = order

    def permutation(self, count: int) -> ndarray:
        return self.order


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
    (
        "It divides the gradient by the number of images in the batch once more: "
        "softmax_cross_entropy_backward has divided already.",
        _gradient_times(lambda batch, images, classes: 1 / batch),
    ),
    (
        "It multiplies the gradient by the number of images in the batch: the gradient of a batch "
        "is that of its mean loss.",
        _gradient_times(lambda batch, images, classes: batch),
    ),
    (
        "It divides the gradient by the number of all images: each batch takes a step of its own, "
        "along the gradient of its mean loss.",
        _gradient_times(lambda batch, images, classes: batch / images),
    ),
    (
        "It steps along the gradient and not against it: the loss grows.",
        _gradient_times(lambda batch, images, classes: -1),
    ),
    (
        "It takes the labels in the new order and the images in the old one: an image and its "
        "label belong together, so index both with the same numbers.",
        _images_stay,
    ),
]
