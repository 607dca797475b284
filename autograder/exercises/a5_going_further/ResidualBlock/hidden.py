"""ResidualBlock with random filters, and against central differences."""

import numpy as np

from autograder.checking import agree
from autograder.exercises.shared.measured import agree_with_differences

CONVOLUTIONS = "first", "second"


def twins(learner, reference, rng, channels, dtype="float64"):
    """The same block twice, the learner's and ours."""
    ours = reference.ResidualBlock(channels, rng=rng, dtype=dtype)
    theirs = learner.ResidualBlock(channels, rng=learner.default_rng(0), dtype=dtype)
    for name in CONVOLUTIONS:
        mine, copy = getattr(ours, name), getattr(theirs, name)
        mine.bias.value = rng.standard_normal(channels).astype(dtype)
        copy.weights.value = mine.weights.value
        copy.bias.value = mine.bias.value
    return theirs, ours


def parameters(block):
    for name in CONVOLUTIONS:
        convolution = getattr(block, name)
        yield f"{name}.weights.grad", convolution.weights
        yield f"{name}.bias.grad", convolution.bias


def away_from_kinks(ours, rng, shape):
    """Images for which no number that a ReLU sees is so near 0 that a nudge could cross it."""
    while True:
        x = rng.standard_normal(shape)
        inner = ours.first.forward(x)
        outer = x + ours.second.forward(np.maximum(inner, 0))
        if min(np.abs(inner).min(), np.abs(outer).min()) > 1e-3:
            return x


def test_several_batches(learner, reference, rng):
    """For batches of any size both passes are right, and gradients add up."""
    for channels in (1, 3):
        theirs, ours = twins(learner, reference, rng, channels)
        for size in ((2, 4, 5), (1, 3, 2), (3, 1, 4)):
            shape = (size[0], channels, *size[1:])
            x, d_out = rng.standard_normal(shape), rng.standard_normal(shape)
            agree(theirs.forward(x), ours.forward(x), "out")
            agree(theirs.backward(d_out), ours.backward(d_out), "d_x")
            pairs = zip(parameters(theirs), parameters(ours), strict=True)
            for (name, parameter), (_, expected) in pairs:
                agree(parameter.grad, expected.grad, name)


def test_gradients(learner, reference, rng):
    """d_x and the gradients of all filters are those that central differences measure."""
    theirs, ours = twins(learner, reference, rng, 2)
    x, d_out = away_from_kinks(ours, rng, (2, 2, 4, 3)), rng.standard_normal((2, 2, 4, 3))
    agree(theirs.forward(x), ours.forward(x), "out")
    d_x = theirs.backward(d_out)
    agree_with_differences(d_x, ours.forward, x, d_out, "d_x")
    for (name, parameter), (_, mine) in zip(parameters(theirs), parameters(ours), strict=True):
        value = mine.value

        def with_value(changed, mine=mine):
            mine.value = changed
            return ours.forward(x)

        agree_with_differences(parameter.grad, with_value, value, d_out, name)
        mine.value = value


def test_two_blocks(learner, reference, rng):
    """Blocks in a row, each with its own filters."""
    pairs = [twins(learner, reference, rng, 2) for _ in range(2)]
    x = y = rng.standard_normal((2, 2, 3, 4))
    for theirs, ours in pairs:
        x, y = theirs.forward(x), ours.forward(y)
    agree(x, y, "out")
    x = y = rng.standard_normal((2, 2, 3, 4))
    for theirs, ours in reversed(pairs):
        x, y = theirs.backward(x), ours.backward(y)
    agree(x, y, "d_x")


def test_float32(learner, reference, rng):
    """A block of float32 gives the right numbers for images of float32."""
    theirs, ours = twins(learner, reference, rng, 2, "float32")
    x, d_out = (rng.standard_normal((2, 2, 3, 3)).astype(np.float32) for _ in range(2))
    agree(theirs.forward(x), ours.forward(x), "out", tolerance=1e-4)
    agree(theirs.backward(d_out), ours.backward(d_out), "d_x", tolerance=1e-3)
