"""The last exercise: train the learner's network from a fixed seed and measure its accuracy.

Sizes and thresholds were chosen by measurement: docs/mnist-threshold.md.
"""

import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.checking import Learner, LearnerError, Mismatch, as_array
from cnnlab.digits import Digits

SEED = 0
LEARNING_RATE, MOMENTUM, BATCH_SIZE = 0.03, 0.9, 48
SECONDS = 120.0
AT_ONCE = 250
DIGITS = 10


@dataclass(frozen=True)
class Exam:
    """One form of the exam: training digits, epochs, test digits, and the accuracy to pass."""

    images: int
    epochs: int
    test_images: int
    threshold: float


PUBLIC = Exam(images=3_000, epochs=3, test_images=1_000, threshold=0.89)
GRADED = Exam(images=12_000, epochs=1, test_images=2_000, threshold=0.91)


def build(network: Any, rng: Any) -> Any:
    """Conv 5x5 stride 2, 8 filters; ReLU; Conv 3x3, 16; ReLU; MaxPool 2; Flatten; Dense 10.

    Args:
        network: has the layer classes: a module, or the fixture `learner`.
        rng: a generator in the same process as the classes.
    """
    return network.CNN(
        [
            network.Conv2D(1, 8, 5, stride=2, rng=rng, dtype="float32"),
            network.ReLU(),
            network.Conv2D(8, 16, 3, rng=rng, dtype="float32"),
            network.ReLU(),
            network.MaxPool2D(2, 2),
            network.Flatten(),
            network.Dense(400, 10, rng=rng, dtype="float32"),
        ]
    )


def shifted(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Move each image by -1, 0 or 1 pixel down and across; what leaves at one side is lost.

    These images are published nowhere. A network with frozen convolutions depends on
    the place of each stroke, so it reads them worse.
    """
    side = images.shape[2]
    framed = np.pad(images, ((0, 0), (0, 0), (1, 1), (1, 1)))
    starts = rng.integers(0, 3, size=(len(images), 2))
    return np.stack(
        [
            image[:, down : down + side, across : across + side]
            for image, (down, across) in zip(framed, starts, strict=True)
        ]
    )


def sit(
    exam: Exam, learner: Learner, digits: Digits, rng: np.random.Generator, *, moved: bool
) -> float:
    """Train the learner's network and count its right answers on the test digits.

    The learner's code gets the test images without their labels and in a random order, so a
    stored list of the published labels does not help.

    Args:
        exam: the sizes and the threshold.
        learner: the learner's classes.
        digits: training and test digits.
        rng: draws the order of the test digits, and the shifts if images are moved.
        moved: whether images are moved by up to a pixel.

    Returns:
        accuracy, from 0 to 1.

    Raises:
        AssertionError: if training and testing take more than SECONDS; it names the slowest part.
    """
    images, test = digits.train_images[: exam.images], digits.test_images[: exam.test_images]
    if moved:
        images, test = shifted(images, rng), shifted(test, rng)
    order = rng.permutation(len(test))
    test, test_labels = test[order], digits.test_labels[: len(test)][order]
    labels = digits.train_labels[: exam.images]
    slowest = slowest_part(learner, exam.epochs * exam.images // BATCH_SIZE)
    weights_rng = learner.default_rng(SEED)
    try:
        with learner.at_most(SECONDS):
            model = build(learner, weights_rng)
            optimizer = learner.SGD(model.parameters(), LEARNING_RATE, MOMENTUM)
            for _ in range(exam.epochs):
                learner.train_epoch(model, optimizer, images, labels, BATCH_SIZE, weights_rng)
            scores = [
                as_array(
                    model.forward(test[start : start + AT_ONCE]), "scores", shape=(None, DIGITS)
                )
                for start in range(0, len(test), AT_ONCE)
            ]
    except LearnerError as error:
        if error.failure.kind != "timeout":
            raise
        raise AssertionError(
            f"speed is what it lacks: working through {exam.images:,} digits takes more than "
            f"{SECONDS:g} seconds. {slowest}Look for Python loops over pixels, and let slices "
            "and one matrix product do their work"
        ) from None
    read = np.concatenate([s.argmax(axis=1) for s in scores])
    if len(read) != len(test):
        raise Mismatch(f"scores must have one row for each image, but {len(test)} got {len(read)}")
    return float(np.mean(read == test_labels))


def achieved(accuracy: float, exam: Exam) -> str:
    """The sentence for a learner whose network passes."""
    return f"It reads {accuracy:.1%} of the test digits, and {exam.threshold:.0%} are asked for."


def slowest_part(learner: Learner, batches: int) -> str:
    """A sentence that names the function which takes longest for one batch, or "".

    Args:
        learner: the learner's functions.
        batches: the number of training batches; a function that needs less than a tenth of
            SECONDS for all of them is not named.
    """
    seconds: dict[str, float] = {}
    for images in (1, BATCH_SIZE):  # the first round only warms up: the second replaces it
        for name, arguments in _calls(images).items():
            started = time.monotonic()
            try:
                getattr(learner, name)(*arguments)
            except LearnerError as error:
                if error.failure.kind != "exception":
                    raise
                seconds.pop(name, None)  # its own checks report the exception
                continue
            seconds[name] = time.monotonic() - started
    # Subtract the time of the function that it calls.
    for caller, called in (("conv2d_forward", "im2col"), ("conv2d_backward", "col2im")):
        if caller in seconds:
            seconds[caller] -= min(seconds[caller] / 2, seconds.get(called, 0.0))
    if not seconds:
        return ""
    name = max(seconds, key=seconds.__getitem__)
    if seconds[name] * batches < SECONDS / 10:
        return ""
    return f"The slowest part is {name}: {seconds[name]:.2g} seconds for one batch. "


def _calls(images: int) -> dict[str, tuple[Any, ...]]:
    """The functions that may be slow, each with arguments as large as at the second convolution."""
    x, weights = np.ones((images, 8, 12, 12)), np.ones((16, 8, 3, 3))
    out, cols = np.ones((images, 16, 10, 10)), np.ones((8 * 3 * 3, images * 10 * 10))
    pooled = np.ones((images, 16, 5, 5))
    return {
        "im2col": (x, 3, 3),
        "col2im": (cols, x.shape, 3, 3),
        "conv2d_forward": (x, weights, np.ones(16)),
        "conv2d_backward": (out, x, weights, cols),
        "relu_forward": (out,),
        "relu_backward": (out, out),
        "maxpool2d_forward": (out, 2, 2),
        "maxpool2d_backward": (pooled, np.zeros((*pooled.shape, 2), dtype=int), out.shape),
    }
