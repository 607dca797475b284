"""flatten_backward on shapes that no example shows."""

import numpy as np

from autograder.checking import agree


def test_round_trip(learner, reference, rng):
    """What was flattened is folded back to the very same images."""
    for shape in ((1, 1, 1, 1), (1, 3, 4, 5), (4, 1, 3, 2), (2, 3, 5, 4), (3, 2, 1, 6)):
        x = rng.standard_normal(shape)
        agree(learner.flatten_backward(reference.flatten_forward(x), shape), x, "d_x")


def test_float32(learner, rng):
    """A float32 gradient keeps its values."""
    x = rng.standard_normal((3, 2, 4, 5)).astype(np.float32)
    agree(learner.flatten_backward(x.reshape(3, 40), x.shape), x, "d_x")
