"""Known mistakes in col2im."""

from collections.abc import Iterator

import numpy as np
from numpy import ndarray

Shape = tuple[int, int, int, int]


class _Fold:
    """The sizes of one col2im, the windows (C, KH, KW, N, OH, OW), and an empty frame."""

    def __init__(
        self, cols: ndarray, x_shape: Shape, height: int, width: int, stride: int, padding: int
    ) -> None:
        self.images, self.channels, self.rows, self.columns = x_shape
        self.height, self.width, self.stride, self.padding = height, width, stride, padding
        self.out_height = (self.rows + 2 * padding - height) // stride + 1
        self.out_width = (self.columns + 2 * padding - width) // stride + 1
        self.windows = cols.reshape(
            self.channels, height, width, self.images, self.out_height, self.out_width
        )
        self.padded = np.zeros(
            (self.images, self.channels, self.rows + 2 * padding, self.columns + 2 * padding)
        )

    def places(self) -> Iterator[tuple[int, int, slice, slice]]:
        """For each place (u, v) in the kernel, the pixels of the padded picture that it touches."""
        for u in range(self.height):
            for v in range(self.width):
                yield u, v, self.span(u, self.out_height), self.span(v, self.out_width)

    def span(self, start: int, count: int) -> slice:
        return slice(start, start + self.stride * count, self.stride)

    def at(self, u: int, v: int) -> ndarray:
        return self.windows[:, u, v].transpose(1, 0, 2, 3)

    def add_all(self) -> ndarray:
        for u, v, down, across in self.places():
            self.padded[:, :, down, across] += self.at(u, v)
        return self.padded

    def crop(self, padded: ndarray) -> ndarray:
        p = self.padding
        return padded[:, :, p : p + self.rows, p : p + self.columns]


def last_kernel_place_wins(
    cols: ndarray,
    x_shape: Shape,
    kernel_height: int,
    kernel_width: int,
    stride: int = 1,
    padding: int = 0,
) -> ndarray:
    """Where windows overlap, it keeps only the last number. A pixel in three windows gets three \
numbers: they add up. Add each number with += on a slice; with arrays of indices, += would keep \
only the last one."""
    fold = _Fold(cols, x_shape, kernel_height, kernel_width, stride, padding)
    for u, v, down, across in fold.places():
        fold.padded[:, :, down, across] = fold.at(u, v)
    return fold.crop(fold.padded)


def last_window_wins(
    cols: ndarray,
    x_shape: Shape,
    kernel_height: int,
    kernel_width: int,
    stride: int = 1,
    padding: int = 0,
) -> ndarray:
    """Where windows overlap, it keeps only the last window's number. A pixel in three windows \
gets three numbers: they add up. Add each number with += on a slice; with arrays of indices, += \
would keep only the last one."""
    fold = _Fold(cols, x_shape, kernel_height, kernel_width, stride, padding)
    for i in range(fold.out_height):
        for j in range(fold.out_width):
            top, left = i * stride, j * stride
            window = fold.windows[..., i, j].transpose(3, 0, 1, 2)
            fold.padded[:, :, top : top + kernel_height, left : left + kernel_width] = window
    return fold.crop(fold.padded)


def overlaps_averaged(
    cols: ndarray,
    x_shape: Shape,
    kernel_height: int,
    kernel_width: int,
    stride: int = 1,
    padding: int = 0,
) -> ndarray:
    """Where windows overlap, it takes the mean. That would undo im2col; a gradient is the sum, \
since a pixel in three windows changes three outputs."""
    fold = _Fold(cols, x_shape, kernel_height, kernel_width, stride, padding)
    total = fold.add_all()
    count = _Fold(np.ones_like(cols), x_shape, kernel_height, kernel_width, stride, padding)
    return fold.crop(total / np.maximum(count.add_all(), 1))


def nothing_left_without_padding(
    cols: ndarray,
    x_shape: Shape,
    kernel_height: int,
    kernel_width: int,
    stride: int = 1,
    padding: int = 0,
) -> ndarray:
    """With padding 0 its result is empty: a slice that ends at minus 0 ends at the start. Say \
where the picture ends by its size, counted from the front."""
    padded = _Fold(cols, x_shape, kernel_height, kernel_width, stride, padding).add_all()
    return padded[:, :, padding:-padding, padding:-padding]


def padding_not_cut_away(
    cols: ndarray,
    x_shape: Shape,
    kernel_height: int,
    kernel_width: int,
    stride: int = 1,
    padding: int = 0,
) -> ndarray:
    """It returns the picture with its padding. Cut the padding away, so that the result has the \
shape of the images."""
    return _Fold(cols, x_shape, kernel_height, kernel_width, stride, padding).add_all()


def padding_cut_at_the_end_only(
    cols: ndarray,
    x_shape: Shape,
    kernel_height: int,
    kernel_width: int,
    stride: int = 1,
    padding: int = 0,
) -> ndarray:
    """Its pictures are shifted down and to the right, as if there were padding below and on the \
right only. In the padded picture the image starts at row `padding` and column `padding`."""
    fold = _Fold(cols, x_shape, kernel_height, kernel_width, stride, padding)
    return fold.add_all()[:, :, : fold.rows, : fold.columns]


def width_cut_like_the_height(
    cols: ndarray,
    x_shape: Shape,
    kernel_height: int,
    kernel_width: int,
    stride: int = 1,
    padding: int = 0,
) -> ndarray:
    """It cuts the width as it cuts the height. An image need not be square: the width is the \
last number of the shape."""
    fold = _Fold(cols, x_shape, kernel_height, kernel_width, stride, padding)
    p, height = padding, fold.rows
    return fold.add_all()[:, :, p : p + height, p : p + height]


