"""Dense: a fully connected layer with its own weights."""

import numpy as np

from autograder.checking import agree, right_on_grid

X = np.array([[2.0, 3.0]])
WEIGHTS = np.array([[1.0, 0.5, -1.0], [0.0, 2.0, 4.0]])
BIAS = np.array([10.0, 20.0, 30.0])
D_OUT = np.array([[1.0, -2.0, 0.5]])
D_WEIGHTS = np.array([[2 * 1.0, 2 * -2.0, 2 * 0.5], [3 * 1.0, 3 * -2.0, 3 * 0.5]])
D_BIAS = np.array([1.0, -2.0, 0.5])


def layer_of(learner):
    layer = learner.Dense(2, 3, rng=learner.default_rng(0))
    layer.weights.value = WEIGHTS
    layer.bias.value = BIAS
    return layer


def test_forward(learner):
    """Forward gives x @ weights + bias with the layer's own weights and bias."""
    sums = [2 * 1.0 + 3 * 0.0 + 10, 2 * 0.5 + 3 * 2.0 + 20, 2 * -1.0 + 3 * 4.0 + 30]
    agree(layer_of(learner).forward(X), [sums], "out")


def test_backward(learner):
    """Backward returns d_x and leaves the gradients in weights.grad and bias.grad."""
    layer = layer_of(learner)
    layer.forward(X)
    d_x = layer.backward(D_OUT)
    agree(d_x, [[1 * 1.0 - 2 * 0.5 + 0.5 * -1.0, 1 * 0.0 - 2 * 2.0 + 0.5 * 4.0]], "d_x")
    agree(layer.weights.grad, D_WEIGHTS, "weights.grad")
    agree(layer.bias.grad, D_BIAS, "bias.grad")


def test_gradients_add_up(learner):
    """A second backward pass adds to the gradients of the first, and zero_grad makes them 0."""
    layer = layer_of(learner)
    layer.forward(X)
    layer.backward(D_OUT)
    layer.forward(X)
    layer.backward(D_OUT)
    agree(layer.weights.grad, D_WEIGHTS + D_WEIGHTS, "weights.grad")
    agree(layer.bias.grad, D_BIAS + D_BIAS, "bias.grad")
    layer.zero_grad()
    layer.forward(X)
    layer.backward(D_OUT)
    agree(layer.weights.grad, D_WEIGHTS, "weights.grad")
    agree(layer.bias.grad, D_BIAS, "bias.grad")


def test_newest_input(learner):
    """Backward belongs to the newest forward pass."""
    layer = layer_of(learner)
    layer.forward(np.full((3, 2), 9.0))
    layer.forward(X)
    layer.backward(D_OUT)
    agree(layer.weights.grad, D_WEIGHTS, "weights.grad")


def test_two_layers(learner):
    """A second layer does not disturb what the first one keeps."""
    first, second = layer_of(learner), layer_of(learner)
    first.forward(X)
    second.forward(X + 100)
    first.backward(D_OUT)
    agree(first.weights.grad, D_WEIGHTS, "weights.grad of the first layer")


def test_every_kind_of_call(learner):
    """It is right for every kind of input."""
    right_on_grid(learner, __file__)


def test_backward_leaves_the_weights(learner):
    """Backward leaves weights and bias as they are: forward gives the same after it."""
    layer = layer_of(learner)
    layer.forward(X)
    layer.backward(D_OUT)
    sums = [2 * 1.0 + 3 * 0.0 + 10, 2 * 0.5 + 3 * 2.0 + 20, 2 * -1.0 + 3 * 4.0 + 30]
    agree(layer.forward(X), [sums], "out after backward")
    agree(layer.weights.value, WEIGHTS, "weights.value")
    agree(layer.bias.value, BIAS, "bias.value")
