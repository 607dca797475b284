"""he_initialization: first weights for layers that ReLU follows."""

import numpy as np

from autograder.checking import agree, right_on_grid


def test_dense_weights(learner):
    """Dense weights (D, M) are standard normal numbers times sqrt(2 / D)."""
    weights = learner.he_initialization((8, 3), learner.default_rng(0))
    # fan_in = 8: sqrt(2 / 8) = 1/2
    agree(weights, np.random.default_rng(0).standard_normal((8, 3)) * 0.5, "weights")


def test_filters(learner):
    """For filters (F, C, KH, KW), fan_in is C*KH*KW: the kernel counts, the filters do not."""
    weights = learner.he_initialization((4, 2, 3, 3), learner.default_rng(1))
    # fan_in = 2 * 3 * 3 = 18: sqrt(2 / 18) = 1/3
    agree(weights, np.random.default_rng(1).standard_normal((4, 2, 3, 3)) / 3, "weights")


def test_rng_goes_on(learner):
    """rng is asked once for each array, and the next array gets the numbers that follow."""
    rng, same = learner.default_rng(2), np.random.default_rng(2)
    first, second = (learner.he_initialization((2, 2), rng) for _ in range(2))
    # fan_in = 2: sqrt(2 / 2) = 1
    agree(first, same.standard_normal((2, 2)), "weights of the first")
    agree(second, same.standard_normal((2, 2)), "weights of the second")


def test_every_kind_of_call(learner):
    """It is right for every kind of shape."""
    right_on_grid(learner, __file__)
