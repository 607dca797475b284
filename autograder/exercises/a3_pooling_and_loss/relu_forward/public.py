"""relu_forward: positive numbers pass, all others become zero."""

import numpy as np

from autograder.checking import agree, right_on_grid


def test_positive_passes(learner):
    """Positive numbers stay as they are, and negative ones become 0."""
    out = learner.relu_forward(np.array([[-2.5, 0.5, 0.0], [3.5, -0.5, 1.0]]))
    agree(out, [[0, 0.5, 0], [3.5, 0, 1.0]], "out")


def test_any_shape(learner):
    """Images of shape (N, C, H, W) keep their shape."""
    x = np.array([[[[-1.5, 2.5, -3.5]], [[4.5, -5.5, 6.5]]]])  # (1, 2, 1, 3)
    agree(learner.relu_forward(x), [[[[0, 2.5, 0]], [[4.5, 0, 6.5]]]], "out")


def test_every_kind_of_call(learner):
    """It is right for every kind of input."""
    right_on_grid(learner, __file__)
