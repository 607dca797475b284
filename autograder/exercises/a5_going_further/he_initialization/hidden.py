"""he_initialization on shapes that no example shows."""

import numpy as np

from autograder.checking import agree, as_array

SHAPES = (7, 3), (3, 7), (1, 5), (2, 3, 1, 4), (5, 1, 3, 2), (3, 4, 5, 5), (32, 16, 3, 3)


def test_every_shape(learner, reference, rng):
    """The numbers are those that rng gives, scaled by fan_in, array after array."""
    seed = int(rng.integers(2**31))
    theirs, ours = learner.default_rng(seed), np.random.default_rng(seed)
    for shape in SHAPES:
        expected = reference.he_initialization(shape, ours)
        agree(learner.he_initialization(shape, theirs), expected, f"weights {shape}")


def test_signals_keep_their_size(learner, rng):
    """Through ten layers with ReLU the mean square of the signals stays what it was."""
    weights_rng = learner.default_rng(int(rng.integers(2**31)))
    x = rng.standard_normal((200, 300))
    for _ in range(10):
        made = learner.he_initialization((300, 300), weights_rng)
        x = np.maximum(x @ as_array(made, "weights", shape=(300, 300)), 0)
    # The mean square after ReLU is half of the variance before it, so a mean square of 1 stays
    # 1. In 150 trials it ended between 0.4 and 2.1; with variance 1 / fan_in it would be 2**-10.
    size = float(np.mean(x**2))
    assert 0.1 < size < 10, f"after ten layers the mean square is {size:.3g}, but should be near 1"
