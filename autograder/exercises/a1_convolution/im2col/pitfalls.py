"""Known mistakes in im2col."""

import numpy as np
from numpy import ndarray

from autograder.exercises.shared.windows import all_windows, as_cols, frame


def rows_are_windows(
    x: ndarray, kernel_height: int, kernel_width: int, stride: int = 1, padding: int = 0
) -> ndarray:
    """It writes every window into a row. Here every window is a column, so that the filters, \
as rows, can be multiplied from the left."""
    return as_cols(all_windows(frame(x, padding), kernel_height, kernel_width, stride, stride)).T


def channels_last_in_rows(
    x: ndarray, kernel_height: int, kernel_width: int, stride: int = 1, padding: int = 0
) -> ndarray:
    """In its rows the channel changes fastest: row 1 is the first pixel of the second channel. A \
flattened filter has all pixels of the first channel before those of the second."""
    windows = all_windows(frame(x, padding), kernel_height, kernel_width, stride, stride)
    rows = x.shape[1] * kernel_height * kernel_width
    return windows.transpose(4, 5, 1, 0, 2, 3).reshape(rows, -1)


def kernel_read_by_columns(
    x: ndarray, kernel_height: int, kernel_width: int, stride: int = 1, padding: int = 0
) -> ndarray:
    """It reads each window column by column. Each window is read row by row: the kernel's \
column changes fastest."""
    windows = all_windows(frame(x, padding), kernel_height, kernel_width, stride, stride)
    rows = x.shape[1] * kernel_height * kernel_width
    return windows.transpose(1, 5, 4, 0, 2, 3).reshape(rows, -1)


def images_last_in_columns(
    x: ndarray, kernel_height: int, kernel_width: int, stride: int = 1, padding: int = 0
) -> ndarray:
    """In its columns the image changes fastest: column 1 is the first window of the second image. \
All windows of the first image come before those of the second."""
    windows = all_windows(frame(x, padding), kernel_height, kernel_width, stride, stride)
    rows = x.shape[1] * kernel_height * kernel_width
    return windows.transpose(1, 4, 5, 2, 3, 0).reshape(rows, -1)


def windows_taken_downwards(
    x: ndarray, kernel_height: int, kernel_width: int, stride: int = 1, padding: int = 0
) -> ndarray:
    """Its columns run down the picture first. The windows are taken along a row, then along the \
next row."""
    windows = all_windows(frame(x, padding), kernel_height, kernel_width, stride, stride)
    rows = x.shape[1] * kernel_height * kernel_width
    return windows.transpose(1, 4, 5, 0, 3, 2).reshape(rows, -1)


def reshape_for_transpose(
    x: ndarray, kernel_height: int, kernel_width: int, stride: int = 1, padding: int = 0
) -> ndarray:
    """It has the right numbers in a matrix of the right shape, but in the wrong places: a \
reshape never changes the order of the numbers. Transpose first, then reshape."""
    windows = all_windows(frame(x, padding), kernel_height, kernel_width, stride, stride)
    return windows.reshape(x.shape[1] * kernel_height * kernel_width, -1)


def windows_reshaped_for_transposed(
    x: ndarray, kernel_height: int, kernel_width: int, stride: int = 1, padding: int = 0
) -> ndarray:
    """It reshapes the windows into rows of the right length. To make a column of every window, \
the matrix of windows has to be transposed, not reshaped."""
    windows = all_windows(frame(x, padding), kernel_height, kernel_width, stride, stride)
    rows = x.shape[1] * kernel_height * kernel_width
    return windows.transpose(0, 2, 3, 1, 4, 5).reshape(rows, -1)


def windows_flipped(
    x: ndarray, kernel_height: int, kernel_width: int, stride: int = 1, padding: int = 0
) -> ndarray:
    """It reads each window from its last pixel to its first. Each window is read as it lies \
in the picture: from the top left to the bottom right."""
    windows = all_windows(frame(x, padding), kernel_height, kernel_width, stride, stride)
    return as_cols(windows[..., ::-1, ::-1])


def padding_ignored(
    x: ndarray, kernel_height: int, kernel_width: int, stride: int = 1, padding: int = 0
) -> ndarray:
    """It leaves the padding out. The windows are cut from the padded picture."""
    return as_cols(all_windows(x, kernel_height, kernel_width, stride, stride))


