"""BatchNorm2D on shapes that no example shows, and against central differences."""

import numpy as np

from autograder.checking import agree
from autograder.exercises.shared.measured import agree_with_differences

SHAPES = (3, 2, 4, 5), (1, 3, 4, 2), (5, 4, 1, 3), (2, 1, 3, 1), (4, 3, 1, 1)
PARTS = "gamma.grad", "beta.grad", "running_mean", "running_variance"


def twins(learner, reference, rng, channels, dtype="float64", **settings):
    """The same layer twice, the learner's and ours, with random gamma and beta."""
    layers = [kit.BatchNorm2D(channels, dtype=dtype, **settings) for kit in (learner, reference)]
    for name in ("gamma", "beta"):
        value = rng.standard_normal(channels).astype(dtype)
        for layer in layers:
            getattr(layer, name).value = value.copy()
    return layers


def values(layer):
    return layer.gamma.grad, layer.beta.grad, layer.running_mean, layer.running_variance


def rest(layers, mean, variance):
    """Switch both layers to inference, with these running estimates."""
    for layer in layers:
        layer.running_mean, layer.running_variance = mean.copy(), variance.copy()
        layer.training = False


def agree_in_both_passes(layer, ours, x, d_out):
    """Both passes of `layer`: the output as ours, all gradients as central differences of it."""
    gamma, beta = ours.gamma.value, ours.beta.value

    def with_gamma(value):
        ours.gamma.value = value
        return ours.forward(x)

    def with_beta(value):
        ours.beta.value = value
        return ours.forward(x)

    agree(layer.forward(x), ours.forward(x), "out")
    agree_with_differences(layer.backward(d_out), ours.forward, x, d_out, "d_x")
    agree_with_differences(layer.gamma.grad, with_gamma, gamma, d_out, "gamma.grad")
    ours.gamma.value = gamma
    agree_with_differences(layer.beta.grad, with_beta, beta, d_out, "beta.grad")
    ours.beta.value = beta


def test_gradients_in_training(learner, reference, rng):
    """In training all three gradients are those that central differences measure."""
    for shape in SHAPES:
        settings = {"epsilon": float(rng.uniform(0.01, 1))}
        layer, ours = twins(learner, reference, rng, shape[1], **settings)
        x, d_out = 2 * rng.standard_normal(shape) + 3, rng.standard_normal(shape)
        agree_in_both_passes(layer, ours, x, d_out)


def test_gradients_in_inference(learner, reference, rng):
    """With training False all three gradients are those that central differences measure."""
    for shape in SHAPES:
        layers = twins(learner, reference, rng, shape[1])
        rest(layers, rng.standard_normal(shape[1]), rng.uniform(0.5, 3, shape[1]))
        x, d_out = rng.standard_normal(shape), rng.standard_normal(shape)
        agree_in_both_passes(*layers, x, d_out)


def test_several_batches(learner, reference, rng):
    """Over batches of different sizes, running estimates move on and gradients add up."""
    momentum = float(rng.uniform(0.05, 0.5))
    layers = twins(learner, reference, rng, 3, epsilon=0.01, momentum=momentum)
    for shape in ((4, 3, 2, 5), (1, 3, 3, 3), (2, 3, 5, 1)):
        x, d_out = 3 * rng.standard_normal(shape) - 2, rng.standard_normal(shape)
        outs = [layer.forward(x) for layer in layers]
        agree(outs[0], outs[1], "out")
        d_xs = [layer.backward(d_out) for layer in layers]
        agree(d_xs[0], d_xs[1], "d_x")
        for theirs, ours, name in zip(*map(values, layers), PARTS, strict=True):
            agree(theirs, ours, name)


def test_inference_after_training(learner, reference, rng):
    """After training, an image's output depends on the image alone, and nothing moves any more."""
    layers = twins(learner, reference, rng, 2)
    for _ in range(3):
        x = rng.standard_normal((4, 2, 3, 3)) + 1
        outs = [layer.forward(x) for layer in layers]
        agree(outs[0], outs[1], "out in training")
    for layer in layers:
        layer.training = False
    x = rng.standard_normal((3, 2, 2, 4))
    expected = layers[1].forward(x)
    agree(layers[0].forward(x), expected, "out")
    for image in range(3):
        agree(layers[0].forward(x[[image]]), expected[[image]], "out of one image")
    for theirs, ours, name in zip(*map(values, layers), PARTS, strict=True):
        agree(theirs, ours, name)
    for layer in layers:
        layer.training = True
    agree(layers[0].forward(x), layers[1].forward(x), "out, training again")


def test_two_layers(learner, reference, rng):
    """Two layers keep their inputs and their estimates apart."""
    pairs = [twins(learner, reference, rng, 2) for _ in range(2)]
    inputs = [rng.standard_normal((2, 2, 3, 3)) for _ in pairs]
    for layers, x in zip(pairs, inputs, strict=True):
        for layer in layers:
            layer.forward(x)
    d_out = rng.standard_normal((2, 2, 3, 3))
    for layers in pairs:
        d_xs = [layer.backward(d_out) for layer in layers]
        agree(d_xs[0], d_xs[1], "d_x")
        agree(layers[0].running_mean, layers[1].running_mean, "running_mean")


def test_large_and_flat_channels(learner, reference, rng):
    """A channel far from 0 loses no digits, and one that is flat gives beta and no nan."""
    layer, ours = twins(learner, reference, rng, 2)
    x = rng.standard_normal((3, 2, 2, 2))
    x[:, 0] += 1e4
    x[:, 1] = 7.5
    d_out = rng.standard_normal(x.shape)
    agree(layer.forward(x), ours.forward(x), "out", tolerance=1e-5)
    agree(layer.backward(d_out), ours.backward(d_out), "d_x", tolerance=1e-5)


def test_float32(learner, reference, rng):
    """A layer and images of float32 give the right numbers."""
    layers = twins(learner, reference, rng, 3, "float32", epsilon=0.01)
    x, d_out = (rng.standard_normal((4, 3, 5, 2)).astype(np.float32) for _ in range(2))
    agree(layers[0].forward(x), layers[1].forward(x), "out", tolerance=1e-4)
    agree(layers[0].backward(d_out), layers[1].backward(d_out), "d_x", tolerance=1e-3)
    for theirs, ours, name in zip(*map(values, layers), PARTS, strict=True):
        agree(theirs, ours, name, tolerance=1e-4)
