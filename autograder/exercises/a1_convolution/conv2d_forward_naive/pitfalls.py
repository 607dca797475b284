"""Known mistakes in conv2d_forward_naive."""

import numpy as np
from numpy import ndarray

from autograder.exercises.shared.windows import all_windows, frame


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
    """It leaves the padding out. The window moves over the padded picture, so it starts outside \
the picture."""
    return _weigh(_seen(x, weights, stride, stride), weights, bias)


def padding_top_left_only(
    x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
) -> ndarray:
    """It counts the padding once, as if zeros were above and to the left only. The zeros go on \
all four sides, so height and width grow by twice the padding."""
    padded = np.pad(x, ((0, 0), (0, 0), (padding, 0), (padding, 0)))
    return _weigh(_seen(padded, weights, stride, stride), weights, bias)


def padding_bottom_right_only(
    x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
) -> ndarray:
    """It puts all the zeros below and to the right of the picture. The zeros go on all four \
sides, the same number on each."""
    padded = np.pad(x, ((0, 0), (0, 0), (0, 2 * padding), (0, 2 * padding)))
    return _weigh(_seen(padded, weights, stride, stride), weights, bias)


def padding_of_rows_only(
    x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
) -> ndarray:
    """It pads the height and not the width. The zeros go on all four sides."""
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (0, 0)))
    return _weigh(_seen(padded, weights, stride, stride), weights, bias)


def padding_repeats_the_edge(
    x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
) -> ndarray:
    """It pads with the pixels at the edge. Here the padding is zeros."""
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
    """It leaves the bias out. Each filter adds its own number to each of its outputs."""
    return _weigh(_seen(frame(x, padding), weights, stride, stride), weights, 0 * bias)


def bias_added_for_every_channel(
    x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
) -> ndarray:
    """It adds the bias once for every channel. A filter sums over all channels to one number, \
and its bias is added to that once."""
    windows = _seen(frame(x, padding), weights, stride, stride)
    return _weigh(windows, weights, bias * x.shape[1])


def bias_added_at_every_pixel(
    x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
) -> ndarray:
    """It adds the bias to every product and sums afterwards. The bias is added once, to the sum \
over the whole window."""
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
    """It looks at the first channel only. A filter has weights for every channel, and its \
output is the sum over all of them."""
    windows = _seen(frame(x, padding), weights, stride, stride)
    return _weigh(windows[:, :1], weights[:, :1], bias)


def last_channel_only(
    x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
) -> ndarray:
    """Only the last channel is left in its output: each channel overwrites the one before. A \
filter's output is the sum over all channels, so add what each gives."""
    windows = _seen(frame(x, padding), weights, stride, stride)
    return _weigh(windows[:, -1:], weights[:, -1:], bias)


def window_averaged(
    x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
) -> ndarray:
    """It takes the mean over the window. The products are summed and not divided: a larger \
filter gives larger outputs."""
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


def _by_loops(
    padded: ndarray, weights: ndarray, bias: ndarray, out: ndarray, stride: int
) -> ndarray:
    """Fill `out` window by window, as learners write it: where shapes do not fit, NumPy raises."""
    height, width = weights.shape[2:]
    for n, f, i, j in np.ndindex(out.shape):
        down, across = i * stride, j * stride
        window = padded[n, :, down : down + height, across : across + width]
        out[n, f, i, j] = np.sum(window * weights[f]) + bias[f]
    return out


def padding_not_in_the_size(
    x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
) -> ndarray:
    """It pads the picture, but its output is as small as without padding. The padded picture is \
larger, so the window has more places."""
    height, width = _sizes(x, weights, stride, 0)
    right = _weigh(_seen(frame(x, padding), weights, stride, stride), weights, bias)
    return right[:, :, :height, :width]


def padding_in_the_size_only(
    x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
) -> ndarray:
    """Its output is larger than the picture that the windows lie on: either the picture is not \
padded, or the padding counts twice. The last windows reach beyond the edge, and a slice ends \
there."""
    out = np.zeros((len(x), len(weights), *_sizes(x, weights, stride, padding)))
    return _by_loops(x, weights, bias, out, stride)


def padding_on_all_axes(
    x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
) -> ndarray:
    """It pads more than rows and columns, and so adds whole channels of zeros. Only height and \
width are padded: each axis has an amount of its own."""
    out = np.zeros((len(x), len(weights), *_sizes(x, weights, stride, padding)))
    return _by_loops(np.pad(x, padding), weights, bias, out, stride)


