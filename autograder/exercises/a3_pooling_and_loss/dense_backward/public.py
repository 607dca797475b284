"""dense_backward: the upstream gradient reaches the input, the weights and the bias."""

import numpy as np

from autograder.checking import agree, right_on_grid, unpack

# Two images, two inputs, three outputs.
D_OUT = np.array([[0.5, -1.0, 2.0], [1.5, 0.0, 3.0]])
X = np.array([[1.0, 2.0], [3.0, -4.0]])
WEIGHTS = np.array([[1.0, 2.0, -1.0], [0.5, 0.0, 4.0]])


def test_d_x(learner):
    """An input's gradient is the upstream gradient times the weights that leave this input."""
    parts = learner.dense_backward(D_OUT, X, WEIGHTS)
    d_x, _, _ = unpack(parts, "d_x", "d_weights", "d_bias")
    image_0 = [0.5 * 1.0 - 1.0 * 2.0 + 2.0 * -1.0, 0.5 * 0.5 - 1.0 * 0.0 + 2.0 * 4.0]
    image_1 = [1.5 * 1.0 + 0.0 * 2.0 + 3.0 * -1.0, 1.5 * 0.5 + 0.0 * 0.0 + 3.0 * 4.0]
    agree(d_x, [image_0, image_1], "d_x")


def test_d_weights(learner):
    """A weight's gradient is its input times the upstream gradient, summed over the images."""
    parts = learner.dense_backward(D_OUT, X, WEIGHTS)
    _, d_weights, _ = unpack(parts, "d_x", "d_weights", "d_bias")
    input_0 = [1 * 0.5 + 3 * 1.5, 1 * -1.0 + 3 * 0.0, 1 * 2.0 + 3 * 3.0]
    input_1 = [2 * 0.5 - 4 * 1.5, 2 * -1.0 - 4 * 0.0, 2 * 2.0 - 4 * 3.0]
    agree(d_weights, [input_0, input_1], "d_weights")


def test_d_bias(learner):
    """A bias's gradient is the upstream gradient of its output, summed over the images."""
    parts = learner.dense_backward(D_OUT, X, WEIGHTS)
    _, _, d_bias = unpack(parts, "d_x", "d_weights", "d_bias")
    agree(d_bias, [0.5 + 1.5, -1.0 + 0.0, 2.0 + 3.0], "d_bias")


def test_square(learner):
    """With two images, two inputs and two outputs, nothing is transposed by mistake."""
    d_out = np.array([[1.0, 0.0], [0.5, 0.0]])
    parts = learner.dense_backward(d_out, X, np.array([[1.0, 2.0], [3.0, 4.0]]))
    d_x, d_weights, d_bias = unpack(parts, "d_x", "d_weights", "d_bias")
    agree(d_x, [[1.0, 3.0], [0.5, 1.5]], "d_x")
    agree(d_weights, [[1 * 1.0 + 3 * 0.5, 0], [2 * 1.0 - 4 * 0.5, 0]], "d_weights")
    agree(d_bias, [1.0 + 0.5, 0], "d_bias")


def test_every_kind_of_call(learner):
    """It is right for every kind of input."""
    right_on_grid(learner, __file__)
