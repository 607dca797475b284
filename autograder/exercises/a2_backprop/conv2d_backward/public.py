"""conv2d_backward: the gradients of the picture, the weights and the biases."""

import numpy as np

from autograder.checking import agree, right_on_grid, unpack

NAMES = "d_x", "d_weights", "d_bias"

# Three pixels seen by a kernel 1 high and 2 wide, at two places.
X = np.array([[[[1.0, 2.0, 3.0]]]])
WEIGHTS = np.array([[[[10.0, 0.5]]]])
COLS = np.array([[1.0, 2.0], [2.0, 3.0]])
D_OUT = np.array([[[[1.0, -2.0]]]])


def test_bias(learner):
    """A bias is in every output of its filter and collects the gradients of all, in all images."""
    x = np.array([[[[1.0, 2.0]]], [[[3.0, 4.0]]]])  # (2, 1, 1, 2), seen by three 1x1 filters
    weights = np.array([[[[1.0]]], [[[2.0]]], [[[3.0]]]])
    cols = np.array([[1.0, 2.0, 3.0, 4.0]])
    d_out = np.array(
        [
            [[[1.5, 2.0]], [[10.0, 20.0]], [[0.0, -1.0]]],
            [[[3.0, 4.0]], [[30.0, 40.0]], [[5.0, 0.25]]],
        ]
    )
    _, _, d_bias = unpack(learner.conv2d_backward(d_out, x, weights, cols), *NAMES)
    agree(d_bias, [1.5 + 2 + 3 + 4, 10 + 20 + 30 + 40, -1 + 5 + 0.25], "d_bias")


def test_weights(learner):
    """A weight collects, from every place, the pixel it met times the gradient there."""
    _, d_weights, _ = unpack(learner.conv2d_backward(D_OUT, X, WEIGHTS, COLS), *NAMES)
    # The first weight met pixels 1 and 2, the second 2 and 3.
    agree(d_weights, [[[[1 * 1 + 2 * -2.0, 2 * 1 + 3 * -2.0]]]], "d_weights")


def test_picture(learner):
    """A pixel collects, from every window it is in, the weight it met times the gradient there."""
    d_x, _, _ = unpack(learner.conv2d_backward(D_OUT, X, WEIGHTS, COLS), *NAMES)
    # The middle pixel met 0.5 in the first window and 10 in the second.
    agree(d_x, [[[[10 * 1.0, 0.5 * 1 + 10 * -2, 0.5 * -2]]]], "d_x")


def test_stride(learner):
    """With stride 3 the gradients go to the pixels that the windows saw, and the rest get 0."""
    # A kernel 2 high and 1 wide on a picture 5 high and 1 wide starts at rows 0 and 3.
    x = np.array([[[[1.0], [2.0], [3.0], [4.0], [5.0]]]])
    weights = np.array([[[[10.0], [0.5]]]])
    cols = np.array([[1.0, 4.0], [2.0, 5.0]])
    d_out = np.array([[[[1.0], [-2.0]]]])
    gradients = learner.conv2d_backward(d_out, x, weights, cols, stride=3)
    d_x, d_weights, _ = unpack(gradients, *NAMES)
    agree(d_x, [[[[10.0], [0.5], [0.0], [-20.0], [-1.0]]]], "d_x")
    agree(d_weights, [[[[1 * 1 + 4 * -2.0], [2 * 1 + 5 * -2.0]]]], "d_weights")


def test_padding(learner):
    """The padding gets no gradient: d_x has the size of x."""
    x = np.array([[[[3.0, 4.0]]]])  # padded: 0 0 0 0 / 0 3 4 0 / 0 0 0 0
    weights = np.array([[[[1.0, 2.0], [10.0, 20.0], [100.0, 200.0]]]])  # 3 high, 2 wide
    cols = np.array([[0.0, 0, 0], [0, 0, 0], [0, 3, 4], [3, 4, 0], [0, 0, 0], [0, 0, 0]])
    d_out = np.array([[[[1.0, 0.5, -1.0]]]])
    gradients = learner.conv2d_backward(d_out, x, weights, cols, padding=1)
    d_x, d_weights, _ = unpack(gradients, *NAMES)
    # Pixel 3 met 20 in the first window and 10 in the second; pixel 4, one window later, too.
    agree(d_x, [[[[20 * 1 + 10 * 0.5, 20 * 0.5 + 10 * -1.0]]]], "d_x")
    middle_row = [3 * 0.5 + 4 * -1, 3 * 1 + 4 * 0.5]
    agree(d_weights, [[[[0, 0], middle_row, [0, 0]]]], "d_weights")


