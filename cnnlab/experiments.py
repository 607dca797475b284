"""Small experiments with the learner's own functions. They only measure; figures draw them."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

Function = Callable[..., np.ndarray]
PairFunction = Callable[..., tuple[np.ndarray, np.ndarray]]
Backward = Callable[..., tuple[np.ndarray, np.ndarray, np.ndarray]]

SOBEL_VERTICAL = np.array([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])
"""Sobel's filter for vertical edges, (3, 3): positive where it grows brighter to the right."""


def measure_seconds(
    functions: Mapping[str, Callable[[], object]], repeats: int = 3
) -> dict[str, float]:
    """Time each function `repeats` times, in turn; return the median of each, in seconds."""
    times: dict[str, list[float]] = {name: [] for name in functions}
    for _ in range(repeats):
        for name, function in functions.items():
            start = time.perf_counter()
            function()
            times[name].append(time.perf_counter() - start)
    return {name: float(np.median(values)) for name, values in times.items()}


def receptive_fields(conv2d_forward: PairFunction, side: int = 28) -> dict[str, np.ndarray]:
    """Find the pixels on which one number in the middle of each layer depends.

    One image for each pixel: only this pixel is 1, all others are 0. It goes through layers whose
    weights are all 1. If the middle of a layer's output is not 0, the pixel is in its receptive
    field. A convolution with kernel 2 and stride 2 takes the place of a 2x2 max pool, because it
    depends on the same pixels.

    Returns:
        a dict: for each layer (conv, pool, conv, pool) its name and a bool array (side, side).
    """
    x = np.eye(side * side).reshape(side * side, 1, side, side)
    fields = {}
    layers = (("conv 3x3", 3, 1), ("pool 2x2", 2, 2), ("2nd conv 3x3", 3, 1), ("2nd pool", 2, 2))
    for name, kernel, stride in layers:
        x, _ = conv2d_forward(x, np.ones((1, 1, kernel, kernel)), np.zeros(1), stride)
        # Only zero or not zero matters; sums would grow from layer to layer.
        x = (x > 0).astype(np.float64)
        middle = x[:, 0, x.shape[2] // 2, x.shape[3] // 2]
        fields[name] = middle.reshape(side, side) > 0
    return fields


def imitate_sobel(
    conv2d_forward: PairFunction,
    conv2d_backward: Backward,
    image: np.ndarray,
    spoil: Callable[[Any, Any, Any], tuple[Any, Any, Any]] | None = None,
    steps: int = 150,
) -> list[float]:
    """Train a network of two convolutions to find an image's vertical edges.

    Args:
        conv2d_forward: the learner's function.
        conv2d_backward: the learner's function.
        image: shape (H, W).
        spoil: a function that changes (d_x, d_weights, d_bias) of every backward pass. If None,
            they stay right.
        steps: the number of steps of gradient descent.

    Returns:
        the mean squared error before each step.
    """
    rng = np.random.default_rng(0)
    x = image[np.newaxis, np.newaxis] - image.mean()
    sobel = SOBEL_VERTICAL[np.newaxis, np.newaxis]
    target, _ = conv2d_forward(x[:, :, 1:-1, 1:-1], sobel, np.array([0.2]))
    first, second = rng.normal(0, 0.3, (4, 1, 3, 3)), rng.normal(0, 0.3, (1, 4, 3, 3))
    first_bias, second_bias = np.zeros(4), np.zeros(1)
    losses = []
    for _ in range(steps):
        hidden, hidden_cols = conv2d_forward(x, first, first_bias)
        out, cols = conv2d_forward(hidden, second, second_bias)
        losses.append(float(np.mean((out - target) ** 2)))
        d_out = 2 * (out - target) / out.size
        gradients = conv2d_backward(d_out, hidden, second, cols)
        d_hidden, d_second, d_second_bias = spoil(*gradients) if spoil else gradients
        gradients = conv2d_backward(d_hidden, x, first, hidden_cols)
        _, d_first, d_first_bias = spoil(*gradients) if spoil else gradients
        for value, gradient in (
            (first, d_first),
            (second, d_second),
            (first_bias, d_first_bias),
            (second_bias, d_second_bias),
        ):
            value -= 0.1 * gradient
    return losses


def tied_windows(maxpool2d_forward: PairFunction, images: np.ndarray) -> np.ndarray:
    """Find the 2x2 windows that contain their maximum more than once.

    Returns:
        bool, shape (N, C, OH, OW).
    """
    out, _ = maxpool2d_forward(images, 2, 2)
    return _maxima(images, out) > 1


def gradient_to_all_ties(
    maxpool2d_forward: PairFunction, maxpool2d_backward: Function, x: np.ndarray
) -> tuple[float, float]:
    """Compare a max pool's gradient to the first maximum with a gradient to every maximum.

    d_out is 1 everywhere.

    Returns:
        (sum of d_x by the learner's backward, sum of d_x if all maxima of a window get it).
    """
    out, indices = maxpool2d_forward(x, 2, 2)
    d_out = np.ones_like(out)
    return (
        float(maxpool2d_backward(d_out, indices, x.shape).sum()),
        float(_maxima(x, out).sum()),
    )


def _maxima(x: np.ndarray, out: np.ndarray) -> np.ndarray:
    """Count how often each 2x2 window contains its maximum."""
    height, width = out.shape[2:]
    count = np.zeros(out.shape, dtype=int)
    for u in (0, 1):
        for v in (0, 1):
            count += x[:, :, u : u + 2 * height : 2, v : v + 2 * width : 2] == out
    return count


def last_class_only(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """A wrong gradient of softmax and loss: it keeps only the part of the last class.

    For each class k, it computes the part of the gradient that goes through probability k. It
    should add these parts, but each part overwrites the one before. Only the right class has a
    part that is not zero, so the result is zero, unless the right class is the last one.

    Args:
        probabilities: shape (N, K).
        labels: the right classes, shape (N,).

    Returns:
        d_logits, shape (N, K).
    """
    n, classes = probabilities.shape
    d_logits = np.zeros_like(probabilities)
    for image in range(n):
        p, label = probabilities[image], labels[image]
        for k in range(classes):
            d_probability = -1 / max(p[label], 1e-300) if k == label else 0.0
            d_logits[image] = d_probability * p[k] * ((np.arange(classes) == k) - p)
    return d_logits / n


def pull_by_class(d_logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Mean size of one image's gradient for each of the ten classes, shape (10,)."""
    sizes = np.abs(d_logits).sum(axis=1) * len(labels)
    return np.array([sizes[labels == k].mean() if np.any(labels == k) else 0 for k in range(10)])


def roll_down(
    make_optimizer: Callable[[list[Any]], Any], parameter: Any, slopes: np.ndarray, steps: int
) -> np.ndarray:
    """Let an optimizer find the minimum of sum(slopes * value**2) / 2, and return its path.

    Args:
        make_optimizer: makes the learner's optimizer from a list of parameters.
        parameter: has `value`, shape (2,), and `grad`.
        slopes: how steep the function is along each axis, shape (2,).
        steps: the number of steps.

    Returns:
        the values, shape (steps + 1, 2).
    """
    optimizer = make_optimizer([parameter])
    path = [parameter.value.copy()]
    for _ in range(steps):
        parameter.grad = slopes * parameter.value
        optimizer.step()
        path.append(parameter.value.copy())
    return np.array(path)


def accuracy(model: Any, images: np.ndarray, labels: np.ndarray, batch_size: int = 250) -> float:
    """Share of the images for which the right class has the highest score, 0..1."""
    right = 0
    for start in range(0, len(images), batch_size):
        batch = slice(start, start + batch_size)
        right += int(np.sum(model.forward(images[batch]).argmax(axis=1) == labels[batch]))
    return right / len(images)


def shift(images: np.ndarray, down: int, right: int) -> np.ndarray:
    """Move images, (N, C, H, W), by whole pixels; the empty part is filled with zeros."""
    height, width = images.shape[2:]
    moved = np.zeros_like(images)
    moved[:, :, max(down, 0) : height + min(down, 0), max(right, 0) : width + min(right, 0)] = (
        images[:, :, max(-down, 0) : height - max(down, 0), max(-right, 0) : width - max(right, 0)]
    )
    return moved


def accuracy_when_shifted(
    model: Any, images: np.ndarray, labels: np.ndarray, shifts: Sequence[int]
) -> list[float]:
    """Mean accuracy on images moved in 4 directions, for each number of pixels in `shifts`."""
    accuracies = []
    for pixels in shifts:
        ways = ((-pixels, 0), (pixels, 0), (0, -pixels), (0, pixels)) if pixels else ((0, 0),)
        each = [accuracy(model, shift(images, *way), labels) for way in ways]
        accuracies.append(float(np.mean(each)))
    return accuracies


def spoiled(layer_class: type, change: Callable[[Any, np.ndarray], np.ndarray]) -> type:
    """Make a subclass of the learner's layer whose backward pass is wrong on purpose.

    Args:
        layer_class: the learner's class.
        change: called after the right backward pass with the layer and its d_x. It may change
            the parameters' gradients, and it returns the array to use instead of d_x.
    """

    class Spoiled(layer_class):
        def backward(self, d_out: np.ndarray) -> np.ndarray:
            return change(self, super().backward(d_out))

    return Spoiled
