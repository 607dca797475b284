"""What train_epoch gives when one line of it computes something else."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy import ndarray

from autograder.checking import load_reference

RIGHT = load_reference(Path(__file__)).train_epoch


class _Order:
    """In the place of a generator: the order that it gives."""

    def __init__(self, order: ndarray) -> None:
        self.order = order

    def permutation(self, count: int) -> ndarray:
        return self.order


def _epoch(
    *,
    divisor: Callable[[int, int], float] = lambda images, size: images,
    gradient: Callable[[int, int, int], float] = lambda batch, images, classes: 1.0,
    images_stay: bool = False,
) -> Callable[..., float]:
    """A right epoch but for what is given.

    Args:
        divisor: of the sum of all images' losses, from the number of images and a batch's size.
        gradient: what gradients are multiplied by, from the numbers of images in the batch, of
            images altogether, and of classes.
        images_stay: the labels are in the new order, and the images in the old one.
    """

    def train_epoch(
        model: Any,
        optimizer: Any,
        images: ndarray,
        labels: ndarray,
        batch_size: int,
        rng: np.random.Generator,
    ) -> float:
        count, backward = len(images), model.backward
        order: Any = rng
        if images_stay:
            labels, order = labels[rng.permutation(count)], _Order(np.arange(count))

        def scaled(d_scores: ndarray) -> Any:
            return backward(d_scores * gradient(len(d_scores), count, d_scores.shape[1]))

        model.backward = scaled
        try:
            mean = float(RIGHT(model, optimizer, images, labels, batch_size, order))
        finally:
            del model.backward
        return mean * count / divisor(count, batch_size)

    return train_epoch


class _SteppingFirst:
    """In the place of a network: the step is made at the beginning of its backward pass.

    Args:
        zeroing: whether the gradients are zeroed after the step, and not before the forward pass.
    """

    def __init__(self, model: Any, step: Callable[[], None], zeroing: bool) -> None:
        self._model, self._step, self._zeroing = model, step, zeroing

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)

    def zero_grad(self) -> None:
        if not self._zeroing:
            self._model.zero_grad()

    def backward(self, d_scores: ndarray) -> Any:
        self._step()
        if self._zeroing:
            self._model.zero_grad()
        return self._model.backward(d_scores)


class _Idle:
    """In the place of an optimizer."""

    def step(self) -> None:
        """Nothing: the network has made the step."""


def _stepping_first(*, zeroing: bool) -> Callable[..., float]:
    def train_epoch(model: Any, optimizer: Any, *rest: Any) -> float:
        return float(RIGHT(_SteppingFirst(model, optimizer.step, zeroing), _Idle(), *rest))

    return train_epoch


ALTERED: list[tuple[str, Callable[..., Any]]] = [
    (
        "{name} is the sum over all images, divided by the number of full batches: divide by the "
        "number of images.",
        _epoch(divisor=lambda images, size: images // size or 1),
    ),
    (
        "{name} is the sum over all images, divided by the number of batches: divide by the number "
        "of images.",
        _epoch(divisor=lambda images, size: -(-images // size)),
    ),
    (
        "{name} is the sum over all images, divided by the size of a batch: divide by the number "
        "of images.",
        _epoch(divisor=lambda images, size: size),
    ),
    (
        "It divides the gradient by the number of images in the batch once more: "
        "softmax_cross_entropy_backward has divided already.",
        _epoch(gradient=lambda batch, images, classes: 1 / batch),
    ),
    (
        "It multiplies the gradient by the number of images in the batch: the gradient of a batch "
        "is that of its mean loss.",
        _epoch(gradient=lambda batch, images, classes: batch),
    ),
    (
        "It divides the gradient by the number of all images: each batch takes a step of its own, "
        "along the gradient of its mean loss.",
        _epoch(gradient=lambda batch, images, classes: batch / images),
    ),
    (
        "It steps along the gradient and not against it: the loss grows.",
        _epoch(gradient=lambda batch, images, classes: -1),
    ),
    *(
        (
            "It steps before the backward pass, with the gradients of the batch before. The order "
            "is: zero_grad, forward, backward, step.",
            _stepping_first(zeroing=zeroing),
        )
        for zeroing in (True, False)
    ),
    (
        "It takes the labels in the new order and the images in the old one: an image and its "
        "label belong together, so index both with the same numbers.",
        _epoch(images_stay=True),
    ),
]
