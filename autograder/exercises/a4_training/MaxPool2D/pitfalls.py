"""Known mistakes in MaxPool2D: the right layer, with one thing changed."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy import ndarray

from autograder.checking import load_reference

if TYPE_CHECKING:
    from a4_training.network import MaxPool2D as _MaxPool2D
else:
    _MaxPool2D = load_reference(Path(__file__)).MaxPool2D


class AlwaysTwoByTwo(_MaxPool2D):
    """It pools 2 by 2 with stride 2, whatever it was made with. The layer keeps both numbers, \
and the forward pass uses them."""

    def forward(self, x: ndarray) -> ndarray:
        self.pool_size, self.stride = 2, 2
        return super().forward(x)


class StrideAlwaysTwo(_MaxPool2D):
    """It moves the windows by two pixels, whatever stride it was made with. The layer keeps its \
stride, and the forward pass uses it."""

    def forward(self, x: ndarray) -> ndarray:
        self.stride = 2
        return super().forward(x)


class StrideIsPoolSize(_MaxPool2D):
    """It lays the windows side by side, whatever stride it was made with. Windows may overlap \
or leave gaps."""

    def forward(self, x: ndarray) -> ndarray:
        self.stride = self.pool_size
        return super().forward(x)


class StrideAndPoolSizeSwapped(_MaxPool2D):
    """It takes the stride for the size of the window and the size for the stride. Mind the \
order in which the function takes them."""

    def forward(self, x: ndarray) -> ndarray:
        size, stride = self.pool_size, self.stride
        self.pool_size, self.stride = stride, size
        out = super().forward(x)
        self.pool_size, self.stride = size, stride
        return out


class UpstreamIgnored(_MaxPool2D):
    """It starts from ones. It must start from the upstream gradient that it is given."""

    def backward(self, d_out: ndarray) -> ndarray:
        return super().backward(np.ones_like(d_out))


class FirstMaximaKept(_MaxPool2D):
    """It keeps where the maxima of the first forward pass stood, for ever. Each backward pass \
belongs to the forward pass just before it."""

    def forward(self, x: ndarray) -> ndarray:
        first = getattr(self, "max_indices", None)
        out = super().forward(x)
        if first is not None:
            self.max_indices = first
        return out


class IndicesReturnedToo(_MaxPool2D):
    """Its forward pass returns the indices beside the output. The layer keeps them; the next \
layer gets the output alone."""

    def forward(self, x: ndarray) -> ndarray:
        return super().forward(x), self.max_indices  # type: ignore[return-value]
