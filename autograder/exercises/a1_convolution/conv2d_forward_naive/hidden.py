"""conv2d_forward_naive on shapes that no example shows, and general properties of a convolution."""

import numpy as np

from autograder.checking import agree, as_array
from autograder.exercises.shared.cases import convolution_cases, halves, hold_for

NO_BIAS = np.zeros(2)


def test_every_shape(learner, reference, rng):
    """The output is right for every shape of picture and kernel, stride and padding."""

    def holds(case):
        given = case.x, case.weights, case.bias, case.stride, case.padding
        expected, _ = reference.conv2d_forward(*given)
        agree(learner.conv2d_forward_naive(*given), expected, "out")

    hold_for(convolution_cases(rng), holds)


def test_linear(learner, rng):
    """Without bias, a mixture of two pictures gives the same mixture of their outputs."""
    seed = int(rng.integers(2**31))
    one, other = halves((1, 2, 4, 5), seed), halves((1, 2, 4, 5), seed + 1)
    weights = halves((2, 2, 2, 3), seed + 2)
    of_one = as_array(learner.conv2d_forward_naive(one, weights, NO_BIAS), "out")
    of_other = as_array(learner.conv2d_forward_naive(other, weights, NO_BIAS), "out")
    assert np.ptp(of_one) > 0, "out is the same number everywhere"
    mixed = learner.conv2d_forward_naive(2 * one - 3 * other, weights, NO_BIAS)
    agree(mixed, 2 * of_one - 3 * of_other, "out", kind="floating")


def test_filter_of_a_single_one(learner, rng):
    """A filter that is 1 at one place and 0 elsewhere copies the picture, moved by that place."""
    x = halves((2, 1, 4, 5), int(rng.integers(2**31)))
    for row, column in np.ndindex(2, 3):
        weights = np.zeros((1, 1, 2, 3))
        weights[0, 0, row, column] = 1.0
        out = learner.conv2d_forward_naive(x, weights, np.zeros(1))
        agree(out, x[:, :, row : row + 3, column : column + 3], "out")


def test_translation(learner, rng):
    """A picture moved by one pixel gives an output moved by one number."""
    x = halves((1, 2, 5, 6), int(rng.integers(2**31)))
    weights = halves((2, 2, 2, 3), int(rng.integers(2**31)))
    bias = halves((2,), int(rng.integers(2**31)))
    out = as_array(learner.conv2d_forward_naive(x, weights, bias), "out")
    assert np.ptp(out) > 0, "out is the same number everywhere"
    down = learner.conv2d_forward_naive(x[:, :, 1:], weights, bias)
    agree(down, out[:, :, 1:], "out", kind="floating")
    across = learner.conv2d_forward_naive(x[:, :, :, 1:], weights, bias)
    agree(across, out[:, :, :, 1:], "out", kind="floating")


def test_bias(learner, rng):
    """A bias raises every output of its own filter by exactly itself."""
    x, weights = halves((2, 3, 4, 5), int(rng.integers(2**31))), np.zeros((4, 3, 2, 2))
    bias = np.array([0.5, -1.5, 2.5, 0.0])
    expected = np.broadcast_to(bias.reshape(1, 4, 1, 1), (2, 4, 3, 4))
    agree(learner.conv2d_forward_naive(x, weights, bias), expected, "out")


def test_float32_and_integers(learner, reference, rng):
    """Pictures of float32 numbers or of integers give the right fractions."""
    seed = int(rng.integers(2**31))
    weights, bias = halves((2, 3, 3, 2), seed), np.array([0.25, -0.75])
    x = halves((2, 3, 5, 4), seed + 1)
    single = [array.astype(np.float32) for array in (x, weights, bias)]
    expected, _ = reference.conv2d_forward(x, weights, bias, 2, 1)
    agree(learner.conv2d_forward_naive(*single, 2, 1), expected, "out")
    pixels = rng.integers(0, 256, (2, 3, 5, 4))
    expected, _ = reference.conv2d_forward(pixels, weights, bias)
    agree(learner.conv2d_forward_naive(pixels, weights, bias), expected, "out")
    # Only the bias is not an integer.
    whole = rng.integers(-3, 4, (2, 3, 3, 2))
    expected, _ = reference.conv2d_forward(pixels, whole, bias)
    agree(learner.conv2d_forward_naive(pixels, whole, bias), expected, "out")
    # All three are integers: the output must still be floating point.
    expected, _ = reference.conv2d_forward(pixels, whole, np.array([7, -2]))
    agree(learner.conv2d_forward_naive(pixels, whole, np.array([7, -2])), expected, "out")
