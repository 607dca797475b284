"""shift_images: every image moved by its own number of pixels."""

import numpy as np

from autograder.checking import agree, as_array

IMAGE = np.array([[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]]])


def shifted(learner, images, down, across):
    return learner.shift_images(images, np.array(down), np.array(across))


def test_down_and_up(learner):
    """Positive numbers move the image down, negative ones up, and zeros come in."""
    agree(shifted(learner, IMAGE, [1], [0]), [[[[0, 0, 0], [1.0, 2, 3]]]], "out, down 1")
    agree(shifted(learner, IMAGE, [-1], [0]), [[[[4.0, 5, 6], [0, 0, 0]]]], "out, down -1")


def test_right_and_left(learner):
    """Positive numbers move the image to the right, negative ones to the left."""
    agree(shifted(learner, IMAGE, [0], [1]), [[[[0, 1.0, 2], [0, 4, 5]]]], "out, across 1")
    agree(shifted(learner, IMAGE, [0], [-2]), [[[[3.0, 0, 0], [6, 0, 0]]]], "out, across -2")


def test_each_image_by_its_own(learner):
    """Every image has its own shift, both ways at once."""
    images = np.concatenate([IMAGE, IMAGE + 10, IMAGE + 20])
    out = shifted(learner, images, [1, 0, -1], [-1, 0, 2])
    image_0 = [[0, 0, 0], [2.0, 3, 0]]
    image_1 = [[11, 12, 13], [14, 15, 16]]
    image_2 = [[0, 0, 24], [0, 0, 0]]
    agree(out, [[image_0], [image_1], [image_2]], "out")


def test_channels_move_together(learner):
    """All channels of an image move by the same."""
    image = np.concatenate([IMAGE, IMAGE * 100], axis=1)
    out = shifted(learner, image, [-1], [1])
    agree(out, [[[[0, 4.0, 5], [0, 0, 0]], [[0, 400.0, 500], [0, 0, 0]]]], "out")


def test_out_of_the_picture(learner):
    """An image that moves further than its own size leaves only zeros."""
    images = np.concatenate([IMAGE] * 5)
    out = shifted(learner, images, [2, -3, 0, 0, 0], [0, 0, 3, -5, 0])
    gone = [[[0, 0, 0], [0, 0, 0]]]
    agree(out, [gone, gone, gone, gone, [[[1.0, 2, 3], [4, 5, 6]]]], "out")


def test_dtype_stays(learner):
    """Images keep their dtype: whole numbers stay whole, float32 stays float32."""
    for dtype in (np.uint8, np.float32):
        out = shifted(learner, IMAGE.astype(dtype), [0], [1])
        agree(out, np.array([[[[0, 1, 2], [0, 4, 5]]]], dtype), "out")
        got = as_array(out, "out").dtype
        assert got == dtype, f"out has dtype {got}, but should have {np.dtype(dtype)}"
