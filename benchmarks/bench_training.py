"""Measure training: seconds for 1,000 images of the network `full`, batches of 64.

    python benchmarks/bench_training.py [--threads 1] [--rounds 7] [--no-loops]

It times the rungs of ladder.py and PyTorch, if installed (`pip install '.[bench]'`), in turn.
"""

import argparse
import os
import sys
from collections.abc import Callable
from typing import Any

arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
arguments.add_argument("--threads", type=int, default=2)
arguments.add_argument("--rounds", type=int, default=7)
arguments.add_argument("--batches", type=int, default=4, help="steps in a round")
arguments.add_argument("--no-loops", action="store_true", help="leave out the slowest")
options = arguments.parse_args()
# Must be set before NumPy is imported, because NumPy reads them once.
os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = str(options.threads)

import numpy as np  # noqa: E402
from ladder import LEARNING_RATE, MOMENTUM, RUNGS, agree, first_weights  # noqa: E402
from measuring import Seconds, in_turn, machine, peak_gflops, table, write_section  # noqa: E402

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from cnnlab.digits import load_digits  # noqa: E402

BATCH = 64
REFERENCE, FANCY = "the reference, float32", "fancy indices, float64"
EAGER = "PyTorch, eager"
# Multiplications and additions for one image: forward, d_weights and, except in layer 1, d_x.
FLOP = 2 * (26 * 26 * 32 * 9 * 2 + 11 * 11 * 64 * 288 * 3 + (1600 * 128 + 1280) * 3)


def pytorch_ways() -> dict[str, Callable[[Any, Any], float]]:
    """PyTorch's training step from the same weights, in its default layout and channels last."""
    try:
        import torch
    except ImportError:
        return {}
    torch.set_num_threads(options.threads)
    ways: dict[str, Callable[[Any, Any], float]] = {}
    for name, order in (
        (EAGER, torch.contiguous_format),
        ("PyTorch, channels_last", torch.channels_last),
    ):
        nn = torch.nn
        model = nn.Sequential(
            *(nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Flatten(), nn.Linear(1600, 128), nn.ReLU(), nn.Linear(128, 10)),
        )
        with torch.no_grad():
            for parameter, value in zip(model.parameters(), first_weights(), strict=True):
                turned = value.T if value.ndim == 2 else value
                parameter.copy_(torch.from_numpy(np.ascontiguousarray(turned)))
        model = model.to(memory_format=order)
        optimizer = torch.optim.SGD(model.parameters(), lr=LEARNING_RATE, momentum=MOMENTUM)
        loss_of = nn.CrossEntropyLoss()

        def step(
            images: Any,
            labels: Any,
            model: Any = model,
            optimizer: Any = optimizer,
            loss_of: Any = loss_of,
            order: Any = order,
        ) -> float:
            x = torch.from_numpy(images).to(memory_format=order)
            optimizer.zero_grad()
            loss = loss_of(model(x), torch.from_numpy(labels))
            loss.backward()
            optimizer.step()
            return float(loss.detach())

        ways[name] = step
    return ways


def _times(seconds: Seconds, factor: float) -> Seconds:
    return Seconds(seconds.wall * factor, seconds.cpu * factor)


def main() -> None:
    if options.threads > 1 and os.getloadavg()[0] > (os.cpu_count() or 1) / 2:
        # Other work slows threads that wait for each other much more than a single thread.
        sys.exit("Other work is running here, so several threads cannot be compared; --threads 1")
    digits = load_digits()
    images, labels = digits.train_images[:BATCH], digits.train_labels[:BATCH]
    vectorised = [name for name in RUNGS if name != "loops"]
    agree(images, labels, vectorised)
    steps = {name: RUNGS[name]().step for name in vectorised} | pytorch_ways()
    losses = {name: step(images, labels) for name, step in steps.items()}
    assert max(losses.values()) - min(losses.values()) < 1e-4, losses

    def repeat(step: Callable[[Any, Any], float]) -> Callable[[], None]:
        def run() -> None:
            for _ in range(options.batches):
                step(images, labels)

        return run

    taken = in_turn({name: repeat(step) for name, step in steps.items()}, options.rounds)
    per_1000 = {name: _times(t, 1000 / (BATCH * options.batches)) for name, t in taken.items()}
    if not options.no_loops:
        few = in_turn({"loops": lambda: RUNGS["loops"]().step(images[:2], labels[:2])}, 1)
        per_1000["loops"] = _times(few["loops"], 1000 / 2)
    peak = peak_gflops()

    # On one thread, processor time is the fairer measure; on several, it counts waiting as work.
    clock = "cpu" if options.threads == 1 else "wall"
    seconds = {name: getattr(value, clock) for name, value in per_1000.items()}
    limit = FLOP * 1e-6 / getattr(peak, clock)
    peer = seconds.get(EAGER)
    rows = [
        [
            name,
            f"{value:.3g}",
            f"{value / peer:.3g}" if peer else "",
            f"{limit / value:.1%}",
        ]
        for name, value in sorted(seconds.items(), key=lambda pair: -pair[1])
    ]
    measured = "processor seconds" if clock == "cpu" else "seconds by the clock"
    ratios = f"The reference is {seconds[FANCY] / seconds[REFERENCE]:.1f} times faster than fancy "
    ratios += "indices (wanted: at least 3)"
    ratios += f", and takes {seconds[REFERENCE] / peer:.2f} times PyTorch's time" if peer else ""
    ratios += " (wanted: at most 1.3)." if peer else "."
    text = f"""{machine()}

One training step of `full` (225,034 parameters) on batches of {BATCH} digits, {options.threads}
BLAS thread{"s" if options.threads > 1 else ""}: {measured} for 1,000 images, medians of
{options.rounds} rounds of {options.batches} steps each, all ways in turn. The limit is
{FLOP / 1e6:.1f} MFLOP an image at this machine's float32 matrix product,
{getattr(peak, clock):.0f} GFLOP/s: {limit:.2f} s. Before timing, all ways but the loops took the
same steps from the same weights to the same numbers; the loops are extrapolated from two images.

{table(["way", "s per 1,000", "× PyTorch", "of the limit"], rows)}

{ratios}

The code of every rung: [benchmarks/ladder.py](../benchmarks/ladder.py)."""
    name = f"training on {options.threads} threads"
    write_section(name, f"Training, {options.threads} BLAS threads", text)


if __name__ == "__main__":
    main()
