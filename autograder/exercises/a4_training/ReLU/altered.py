"""Other formulas of ReLU: backward uses something other than the input."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy import ndarray

from autograder.checking import load_reference

if TYPE_CHECKING:
    from a4_training.network import ReLU as _ReLU
else:
    _ReLU = load_reference(Path(__file__)).ReLU


class ArgumentsExchanged(_ReLU):
    def backward(self, d_out: ndarray) -> ndarray:
        return np.where(d_out > 0, self.x, 0)


class OutputTimesGradient(_ReLU):
    def backward(self, d_out: ndarray) -> ndarray:
        return np.maximum(self.x, 0) * d_out


ALTERED: list[tuple[str, Callable[..., Any]]] = [
    (
        "Its backward pass gives relu_backward the input and the upstream gradient in the wrong "
        "order: look at the order of the arguments.",
        ArgumentsExchanged,
    ),
    (
        "Its backward pass multiplies the upstream gradient by the output: multiply it by the "
        "slope, which is 1 or 0.",
        OutputTimesGradient,
    ),
]
