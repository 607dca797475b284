"""Other formulas of conv2d_forward_naive: a window does not give its sum of products."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy import ndarray

from autograder.exercises.shared.windows import all_windows, frame


def _window(answer: Callable[[ndarray, ndarray], Any]) -> Callable[..., ndarray]:
    """A convolution in which `answer` makes one number of a window and a filter."""

    def convolution(
        x: ndarray, weights: ndarray, bias: ndarray, stride: int = 1, padding: int = 0
    ) -> ndarray:
        height, width = weights.shape[2:]
        windows = all_windows(frame(x, padding), height, width, stride, stride)
        images, _, rows, columns = windows.shape[:4]
        out = np.zeros((images, len(weights), rows, columns))
        for n, f, i, j in np.ndindex(out.shape):
            out[n, f, i, j] = answer(windows[n, :, i, j], weights[f]) + bias[f]
        return out

    return convolution


def _matrix_product(window: ndarray, weights: ndarray) -> Any:
    return np.sum(window @ weights)


ALTERED: list[tuple[str, Callable[..., Any]]] = [
    (
        "{name} is the largest of the products of each window: add them up.",
        _window(lambda window, weights: np.max(window * weights)),
    ),
    (
        "{name} is the sum of the window times the sum of the filter: multiply pixel by weight, "
        "then add up the products.",
        _window(lambda window, weights: np.sum(window) * np.sum(weights)),
    ),
    (
        "{name} is the product of all products of each window: add them up.",
        _window(lambda window, weights: np.prod(window * weights)),
    ),
    (
        "{name} is the sum of window and filter: multiply pixel by weight.",
        _window(lambda window, weights: np.sum(window + weights)),
    ),
    (
        "{name} is the mean of the products of each channel, added up: add up all products.",
        _window(lambda window, weights: np.sum(np.mean(window * weights, axis=(1, 2)))),
    ),
    (
        "{name} is the sum over the pixels of the largest product of the channels: add up the "
        "products of all channels.",
        _window(lambda window, weights: np.sum(np.max(window * weights, axis=0))),
    ),
    (
        "{name} is a matrix product of window and filter, added up: multiply entry by entry, with "
        "* and not with @.",
        _window(_matrix_product),
    ),
]
