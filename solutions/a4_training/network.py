"""a4 · Layers, a network and its training, built from what a1 to a3 wrote.

A layer keeps what its backward pass will need, and adds to its parameters' gradients; so
`zero_grad` comes before the backward pass of each batch.
Every layer leaves the arrays that it is given as they are, and returns new ones.
"""

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
    """An array that is learned, and the gradient of the loss with respect to it.

    Attributes:
        value: the array.
        grad: what backward passes have added up since the last `zero_grad`; same shape.
    """

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
    """A convolution with its own filters: `conv2d_forward` and `conv2d_backward` as a layer.

    The filters start as random numbers of variance 2 / (C*KH*KW) (He et al., 2015,
    "Delving Deep into Rectifiers", equation 10); the biases start at 0.

    Args:
        in_channels: C of the input.
        out_channels: number of filters, F.
        kernel_size: KH and KW.
        stride: pixels from one window to the next.
        padding: zeros around the picture.
        rng: where the random numbers come from.
        dtype: of the parameters; float32 trains about twice as fast as float64.

    Attributes:
        weights: Parameter of shape (F, C, KH, KW).
        bias: Parameter of shape (F,).

    Example:
        >>> layer = Conv2D(1, 4, 3, padding=1, rng=np.random.default_rng(0))
        >>> layer.forward(np.ones((2, 1, 5, 5))).shape
        (2, 4, 5, 5)
    """

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
        ### BEGIN SOLUTION
        self.x = x
        out, self.cols = conv2d_forward(
            x, self.weights.value, self.bias.value, self.stride, self.padding
        )
        return out
        ### END SOLUTION

    def backward(self, d_out: np.ndarray) -> np.ndarray:
        """Add to the gradients of weights and bias, and return d_x, the shape of x."""
        ### BEGIN SOLUTION
        d_x, d_weights, d_bias = conv2d_backward(
            d_out, self.x, self.weights.value, self.cols, self.stride, self.padding
        )
        # Add, do not assign: until zero_grad, the gradients of all backward passes add up.
        self.weights.grad += d_weights
        self.bias.grad += d_bias
        return d_x
        ### END SOLUTION


class ReLU(Layer):
    """`relu_forward` and `relu_backward` as a layer.

    Example:
        >>> ReLU().forward(np.array([-1.0, 2.0])).tolist()
        [0.0, 2.0]
    """

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Return max(x, 0), the shape of x."""
        ### BEGIN SOLUTION
        self.x = x
        return relu_forward(x)
        ### END SOLUTION

    def backward(self, d_out: np.ndarray) -> np.ndarray:
        """Return d_x, a new array with the shape of d_out."""
        ### BEGIN SOLUTION
        return relu_backward(d_out, self.x)
        ### END SOLUTION


class MaxPool2D(Layer):
    """`maxpool2d_forward` and `maxpool2d_backward` as a layer.

    Args:
        pool_size: rows and columns of a window.
        stride: pixels from one window to the next.

    Example:
        >>> MaxPool2D().forward(np.array([[[[1.0, 5.0], [3.0, 2.0]]]])).tolist()
        [[[[5.0]]]]
    """

    def __init__(self, pool_size: int = 2, stride: int = 2) -> None:
        self.pool_size = pool_size
        self.stride = stride

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Return the maximum of every window, shape (N, C, OH, OW)."""
        ### BEGIN SOLUTION
        # backward needs the positions of the maxima and the shape of x, not x itself.
        self.x_shape = x.shape
        out, self.max_indices = maxpool2d_forward(x, self.pool_size, self.stride)
        return out
        ### END SOLUTION

    def backward(self, d_out: np.ndarray) -> np.ndarray:
        """Return d_x, shape (N, C, H, W): the gradient at the maxima, zero elsewhere."""
        ### BEGIN SOLUTION
        return maxpool2d_backward(d_out, self.max_indices, self.x_shape)
        ### END SOLUTION


