"""conv2d_backward on shapes that no example shows, against measured gradients."""

import numpy as np

from autograder.checking import agree, as_array, unpack
from autograder.exercises.shared.cases import ConvolutionCase, convolution_cases, halves, hold_for
from autograder.exercises.shared.measured import agree_with_differences

NAMES = "d_x", "d_weights", "d_bias"


def gradients_of(case, learner, reference):
    """The learner's three gradients and the reference's, for one case."""
    size = case.kernel_height, case.kernel_width, case.stride, case.padding
    cols = reference.im2col(case.x, *size)
    given = case.d_out, case.x, case.weights, cols, case.stride, case.padding
    return unpack(learner.conv2d_backward(*given), *NAMES), reference.conv2d_backward(*given)


def test_picture_of_every_shape(learner, reference, rng):
    """d_x is right for every shape of picture and kernel, stride and padding."""

    def holds(case):
        (d_x, _, _), (expected, _, _) = gradients_of(case, learner, reference)
        agree(d_x, expected, "d_x")

    hold_for(convolution_cases(rng), holds)


def test_weights_of_every_shape(learner, reference, rng):
    """d_weights is right for every shape of picture and kernel, stride and padding."""

    def holds(case):
        (_, d_weights, _), (_, expected, _) = gradients_of(case, learner, reference)
        agree(d_weights, expected, "d_weights")

    hold_for(convolution_cases(rng), holds)


def test_bias_of_every_shape(learner, reference, rng):
    """d_bias is right for every number of images and filters, and every size of output."""

    def holds(case):
        (_, _, d_bias), (_, _, expected) = gradients_of(case, learner, reference)
        agree(d_bias, expected, "d_bias")

    hold_for(convolution_cases(rng), holds)


def test_measured_gradients(learner, reference, rng):
    """All three gradients are those that central differences of the forward pass measure."""
    case = ConvolutionCase(2, 2, 3, 4, 2, 2, 3, 2, 1, seed=int(rng.integers(2**31)))
    (d_x, d_weights, d_bias), _ = gradients_of(case, learner, reference)

    def forward(x=case.x, weights=case.weights, bias=case.bias):
        return reference.conv2d_forward(x, weights, bias, case.stride, case.padding)[0]

    d_out = case.d_out
    agree_with_differences(d_x, lambda x: forward(x=x), case.x, d_out, "d_x")
    agree_with_differences(
        d_weights, lambda w: forward(weights=w), case.weights, d_out, "d_weights"
    )
    agree_with_differences(d_bias, lambda b: forward(bias=b), case.bias, d_out, "d_bias")


def test_images_add_up(learner, reference, rng):
    """The gradients of a batch are those of its images: side by side in d_x, summed elsewhere."""
    seed = int(rng.integers(2**31))
    x, weights = halves((3, 2, 4, 5), seed), halves((2, 2, 2, 3), seed + 1)
    d_out = np.abs(halves((3, 2, 3, 3), seed + 2)) + 0.5  # so that no sum of them is 0

    def backward(d_out, x):
        gradients = learner.conv2d_backward(d_out, x, weights, reference.im2col(x, 2, 3))
        return [as_array(g, n) for g, n in zip(unpack(gradients, *NAMES), NAMES, strict=True)]

    of_each = [backward(d_out[n : n + 1], x[n : n + 1]) for n in range(3)]
    d_x, d_weights, d_bias = zip(*of_each, strict=True)
    together = backward(d_out, x)
    assert all(np.any(d) for d in together), "a gradient is zero everywhere"
    agree(together[0], np.concatenate(d_x), "d_x", kind="floating")
    agree(together[1], sum(d_weights), "d_weights", kind="floating")
    agree(together[2], sum(d_bias), "d_bias", kind="floating")


def test_float32_and_integers(learner, reference, rng):
    """float32 numbers or a picture of integers give the right fractions."""
    seed = int(rng.integers(2**31))
    x, weights = halves((2, 3, 5, 4), seed), halves((2, 3, 3, 2), seed + 1)
    d_out = halves((2, 2, 3, 3), seed + 2)
    cols = reference.im2col(x, 3, 2, 2, 1)
    single = [array.astype(np.float32) for array in (d_out, x, weights, cols)]
    pixels = rng.integers(0, 256, x.shape)
    whole = d_out, pixels, weights, reference.im2col(pixels, 3, 2, 2, 1)
    exact = d_out, x, weights, cols
    for given, same in ((single, exact), (whole, whole)):
        gradients = unpack(learner.conv2d_backward(*given, 2, 1), *NAMES)
        expected = reference.conv2d_backward(*same, 2, 1)
        for name, got, wanted in zip(NAMES, gradients, expected, strict=True):
            agree(got, wanted, name)
