"""Known mistakes in Dense: the right layer, with one thing changed."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy import ndarray

from autograder.checking import load_reference

if TYPE_CHECKING:
    from a4_training.network import Dense as _Dense
else:
    _Dense = load_reference(Path(__file__)).Dense


class GradientsAssigned(_Dense):
    """Its backward pass replaces the gradients that are there already. It adds to them: two \
backward passes without zero_grad between them count both."""

    def backward(self, d_out: ndarray) -> ndarray:
        self.zero_grad()
        return super().backward(d_out)


class GradientsSubtracted(_Dense):
    """It takes the gradients away from what is there. They are added; the optimizer \
subtracts."""

    def backward(self, d_out: ndarray) -> ndarray:
        self.weights.grad -= self.x.T @ d_out
        self.bias.grad -= d_out.sum(axis=0)
        return d_out @ self.weights.value.T


class WeightsGradientForgotten(_Dense):
    """It does not add to the gradient of the weights. Each parameter gets \
its gradient from the backward pass."""

    def backward(self, d_out: ndarray) -> ndarray:
        self.bias.grad += d_out.sum(axis=0)
        return d_out @ self.weights.value.T


class BiasGradientForgotten(_Dense):
    """It does not add to the gradient of the bias. Each parameter \
gets its gradient from the backward pass."""

    def backward(self, d_out: ndarray) -> ndarray:
        self.weights.grad += self.x.T @ d_out
        return d_out @ self.weights.value.T


class UpstreamIgnored(_Dense):
    """It starts from ones. It must start from the upstream gradient that it is given."""

    def backward(self, d_out: ndarray) -> ndarray:
        return super().backward(np.ones_like(d_out))


class UpstreamHandedDown(_Dense):
    """It returns the upstream gradient as it came. The layer below needs the gradient of the \
input: multiply by the weights, transposed."""

    def backward(self, d_out: ndarray) -> ndarray:
        super().backward(d_out)
        return d_out


class WeightsGradientReturned(_Dense):
    """It returns the gradient of its weights. The layer below needs the gradient of the input, \
d_x."""

    def backward(self, d_out: ndarray) -> ndarray:
        super().backward(d_out)
        return self.x.T @ d_out


class BiasIgnored(_Dense):
    """Its forward pass leaves the bias out. Each output adds a number of its own."""

    def forward(self, x: ndarray) -> ndarray:
        self.x = x
        return x @ self.weights.value


class FirstInputKept(_Dense):
    """It keeps the input of the first forward pass for ever. Each backward pass belongs to the \
forward pass just before it."""

    def forward(self, x: ndarray) -> ndarray:
        first = getattr(self, "x", x)
        out = super().forward(x)
        self.x = first
        return out
