"""dense_forward: every output is a weighted sum of all inputs."""

import numpy as np

from autograder.checking import agree, right_on_grid


def test_weighted_sums(learner):
    """Each output is the sum of inputs times its own column of the weights, plus its own bias."""
    x = np.array([[2.5, 3.0]])
    weights = np.array([[1.0, 0.0, -1.0], [0.5, 2.0, 4.0]])
    bias = np.array([10.0, 20.0, 30.0])
    sums = [2.5 * 1.0 + 3 * 0.5 + 10, 2.5 * 0.0 + 3 * 2.0 + 20, 2.5 * -1.0 + 3 * 4.0 + 30]
    agree(learner.dense_forward(x, weights, bias), [sums], "out")


def test_square(learner):
    """With as many images as inputs and outputs, rows stay images and columns stay outputs."""
    x = np.array([[1.0, 0.0], [0.0, 2.0]])
    weights = np.array([[0.5, 1.5], [2.5, 3.5]])
    bias = np.array([0.0, 100.0])
    image_0 = [1 * 0.5 + 0, 1 * 1.5 + 100]
    image_1 = [2 * 2.5 + 0, 2 * 3.5 + 100]
    agree(learner.dense_forward(x, weights, bias), [image_0, image_1], "out")


def test_whole_numbers(learner):
    """Integers give the result that the same numbers in floating point give."""
    x = np.array([[1, 3]])
    bias = np.array([0.25, -0.5])
    out = learner.dense_forward(x, np.array([[0.5, 2.0], [1.5, -1.0]]), bias)
    agree(out, [[1 * 0.5 + 3 * 1.5 + 0.25, 1 * 2.0 + 3 * -1.0 - 0.5]], "out")
    # Only the bias is not an integer.
    out = learner.dense_forward(x, np.array([[1, 2], [3, -4]]), bias)
    agree(out, [[1 * 1 + 3 * 3 + 0.25, 1 * 2 + 3 * -4 - 0.5]], "out")


def test_every_kind_of_call(learner):
    """It is right for every kind of input."""
    right_on_grid(learner, __file__)
