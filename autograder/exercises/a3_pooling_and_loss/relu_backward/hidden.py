"""relu_backward on random numbers."""

import numpy as np

from autograder.checking import agree
from autograder.exercises.shared.measured import agree_with_differences


def test_measured_gradient(learner, reference, rng):
    """The gradient is the one that central differences of relu_forward measure, in any shape."""
    for shape in ((7,), (4, 3), (2, 3, 4, 2)):
        # At least 0.5 away from the kink at 0, where any gradient between both slopes passes.
        x = rng.choice([-1.0, 1.0], shape) * rng.uniform(0.5, 3.0, shape)
        x.flat[0] = 0.75
        d_out = rng.standard_normal(shape)
        d_x = learner.relu_backward(d_out, x)
        agree_with_differences(d_x, reference.relu_forward, x, d_out, "d_x")


def test_float32_and_zeros(learner, reference, rng):
    """Float32 gradients keep their values, and inputs of exactly 0 pass nothing."""
    x = rng.integers(-1, 2, (6, 9)).astype(np.float32)
    d_out = rng.standard_normal((6, 9)).astype(np.float32)
    agree(learner.relu_backward(d_out, x), reference.relu_backward(d_out, x), "d_x")