def padding_top_left_only(
    x: ndarray, kernel_height: int, kernel_width: int, stride: int = 1, padding: int = 0
) -> ndarray:
    """It counts the padding once, as if zeros were above and to the left only. The zeros go on \
all four sides, so height and width grow by twice the padding."""
    padded = np.pad(x, ((0, 0), (0, 0), (padding, 0), (padding, 0)))
    return as_cols(all_windows(padded, kernel_height, kernel_width, stride, stride))


def padding_bottom_right_only(
    x: ndarray, kernel_height: int, kernel_width: int, stride: int = 1, padding: int = 0
) -> ndarray:
    """It puts all the zeros below and to the right of the picture. The zeros go on all four \
sides, the same number on each."""
    padded = np.pad(x, ((0, 0), (0, 0), (0, 2 * padding), (0, 2 * padding)))
    return as_cols(all_windows(padded, kernel_height, kernel_width, stride, stride))


def padding_repeats_the_edge(
    x: ndarray, kernel_height: int, kernel_width: int, stride: int = 1, padding: int = 0
) -> ndarray:
    """It pads with the pixels at the edge. Here the padding is zeros."""
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)), mode="edge")
    return as_cols(all_windows(padded, kernel_height, kernel_width, stride, stride))


def stride_ignored(
    x: ndarray, kernel_height: int, kernel_width: int, stride: int = 1, padding: int = 0
) -> ndarray:
    """It makes a column at every pixel, whatever the stride. The stride says how far apart two \
windows are, so a larger one gives fewer columns."""
    return as_cols(all_windows(frame(x, padding), kernel_height, kernel_width, 1, 1))


def window_moves_one_pixel(
    x: ndarray, kernel_height: int, kernel_width: int, stride: int = 1, padding: int = 0
) -> ndarray:
    """It makes the right number of columns, but from one to the next the window moves one \
pixel. The window moves a whole stride, also where that is more than one."""
    padded = frame(x, padding)
    height = (padded.shape[2] - kernel_height) // stride + 1
    width = (padded.shape[3] - kernel_width) // stride + 1
    return as_cols(all_windows(padded, kernel_height, kernel_width, 1, 1)[:, :, :height, :width])


def stride_down_only(
    x: ndarray, kernel_height: int, kernel_width: int, stride: int = 1, padding: int = 0
) -> ndarray:
    """It moves the window by the stride downwards, but by one pixel to the right. The stride \
holds for both directions."""
    padded = frame(x, padding)
    width = (padded.shape[3] - kernel_width) // stride + 1
    return as_cols(all_windows(padded, kernel_height, kernel_width, stride, 1)[:, :, :, :width])


def kernel_height_and_width_swapped(
    x: ndarray, kernel_height: int, kernel_width: int, stride: int = 1, padding: int = 0
) -> ndarray:
    """It takes the kernel's height for its width and its width for its height. The height \
counts rows, which are axis 2 of the images; the width counts columns, axis 3."""
    return as_cols(all_windows(frame(x, padding), kernel_width, kernel_height, stride, stride))


def kernel_height_for_both(
    x: ndarray, kernel_height: int, kernel_width: int, stride: int = 1, padding: int = 0
) -> ndarray:
    """It makes every window square, as wide as it is high. A kernel need not be square: its \
width is an argument of its own."""
    return as_cols(all_windows(frame(x, padding), kernel_height, kernel_height, stride, stride))


def first_channel_only(
    x: ndarray, kernel_height: int, kernel_width: int, stride: int = 1, padding: int = 0
) -> ndarray:
    """It copies the first channel only. A column holds what the window sees in all channels, \
one below the other."""
    windows = all_windows(frame(x, padding), kernel_height, kernel_width, stride, stride)
    return as_cols(windows[:, :1])


def first_image_only(
    x: ndarray, kernel_height: int, kernel_width: int, stride: int = 1, padding: int = 0
) -> ndarray:
    """It makes columns for the first image only. The windows of all images of the batch stand \
side by side."""
    windows = all_windows(frame(x, padding), kernel_height, kernel_width, stride, stride)
    return as_cols(windows[:1])


def _by_loops(
    padded: ndarray, images: int, rows: int, sizes: tuple[int, int, int, int], stride: int
) -> ndarray:
    """Fill columns window by window, as learners write it; sizes are KH, KW, OH, OW."""
    height, width, down, across = sizes
    cols = np.zeros((rows, images * down * across))
    for place, (n, i, j) in enumerate(np.ndindex(images, down, across)):
        top, left = i * stride, j * stride
        cols[:, place] = padded[n, :, top : top + height, left : left + width].ravel()
    return cols


