"""flatten_forward on shapes that no example shows."""

import numpy as np

from autograder.checking import agree


def test_every_shape(learner, reference, rng):
    """Images of any shape are read channel by channel, then row by row, one row an image."""
    for shape in ((1, 1, 1, 1), (1, 3, 4, 5), (4, 1, 3, 2), (2, 3, 5, 4), (3, 2, 1, 6)):
        x = rng.standard_normal(shape)
        agree(learner.flatten_forward(x), reference.flatten_forward(x))


def test_float32_and_integers(learner, reference, rng):
    """Pictures of float32 numbers or of integers keep their values."""
    x = rng.standard_normal((2, 3, 4, 5)).astype(np.float32)
    agree(learner.flatten_forward(x), reference.flatten_forward(x))
    pixels = rng.integers(1, 256, (3, 2, 2, 4))
    agree(learner.flatten_forward(pixels), reference.flatten_forward(pixels), kind="number")