def reshape_for_transpose(
    cols: ndarray,
    x_shape: Shape,
    kernel_height: int,
    kernel_width: int,
    stride: int = 1,
    padding: int = 0,
) -> ndarray:
    """It unfolds the columns with the image in front, but in the columns the channel comes \
first. A reshape never changes the order of the numbers: unfold the axes as they are, then \
swap them."""
    fold = _Fold(cols, x_shape, kernel_height, kernel_width, stride, padding)
    sizes = (kernel_height, kernel_width, fold.out_height, fold.out_width)
    mixed = cols.reshape(fold.images, fold.channels, *sizes)
    fold.windows = mixed.transpose(1, 2, 3, 0, 4, 5)
    return fold.crop(fold.add_all())


def channels_last_in_rows(
    cols: ndarray,
    x_shape: Shape,
    kernel_height: int,
    kernel_width: int,
    stride: int = 1,
    padding: int = 0,
) -> ndarray:
    """It reads the rows as if the channel came last. The rows of im2col run by channel, then \
kernel row, then kernel column."""
    fold = _Fold(cols, x_shape, kernel_height, kernel_width, stride, padding)
    sizes = (fold.images, fold.out_height, fold.out_width)
    mixed = cols.reshape(kernel_height, kernel_width, fold.channels, *sizes)
    fold.windows = mixed.transpose(2, 0, 1, 3, 4, 5)
    return fold.crop(fold.add_all())


def kernel_read_by_columns(
    cols: ndarray,
    x_shape: Shape,
    kernel_height: int,
    kernel_width: int,
    stride: int = 1,
    padding: int = 0,
) -> ndarray:
    """It reads each column as a window written column by column. The rows of im2col run by \
kernel row, then kernel column: the kernel's column changes fastest."""
    fold = _Fold(cols, x_shape, kernel_height, kernel_width, stride, padding)
    sizes = (fold.images, fold.out_height, fold.out_width)
    mixed = cols.reshape(fold.channels, kernel_width, kernel_height, *sizes)
    fold.windows = mixed.transpose(0, 2, 1, 3, 4, 5)
    return fold.crop(fold.add_all())


def images_last_in_columns(
    cols: ndarray,
    x_shape: Shape,
    kernel_height: int,
    kernel_width: int,
    stride: int = 1,
    padding: int = 0,
) -> ndarray:
    """It reads the columns as if the image changed fastest. All windows of the first image come \
before those of the second."""
    fold = _Fold(cols, x_shape, kernel_height, kernel_width, stride, padding)
    sizes = (kernel_height, kernel_width, fold.out_height, fold.out_width)
    mixed = cols.reshape(fold.channels, *sizes, fold.images)
    fold.windows = mixed.transpose(0, 1, 2, 5, 3, 4)
    return fold.crop(fold.add_all())


def windows_taken_downwards(
    cols: ndarray,
    x_shape: Shape,
    kernel_height: int,
    kernel_width: int,
    stride: int = 1,
    padding: int = 0,
) -> ndarray:
    """It reads the columns as if the windows ran down the picture first. They run along a row, \
then along the next row."""
    fold = _Fold(cols, x_shape, kernel_height, kernel_width, stride, padding)
    sizes = (kernel_height, kernel_width, fold.images)
    mixed = cols.reshape(fold.channels, *sizes, fold.out_width, fold.out_height)
    fold.windows = mixed.transpose(0, 1, 2, 3, 5, 4)
    return fold.crop(fold.add_all())


def windows_flipped(
    cols: ndarray,
    x_shape: Shape,
    kernel_height: int,
    kernel_width: int,
    stride: int = 1,
    padding: int = 0,
) -> ndarray:
    """It turns each window by 180 degrees. Every number goes back to the pixel that it was \
copied from."""
    fold = _Fold(cols, x_shape, kernel_height, kernel_width, stride, padding)
    fold.windows = fold.windows[:, ::-1, ::-1]
    return fold.crop(fold.add_all())


def window_moves_one_pixel(
    cols: ndarray,
    x_shape: Shape,
    kernel_height: int,
    kernel_width: int,
    stride: int = 1,
    padding: int = 0,
) -> ndarray:
    """From one column to the next it moves the window one pixel, not a whole stride. The \
windows go back to where im2col took them."""
    fold = _Fold(cols, x_shape, kernel_height, kernel_width, stride, padding)
    fold.stride = 1
    return fold.crop(fold.add_all())


def stride_down_only(
    cols: ndarray,
    x_shape: Shape,
    kernel_height: int,
    kernel_width: int,
    stride: int = 1,
    padding: int = 0,
) -> ndarray:
    """It moves the windows by the stride downwards, but by one pixel to the right. The stride \
holds for both directions."""
    fold = _Fold(cols, x_shape, kernel_height, kernel_width, stride, padding)
    for u, v, down, _ in fold.places():
        fold.padded[:, :, down, v : v + fold.out_width] += fold.at(u, v)
    return fold.crop(fold.padded)


def first_channel_for_all(
    cols: ndarray,
    x_shape: Shape,
    kernel_height: int,
    kernel_width: int,
    stride: int = 1,
    padding: int = 0,
) -> ndarray:
    """It gives all channels what belongs to the first. Each channel has rows of its own in \
the columns."""
    fold = _Fold(cols, x_shape, kernel_height, kernel_width, stride, padding)
    fold.windows = np.broadcast_to(fold.windows[:1], fold.windows.shape)
    return fold.crop(fold.add_all())
