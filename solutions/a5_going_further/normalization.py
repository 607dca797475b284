"""a5 · Batch normalisation: each channel to mean 0 and variance 1, then scaled and shifted.

Every layer leaves the arrays that it is given as they are, and returns new ones.
"""

import numpy as np
from a4_training.network import Layer, Parameter


class BatchNorm2D(Layer):
    """Normalise each channel over the batch and all places, then scale and shift it.

    In training, with mean and variance taken over axes (N, H, W) of the batch itself:

        x_hat = (x - mean) / sqrt(variance + epsilon)
        out   = gamma * x_hat + beta

    and a running estimate is kept for later (variance divides by N*H*W, not by one less):

        running_mean     = (1 - momentum) * running_mean     + momentum * mean
        running_variance = (1 - momentum) * running_variance + momentum * variance

    With `training` set to False, the running estimates stand in for mean and variance, are
    constants for the backward pass, and do not change: an image's output then no longer
    depends on its neighbours in the batch.

    Args:
        channels: C.
        epsilon: keeps the square root away from 0.
        momentum: share of the newest batch in the running estimates.
        dtype: of the parameters.

    Attributes:
        gamma, beta: Parameters of shape (C,), at first 1 and 0.
        running_mean, running_variance: arrays of shape (C,), at first 0 and 1.
        training: True at first.

    Source: Ioffe and Szegedy, "Batch Normalization" (2015), algorithms 1 and 2; the backward
    pass is the chain rule through x_hat, mean and variance (section 3).

    Example:
        >>> BatchNorm2D(1).forward(np.array([[[[1.0, 3.0]]]])).round(3).tolist()
        [[[[-1.0, 1.0]]]]
    """

    def __init__(
        self,
        channels: int,
        epsilon: float = 1e-5,
        momentum: float = 0.1,
        dtype: type = np.float64,
    ) -> None:
        self.gamma = Parameter(np.ones(channels, dtype=dtype))
        self.beta = Parameter(np.zeros(channels, dtype=dtype))
        self.running_mean = np.zeros(channels, dtype=dtype)
        self.running_variance = np.ones(channels, dtype=dtype)
        self.epsilon = epsilon
        self.momentum = momentum
        self.training = True

    def parameters(self) -> list[Parameter]:
        return [self.gamma, self.beta]

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Return the normalised, scaled and shifted images, the shape of x: (N, C, H, W)."""
        ### BEGIN SOLUTION
        if self.training:
            mean, variance = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
            keep = 1 - self.momentum
            self.running_mean = keep * self.running_mean + self.momentum * mean
            self.running_variance = keep * self.running_variance + self.momentum * variance
        else:
            mean, variance = self.running_mean, self.running_variance
        # Broadcasting aligns (C,) with the last axis, W; (C, 1, 1) is aligned with C.
        self.scale = (1 / np.sqrt(variance + self.epsilon))[:, None, None]
        self.x_hat = (x - mean[:, None, None]) * self.scale
        out = self.gamma.value[:, None, None] * self.x_hat + self.beta.value[:, None, None]
        return out.astype(np.result_type(x.dtype, self.gamma.value.dtype), copy=False)
        ### END SOLUTION

    def backward(self, d_out: np.ndarray) -> np.ndarray:
        """Add to the gradients of gamma and beta, and return d_x, shape (N, C, H, W)."""
        ### BEGIN SOLUTION
        self.gamma.grad += np.sum(d_out * self.x_hat, axis=(0, 2, 3))
        self.beta.grad += np.sum(d_out, axis=(0, 2, 3))
        d_x_hat = d_out * self.gamma.value[:, None, None]
        if not self.training:
            return d_x_hat * self.scale
        # In training each pixel also changes the mean and the variance of its channel. These two
        # paths subtract the gradient's components along all ones and along x_hat.
        along_ones = d_x_hat.mean(axis=(0, 2, 3), keepdims=True)
        along_x_hat = np.mean(d_x_hat * self.x_hat, axis=(0, 2, 3), keepdims=True)
        return self.scale * (d_x_hat - along_ones - self.x_hat * along_x_hat)
        ### END SOLUTION
