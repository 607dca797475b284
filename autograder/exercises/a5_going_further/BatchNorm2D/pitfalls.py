"""Known mistakes in BatchNorm2D: the right layer, with one thing changed."""

from pathlib import Path
from typing import TYPE_CHECKING

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


class _OtherStatistics(_BatchNorm2D):
    """Normalises in training by a mean and a variance of its own."""

    axes: tuple[int, ...] = _ALL_BUT_CHANNELS
    one_less = 0
    along_channels = False

    def forward(self, x: ndarray) -> ndarray:
        out = super().forward(x)
        if not self.training:
            return out
        mean, variance = x.mean(axis=self.axes), x.var(axis=self.axes, ddof=self.one_less)
        if self.along_channels:
            mean, variance = _along_channels(mean), _along_channels(variance)
        self.x_hat = (x - mean) / np.sqrt(variance + self.epsilon)
        gamma, beta = _along_channels(self.gamma.value), _along_channels(self.beta.value)
        return gamma * self.x_hat + beta


class StatisticsOverImagesOnly(_OtherStatistics):
    """It takes mean and variance of each pixel over the images. Take them over images, rows and \
columns together."""

    axes = (0,)


class StatisticsOverImagesLaidAlongChannels(_OtherStatistics):
    """It takes mean and variance over the images only, so that every pixel still has its own. \
Take them over images, rows and columns together: one number is left for each channel."""

    axes = (0,)
    along_channels = True


class StatisticsOverImagesAndChannels(_OtherStatistics):
    """It takes mean and variance over images and channels, so that every place has its own. \
Only the channel's axis stays: average over the other three."""

    axes = (0, 1)


class StatisticsOverImagesAndChannelsLaidAlongChannels(_OtherStatistics):
    """It takes mean and variance over images and channels. The channel is the one axis that \
stays: average over images, rows and columns, and one number is left for each channel."""

    axes = (0, 1)
    along_channels = True


class StatisticsOfEachColumn(_OtherStatistics):
    """It takes mean and variance over the first three axes, so that every column has its own. The \
channel is the one axis that stays, and that is the second."""

    axes = (0, 1, 2)


class StatisticsOfEachColumnLaidAlongChannels(_OtherStatistics):
    """It takes mean and variance over the first three axes, and uses each column's for a channel. \
The channel is the one axis that stays, and that is the second."""

    axes = (0, 1, 2)
    along_channels = True


class VarianceByOneLess(_OtherStatistics):
    """Its variance divides by one less than the count. Here it is the mean of the squared \
distances: it divides by N*H*W."""

    axes = _ALL_BUT_CHANNELS
    one_less = 1
    along_channels = True


class StatisticsOfEachImage(_BatchNorm2D):
    """It normalises each image by itself. The mean and the variance are those of the whole \
batch, channel by channel."""

    def forward(self, x: ndarray) -> ndarray:
        if not self.training:
            return super().forward(x)
        super().forward(x)
        mean, variance = x.mean(axis=(2, 3), keepdims=True), x.var(axis=(2, 3), keepdims=True)
        self.x_hat = (x - mean) / np.sqrt(variance + self.epsilon)
        gamma, beta = _along_channels(self.gamma.value), _along_channels(self.beta.value)
        return gamma * self.x_hat + beta


class RootForgotten(_BatchNorm2D):
    """It divides by the variance. To bring the variance to 1, divide by its square root."""

    def forward(self, x: ndarray) -> ndarray:
        super().forward(x)
        self.x_hat = self.x_hat * self.scale
        self.scale = self.scale**2
        gamma, beta = _along_channels(self.gamma.value), _along_channels(self.beta.value)
        return gamma * self.x_hat + beta


class GammaIgnored(_BatchNorm2D):
    """It does not scale by gamma. After normalising, each channel is multiplied by its gamma, \
and its beta is added."""

    def forward(self, x: ndarray) -> ndarray:
        super().forward(x)
        return self.x_hat + _along_channels(self.beta.value)


class BetaIgnored(_BatchNorm2D):
    """It does not add beta. After normalising, each channel is multiplied by its gamma, and its \
beta is added."""

    def forward(self, x: ndarray) -> ndarray:
        return super().forward(x) - _along_channels(self.beta.value)


class MomentumTurnedRound(_BatchNorm2D):
    """It keeps little of the running estimates and takes most from the newest batch. Momentum is \
the share of the new."""

    def forward(self, x: ndarray) -> ndarray:
        self.momentum = 1 - self.momentum
        out = super().forward(x)
        self.momentum = 1 - self.momentum
        return out


class RunningEstimatesForgotten(_BatchNorm2D):
    """It never renews the running estimates. Outside training they are used in place of the \
batch's mean and variance."""

    def forward(self, x: ndarray) -> ndarray:
        before = self.running_mean, self.running_variance
        out = super().forward(x)
        self.running_mean, self.running_variance = before
        return out


