"""Other formulas of Dropout: its random numbers are drawn or used in another way."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy import ndarray

from autograder.checking import load_reference

if TYPE_CHECKING:
    from a5_going_further.regularization import Dropout as _Dropout
else:
    _Dropout = load_reference(Path(__file__)).Dropout


class _OtherMask(_Dropout):
    """Dropout with another mask in training."""

    def mask(self, x: ndarray) -> ndarray:
        raise NotImplementedError

    def forward(self, x: ndarray) -> ndarray:
        self.factor = np.ones(x.shape)
        if self.training:
            self.factor = self.mask(x) * np.ones(x.shape) / (1 - self.rate)
        return x * self.factor


class SmallerOutsideTraining(_Dropout):
    def forward(self, x: ndarray) -> ndarray:
        if self.training:
            self.factor = np.asarray(self.rng.random(x.shape) >= self.rate, dtype=float)
            return x * self.factor
        self.factor = np.ones(x.shape)
        return x * (1 - self.rate)


class OneMaskForTheBatch(_OtherMask):
    def mask(self, x: ndarray) -> ndarray:
        return np.asarray(self.rng.random(x.shape[1:]) >= self.rate)


class FirstImagesMask(_OtherMask):
    def mask(self, x: ndarray) -> ndarray:
        return np.asarray(self.rng.random(x.shape)[:1] >= self.rate)


class FirstMaskKept(_OtherMask):
    def mask(self, x: ndarray) -> ndarray:
        if not hasattr(self, "kept"):
            self.kept = self.rng.random(x.shape) >= self.rate
        return np.asarray(self.kept)


class OneNumberForAnImage(_OtherMask):
    def mask(self, x: ndarray) -> ndarray:
        return np.asarray(self.rng.random((x.shape[0],) + (1,) * (x.ndim - 1)) >= self.rate)


class OneNumberForAChannel(_OtherMask):
    def mask(self, x: ndarray) -> ndarray:
        return np.asarray(self.rng.random(x.shape[:2] + (1,) * (x.ndim - 2)) >= self.rate)


class OneNumberForAll(_OtherMask):
    def mask(self, x: ndarray) -> ndarray:
        return np.asarray(self.rng.random() >= self.rate)


class NormalNumbers(_OtherMask):
    def mask(self, x: ndarray) -> ndarray:
        return np.asarray(self.rng.standard_normal(x.shape) >= self.rate)


class Binomial(_OtherMask):
    def mask(self, x: ndarray) -> ndarray:
        return np.asarray(self.rng.binomial(1, 1 - self.rate, x.shape))


class BelowWhatIsKept(_OtherMask):
    def mask(self, x: ndarray) -> ndarray:
        return np.asarray(self.rng.random(x.shape) < 1 - self.rate)


class TrainingExchanged(_Dropout):
    def forward(self, x: ndarray) -> ndarray:
        self.factor = np.ones(x.shape)
        if not self.training:
            self.factor = (self.rng.random(x.shape) >= self.rate) / (1 - self.rate)
        return x * self.factor


class ScaledOutsideTraining(_Dropout):
    def forward(self, x: ndarray) -> ndarray:
        out = super().forward(x)
        if not self.training:
            self.factor = np.full(x.shape, 1 - self.rate)
            out = x * self.factor
        return out


class EnlargedOutsideTraining(_Dropout):
    def forward(self, x: ndarray) -> ndarray:
        out = super().forward(x)
        if not self.training:
            self.factor = np.full(x.shape, 1 / (1 - self.rate))
            out = x * self.factor
        return out


class NewMaskBackward(_Dropout):
    """Whatever `training` says, unless a subclass asks for it."""

    def drops(self) -> bool:
        return True

    def backward(self, d_out: ndarray) -> ndarray:
        if not self.drops():
            return d_out
        return d_out * (self.rng.random(d_out.shape) >= self.rate) / (1 - self.rate)


class NewMaskBackwardInTraining(NewMaskBackward):
    def drops(self) -> bool:
        return self.training


class _RateKept(_Dropout):
    """Dropout that takes rate for the share that is kept, with either end of the numbers."""

    below = True

    def forward(self, x: ndarray) -> ndarray:
        self.factor = np.ones(x.shape)
        if self.training:
            drawn = self.rng.random(x.shape)
            keep = drawn < self.rate if self.below else drawn >= 1 - self.rate
            self.factor = keep / self.rate
        return x * self.factor


class LowNumbersKept(_RateKept):
    pass


class HighNumbersKept(_RateKept):
    below = False


_RATE = (
    "It takes rate for the share that is kept: rate is the share that is dropped, so keep where "
    "rng.random(x.shape) >= rate, and divide by 1 - rate."
)

ALTERED: list[tuple[str, Callable[..., Any]]] = [
    (
        "It does not enlarge in training, and makes everything smaller outside training: here it "
        "divides by 1 - rate in training, and outside training out is x.",
        SmallerOutsideTraining,
    ),
    (
        "It drops numbers outside training, and none in training: the two branches of the if are "
        "exchanged.",
        TrainingExchanged,
    ),
    (
        "It draws one mask for the whole batch: rng.random(x.shape) gives each image its own.",
        OneMaskForTheBatch,
    ),
    (
        "It uses the first image's mask for all images: each image has numbers of its own to drop.",
        FirstImagesMask,
    ),
    (
        "It draws its mask once and keeps it: every forward pass in training draws a new one.",
        FirstMaskKept,
    ),
    (
        "It draws one number for a whole image: rng.random(x.shape) gives each number its own.",
        OneNumberForAnImage,
    ),
    (
        "It draws one number for a whole channel: rng.random(x.shape) gives each number its own.",
        OneNumberForAChannel,
    ),
    (
        "It draws one number for everything: rng.random(x.shape) gives each number its own.",
        OneNumberForAll,
    ),
    (
        "It draws normal numbers: rng.random(x.shape) draws uniform ones from 0 to 1.",
        NormalNumbers,
    ),
    (
        "It draws from rng.binomial: rng.random(x.shape) >= rate is asked for, so that the same "
        "generator gives the same mask.",
        Binomial,
    ),
    (
        "It keeps a number where the random one is below 1 - rate. The share is right; but "
        "rng.random(x.shape) >= rate is asked for, so that the same generator gives the same mask.",
        BelowWhatIsKept,
    ),
    (
        "Outside training it multiplies by 1 - rate: training has enlarged already, so with "
        "training False out is x itself.",
        ScaledOutsideTraining,
    ),
    (
        "Outside training it divides by 1 - rate: nothing is dropped there, so out is x itself.",
        EnlargedOutsideTraining,
    ),
    *(
        (
            "Its backward pass draws new random numbers: what it lets through is what the forward "
            "pass has let through, so keep that mask.",
            layer,
        )
        for layer in (NewMaskBackward, NewMaskBackwardInTraining)
    ),
    (_RATE, LowNumbersKept),
    (_RATE, HighNumbersKept),
]
