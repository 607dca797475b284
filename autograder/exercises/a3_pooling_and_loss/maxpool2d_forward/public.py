"""maxpool2d_forward: the largest number of each window, and its position."""

import numpy as np

from autograder.checking import agree, as_array, right_on_grid, unpack

# A batch of one image with one channel.
IMAGE = np.array([[[[1.0, 2, 5, 3], [6, 4, 8, 1], [2, 7, 3, 9], [1, 5, 4, 2]]]])


def test_largest_of_each_window(learner):
    """Out holds the largest number of each 2x2 window."""
    out, _ = unpack(learner.maxpool2d_forward(IMAGE), "out", "max_indices")
    top = [max(1, 2, 6, 4), max(5, 3, 8, 1)]
    bottom = [max(2, 7, 1, 5), max(3, 9, 4, 2)]
    agree(out, [[[top, bottom]]], "out", kind="number")


def test_where_it_stood(learner):
    """The indices are the row and the column in the whole image, not in the window."""
    _, max_indices = unpack(learner.maxpool2d_forward(IMAGE), "out", "max_indices")
    top = [[1, 0], [1, 2]]  # the positions of the 6 and the 8
    bottom = [[2, 1], [2, 3]]  # the positions of the 7 and the 9
    agree(max_indices, [[[top, bottom]]], "max_indices")


def test_negative_numbers(learner):
    """Where all numbers are negative, the largest is the one nearest to zero."""
    x = np.array([[[[-4.5, -1.5], [-2.5, -3.5]]]])
    out, max_indices = unpack(learner.maxpool2d_forward(x), "out", "max_indices")
    agree(out, [[[[-1.5]]]], "out")
    agree(max_indices, [[[[[0, 1]]]]], "max_indices")
    # Far below zero, where a fixed start value such as -1e9 would win.
    out, _ = unpack(learner.maxpool2d_forward(x * 1e12), "out", "max_indices")
    agree(out, [[[[-1.5e12]]]], "out")


def test_first_of_equals(learner):
    """Of equally large numbers the first one wins: the topmost row, and there the leftmost."""
    x = np.array([[[[2.0, 7, 5, 5], [7, 7, 5, 5], [0, 1, 1, 3], [4, 4, 2, 3]]]])
    _, max_indices = unpack(learner.maxpool2d_forward(x), "out", "max_indices")
    top = [[0, 1], [0, 2]]  # not the 7s in row 1; the leftmost 5 of row 0
    bottom = [[3, 0], [2, 3]]  # the left 4; the upper 3
    agree(max_indices, [[[top, bottom]]], "max_indices")


def test_image_not_square(learner):
    """A last row or column that fills no window is left out, as in 3 rows and 5 columns."""
    x = np.array([[[[1.5, 2.5, 0, 3, 99], [0, 1, 4.5, 2, 99], [99, 99, 99, 99, 99]]]])
    out, max_indices = unpack(learner.maxpool2d_forward(x), "out", "max_indices")
    agree(out, [[[[2.5, 4.5]]]], "out")
    agree(max_indices, [[[[[0, 1], [1, 2]]]]], "max_indices")


def test_wide_image(learner):
    """Places are right in an image of 300 columns too."""
    x = np.zeros((1, 1, 2, 300))
    x[0, 0, 1, 299] = 6.5
    _, max_indices = unpack(learner.maxpool2d_forward(x), "out", "max_indices")
    last_window = as_array(max_indices, "max_indices")[..., -1:, :]
    agree(last_window, [[[[[1, 299]]]]], "max_indices of the last window")


def test_windows_overlap(learner):
    """With windows of 2x2 and stride 1, one number can win several windows."""
    x = np.array([[[[1.0, 2, 3, 0], [4, 9.5, 5, 6], [7, 0, 8, 1]]]])
    out, max_indices = unpack(learner.maxpool2d_forward(x, 2, 1), "out", "max_indices")
    agree(out, [[[[9.5, 9.5, 6], [9.5, 9.5, 8]]]], "out")
    top = [[1, 1], [1, 1], [1, 3]]
    bottom = [[1, 1], [1, 1], [2, 2]]
    agree(max_indices, [[[top, bottom]]], "max_indices")


def test_window_of_3_every_2(learner):
    """The window is `pool_size` wide, and the next one starts `stride` further."""
    x = np.zeros((1, 1, 3, 5))
    x[0, 0, 2, 1] = 6.5  # the first window covers columns 0 to 2
    x[0, 0, 1, 4] = 7.5  # the second covers columns 2 to 4
    out, max_indices = unpack(
        learner.maxpool2d_forward(x, pool_size=3, stride=2), "out", "max_indices"
    )
    agree(out, [[[[6.5, 7.5]]]], "out")
    agree(max_indices, [[[[[2, 1], [1, 4]]]]], "max_indices")


def test_channels_and_images(learner):
    """Each channel of each image is pooled by itself."""
    x = np.array(
        [
            [[[1.0, 2], [3, 4]], [[8, 7], [6, 5]]],  # image 0: channel 0, channel 1
            [[[0, 9], [0, 0]], [[0, 0], [10, 0]]],  # image 1
        ]
    )
    out, max_indices = unpack(learner.maxpool2d_forward(x), "out", "max_indices")
    agree(out, [[[[4]], [[8]]], [[[9]], [[10]]]], "out", kind="number")
    agree(
        max_indices,
        [[[[[1, 1]]], [[[0, 0]]]], [[[[0, 1]]], [[[1, 0]]]]],
        "max_indices",
    )


def test_every_kind_of_call(learner):
    """It is right for every kind of picture, window and stride, with ties and without."""
    right_on_grid(learner, __file__)
