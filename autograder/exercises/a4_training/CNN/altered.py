"""Other formulas of CNN: one line of a loop passes on something else."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy import ndarray

from autograder.checking import load_reference

if TYPE_CHECKING:
    from a4_training.network import CNN as _CNN
else:
    _CNN = load_reference(Path(__file__)).CNN


class BackwardNotHandedOn(_CNN):
    def backward(self, d_out: ndarray) -> ndarray:
        for layer in reversed(self.layers):
            layer.backward(d_out)
        return d_out


class ForwardNotHandedOn(_CNN):
    def forward(self, x: ndarray) -> ndarray:
        for layer in self.layers:
            layer.forward(x)
        return x


class EachGetsTheInput(_CNN):
    def forward(self, x: ndarray) -> ndarray:
        for layer in self.layers:
            out: ndarray = layer.forward(x)
        return out


class EachGetsTheGradient(_CNN):
    def backward(self, d_out: ndarray) -> ndarray:
        for layer in reversed(self.layers):
            d_x: ndarray = layer.backward(d_out)
        return d_x


class EachGetsTheSame(EachGetsTheInput, EachGetsTheGradient):
    pass


class GradientsZeroed(_CNN):
    def backward(self, d_out: ndarray) -> ndarray:
        self.zero_grad()
        d_x: ndarray = super().backward(d_out)
        return d_x


class SoftmaxAtTheEnd(_CNN):
    def forward(self, x: ndarray) -> ndarray:
        scores = super().forward(x)
        powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
        shares: ndarray = powers / powers.sum(axis=-1, keepdims=True)
        return shares


class ReluAfterEachLayer(_CNN):
    def forward(self, x: ndarray) -> ndarray:
        for layer in self.layers:
            x = np.maximum(layer.forward(x), 0)
        return x


ALTERED: list[tuple[str, Callable[..., Any]]] = [
    *(
        (
            "Every layer gets the same: hand the output of each layer to the next, and in the "
            "backward pass the gradient of each to the one before.",
            network,
        )
        for network in (EachGetsTheInput, EachGetsTheGradient, EachGetsTheSame)
    ),
    (
        "It sets the gradients to 0 in forward or backward: they add up until somebody calls "
        "zero_grad.",
        GradientsZeroed,
    ),
    (
        "Its forward pass returns softmax of the scores: it returns the scores themselves, and "
        "softmax belongs to the loss.",
        SoftmaxAtTheEnd,
    ),
    (
        "Its forward pass cuts negative numbers off after each layer: ReLU is a layer of its own, "
        "in the list or not.",
        ReluAfterEachLayer,
    ),
    (
        "Its backward pass gives every layer the same d_out: each layer's backward returns the "
        "gradient for the layer before it.",
        BackwardNotHandedOn,
    ),
    (
        "Its forward pass gives every layer the same x: each layer's output is the input of the "
        "next.",
        ForwardNotHandedOn,
    ),
]
