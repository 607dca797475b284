"""conv2d_forward_naive: slide the filter, multiply, add up."""

import numpy as np

from autograder.checking import agree, right_on_grid

NO_BIAS = np.zeros(1)


def test_sobel_filter(learner):
    """The filter is laid on the picture as it is, not flipped; each place gives one number."""
    picture = [[0.0, 50, 0, 29], [0, 80, 31, 2], [33, 90, 0, 75], [0, 9, 0, 95]]
    sobel = [[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]]
    out = learner.conv2d_forward_naive(np.array([[picture]]), np.array([[sobel]]), NO_BIAS)
    # The window at the top left:   0  50   0      times the filter:  -1*0  + 0*50 + 1*0  =   0
    #                               0  80  31                         -2*0  + 0*80 + 2*31 =  62
    #                              33  90   0                         -1*33 + 0*90 + 1*0  = -33
    #                                                                                       29
    agree(out, [[[[29.0, -192.0], [-35.0, -22.0]]]], "out")


def test_picture_and_kernel_not_square(learner):
    """A kernel 2 high and 1 wide fits at three places on a picture 2 high and 3 wide."""
    x = np.array([[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]]])
    weights = np.array([[[[1.0], [100.0]]]])
    out = learner.conv2d_forward_naive(x, weights, NO_BIAS)
    agree(out, [[[[1 + 400.0, 2 + 500.0, 3 + 600.0]]]], "out")


def test_stride(learner):
    """With stride 2 the window moves two pixels at a time, across and down."""
    x = np.arange(1.0, 21.0).reshape(1, 1, 5, 4)  # 1 2 3 4 / 5 6 7 8 / ... / 17 18 19 20
    weights = np.array([[[[1.0, 100.0]]]])
    out = learner.conv2d_forward_naive(x, weights, NO_BIAS, stride=2)
    first_row, third_row, fifth_row = [201.0, 403.0], [1009.0, 1211.0], [1817.0, 2019.0]
    agree(out, [[[first_row, third_row, fifth_row]]], "out")


def test_padding(learner):
    """Padding 1 puts zeros on all four sides of the picture, before the filter slides over it."""
    x = np.array([[[[1.5, 2.5], [3.5, 4.5]]]])
    weights = np.array([[[[1.0, 10.0], [100.0, 1000.0]]]])
    out = learner.conv2d_forward_naive(x, weights, NO_BIAS, padding=1)
    # The picture in its frame:   0   0   0   0      The filter:     1    10
    #                             0  1.5 2.5  0                    100  1000
    #                             0  3.5 4.5  0
    #                             0   0   0   0
    # fmt: off
    expected = [
        [1000 * 1.5,             100 * 1.5 + 1000 * 2.5,               100 * 2.5],
        [10 * 1.5 + 1000 * 3.5,  1.5 + 10 * 2.5 + 100 * 3.5 + 1000 * 4.5,  2.5 + 100 * 4.5],
        [10 * 3.5,               3.5 + 10 * 4.5,                       4.5],
    ]
    # fmt: on
    agree(out, [[expected]], "out")


def test_stride_with_padding(learner):
    """With padding 2 and stride 3, a kernel 3 high and 4 wide fits twice down and twice across."""
    x = np.array([[[[0.5, 1.0, 1.5], [2.0, 2.5, 3.0]]]])
    weights = np.arange(1.0, 13.0).reshape(1, 1, 3, 4)  # 1 2 3 4 / 5 6 7 8 / 9 10 11 12
    out = learner.conv2d_forward_naive(x, weights, NO_BIAS, stride=3, padding=2)
    # The padded picture is 6 high and 7 wide, and the windows start at rows 0, 3 and columns
    # 0, 3: each sees two pixels of the picture in one of its corners, and zeros elsewhere.
    top = [11 * 0.5 + 12 * 1.0, 9 * 1.0 + 10 * 1.5]
    bottom = [3 * 2.0 + 4 * 2.5, 1 * 2.5 + 2 * 3.0]
    agree(out, [[[top, bottom]]], "out")


def test_channels(learner):
    """One filter sums over all channels."""
    x = np.array([[[[1.0, 2.0]], [[3.0, 4.0]], [[5.0, 6.0]]]])  # (1, 3, 1, 2)
    weights = np.array([[[[1.0]], [[10.0]], [[100.0]]]])  # (1, 3, 1, 1)
    out = learner.conv2d_forward_naive(x, weights, np.array([0.5]))
    # The bias is added once, not once for each channel.
    agree(out, [[[[1 + 30 + 500 + 0.5, 2 + 40 + 600 + 0.5]]]], "out")
    # Padding does not add channels: each channel is padded, here to 3 high and 3 wide.
    x = np.array([[[[1.5]], [[2.5]]]])  # (1, 2, 1, 1)
    weights = np.array([[[[1.0, 10.0]], [[100.0, 1000.0]]]])  # (1, 2, 1, 2)
    out = learner.conv2d_forward_naive(x, weights, NO_BIAS, padding=1)
    middle_row = [10 * 1.5 + 1000 * 2.5, 1 * 1.5 + 100 * 2.5]
    agree(out, [[[[0.0, 0.0], middle_row, [0.0, 0.0]]]], "out")


def test_images_filters_and_biases(learner):
    """Every image meets every filter, and each filter adds its own bias once."""
    x = np.array([[[[1.5, 2.5]]], [[[3.5, 4.5]]], [[[5.5, 6.5]]]])  # (3, 1, 1, 2)
    weights = np.array([[[[1.0]]], [[[10.0]]]])  # (2, 1, 1, 1)
    out = learner.conv2d_forward_naive(x, weights, np.array([0.25, -10.0]))
    # For each image: once the picture + 0.25, and ten times the picture - 10.
    image_0 = [[[1.75, 2.75]], [[5.0, 15.0]]]
    image_1 = [[[3.75, 4.75]], [[25.0, 35.0]]]
    image_2 = [[[5.75, 6.75]], [[45.0, 55.0]]]
    agree(out, [image_0, image_1, image_2], "out")


def test_whole_numbers_in_the_picture(learner):
    """Integers give the result that the same numbers in floating point give."""
    x = np.array([[[[1, 2], [3, 4]]]], np.int64)
    weights = np.array([[[[0.5, 0.0], [0.0, 0.25]]]])
    out = learner.conv2d_forward_naive(x, weights, np.array([0.125]))
    agree(out, [[[[0.5 * 1 + 0.25 * 4 + 0.125]]]], "out")
    # The filter may hold integers as well: 1*1.5 - 2*4.5 = -7.5.
    floats = np.array([[[[1.5, 2.0], [3.0, 4.5]]]])
    out = learner.conv2d_forward_naive(floats, np.array([[[[1, 0], [0, -2]]]]), NO_BIAS)
    agree(out, [[[[1 * 1.5 - 2 * 4.5]]]], "out")
    # If all three are integers, out still holds floats: 1*1 - 2*4 + 3 = -4.0.
    out = learner.conv2d_forward_naive(x, np.array([[[[1, 0], [0, -2]]]]), np.array([3]))
    agree(out, [[[[1.0 * 1 - 2 * 4 + 3]]]], "out")
    # Only the bias is not an integer: 1*1 - 2*4 + 0.5 = -6.5.
    out = learner.conv2d_forward_naive(x, np.array([[[[1, 0], [0, -2]]]]), np.array([0.5]))
    agree(out, [[[[1.0 * 1 - 2 * 4 + 0.5]]]], "out")


def test_every_kind_of_call(learner):
    """It is right for every kind of picture, kernel, stride, padding and bias."""
    right_on_grid(learner, __file__)
