"""Known mistakes in flatten_backward."""

import numpy as np
from numpy import ndarray

Shape = tuple[int, int, int, int]


def channels_last(d_out: ndarray, x_shape: Shape) -> ndarray:
    """It folds as if all channels of a pixel stood together. Each row holds the whole first \
channel, then the whole second."""
    images, channels, height, width = x_shape
    return d_out.reshape(images, height, width, channels).transpose(0, 3, 1, 2)


def read_by_columns(d_out: ndarray, x_shape: Shape) -> ndarray:
    """It fills the picture column by column. Fill it row by row, as the forward pass read it."""
    images, channels, height, width = x_shape
    return d_out.reshape(images, channels, width, height).transpose(0, 1, 3, 2)


def height_and_width_swapped(d_out: ndarray, x_shape: Shape) -> ndarray:
    """It swaps height and width. The shape comes from x_shape as it is: rows before columns."""
    images, channels, height, width = x_shape
    return d_out.reshape(images, channels, width, height)


def left_flat(d_out: ndarray, x_shape: Shape) -> ndarray:
    """It returns the gradient flat. A gradient has the shape of what it belongs to: reshape it \
into images."""
    return d_out


def images_mixed(d_out: ndarray, x_shape: Shape) -> ndarray:
    """Its shape is right, but numbers of different images are mixed: it transposes before it \
folds. Each row is one image already."""
    return d_out.T.reshape(x_shape)


def upstream_ignored(d_out: ndarray, x_shape: Shape) -> ndarray:
    """It returns ones. Flatten changes no number on the way forward, so the upstream gradient \
comes back unchanged, only reshaped."""
    return np.ones(x_shape)


def divided_by_the_batch(d_out: ndarray, x_shape: Shape) -> ndarray:
    """It divides by the number of images. The loss has already taken the mean: here no number \
changes."""
    return d_out.reshape(x_shape) / len(d_out)
