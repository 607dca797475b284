"""fit: the weights are learned from points."""

import numpy as np
from exercises.shared.points import two_clouds

from autograder.checking import as_array

ASKED_FOR = 0.85


def test_learns_to_separate(learner, record_property):
    """After 500 steps, at least 85% of new points are on the right side."""
    rng = np.random.default_rng(0)
    weights = as_array(learner.fit(*two_clouds(400, rng), 0.3, 500), "weights", shape=(3,))
    x, labels = two_clouds(1000, rng)
    accuracy = float(np.mean((x @ weights > 0) == labels))
    record_property("accuracy", accuracy)
    record_property("threshold", ASKED_FOR)
    assert accuracy >= ASKED_FOR, f"{accuracy:.1%} are right, and {ASKED_FOR:.0%} are asked for"
