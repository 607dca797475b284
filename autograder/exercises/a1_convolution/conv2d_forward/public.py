"""conv2d_forward: the same convolution as one matrix product."""

import numpy as np

from autograder.checking import agree, right_on_grid, unpack

NO_BIAS = np.zeros(1)


def test_sobel_filter(learner):
    """The picture and the filter of conv2d_forward_naive give the same four numbers."""
    picture = [[0.0, 50, 0, 29], [0, 80, 31, 2], [33, 90, 0, 75], [0, 9, 0, 95]]
    sobel = [[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]]
    result = learner.conv2d_forward(np.array([[picture]]), np.array([[sobel]]), NO_BIAS)
    out, _ = unpack(result, "out", "cols")
    # At the top left: 2*31 - 1*33 = 29; all other products of that window are 0.
    agree(out, [[[[29.0, -192.0], [-35.0, -22.0]]]], "out")


def test_columns_are_returned(learner):
    """The second thing returned is what im2col gave, kept for the backward pass."""
    x = np.array([[[[1.5, 2.5, 3.5, 4.5]]]])
    result = learner.conv2d_forward(x, np.array([[[[1.0, 10.0]]]]), NO_BIAS)
    _, cols = unpack(result, "out", "cols")
    agree(cols, [[1.5, 2.5, 3.5], [2.5, 3.5, 4.5]], "cols")


def test_filter_rows_meet_their_columns(learner):
    """Each weight meets the pixel of its own channel, row and column."""
    x = np.array([[[[1.0, 2.0, 3.0]], [[4.0, 5.0, 6.0]]]])  # (1, 2, 1, 3)
    weights = np.array([[[[1.0, 10.0]], [[100.0, 1000.0]]]])  # (1, 2, 1, 2)
    out, _ = unpack(learner.conv2d_forward(x, weights, NO_BIAS), "out", "cols")
    agree(out, [[[[1 + 20 + 400 + 5000.0, 2 + 30 + 500 + 6000.0]]]], "out")


def test_images_before_filters(learner):
    """out[n, f] is image n seen through filter f: images come first, then filters."""
    x = np.array([[[[1.0, 2.0]]], [[[3.0, 4.0]]], [[[5.0, 6.0]]]])  # (3, 1, 1, 2)
    weights = np.array([[[[1.0]]], [[[10.0]]]])  # (2, 1, 1, 1)
    out, _ = unpack(learner.conv2d_forward(x, weights, np.zeros(2)), "out", "cols")
    image_0 = [[[1.0, 2.0]], [[10.0, 20.0]]]
    image_1 = [[[3.0, 4.0]], [[30.0, 40.0]]]
    image_2 = [[[5.0, 6.0]], [[50.0, 60.0]]]
    agree(out, [image_0, image_1, image_2], "out")


def test_a_filters_numbers_stay_together(learner):
    """With several filters, each row of the matrix holds all the numbers of one filter."""
    x = np.array([[[[1.0, 2.0, 3.0]]]])
    weights = np.array([[[[1.0, 10.0]]], [[[100.0, 1000.0]]]])  # (2, 1, 1, 2)
    out, _ = unpack(learner.conv2d_forward(x, weights, np.zeros(2)), "out", "cols")
    first = [[1 + 20.0, 2 + 30.0]]
    second = [[100 + 2000.0, 200 + 3000.0]]
    agree(out, [[first, second]], "out")


def test_bias_per_filter(learner):
    """Each filter adds its own bias to every number of its output."""
    x = np.array([[[[1.5], [2.5]]]])  # 2 high, 1 wide
    weights = np.array([[[[1.0]]], [[[2.0]]]])
    out, _ = unpack(learner.conv2d_forward(x, weights, np.array([0.25, -10.0])), "out", "cols")
    agree(out, [[[[1.75], [2.75]], [[-7.0], [-5.0]]]], "out")


def test_stride_with_padding(learner):
    """Stride 2 and padding 1 act down and across, on pictures and kernels that are not square."""
    x = np.array([[[[1.0, 2.0, 3.0, 4.0]]]])
    weights = np.array([[[[1.0, 10.0], [100.0, 1000.0], [0.0, 0.0]]]])  # 3 high, 2 wide
    out, _ = unpack(learner.conv2d_forward(x, weights, NO_BIAS, stride=2, padding=1), "out", "cols")
    # 0 0 0 0 0 0   The windows start at columns 0, 2 and 4, and only at row 0; the picture
    # 0 1 2 3 4 0   is multiplied by the second row of the filter.
    # 0 0 0 0 0 0
    agree(out, [[[[1000 * 1.0, 100 * 2 + 1000 * 3.0, 100 * 4.0]]]], "out")


def test_whole_numbers_in_the_picture(learner):
    """Integers give the result that the same numbers in floating point give."""
    x = np.array([[[[1, 2], [3, 4]]]], np.int64)
    weights = np.array([[[[0.5, 0.0], [0.0, 0.25]]]])
    out, _ = unpack(learner.conv2d_forward(x, weights, np.array([0.125])), "out", "cols")
    agree(out, [[[[0.5 * 1 + 0.25 * 4 + 0.125]]]], "out")
    whole = np.array([[[[1, 0], [0, -2]]]])
    # Only the bias is not an integer.
    out, _ = unpack(learner.conv2d_forward(x, whole, np.array([0.5])), "out", "cols")
    agree(out, [[[[1.0 * 1 - 2 * 4 + 0.5]]]], "out")
    out, _ = unpack(learner.conv2d_forward(x, whole, np.array([3])), "out", "cols")
    agree(out, [[[[1.0 * 1 - 2 * 4 + 3]]]], "out")


def test_every_kind_of_call(learner):
    """It is right for every kind of picture, kernel, stride, padding and bias."""
    right_on_grid(learner, __file__)
