"""Three implementations of the network `layers`: loops, whole batches, and matrix products.

All three are trained by the same `train_epoch` of solutions/ and end at the same weights.
"""

import importlib
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy import ndarray

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "solutions"))

network = importlib.import_module("a4_training.network")
convolution = importlib.import_module("a1_convolution.convolution")


class ConvByLoops(network.Conv2D):
    """Convolution with a loop over every image, filter and window."""

    def forward(self, x: ndarray) -> ndarray:
        self.x = x
        return convolution.conv2d_forward_naive(x, self.weights.value, self.bias.value)

    def backward(self, d_out: ndarray) -> ndarray:
        d_x = np.zeros_like(self.x)
        for n, f, i, j in np.ndindex(d_out.shape):
            window = (n, slice(None), slice(i, i + 3), slice(j, j + 3))
            self.weights.grad[f] += d_out[n, f, i, j] * self.x[window]
            self.bias.grad[f] += d_out[n, f, i, j]
            d_x[window] += d_out[n, f, i, j] * self.weights.value[f]
        return d_x


class PoolByLoops(network.MaxPool2D):
    """Pooling with a loop over every image, channel and window."""

    def forward(self, x: ndarray) -> ndarray:
        out = np.zeros((*x.shape[:2], x.shape[2] // 2, x.shape[3] // 2), x.dtype)
        self.x_shape, self.places = x.shape, []
        for n, c, i, j in np.ndindex(out.shape):
            window = x[n, c, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2]
            row, column = divmod(int(window.argmax()), 2)
            out[n, c, i, j] = window[row, column]
            self.places.append((n, c, 2 * i + row, 2 * j + column))
        return out

    def backward(self, d_out: ndarray) -> ndarray:
        d_x = np.zeros(self.x_shape, d_out.dtype)
        for place, d in zip(self.places, d_out.ravel(), strict=True):
            d_x[place] += d
        return d_x


class ConvByBatch(network.Conv2D):
    """Convolution with a loop over windows, for all images and filters at once."""

    def forward(self, x: ndarray) -> ndarray:
        self.x = x
        rows = self.weights.value.reshape(len(self.weights.value), -1)
        height, width = x.shape[2] - 2, x.shape[3] - 2
        out = np.zeros((len(x), len(rows), height, width), x.dtype)
        for i, j in np.ndindex(height, width):
            window = x[:, :, i : i + 3, j : j + 3].reshape(len(x), -1)
            out[:, :, i, j] = window @ rows.T + self.bias.value
        return out

    def backward(self, d_out: ndarray) -> ndarray:
        x, d_x = self.x, np.zeros_like(self.x)
        rows = self.weights.value.reshape(len(self.weights.value), -1)
        for i, j in np.ndindex(d_out.shape[2:]):
            window = x[:, :, i : i + 3, j : j + 3]
            d_rows = d_out[:, :, i, j].T @ window.reshape(len(x), -1)
            self.weights.grad += d_rows.reshape(self.weights.grad.shape)
            d_x[:, :, i : i + 3, j : j + 3] += (d_out[:, :, i, j] @ rows).reshape(window.shape)
        self.bias.grad += d_out.sum(axis=(0, 2, 3))
        return d_x


class PoolByBatch(network.MaxPool2D):
    """Pooling with a loop over windows, for all images and channels at once."""

    def forward(self, x: ndarray) -> ndarray:
        out = np.zeros((*x.shape[:2], x.shape[2] // 2, x.shape[3] // 2), x.dtype)
        self.x_shape, self.place = x.shape, np.zeros(out.shape, int)
        for i, j in np.ndindex(out.shape[2:]):
            window = x[:, :, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2].reshape(*x.shape[:2], 4)
            out[:, :, i, j], self.place[:, :, i, j] = window.max(axis=2), window.argmax(axis=2)
        return out

    def backward(self, d_out: ndarray) -> ndarray:
        d_x = np.zeros(self.x_shape, d_out.dtype)
        n, c = np.ogrid[: self.x_shape[0], : self.x_shape[1]]
        for i, j in np.ndindex(d_out.shape[2:]):
            row, column = np.divmod(self.place[:, :, i, j], 2)
            d_x[n, c, 2 * i + row, 2 * j + column] += d_out[:, :, i, j]
        return d_x


WAYS: dict[str, tuple[Any, Any]] = {
    "by loops: each window by itself": (ConvByLoops, PoolByLoops),
    "by batch: each place once for all images": (ConvByBatch, PoolByBatch),
    "vectorised: im2col and one product": (network.Conv2D, network.MaxPool2D),
}


def build(way: str) -> Any:
    """The network `layers`, float32, with the same first weights for every way."""
    conv, pool = WAYS[way]
    rng = np.random.default_rng(0)
    first = conv(1, 8, 3, rng=rng, dtype=np.float32)
    dense = network.Dense(1352, 10, rng=rng, dtype=np.float32)
    return network.CNN([first, network.ReLU(), pool(), network.Flatten(), dense])


def train(way: str, images: ndarray, labels: ndarray) -> list[ndarray]:
    """Train one epoch in batches of 32; return the final weights."""
    model = build(way)
    optimizer = network.SGD(model.parameters(), 0.05)
    network.train_epoch(model, optimizer, images, labels, 32, np.random.default_rng(0))
    return [parameter.value for parameter in model.parameters()]
