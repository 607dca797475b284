"""Known mistakes in train_epoch."""

from typing import Any

import numpy as np
from numpy import ndarray


def _probabilities(model: Any, images: ndarray) -> ndarray:
    return _softmax(model.forward(images))


def _softmax(scores: ndarray) -> ndarray:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def _loss(probabilities: ndarray, labels: ndarray) -> float:
    """The sum of the losses, not their mean."""
    return float(-np.sum(np.log(probabilities[np.arange(len(labels)), labels])))


def _gradient(probabilities: ndarray, labels: ndarray) -> ndarray:
    return (probabilities - np.eye(probabilities.shape[1])[labels]) / len(labels)


def _learn(model: Any, optimizer: Any, images: ndarray, labels: ndarray) -> float:
    """One right step; the sum of the losses before it."""
    model.zero_grad()
    probabilities = _probabilities(model, images)
    model.backward(_gradient(probabilities, labels))
    optimizer.step()
    return _loss(probabilities, labels)


def _batches(order: ndarray, size: int) -> list[ndarray]:
    return [order[start : start + size] for start in range(0, len(order), size)]


def gradients_never_zeroed(
    model: Any, optimizer: Any, images: ndarray, labels: ndarray, batch_size: int, rng: Any
) -> float:
    """It never sets the gradients to zero, so the gradients of all earlier batches count again. \
Call zero_grad before each batch."""
    total = 0.0
    for batch in _batches(rng.permutation(len(images)), batch_size):
        probabilities = _probabilities(model, images[batch])
        model.backward(_gradient(probabilities, labels[batch]))
        optimizer.step()
        total += _loss(probabilities, labels[batch])
    return total / len(images)


def gradients_zeroed_once(
    model: Any, optimizer: Any, images: ndarray, labels: ndarray, batch_size: int, rng: Any
) -> float:
    """It sets the gradients to zero once, before the first batch. Set them to zero before every \
batch, or the earlier batches count again."""
    model.zero_grad()
    return gradients_never_zeroed(model, optimizer, images, labels, batch_size, rng)


def gradients_zeroed_before_the_step(
    model: Any, optimizer: Any, images: ndarray, labels: ndarray, batch_size: int, rng: Any
) -> float:
    """Its step finds gradients of zero, so nothing is learned: either backward is never called, \
or zero_grad comes between backward and step. The order is zero_grad, forward, backward, step."""
    total = 0.0
    for batch in _batches(rng.permutation(len(images)), batch_size):
        probabilities = _probabilities(model, images[batch])
        model.backward(_gradient(probabilities, labels[batch]))
        model.zero_grad()
        optimizer.step()
        total += _loss(probabilities, labels[batch])
    return total / len(images)


def not_shuffled(
    model: Any, optimizer: Any, images: ndarray, labels: ndarray, batch_size: int, rng: Any
) -> float:
    """It takes the images in their stored order. Each epoch takes them in a new random order, \
which rng gives."""
    batches = _batches(np.arange(len(images)), batch_size)
    total = sum(_learn(model, optimizer, images[b], labels[b]) for b in batches)
    return total / len(images)


def labels_not_shuffled(
    model: Any, optimizer: Any, images: ndarray, labels: ndarray, batch_size: int, rng: Any
) -> float:
    """It shuffles the images and leaves the labels where they were. An image and its label \
stay together: one order for both."""
    shuffled = images[rng.permutation(len(images))]
    batches = _batches(np.arange(len(images)), batch_size)
    total = sum(_learn(model, optimizer, shuffled[b], labels[b]) for b in batches)
    return total / len(images)


def last_batch_dropped(
    model: Any, optimizer: Any, images: ndarray, labels: ndarray, batch_size: int, rng: Any
) -> float:
    """It leaves out the last batch when that is not full. A smaller batch counts too: every \
image is shown once."""
    batches = _batches(rng.permutation(len(images)), batch_size)
    full = [batch for batch in batches if len(batch) == batch_size]
    total = sum(_learn(model, optimizer, images[b], labels[b]) for b in full)
    return total / len(images)


def last_batch_dropped_and_mean_of_the_rest(
    model: Any, optimizer: Any, images: ndarray, labels: ndarray, batch_size: int, rng: Any
) -> float:
    """It leaves out the last batch when that is not full, and takes the mean over the others. \
A smaller batch counts too: every image is shown once."""
    batches = _batches(rng.permutation(len(images)), batch_size)
    full = [batch for batch in batches if len(batch) == batch_size]
    total = sum(_learn(model, optimizer, images[b], labels[b]) for b in full)
    return total / max(1, len(full) * batch_size)


def first_batch_only(
    model: Any, optimizer: Any, images: ndarray, labels: ndarray, batch_size: int, rng: Any
) -> float:
    """It stops after the first batch. An epoch shows the network every image once."""
    batch = _batches(rng.permutation(len(images)), batch_size)[0]
    return _learn(model, optimizer, images[batch], labels[batch]) / len(batch)


