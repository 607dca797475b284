"""maxpool2d_forward on shapes that no example shows."""

import numpy as np

from autograder.checking import agree, as_array, unpack
from autograder.exercises.shared.cases import hold_for, pooling_cases


def test_every_shape(learner, reference, rng):
    """The maxima and their places are right for every shape of picture, window and stride."""

    def holds(case):
        given = case.x, case.pool_size, case.stride
        out, max_indices = unpack(learner.maxpool2d_forward(*given), "out", "max_indices")
        expected, places = reference.maxpool2d_forward(*given)
        agree(out, expected, "out")
        agree(max_indices, places, "max_indices")

    hold_for(pooling_cases(rng), holds)


def test_ties(learner, reference, rng):
    """Among many equal numbers the first one wins, in every shape and window."""

    def holds(case):
        given = case.tied_x, case.pool_size, case.stride
        out, max_indices = unpack(learner.maxpool2d_forward(*given), "out", "max_indices")
        expected, places = reference.maxpool2d_forward(*given)
        agree(out, expected, "out")
        agree(max_indices, places, "max_indices")

    hold_for(pooling_cases(rng), holds)


def test_indices_lead_to_the_maxima(learner, reference, rng):
    """Reading the image at the indices gives the maxima, however far below zero they lie."""
    x = rng.standard_normal((2, 3, 7, 5)) - 100
    out, max_indices = unpack(learner.maxpool2d_forward(x, 3, 2), "out", "max_indices")
    agree(max_indices, reference.maxpool2d_forward(x, 3, 2)[1], "max_indices")
    rows, columns = np.moveaxis(as_array(max_indices, "max_indices"), -1, 0)
    image, channel = np.arange(2).reshape(2, 1, 1, 1), np.arange(3).reshape(3, 1, 1)
    agree(out, x[image, channel, rows, columns], "out")


def test_float32_and_integers(learner, reference, rng):
    """Pictures of float32 numbers or of integers keep their values."""
    # All negative, so that windows without a positive number are always tested.
    x = -rng.uniform(0.5, 1.5, (1, 2, 5, 4)).astype(np.float32)
    out, _ = unpack(learner.maxpool2d_forward(x), "out", "max_indices")
    agree(out, reference.maxpool2d_forward(x)[0], "out")
    # All different: another check tests ties.
    pixels = rng.permutation(256)[:48].reshape(2, 1, 4, 6)
    out, max_indices = unpack(learner.maxpool2d_forward(pixels, 3, 1), "out", "max_indices")
    expected, places = reference.maxpool2d_forward(pixels, 3, 1)
    agree(out, expected, "out", kind="number")
    agree(max_indices, places, "max_indices")
