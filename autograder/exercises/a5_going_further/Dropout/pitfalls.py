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
    """It drops and does not enlarge the rest. Then the next layer sees smaller sums in training \
than later; make up for it at once."""

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
    """It divides what is left by the rate. A share of 1 - rate is left, so that is what makes up \
for the rest."""

    def forward(self, x: ndarray) -> ndarray:
        if not self.training:
            return super().forward(x)
        self.factor = (self.rng.random(x.shape) >= self.rate) / self.rate
        return x * self.factor


class TrainingIgnored(_Dropout):
    """It drops even when it is not training. A network that is asked for an answer uses all it \
has."""

    def forward(self, x: ndarray) -> ndarray:
        was, self.training = self.training, True
        out = super().forward(x)
        self.training = was
        return out


class ScaledAfterTraining(_Dropout):
    """It enlarges nothing in training and scales down afterwards. That is the old form; inverted \
dropout makes up at once and leaves x alone later."""

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
    """Its backward pass lets everything through. What was dropped had no say in the output, so it \
gets no gradient."""

    def backward(self, d_out: ndarray) -> ndarray:
        return d_out


class NotEnlargedBackward(_Dropout):
    """Its backward pass drops, and does not enlarge. What was enlarged forward moves the output \
by so much more, and so does its gradient."""

    def backward(self, d_out: ndarray) -> ndarray:
        return d_out * (self.factor > 0)
