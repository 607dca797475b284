"""Known mistakes in AvgPool2D: the right layer, with one thing changed."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy import ndarray

from autograder.checking import load_reference
from autograder.exercises.shared.windows import all_windows

if TYPE_CHECKING:
    from a5_going_further.average_pooling import AvgPool2D as _AvgPool2D
else:
    _AvgPool2D = load_reference(Path(__file__)).AvgPool2D


class SumTaken(_AvgPool2D):
    """It adds up each window and does not divide. The mean is wanted, and the gradient is shared \
likewise."""

    def forward(self, x: ndarray) -> ndarray:
        return super().forward(x) * self.pool_size**2

    def backward(self, d_out: ndarray) -> ndarray:
        return super().backward(d_out) * self.pool_size**2


class MaximumTaken(_AvgPool2D):
    """It takes the largest number of each window. That is max pooling; here every pixel counts \
the same."""

    def forward(self, x: ndarray) -> ndarray:
        super().forward(x)
        size, stride = self.pool_size, self.stride
        return all_windows(x, size, size, stride, stride).max(axis=(4, 5))


class AlwaysDividedByFour(_AvgPool2D):
    """It divides by 4, whatever the window. A window has pool_size times pool_size pixels."""

    def forward(self, x: ndarray) -> ndarray:
        return super().forward(x) * self.pool_size**2 / 4

    def backward(self, d_out: ndarray) -> ndarray:
        return super().backward(d_out) * self.pool_size**2 / 4


class DividedByTheSide(_AvgPool2D):
    """It divides by the side of the window. A window has pool_size times pool_size pixels."""

    def forward(self, x: ndarray) -> ndarray:
        return super().forward(x) * self.pool_size

    def backward(self, d_out: ndarray) -> ndarray:
        return super().backward(d_out) * self.pool_size


class StrideIgnored(_AvgPool2D):
    """It lays the windows side by side, whatever the stride. The stride says how far it is from \
one window to the next."""

    def forward(self, x: ndarray) -> ndarray:
        self.stride = self.pool_size
        return super().forward(x)


class GradientNotShared(_AvgPool2D):
    """Its backward pass gives each pixel the whole gradient of its window. In the mean each has \
only its share."""

    def backward(self, d_out: ndarray) -> ndarray:
        return super().backward(d_out) * self.pool_size**2


class GradientToTheTopLeft(_AvgPool2D):
    """Its backward pass gives the whole gradient to the first pixel of a window. Every pixel \
counted the same, and gets the same share."""

    def backward(self, d_out: ndarray) -> ndarray:
        d_x = np.zeros(self.x_shape)
        height, width = d_out.shape[2:]
        down = slice(0, self.stride * height, self.stride)
        d_x[:, :, down, : self.stride * width : self.stride] = d_out
        return d_x


class OverlapsOverwritten(_AvgPool2D):
    """Its backward pass overwrites where windows overlap. A pixel of several windows gets a share \
from each, and the shares are added."""

    def backward(self, d_out: ndarray) -> ndarray:
        d_x = np.zeros(self.x_shape)
        share = d_out / self.pool_size**2
        for i, j in np.ndindex(d_out.shape[2:]):
            top, left = i * self.stride, j * self.stride
            window = (slice(top, top + self.pool_size), slice(left, left + self.pool_size))
            d_x[:, :, window[0], window[1]] = share[:, :, i, j, None, None]
        return d_x


class OverlapsOverwrittenByPlace(_AvgPool2D):
    """Its backward pass sets the gradient of a pixel once for each place in the window, and each \
time overwrites what was there. Where windows overlap, a pixel gets a share from each, and the \
shares are added."""

    def backward(self, d_out: ndarray) -> ndarray:
        d_x = np.zeros(self.x_shape)
        height, width = d_out.shape[2:]
        for u, v in np.ndindex(self.pool_size, self.pool_size):
            down = slice(u, u + self.stride * height, self.stride)
            across = slice(v, v + self.stride * width, self.stride)
            d_x[:, :, down, across] = d_out / self.pool_size**2
        return d_x
