"""Known mistakes in ReLU."""

import numpy as np
from numpy import ndarray


class _Right:
    """The right layer, to change one thing in."""

    x: ndarray

    def parameters(self) -> list[object]:
        return []

    def zero_grad(self) -> None:
        return None

    def forward(self, x: ndarray) -> ndarray:
        self.x = x
        return np.maximum(x, 0)

    def backward(self, d_out: ndarray) -> ndarray:
        return d_out * (self.x > 0)


class UpstreamIgnored(_Right):
    """Its backward pass returns the slope alone, 1 or 0. The chain rule multiplies the slope by \
the upstream gradient."""

    def backward(self, d_out: ndarray) -> ndarray:
        return (self.x > 0) * 1.0


class PassesEverything(_Right):
    """Its backward pass lets the whole gradient through. Where the input was not positive, no \
gradient comes back."""

    def backward(self, d_out: ndarray) -> ndarray:
        return d_out.copy()


class MaskFromTheGradient(_Right):
    """It lets positive gradients through. Which gradients go through is decided by the input \
of the forward pass: keep it."""

    def backward(self, d_out: ndarray) -> ndarray:
        return d_out * (d_out > 0)


class FirstInputKept(_Right):
    """It keeps the input of the first forward pass for ever. Each backward pass belongs to the \
forward pass just before it."""

    def forward(self, x: ndarray) -> ndarray:
        if not hasattr(self, "x"):
            self.x = x
        return np.maximum(x, 0)


class NothingCut(_Right):
    """Its forward pass lets everything through. Put 0 for negative numbers, as relu_forward \
does."""

    def forward(self, x: ndarray) -> ndarray:
        self.x = x
        return x.copy()
