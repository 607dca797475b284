"""AvgPool2D on shapes that no example shows, and against measured differences."""

import numpy as np

from autograder.checking import agree
from autograder.exercises.shared.cases import hold_for, pooling_cases


def means(case, x):
    """The mean of every window, from the definition."""
    out = np.empty((*x.shape[:2], case.out_height, case.out_width))
    size, stride = case.pool_size, case.stride
    for i in range(case.out_height):
        for j in range(case.out_width):
            window = x[:, :, i * stride : i * stride + size, j * stride : j * stride + size]
            out[:, :, i, j] = window.mean(axis=(2, 3))
    return out


def test_every_shape(learner, rng):
    """Forward is right for every shape, window and stride."""

    def holds(case):
        layer = learner.AvgPool2D(case.pool_size, case.stride)
        agree(layer.forward(case.x), means(case, case.x), "out")

    hold_for(pooling_cases(rng), holds)


def test_gradients(learner, rng):
    """d_x is what differences measure, whether windows overlap or leave gaps."""

    def holds(case):
        layer = learner.AvgPool2D(case.pool_size, case.stride)
        layer.forward(case.x)
        # A mean is linear, so a step of 1 in a pixel measures its gradient exactly. One picture
        # for each pixel, 1 there and 0 elsewhere, measures all of them in one call.
        pixels = case.height * case.width
        ones = np.eye(pixels).reshape(pixels, 1, case.height, case.width)
        measured = np.einsum("pij,ncij->ncp", means(case, ones)[:, 0], case.d_out)
        agree(layer.backward(case.d_out), measured.reshape(case.x_shape), "d_x")

    hold_for(pooling_cases(rng), holds)


def test_two_layers(learner, rng):
    """Two layers keep their shapes apart, and each knows its newest batch only."""
    one, other = learner.AvgPool2D(2, 2), learner.AvgPool2D(2, 2)
    one.forward(rng.standard_normal((3, 1, 4, 6)))
    one.forward(rng.standard_normal((1, 1, 2, 2)))
    other.forward(rng.standard_normal((1, 1, 5, 3)))
    d_out = rng.uniform(1, 2, (1, 1, 1, 1))
    agree(one.backward(d_out), np.full((1, 1, 2, 2), d_out.item() / 4), "d_x")


def test_float32(learner, rng):
    """Images of float32 give the right means."""
    x = rng.standard_normal((2, 3, 6, 4)).astype(np.float32)
    d_out = rng.standard_normal((2, 3, 3, 2)).astype(np.float32)
    layer = learner.AvgPool2D()
    expected = x.astype(np.float64).reshape(2, 3, 3, 2, 2, 2).mean(axis=(3, 5))
    agree(layer.forward(x), expected, "out", tolerance=1e-4)
    d_x = np.repeat(np.repeat(d_out, 2, axis=2), 2, axis=3) / 4
    agree(layer.backward(d_out), d_x, "d_x", tolerance=1e-4)
