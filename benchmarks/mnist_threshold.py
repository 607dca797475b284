"""Measure the `mnist` exercise: which variants pass the accuracy threshold, and CPU seconds.

    python benchmarks/mnist_threshold.py [--seeds 20] [--output docs/mnist-threshold.md]

Trains the network as the graded exercise does and as the smaller public one does, with the
reference and with right and wrong variants of it, on one BLAS thread, for several seeds. Writes
the table of accuracies and CPU seconds from which the threshold was chosen.
"""

import os

# Must be set before NumPy is imported. One thread, because graders run with one.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

import argparse
import datetime
import importlib
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
# For a run from a clone that is not installed.
sys.path[:0] = [str(ROOT), str(ROOT / "solutions")]

from autograder.exercises.a4_training.mnist.exam import (  # noqa: E402
    BATCH_SIZE,
    GRADED,
    LEARNING_RATE,
    MOMENTUM,
    PUBLIC,
    Exam,
    build,
    shifted,
)
from cnnlab.digits import Digits, load_digits  # noqa: E402

network = importlib.import_module("a4_training.network")
backprop = importlib.import_module("a2_backprop.backprop")
convolution = importlib.import_module("a1_convolution.convolution")
output_size = convolution.output_size

TITLES = {GRADED: "graded (`grade`)", PUBLIC: "public (`make check`)"}


def measure(task: Exam, digits: Digits, seed: int, shift: bool = True) -> tuple[float, float]:
    """Train and test once; return accuracy and CPU seconds."""
    secret = np.random.default_rng([seed, 1])
    images = digits.train_images[: task.images]
    test = digits.test_images[: task.test_images]
    if shift:
        images, test = shifted(images, secret), shifted(test, secret)
    started = time.process_time()
    rng = np.random.default_rng(seed)
    model = build(network, rng)
    optimizer = network.SGD(model.parameters(), LEARNING_RATE, MOMENTUM)
    with np.errstate(all="ignore"):
        for _ in range(task.epochs):
            network.train_epoch(
                model, optimizer, images, digits.train_labels[: task.images], BATCH_SIZE, rng
            )
        answers = [
            model.forward(test[start : start + 250]).argmax(axis=1)
            for start in range(0, len(test), 250)
        ]
    seconds = time.process_time() - started
    accuracy = np.mean(np.concatenate(answers) == digits.test_labels[: task.test_images])
    return float(accuracy), seconds


@contextmanager
def replaced(owner: Any, name: str, by: Callable[[Any], Any]) -> Iterator[None]:
    """Replace a function with `by(original)` inside the `with` block."""
    with mock.patch.object(owner, name, by(getattr(owner, name))):
        yield


def _after(change: Callable[..., Any]) -> Callable[[Any], Any]:
    """Make a replacement that applies `change` to the original's result."""
    return lambda original: lambda *a, **k: change(original(*a, **k))


def _no_momentum(original: Any) -> Any:
    def init(self: Any, parameters: Any, learning_rate: float, momentum: float = 0.0) -> None:
        original(self, parameters, learning_rate, 0.0)

    return init


def _relu_unmasked(_: Any) -> Any:
    return lambda d_out, x: d_out


def _col2im_overwrites(_: Any) -> Any:
    def col2im(cols, x_shape, kh, kw, stride=1, padding=0):  # type: ignore[no-untyped-def]
        n, c, h, w = x_shape
        oh, ow = output_size(h, kh, stride, padding), output_size(w, kw, stride, padding)
        x = np.zeros((n, c, h + 2 * padding, w + 2 * padding), cols.dtype)
        windows = cols.reshape(c, kh, kw, n, oh, ow)
        for i in range(oh):
            for j in range(ow):
                top, left = i * stride, j * stride
                x[:, :, top : top + kh, left : left + kw] = windows[..., i, j].transpose(3, 0, 1, 2)
        return x[:, :, padding : padding + h, padding : padding + w]

    return col2im


def _kernel_reversed_for_d_x(original: Any) -> Any:
    def backward(d_out, x, weights, cols, stride=1, padding=0):  # type: ignore[no-untyped-def]
        _, d_weights, d_bias = original(d_out, x, weights, cols, stride, padding)
        wrong, _, _ = original(d_out, x, weights[..., ::-1, ::-1], cols, stride, padding)
        return wrong, d_weights, d_bias

    return backward


def _ties_to_all(_: Any) -> Any:
    def backward(self: Any, d_out: np.ndarray) -> np.ndarray:
        d_x = np.zeros_like(self.x)
        rows, columns = (2 * side for side in self.out.shape[2:])
        for u in range(2):
            for v in range(2):
                inside = (slice(None), slice(None), slice(u, rows, 2), slice(v, columns, 2))
                d_x[inside] = d_out * (self.x[inside] == self.out)
        return d_x

    return backward


def _remember(original: Any) -> Any:
    def forward(self: Any, x: np.ndarray) -> np.ndarray:
        self.x, self.out = x, original(self, x)
        return self.out

    return forward


