"""Conv2D on shapes that no example shows."""

import numpy as np

from autograder.checking import agree, as_array
from autograder.exercises.shared.cases import convolution_cases, hold_for

NAMES = "d_x", "weights.grad", "bias.grad"


def test_every_shape(learner, reference, rng):
    """Forward and backward are right for every shape, stride and padding."""

    def holds(case):
        size = case.channels, case.filters, case.kernel_height, case.stride, case.padding
        layer = learner.Conv2D(*size, rng=learner.default_rng(0))
        layer.weights.value = case.weights
        layer.bias.value = case.bias
        given = case.stride, case.padding
        out, cols = reference.conv2d_forward(case.x, case.weights, case.bias, *given)
        agree(layer.forward(case.x), out, "out")
        d_x = layer.backward(case.d_out)
        parts = d_x, layer.weights.grad, layer.bias.grad
        wanted = reference.conv2d_backward(case.d_out, case.x, case.weights, cols, *given)
        for part, expected, name in zip(parts, wanted, NAMES, strict=True):
            agree(part, expected, name)

    square = [case for case in convolution_cases(rng) if case.kernel_height == case.kernel_width]
    hold_for(square, holds)


def test_gradients_of_several_batches(learner, reference, rng):
    """Gradients of three batches of different sizes add up, each with its own input."""
    weights, bias = rng.standard_normal((3, 2, 3, 3)), rng.standard_normal(3)
    layer = learner.Conv2D(2, 3, 3, 2, 1, rng=learner.default_rng(0))
    layer.weights.value = weights
    layer.bias.value = bias
    d_weights, d_bias = np.zeros_like(weights), np.zeros_like(bias)
    for shape in ((2, 2, 5, 6), (1, 2, 7, 3), (4, 2, 5, 6)):
        x = rng.standard_normal(shape)
        out, cols = reference.conv2d_forward(x, weights, bias, 2, 1)
        d_out = rng.standard_normal(out.shape)
        agree(layer.forward(x), out, "out")
        d_x = layer.backward(d_out)
        expected = reference.conv2d_backward(d_out, x, weights, cols, 2, 1)
        agree(d_x, expected[0], "d_x")
        d_weights += expected[1]
        d_bias += expected[2]
        agree(layer.weights.grad, d_weights, "weights.grad")
        agree(layer.bias.grad, d_bias, "bias.grad")


def test_two_layers(learner, reference, rng):
    """Two layers of a network keep their inputs apart."""
    layers, inputs = [], []
    for _ in range(2):
        layers.append(learner.Conv2D(1, 2, 2, rng=learner.default_rng(0)))
        inputs.append(rng.standard_normal((2, 1, 3, 4)))
        layers[-1].forward(inputs[-1])
    d_out = rng.standard_normal((2, 2, 2, 3))
    for layer, x in zip(layers, inputs, strict=True):
        weights = as_array(layer.weights.value, "weights", shape=(2, 1, 2, 2))
        cols = reference.im2col(x, 2, 2)
        layer.backward(d_out)
        expected = reference.conv2d_backward(d_out, x, weights, cols)
        agree(layer.weights.grad, expected[1], "weights.grad")


def test_float32(learner, reference, rng):
    """A layer of float32 gives the right numbers for images of float32."""
    layer = learner.Conv2D(2, 3, 3, padding=1, rng=learner.default_rng(0), dtype="float32")
    weights = rng.standard_normal((3, 2, 3, 3)).astype(np.float32)
    layer.weights.value = weights
    x = rng.standard_normal((2, 2, 5, 4)).astype(np.float32)
    bias = np.zeros(3, dtype="float32")
    out, cols = reference.conv2d_forward(x, weights, bias, 1, 1)
    d_out = rng.standard_normal(out.shape).astype(np.float32)
    agree(layer.forward(x), out, "out", tolerance=1e-4)
    d_x = layer.backward(d_out)
    parts = d_x, layer.weights.grad, layer.bias.grad
    wanted = reference.conv2d_backward(d_out, x, weights, cols, 1, 1)
    for part, expected, name in zip(parts, wanted, NAMES, strict=True):
        agree(part, expected, name, tolerance=1e-4)
