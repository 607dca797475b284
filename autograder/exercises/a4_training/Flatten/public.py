"""Flatten: flatten_forward and flatten_backward as a layer."""

import numpy as np

from autograder.checking import agree, right_on_grid

IMAGES = np.array([[[[1.5], [2.5]], [[3.5], [4.5]]], [[[5.5], [6.5]], [[7.5], [8.5]]]])
ROWS = np.array([[1.5, 2.5, 3.5, 4.5], [5.5, 6.5, 7.5, 8.5]])


def test_forward_and_backward(learner):
    """Forward makes a row of each image, and backward makes images of the gradient's rows."""
    layer = learner.Flatten()
    agree(layer.forward(IMAGES), ROWS, "out")
    agree(layer.backward(-ROWS), -IMAGES, "d_x")


def test_newest_input(learner):
    """Backward belongs to the newest forward pass."""
    layer = learner.Flatten()
    layer.forward(np.ones((2, 1, 2, 2)))
    layer.forward(IMAGES)
    agree(layer.backward(ROWS), IMAGES, "d_x")


def test_two_layers(learner):
    """A second layer does not disturb what the first one keeps."""
    first, second = learner.Flatten(), learner.Flatten()
    first.forward(IMAGES)
    second.forward(np.ones((2, 1, 2, 2)))
    agree(first.backward(ROWS), IMAGES, "d_x of the first layer")


def test_every_kind_of_call(learner):
    """It is right for every kind of input."""
    right_on_grid(learner, __file__)
