"""dense_backward on shapes that no example shows."""

import numpy as np

from autograder.checking import agree, unpack
from autograder.exercises.shared.measured import agree_with_differences

SHAPES = (1, 1, 1), (1, 4, 3), (5, 1, 3), (5, 4, 1), (3, 3, 3), (2, 6, 5)
NAMES = "d_x", "d_weights", "d_bias"


def test_every_shape(learner, reference, rng):
    """All three gradients are right for any number of images, inputs and outputs, be it one."""
    for n, d, m in SHAPES:
        given = [rng.standard_normal(shape) for shape in ((n, m), (n, d), (d, m))]
        parts = unpack(learner.dense_backward(*given), *NAMES)
        for part, expected, name in zip(
            parts, reference.dense_backward(*given), NAMES, strict=True
        ):
            agree(part, expected, name)


def test_measured_gradient(learner, reference, rng):
    """The gradients are the ones that central differences of dense_forward measure."""
    x, weights, bias = (rng.standard_normal(shape) for shape in ((3, 4), (4, 2), (2,)))
    d_out = rng.standard_normal((3, 2))
    forward = reference.dense_forward
    d_x, d_weights, d_bias = unpack(learner.dense_backward(d_out, x, weights), *NAMES)
    agree_with_differences(d_x, lambda v: forward(v, weights, bias), x, d_out, "d_x")
    agree_with_differences(d_weights, lambda v: forward(x, v, bias), weights, d_out, "d_weights")
    agree_with_differences(d_bias, lambda v: forward(x, weights, v), bias, d_out, "d_bias")


def test_float32(learner, reference, rng):
    """Float32 inputs give floating-point gradients."""
    shapes = (4, 3), (4, 6), (6, 3)
    given = [rng.standard_normal(shape).astype(np.float32) for shape in shapes]
    parts = unpack(learner.dense_backward(*given), *NAMES)
    for part, expected, name in zip(parts, reference.dense_backward(*given), NAMES, strict=True):
        agree(part, expected, name, tolerance=1e-4)
