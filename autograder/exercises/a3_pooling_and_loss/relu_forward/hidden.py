"""relu_forward on random numbers."""

import numpy as np

from autograder.checking import agree


def test_any_shape(learner, reference, rng):
    """Rows, single numbers in a row, and batches of images all come out right."""
    for shape in ((7,), (1, 1), (5, 3), (2, 3, 4, 5)):
        x = rng.standard_normal(shape)
        x.flat[0] = 100.5
        agree(learner.relu_forward(x), reference.relu_forward(x), "out")


def test_float32_and_integers(learner, reference, rng):
    """Float32 numbers and integers keep their values."""
    x = rng.standard_normal((3, 8)).astype(np.float32)
    agree(learner.relu_forward(x), reference.relu_forward(x), "out")
    pixels = rng.integers(-255, 256, (3, 8))
    agree(learner.relu_forward(pixels), reference.relu_forward(pixels), "out", kind="number")
