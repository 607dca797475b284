"""Other formulas of a layer with weights and a bias: one line computes something else."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy import ndarray


def altered_layers(base: Any) -> list[tuple[str, Callable[..., Any]]]:
    """Pairs of a sentence and a wrong subclass of `base`, the right Dense or Conv2D."""

    class Mean(base):
        def added(self, gradient: ndarray, images: int) -> ndarray:
            return gradient / images

        def backward(self, d_out: ndarray) -> ndarray:
            before = [parameter.grad.copy() for parameter in self.parameters()]
            d_x: ndarray = super().backward(d_out)
            for parameter, old in zip(self.parameters(), before, strict=True):
                parameter.grad = old + self.added(parameter.grad - old, len(d_out))
            return d_x

    class Assigned(base):
        def backward(self, d_out: ndarray) -> ndarray:
            self.zero_grad()
            d_x: ndarray = super().backward(d_out)
            return d_x

    class Twice(Mean):
        def added(self, gradient: ndarray, images: int) -> ndarray:
            return 2 * gradient

    class Half(Mean):
        def added(self, gradient: ndarray, images: int) -> ndarray:
            return gradient / 2

    class OutputKept(base):
        """Its backward pass uses the output in place of the input; both need the same shape."""

        def forward(self, x: ndarray) -> ndarray:
            out: ndarray = super().forward(x)
            self.x = out
            return out

    class CutAtZero(base):
        def forward(self, x: ndarray) -> ndarray:
            return np.maximum(super().forward(x), 0)

    class CutInBothPasses(CutAtZero):
        def forward(self, x: ndarray) -> ndarray:
            self.out = super().forward(x)
            return self.out

        def backward(self, d_out: ndarray) -> ndarray:
            d_x: ndarray = super().backward(d_out * (self.out > 0))
            return d_x

    class BiasTwice(base):
        def forward(self, x: ndarray) -> ndarray:
            out: ndarray = super().forward(x)
            return out + self.bias.value.reshape(-1, *(1,) * (out.ndim - 2))

    class BiasSubtracted(base):
        def forward(self, x: ndarray) -> ndarray:
            out: ndarray = super().forward(x)
            return out - 2 * self.bias.value.reshape(-1, *(1,) * (out.ndim - 2))

    relu = "It cuts negative numbers off: that is the work of the ReLU layer that comes after it."
    return [
        ("{name} is divided by the number of images: do not divide.", Mean),
        (
            "{name} is assigned (=) where the gradient should be added (+=): two backward passes "
            "without zero_grad between them count both.",
            Assigned,
        ),
        (
            "It keeps its output in self.x: the backward pass needs the input.",
            OutputKept,
        ),
        ("{name} gets the gradient twice: add it once.", Twice),
        ("{name} gets half of the gradient: add all of it.", Half),
        ("{name} has no negative numbers: cutting them off is the ReLU layer's work.", CutAtZero),
        (relu, CutInBothPasses),
        ("{name} has the bias twice: the function that it calls adds it already.", BiasTwice),
        ("{name} has the bias subtracted: add it.", BiasSubtracted),
    ]
