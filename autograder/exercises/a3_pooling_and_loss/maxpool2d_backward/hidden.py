"""maxpool2d_backward on shapes that no example shows."""

import numpy as np

from autograder.checking import agree, as_array
from autograder.exercises.shared.cases import hold_for, pooling_cases
from autograder.exercises.shared.measured import agree_with_differences


def test_every_shape(learner, reference, rng):
    """The gradient reaches the winners for every shape of picture, window and stride."""

    def holds(case):
        _, places = reference.maxpool2d_forward(case.tied_x, case.pool_size, case.stride)
        given = case.d_out, places, case.x_shape
        agree(learner.maxpool2d_backward(*given), reference.maxpool2d_backward(*given), "d_x")

    hold_for(pooling_cases(rng), holds)


def test_measured_gradient(learner, reference, rng):
    """The gradient is the one that central differences of the pooling itself measure."""

    def holds(case):
        def pool(x):
            return reference.maxpool2d_forward(x, case.pool_size, case.stride)[0]

        _, places = reference.maxpool2d_forward(case.x, case.pool_size, case.stride)
        d_x = learner.maxpool2d_backward(case.d_out, places, case.x_shape)
        agree_with_differences(d_x, pool, case.x, case.d_out, "d_x")

    hold_for([case for case in pooling_cases(rng) if np.prod(case.x_shape) <= 80], holds)


def test_nothing_is_lost(learner, reference, rng):
    """In each channel the gradient sums to what came in: it is moved, not made or lost."""

    def holds(case):
        _, places = reference.maxpool2d_forward(case.x, case.pool_size, case.stride)
        # All positive, so that lost gradients cannot cancel in the sum.
        d_out = np.abs(case.d_out) + 0.5
        d_x = as_array(learner.maxpool2d_backward(d_out, places, case.x_shape), "d_x")
        agree(d_x.sum(axis=(2, 3)), d_out.sum(axis=(2, 3)), "d_x.sum(axis=(2, 3))")

    hold_for(pooling_cases(rng), holds)


def test_float32(learner, reference, rng):
    """A float32 gradient keeps its values."""
    _, places = reference.maxpool2d_forward(rng.standard_normal((2, 3, 5, 4)), 2, 1)
    d_out = rng.standard_normal((2, 3, 4, 3)).astype(np.float32)
    given = d_out, places, (2, 3, 5, 4)
    agree(learner.maxpool2d_backward(*given), reference.maxpool2d_backward(*given), "d_x")
