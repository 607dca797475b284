"""CNN with networks that no example shows."""

import numpy as np

from autograder.checking import agree, unpack

SIZES = ((3, 5), (5, 4), (4, 4), (4, 2))


def twins(learner, reference, rng):
    """A network of Dense and ReLU layers with random weights, twice: the learner's and ours."""
    ours, theirs = [], []
    for inputs, outputs in SIZES:
        layer = reference.Dense(inputs, outputs, rng=rng)
        layer.bias.value = rng.standard_normal(outputs)
        twin = learner.Dense(inputs, outputs, rng=learner.default_rng(0))
        twin.weights.value = layer.weights.value
        twin.bias.value = layer.bias.value
        ours += [layer, reference.ReLU()]
        theirs += [twin, learner.ReLU()]
    return ours[:-1], theirs[:-1]


def test_deep_network(learner, reference, rng):
    """Forward, backward and the gradients are right in a network of seven layers."""
    ours, theirs = twins(learner, reference, rng)
    expected, model = reference.CNN(ours), learner.CNN(theirs)
    for images in (6, 1):
        x, d_out = rng.standard_normal((images, 3)), rng.standard_normal((images, 2))
        agree(model.forward(x), expected.forward(x), "out")
        agree(model.backward(d_out), expected.backward(d_out), "d_x")
        for layer, twin in zip(ours[::2], theirs[::2], strict=True):
            agree(twin.weights.grad, layer.weights.grad, "weights.grad")
            agree(twin.bias.grad, layer.bias.grad, "bias.grad")


def test_networks_nest(learner, reference, rng):
    """A network of networks of networks is the same as its layers in one row."""
    ours, theirs = twins(learner, reference, rng)
    inner = learner.CNN([*theirs[1:3], learner.CNN(theirs[3:5])])
    model = learner.CNN([theirs[0], inner, learner.CNN(theirs[5:])])
    expected = reference.CNN(ours)
    x, d_out = rng.standard_normal((4, 3)), rng.standard_normal((4, 2))
    agree(model.forward(x), expected.forward(x), "out")
    agree(model.backward(d_out), expected.backward(d_out), "d_x")
    names = [f"parameter {k}" for k in range(2 * len(SIZES))]
    for parameter, wanted, name in zip(
        unpack(model.parameters(), *names), expected.parameters(), names, strict=True
    ):
        agree(parameter.value, wanted.value, f"value of {name}")
        agree(parameter.grad, wanted.grad, f"grad of {name}")


def test_parameters_are_the_layers_own(learner, rng):
    """The parameters are the layers' own: what is set there is used by forward and backward."""
    layer = learner.Dense(3, 2, rng=learner.default_rng(0))
    model = learner.CNN([learner.ReLU(), layer])
    weights, bias = unpack(model.parameters(), "weights", "bias")
    value = rng.standard_normal((3, 2))
    weights.value = value
    bias.value = np.array([0.5, -0.5])
    x = rng.uniform(0.5, 1.0, (4, 3))
    agree(model.forward(x), x @ value + [0.5, -0.5], "out")
    d_out = rng.standard_normal((4, 2))
    model.backward(d_out)
    agree(weights.grad, x.T @ d_out, "weights.grad")
    agree(bias.grad, d_out.sum(axis=0), "bias.grad")
