"""Train every preset on the full digits, time it, and write docs/presets.md.

    python benchmarks/bench_presets.py [--models tiny,full] [--epochs N]

The result of each preset is kept in benchmarks/presets.json, so that they can be trained one at
a time (`--models ""` only times them and writes the page). Needs MNIST: CNNLAB_DATA, or a network.
"""

import os

# Must be set before NumPy is imported. On a shared machine one thread is faster.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import datetime
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "solutions")]

import three_speeds  # noqa: E402
from measuring import in_turn, machine, table, write_section  # noqa: E402

from cnnlab.digits import load_digits  # noqa: E402
from cnnlab.learners_network import load_network  # noqa: E402
from cnnlab.presets import PRESETS, parameter_count  # noqa: E402
from cnnlab.training import MOVED, build, train_all  # noqa: E402

KEPT = Path(__file__).parent / "presets.json"
PAGE = ROOT / "docs" / "presets.md"
HEAD = """# The presets, side by side

Each is a network that `make train MODEL=...` builds from the learner's own layers; here it was
built from `solutions/`. Made by `benchmarks/bench_presets.py`; `make train MODEL=all` prints
the same table for your own.
"""


def learn(models: list[str], epochs: int | None) -> None:
    """Train these presets; store the result of each as soon as its training ends."""
    for name in models:
        (row,) = train_all(ROOT / "solutions", "full", ROOT / "build" / "presets", [name], epochs)
        kept = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.is_file() else {}
        kept[name] = {
            "date": datetime.date.today().isoformat(),
            "images": row.images,
            "epochs": row.epochs,
            "first_loss": round(row.first_loss, 4),
            "accuracy": row.accuracy,
            "accuracy_first_400": row.accuracy_first_400,
            "accuracy_moved": round(row.accuracy_moved, 6),
        }
        KEPT.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


def seconds_per_1000(rounds: int) -> dict[str, float]:
    """Processor seconds of training on 1,000 images, for each preset; measured in turn."""
    digits, network = load_digits(), load_network(ROOT / "solutions")
    ways: dict[str, Callable[[], Any]] = {}
    counts = {}
    for name, preset in PRESETS.items():
        rng = np.random.default_rng(0)
        model = build(preset, network, rng)
        optimizer = network.SGD(model.parameters(), preset.learning_rate / 10, preset.momentum)
        counts[name] = 4 * preset.batch_size if preset.batch_size > 1 else 128
        ways[name] = _epoch(network, model, optimizer, digits, preset.batch_size, counts[name], rng)
    taken = in_turn(ways, rounds)
    return {name: value.cpu * 1000 / counts[name] for name, value in taken.items()}


def _epoch(network: Any, model: Any, optimizer: Any, digits: Any, batch: int, count: int, rng: Any):  # type: ignore[no-untyped-def]
    images, labels = digits.train_images[:count], digits.train_labels[:count]
    return lambda: network.train_epoch(model, optimizer, images, labels, batch, rng)


def presets_section(rounds: int) -> str:
    """The table of all presets that have been trained."""
    kept = json.loads(KEPT.read_text(encoding="utf-8"))
    seconds = seconds_per_1000(rounds)
    rows = []
    for name, preset in PRESETS.items():
        if name not in kept:
            continue
        one = kept[name]
        rows.append(
            [
                f"`{name}`: {preset.title}",
                f"{parameter_count(preset):,}",
                f"{seconds[name]:.2g}",
                f"{one['epochs']} of {one['images']:,}",
                f"{one['first_loss']:.3f}",
                f"{one['accuracy']:.2%}",
                f"{one['accuracy_first_400']:.2%}",
                f"{one['accuracy_moved']:.1%}",
            ]
        )
    head = ["preset", "parameters", "s per 1,000 images", "epochs of images", "loss at first"]
    head += ["accuracy on 10,000", "on the first 400", f"moved {MOVED} pixels"]
    return f"""{machine()}

MNIST as it is published; seed 0. Seconds are processor seconds on one thread, medians of {rounds}
rounds, all presets in turn. Accuracy is on all 10,000 test digits, and on the first 400 of them,
which is what the walk-through behind `tiny` counts (it reports 93.25%). In the last column all
10,000 are moved up, down, left and right by {MOVED} pixels, and the four figures averaged: what
each network makes of digits in places where it never saw one.

{table(head, rows)}"""


def speeds_section(rounds: int) -> str:
    """The table of three implementations of the network `layers`."""
    digits = load_digits()
    ways = list(three_speeds.WAYS)
    few = digits.train_images[:32], digits.train_labels[:32]
    slow, *others = [three_speeds.train(way, *few) for way in ways]
    for weights in others:
        for value, right in zip(weights, slow, strict=True):
            np.testing.assert_allclose(value, right, atol=1e-5)
    counts = dict(zip(ways, (8, 64, 640), strict=True))
    taken = in_turn(
        {
            way: lambda way=way: three_speeds.train(  # type: ignore[misc]
                way, digits.train_images[: counts[way]], digits.train_labels[: counts[way]]
            )
            for way in ways
        },
        rounds,
    )
    seconds = {way: value.cpu * 1000 / counts[way] for way, value in taken.items()}
    fastest = min(seconds.values())
    rows = [[way, f"{value:.3g}", f"{value / fastest:.3g}"] for way, value in seconds.items()]
    return f"""{machine()}

The same network, `layers`, float32, trained three ways that were first shown to end at the same
weights: processor seconds on one thread for 1,000 images, medians of {rounds} rounds.

{table(["way", "s per 1,000 images", "× the fastest"], rows)}

The code: [benchmarks/three_speeds.py](../benchmarks/three_speeds.py)."""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--models", default=",".join(PRESETS), help="which to train")
    parser.add_argument("--epochs", type=int, help="fewer than the preset's own")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    learn([name for name in arguments.models.split(",") if name], arguments.epochs)
    rounds = arguments.rounds
    write_section("presets", "Presets", presets_section(rounds), PAGE, HEAD)
    write_section("layers", "One network, three speeds", speeds_section(rounds), PAGE, HEAD)


if __name__ == "__main__":
    main()
