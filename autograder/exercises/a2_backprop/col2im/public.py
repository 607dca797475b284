"""col2im: every column goes back to where im2col took it from, and overlaps add up."""

import numpy as np

from autograder.checking import agree, right_on_grid


def test_windows_that_do_not_overlap(learner):
    """Where windows lie side by side, each column becomes its own window again."""
    windows = [[1.5, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.5]]
    x = learner.col2im(np.transpose(windows), (1, 1, 2, 4), 2, 2, stride=2)
    agree(x, [[[[1.5, 2.0, 5.0, 6.0], [3.0, 4.0, 7.0, 8.5]]]], "x")


def test_overlaps_add_up(learner):
    """A pixel in two windows collects two numbers."""
    # A kernel 1 high and 2 wide on three pixels: the second window starts where the first ends.
    #                   window 0  window 1
    cols = np.array([[1.0, 2.5], [10.0, 20.0]])
    x = learner.col2im(cols, (1, 1, 1, 3), 1, 2)
    agree(x, [[[[1.0, 10 + 2.5, 20.0]]]], "x")


def test_how_often_a_pixel_is_seen(learner):
    """Columns of ones count the windows that a pixel lies in: 1 at a corner, 4 in the middle."""
    x = learner.col2im(np.ones((4, 4)), (1, 1, 3, 3), 2, 2)
    agree(x, [[[[1.0, 2.0, 1.0], [2.0, 4.0, 2.0], [1.0, 2.0, 1.0]]]], "x")


def test_pixels_that_no_window_sees(learner):
    """A pixel that the stride steps over, or that lies past the last window, stays 0."""
    # A kernel of 1x1 with stride 3 sees, of 4 rows and 6 columns, rows 0, 3 and columns 0, 3.
    cols = np.array([[1.5, 2.5, 3.5, 4.5]])
    expected = np.zeros((1, 1, 4, 6))
    expected[0, 0, 0, 0], expected[0, 0, 0, 3] = 1.5, 2.5
    expected[0, 0, 3, 0], expected[0, 0, 3, 3] = 3.5, 4.5
    agree(learner.col2im(cols, (1, 1, 4, 6), 1, 1, stride=3), expected, "x")


def test_padding_is_cut_away(learner):
    """What falls on the padding is dropped; the picture has its own size again."""
    # Kernel 2x2, stride 2, padding 1: each window holds one pixel of a 2x2 picture, in the
    # corner nearest to the middle of the picture.
    windows = [[9, 9, 9, 1.5], [9, 9, 2.5, 9], [9, 3.5, 9, 9], [4.5, 9, 9, 9]]
    x = learner.col2im(np.transpose(windows), (1, 1, 2, 2), 2, 2, stride=2, padding=1)
    agree(x, [[[[1.5, 2.5], [3.5, 4.5]]]], "x")


def test_picture_and_kernel_not_square(learner):
    """With padding 1 and a kernel 2 high and 1 wide, each pixel lies in two windows."""
    # 0 0 0 0    The padded picture is 3 high and 4 wide; the windows start at rows 0, 1 and
    # 0 a b 0    columns 0 to 3. Pixel a is the lower one of window (0, 1) and the upper one of
    # 0 0 0 0    window (1, 1); b, next to it, of windows (0, 2) and (1, 2).
    upper = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]
    lower = [10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0]
    x = learner.col2im(np.array([upper, lower]), (1, 1, 1, 2), 2, 1, padding=1)
    agree(x, [[[[20.0 + 6.0, 30.0 + 7.0]]]], "x")


def test_channels_and_images(learner):
    """Rows run by channel and then by place in the kernel; columns by image and then by place."""
    # fmt: off
    cols = [
        [1.0,  2.0,    3.0,  4.0,  0.5, 0.0],  # channel 0, kernel column 0: image 0, then 1, then 2
        [10.0, 20.0,  30.0, 40.0,  1.5, 2.5],  # channel 0, kernel column 1
        [5.0,  6.0,    7.0,  8.0,  0.0, 3.5],  # channel 1, kernel column 0
        [50.0, 60.0,  70.0, 80.0,  4.5, 5.5],  # channel 1, kernel column 1
    ]
    # fmt: on
    x = learner.col2im(np.array(cols), (3, 2, 1, 3), 1, 2)
    image_0 = [[[1.0, 10 + 2.0, 20.0]], [[5.0, 50 + 6.0, 60.0]]]
    image_1 = [[[3.0, 30 + 4.0, 40.0]], [[7.0, 70 + 8.0, 80.0]]]
    image_2 = [[[0.5, 1.5 + 0.0, 2.5]], [[0.0, 4.5 + 3.5, 5.5]]]
    agree(x, [image_0, image_1, image_2], "x")


def test_every_kind_of_call(learner):
    """It is right for every kind of picture, kernel, stride and padding."""
    right_on_grid(learner, __file__)
