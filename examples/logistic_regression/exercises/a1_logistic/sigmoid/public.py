"""sigmoid: any number becomes a probability."""

import numpy as np

from autograder.checking import agree


def test_three_numbers(learner):
    """0 becomes one half; ln 3 becomes three quarters, and -ln 3 one quarter."""
    agree(learner.sigmoid(np.array([0.0, np.log(3), -np.log(3)])), [0.5, 0.75, 0.25], "p")


def test_large_numbers(learner):
    """Very large and very small numbers give 1 and 0, without an overflow."""
    agree(learner.sigmoid(np.array([1e4, -1e4])), [1.0, 0.0], "p")
