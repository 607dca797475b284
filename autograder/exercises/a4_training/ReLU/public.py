"""ReLU: relu_forward and relu_backward as a layer."""

import numpy as np

from autograder.checking import agree, right_on_grid


def test_forward_and_backward(learner):
    """Forward puts 0 for negative numbers, and backward lets the gradient through elsewhere."""
    layer = learner.ReLU()
    agree(layer.forward(np.array([[1.5, -2.5, 3.5]])), [[1.5, 0, 3.5]], "out")
    agree(layer.backward(np.array([[-4.0, 5.0, 6.0]])), [[-4.0, 0, 6.0]], "d_x")


def test_newest_input(learner):
    """Backward belongs to the newest forward pass."""
    layer = learner.ReLU()
    layer.forward(np.array([[-1.0, 1.0]]))
    layer.forward(np.array([[2.0, -2.0]]))
    agree(layer.backward(np.array([[0.5, 0.25]])), [[0.5, 0]], "d_x")


def test_two_layers(learner):
    """A second layer does not disturb what the first one keeps."""
    first, second = learner.ReLU(), learner.ReLU()
    first.forward(np.array([[2.0, -2.0]]))
    second.forward(np.array([[-1.0, 1.0]]))
    agree(first.backward(np.array([[0.5, 0.25]])), [[0.5, 0]], "d_x of the first layer")


def test_every_kind_of_call(learner):
    """It is right for every kind of input."""
    right_on_grid(learner, __file__)
