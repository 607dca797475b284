"""Known mistakes in cross_entropy."""

import numpy as np
from numpy import ndarray


def _chosen(probabilities: ndarray, labels: ndarray) -> ndarray:
    smallest = np.finfo(np.float64).tiny
    return np.maximum(probabilities[np.arange(len(labels)), labels], smallest)


def summed(probabilities: ndarray, labels: ndarray) -> float:
    """It sums over the batch. The loss is the mean, so that it does not grow with the batch."""
    return float(-np.sum(np.log(_chosen(probabilities, labels))))


def logarithm_missing(probabilities: ndarray, labels: ndarray) -> float:
    """It averages the probabilities without the logarithm. The loss of an image is minus the \
logarithm of the probability of its right class."""
    return float(-np.mean(_chosen(probabilities, labels)))


def one_minus_the_probability(probabilities: ndarray, labels: ndarray) -> float:
    """It takes 1 minus the probability. The loss of an image is minus the logarithm of the \
probability of its right class."""
    return float(np.mean(1 - _chosen(probabilities, labels)))


def sign_missing(probabilities: ndarray, labels: ndarray) -> float:
    """Its loss is negative. The logarithm of a probability is below 0, so the loss is minus the \
logarithm."""
    return float(np.mean(np.log(_chosen(probabilities, labels))))


def logarithm_of_base_2(probabilities: ndarray, labels: ndarray) -> float:
    """It takes the logarithm to base 2. The natural logarithm is meant."""
    return float(-np.mean(np.log2(_chosen(probabilities, labels))))


def logarithm_of_base_10(probabilities: ndarray, labels: ndarray) -> float:
    """It takes the logarithm to base 10. The natural logarithm is meant."""
    return float(-np.mean(np.log10(_chosen(probabilities, labels))))


def every_class_counts(probabilities: ndarray, labels: ndarray) -> float:
    """It averages over all classes and never looks at the labels. Only the probability of the \
right class counts."""
    return float(-np.mean(np.log(np.maximum(probabilities, np.finfo(np.float64).tiny))))


def divided_by_the_classes_too(probabilities: ndarray, labels: ndarray) -> float:
    """It divides by the number of images times classes. Each image gives one number, so the \
mean is over the images."""
    return summed(probabilities, labels) / probabilities.size


def every_row_with_every_label(probabilities: ndarray, labels: ndarray) -> float:
    """It takes from every row the classes of all labels. Each row has a label of its own: pair \
the number of the row with its label."""
    chosen = probabilities[:, labels]
    return float(-np.mean(np.log(np.maximum(chosen, np.finfo(np.float64).tiny))))


def most_likely_class(probabilities: ndarray, labels: ndarray) -> float:
    """It looks at the largest probability of each row, right or wrong. What counts is the \
probability of the right class, which the label names."""
    return float(-np.mean(np.log(probabilities.max(axis=1))))


def softmax_taken_again(probabilities: ndarray, labels: ndarray) -> float:
    """It takes softmax of what are probabilities already. They come as softmax returned \
them."""
    powers = np.exp(probabilities)
    return float(-np.mean(np.log(_chosen(powers / powers.sum(axis=1, keepdims=True), labels))))


def logarithm_of_the_mean(probabilities: ndarray, labels: ndarray) -> float:
    """It averages first and takes the logarithm afterwards. Each image has its own loss; the \
mean is over the losses."""
    return float(-np.log(np.mean(_chosen(probabilities, labels))))


def infinite_at_zero(probabilities: ndarray, labels: ndarray) -> float:
    """It is right, but infinite where the right class has probability 0. Then its gradient is \
useless: keep the logarithm away from 0."""
    return float(-np.mean(np.log(probabilities[np.arange(len(labels)), labels])))


def first_image_only(probabilities: ndarray, labels: ndarray) -> float:
    """It returns the loss of the first image. The loss is the mean over all of them."""
    return summed(probabilities[:1], labels[:1])


def not_averaged(probabilities: ndarray, labels: ndarray) -> ndarray:
    """It returns a loss for each image. Return one number, their mean."""
    return -np.log(_chosen(probabilities, labels))
