"""Dropout: a random part of the numbers is set to zero."""

import numpy as np

from autograder.checking import agree, right_on_grid

X = np.array([[3.0, 6.0, -9.0, 12.0]])


def kept(same, shape, rate):
    """True where the numbers that rng gives next keep a number."""
    return same.random(shape) >= rate


def test_training(learner):
    """What rng puts below the rate becomes 0, the rest is divided by 1 - rate."""
    layer = learner.Dropout(0.25, rng=learner.default_rng(0))
    # default_rng(0) begins with 0.64, 0.27, 0.04, 0.02: two are kept, two are dropped.
    agree(layer.forward(X), [[3 / 0.75, 6 / 0.75, 0, 0]], "out")


def test_backward(learner):
    """The gradient is 0 where a number was dropped, and enlarged elsewhere."""
    layer = learner.Dropout(0.25, rng=learner.default_rng(0))
    layer.forward(X)
    d_x = layer.backward(np.array([[1.0, -2.0, 5.0, 7.0]]))
    agree(d_x, [[1 / 0.75, -2 / 0.75, 0, 0]], "d_x")


def test_new_numbers_each_pass(learner):
    """Each forward pass drops others, and backward belongs to the newest."""
    layer, same = learner.Dropout(0.5, rng=learner.default_rng(3)), np.random.default_rng(3)
    x = np.arange(1.0, 25.0).reshape(2, 3, 2, 2)
    first, second = kept(same, x.shape, 0.5), kept(same, x.shape, 0.5)
    agree(layer.forward(x), x * first / 0.5, "the first out")
    agree(layer.forward(x), x * second / 0.5, "the second out")
    agree(layer.backward(np.ones_like(x)), second / 0.5, "d_x")


def test_not_training(learner):
    """With training False nothing is dropped or scaled, forward or backward."""
    layer = learner.Dropout(0.5, rng=learner.default_rng(3))
    layer.forward(X)
    layer.training = False
    agree(layer.forward(X), X, "out")
    agree(layer.backward(np.array([[1.0, -2.0, 5.0, 7.0]])), [[1.0, -2.0, 5.0, 7.0]], "d_x")


def test_rng_rests_when_not_training(learner):
    """A pass without training takes no numbers from rng: the next pass of training gets them."""
    layer, same = learner.Dropout(0.5, rng=learner.default_rng(5)), np.random.default_rng(5)
    x = np.arange(1.0, 13.0).reshape(3, 4)
    agree(layer.forward(x), x * kept(same, x.shape, 0.5) / 0.5, "out before")
    layer.training = False
    layer.forward(x)
    layer.training = True
    agree(layer.forward(x), x * kept(same, x.shape, 0.5) / 0.5, "out after")


def test_every_kind_of_call(learner):
    """It is right for every kind of input."""
    right_on_grid(learner, __file__)
