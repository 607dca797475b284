"""conv2d_forward on shapes that no example shows, and general properties of a convolution."""

import numpy as np

from autograder.checking import agree, as_array, unpack
from autograder.exercises.shared.cases import convolution_cases, halves, hold_for


def test_every_shape(learner, reference, rng):
    """The output is that of the loops for every shape of picture and kernel, stride and padding."""

    def holds(case):
        given = case.x, case.weights, case.bias, case.stride, case.padding
        out, _ = unpack(learner.conv2d_forward(*given), "out", "cols")
        agree(out, reference.conv2d_forward_naive(*given), "out")

    hold_for(convolution_cases(rng), holds)


def test_columns_of_every_shape(learner, reference, rng):
    """The columns returned are those of im2col for every shape, stride and padding."""

    def holds(case):
        given = case.x, case.weights, case.bias, case.stride, case.padding
        _, cols = unpack(learner.conv2d_forward(*given), "out", "cols")
        size = case.kernel_height, case.kernel_width, case.stride, case.padding
        agree(cols, reference.im2col(case.x, *size), "cols")

    hold_for(convolution_cases(rng), holds)


def test_images_do_not_mix(learner, rng):
    """Each image of a batch gives what it gives alone."""
    seed = int(rng.integers(2**31))
    x, weights, bias = halves((3, 2, 4, 5), seed), halves((2, 2, 2, 3), seed + 1), np.ones(2)
    alone = []
    for image in x:
        of_one, _ = unpack(learner.conv2d_forward(image[None], weights, bias), "out", "cols")
        alone.append(as_array(of_one, "out"))
    assert np.ptp(alone) > 0, "out is the same number everywhere"
    out, _ = unpack(learner.conv2d_forward(x, weights, bias), "out", "cols")
    agree(out, np.concatenate(alone), "out", kind="floating")


def test_filter_of_a_single_one(learner, rng):
    """A filter that is 1 at one place and 0 elsewhere copies the picture, moved by that place."""
    x = halves((2, 1, 4, 5), int(rng.integers(2**31)))
    weights = np.eye(6).reshape(6, 1, 2, 3)  # six filters, one for each place
    out, _ = unpack(learner.conv2d_forward(x, weights, np.zeros(6)), "out", "cols")
    moved = [x[:, 0, row : row + 3, column : column + 3] for row, column in np.ndindex(2, 3)]
    agree(out, np.stack(moved, axis=1), "out")


def test_bias(learner, rng):
    """A bias raises every output of its own filter by exactly itself."""
    x, weights = halves((2, 3, 4, 5), int(rng.integers(2**31))), np.zeros((4, 3, 2, 2))
    bias = np.array([0.5, -1.5, 2.5, 0.0])
    out, _ = unpack(learner.conv2d_forward(x, weights, bias), "out", "cols")
    agree(out, np.broadcast_to(bias.reshape(1, 4, 1, 1), (2, 4, 3, 4)), "out")


def test_float32_and_integers(learner, reference, rng):
    """Pictures of float32 numbers or of integers give the right fractions."""
    seed = int(rng.integers(2**31))
    weights, bias = halves((2, 3, 3, 2), seed), np.array([0.25, -0.75])
    x = halves((2, 3, 5, 4), seed + 1)
    single = [array.astype(np.float32) for array in (x, weights, bias)]
    out, _ = unpack(learner.conv2d_forward(*single, 2, 1), "out", "cols")
    agree(out, reference.conv2d_forward_naive(x, weights, bias, 2, 1), "out")
    pixels = rng.integers(0, 256, (2, 3, 5, 4))
    out, _ = unpack(learner.conv2d_forward(pixels, weights, bias), "out", "cols")
    agree(out, reference.conv2d_forward_naive(pixels, weights, bias), "out")
    # Only the bias is not an integer.
    whole = rng.integers(-3, 4, (2, 3, 3, 2))
    out, _ = unpack(learner.conv2d_forward(pixels, whole, bias), "out", "cols")
    agree(out, reference.conv2d_forward_naive(pixels, whole, bias), "out")
    # All three are integers: the output must still be floating point.
    out, _ = unpack(learner.conv2d_forward(pixels, whole, np.array([7, -2])), "out", "cols")
    agree(out, reference.conv2d_forward_naive(pixels, whole, np.array([7, -2])), "out")
