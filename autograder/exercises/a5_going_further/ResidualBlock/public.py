"""ResidualBlock: two convolutions, and a skip path that adds x unchanged."""

import numpy as np

from autograder.checking import agree, as_array, right_on_grid

X = np.array([[[[1.0, -2.0], [3.0, 4.0]]]])
D_OUT = np.array([[[[1.0, 10.0], [100.0, 1000.0]]]])


def only_the_middle(number):
    """A 3x3 filter that multiplies each pixel by `number` and sees no neighbour."""
    return np.array([[[[0, 0, 0], [0, float(number), 0], [0, 0, 0]]]])


def block_of(learner):
    """A block whose branch is -1 * relu(2 * x - 3) + 0.5."""
    block = learner.ResidualBlock(1, rng=learner.default_rng(0))
    block.first.weights.value = only_the_middle(2)
    block.first.bias.value = np.array([-3.0])
    block.second.weights.value = only_the_middle(-1)
    block.second.bias.value = np.array([0.5])
    return block


def test_forward(learner):
    """The branch is added to x, and the last ReLU comes after the sum."""
    out = block_of(learner).forward(X)
    # 2 * x - 3:             -1   -7    3    5
    # after the inner ReLU:   0    0    3    5
    # the branch:           0.5  0.5 -2.5 -4.5
    agree(out, [[[[1 + 0.5, 0], [3 - 2.5, 0]]]], "out")  # -2 + 0.5 and 4 - 4.5 are negative


def test_backward(learner):
    """Two gradients come back to x: one through both convolutions, one past them."""
    block = block_of(learner)
    block.forward(X)
    d_x = block.backward(D_OUT)
    # The outer ReLU lets 1 and 100 through. Through the branch: times -1, then the inner ReLU
    # (open where 2 * x - 3 is positive: in the second row), then times 2.
    agree(d_x, [[[[1.0, 0], [100 + 100 * -1 * 2, 0]]]], "d_x")


def test_gradients_of_the_filters(learner):
    """Both convolutions learn: backward passes add to the gradients of both."""
    block = block_of(learner)
    for passes in (1, 2):
        block.forward(X)
        block.backward(D_OUT)
        agree(block.second.bias.grad, [passes * (1.0 + 100)], "second.bias.grad")
        agree(block.first.bias.grad, [passes * (100.0 * -1)], "first.bias.grad")
        grad = as_array(block.second.weights.grad, "second.weights.grad", shape=(1, 1, 3, 3))
        agree(grad[0, 0, 1, 1], passes * 100.0 * 3, "second.weights.grad[0, 0, 1, 1]")
        grad = as_array(block.first.weights.grad, "first.weights.grad", shape=(1, 1, 3, 3))
        agree(grad[0, 0, 1, 1], passes * -100.0 * 3, "first.weights.grad[0, 0, 1, 1]")


def test_silent_branch(learner):
    """With filters and biases of 0, what is positive passes as it is, forward and backward."""
    block = learner.ResidualBlock(2, rng=learner.default_rng(0))
    for convolution in (block.first, block.second):
        convolution.weights.value = np.zeros((2, 2, 3, 3))
    x = np.array([[[[1.0, -2.0]], [[3.0, 4.0]]]])
    agree(block.forward(x), [[[[1.0, 0]], [[3.0, 4.0]]]], "out")
    agree(block.backward(x * 10), [[[[10.0, 0]], [[30.0, 40.0]]]], "d_x")


def test_every_kind_of_call(learner):
    """It is right for every kind of input."""
    right_on_grid(learner, __file__)
