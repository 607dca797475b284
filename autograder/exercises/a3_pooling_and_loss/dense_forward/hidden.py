"""dense_forward on shapes that no example shows."""

import numpy as np

from autograder.checking import agree


def test_every_shape(learner, reference, rng):
    """The sums are right for any number of images, inputs and outputs, be it one."""
    for n, d, m in ((1, 1, 1), (1, 4, 3), (5, 1, 3), (5, 4, 1), (3, 3, 3), (2, 7, 5)):
        given = (rng.standard_normal(shape) for shape in ((n, d), (d, m), (m,)))
        x, weights, bias = given
        expected = reference.dense_forward(x, weights, bias)
        agree(learner.dense_forward(x, weights, bias), expected, "out")


def test_float32(learner, reference, rng):
    """Float32 inputs give floating-point sums."""
    shapes = (4, 6), (6, 3), (3,)
    given = [rng.standard_normal(shape).astype(np.float32) for shape in shapes]
    agree(learner.dense_forward(*given), reference.dense_forward(*given), "out", tolerance=1e-4)
