"""a4 · Layers, a network and its training, built from what a1 to a3 wrote."""

from collections.abc import Sequence

import numpy as np
from a1_convolution.convolution import conv2d_forward
from a2_backprop.backprop import conv2d_backward
from a3_pooling_and_loss.layers import (
    dense_backward,
    dense_forward,
    flatten_backward,
    flatten_forward,
    relu_backward,
    relu_forward,
)
from a3_pooling_and_loss.loss import cross_entropy, softmax, softmax_cross_entropy_backward
from a3_pooling_and_loss.pooling import maxpool2d_backward, maxpool2d_forward


class Parameter:
    """An array that is learned, and the gradient of the loss with respect to it."""

    def __init__(self, value: np.ndarray) -> None:
        self.value = value
        self.grad = np.zeros_like(value)


class Layer:
    """What all layers share. A layer without parameters needs nothing more than this."""

    def parameters(self) -> list[Parameter]:
        """The parameters that training changes, in the order weights, bias."""
        return []

    def zero_grad(self) -> None:
        """Set the gradient of every parameter to zero."""
        for parameter in self.parameters():
            parameter.grad = np.zeros_like(parameter.value)

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Compute the output, and keep what `backward` will need."""
        raise NotImplementedError(f"{type(self).__name__} has no forward")

    def backward(self, d_out: np.ndarray) -> np.ndarray:
        """Take the upstream gradient, add to the parameters' gradients, return d_x."""
        raise NotImplementedError(f"{type(self).__name__} has no backward")


class Conv2D(Layer):
    """A convolution with its own filters: `conv2d_forward` and `conv2d_backward` as a layer."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int,
        stride: int = 1,
        padding: int = 0,
        *,
        rng: np.random.Generator,
        dtype: type = np.float64,
    ) -> None:
        shape = (out_channels, in_channels, kernel_size, kernel_size)
        scale = np.sqrt(2 / (in_channels * kernel_size * kernel_size))
        self.weights = Parameter((rng.standard_normal(shape) * scale).astype(dtype))
        self.bias = Parameter(np.zeros(out_channels, dtype=dtype))
        self.stride = stride
        self.padding = padding

    def parameters(self) -> list[Parameter]:
        return [self.weights, self.bias]

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Convolve `x`, shape (N, C, H, W), and return out, shape (N, F, OH, OW)."""
        out, cols = conv2d_forward(x, self.weights.value, self.bias.value, self.stride, self.padding)
        self.seen = (x, cols)
        return out

    def backward(self, d_out: np.ndarray) -> np.ndarray:
        """Add to the gradients of weights and bias, and return d_x, the shape of x."""
        x, cols = self.seen
        d_x, d_w, d_b = conv2d_backward(d_out, x, self.weights.value, cols, self.stride, self.padding)
        self.weights.grad = self.weights.grad + d_w
        self.bias.grad = self.bias.grad + d_b
        return d_x


class ReLU(Layer):
    """`relu_forward` and `relu_backward` as a layer."""

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Return max(x, 0), the shape of x."""
        self.seen = x
        return relu_forward(x)

    def backward(self, d_out: np.ndarray) -> np.ndarray:
        """Return d_x, the shape of d_out."""
        return relu_backward(d_out, self.seen)


class MaxPool2D(Layer):
    """`maxpool2d_forward` and `maxpool2d_backward` as a layer."""

    def __init__(self, pool_size: int = 2, stride: int = 2) -> None:
        self.pool_size = pool_size
        self.stride = stride

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Return the maximum of every window, shape (N, C, OH, OW)."""
        out, winners = maxpool2d_forward(x, self.pool_size, self.stride)
        self.winners = winners
        self.shape = x.shape
        return out

    def backward(self, d_out: np.ndarray) -> np.ndarray:
        """Return d_x, shape (N, C, H, W): the gradient at the maxima, zero elsewhere."""
        return maxpool2d_backward(d_out, self.winners, self.shape)