def _loopy_im2col(x, kh, kw, stride=1, padding=0):  # type: ignore[no-untyped-def]
    n, c, h, w = x.shape
    oh, ow = output_size(h, kh, stride, padding), output_size(w, kw, stride, padding)
    x = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    cols = np.zeros((c * kh * kw, n * oh * ow), x.dtype)
    column = 0
    for image in range(n):
        for i in range(oh):
            for j in range(ow):
                top, left = i * stride, j * stride
                cols[:, column] = x[image, :, top : top + kh, left : left + kw].ravel()
                column += 1
    return cols


def _loopy_col2im(cols, x_shape, kh, kw, stride=1, padding=0):  # type: ignore[no-untyped-def]
    n, c, h, w = x_shape
    oh, ow = output_size(h, kh, stride, padding), output_size(w, kw, stride, padding)
    x = np.zeros((n, c, h + 2 * padding, w + 2 * padding), cols.dtype)
    column = 0
    for image in range(n):
        for i in range(oh):
            for j in range(ow):
                top, left = i * stride, j * stride
                window = cols[:, column].reshape(c, kh, kw)
                x[image, :, top : top + kh, left : left + kw] += window
                column += 1
    return x[:, :, padding : padding + h, padding : padding + w]


def _loopy_pool(x, pool_size=2, stride=2):  # type: ignore[no-untyped-def]
    n, c, h, w = x.shape
    oh, ow = (h - pool_size) // stride + 1, (w - pool_size) // stride + 1
    out, places = np.zeros((n, c, oh, ow), x.dtype), np.zeros((n, c, oh, ow, 2), np.intp)
    for image, channel, i, j in np.ndindex(n, c, oh, ow):
        top, left = i * stride, j * stride
        window = x[image, channel, top : top + pool_size, left : left + pool_size]
        u, v = np.unravel_index(np.argmax(window), window.shape)
        out[image, channel, i, j] = np.max(window)
        places[image, channel, i, j] = (top + u, left + v)
    return out, places


def _loopy_pool_backward(d_out, max_indices, x_shape):  # type: ignore[no-untyped-def]
    d_x = np.zeros(x_shape, d_out.dtype)
    for image, channel, i, j in np.ndindex(*d_out.shape):
        row, column = max_indices[image, channel, i, j]
        d_x[image, channel, row, column] += d_out[image, channel, i, j]
    return d_x


Patch = tuple[Any, str, Callable[[Any], Any]]
CONV_BACKWARD = (network, "conv2d_backward")
RIGHT: dict[str, list[Patch]] = {
    "the reference": [],
}
LOOPY: list[Patch] = [
    (convolution, "im2col", lambda _: _loopy_im2col),
    (backprop, "col2im", lambda _: _loopy_col2im),
    (network, "maxpool2d_forward", lambda _: _loopy_pool),
    (network, "maxpool2d_backward", lambda _: _loopy_pool_backward),
]
MUST_FAIL: dict[str, list[Patch]] = {
    "both convolutions frozen": [
        (*CONV_BACKWARD, _after(lambda g: (g[0], 0 * g[1], 0 * g[2]))),
    ],
    "d_weights with the kernel reversed": [
        (*CONV_BACKWARD, _after(lambda g: (g[0], g[1][..., ::-1, ::-1], g[2]))),
    ],
    "no momentum": [(network.SGD, "__init__", _no_momentum)],
    "loss gradient of the wrong sign": [
        (network, "softmax_cross_entropy_backward", _after(lambda g: -g)),
    ],
    "softmax gradient not divided by the batch": [
        (network, "softmax_cross_entropy_backward", _after(lambda g: g * len(g))),
    ],
    "no step at all": [(network.SGD, "step", lambda _: lambda self: None)],
}
GRADIENT_BUGS: dict[str, list[Patch]] = {
    "col2im with `=` for `+=`": [(backprop, "col2im", _col2im_overwrites)],
    "d_x with the kernel reversed": [(*CONV_BACKWARD, _kernel_reversed_for_d_x)],
    "d_x of convolutions zero": [(*CONV_BACKWARD, _after(lambda g: (0 * g[0], *g[1:])))],
    "d_bias of convolutions zero": [(*CONV_BACKWARD, _after(lambda g: (*g[:2], 0 * g[2])))],
    "pooling: ties to every maximum": [
        (network.MaxPool2D, "forward", _remember),
        (network.MaxPool2D, "backward", _ties_to_all),
    ],
    "ReLU gradient unmasked": [(network, "relu_backward", _relu_unmasked)],
}


@dataclass(frozen=True)
class Outcome:
    """Accuracies and CPU seconds of one variant, one entry for each seed."""

    accuracies: np.ndarray
    seconds: np.ndarray


