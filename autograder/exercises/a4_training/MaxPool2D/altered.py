"""Other formulas of MaxPool2D: backward does not use the positions of the maxima."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy import ndarray

from autograder.checking import load_reference

if TYPE_CHECKING:
    from a4_training.network import MaxPool2D as _MaxPool2D
else:
    _MaxPool2D = load_reference(Path(__file__)).MaxPool2D


class EveryPixel(_MaxPool2D):
    """Every pixel of a window gets the gradient."""

    def share(self) -> float:
        return 1.0

    def forward(self, x: ndarray) -> ndarray:
        self.input_shape = x.shape
        out: ndarray = super().forward(x)
        return out

    def backward(self, d_out: ndarray) -> ndarray:
        d_x = np.zeros(self.input_shape)
        size, stride = self.pool_size, self.stride
        for i, j in np.ndindex(d_out.shape[2:]):
            window = np.s_[:, :, i * stride : i * stride + size, j * stride : j * stride + size]
            d_x[window] += self.share() * d_out[:, :, i : i + 1, j : j + 1]
        return d_x


class SharedAmongPixels(EveryPixel):
    def share(self) -> float:
        return 1 / self.pool_size**2


class Repeated(EveryPixel):
    """As EveryPixel where the windows lie side by side and fill the picture."""

    def backward(self, d_out: ndarray) -> ndarray:
        return d_out.repeat(self.pool_size, axis=2).repeat(self.pool_size, axis=3)


class SizeFromTheGradient(_MaxPool2D):
    """The size of the picture is computed from the output's."""

    def backward(self, d_out: ndarray) -> ndarray:
        self.x_shape = (*d_out.shape[:2], *(size * self.stride for size in d_out.shape[2:]))
        d_x: ndarray = super().backward(d_out)
        return d_x


ALTERED: list[tuple[str, Callable[..., Any]]] = [
    *(
        (
            "{name} gives every pixel of a window the gradient: only the pixel that won gets it, "
            "so call maxpool2d_backward with the places that forward kept.",
            layer,
        )
        for layer in (EveryPixel, Repeated)
    ),
    (
        "{name} has a size computed from that of d_out: OH * stride is not always H. Keep x.shape "
        "in forward.",
        SizeFromTheGradient,
    ),
    (
        "{name} shares the gradient among the pixels of a window, as average pooling does: only "
        "the pixel that won gets it.",
        SharedAmongPixels,
    ),
]