def test_channels_and_filters(learner):
    """A pixel gets gradient from every filter; a weight only from its own filter and channel."""
    x = np.array([[[[1.0, 2.0]], [[3.0, 4.0]], [[5.0, 6.0]]]])  # (1, 3, 1, 2)
    weights = np.array(
        [[[[1.0]], [[2.0]], [[3.0]]], [[[10.0]], [[20.0]], [[30.0]]]]
    )  # (2, 3, 1, 1)
    cols = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    d_out = np.array([[[[1.0, 0.5]], [[-1.0, 2.0]]]])  # (1, 2, 1, 2)
    d_x, d_weights, _ = unpack(learner.conv2d_backward(d_out, x, weights, cols), *NAMES)
    channel_0 = [1 * 1 + 10 * -1.0, 1 * 0.5 + 10 * 2.0]
    channel_1 = [2 * 1 + 20 * -1.0, 2 * 0.5 + 20 * 2.0]
    channel_2 = [3 * 1 + 30 * -1.0, 3 * 0.5 + 30 * 2.0]
    agree(d_x, [[[channel_0], [channel_1], [channel_2]]], "d_x")
    filter_0 = [1 * 1 + 2 * 0.5, 3 * 1 + 4 * 0.5, 5 * 1 + 6 * 0.5]
    filter_1 = [1 * -1 + 2 * 2.0, 3 * -1 + 4 * 2.0, 5 * -1 + 6 * 2.0]
    agree(d_weights, np.reshape([filter_0, filter_1], (2, 3, 1, 1)), "d_weights")


def test_images(learner):
    """Each image gets its own gradient; that of the weights is the sum over all images."""
    x = np.array([[[[1.0, 2.0]]], [[[3.0, 4.0]]]])  # (2, 1, 1, 2)
    weights = np.array([[[[10.0]]], [[[0.5]]]])  # (2, 1, 1, 1)
    cols = np.array([[1.0, 2.0, 3.0, 4.0]])
    image_0 = [[[1.0, 2.0]], [[0.0, 4.0]]]  # through filter 0, through filter 1
    image_1 = [[[-1.0, 3.0]], [[2.0, 6.0]]]
    gradients = learner.conv2d_backward(np.array([image_0, image_1]), x, weights, cols)
    d_x, d_weights, _ = unpack(gradients, *NAMES)
    d_image_0 = [[10 * 1 + 0.5 * 0, 10 * 2 + 0.5 * 4]]
    d_image_1 = [[10 * -1 + 0.5 * 2, 10 * 3 + 0.5 * 6]]
    agree(d_x, [[d_image_0], [d_image_1]], "d_x")
    by_filter_0 = 1 * 1 + 2 * 2 + 3 * -1 + 4 * 3.0
    by_filter_1 = 1 * 0 + 2 * 4 + 3 * 2 + 4 * 6.0
    agree(d_weights, np.reshape([by_filter_0, by_filter_1], (2, 1, 1, 1)), "d_weights")


def test_whole_numbers_in_the_picture(learner):
    """A picture of integers gives the gradients that the same numbers in floating point give."""
    x = np.array([[[[1, 2], [3, 4]]]], np.int64)
    d_out = np.array([[[[0.25, 0.5], [1.0, -0.25]]]])
    gradients = learner.conv2d_backward(d_out, x, np.array([[[[0.5]]]]), np.array([[1, 2, 3, 4]]))
    d_x, d_weights, d_bias = unpack(gradients, *NAMES)
    agree(d_x, 0.5 * d_out, "d_x")
    agree(d_weights, [[[[1 * 0.25 + 2 * 0.5 + 3 * 1.0 + 4 * -0.25]]]], "d_weights")
    agree(d_bias, [0.25 + 0.5 + 1.0 - 0.25], "d_bias")


def test_every_kind_of_call(learner):
    """All three gradients are right for every kind of picture, kernel, stride and padding."""
    right_on_grid(learner, __file__)
