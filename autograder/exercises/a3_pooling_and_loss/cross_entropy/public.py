"""cross_entropy: the mean of -log(probability of the right class)."""

import numpy as np

from autograder.checking import agree, as_array, right_on_grid


def test_knows_nothing(learner):
    """A network that gives each of ten digits 1/10 has the loss ln 10 = 2.302..."""
    agree(learner.cross_entropy(np.full((1, 10), 0.1), np.array([3])), np.log(10), "loss")


def test_right_class(learner):
    """Only the probability of the right class counts."""
    probabilities = np.array([[0.25, 0.5, 0.125, 0.125]])
    agree(learner.cross_entropy(probabilities, np.array([0])), -np.log(0.25), "loss")


def test_mean_over_the_batch(learner):
    """The loss of a batch is the mean of its images' losses, each with its own label."""
    probabilities = np.array([[0.25, 0.5, 0.25], [0.125, 0.125, 0.75], [0.1, 0.1, 0.8]])
    labels = np.array([1, 2, 0])
    mean = -(np.log(0.5) + np.log(0.75) + np.log(0.1)) / 3
    agree(learner.cross_entropy(probabilities, labels), mean, "loss")


def test_sure_and_right(learner):
    """An image whose right class has probability 1 adds 0, whatever its other classes have."""
    probabilities = np.array([[1.0, 0.0], [0.5, 0.5]])
    loss = learner.cross_entropy(probabilities, np.array([0, 1]))
    agree(loss, (0 + np.log(2)) / 2, "loss")


def test_sure_and_wrong(learner):
    """A right class of probability 0 makes the loss large, but finite."""
    probabilities = np.array([[0.0, 1.0], [0.5, 0.5]])
    loss = as_array(learner.cross_entropy(probabilities, np.array([0, 0])), "loss")
    assert loss.shape == (), f"loss has shape {loss.shape}, but should be one number"
    assert np.isfinite(loss), f"loss is {loss}, but should be finite"
    assert loss > 5, f"loss is {loss:.3g}, but should be large: well above 5"


def test_every_kind_of_call(learner):
    """It is right for every kind of batch, also where another class has probability 0."""
    right_on_grid(learner, __file__)
