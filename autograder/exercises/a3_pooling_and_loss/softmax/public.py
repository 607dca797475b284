"""softmax: scores become probabilities."""

import numpy as np

from autograder.checking import agree, right_on_grid

LOG_2, LOG_3 = np.log(2), np.log(3)


def test_shares(learner):
    """Each probability is the exponential of its score, divided by the sum of its row's."""
    logits = np.array([[0.0, LOG_2, LOG_3]])  # exponentials 1, 2, 3
    agree(learner.softmax(logits), [[1 / 6, 2 / 6, 3 / 6]], "probabilities")


def test_rows(learner):
    """Every image's row is taken by itself, and sums to 1."""
    logits = np.array([[0.0, LOG_3], [LOG_2, 0.0]])
    agree(learner.softmax(logits), [[1 / 4, 3 / 4], [2 / 3, 1 / 3]], "probabilities")


def test_same_number_added(learner):
    """Adding one number to all scores of a row changes nothing."""
    logits = np.array([[5.0, 5.0 + LOG_3], [-7.0, -7.0 + LOG_3], [0.5, 0.5]])
    agree(learner.softmax(logits), [[1 / 4, 3 / 4], [1 / 4, 3 / 4], [0.5, 0.5]], "probabilities")


def test_huge_scores(learner):
    """Scores of 10000 and -10000 give probabilities too, not nan."""
    logits = np.array([[1e4, 1e4 + LOG_3], [-1e4, -1e4 + LOG_3], [1e4, -1e4]])
    agree(learner.softmax(logits), [[1 / 4, 3 / 4], [1 / 4, 3 / 4], [1, 0]], "probabilities")


def test_rows_far_apart(learner):
    """One image with a huge score leaves the other images' probabilities as they were."""
    logits = np.array([[1e4, 0.0], [0.0, LOG_3]])
    agree(learner.softmax(logits), [[1, 0], [1 / 4, 3 / 4]], "probabilities")


def test_whole_numbers(learner):
    """Scores that are integers give probabilities with fractions."""
    logits = np.array([[0, 0], [2, 2]])
    agree(learner.softmax(logits), [[1 / 2, 1 / 2], [1 / 2, 1 / 2]], "probabilities")


def test_every_kind_of_call(learner):
    """It is right for every kind of scores: small, large, many rows."""
    right_on_grid(learner, __file__)
