"""relu_backward: the gradient passes where the input was positive."""

import numpy as np

from autograder.checking import agree, right_on_grid


def test_input_decides(learner):
    """The gradient passes where the input was positive, whatever sign the gradient has."""
    x = np.array([[3.0, 2.0, -3.0, -2.0]])
    d_out = np.array([[0.5, -1.5, 2.5, -3.5]])
    agree(learner.relu_backward(d_out, x), [[0.5, -1.5, 0, 0]], "d_x")


def test_zero_is_not_positive(learner):
    """Where the input was exactly 0, no gradient passes."""
    x = np.array([[0.0, 0.25], [-0.25, 0.0]])
    d_out = np.array([[1.5, 2.5], [3.5, 4.5]])
    agree(learner.relu_backward(d_out, x), [[0, 2.5], [0, 0]], "d_x")


def test_any_shape(learner):
    """Gradients of shape (N, C, H, W) keep their shape."""
    x = np.array([[[[0.5, -0.5]], [[-4.0, 4.0]]]])  # (1, 2, 1, 2)
    d_out = np.array([[[[-7.5, 1.0]], [[1.0, 0.25]]]])
    agree(learner.relu_backward(d_out, x), [[[[-7.5, 0]], [[0, 0.25]]]], "d_x")


def test_whole_numbers_in_the_input(learner):
    """An input of integers lets the whole gradient pass, fractions too."""
    x = np.array([[2, -3, 1, 0]])
    d_out = np.array([[0.5, 1.5, -2.5, 3.5]])
    agree(learner.relu_backward(d_out, x), [[0.5, 0, -2.5, 0]], "d_x")


def test_every_kind_of_call(learner):
    """It is right for every kind of input."""
    right_on_grid(learner, __file__)
