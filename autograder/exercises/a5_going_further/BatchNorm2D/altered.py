"""Other formulas of BatchNorm2D: one line computes something else."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy import ndarray

from autograder.checking import load_reference

if TYPE_CHECKING:
    from a5_going_further.normalization import BatchNorm2D as _BatchNorm2D
else:
    _BatchNorm2D = load_reference(Path(__file__)).BatchNorm2D

_ALL_BUT_CHANNELS = (0, 2, 3)


def _along_channels(values: ndarray) -> ndarray:
    return values[:, None, None]


class _Steps(_BatchNorm2D):
    """The layer in steps, each of which a subclass replaces."""

    def statistics(self, x: ndarray) -> tuple[ndarray, ndarray]:
        return x.mean(axis=_ALL_BUT_CHANNELS), x.var(axis=_ALL_BUT_CHANNELS)

    def one_over_root(self, variance: ndarray) -> ndarray:
        return np.asarray(1 / np.sqrt(variance + self.epsilon))

    def keep(self, mean: ndarray, variance: ndarray) -> None:
        share = self.momentum
        self.running_mean = (1 - share) * self.running_mean + share * mean
        self.running_variance = (1 - share) * self.running_variance + share * variance

    def set_free(self) -> ndarray:
        gamma, beta = self.gamma.value, self.beta.value
        return _along_channels(gamma) * self.x_hat + _along_channels(beta)

    def forward(self, x: ndarray) -> ndarray:
        if self.training:
            mean, variance = self.statistics(x)
            self.keep(mean, variance)
        else:
            mean, variance = self.running_mean, self.running_variance
        self.x = x
        self.scale = _along_channels(self.one_over_root(variance))
        self.x_hat = (x - _along_channels(mean)) * self.scale
        return self.set_free()


class StandardDeviation(_Steps):
    def statistics(self, x: ndarray) -> tuple[ndarray, ndarray]:
        return x.mean(axis=_ALL_BUT_CHANNELS), x.std(axis=_ALL_BUT_CHANNELS)


class AllChannels(_Steps):
    def statistics(self, x: ndarray) -> tuple[ndarray, ndarray]:
        ones = np.ones(x.shape[1])
        return x.mean() * ones, x.var() * ones


class EpsilonOutside(_Steps):
    def one_over_root(self, variance: ndarray) -> ndarray:
        return np.asarray(1 / (np.sqrt(variance) + self.epsilon))


class EpsilonFixed(_Steps):
    def one_over_root(self, variance: ndarray) -> ndarray:
        return np.asarray(1 / np.sqrt(variance + 1e-5))


class NoEpsilon(_Steps):
    def one_over_root(self, variance: ndarray) -> ndarray:
        return np.asarray(1 / np.sqrt(variance))


class MomentumFixed(_Steps):
    def keep(self, mean: ndarray, variance: ndarray) -> None:
        self.running_mean = 0.9 * self.running_mean + 0.1 * mean
        self.running_variance = 0.9 * self.running_variance + 0.1 * variance


class NewestKept(_Steps):
    def keep(self, mean: ndarray, variance: ndarray) -> None:
        self.running_mean, self.running_variance = mean, variance


class DeviationKept(_Steps):
    def keep(self, mean: ndarray, variance: ndarray) -> None:
        super().keep(mean, np.sqrt(variance))


class RunningInTraining(_Steps):
    def forward(self, x: ndarray) -> ndarray:
        if not self.training:
            return super().forward(x)
        self.keep(*self.statistics(x))
        self.scale = _along_channels(self.one_over_root(self.running_variance))
        self.x_hat = (x - _along_channels(self.running_mean)) * self.scale
        return self.set_free()


class BetaBeforeGamma(_Steps):
    def set_free(self) -> ndarray:
        shifted = self.x_hat + _along_channels(self.beta.value)
        return np.asarray(_along_channels(self.gamma.value) * shifted)


class AlongColumns(_Steps):
    def set_free(self) -> ndarray:
        return np.asarray(self.gamma.value * self.x_hat + self.beta.value)


class GradientFromX(_Steps):
    def backward(self, d_out: ndarray) -> ndarray:
        before = self.gamma.grad.copy()
        d_x = super().backward(d_out)
        self.gamma.grad = before + np.sum(d_out * self.x, axis=_ALL_BUT_CHANNELS)
        return d_x


class GradientFromCentred(_Steps):
    def backward(self, d_out: ndarray) -> ndarray:
        before = self.gamma.grad.copy()
        d_x = super().backward(d_out)
        products = d_out * self.x_hat / self.scale
        self.gamma.grad = before + np.sum(products, axis=_ALL_BUT_CHANNELS)
        return d_x


class GradientsAveraged(_Steps):
    def backward(self, d_out: ndarray) -> ndarray:
        before = [parameter.grad.copy() for parameter in self.parameters()]
        d_x = super().backward(d_out)
        for parameter, old in zip(self.parameters(), before, strict=True):
            parameter.grad = old + (parameter.grad - old) / d_out[:, 0].size
        return d_x


class NoGradients(_Steps):
    def backward(self, d_out: ndarray) -> ndarray:
        before = [parameter.grad.copy() for parameter in self.parameters()]
        d_x = super().backward(d_out)
        for parameter, old in zip(self.parameters(), before, strict=True):
            parameter.grad = old
        return d_x


class NothingKept(_Steps):
    def keep(self, mean: ndarray, variance: ndarray) -> None:
        pass


class GradientsSwapped(_Steps):
    def backward(self, d_out: ndarray) -> ndarray:
        gamma, beta = self.gamma.grad.copy(), self.beta.grad.copy()
        d_x = super().backward(d_out)
        d_gamma, d_beta = self.gamma.grad - gamma, self.beta.grad - beta
        self.gamma.grad, self.beta.grad = gamma + d_beta, beta + d_gamma
        return d_x


class _OtherDX(_Steps):
    """A d_x of its own, from the gradient of x_hat."""

    def backward(self, d_out: ndarray) -> ndarray:
        super().backward(d_out)
        d_x_hat = d_out * _along_channels(self.gamma.value)
        return self.d_x(d_x_hat)

    def parts(self, d_x_hat: ndarray) -> tuple[ndarray, ndarray]:
        along_ones = d_x_hat.mean(axis=_ALL_BUT_CHANNELS, keepdims=True)
        along_x_hat = np.mean(d_x_hat * self.x_hat, axis=_ALL_BUT_CHANNELS, keepdims=True)
        return along_ones, self.x_hat * along_x_hat

    def d_x(self, d_x_hat: ndarray) -> ndarray:
        raise NotImplementedError


class ScaleForgotten(_OtherDX):
    def d_x(self, d_x_hat: ndarray) -> ndarray:
        if not self.training:
            return d_x_hat
        ones, x_hat = self.parts(d_x_hat)
        return d_x_hat - ones - x_hat


class ScaleForgottenInTraining(_OtherDX):
    def d_x(self, d_x_hat: ndarray) -> ndarray:
        if not self.training:
            return np.asarray(d_x_hat * self.scale)
        ones, x_hat = self.parts(d_x_hat)
        return d_x_hat - ones - x_hat


class OneSumForMean(_OtherDX):
    def d_x(self, d_x_hat: ndarray) -> ndarray:
        if not self.training:
            return np.asarray(d_x_hat * self.scale)
        ones, x_hat = self.parts(d_x_hat)
        return np.asarray(self.scale * (d_x_hat - d_x_hat[:, 0].size * ones - x_hat))


class DividedByTheImages(_OtherDX):
    def d_x(self, d_x_hat: ndarray) -> ndarray:
        if not self.training:
            return np.asarray(d_x_hat * self.scale)
        ones, x_hat = self.parts(d_x_hat)
        places = d_x_hat[0, 0].size
        return np.asarray(self.scale * (d_x_hat - places * (ones + x_hat)))


class ScaleForgottenOutsideTraining(_OtherDX):
    def d_x(self, d_x_hat: ndarray) -> ndarray:
        if not self.training:
            return d_x_hat
        ones, x_hat = self.parts(d_x_hat)
        return np.asarray(self.scale * (d_x_hat - ones - x_hat))


class SumsForMeans(_OtherDX):
    def d_x(self, d_x_hat: ndarray) -> ndarray:
        if not self.training:
            return np.asarray(d_x_hat * self.scale)
        ones, x_hat = self.parts(d_x_hat)
        count = d_x_hat[:, 0].size
        return np.asarray(self.scale * (d_x_hat - count * ones - count * x_hat))


class SignOfVariancePath(_OtherDX):
    def d_x(self, d_x_hat: ndarray) -> ndarray:
        if not self.training:
            return np.asarray(d_x_hat * self.scale)
        ones, x_hat = self.parts(d_x_hat)
        return np.asarray(self.scale * (d_x_hat - ones + x_hat))


class VariancePathTwice(_OtherDX):
    def d_x(self, d_x_hat: ndarray) -> ndarray:
        if not self.training:
            return np.asarray(d_x_hat * self.scale)
        ones, x_hat = self.parts(d_x_hat)
        return np.asarray(self.scale * (d_x_hat - ones - 2 * x_hat))


class TrainingsDX(_OtherDX):
    def d_x(self, d_x_hat: ndarray) -> ndarray:
        ones, x_hat = self.parts(d_x_hat)
        return np.asarray(self.scale * (d_x_hat - ones - x_hat))


class VariancePathHalf(_OtherDX):
    def d_x(self, d_x_hat: ndarray) -> ndarray:
        if not self.training:
            return np.asarray(d_x_hat * self.scale)
        ones, x_hat = self.parts(d_x_hat)
        return np.asarray(self.scale * (d_x_hat - ones - x_hat / 2))


class VariancePathUnscaled(_OtherDX):
    def d_x(self, d_x_hat: ndarray) -> ndarray:
        if not self.training:
            return np.asarray(d_x_hat * self.scale)
        ones, x_hat = self.parts(d_x_hat)
        return np.asarray(self.scale * (d_x_hat - ones) - x_hat)


class DividedByEverything(_OtherDX):
    def d_x(self, d_x_hat: ndarray) -> ndarray:
        if not self.training:
            return np.asarray(d_x_hat * self.scale)
        ones, x_hat = self.parts(d_x_hat)
        return np.asarray(self.scale * (d_x_hat - (ones + x_hat) / d_x_hat.shape[1]))


class OldEstimateWhole(_Steps):
    def keep(self, mean: ndarray, variance: ndarray) -> None:
        self.running_mean = self.running_mean + self.momentum * mean
        self.running_variance = self.running_variance + self.momentum * variance


class OverImagesAlone(_Steps):
    """Each place of a channel has a mean and a variance of its own."""

    def forward(self, x: ndarray) -> ndarray:
        if not self.training:
            return super().forward(x)
        mean, variance = x.mean(axis=0), x.var(axis=0)
        self.x = x
        self.scale = self.one_over_root(variance)
        self.x_hat = (x - mean) * self.scale
        out = self.set_free()
        self.keep(mean, variance)
        return out


ALTERED: list[tuple[str, Callable[..., Any]]] = [
    (
        "In training it takes means over the images alone (axis=0): the mean and the variance of a "
        "channel are over images, rows and columns, axis=(0, 2, 3).",
        OverImagesAlone,
    ),
    (
        "It divides by the root of the standard deviation: x.std is the root already, so divide by "
        "sqrt(variance + epsilon) with x.var.",
        StandardDeviation,
    ),
    (
        "It takes mean and variance over all channels together: average over the axes (0, 2, 3), "
        "so that each channel has its own.",
        AllChannels,
    ),
    (
        "It adds epsilon outside the square root; it belongs inside, sqrt(variance + epsilon).",
        EpsilonOutside,
    ),
    ("It uses an epsilon of 1e-5: use self.epsilon.", EpsilonFixed),
    ("It leaves epsilon out: sqrt(variance + epsilon).", NoEpsilon),
    ("It uses a momentum of 0.1: use self.momentum.", MomentumFixed),
    (
        "Its running estimates are those of the newest batch alone: keep (1 - momentum) of the old "
        "ones.",
        NewestKept,
    ),
    ("It keeps the standard deviation as running_variance: keep the variance.", DeviationKept),
    (
        "It normalises by the running estimates in training too: in training use the batch's own "
        "mean and variance.",
        RunningInTraining,
    ),
    ("It adds beta before it multiplies by gamma: gamma * x_hat + beta.", BetaBeforeGamma),
    (
        "It lays gamma and beta along the last axis, the columns: [:, None, None] puts them along "
        "the channels.",
        AlongColumns,
    ),
    (
        "{name} sums d_out * x: the gradient of gamma is the sum of d_out * x_hat.",
        GradientFromX,
    ),
    (
        "{name} sums d_out * (x - mean): the gradient of gamma is the sum of d_out * x_hat.",
        GradientFromCentred,
    ),
    ("{name} is a mean over the channel: it is a sum.", GradientsAveraged),
    ("{name} is not changed by backward: add the gradient to it.", NoGradients),
    (
        "{name} does not change in training: move it towards the batch's by the share momentum.",
        NothingKept,
    ),
    ("It exchanges the gradients of gamma and beta.", GradientsSwapped),
    (
        "{name} is not multiplied by 1 / sqrt(variance + epsilon) in training.",
        ScaleForgottenInTraining,
    ),
    (
        "{name} divides the sums over the channel by the number of images: divide by N*H*W.",
        DividedByTheImages,
    ),
    (
        "{name} subtracts the sum of d_x_hat over the channel: subtract the mean.",
        OneSumForMean,
    ),
    (
        "{name} is not multiplied by 1 / sqrt(variance + epsilon), in training or outside it.",
        ScaleForgotten,
    ),
    (
        "{name} is not multiplied by 1 / sqrt(variance + epsilon) outside training.",
        ScaleForgottenOutsideTraining,
    ),
    (
        "{name} subtracts sums over the channel: subtract the means of d_x_hat and of "
        "d_x_hat * x_hat.",
        SumsForMeans,
    ),
    (
        "{name} adds the part that comes through the variance: subtract it.",
        SignOfVariancePath,
    ),
    (
        "{name} subtracts the part that comes through the variance twice: subtract it once.",
        VariancePathTwice,
    ),
    (
        "{name} subtracts half of the part that comes through the variance: the derivative of a "
        "square has the factor 2.",
        VariancePathHalf,
    ),
    (
        "In {name} the part that comes through the variance is not multiplied by "
        "1 / sqrt(variance + epsilon): all three parts are.",
        VariancePathUnscaled,
    ),
    (
        "{name} divides the sums over the channel by N*C*H*W: a channel has N*H*W numbers.",
        DividedByEverything,
    ),
    (
        "{name} keeps the whole old estimate: multiply it by 1 - momentum.",
        OldEstimateWhole,
    ),
    (
        "{name} is that of training also outside training: there mean and variance are constants, "
        "so d_x is d_out * gamma / sqrt(variance + epsilon).",
        TrainingsDX,
    ),
]
