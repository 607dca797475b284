"""Known mistakes in Conv2D: the right layer, with one thing changed."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy import ndarray

from autograder.checking import load_reference

if TYPE_CHECKING:
    from a4_training.network import Conv2D as _Conv2D
else:
    _Conv2D = load_reference(Path(__file__)).Conv2D


class GradientsAssigned(_Conv2D):
    """Its backward pass replaces the gradients that are there already. It adds to them: two \
backward passes without zero_grad between them count both."""

    def backward(self, d_out: ndarray) -> ndarray:
        self.zero_grad()
        return super().backward(d_out)


class GradientsSubtracted(_Conv2D):
    """It takes the gradients away from what is there. They are added; the optimizer \
subtracts."""

    def backward(self, d_out: ndarray) -> ndarray:
        kept = [parameter.grad.copy() for parameter in self.parameters()]
        d_x = super().backward(d_out)
        for parameter, before in zip(self.parameters(), kept, strict=True):
            parameter.grad = 2 * before - parameter.grad
        return d_x


class WeightsGradientForgotten(_Conv2D):
    """It does not add to the gradient of the weights. Each \
parameter gets its gradient from the backward pass."""

    def backward(self, d_out: ndarray) -> ndarray:
        before = self.weights.grad.copy()
        d_x = super().backward(d_out)
        self.weights.grad = before
        return d_x


class BiasGradientForgotten(_Conv2D):
    """It does not add to the gradient of the bias. Each parameter \
gets its gradient from the backward pass."""

    def backward(self, d_out: ndarray) -> ndarray:
        before = self.bias.grad.copy()
        d_x = super().backward(d_out)
        self.bias.grad = before
        return d_x


class UpstreamIgnored(_Conv2D):
    """It starts from ones. It must start from the upstream gradient that it is given."""

    def backward(self, d_out: ndarray) -> ndarray:
        return super().backward(np.ones_like(d_out))


class BiasIgnored(_Conv2D):
    """Its forward pass leaves the bias out. Each filter adds its own number."""

    def forward(self, x: ndarray) -> ndarray:
        return super().forward(x) - self.bias.value[:, None, None]


class StrideIgnored(_Conv2D):
    """It convolves with stride 1, whatever it was made with. The layer keeps its stride, and \
both passes use it."""

    def forward(self, x: ndarray) -> ndarray:
        self.stride = 1
        return super().forward(x)


class PaddingIgnored(_Conv2D):
    """It convolves without padding, whatever it was made with. The layer keeps its padding, and \
both passes use it."""

    def forward(self, x: ndarray) -> ndarray:
        self.padding = 0
        return super().forward(x)


class StrideAndPaddingIgnored(_Conv2D):
    """It convolves with stride 1 and without padding, whatever it was made with. The layer \
keeps both, and both passes use them."""

    def forward(self, x: ndarray) -> ndarray:
        self.stride, self.padding = 1, 0
        return super().forward(x)


class WeightsGradientReturned(_Conv2D):
    """It returns the gradient of its weights. The layer below needs the gradient of the input, \
d_x."""

    def backward(self, d_out: ndarray) -> ndarray:
        before = self.weights.grad.copy()
        super().backward(d_out)
        return self.weights.grad - before
