"""xavier_initialization: first weights for layers without ReLU."""

import numpy as np

from autograder.checking import agree, right_on_grid


def test_dense_weights(learner):
    """Dense weights (D, M) are uniform numbers up to sqrt(6 / (D + M)) on both sides of 0."""
    weights = learner.xavier_initialization((20, 4), learner.default_rng(0))
    # fan_in = 20, fan_out = 4: sqrt(6 / 24) = 1/2
    agree(weights, np.random.default_rng(0).uniform(-0.5, 0.5, (20, 4)), "weights")


def test_filters(learner):
    """For filters (F, C, KH, KW), the kernel counts in both fans."""
    weights = learner.xavier_initialization((4, 2, 3, 3), learner.default_rng(1))
    # fan_in = 2 * 3 * 3 = 18, fan_out = 4 * 3 * 3 = 36: sqrt(6 / 54) = 1/3
    agree(weights, np.random.default_rng(1).uniform(-1 / 3, 1 / 3, (4, 2, 3, 3)), "weights")


def test_rng_goes_on(learner):
    """rng is asked once for each array, and the next array gets the numbers that follow."""
    rng, same = learner.default_rng(2), np.random.default_rng(2)
    first, second = (learner.xavier_initialization((2, 4), rng) for _ in range(2))
    # sqrt(6 / (2 + 4)) = 1
    agree(first, same.uniform(-1, 1, (2, 4)), "weights of the first")
    agree(second, same.uniform(-1, 1, (2, 4)), "weights of the second")


def test_every_kind_of_call(learner):
    """It is right for every kind of shape."""
    right_on_grid(learner, __file__)
