"""Other formulas of conv2d_backward: other sums of its three gradients."""

from collections.abc import Callable
from itertools import combinations
from typing import Any

import numpy as np

Gradients = tuple[np.ndarray, np.ndarray, np.ndarray]
_AXES = ("images", "filters", "rows", "columns")


def _right(
    d_out: np.ndarray, x: np.ndarray, weights: np.ndarray, cols: np.ndarray, stride: int, pad: int
) -> dict[str, np.ndarray]:
    rows = d_out.transpose(1, 0, 2, 3).reshape(len(weights), -1)
    return {
        "d_x": _d_x(d_out, x, weights, stride, pad),
        "d_weights": (rows @ cols.T).reshape(weights.shape),
        "d_bias": rows.sum(axis=1),
    }


def _d_x(
    d_out: np.ndarray,
    x: np.ndarray,
    weights: np.ndarray,
    stride: int,
    pad: int,
    *,
    assign: bool = False,
    step: int | None = None,
    crop: bool = True,
) -> np.ndarray:
    """The input gradient by loops over images, filters and places."""
    (n, _, h, w), (_, _, kh, kw) = x.shape, weights.shape
    framed = np.zeros((n, x.shape[1], h + 2 * pad, w + 2 * pad))
    step = stride if step is None else step
    for m, f, i, j in np.ndindex(d_out.shape):
        window = np.s_[m, :, i * step : i * step + kh, j * step : j * step + kw]
        part = weights[f] * d_out[m, f, i, j]
        framed[window] = part if assign else framed[window] + part
    return framed[:, :, pad : pad + h, pad : pad + w] if crop else framed


def _with(name: str, formula: Callable[..., Any]) -> Callable[..., Gradients]:
    """The right gradients, with one computed otherwise."""

    def backward(
        d_out: np.ndarray,
        x: np.ndarray,
        weights: np.ndarray,
        cols: np.ndarray,
        stride: int = 1,
        padding: int = 0,
    ) -> Gradients:
        parts = _right(d_out, x, weights, cols, stride, padding)
        parts[name] = formula(d_out, x, weights, cols, stride, padding)
        return parts["d_x"], parts["d_weights"], parts["d_bias"]

    return backward


ALTERED: list[tuple[str, Callable[..., Any]]] = [
    *(
        (
            f"{{name}} is d_out summed over {' and '.join(_AXES[a] for a in axes)}: sum over "
            "images, rows and columns, axes (0, 2, 3), so that one number for each filter is left.",
            _with("d_bias", lambda d, *_, axes=axes: d.sum(axis=axes)),
        )
        for count in (0, 1, 2, 3, 4)
        for axes in combinations(range(4), count)
        if axes != (0, 2, 3)
    ),
    (
        "{name} is a mean: the gradients of all outputs are added up.",
        _with("d_bias", lambda d, *_: d.mean(axis=(0, 2, 3))),
    ),
    (
        "{name} keeps axes of length 1: its shape is (F,), as the bias has.",
        _with("d_bias", lambda d, *_: d.sum(axis=(0, 2, 3), keepdims=True)),
    ),
    (
        "{name} keeps only what the last window, filter and image write to a pixel: windows "
        "overlap and filters share pixels, so their contributions are added with +=.",
        _with("d_x", lambda d, x, w, c, s, p: _d_x(d, x, w, s, p, assign=True)),
    ),
    (
        "{name} lays the windows one pixel apart: window i starts at i * stride.",
        _with("d_x", lambda d, x, w, c, s, p: _d_x(d, np.zeros_like(x), w, s, p, step=1)),
    ),
    (
        "{name} is 0 wherever x is not positive: that is the work of ReLU.",
        _with("d_x", lambda d, x, w, c, s, p: _d_x(d, x, w, s, p) * (x > 0)),
    ),
    (
        "{name} keeps the padding: cut it away at the end.",
        _with("d_x", lambda d, x, w, c, s, p: _d_x(d, x, w, s, p, crop=False)),
    ),
    (
        "{name} multiplies d_out by the weights: the slope of a weight is the pixel under it, so "
        "multiply by the window of x, which stands in cols.",
        _with("d_weights", lambda d, x, w, *_: w * d.sum(axis=(0, 2, 3))[:, None, None, None]),
    ),
    (
        "{name} keeps only what the last place of the last image gives: the contributions of all "
        "places and images are added with +=.",
        _with(
            "d_weights",
            lambda d, x, w, c, s, p: (
                d[-1, :, -1, -1, None, None, None] * c[:, -1].reshape(w[0].shape)
            ),
        ),
    ),
    (
        "{name} is a matrix, not yet brought into the shape of the weights.",
        _with(
            "d_weights",
            lambda d, x, w, c, s, p: d.transpose(1, 0, 2, 3).reshape(len(w), -1) @ c.T,
        ),
    ),
    (
        "{name} has its numbers in wrong places: d_out has to be brought into the order of the "
        "columns, filters first, with transpose(1, 0, 2, 3), before it is reshaped.",
        _with("d_weights", lambda d, x, w, c, s, p: (d.reshape(len(w), -1) @ c.T).reshape(w.shape)),
    ),
]
