"""fit on points that nobody has seen."""

import numpy as np
from exercises.shared.points import two_clouds

from autograder.checking import agree, as_array

ASKED_FOR = 0.85


def test_learns_to_separate_others(learner, rng, record_property):
    """After 500 steps on other points, at least 85% of new ones are on the right side."""
    weights = as_array(learner.fit(*two_clouds(400, rng), 0.3, 500), "weights", shape=(3,))
    x, labels = two_clouds(1000, rng)
    accuracy = float(np.mean((x @ weights > 0) == labels))
    record_property("accuracy", accuracy)
    record_property("threshold", ASKED_FOR)
    assert accuracy >= ASKED_FOR, f"{accuracy:.1%} are right, and {ASKED_FOR:.0%} are asked for"


def test_one_step(learner, reference, rng):
    """One step from zero goes against the gradient, as far as the learning rate says."""
    x, labels = two_clouds(20, rng)
    agree(learner.fit(x, labels, 0.5, 1), reference.fit(x, labels, 0.5, 1), "weights")
