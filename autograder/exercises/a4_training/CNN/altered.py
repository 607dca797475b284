"""What CNN gives when one of its loops hands on something else."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

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


ALTERED: list[tuple[str, Callable[..., Any]]] = [
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
