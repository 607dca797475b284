"""maxpool2d_backward: the gradient goes to the pixels that won."""

import numpy as np

from autograder.checking import agree, right_on_grid


def test_to_the_winner(learner):
    """The window [[1, 4], [2, 3]] passes its gradient 0.5 to the 4, and nothing to the others."""
    max_indices = np.array([[[[[0, 1]]]]])  # the position of the 4
    d_x = learner.maxpool2d_backward(np.array([[[[0.5]]]]), max_indices, (1, 1, 2, 2))
    agree(d_x, [[[[0, 0.5], [0, 0]]]], "d_x")


def test_each_window_its_own(learner):
    """Each window passes its own gradient, whatever its sign, to its own maximum."""
    d_out = np.array([[[[0.5, -1.5], [2.5, 3.5]]]])
    max_indices = np.array([[[[[1, 0], [1, 2]], [[2, 1], [2, 3]]]]])
    d_x = learner.maxpool2d_backward(d_out, max_indices, (1, 1, 4, 4))
    agree(d_x, [[[[0, 0, 0, 0], [0.5, 0, -1.5, 0], [0, 2.5, 0, 3.5], [0, 0, 0, 0]]]], "d_x")


def test_one_pixel_wins_several(learner):
    """A pixel that is the maximum of several windows gets the sum of their gradients."""
    d_out = np.array([[[[0.5, 1.0], [2.0, -4.5]]]])
    max_indices = np.array([[[[[1, 1], [1, 1]], [[1, 1], [2, 2]]]]])
    d_x = learner.maxpool2d_backward(d_out, max_indices, (1, 1, 3, 3))
    agree(d_x, [[[[0, 0, 0], [0, 0.5 + 1.0 + 2.0, 0], [0, 0, -4.5]]]], "d_x")


def test_image_not_square(learner):
    """The first index is the row and the second the column, in an image of 2 rows and 5 columns."""
    d_out = np.array([[[[0.5, 1.5]]]])
    max_indices = np.array([[[[[0, 1], [1, 3]]]]])
    d_x = learner.maxpool2d_backward(d_out, max_indices, (1, 1, 2, 5))
    agree(d_x, [[[[0, 0.5, 0, 0, 0], [0, 0, 0, 1.5, 0]]]], "d_x")


def test_channels_and_images(learner):
    """The gradient stays in its image and its channel, even where the same place is the maximum."""
    d_out = np.array([[[[0.5]], [[1.5]]], [[[2.5]], [[3.5]]], [[[4.5]], [[5.5]]]])
    of_image_0, of_image_1 = [[[[1, 0]]], [[[1, 0]]]], [[[[1, 0]]], [[[0, 1]]]]
    max_indices = np.array([of_image_0, of_image_1, of_image_1])
    d_x = learner.maxpool2d_backward(d_out, max_indices, (3, 2, 2, 3))
    image_0 = [[[0, 0, 0], [0.5, 0, 0]], [[0, 0, 0], [1.5, 0, 0]]]
    image_1 = [[[0, 0, 0], [2.5, 0, 0]], [[0, 3.5, 0], [0, 0, 0]]]
    image_2 = [[[0, 0, 0], [4.5, 0, 0]], [[0, 5.5, 0], [0, 0, 0]]]
    agree(d_x, [image_0, image_1, image_2], "d_x")


def test_every_kind_of_call(learner):
    """It is right for every kind of picture, whichever pixels are the maxima."""
    right_on_grid(learner, __file__)
