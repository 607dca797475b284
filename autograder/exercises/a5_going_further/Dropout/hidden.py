"""Dropout with many rates, shapes and passes."""

import numpy as np

from autograder.checking import agree, as_array

SHAPES = (6, 5), (2, 3, 4, 3), (1, 7), (30,)


def test_stream(learner, rng):
    """In any shape, with any rate, what is dropped is what rng says, pass after pass."""
    for rate in (0.0, 0.1, 0.5, 0.8, float(rng.uniform(0.2, 0.9))):
        seed = int(rng.integers(2**31))
        layer = learner.Dropout(rate, rng=learner.default_rng(seed))
        same = np.random.default_rng(seed)
        for shape in SHAPES:
            x, d_out = rng.standard_normal(shape), rng.standard_normal(shape)
            factor = (same.random(shape) >= rate) / (1 - rate)
            agree(layer.forward(x), x * factor, "out")
            agree(layer.backward(d_out), d_out * factor, "d_x")


def test_exactly_at_the_rate(learner, rng):
    """A number for which rng gives exactly the rate is kept."""
    seed = int(rng.integers(2**31))
    rate = float(np.random.default_rng(seed).random(3)[1])
    layer = learner.Dropout(rate, rng=learner.default_rng(seed))
    factor = (np.random.default_rng(seed).random(3) >= rate) / (1 - rate)
    agree(layer.forward(np.ones(3)), factor, "out")


def test_training_and_not(learner, rng):
    """Passes with and without training, in turn, do not disturb each other."""
    seed = int(rng.integers(2**31))
    layer, same = learner.Dropout(0.4, rng=learner.default_rng(seed)), np.random.default_rng(seed)
    for training in (True, False, False, True, False, True):
        layer.training = training
        x, d_out = rng.standard_normal((2, 4, 3)), rng.standard_normal((2, 4, 3))
        factor = (same.random(x.shape) >= 0.4) / 0.6 if training else np.ones(x.shape)
        agree(layer.forward(x), x * factor, "out")
        agree(layer.backward(d_out), d_out * factor, "d_x")


def test_two_layers(learner, rng):
    """Two layers keep what they dropped apart."""
    seeds = rng.integers(2**31, size=2).tolist()
    layers = [learner.Dropout(0.5, rng=learner.default_rng(seed)) for seed in seeds]
    x = rng.uniform(1, 2, (4, 6))
    for layer in layers:
        layer.forward(x)
    for layer, seed in zip(layers, seeds, strict=True):
        factor = (np.random.default_rng(seed).random(x.shape) >= 0.5) / 0.5
        agree(layer.backward(x), x * factor, "d_x")


def test_mean_is_kept(learner, rng):
    """Over many numbers the mean after dropping is the mean before, and the share is the rate."""
    layer = learner.Dropout(0.3, rng=learner.default_rng(int(rng.integers(2**31))))
    out = as_array(layer.forward(np.full((200, 200), 2.0)), "out", shape=(200, 200))
    agree(out.mean(), 2.0, "the mean of out", tolerance=3e-2)
    agree((out == 0).mean(), 0.3, "the share of zeros", tolerance=6e-2)


def test_float32(learner, rng):
    """Numbers of float32 are dropped and enlarged rightly."""
    seed = int(rng.integers(2**31))
    layer = learner.Dropout(0.3, rng=learner.default_rng(seed))
    x = rng.standard_normal((3, 5)).astype(np.float32)
    factor = (np.random.default_rng(seed).random(x.shape) >= 0.3) / 0.7
    agree(layer.forward(x), x * factor, "out", tolerance=1e-4)
    agree(layer.backward(x), x * factor, "d_x", tolerance=1e-4)
