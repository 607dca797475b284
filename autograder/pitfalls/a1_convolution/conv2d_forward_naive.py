"""Known mistakes in conv2d_forward_naive."""

import numpy as np
from numpy import ndarray

from autograder.pitfalls.windows import all_windows, frame


def _sizes(x: ndarray, weights: ndarray, stride: int, padding: int) -> tuple[int, int]:
    height = (x.shape[2] + 2 * padding - weights.shape[2]) // stride + 1
    width = (x.shape[3] + 2 * padding - weights.shape[3]) // stride + 1
    return height, width


def _seen(padded: ndarray, weights: ndarray, down: int, across: int) -> ndarray:
    return all_windows(padded, weights.shape[2], weights.shape[3], down, across)


def _weigh(windows: ndarray, weights: ndarray, bias: ndarray) -> ndarray:
    return np.einsum("ncijuv,fcuv->nfij", windows, weights) + bias[:, None, None]


def kernel_flipped(
    x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
) -> ndarray:
    """It turns the filter upside down and left to right, as convolution does in mathematics. \
In deep learning the filter lies on the window as it is."""
    flipped = weights[:, :, ::-1, ::-1]
    return _weigh(_seen(frame(x, padding), weights, stride, stride), flipped, bias)


def output_transposed(
    x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
) -> ndarray:
    """It swaps the rows and the columns of the output. Moving the window down must move down \
in the output, so its height comes from the height of the input."""
    right = _weigh(_seen(frame(x, padding), weights, stride, stride), weights, bias)
    return right.transpose(0, 1, 3, 2)


def padding_ignored(
    x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
) -> ndarray:
    """It leaves the padding out. The window moves over the picture with its frame of zeros, \
and so starts outside the picture."""
    return _weigh(_seen(x, weights, stride, stride), weights, bias)


def padding_top_left_only(
    x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
) -> ndarray:
    """It puts zeros above and to the left of the picture only. The frame goes round all four \
sides."""
    padded = np.pad(x, ((0, 0), (0, 0), (padding, 0), (padding, 0)))
    return _weigh(_seen(padded, weights, stride, stride), weights, bias)


def padding_bottom_right_only(
    x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
) -> ndarray:
    """It puts all the zeros below and to the right of the picture. The frame goes round all \
four sides, equally wide."""
    padded = np.pad(x, ((0, 0), (0, 0), (0, 2 * padding), (0, 2 * padding)))
    return _weigh(_seen(padded, weights, stride, stride), weights, bias)


def padding_of_rows_only(
    x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
) -> ndarray:
    """It pads the height and not the width. The frame goes round all four sides."""
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (0, 0)))
    return _weigh(_seen(padded, weights, stride, stride), weights, bias)


def padding_repeats_the_edge(
    x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
) -> ndarray:
    """It fills the frame with the pixels at the edge. The frame here is made of zeros."""
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)), mode="edge")
    return _weigh(_seen(padded, weights, stride, stride), weights, bias)


def stride_ignored(
    x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
) -> ndarray:
    """It puts the window at every pixel, whatever the stride. The stride says how far apart \
two windows are, so a larger one gives a smaller output."""
    return _weigh(_seen(frame(x, padding), weights, 1, 1), weights, bias)


def window_moves_one_pixel(
    x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
) -> ndarray:
    """Its output has the right size, but the window moves one pixel where it should move a \
whole stride. Where the output moves by one, the window moves by the stride."""
    height, width = _sizes(x, weights, stride, padding)
    windows = _seen(frame(x, padding), weights, 1, 1)[:, :, :height, :width]
    return _weigh(windows, weights, bias)


def stride_down_only(
    x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
) -> ndarray:
    """It moves the window by the stride downwards, but by one pixel to the right. The stride \
holds for both directions."""
    _, width = _sizes(x, weights, stride, padding)
    windows = _seen(frame(x, padding), weights, stride, 1)[:, :, :, :width]
    return _weigh(windows, weights, bias)


def stride_across_only(
    x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
) -> ndarray:
    """It moves the window by the stride to the right, but by one pixel downwards. The stride \
holds for both directions."""
    height, _ = _sizes(x, weights, stride, padding)
    windows = _seen(frame(x, padding), weights, 1, stride)[:, :, :height]
    return _weigh(windows, weights, bias)


def bias_ignored(
    x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
) -> ndarray:
    """It leaves the bias out. Each filter adds its own number to everything it answers."""
    return _weigh(_seen(frame(x, padding), weights, stride, stride), weights, 0 * bias)


def bias_added_for_every_channel(
    x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
) -> ndarray:
    """It adds the bias once for every channel. A filter looks at all channels at once and \
answers with one number, to which its bias is added once."""
    windows = _seen(frame(x, padding), weights, stride, stride)
    return _weigh(windows, weights, bias * x.shape[1])


def bias_added_at_every_pixel(
    x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
) -> ndarray:
    """It adds the bias to every product and sums afterwards. The bias is added once to the \
sum, when the whole window has been weighed."""
    windows = _seen(frame(x, padding), weights, stride, stride)
    return _weigh(windows, weights, bias * weights[0].size)


def bias_of_the_first_filter(
    x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
) -> ndarray:
    """It gives all filters the bias of the first one. Each filter has a bias of its own."""
    windows = _seen(frame(x, padding), weights, stride, stride)
    return _weigh(windows, weights, np.full_like(bias, bias[0]))


def first_channel_only(
    x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
) -> ndarray:
    """It looks at the first channel only. A filter has a layer for every channel, and its \
answer is the sum over all of them."""
    windows = _seen(frame(x, padding), weights, stride, stride)
    return _weigh(windows[:, :1], weights[:, :1], bias)


def last_channel_only(
    x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
) -> ndarray:
    """Only the last channel is left in its output: each channel overwrites the one before. A \
filter's answer is the sum over all channels, so what each gives must be added."""
    windows = _seen(frame(x, padding), weights, stride, stride)
    return _weigh(windows[:, -1:], weights[:, -1:], bias)


def window_averaged(
    x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
) -> ndarray:
    """It takes the mean over the window. The products are summed: how large the filter is has \
a say in how large the answer is."""
    windows = _seen(frame(x, padding), weights, stride, stride)
    return _weigh(windows, weights / weights[0].size, bias)


def first_image_for_all(
    x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
) -> ndarray:
    """It looks at the first image of the batch for all of them. Each image of the output \
belongs to the image of the input at the same place."""
    same = np.broadcast_to(x[:1], x.shape)
    return _weigh(_seen(frame(same, padding), weights, stride, stride), weights, bias)


def truncated_for_integer_images(
    x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
) -> ndarray:
    """It cuts off what comes after the point when the image holds integers. The output has to \
be floating point, whatever the image is: weights are rarely whole numbers."""
    out = _weigh(_seen(frame(x, padding), weights, stride, stride), weights, bias)
    return out.astype(x.dtype)


def truncated_to_integers(
    x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
) -> ndarray:
    """It cuts off what comes after the point. The output has to be floating point."""
    out = _weigh(_seen(frame(x, padding), weights, stride, stride), weights, bias)
    return out.astype(np.int64)
