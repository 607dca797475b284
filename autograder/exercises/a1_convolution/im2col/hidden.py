"""im2col on shapes that no example shows."""

import numpy as np

from autograder.checking import agree
from autograder.exercises.shared.cases import convolution_cases, halves, hold_for


def test_every_shape(learner, reference, rng):
    """The columns are right for every shape of picture and kernel, stride and padding."""

    def holds(case):
        size = case.kernel_height, case.kernel_width, case.stride, case.padding
        agree(learner.im2col(case.x, *size), reference.im2col(case.x, *size), "cols")

    hold_for(convolution_cases(rng), holds)


def test_float32_and_integers(learner, reference, rng):
    """Pictures of float32 numbers or of integers keep their values."""
    x = rng.standard_normal((2, 3, 5, 4)).astype(np.float32)
    agree(learner.im2col(x, 3, 2, 2, 1), reference.im2col(x, 3, 2, 2, 1), "cols")
    pixels = rng.integers(0, 256, (2, 1, 5, 4))
    agree(learner.im2col(pixels, 3, 2), reference.im2col(pixels, 3, 2), "cols", kind="number")


def test_padding_is_a_frame_of_zeros(learner, reference, rng):
    """Padding gives the columns of the picture with zeros written around it."""
    x = halves((2, 2, 3, 4), int(rng.integers(2**31)))
    for padding in (1, 2):
        frame = (padding, padding)
        framed = np.pad(x, ((0, 0), (0, 0), frame, frame))
        expected = reference.im2col(framed, 2, 3, stride=2)
        agree(learner.im2col(x, 2, 3, stride=2, padding=padding), expected, "cols")


def test_kernel_of_one_pixel(learner, rng):
    """A kernel of 1x1 lists every pixel once: a row for each channel, image after image."""
    x = halves((3, 2, 4, 5), int(rng.integers(2**31)))
    agree(learner.im2col(x, 1, 1), x.swapaxes(0, 1).reshape(2, 3 * 4 * 5), "cols")


def test_kernel_as_large_as_the_picture(learner, rng):
    """A kernel as large as the picture makes one column of each image: all its numbers in order."""
    x = halves((3, 2, 4, 5), int(rng.integers(2**31)))
    agree(learner.im2col(x, 4, 5), x.reshape(3, 2 * 4 * 5).T, "cols")
