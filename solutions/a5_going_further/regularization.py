"""a5 · Against learning by heart: dropout, and pictures that are never twice the same.

Layers and functions leave the arrays that they are given as they are, and return new ones.
"""

import numpy as np
from a4_training.network import Layer


class Dropout(Layer):
    """In training, put a random part of the numbers to zero and enlarge the rest to make up.

        keep = rng.random(x.shape) >= rate
        out  = x * keep / (1 - rate)

    With `training` set to False nothing is dropped: out = x. Since the mean was kept in
    training ("inverted" dropout), nothing needs to be scaled then.

    Args:
        rate: the share that is dropped, from 0 to below 1.
        rng: `rng.random(x.shape)`, called once in each forward pass of training.

    Attributes:
        training: True at first.

    Source: Srivastava et al., "Dropout" (2014), section 10 for the inverted form.

    Example:
        >>> layer = Dropout(0.5, rng=np.random.default_rng(0))
        >>> sorted(set(layer.forward(np.ones((1, 100))).ravel().tolist()))
        [0.0, 2.0]
    """

    def __init__(self, rate: float, *, rng: np.random.Generator) -> None:
        if not 0 <= rate < 1:
            raise ValueError(f"rate must be from 0 to below 1, but it is {rate}")
        self.rate = rate
        self.rng = rng
        self.training = True

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Return x with some numbers dropped and the others enlarged; the shape of x."""
        ### BEGIN SOLUTION
        if self.training:
            keep = self.rng.random(x.shape) >= self.rate
            # The factor has the precision of x: float32 stays float32, and int64 gives float64.
            self.factor = keep.astype(np.result_type(x, np.float16)) / (1 - self.rate)
        else:
            self.factor = np.ones((), dtype=x.dtype)
        return x * self.factor
        ### END SOLUTION

    def backward(self, d_out: np.ndarray) -> np.ndarray:
        """Return d_x: what was dropped on the way up gets no gradient on the way down."""
        ### BEGIN SOLUTION
        # The same factor as in forward: a number that was dropped gets no gradient.
        return d_out * self.factor
        ### END SOLUTION


def shift_images(images: np.ndarray, down: np.ndarray, across: np.ndarray) -> np.ndarray:
    """Move every image by its own number of pixels; zeros come in where it moved away.

        out[n, c, i, j] = images[n, c, i - down[n], j - across[n]], or 0 outside the image

    Args:
        images: shape (N, C, H, W).
        down: integers of shape (N,): rows downwards; upwards if negative.
        across: integers of shape (N,): columns to the right; to the left if negative.

    Returns:
        a new array with the shape and dtype of `images`.

    Raises:
        ValueError: if `images` is not 4-D, or there is not one shift for each image.

    Example:
        >>> image = np.array([[[[1, 2], [3, 4]]]])
        >>> shift_images(image, np.array([1]), np.array([0])).tolist()
        [[[[0, 0], [1, 2]]]]
    """
    if np.ndim(images) != 4:
        raise ValueError(f"images must be 4-D (N, C, H, W), but has shape {np.shape(images)}")
    if np.shape(down) != images.shape[:1] or np.shape(across) != images.shape[:1]:
        raise ValueError(f"down and across must have shape {images.shape[:1]}")
    ### BEGIN SOLUTION
    height, width = images.shape[2:]
    # For each row and column of the result, compute the row and column it comes from.
    rows = np.arange(height) - np.asarray(down)[:, None]
    columns = np.arange(width) - np.asarray(across)[:, None]
    inside = ((rows >= 0) & (rows < height))[:, None, :, None]
    inside = inside & ((columns >= 0) & (columns < width))[:, None, None, :]
    image = np.arange(len(images))[:, None, None]
    moved = images[image, :, rows[:, :, None] % height, columns[:, None, :] % width]
    # Index arrays on both sides of a slice move its axis to the end: (N, H, W, C).
    return moved.transpose(0, 3, 1, 2) * inside.astype(images.dtype)
    ### END SOLUTION