def _places(size: int, kernel: int, stride: int, padding: int) -> int:
    return (size + 2 * padding - kernel) // stride + 1


def padding_not_in_the_size(
    x: ndarray, kernel_height: int, kernel_width: int, stride: int = 1, padding: int = 0
) -> ndarray:
    """It pads the picture, but makes as few columns as without padding. The padded picture is \
larger, so the window has more places."""
    windows = all_windows(frame(x, padding), kernel_height, kernel_width, stride, stride)
    height = _places(x.shape[2], kernel_height, stride, 0)
    width = _places(x.shape[3], kernel_width, stride, 0)
    return as_cols(windows[:, :, :height, :width])


def padding_in_the_size_only(
    x: ndarray, kernel_height: int, kernel_width: int, stride: int = 1, padding: int = 0
) -> ndarray:
    """It makes more columns than windows fit on its picture: either the picture is not padded \
on all four sides, or the padding counts twice. The last windows reach beyond the edge, and a \
slice ends there."""
    height = _places(x.shape[2], kernel_height, stride, padding)
    width = _places(x.shape[3], kernel_width, stride, padding)
    rows = x.shape[1] * kernel_height * kernel_width
    return _by_loops(x, len(x), rows, (kernel_height, kernel_width, height, width), stride)


def padding_on_all_axes(
    x: ndarray, kernel_height: int, kernel_width: int, stride: int = 1, padding: int = 0
) -> ndarray:
    """It pads more than rows and columns, and so adds whole channels of zeros. Only height and \
width are padded: each axis has an amount of its own."""
    height = _places(x.shape[2], kernel_height, stride, padding)
    width = _places(x.shape[3], kernel_width, stride, padding)
    rows, sizes = x.shape[1] * kernel_height * kernel_width, (kernel_height, kernel_width)
    return _by_loops(np.pad(x, padding), len(x), rows, (*sizes, height, width), stride)


def nothing_fits_without_padding(
    x: ndarray, kernel_height: int, kernel_width: int, stride: int = 1, padding: int = 0
) -> ndarray:
    """With padding 0 there is no room for the picture: a slice that ends at minus 0 ends at the \
start. Say where the picture ends by its size, counted from the front."""
    images, channels, height, width = x.shape
    padded = np.zeros((images, channels, height + 2 * padding, width + 2 * padding))
    padded[:, :, padding:-padding, padding:-padding] = x
    return as_cols(all_windows(padded, kernel_height, kernel_width, stride, stride))


def picture_height_and_width_swapped(
    x: ndarray, kernel_height: int, kernel_width: int, stride: int = 1, padding: int = 0
) -> ndarray:
    """It takes the picture's height for its width and its width for its height. A shape is \
read as (N, C, H, W): the height, axis 2, comes before the width."""
    height = _places(x.shape[3], kernel_height, stride, padding)
    width = _places(x.shape[2], kernel_width, stride, padding)
    rows, sizes = x.shape[1] * kernel_height * kernel_width, (kernel_height, kernel_width)
    return _by_loops(frame(x, padding), len(x), rows, (*sizes, height, width), stride)


def one_place_too_few(
    x: ndarray, kernel_height: int, kernel_width: int, stride: int = 1, padding: int = 0
) -> ndarray:
    """It leaves the last row and the last column of windows out. A window that has n steps to go \
stands at n + 1 places, the first one included."""
    windows = all_windows(frame(x, padding), kernel_height, kernel_width, stride, stride)
    return as_cols(windows[:, :, :-1, :-1])


def images_one_row_apart(
    x: ndarray, kernel_height: int, kernel_width: int, stride: int = 1, padding: int = 0
) -> ndarray:
    """Its columns of a second image begin one row of windows after the first image's, and \
overwrite them. Before an image come all places of all images before it, rows times columns."""
    windows = all_windows(frame(x, padding), kernel_height, kernel_width, stride, stride)
    images, _, height, width = windows.shape[:4]
    right = as_cols(windows)
    cols = np.zeros_like(right)
    for place, (n, i, j) in enumerate(np.ndindex(images, height, width)):
        cols[:, n * height + i * width + j] = right[:, place]
    return cols
