"""Measure the cost of one slow part: `full` with pooling in Python loops, or all in loops.

`python benchmarks/pool_in_loops.py` times one training step of each way on a few images, in turn,
and prints ratios; all ways compute the same numbers.
"""

import argparse
import importlib
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "solutions"))

from three_speeds import ConvByLoops, PoolByLoops

from cnnlab.digits import load_digits
from cnnlab.presets import PRESETS
from cnnlab.training import build

network = importlib.import_module("a4_training.network")
loss = importlib.import_module("a3_pooling_and_loss.loss")


class _Parts:
    """The module of the learner's layers, with some classes replaced."""

    def __init__(self, **replaced: Any) -> None:
        self.__dict__.update(vars(network), **replaced)


WAYS = {
    "loops throughout": _Parts(Conv2D=ConvByLoops, MaxPool2D=PoolByLoops),
    "product, pooling in loops": _Parts(MaxPool2D=PoolByLoops),
    "product, pooling by slices": network,
}


def seconds(model: Any, images: np.ndarray, labels: np.ndarray) -> float:
    """Processor time of one forward and one backward pass."""
    started = time.process_time()
    p = loss.softmax(model.forward(images))
    model.backward(loss.softmax_cross_entropy_backward(p, labels).astype(np.float32))
    return time.process_time() - started


def main() -> None:
    """Print the time of each way and its ratio to the fastest."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, default=4, help="images in the step")
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    digits = load_digits()
    images = digits.train_images[: chosen.images]
    labels = digits.train_labels[: chosen.images]
    models = {
        name: build(PRESETS["full"], module, np.random.default_rng(0))  # type: ignore[arg-type]
        for name, module in WAYS.items()
    }
    expected = models["product, pooling by slices"].forward(images)
    times: dict[str, list[float]] = {name: [] for name in models}
    for name, model in models.items():
        assert np.allclose(model.forward(images), expected, atol=1e-4), name
    for _ in range(chosen.rounds):
        for name, model in models.items():
            times[name].append(seconds(model, images, labels))
    medians = {name: float(np.median(values)) for name, values in times.items()}
    slowest, fastest = max(medians.values()), min(medians.values())
    for name, value in medians.items():
        print(
            f"{name:28} {1000 * value / chosen.images:8.2f} s per 1,000 images, "
            f"{value / fastest:6.1f} times the fastest, {value / slowest:6.1%} of loops"
        )


if __name__ == "__main__":
    main()
