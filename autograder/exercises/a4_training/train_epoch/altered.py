"""Other formulas of train_epoch: one line computes something else."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy import ndarray

from autograder.checking import load_reference

SOLUTIONS = load_reference(Path(__file__))
RIGHT = SOLUTIONS.train_epoch


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


def _written(
    *,
    drawn: Callable[[Any, int], ndarray] = lambda rng, count: rng.permutation(count),
    order: Callable[[Any, int, int, ndarray], ndarray] = lambda rng, count, size, batch: batch,
    labels_in: Callable[[Any, int], ndarray | None] = lambda rng, count: None,
    shares_of: Callable[[ndarray], ndarray] = SOLUTIONS.softmax,
    shares_go_back: bool = False,
    divisor: Callable[[int, int], float] | None = None,
    zeroed: Literal["before", "after", "never"] = "before",
    starts: Callable[[int, int], Iterable[int]] = lambda count, size: range(0, count, size),
    old_labels_go_back: bool = False,
) -> Callable[..., float]:
    """An epoch line by line.

    Args:
        drawn: gives the order of all images, from the generator and their number.
        order: gives the images of a batch, from the generator, the number of images, the size of
            a batch, and the right images.
        labels_in: the order of the labels, drawn after that of the images; None is that of the
            images.
        shares_of: gives the probabilities from the scores.
        shares_go_back: whether the backward pass gets the probabilities.
        divisor: of the sum of the batches' mean losses; None counts each image's loss.
        zeroed: when the gradients are set to 0, before each batch or after it.
        starts: where the batches begin, from the number of images and the size of a batch.
        old_labels_go_back: whether the gradient takes the labels in the old order.
    """

    def train_epoch(
        model: Any,
        optimizer: Any,
        images: ndarray,
        labels: ndarray,
        batch_size: int,
        rng: np.random.Generator,
    ) -> float:
        count, total = len(images), 0.0
        every = drawn(rng, count)
        theirs = labels_in(rng, count)
        for start in starts(count, batch_size):
            batch = order(rng, count, batch_size, every[start : start + batch_size])
            named = batch if theirs is None else theirs[start : start + batch_size]
            if zeroed == "before":
                model.zero_grad()
            scores = model.forward(images[batch])
            shares = shares_of(scores)
            loss = SOLUTIONS.cross_entropy(shares, labels[named])
            total += loss * (1 if divisor else len(batch))
            if old_labels_go_back:
                named = np.arange(start, start + len(batch))
            d_scores = SOLUTIONS.softmax_cross_entropy_backward(shares, labels[named])
            model.backward(shares if shares_go_back else d_scores)
            optimizer.step()
            if zeroed == "after":
                model.zero_grad()
        return total / (divisor(count, batch_size) if divisor else count)

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
    (
        "It leaves softmax out: cross_entropy and the gradient take probabilities, and the network "
        "gives scores.",
        _written(shares_of=lambda scores: scores),
    ),
    (
        "It takes softmax twice: the network gives scores, and softmax makes probabilities of them "
        "once.",
        _written(shares_of=lambda scores: SOLUTIONS.softmax(SOLUTIONS.softmax(scores))),
    ),
    (
        "It sets the gradients to 0 after each step, and so not before the first batch: what was "
        "in them before the epoch counts. Call zero_grad before each backward pass.",
        _written(zeroed="after"),
    ),
    (
        "It hands the probabilities to the backward pass: hand it the gradient of the loss, "
        "softmax_cross_entropy_backward(probabilities, labels).",
        _written(shares_go_back=True),
    ),
    *(
        (
            "It leaves the last batch out: the batches begin at 0, batch_size, 2 * batch_size and "
            "so on, up to len(images).",
            _written(starts=lambda count, size: range(0, count - size, size), divisor=divisor),
        )
        for divisor in (
            None,
            lambda images, size: len(range(0, images - size, size)) or 1,
        )
    ),
    *(
        (
            "It takes the same images in every batch, the first ones of the new order: batch k is "
            "order[k * batch_size:(k + 1) * batch_size].",
            _written(starts=lambda count, size: [0] * -(-count // size), divisor=divisor),
        )
        for divisor in (None, lambda images, size: -(-images // size))
    ),
    *(
        (
            "It draws the images of each batch one by one, and as many batches as fit: some images "
            "come twice and others never. Draw one rng.permutation(N) before the loop, and cut the "
            "batches out of it.",
            _written(
                drawn=lambda rng, count: np.arange(count),
                order=order,
                starts=lambda count, size: [0] * max(count // size, 1),
                divisor=lambda images, size: max(images // size, 1),
            ),
        )
        for order in (
            lambda rng, count, size, batch: rng.choice(count, size),
            lambda rng, count, size, batch: rng.integers(0, count, size),
        )
    ),
    (
        "For the gradient it takes the labels in their old order, and the images in the new one: "
        "an image and its label belong together, so index both with the same numbers.",
        _written(old_labels_go_back=True),
    ),
    (
        "It draws a second order for the labels: an image and its label belong together, so index "
        "both with the same numbers.",
        _written(labels_in=lambda rng, count: rng.permutation(count)),
    ),
    (
        "It draws a new order for each batch, so that some images come twice and others never: "
        "draw one permutation for the epoch, and cut the batches out of it.",
        _written(order=lambda rng, count, size, batch: rng.permutation(count)[:size]),
    ),
    (
        "It draws a new order for each batch, so that some images come twice and others never: "
        "draw one permutation for the epoch, before the loop.",
        _written(
            drawn=lambda rng, count: np.arange(count),
            order=lambda rng, count, size, batch: rng.permutation(count)[:size],
        ),
    ),
    *(
        (
            "It draws the images one by one, so that some come twice and others never: "
            "rng.permutation(N) gives each number once.",
            _written(drawn=drawn),
        )
        for drawn in (
            lambda rng, count: rng.integers(0, count, count),
            lambda rng, count: rng.choice(count, count),
        )
    ),
    *(
        (
            "It draws the images of each batch again, one by one, so that some come twice and "
            "others never: draw one rng.permutation(N) before the loop, and cut the batches out "
            "of it.",
            _written(drawn=lambda rng, count: np.arange(count), order=order),
        )
        for order in (
            lambda rng, count, size, batch: rng.integers(0, count, size),
            lambda rng, count, size, batch: rng.integers(0, count, len(batch)),
            lambda rng, count, size, batch: rng.choice(count, size),
            lambda rng, count, size, batch: rng.choice(count, len(batch)),
        )
    ),
    *(
        (
            "Two mistakes: 1. it never zeroes the gradients, so those of earlier batches are added "
            f"up. 2. the loss is the sum of the batches' means divided by {what}: each image "
            "counts the same, so weight each mean by its number of images and divide by all.",
            _written(zeroed="never", divisor=divisor),
        )
        for what, divisor in (
            ("the number of batches", lambda images, size: -(-images // size)),
            ("the number of full batches", lambda images, size: images // size or 1),
            ("the number of images", lambda images, size: images),
        )
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