class UnbiasedVarianceKept(_BatchNorm2D):
    """Its running variance divides by one less than the count. Here it is the same variance as \
the one that normalises."""

    def forward(self, x: ndarray) -> ndarray:
        before = self.running_variance
        out = super().forward(x)
        if self.training:
            newest = x.var(axis=_ALL_BUT_CHANNELS, ddof=1)
            self.running_variance = (1 - self.momentum) * before + self.momentum * newest
        return out


class BatchUsedInInference(_BatchNorm2D):
    """It normalises by the batch even when it is not training. Then an image's output depends on \
its neighbours; use the running estimates."""

    def forward(self, x: ndarray) -> ndarray:
        if self.training:
            return super().forward(x)
        before = self.running_mean, self.running_variance
        self.training = True
        out = super().forward(x)
        self.training = False
        self.running_mean, self.running_variance = before
        return out


class TrainingIgnored(_BatchNorm2D):
    """It works as in training, also when `training` is False. Then the running estimates are used \
and do not move."""

    def forward(self, x: ndarray) -> ndarray:
        was, self.training = self.training, True
        out = super().forward(x)
        self.training = was
        return out

    def backward(self, d_out: ndarray) -> ndarray:
        was, self.training = self.training, True
        d_x = super().backward(d_out)
        self.training = was
        return d_x


class EstimatesMoveInInference(_BatchNorm2D):
    """It renews the running estimates even when it is not training. Outside training they stay \
as they are."""

    def forward(self, x: ndarray) -> ndarray:
        out = super().forward(x)
        if not self.training:
            keep = 1 - self.momentum
            self.running_mean = keep * self.running_mean + self.momentum * x.mean(
                axis=_ALL_BUT_CHANNELS
            )
            newest = x.var(axis=_ALL_BUT_CHANNELS)
            self.running_variance = keep * self.running_variance + self.momentum * newest
        return out


class StatisticsTakenForConstants(_BatchNorm2D):
    """Its backward pass treats mean and variance as constants in training too. Each pixel \
changes both, and so changes all outputs of its channel."""

    def backward(self, d_out: ndarray) -> ndarray:
        super().backward(d_out)
        return d_out * _along_channels(self.gamma.value) * self.scale


class MeanPathForgotten(_BatchNorm2D):
    """Its backward pass leaves out that each pixel changes the mean. Subtract the mean of \
d_x_hat over the channel."""

    def backward(self, d_out: ndarray) -> ndarray:
        d_x = super().backward(d_out)
        if self.training:
            d_x_hat = d_out * _along_channels(self.gamma.value)
            d_x = d_x + self.scale * d_x_hat.mean(axis=_ALL_BUT_CHANNELS, keepdims=True)
        return d_x


class VariancePathForgotten(_BatchNorm2D):
    """Its backward pass leaves out that each pixel changes the variance. Subtract x_hat times \
the mean of d_x_hat * x_hat over the channel."""

    def backward(self, d_out: ndarray) -> ndarray:
        d_x = super().backward(d_out)
        if self.training:
            d_x_hat = d_out * _along_channels(self.gamma.value)
            common = np.mean(d_x_hat * self.x_hat, axis=_ALL_BUT_CHANNELS, keepdims=True)
            d_x = d_x + self.scale * self.x_hat * common
        return d_x


class GammaForgottenBackward(_BatchNorm2D):
    """Its d_x leaves gamma out. The gradient of x_hat is d_out times gamma."""

    def backward(self, d_out: ndarray) -> ndarray:
        super().backward(d_out)
        gammas = [gradient.grad.copy() for gradient in self.parameters()]
        value = self.gamma.value
        self.gamma.value = np.ones_like(value)
        d_x = super().backward(d_out)
        self.gamma.value = value
        self.gamma.grad, self.beta.grad = gammas
        return d_x


class GradientsAssigned(_BatchNorm2D):
    """Its backward pass replaces the gradients that are there already. It adds to them: two \
backward passes without zero_grad between them count both."""

    def backward(self, d_out: ndarray) -> ndarray:
        self.zero_grad()
        return super().backward(d_out)


class GradientsAreMeans(_BatchNorm2D):
    """It takes means for the gradients of gamma and beta. Their gradients are sums over images, \
rows and columns."""

    def backward(self, d_out: ndarray) -> ndarray:
        before = [parameter.grad.copy() for parameter in self.parameters()]
        d_x = super().backward(d_out)
        count = d_out[:, 0].size
        for parameter, old in zip(self.parameters(), before, strict=True):
            parameter.grad = old + (parameter.grad - old) / count
        return d_x