def outcome(
    task: Exam, digits: Digits, patches: list[Patch], seeds: range, shift: bool = True
) -> Outcome:
    """Measure one variant for every seed."""
    results = []
    with ExitStack() as stack:
        for patch in patches:
            stack.enter_context(replaced(*patch))
        results = [measure(task, digits, seed, shift) for seed in seeds]
    accuracies, seconds = zip(*results, strict=True)
    return Outcome(np.array(accuracies), np.array(seconds))


def row(name: str, result: Outcome, threshold: float) -> str:
    """Format one line of the table."""
    percent = 100 * result.accuracies
    # The sample standard deviation; the mean uses one degree of freedom.
    spread = percent.std(ddof=1) if len(percent) > 1 else 0.0
    passed = int(np.sum(result.accuracies >= threshold))
    distance = (percent.mean() - 100 * threshold) / spread if spread > 1e-9 else float("nan")
    sds = f"{distance:+.1f}" if np.isfinite(distance) else "–"
    return (
        f"| {name} | {percent.mean():.2f} | {spread:.2f} | {percent.min():.2f} | "
        f"{percent.max():.2f} | {sds} | {passed} of {len(percent)} | "
        f"{np.median(result.seconds):.1f} |"
    )


HEADER = (
    "| variant | mean % | sd | min | max | sd from threshold | passes | CPU s |\n"
    "|---|---|---|---|---|---|---|---|"
)


def table(task: Exam, digits: Digits, seeds: range, shift: bool) -> Iterator[str]:
    """Measure all variants of one task, and yield the lines of its table."""
    yield HEADER
    groups = {
        "": RIGHT,
        "**must fail:** ": MUST_FAIL,
        "gradient bug: ": GRADIENT_BUGS,
    }
    for label, variants in groups.items():
        for name, patches in variants.items():
            result = outcome(task, digits, patches, seeds, shift)
            yield row(label + name, result, task.threshold)
    # Right but slow: its accuracies equal the reference's, so one seed is enough, for the time.
    result = outcome(task, digits, LOOPY, range(1), shift)
    yield row("right, all by loops (one seed)", result, task.threshold)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--output", type=Path, default=ROOT / "docs" / "mnist-threshold.md")
    arguments = parser.parse_args()
    digits = load_digits()
    seeds = range(arguments.seeds)
    lines = [
        PREAMBLE.format(
            date=datetime.date.today().isoformat(),
            seeds=arguments.seeds,
            last=arguments.seeds - 1,
            rate=LEARNING_RATE,
            momentum=MOMENTUM,
            batch=BATCH_SIZE,
        )
    ]
    for task, shift in ((GRADED, True), (PUBLIC, False)):
        lines.append(
            f"## {TITLES[task]}: at least {task.threshold:.1%}\n\n"
            f"{task.images:,} training images, {task.epochs} epoch(s), {task.test_images:,} test "
            f"images, {'all shifted' if shift else 'not shifted'}.\n"
        )
        for line in table(task, digits, seeds, shift):
            print(line, flush=True)
            lines.append(line)
        lines.append("")
    lines.append(f"## What the shift costs\n\n{HEADER}")
    plain = outcome(GRADED, digits, [], seeds, shift=False)
    lines.append(row("graded, the reference, nothing shifted", plain, GRADED.threshold))
    for name in ("both convolutions frozen", "no momentum"):
        result = outcome(GRADED, digits, MUST_FAIL[name], seeds, shift=False)
        lines.append(row(f"{name}, nothing shifted", result, GRADED.threshold))
    print("\n".join(lines[-4:]))
    arguments.output.write_text("\n".join(lines) + "\n", encoding="utf-8")


PREAMBLE = """# The threshold of the `mnist` exercise

Written by `python benchmarks/mnist_threshold.py` on {date}: {seeds} seeds (0 to {last}), one
BLAS thread, two shared cores. Take the ratios of the seconds, not the seconds.

The network, float32 and with the first weights of the learner's own classes:

    Conv2D(1, 8, 5, stride=2)  ReLU  Conv2D(8, 16, 3)  ReLU  MaxPool2D(2)  Flatten  Dense(400, 10)

SGD with learning rate {rate} and momentum {momentum}, batches of {batch}; `train_epoch` and the
first weights draw from one `np.random.default_rng(seed)`. The digits are the embedded ones. In
the graded form each training and each test image is moved by a secret -1, 0 or 1 pixel down and
across: a list of known answers, looked up by image, then helps nobody, and a network that
learns loses less by it than one that does not.

The stride of the first convolution does two things. It keeps the pooling small, so that a right
solution made of Python loops still finishes; and random filters at a stride are a poor start,
so that a network whose convolutions do not learn falls clearly behind.

**What passing means.** The network learns: all its layers, with momentum, down the gradient. It
does not mean that the gradients are right. Several gradient bugs below pass; they are caught by
the gradient checks of a2 and a3, never by this exercise.

In the tables, `sd` is the spread over the seeds, and `sd from threshold` says how many of them
lie between the mean and the threshold.
"""

if __name__ == "__main__":
    main()
