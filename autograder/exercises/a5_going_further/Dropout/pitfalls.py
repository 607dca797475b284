"""Known mistakes in Dropout: the right layer, with one thing changed."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy import ndarray

from autograder.checking import load_reference

if TYPE_CHECKING:
    from a5_going_further.regularization import Dropout as _Dropout
else:
    _Dropout = load_reference(Path(__file__)).Dropout


class NotEnlarged(_Dropout):
    """It drops and does not enlarge the rest. Divide the rest by 1 - rate, so that the mean \
stays the same."""

    def forward(self, x: ndarray) -> ndarray:
        super().forward(x)
        mask: ndarray = (self.factor > 0) * 1.0
        self.factor = mask
        return x * mask


class RateIsWhatIsKept(_Dropout):
    """It keeps the share that should be dropped. rate is how much goes, 1 - rate is how much \
stays."""

    def forward(self, x: ndarray) -> ndarray:
        if not self.training:
            return super().forward(x)
        self.factor = (self.rng.random(x.shape) < self.rate) / (1 - self.rate)
        return x * self.factor


class EnlargedByTheRate(_Dropout):
    """It divides what is left by the rate. A share of 1 - rate is left, so divide by that."""

    def forward(self, x: ndarray) -> ndarray:
        if not self.training:
            return super().forward(x)
        self.factor = (self.rng.random(x.shape) >= self.rate) / self.rate
        return x * self.factor


class TrainingIgnored(_Dropout):
    """It drops even when it is not training. With training False, out is x."""

    def forward(self, x: ndarray) -> ndarray:
        was, self.training = self.training, True
        out = super().forward(x)
        self.training = was
        return out


class ScaledAfterTraining(_Dropout):
    """It enlarges nothing in training and scales down afterwards. Inverted dropout divides in \
training, and leaves x as it is outside."""

    def forward(self, x: ndarray) -> ndarray:
        super().forward(x)
        factor: ndarray = np.asarray(1 - self.rate)
        if self.training:
            factor = (self.factor > 0) * 1.0
        self.factor = factor
        return x * factor


class NewNumbersBackward(_Dropout):
    """Its backward pass draws new random numbers. The gradient goes back through what the forward \
pass kept, and nothing else."""

    def backward(self, d_out: ndarray) -> ndarray:
        if not self.training:
            return d_out
        return d_out * (self.rng.random(d_out.shape) >= self.rate) / (1 - self.rate)


class NothingDroppedBackward(_Dropout):
    """Its backward pass lets everything through. What was dropped did not change the output, so \
its gradient is 0."""

    def backward(self, d_out: ndarray) -> ndarray:
        return d_out


class NotEnlargedBackward(_Dropout):
    """Its backward pass drops, and does not enlarge. In training, divide the \
gradient by 1 - rate."""

    def backward(self, d_out: ndarray) -> ndarray:
        return d_out * (self.factor > 0)
