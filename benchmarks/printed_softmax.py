"""Measure the accuracy lost by two mistakes in the softmax backward pass of a walk-through.

The walk-through loops over the classes `k`, computes the derivatives of probability `k` by the
scores, and passes the gradient of that one class back. As printed, it has two mistakes. The
derivative of a probability by its own score is *added* to the value that is already there, instead
of replacing it. And each iteration overwrites the result of the previous one, so that the input's
gradient is that of the last class.

The network is the walk-through's: 8 filters of 3x3, a 2x2 max pool, one dense layer, one image
a step. `python benchmarks/printed_softmax.py` prints the slopes and the accuracies.
"""

import argparse
import importlib
import sys
from pathlib import Path

import numpy as np
from numpy import ndarray

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "solutions"))

from cnnlab.digits import load_digits
from cnnlab.presets import PRESETS
from cnnlab.training import build, evaluate

network = importlib.import_module("a4_training.network")
loss = importlib.import_module("a3_pooling_and_loss.loss")

WAYS = ("right", "adds on the diagonal", "last class only", "as printed: both")


def slopes(probabilities: ndarray, k: int, adds: bool) -> ndarray:
    """Derivatives of probability `k` of one image by each score, (K,); `adds`: the mistake."""
    others = -probabilities[k] * probabilities
    own = probabilities[k] * (1 - probabilities[k])
    others[k] = others[k] + own if adds else own
    return others


def gradients(probabilities: ndarray, label: int, adds: bool, last: bool) -> tuple[ndarray, ...]:
    """The score gradients used for the dense layer's weights and for its input, (K,) each."""
    # With the mistakes, scores can grow without limit: do not divide by a probability of 0.
    d_probability = -1 / max(probabilities[label], 1e-12)
    d_logits = d_probability * slopes(probabilities, label, adds)
    # Only the label's class has a gradient: if it is not the last, the last iteration gives zeros.
    gives = label == len(probabilities) - 1 or not last
    return d_logits, d_logits * gives


def accuracy(way: str, images: int, epochs: int, seed: int) -> float:
    """Train the network once with one kind of gradient; return the accuracy on test digits."""
    adds, last = way.startswith(("adds", "as")), way.startswith(("last", "as"))
    preset, digits = PRESETS["tiny"], load_digits()
    rng = np.random.default_rng(seed)
    model = build(preset, network, rng)
    dense = model.layers[-1]
    optimizer = network.SGD(model.parameters(), preset.learning_rate, 0.0)
    pixels = digits.train_images[:images] - np.float32(preset.centre)
    for _ in range(epochs):
        for place in rng.permutation(images):
            for layer in model.layers:
                layer.zero_grad()
            scores = model.forward(pixels[place : place + 1])
            p = loss.softmax(scores.astype(np.float64))[0]
            for_weights, for_input = gradients(p, digits.train_labels[place], adds, last)
            dense.backward(for_weights[np.newaxis].astype(np.float32))
            d_x = for_input[np.newaxis].astype(np.float32) @ dense.weights.value.T
            for layer in reversed(model.layers[:-1]):
                d_x = layer.backward(d_x)
            optimizer.step()
    test = digits.test_images - np.float32(preset.centre)
    return evaluate(model, test, digits.test_labels).accuracy


def main() -> None:
    """Print the slopes, and the accuracy that each way reaches."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, default=5000, help="training digits (embedded)")
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--seeds", type=int, default=3)
    chosen = parser.parse_args()
    p = loss.softmax(np.array([[0.04] + [0.0] * 9]))[0]
    for name, adds in (("right", False), ("printed", True)):
        print(f"slope of a probability of {p[0]:.4f} by its own score, {name}: ", end="")
        print(f"{slopes(p, 0, adds)[0]:.4f}")
    test = len(load_digits().test_labels)
    print(f"{chosen.images:,} embedded digits, {chosen.epochs} epochs, {test:,} test digits:")
    for way in WAYS:
        reads = [accuracy(way, chosen.images, chosen.epochs, s) for s in range(chosen.seeds)]
        print(f"{way:22} {', '.join(f'{r:.1%}' for r in reads)}   mean {np.mean(reads):.1%}")


if __name__ == "__main__":
    main()
