"""AvgPool2D: the mean of every window."""

import numpy as np

from autograder.checking import agree, right_on_grid

IMAGE = np.array([[[[1.0, 2, 5, 3], [6, 4, 8, 1], [2, 7, 3, 9], [1, 5, 4, 2]]]])


def test_forward(learner):
    """Each window gives the mean of its pixels, also of a picture of integers."""
    top = [(1 + 2 + 6 + 4) / 4, (5 + 3 + 8 + 1) / 4]
    bottom = [(2 + 7 + 1 + 5) / 4, (3 + 9 + 4 + 2) / 4]
    agree(learner.AvgPool2D().forward(IMAGE), [[[top, bottom]]], "out")
    agree(learner.AvgPool2D().forward(IMAGE.astype(int)), [[[top, bottom]]], "out of integers")


def test_what_fills_no_window_is_left_out(learner):
    """Rows and columns at the end that do not fill a window are left out."""
    top = [(1 + 2 + 6 + 4) / 4, (5 + 3 + 8 + 1) / 4]
    agree(learner.AvgPool2D(2, 2).forward(IMAGE[:, :, :3]), [[[top]]], "out of three rows")
    left = [[(1 + 2 + 6 + 4) / 4], [(2 + 7 + 1 + 5) / 4]]
    agree(learner.AvgPool2D(2, 2).forward(IMAGE[..., :3]), [[left]], "out of three columns")


def test_stride(learner):
    """The stride says how far apart windows lie, whatever their size."""
    out = learner.AvgPool2D(3, 1).forward(IMAGE[:, :, :3])
    left, right = (1 + 2 + 5 + 6 + 4 + 8 + 2 + 7 + 3) / 9, (2 + 5 + 3 + 4 + 8 + 1 + 7 + 3 + 9) / 9
    agree(out, [[[[left, right]]]], "out of 3x3 windows, stride 1")
    out = learner.AvgPool2D(1, 3).forward(IMAGE)
    agree(out, [[[[1.0, 3.0], [1.0, 2.0]]]], "out of 1x1 windows, stride 3")


def test_channels_and_images(learner):
    """Each channel of each image is pooled by itself."""
    x = np.stack([IMAGE[0, 0, :2, :2], 10 * IMAGE[0, 0, :2, :2]])
    x = np.stack([x, x + 100])
    mean = (1 + 2 + 6 + 4) / 4
    expected = [[[[mean]], [[10 * mean]]], [[[mean + 100]], [[10 * mean + 100]]]]
    agree(learner.AvgPool2D().forward(x), expected, "out")


def test_backward(learner):
    """Each pixel gets its share of its window's gradient; left-out pixels get nothing."""
    layer = learner.AvgPool2D(2, 2)
    layer.forward(IMAGE[:, :, :3])
    d_x = layer.backward(np.array([[[[1.0, -6.0]]]]))
    row = [1 / 4, 1 / 4, -6 / 4, -6 / 4]
    agree(d_x, [[[row, row, [0, 0, 0, 0]]]], "d_x")


def test_backward_adds_where_windows_overlap(learner):
    """A pixel of several windows gets a share from each."""
    layer = learner.AvgPool2D(2, 1)
    layer.forward(IMAGE[:, :, :2, :3])
    d_x = layer.backward(np.array([[[[4.0, 8.0]]]]))
    row = [4 / 4, 4 / 4 + 8 / 4, 8 / 4]
    agree(d_x, [[[row, row]]], "d_x")


def test_backward_with_stride(learner):
    """Backward uses the layer's stride too: between windows that leave gaps nothing arrives."""
    layer = learner.AvgPool2D(1, 3)
    layer.forward(IMAGE)
    d_x = layer.backward(np.array([[[[1.0, 2.0], [3.0, 4.0]]]]))
    agree(d_x, [[[[1.0, 0, 0, 2], [0, 0, 0, 0], [0, 0, 0, 0], [3, 0, 0, 4]]]], "d_x")


def test_newest_input(learner):
    """Backward belongs to the newest forward pass."""
    layer = learner.AvgPool2D()
    layer.forward(IMAGE)
    layer.forward(IMAGE[:, :, :2, :2])
    d_x = layer.backward(np.array([[[[8.0]]]]))
    agree(d_x, [[[[2.0, 2.0], [2.0, 2.0]]]], "d_x")


def test_every_kind_of_call(learner):
    """Forward and backward are right for every kind of picture, window and stride."""
    right_on_grid(learner, __file__)
