"""shift_images on random images and shifts."""

import numpy as np

from autograder.checking import agree, as_array


def moved(images, down, across):
    """From the definition, pixel by pixel."""
    out = np.zeros_like(images)
    for n, _, i, j in np.ndindex(images.shape):
        row, column = i - down[n], j - across[n]
        if 0 <= row < images.shape[2] and 0 <= column < images.shape[3]:
            out[n, :, i, j] = images[n, :, row, column]
    return out


def test_every_shift(learner, rng):
    """Every image goes its own way: up, down, left, right, not at all, or out of the picture."""
    for shape in ((12, 1, 4, 4), (9, 3, 2, 5), (9, 2, 5, 2), (6, 2, 1, 3), (1, 1, 3, 3)):
        images = rng.uniform(1, 2, shape)
        for reach in (1, max(shape[2:]) + 1):
            down, across = (rng.integers(-reach, reach + 1, shape[0]) for _ in range(2))
            expected = moved(images, down, across)
            agree(learner.shift_images(images, down, across), expected, "out")


def test_one_way_at_a_time(learner, rng):
    """Each distance in each direction, from twice the size on one side to twice on the other."""
    images = np.repeat(rng.uniform(1, 2, (1, 2, 3, 4)), 17, axis=0)
    far, none = np.arange(-8, 9), np.zeros(17, dtype=int)
    agree(learner.shift_images(images, far, none), moved(images, far, none), "out, down")
    agree(learner.shift_images(images, none, far), moved(images, none, far), "out, across")


def test_dtype_stays(learner, rng):
    """Pictures keep their dtype, whatever kind of integers the shifts are."""
    for dtype in (np.uint8, np.float32, np.float64):
        images = rng.integers(1, 200, (3, 2, 4, 3)).astype(dtype)
        down, across = np.array([1, -1, 0], dtype=np.int8), np.array([0, 2, -1], dtype=np.int32)
        out = learner.shift_images(images, down, across)
        agree(out, moved(images, down, across), "out")
        got = as_array(out, "out").dtype
        assert got == dtype, f"out has dtype {got}, but should have {np.dtype(dtype)}"
