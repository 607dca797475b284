"""im2col: every window becomes a column."""

import numpy as np

from autograder.checking import agree, as_array, right_on_grid

# 1..16 as a batch of one 4x4 image with one channel.
IMAGE = np.arange(1.0, 17.0).reshape(1, 1, 4, 4)


def test_first_window_is_first_column(learner):
    """The window at the top left, read row by row, is the first column."""
    cols = learner.im2col(IMAGE, 2, 2)
    first_window = [[1, 2], [5, 6]]
    agree(as_array(cols, "cols")[:, 0], np.ravel(first_window) * 1.0, "cols[:, 0]")


def test_all_columns(learner):
    """Columns run over the places of the window, left to right and then down."""
    cols = learner.im2col(IMAGE, 2, 2)
    expected = [
        [1.0, 2.0, 3.0, 5.0, 6.0, 7.0, 9.0, 10.0, 11.0],  # the pixels under the kernel's (0, 0)
        [2.0, 3.0, 4.0, 6.0, 7.0, 8.0, 10.0, 11.0, 12.0],  # (0, 1)
        [5.0, 6.0, 7.0, 9.0, 10.0, 11.0, 13.0, 14.0, 15.0],  # (1, 0)
        [6.0, 7.0, 8.0, 10.0, 11.0, 12.0, 14.0, 15.0, 16.0],  # (1, 1)
    ]
    agree(cols, expected, "cols")


def test_stride(learner):
    """With stride 2 the window moves two pixels at a time, across and down."""
    cols = learner.im2col(IMAGE, 2, 2, stride=2)
    windows = [[1, 2, 5, 6], [3, 4, 7, 8], [9, 10, 13, 14], [11, 12, 15, 16]]
    agree(cols, np.transpose(windows) * 1.0, "cols")


def test_kernel_not_square(learner):
    """A kernel 1 high and 3 wide makes columns of 3, of which two fit across and four down."""
    cols = learner.im2col(IMAGE, 1, 3)
    windows = [[4 * i + j + 1, 4 * i + j + 2, 4 * i + j + 3] for i in range(4) for j in range(2)]
    agree(cols, np.transpose(windows) * 1.0, "cols")


def test_picture_not_square(learner):
    """On a picture 5 high and 2 wide, with stride 3, a kernel 2 high and 1 wide fits twice."""
    x = np.array([[[[0.5, 1.5], [2.5, 3.5], [4.5, 5.5], [6.5, 7.5], [8.5, 9.5]]]])
    cols = learner.im2col(x, 2, 1, stride=3)
    # It starts at rows 0 and 3, and only at column 0.
    agree(cols, np.transpose([[0.5, 2.5], [6.5, 8.5]]), "cols")


def test_padding(learner):
    """Padding puts zeros on all four sides before the windows are cut."""
    cols = learner.im2col(np.array([[[[1.5, 2.5], [3.5, 4.5]]]]), 2, 2, stride=2, padding=1)
    # The padded picture:                   0   0   0   0
    #                                      0  1.5 2.5  0
    #                                      0  3.5 4.5  0
    #                                      0   0   0   0
    windows = [[0, 0, 0, 1.5], [0, 0, 2.5, 0], [0, 3.5, 0, 0], [4.5, 0, 0, 0]]
    agree(cols, np.transpose(windows), "cols")


def test_channels_and_images(learner):
    """Rows run by channel and then by place in the kernel; columns by image and then by place."""
    image_0 = [[[1.0, 2.0, 3.0]], [[4.0, 5.0, 6.0]]]  # two channels, each 1 high and 3 wide
    image_1 = [[[7.0, 8.0, 9.0]], [[10.0, 11.0, 12.0]]]
    image_2 = [[[0.5, 1.5, 2.5]], [[3.5, 4.5, 5.5]]]
    cols = learner.im2col(np.array([image_0, image_1, image_2]), 1, 2)
    # fmt: off
    expected = [
        [1.0, 2.0,   7.0,  8.0,  0.5, 1.5],  # channel 0, kernel column 0: image 0, then 1, then 2
        [2.0, 3.0,   8.0,  9.0,  1.5, 2.5],  # channel 0, kernel column 1
        [4.0, 5.0,  10.0, 11.0,  3.5, 4.5],  # channel 1, kernel column 0
        [5.0, 6.0,  11.0, 12.0,  4.5, 5.5],  # channel 1, kernel column 1
    ]
    # fmt: on
    agree(cols, expected, "cols")


def test_whole_numbers_and_single_precision(learner):
    """Pixels are copied as they are: of integers and of floating-point numbers nothing is lost."""
    whole = learner.im2col(np.array([[[[1, 200, -70000]]]]), 1, 2)  # 1 high, 3 wide
    agree(whole, [[1, 200], [200, -70000]], "cols", kind="number", tolerance=0.0)
    x = np.array([[[[0.1, 0.2, 1.5]]]], dtype="float32")
    single = learner.im2col(x, 3, 1, padding=1)
    # Padded: 0 0 0 0 0 / 0 0.1 0.2 1.5 0 / 0 0 0 0 0; each window is one column of it.
    expected = np.array([[0, 0, 0, 0, 0], [0, 0.1, 0.2, 1.5, 0], [0, 0, 0, 0, 0]], dtype="float32")
    agree(single, expected, "cols", tolerance=0.0)
    # float32 has 7 decimal digits, float16 only 3.
    digits = learner.im2col(np.array([[[[0.1, 1 / 3]]]]), 1, 1)
    agree(digits, [[0.1, 1 / 3]], "cols", tolerance=1e-6)


def test_every_kind_of_call(learner):
    """It is right for every kind of picture, kernel, stride and padding."""
    right_on_grid(learner, __file__)