class Flatten(Layer):
    """`flatten_forward` and `flatten_backward` as a layer."""

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Return each image as one row, shape (N, C*H*W)."""
        self.shape = x.shape
        return flatten_forward(x)

    def backward(self, d_out: np.ndarray) -> np.ndarray:
        """Return d_x, shape (N, C, H, W)."""
        return flatten_backward(d_out, self.shape)


class Dense(Layer):
    """A fully connected layer: `dense_forward` and `dense_backward` as a layer."""

    def __init__(
        self,
        in_features: int,
        out_features: int,
        *,
        rng: np.random.Generator,
        dtype: type = np.float64,
    ) -> None:
        scale = np.sqrt(2 / in_features)
        weights = rng.standard_normal((in_features, out_features)) * scale
        self.weights = Parameter(weights.astype(dtype))
        self.bias = Parameter(np.zeros(out_features, dtype=dtype))

    def parameters(self) -> list[Parameter]:
        return [self.weights, self.bias]

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Return x @ weights + bias, shape (N, M), for x of shape (N, D)."""
        self.seen = x
        return dense_forward(x, self.weights.value, self.bias.value)

    def backward(self, d_out: np.ndarray) -> np.ndarray:
        """Add to the gradients of weights and bias, and return d_x, shape (N, D)."""
        d_x, d_w, d_b = dense_backward(d_out, self.seen, self.weights.value)
        self.weights.grad = self.weights.grad + d_w
        self.bias.grad = self.bias.grad + d_b
        return d_x


class CNN(Layer):
    """A network: layers one after another. It is itself a layer, so networks nest."""

    def __init__(self, layers: Sequence[Layer]) -> None:
        self.layers = list(layers)

    def parameters(self) -> list[Parameter]:
        """The parameters of all layers, from the first layer to the last."""
        found = []
        for layer in self.layers:
            for p in layer.parameters():
                found.append(p)
        return found

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Return the output of the last layer: for digits the scores, shape (N, 10)."""
        out = x
        for i in range(len(self.layers)):
            out = self.layers[i].forward(out)
        return out

    def backward(self, d_out: np.ndarray) -> np.ndarray:
        """Take the gradient of the output back through all layers; return d_x."""
        for i in range(len(self.layers) - 1, -1, -1):
            d_out = self.layers[i].backward(d_out)
        return d_out


class SGD:
    """Stochastic gradient descent with momentum."""

    def __init__(
        self, parameters: Sequence[Parameter], learning_rate: float, momentum: float = 0.0
    ) -> None:
        self.parameters = list(parameters)
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.velocities = [np.zeros_like(parameter.value) for parameter in self.parameters]

    def step(self) -> None:
        """Move every parameter once, along its velocity. The gradients stay as they are."""
        for k in range(len(self.parameters)):
            p = self.parameters[k]
            self.velocities[k] = self.momentum * self.velocities[k] - self.learning_rate * p.grad
            p.value = p.value + self.velocities[k]


def train_epoch(
    model: CNN,
    optimizer: SGD,
    images: np.ndarray,
    labels: np.ndarray,
    batch_size: int,
    rng: np.random.Generator,
) -> float:
    """Show the network every image once, in random order, a batch at a time."""
    if len(images) == 0 or len(images) != len(labels):
        raise ValueError(f"{len(images)} images and {len(labels)} labels do not go together")
    if batch_size < 1:
        raise ValueError(f"batch_size must be at least 1, but it is {batch_size}")
    N = len(images)
    order = rng.permutation(N)
    loss_of_all = 0.0
    start = 0
    while start < N:
        chosen = order[start:start + batch_size]
        x = images[chosen]
        y = labels[chosen]
        model.zero_grad()
        p = softmax(model.forward(x))
        loss_of_all += cross_entropy(p, y) * len(y)
        model.backward(softmax_cross_entropy_backward(p, y))
        optimizer.step()
        start += batch_size
    return loss_of_all / N
