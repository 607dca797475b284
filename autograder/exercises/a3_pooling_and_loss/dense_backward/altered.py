"""Other formulas of dense_backward: other sums."""

from collections.abc import Callable
from typing import Any

import numpy as np

Gradients = tuple[np.ndarray, np.ndarray, np.ndarray]


def _with(**new: Callable[..., Any]) -> Callable[..., Gradients]:
    """The right gradients, with some computed otherwise."""

    def backward(d_out: np.ndarray, x: np.ndarray, weights: np.ndarray) -> Gradients:
        parts = {"d_x": d_out @ weights.T, "d_weights": x.T @ d_out, "d_bias": d_out.sum(axis=0)}
        parts |= {name: formula(d_out, x, weights) for name, formula in new.items()}
        return parts["d_x"], parts["d_weights"], parts["d_bias"]

    return backward


ALTERED: list[tuple[str, Callable[..., Any]]] = [
    (
        "{name} is d_out summed over the outputs, one number for each image: sum over the images, "
        "axis 0, so that one number for each output is left.",
        _with(d_bias=lambda d, x, w: d.sum(axis=1)),
    ),
    (
        "{name} is d_out summed over everything: sum over the images alone, axis=0.",
        _with(d_bias=lambda d, x, w: d.sum()),
    ),
    (
        "{name} is the mean over the images: it is their sum.",
        _with(d_bias=lambda d, x, w: d.mean(axis=0)),
    ),
    ("{name} is d_out itself: sum it over the images.", _with(d_bias=lambda d, x, w: d)),
    (
        "{name} keeps an axis of length 1: sum without keepdims.",
        _with(d_bias=lambda d, x, w: d.sum(axis=0, keepdims=True)),
    ),
    (
        "{name} is transposed: x.T @ d_out has the shape of the weights.",
        _with(d_weights=lambda d, x, w: d.T @ x),
    ),
    (
        "{name} multiplies by the weights where their transpose belongs.",
        _with(d_x=lambda d, x, w: d @ w if d.shape[1] == w.shape[0] else d @ w.T),
    ),
    (
        "{name} multiplies x by d_out without a transpose: each weight belongs to one input and "
        "one output, so write x.T @ d_out.",
        _with(d_weights=lambda d, x, w: x @ d if x.shape[1] == d.shape[0] else x.T @ d),
    ),
    (
        "{name} is what weights.reshape(M, D) gives in the place of weights.T: reshape does not "
        "exchange axes.",
        _with(d_x=lambda d, x, w: d @ w.reshape(w.shape[1], -1)),
    ),
    (
        "{name} is what (d_out.T @ x).reshape gives: reshape does not exchange axes, so write "
        "x.T @ d_out.",
        _with(d_weights=lambda d, x, w: (d.T @ x).reshape(w.shape)),
    ),
    (
        "{name} is transposed: d_out @ weights.T has the shape of x.",
        _with(d_x=lambda d, x, w: (d @ w.T).T),
    ),
    (
        "{name} is 0 wherever x is not positive: that is the work of ReLU.",
        _with(d_x=lambda d, x, w: (d @ w.T) * (x > 0)),
    ),
    (
        "{name} is that of the last image alone: the images are added up.",
        _with(d_weights=lambda d, x, w: np.outer(x[-1], d[-1])),
    ),
]
