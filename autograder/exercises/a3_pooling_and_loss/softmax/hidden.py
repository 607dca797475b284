"""softmax on random scores."""

import numpy as np

from autograder.checking import agree, as_array


def test_every_shape(learner, reference, rng):
    """The probabilities are right for any number of images and classes, be it one."""
    for shape in ((1, 1), (1, 10), (7, 1), (4, 4), (6, 3), (3, 10)):
        logits = rng.standard_normal(shape) * 3
        agree(learner.softmax(logits), reference.softmax(logits), "probabilities")


def test_sums_to_one_and_shifts(learner, rng):
    """Rows sum to 1, and stay the same when a number is added to all scores of a row."""
    logits = rng.standard_normal((5, 8))
    probabilities = as_array(learner.softmax(logits), "probabilities")
    agree(probabilities.sum(axis=-1), np.ones(5), "probabilities.sum(axis=1)")
    # Multiples of 1/4, so that adding 1000 is exact.
    logits = np.round(logits * 4) / 4
    shift = np.array([[1000.0], [-1000.0], [0.5], [300.0], [-12.5]])
    unshifted = as_array(learner.softmax(logits), "probabilities")
    agree(learner.softmax(logits + shift), unshifted, "probabilities")


def test_huge_scores(learner, reference, rng):
    """Scores between -10000 and 10000 give probabilities, each row by itself."""
    logits = rng.uniform(-1e4, 1e4, (6, 10))
    logits[1] += 1e4
    logits[2] -= 1e4
    logits[3] = rng.standard_normal(10)
    agree(learner.softmax(logits), reference.softmax(logits), "probabilities")


def test_float32_and_integers(learner, reference, rng):
    """Float32 scores and scores that are integers give floating-point probabilities."""
    logits = rng.standard_normal((4, 10)).astype(np.float32)
    agree(learner.softmax(logits), reference.softmax(logits), "probabilities", tolerance=1e-4)
    scores = rng.integers(-5, 6, (4, 10))
    agree(learner.softmax(scores), reference.softmax(scores), "probabilities")
