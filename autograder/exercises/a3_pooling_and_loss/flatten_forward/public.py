"""flatten_forward: each image becomes one row."""

import numpy as np

from autograder.checking import agree, right_on_grid


def test_channel_row_column(learner):
    """One image is read channel by channel, each channel row by row."""
    channel_0 = [[1.5, 2.5, 3.5], [4.5, 5.5, 6.5]]
    channel_1 = [[7.5, 8.5, 9.5], [10.5, 11.5, 12.5]]
    flat = learner.flatten_forward(np.array([[channel_0, channel_1]]))
    agree(flat, [[1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5, 9.5, 10.5, 11.5, 12.5]])


def test_one_row_an_image(learner):
    """Each image of a batch has a row of its own."""
    x = np.array([[[[0.5, 1.5]]], [[[2.5, 3.5]]], [[[4.5, 5.5]]]])  # (3, 1, 1, 2)
    agree(learner.flatten_forward(x), [[0.5, 1.5], [2.5, 3.5], [4.5, 5.5]])


def test_every_kind_of_call(learner):
    """It is right for every kind of input."""
    right_on_grid(learner, __file__)
