"""softmax_cross_entropy_backward: the gradient with respect to the scores."""

import numpy as np

from autograder.checking import agree, right_on_grid


def test_one_image(learner):
    """The gradient is the probabilities, with 1 taken from the right class."""
    d_logits = learner.softmax_cross_entropy_backward(np.array([[0.2, 0.3, 0.5]]), np.array([2]))
    agree(d_logits, [[0.2, 0.3, 0.5 - 1]], "d_logits")


def test_two_images(learner):
    """In a batch of two, each image has its own label and counts half."""
    probabilities = np.array([[0.25, 0.75, 0.0], [0.5, 0.125, 0.375]])
    d_logits = learner.softmax_cross_entropy_backward(probabilities, np.array([1, 0]))
    image_0 = [0.25 / 2, (0.75 - 1) / 2, 0.0]
    image_1 = [(0.5 - 1) / 2, 0.125 / 2, 0.375 / 2]
    agree(d_logits, [image_0, image_1], "d_logits")


def test_mean_not_classes(learner):
    """The division is by the number of images, not by the number of classes."""
    probabilities = np.full((4, 2), 0.5)
    d_logits = learner.softmax_cross_entropy_backward(probabilities, np.array([0, 1, 1, 1]))
    right, other = (0.5 - 1) / 4, 0.5 / 4
    agree(
        d_logits,
        [[right, other], [other, right], [other, right], [other, right]],
        "d_logits",
    )


def test_every_kind_of_call(learner):
    """It is right for every kind of input."""
    right_on_grid(learner, __file__)
