"""xavier_initialization on shapes that no example shows."""

import numpy as np

from autograder.checking import agree, as_array

SHAPES = (7, 3), (3, 7), (1, 5), (2, 3, 1, 4), (5, 1, 3, 2), (3, 4, 5, 5), (32, 16, 3, 3)


def test_every_shape(learner, reference, rng):
    """The numbers are those that rng gives, scaled by both fans, array after array."""
    seed = int(rng.integers(2**31))
    theirs, ours = learner.default_rng(seed), np.random.default_rng(seed)
    for shape in SHAPES:
        expected = reference.xavier_initialization(shape, ours)
        agree(learner.xavier_initialization(shape, theirs), expected, f"weights {shape}")


def test_spread(learner, rng):
    """Many weights fill the range evenly: mean 0, variance 2 / (fan_in + fan_out)."""
    fan_in, fan_out = 200, 300
    weights_rng = learner.default_rng(int(rng.integers(2**31)))
    made = learner.xavier_initialization((fan_in, fan_out), weights_rng)
    weights = as_array(made, "weights", shape=(fan_in, fan_out))
    limit = np.sqrt(6 / (fan_in + fan_out))
    agree(weights.min(), -limit, "the smallest weight", tolerance=1e-2)
    agree(weights.max(), limit, "the largest weight", tolerance=1e-2)
    agree(weights.var(), 2 / (fan_in + fan_out), "the variance", tolerance=2e-2)
