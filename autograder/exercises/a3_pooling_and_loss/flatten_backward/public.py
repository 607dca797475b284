"""flatten_backward: each row becomes an image again."""

import numpy as np

from autograder.checking import agree, right_on_grid


def test_channel_row_column(learner):
    """One row fills channel 0 row by row, and then channel 1."""
    d_out = np.array([[0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5, 9.5, 10.5, 11.5]])
    channel_0 = [[0.5, 1.5, 2.5], [3.5, 4.5, 5.5]]
    channel_1 = [[6.5, 7.5, 8.5], [9.5, 10.5, 11.5]]
    agree(learner.flatten_backward(d_out, (1, 2, 2, 3)), [[channel_0, channel_1]], "d_x")


def test_one_row_an_image(learner):
    """Each row of the gradient goes to its own image."""
    d_out = np.array([[0.5, -1.5], [2.5, -3.5], [4.5, -5.5]])
    d_x = learner.flatten_backward(d_out, (3, 1, 2, 1))
    agree(d_x, [[[[0.5], [-1.5]]], [[[2.5], [-3.5]]], [[[4.5], [-5.5]]]], "d_x")


def test_every_kind_of_call(learner):
    """It is right for every kind of input."""
    right_on_grid(learner, __file__)
