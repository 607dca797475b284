"""Conv2D: a convolution with its own filters."""

import numpy as np

from autograder.checking import agree, right_on_grid

IMAGE = np.array([[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]]])  # two windows of 2x2
FILTER = np.array([[[[1.0, -1.0], [0.5, 2.0]]]])
D_OUT = np.array([[[[2.0, -0.5]]]])
# The outputs of FILTER for both windows, and the gradients of weights and bias for D_OUT.
OUT = [[[[1 - 2 + 0.5 * 4 + 2 * 5, 2 - 3 + 0.5 * 5 + 2 * 6]]]]
D_WEIGHTS = np.array([[[[2 * 1 - 0.5 * 2, 2 * 2 - 0.5 * 3], [2 * 4 - 0.5 * 5, 2 * 5 - 0.5 * 6]]]])
D_BIAS = np.array([2 - 0.5])


def layer_of(learner, stride=1, padding=0):
    layer = learner.Conv2D(1, 1, 2, stride, padding, rng=learner.default_rng(0))
    layer.weights.value = FILTER
    return layer


def test_forward(learner):
    """Forward convolves with the layer's own weights and adds its own bias."""
    layer = layer_of(learner)
    layer.bias.value = np.array([100.0])
    agree(layer.forward(IMAGE), np.add(OUT, 100.0), "out")


def test_stride_and_padding(learner):
    """Forward and backward use the layer's stride and padding."""
    layer = layer_of(learner, stride=2, padding=1)
    # The padded image:  0 0 0 0 0
    #                    0 1 2 3 0
    #                    0 4 5 6 0
    #                    0 0 0 0 0
    top = [2 * 1, 0.5 * 2 + 2 * 3]
    bottom = [-1 * 4, 5 - 6]
    agree(layer.forward(IMAGE), [[[top, bottom]]], "out")
    d_x = layer.backward(np.array([[[[1.0, 10.0], [100.0, 1000.0]]]]))
    row_0 = [2 * 1, 0.5 * 10, 2 * 10]
    row_1 = [-1 * 100, 1 * 1000, -1 * 1000]
    agree(d_x, [[[row_0, row_1]]], "d_x")


def test_backward(learner):
    """Backward returns d_x and leaves the gradients in weights.grad and bias.grad."""
    layer = layer_of(learner)
    layer.forward(IMAGE)
    d_x = layer.backward(D_OUT)
    row_0 = [2 * 1, 2 * -1 - 0.5 * 1, -0.5 * -1]
    row_1 = [2 * 0.5, 2 * 2 - 0.5 * 0.5, -0.5 * 2]
    agree(d_x, [[[row_0, row_1]]], "d_x")
    agree(layer.weights.grad, D_WEIGHTS, "weights.grad")
    agree(layer.bias.grad, D_BIAS, "bias.grad")


def test_gradients_add_up(learner):
    """A second backward pass adds to the gradients of the first, and zero_grad makes them 0."""
    layer = layer_of(learner)
    layer.forward(IMAGE)
    layer.backward(D_OUT)
    layer.forward(IMAGE)
    layer.backward(D_OUT)
    agree(layer.weights.grad, D_WEIGHTS + D_WEIGHTS, "weights.grad")
    agree(layer.bias.grad, D_BIAS + D_BIAS, "bias.grad")
    layer.zero_grad()
    layer.forward(IMAGE)
    layer.backward(D_OUT)
    agree(layer.weights.grad, D_WEIGHTS, "weights.grad")
    agree(layer.bias.grad, D_BIAS, "bias.grad")


def test_newest_input(learner):
    """Backward belongs to the newest forward pass."""
    layer = layer_of(learner)
    layer.forward(np.full((1, 1, 4, 4), 9.0))
    layer.forward(IMAGE)
    layer.backward(D_OUT)
    agree(layer.weights.grad, D_WEIGHTS, "weights.grad")


def test_two_layers(learner):
    """A second layer does not disturb what the first one keeps."""
    first, second = layer_of(learner), layer_of(learner)
    first.forward(IMAGE)
    second.forward(IMAGE + 100)
    first.backward(D_OUT)
    agree(first.weights.grad, D_WEIGHTS, "weights.grad of the first layer")


def test_every_kind_of_call(learner):
    """Forward and backward are right for every kind of picture, filter, stride and padding."""
    right_on_grid(learner, __file__)


def test_backward_leaves_the_weights(learner):
    """Backward leaves weights and bias as they are: forward gives the same after it."""
    layer = layer_of(learner)
    layer.forward(IMAGE)
    layer.backward(D_OUT)
    agree(layer.forward(IMAGE), OUT, "out after backward")
    agree(layer.weights.value, FILTER, "weights.value")