def mean_of_batch_means(
    model: Any, optimizer: Any, images: ndarray, labels: ndarray, batch_size: int, rng: Any
) -> float:
    """It returns the mean over the batches. Then the images of a small last batch count more \
than the others; the mean is over the images."""
    batches = _batches(rng.permutation(len(images)), batch_size)
    means = [_learn(model, optimizer, images[b], labels[b]) / len(b) for b in batches]
    return sum(means) / len(means)


def sum_of_batch_means(
    model: Any, optimizer: Any, images: ndarray, labels: ndarray, batch_size: int, rng: Any
) -> float:
    """It returns the sum of the batches' losses. Return the mean over the images, which does \
not grow with the number of batches."""
    batches = _batches(rng.permutation(len(images)), batch_size)
    return sum(_learn(model, optimizer, images[b], labels[b]) / len(b) for b in batches)


def batch_means_divided_by_the_images(
    model: Any, optimizer: Any, images: ndarray, labels: ndarray, batch_size: int, rng: Any
) -> float:
    """It adds up the batches' mean losses and divides by the number of images: it has divided \
twice. Turn each mean back into a sum before adding it."""
    return sum_of_batch_means(model, optimizer, images, labels, batch_size, rng) / len(images)


def loss_not_divided(
    model: Any, optimizer: Any, images: ndarray, labels: ndarray, batch_size: int, rng: Any
) -> float:
    """It returns the sum of all images' losses. Return the mean, which does not grow with the \
number of images."""
    batches = _batches(rng.permutation(len(images)), batch_size)
    return sum(_learn(model, optimizer, images[b], labels[b]) for b in batches)


def loss_of_the_last_batch(
    model: Any, optimizer: Any, images: ndarray, labels: ndarray, batch_size: int, rng: Any
) -> float:
    """It returns the loss of the last batch: each overwrites the one before. Return the mean \
over all images."""
    for batch in _batches(rng.permutation(len(images)), batch_size):
        loss = _learn(model, optimizer, images[batch], labels[batch]) / len(batch)
    return loss


def loss_after_the_step(
    model: Any, optimizer: Any, images: ndarray, labels: ndarray, batch_size: int, rng: Any
) -> float:
    """It measures the loss after the step. The loss of a batch is that of its forward pass, \
before the step."""
    total = 0.0
    for batch in _batches(rng.permutation(len(images)), batch_size):
        _learn(model, optimizer, images[batch], labels[batch])
        total += _loss(_probabilities(model, images[batch]), labels[batch])
    return total / len(images)


def never_stepped(
    model: Any, optimizer: Any, images: ndarray, labels: ndarray, batch_size: int, rng: Any
) -> float:
    """No parameter changes: it takes no step, or only while the gradients are 0. Call the \
optimizer's step after each backward pass."""
    total = 0.0
    for batch in _batches(rng.permutation(len(images)), batch_size):
        model.zero_grad()
        probabilities = _probabilities(model, images[batch])
        model.backward(_gradient(probabilities, labels[batch]))
        total += _loss(probabilities, labels[batch])
    return total / len(images)


def one_step_for_all(
    model: Any, optimizer: Any, images: ndarray, labels: ndarray, batch_size: int, rng: Any
) -> float:
    """It takes one step at the end, with the gradients of all batches added up. Every batch \
takes a step of its own."""
    total = 0.0
    model.zero_grad()
    for batch in _batches(rng.permutation(len(images)), batch_size):
        probabilities = _probabilities(model, images[batch])
        model.backward(_gradient(probabilities, labels[batch]))
        total += _loss(probabilities, labels[batch])
    optimizer.step()
    return total / len(images)


def last_batch_stepped_only(
    model: Any, optimizer: Any, images: ndarray, labels: ndarray, batch_size: int, rng: Any
) -> float:
    """It takes one step, after the last batch. Every batch takes a step of its own."""
    loss = never_stepped(model, optimizer, images, labels, batch_size, rng)
    optimizer.step()
    return loss


def drawn_anew_for_every_batch(
    model: Any, optimizer: Any, images: ndarray, labels: ndarray, batch_size: int, rng: Any
) -> float:
    """It draws a new order for every batch, so some images come twice and others never. One \
order for the whole epoch shows every image once."""
    total = 0.0
    for start in range(0, len(images), batch_size):
        batch = rng.permutation(len(images))[start : start + batch_size]
        total += _learn(model, optimizer, images[batch], labels[batch])
    return total / len(images)


def scores_for_probabilities(
    model: Any, optimizer: Any, images: ndarray, labels: ndarray, batch_size: int, rng: Any
) -> float:
    """It gives the scores to softmax_cross_entropy_backward. That takes the probabilities, what \
softmax has made of the scores."""
    total = 0.0
    for batch in _batches(rng.permutation(len(images)), batch_size):
        model.zero_grad()
        scores = model.forward(images[batch])
        total += _loss(_softmax(scores), labels[batch])
        model.backward(_gradient(scores, labels[batch]))
        optimizer.step()
    return total / len(images)
