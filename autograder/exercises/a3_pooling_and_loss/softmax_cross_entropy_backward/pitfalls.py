"""Known mistakes in softmax_cross_entropy_backward."""

import numpy as np
from numpy import ndarray


def _one_hot(probabilities: ndarray, labels: ndarray) -> ndarray:
    return np.eye(probabilities.shape[1])[labels]


def not_divided(probabilities: ndarray, labels: ndarray) -> ndarray:
    """It does not divide by the number of images. The loss is a mean, so each image counts \
1/N."""
    return probabilities - _one_hot(probabilities, labels)


def divided_twice(probabilities: ndarray, labels: ndarray) -> ndarray:
    """It divides by the number of images twice. The mean is taken once."""
    return not_divided(probabilities, labels) / len(labels) ** 2


def divided_by_the_classes_too(probabilities: ndarray, labels: ndarray) -> ndarray:
    """It divides by the number of images times classes. The loss is a mean over images only."""
    return not_divided(probabilities, labels) / probabilities.size


def divided_by_the_classes(probabilities: ndarray, labels: ndarray) -> ndarray:
    """It divides by the number of classes. The loss is a mean over the images."""
    return not_divided(probabilities, labels) / probabilities.shape[1]


def only_the_ones_divided(probabilities: ndarray, labels: ndarray) -> ndarray:
    """It divides only a part by the number of images. The whole difference of probabilities \
and labels is divided."""
    return probabilities - _one_hot(probabilities, labels) / len(labels)


def sign_reversed(probabilities: ndarray, labels: ndarray) -> ndarray:
    """Its gradient has the wrong sign. Raising the score of the right class lowers the loss, \
so the gradient there is negative."""
    return -not_divided(probabilities, labels) / len(labels)


def labels_ignored(probabilities: ndarray, labels: ndarray) -> ndarray:
    """It returns the probabilities, divided by the number of images. Subtract 1 at the right \
class first: the gradient is the probabilities minus the one-hot labels."""
    return probabilities / len(labels)


def labels_as_numbers(probabilities: ndarray, labels: ndarray) -> ndarray:
    """It subtracts the number of the label from every class. A label is an index: it says at \
which place of the row 1 is subtracted."""
    return (probabilities - labels[:, None]) / len(labels)


def every_row_with_every_label(probabilities: ndarray, labels: ndarray) -> ndarray:
    """It changes in every row the classes of all labels. Each row has a label of its own: pair \
the number of the row with its label."""
    d_logits = probabilities.copy()
    d_logits[:, labels] -= 1
    return d_logits / len(labels)


def right_class_only(probabilities: ndarray, labels: ndarray) -> ndarray:
    """It gives a gradient to the right class only. Raising any other score takes probability \
from the right one, so the others have a gradient too."""
    one_hot = _one_hot(probabilities, labels)
    return (probabilities - one_hot) * one_hot / len(labels)


def last_class_only(probabilities: ndarray, labels: ndarray) -> ndarray:
    """Only the last class has a gradient: each class overwrites the one before. Every class has \
a gradient, in its own place of the row."""
    d_logits = not_divided(probabilities, labels) / len(labels)
    d_logits[:, :-1] = 0
    return d_logits


def last_image_only(probabilities: ndarray, labels: ndarray) -> ndarray:
    """Only the last image has a gradient. Each image has a row of its own."""
    d_logits = not_divided(probabilities, labels) / len(labels)
    d_logits[:-1] = 0
    return d_logits


def of_the_probabilities(probabilities: ndarray, labels: ndarray) -> ndarray:
    """It returns the gradient with respect to the probabilities, and not with respect to the \
scores. The chain rule goes on through softmax."""
    return -_one_hot(probabilities, labels) / np.maximum(probabilities, 1e-300) / len(labels)


def softmax_derived_again(probabilities: ndarray, labels: ndarray) -> ndarray:
    """It multiplies by the derivative of softmax once more. The difference of probabilities and \
labels already contains it."""
    slope = probabilities * (1 - probabilities)
    return not_divided(probabilities, labels) * slope / len(labels)


def most_likely_class(probabilities: ndarray, labels: ndarray) -> ndarray:
    """It takes the likeliest class for the right one. The right class is what the label says, \
however unlikely the network thinks it."""
    likeliest = probabilities.argmax(axis=1)
    return (probabilities - _one_hot(probabilities, likeliest)) / len(labels)


def changes_its_input(probabilities: ndarray, labels: ndarray) -> ndarray:
    """It writes into the probabilities that it was given. The caller still needs them: work on \
a copy."""
    probabilities[np.arange(len(labels)), labels] -= 1
    return probabilities / len(labels)
