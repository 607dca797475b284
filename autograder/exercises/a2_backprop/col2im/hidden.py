"""col2im on shapes that no example shows, and as the transpose of im2col."""

import numpy as np

from autograder.checking import agree, as_array
from autograder.exercises.shared.cases import convolution_cases, halves, hold_for


def test_every_shape(learner, reference, rng):
    """The picture is right for every shape of picture and kernel, stride and padding."""

    def holds(case):
        given = case.x_shape, case.kernel_height, case.kernel_width, case.stride, case.padding
        expected = reference.col2im(case.cols, *given)
        agree(learner.col2im(case.cols, *given), expected, "x")

    hold_for(convolution_cases(rng), holds)


def test_adjoint(learner, reference, rng):
    """sum(im2col(x) * cols) equals sum(x * col2im(cols)): col2im is the transpose of im2col."""

    def holds(case):
        size = case.kernel_height, case.kernel_width, case.stride, case.padding
        back = as_array(learner.col2im(case.cols, case.x_shape, *size), "x")
        assert back.shape == case.x_shape, f"x has shape {back.shape}, not {case.x_shape}"
        wanted = np.sum(reference.im2col(case.x, *size) * case.cols)
        agree(np.sum(case.x * back), wanted, "sum(x * col2im(cols))")

    hold_for(convolution_cases(rng), holds)


def test_there_and_back(learner, reference, rng):
    """im2col and then col2im give each pixel back as often as it lies in a window."""
    x = halves((2, 3, 4, 6), int(rng.integers(2**31)))
    tiled = reference.im2col(x, 2, 2, stride=2)
    agree(learner.col2im(tiled, x.shape, 2, 2, stride=2), x, "x")
    overlapping = reference.im2col(x, 2, 3)
    times = np.outer([1, 2, 2, 1], [1, 2, 3, 3, 2, 1])
    agree(learner.col2im(overlapping, x.shape, 2, 3), x * times, "x")


def test_images_do_not_mix(learner, rng):
    """The columns of one image come back to that image and to no other."""
    cols = halves((2 * 2 * 2, 3 * 3 * 4), int(rng.integers(2**31)))
    alone = [
        as_array(learner.col2im(part, (1, 2, 4, 5), 2, 2), "x")
        for part in np.split(cols, 3, axis=1)
    ]
    assert np.ptp(alone) > 0, "x is the same number everywhere"
    together = learner.col2im(cols, (3, 2, 4, 5), 2, 2)
    agree(together, np.concatenate(alone), "x", kind="floating")


def test_float32_and_integers(learner, reference, rng):
    """Columns of float32 numbers or of integers are added up right."""
    given = (2, 3, 5, 4), 3, 2, 2, 1
    cols = halves((3 * 3 * 2, 2 * 3 * 3), int(rng.integers(2**31)))
    expected = reference.col2im(cols, *given)
    agree(learner.col2im(cols.astype(np.float32), *given), expected, "x")
    whole = (2 * cols).astype(int)
    agree(learner.col2im(whole, *given), 2 * expected, "x", kind="number")