class Flatten(Layer):
    """`flatten_forward` and `flatten_backward` as a layer.

    Example:
        >>> Flatten().forward(np.ones((2, 1, 2, 2))).shape
        (2, 4)
    """

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Return each image as one row, shape (N, C*H*W)."""
        ### BEGIN SOLUTION
        self.x_shape = x.shape
        return flatten_forward(x)
        ### END SOLUTION

    def backward(self, d_out: np.ndarray) -> np.ndarray:
        """Return d_x, shape (N, C, H, W)."""
        ### BEGIN SOLUTION
        return flatten_backward(d_out, self.x_shape)
        ### END SOLUTION


class Dense(Layer):
    """A fully connected layer: `dense_forward` and `dense_backward` as a layer.

    The weights start as random numbers of variance 2 / in_features (as in `Conv2D`); the
    biases start at 0.

    Args:
        in_features: D, numbers that come in for each image.
        out_features: M, numbers that go out.
        rng: where the random numbers come from.
        dtype: of the parameters.

    Attributes:
        weights: Parameter of shape (D, M).
        bias: Parameter of shape (M,).

    Example:
        >>> layer = Dense(3, 2, rng=np.random.default_rng(0))
        >>> layer.forward(np.ones((4, 3))).shape
        (4, 2)
    """

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
        ### BEGIN SOLUTION
        self.x = x
        return dense_forward(x, self.weights.value, self.bias.value)
        ### END SOLUTION

    def backward(self, d_out: np.ndarray) -> np.ndarray:
        """Add to the gradients of weights and bias, and return d_x, shape (N, D)."""
        ### BEGIN SOLUTION
        d_x, d_weights, d_bias = dense_backward(d_out, self.x, self.weights.value)
        self.weights.grad += d_weights
        self.bias.grad += d_bias
        return d_x
        ### END SOLUTION


class CNN(Layer):
    """A network: layers one after another. It is itself a layer, so networks nest.

    Args:
        layers: from the one that sees the images to the one that gives the scores.

    Example:
        >>> CNN([ReLU(), Flatten()]).forward(np.array([[[[-1.0, 2.0]]]])).tolist()
        [[0.0, 2.0]]
    """

    def __init__(self, layers: Sequence[Layer]) -> None:
        self.layers = list(layers)

    def parameters(self) -> list[Parameter]:
        """The parameters of all layers, from the first layer to the last."""
        ### BEGIN SOLUTION
        return [parameter for layer in self.layers for parameter in layer.parameters()]
        ### END SOLUTION

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Return the output of the last layer: for digits the scores, shape (N, 10)."""
        ### BEGIN SOLUTION
        for layer in self.layers:
            x = layer.forward(x)
        return x
        ### END SOLUTION

    def backward(self, d_out: np.ndarray) -> np.ndarray:
        """Take the gradient of the output back through all layers; return d_x."""
        ### BEGIN SOLUTION
        # The chain rule goes from the loss back to the input, so the last layer is first.
        for layer in reversed(self.layers):
            d_out = layer.backward(d_out)
        return d_out
        ### END SOLUTION


class SGD:
    """Stochastic gradient descent with momentum.

    Each parameter has a velocity that starts at 0. One step does, for each,

        velocity = momentum * velocity - learning_rate * grad
        value    = value + velocity

    Args:
        parameters: what to train, as `CNN.parameters()` gives it.
        learning_rate: the length of a step.
        momentum: how much of the last step is kept, from 0 to below 1.

    Source: Sutskever, Martens, Dahl and Hinton, "On the importance of initialization and
    momentum in deep learning" (2013), equations 1 and 2 (classical momentum).

    Example:
        >>> parameter = Parameter(np.array([1.0]))
        >>> parameter.grad += 2.0
        >>> SGD([parameter], learning_rate=0.25).step()
        >>> parameter.value.tolist()
        [0.5]
    """

    def __init__(
        self, parameters: Sequence[Parameter], learning_rate: float, momentum: float = 0.0
    ) -> None:
        self.parameters = list(parameters)
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.velocities = [np.zeros_like(parameter.value) for parameter in self.parameters]

    def step(self) -> None:
        """Move every parameter once, along its velocity. The gradients stay as they are."""
        ### BEGIN SOLUTION
        for parameter, velocity in zip(self.parameters, self.velocities, strict=True):
            # Change the array in place, so that self.velocities keeps it for the next step.
            velocity *= self.momentum
            velocity -= self.learning_rate * parameter.grad
            parameter.value += velocity
        ### END SOLUTION


def train_epoch(
    model: CNN,
    optimizer: SGD,
    images: np.ndarray,
    labels: np.ndarray,
    batch_size: int,
    rng: np.random.Generator,
) -> float:
    """Show the network every image once, in random order, a batch at a time.

    For each batch: zero the gradients; forward; softmax and cross-entropy; backward from
    `softmax_cross_entropy_backward`; one step of the optimizer.

    Args:
        model: the network; it is changed.
        optimizer: holds the model's parameters.
        images: shape (N, C, H, W).
        labels: integers, shape (N,).
        batch_size: images in a batch; the last batch may be smaller, and counts too.
        rng: `rng.permutation(N)`, called once, gives the order.

    Returns:
        the mean loss over all N images, each measured just before the step that its batch
        caused; a float.

    Raises:
        ValueError: if there are no images, if there is not one label for each, or if
            batch_size is below 1.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> model = CNN([Flatten(), Dense(4, 2, rng=rng)])
        >>> optimizer = SGD(model.parameters(), learning_rate=0.1)
        >>> images, labels = np.zeros((2, 1, 2, 2)), np.array([0, 1])
        >>> round(train_epoch(model, optimizer, images, labels, batch_size=2, rng=rng), 4)
        0.6931
    """
    if len(images) == 0 or len(images) != len(labels):
        raise ValueError(f"{len(images)} images and {len(labels)} labels do not go together")
    if batch_size < 1:
        raise ValueError(f"batch_size must be at least 1, but it is {batch_size}")
    ### BEGIN SOLUTION
    order = rng.permutation(len(images))
    total = 0.0
    for start in range(0, len(images), batch_size):
        batch = order[start : start + batch_size]
        model.zero_grad()
        probabilities = softmax(model.forward(images[batch]))
        # cross_entropy returns a mean; times the batch size it is the batch's sum, so each image
        # has the same weight, also in a smaller last batch.
        total += cross_entropy(probabilities, labels[batch]) * len(batch)
        model.backward(softmax_cross_entropy_backward(probabilities, labels[batch]))
        optimizer.step()
    return total / len(images)
    ### END SOLUTION
