"""Dense on shapes that no example shows."""

import numpy as np

from autograder.checking import agree


def layer_of(learner, rng, inputs, outputs):
    """A layer with random weights and bias, and these."""
    layer = learner.Dense(inputs, outputs, rng=learner.default_rng(0))
    weights, bias = rng.standard_normal((inputs, outputs)), rng.standard_normal(outputs)
    layer.weights.value = weights
    layer.bias.value = bias
    return layer, weights, bias


def test_gradients_of_several_batches(learner, reference, rng):
    """Gradients of batches of different sizes add up, for any number of inputs and outputs."""
    for inputs, outputs in ((1, 1), (4, 3), (3, 3), (2, 6)):
        layer, weights, bias = layer_of(learner, rng, inputs, outputs)
        d_weights, d_bias = np.zeros_like(weights), np.zeros_like(bias)
        for images in (5, 1, 3):
            x, d_out = rng.standard_normal((images, inputs)), rng.standard_normal((images, outputs))
            agree(layer.forward(x), reference.dense_forward(x, weights, bias), "out")
            d_x = layer.backward(d_out)
            expected = reference.dense_backward(d_out, x, weights)
            agree(d_x, expected[0], "d_x")
            d_weights += expected[1]
            d_bias += expected[2]
            agree(layer.weights.grad, d_weights, "weights.grad")
            agree(layer.bias.grad, d_bias, "bias.grad")


def test_two_layers(learner, reference, rng):
    """Two layers of a network keep their inputs and gradients apart."""
    layers = [layer_of(learner, rng, 4, 3) for _ in range(2)]
    inputs = [rng.standard_normal((2, 4)) for _ in range(2)]
    for (layer, _, _), x in zip(layers, inputs, strict=True):
        layer.forward(x)
    d_out = rng.standard_normal((2, 3))
    for (layer, weights, _), x in zip(layers, inputs, strict=True):
        layer.backward(d_out)
        expected = reference.dense_backward(d_out, x, weights)
        agree(layer.weights.grad, expected[1], "weights.grad")
        agree(layer.bias.grad, expected[2], "bias.grad")


def test_float32(learner, reference, rng):
    """A layer of float32 gives the right numbers for inputs of float32."""
    layer = learner.Dense(6, 3, rng=learner.default_rng(0), dtype="float32")
    weights = rng.standard_normal((6, 3)).astype(np.float32)
    layer.weights.value = weights
    x, d_out = (rng.standard_normal(s).astype(np.float32) for s in ((4, 6), (4, 3)))
    agree(layer.forward(x), x @ weights, "out", tolerance=1e-4)
    d_x = layer.backward(d_out)
    expected = reference.dense_backward(d_out, x, weights)
    agree(d_x, expected[0], "d_x", tolerance=1e-4)
    agree(layer.weights.grad, expected[1], "weights.grad", tolerance=1e-4)
    agree(layer.bias.grad, expected[2], "bias.grad", tolerance=1e-4)