def nothing_fits_without_padding(
    x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
) -> ndarray:
    """With padding 0 there is no room for the picture: a slice that ends at minus 0 ends at the \
start. Say where the picture ends by its size, counted from the front."""
    images, channels, height, width = x.shape
    padded = np.zeros((images, channels, height + 2 * padding, width + 2 * padding))
    padded[:, :, padding:-padding, padding:-padding] = x
    return _weigh(_seen(padded, weights, stride, stride), weights, bias)


def picture_height_and_width_swapped(
    x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
) -> ndarray:
    """It takes the picture's height for its width and its width for its height. A shape is \
read as (N, C, H, W): the height, axis 2, comes before the width."""
    height = (x.shape[3] + 2 * padding - weights.shape[2]) // stride + 1
    width = (x.shape[2] + 2 * padding - weights.shape[3]) // stride + 1
    out = np.zeros((len(x), len(weights), height, width))
    return _by_loops(frame(x, padding), weights, bias, out, stride)


def room_for_the_output_transposed(
    x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
) -> ndarray:
    """It makes an output whose height and width are exchanged, and then writes outside of it. \
Rows come before columns: (N, F, OH, OW)."""
    height, width = _sizes(x, weights, stride, padding)
    right = _weigh(_seen(frame(x, padding), weights, stride, stride), weights, bias)
    out = np.zeros((len(x), len(weights), width, height))
    for place in np.ndindex(right.shape):
        out[place] = right[place]
    return out


def one_place_too_few(
    x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
) -> ndarray:
    """It leaves the last row and the last column of windows out. A window that has n steps to go \
stands at n + 1 places, the first one included."""
    right = _weigh(_seen(frame(x, padding), weights, stride, stride), weights, bias)
    return right[:, :, :-1, :-1]


def bias_along_the_width(
    x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
) -> ndarray:
    """It lays the biases along the last axis, the width of the picture. There is one for each \
filter, and broadcasting lines up from the right: the places after the filter need axes too."""
    windows = _seen(frame(x, padding), weights, stride, stride)
    return _weigh(windows, weights, 0 * bias) + bias


def bias_along_the_height(
    x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
) -> ndarray:
    """It lays the biases along the height of the picture. There is one for each filter, and \
broadcasting lines up from the right: both axes after the filter need one of length 1."""
    windows = _seen(frame(x, padding), weights, stride, stride)
    return _weigh(windows, weights, 0 * bias) + bias[:, None]


def matrix_product_for_products(
    x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
) -> ndarray:
    """It takes the matrix product of window and filter, which mixes rows with columns. Each \
pixel is multiplied by the weight at its place: use *, then sum."""
    windows = _seen(frame(x, padding), weights, stride, stride)
    return np.einsum("ncijuv,fcvw->nfij", windows, weights) + bias[:, None, None]


def _pixel_by_pixel(
    padded: ndarray, weights: ndarray, bias: ndarray, out: ndarray, stride: int
) -> ndarray:
    """Fill `out` with a loop over the kernel too: what lies outside is then an index, no slice."""
    for place in np.ndindex(out.shape):
        n, f, i, j = place
        for c, u, v in np.ndindex(weights.shape[1:]):
            pixel = padded[n, c, i * stride + u, j * stride + v]
            out[place] += pixel * weights[f, c, u, v]
        out[place] += bias[f]
    return out


def padding_in_the_size_only_pixel_by_pixel(
    x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
) -> ndarray:
    """Its output is as large as padding makes it, but the picture is not padded: the last \
windows read pixels beyond the edge. Put the zeros around the picture first."""
    out = np.zeros((len(x), len(weights), *_sizes(x, weights, stride, padding)))
    return _pixel_by_pixel(x, weights, bias, out, stride)


def picture_height_and_width_swapped_pixel_by_pixel(
    x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
) -> ndarray:
    """It takes the picture's height for its width and its width for its height. A shape is \
read as (N, C, H, W): the height, axis 2, comes before the width."""
    height = (x.shape[3] + 2 * padding - weights.shape[2]) // stride + 1
    width = (x.shape[2] + 2 * padding - weights.shape[3]) // stride + 1
    out = np.zeros((len(x), len(weights), height, width))
    return _pixel_by_pixel(frame(x, padding), weights, bias, out, stride)
