"""The ladder: one training step of the network `full`, from loops to faster than PyTorch.

Each rung is a class with `step(images, labels)`: forward, loss, backward, and SGD with momentum,
for images (N, 1, 28, 28). All start from the same weights, and `agree` checks that a step of
each changes them equally. After the loops, the rungs differ mainly in the memory layout of the
arrays and in how often numbers are copied.

    conv 32 -> ReLU -> pool -> conv 64 -> ReLU -> pool -> dense 128 -> ReLU -> dense 10
"""

import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy import ndarray

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "solutions"))

LEARNING_RATE, MOMENTUM = 0.01, 0.9
POOL = ((0, 0), (0, 1), (1, 0), (1, 1))
KERNEL = tuple((u, v) for u in range(3) for v in range(3))


class Rung(Protocol):
    """One implementation; `weights` returns its parameters in the shapes of `first_weights`."""

    def step(self, images: ndarray, labels: ndarray) -> float: ...

    def weights(self) -> list[ndarray]: ...


def first_weights(dtype: type = np.float32) -> list[ndarray]:
    """Weights and biases of the four layers: filters (F, C, 3, 3), dense (D, M)."""
    rng = np.random.default_rng(0)
    weights: list[ndarray] = []
    for shape, inputs in (
        ((32, 1, 3, 3), 9),
        ((64, 32, 3, 3), 288),
        ((1600, 128), 1600),
        ((128, 10), 128),
    ):
        weights.append((rng.standard_normal(shape) * np.sqrt(2 / inputs)).astype(dtype))
        weights.append(np.zeros(shape[0] if len(shape) == 4 else shape[1], dtype))
    return weights


class _Trained:
    """Parameters and SGD in place; the rungs below add forward and backward."""

    def __init__(self, parameters: list[ndarray]) -> None:
        self.parameters = parameters
        self.velocities = [np.zeros_like(parameter) for parameter in parameters]

    def update(self, gradients: list[ndarray]) -> None:
        for value, velocity, gradient in zip(
            self.parameters, self.velocities, gradients, strict=True
        ):
            velocity *= MOMENTUM
            velocity -= LEARNING_RATE * gradient
            value += velocity

    def dense_part(self, x: ndarray, labels: ndarray) -> tuple[float, ndarray, list[ndarray]]:
        """Both dense layers and the loss; return the loss, d_x, and the gradients of w3 to b4."""
        w3, b3, w4, b4 = self.parameters[4:]
        hidden = x @ w3
        hidden += b3
        np.maximum(hidden, 0, out=hidden)
        p = hidden @ w4
        p += b4
        p -= p.max(axis=1, keepdims=True)
        np.exp(p, out=p)
        p /= p.sum(axis=1, keepdims=True)
        rows = np.arange(len(labels))
        loss = float(-np.log(p[rows, labels]).mean())
        p[rows, labels] -= 1
        p /= len(labels)
        d_hidden = p @ w4.T
        d_hidden *= hidden > 0
        gradients = [x.T @ d_hidden, d_hidden.sum(axis=0), hidden.T @ p, p.sum(axis=0)]
        return loss, d_hidden @ w3.T, gradients


class Functions(NamedTuple):
    """One way to convolve and to pool, on (N, C, H, W) and without padding."""

    conv: Callable[[ndarray, ndarray, ndarray], tuple[ndarray, Any]]
    conv_back: Callable[[ndarray, ndarray, ndarray, Any], tuple[ndarray, ndarray, ndarray]]
    pool: Callable[[ndarray], tuple[ndarray, Any]]
    pool_back: Callable[[ndarray, ndarray, Any], ndarray]


class Plain(_Trained):
    """The network as walk-throughs write it, built from four functions."""

    def __init__(self, functions: Functions, dtype: type) -> None:
        super().__init__(first_weights(dtype))
        self.functions, self.dtype = functions, dtype

    def weights(self) -> list[ndarray]:
        return self.parameters

    def step(self, images: ndarray, labels: ndarray) -> float:
        f, (w1, b1, w2, b2) = self.functions, self.parameters[:4]
        x = images.astype(self.dtype)
        conv1, kept1 = f.conv(x, w1, b1)
        relu1 = np.maximum(conv1, 0)
        pool1, places1 = f.pool(relu1)
        conv2, kept2 = f.conv(pool1, w2, b2)
        relu2 = np.maximum(conv2, 0)
        pool2, places2 = f.pool(relu2)
        loss, d, dense = self.dense_part(pool2.reshape(len(x), -1), labels)
        d = f.pool_back(d.reshape(pool2.shape), relu2, places2) * (conv2 > 0)
        d, d_w2, d_b2 = f.conv_back(d, pool1, w2, kept2)
        d = f.pool_back(d, relu1, places1) * (conv1 > 0)
        _, d_w1, d_b1 = f.conv_back(d, x, w1, kept1)
        self.update([d_w1, d_b1, d_w2, d_b2, *dense])
        return loss


# --- 1: loops, as in the definitions -----------------------------------------------------


def _conv_loops(x: ndarray, weights: ndarray, bias: ndarray) -> tuple[ndarray, None]:
    convolution = importlib.import_module("a1_convolution.convolution")
    return convolution.conv2d_forward_naive(x, weights, bias), None


def _conv_back_loops(
    d_out: ndarray, x: ndarray, weights: ndarray, _: Any
) -> tuple[ndarray, ndarray, ndarray]:
    d_x, d_weights = np.zeros_like(x), np.zeros_like(weights)
    for n, f, i, j in np.ndindex(d_out.shape):
        window = (n, slice(None), slice(i, i + 3), slice(j, j + 3))
        d_weights[f] += d_out[n, f, i, j] * x[window]
        d_x[window] += d_out[n, f, i, j] * weights[f]
    return d_x, d_weights, d_out.sum(axis=(0, 2, 3))


def _pool_loops(x: ndarray) -> tuple[ndarray, list[tuple[int, int, int, int]]]:
    out = np.zeros((*x.shape[:2], x.shape[2] // 2, x.shape[3] // 2), x.dtype)
    places = []
    for n, c, i, j in np.ndindex(out.shape):
        window = x[n, c, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2]
        row, column = divmod(int(window.argmax()), 2)
        out[n, c, i, j] = window[row, column]
        places.append((n, c, 2 * i + row, 2 * j + column))
    return out, places


def _pool_back_loops(d_out: ndarray, x: ndarray, places: Any) -> ndarray:
    d_x = np.zeros_like(x)
    for place, d in zip(places, d_out.ravel(), strict=True):
        d_x[place] += d
    return d_x


# --- 2: fancy indices: every window is gathered by index, and scattered with add.at -------


def _numbers(x_shape: tuple[int, ...]) -> tuple[ndarray, ndarray, ndarray]:
    """Channel, row, column in x of each element of cols: (C*9, 1), then (C*9, OH*OW) twice."""
    _, channels, height, width = x_shape
    u, v = np.divmod(np.tile(np.arange(9), channels), 3)
    i, j = np.divmod(np.arange((height - 2) * (width - 2)), width - 2)
    return np.repeat(np.arange(channels), 9)[:, None], u[:, None] + i, v[:, None] + j


def _conv_fancy(x: ndarray, weights: ndarray, bias: ndarray) -> tuple[ndarray, ndarray]:
    images, _, height, width = x.shape
    channel, row, column = _numbers(x.shape)
    # (N, C*9, OH*OW) with the images last: one column for each image at each place.
    cols = x[:, channel, row, column].transpose(1, 2, 0).reshape(len(channel), -1)
    out = weights.reshape(len(weights), -1) @ cols + bias[:, None]
    return out.reshape(-1, height - 2, width - 2, images).transpose(3, 0, 1, 2), cols


def _conv_back_fancy(
    d_out: ndarray, x: ndarray, weights: ndarray, cols: ndarray
) -> tuple[ndarray, ndarray, ndarray]:
    filters = len(weights)
    d_rows = d_out.transpose(1, 2, 3, 0).reshape(filters, -1)
    d_cols = (weights.reshape(filters, -1).T @ d_rows).reshape(len(cols), -1, len(x))
    d_x = np.zeros_like(x)
    np.add.at(d_x, (slice(None), *_numbers(x.shape)), d_cols.transpose(2, 0, 1))
    return d_x, (d_rows @ cols.T).reshape(weights.shape), d_out.sum(axis=(0, 2, 3))


def _blocks(x: ndarray) -> ndarray:
    """The 2x2 blocks of x as axes of their own, (N, C, OH, 2, OW, 2)."""
    images, channels, height, width = x.shape
    even = x[:, :, : height // 2 * 2, : width // 2 * 2]
    return even.reshape(images, channels, height // 2, 2, width // 2, 2)


def _pool_reshape(x: ndarray) -> tuple[ndarray, ndarray]:
    blocks = _blocks(x).transpose(0, 1, 2, 4, 3, 5).reshape(*_blocks(x).shape[:3], -1, 4)
    place = blocks.argmax(axis=-1)
    return np.take_along_axis(blocks, place[..., None], -1)[..., 0], place


def _pool_back_reshape(d_out: ndarray, x: ndarray, place: ndarray) -> ndarray:
    blocks = np.zeros((*d_out.shape, 4), x.dtype)
    np.put_along_axis(blocks, place[..., None], d_out[..., None], -1)
    height, width = d_out.shape[2:]
    d_x = np.zeros_like(x)
    d_x[:, :, : 2 * height, : 2 * width] = (
        blocks.reshape(*d_out.shape, 2, 2)
        .transpose(0, 1, 2, 4, 3, 5)
        .reshape(*d_out.shape[:2], 2 * height, 2 * width)
    )
    return d_x


# --- 3 and 4: the reference of this course, in float64 and in float32 ---------------------


class Reference:
    """The layers of solutions/, assembled and trained as a learner does it."""

    def __init__(self, dtype: type = np.float32) -> None:
        self.network = network = importlib.import_module("a4_training.network")
        self.loss = importlib.import_module("a3_pooling_and_loss.loss")
        rng = np.random.default_rng(0)
        self.dtype = dtype
        self.model = network.CNN(
            [
                *(network.Conv2D(1, 32, 3, rng=rng, dtype=dtype), network.ReLU()),
                *(network.MaxPool2D(), network.Conv2D(32, 64, 3, rng=rng, dtype=dtype)),
                *(network.ReLU(), network.MaxPool2D(), network.Flatten()),
                *(network.Dense(1600, 128, rng=rng, dtype=dtype), network.ReLU()),
                network.Dense(128, 10, rng=rng, dtype=dtype),
            ]
        )
        for parameter, value in zip(self.model.parameters(), first_weights(dtype), strict=True):
            parameter.value = value
        self.optimizer = network.SGD(self.model.parameters(), LEARNING_RATE, MOMENTUM)

    def weights(self) -> list[ndarray]:
        return [parameter.value for parameter in self.model.parameters()]

    def step(self, images: ndarray, labels: ndarray) -> float:
        self.model.zero_grad()
        probabilities = self.loss.softmax(self.model.forward(images.astype(self.dtype, copy=False)))
        loss = self.loss.cross_entropy(probabilities, labels)
        self.model.backward(self.loss.softmax_cross_entropy_backward(probabilities, labels))
        self.optimizer.step()
        return float(loss)


# --- 5: the channels innermost in memory --------------------------------------------------


class ChannelsLast(_Trained):
    """Images as (N, H, W, C).

    A row of a window is then contiguous in memory, the product has the layout that the next layer
    needs, and d_x is a sum of nine shifted products, without d_cols. The first layer computes no
    d_x.
    """

    def __init__(self) -> None:
        w1, b1, w2, b2, w3, *rest = first_weights()
        # Filters as (3, 3, C, F); the rows of the dense layer in the new order of the pixels.
        w1, w2 = (np.ascontiguousarray(w.transpose(2, 3, 1, 0)) for w in (w1, w2))
        w3 = w3.reshape(64, 5, 5, 128).transpose(1, 2, 0, 3).reshape(1600, 128)
        super().__init__([w1, b1, w2, b2, w3, *rest])

    def weights(self) -> list[ndarray]:
        w1, b1, w2, b2, w3, *rest = self.parameters
        w3 = w3.reshape(5, 5, 64, 128).transpose(2, 0, 1, 3).reshape(1600, 128)
        return [w1.transpose(3, 2, 0, 1), b1, w2.transpose(3, 2, 0, 1), b2, w3, *rest]

    def step(self, images: ndarray, labels: ndarray) -> float:
        w1, b1, w2, b2 = self.parameters[:4]
        x = images.transpose(0, 2, 3, 1)
        conv1, cols1 = _conv_last(x, w1, b1)
        relu1 = np.maximum(conv1, 0)
        pool1 = _pool_last(relu1)
        conv2, cols2 = _conv_last(pool1, w2, b2)
        relu2 = np.maximum(conv2, 0)
        pool2 = _pool_last(relu2)
        loss, d, dense = self.dense_part(pool2.reshape(len(x), -1), labels)
        d = _pool_back_last(d.reshape(pool2.shape), relu2, pool2) * (conv2 > 0)
        d_w2, d_b2 = _weights_back_last(d, cols2, w2.shape)
        d = _shifted_products(d, w2, pool1.shape)
        d = _pool_back_last(d, relu1, pool1) * (conv1 > 0)
        d_w1, d_b1 = _weights_back_last(d, cols1, w1.shape)
        self.update([d_w1, d_b1, d_w2, d_b2, *dense])
        return loss


def _conv_last(x: ndarray, weights: ndarray, bias: ndarray) -> tuple[ndarray, ndarray]:
    images, height, width, _ = x.shape
    windows = np.lib.stride_tricks.sliding_window_view(x, (3, 3), (1, 2))
    cols = windows.transpose(0, 1, 2, 4, 5, 3).reshape(images * (height - 2) * (width - 2), -1)
    out = cols @ weights.reshape(-1, weights.shape[3])
    out += bias
    return out.reshape(images, height - 2, width - 2, -1), cols


def _weights_back_last(
    d_out: ndarray, cols: ndarray, shape: tuple[int, ...]
) -> tuple[ndarray, ndarray]:
    d_rows = d_out.reshape(-1, d_out.shape[3])
    # A row of ones times a matrix gives the column sums, at the speed of a matrix product.
    d_bias = np.ones(len(d_rows), d_rows.dtype) @ d_rows
    return (cols.T @ d_rows).reshape(shape), d_bias


def _shifted_products(d_out: ndarray, weights: ndarray, x_shape: tuple[int, ...]) -> ndarray:
    _, height, width, _ = d_out.shape
    d_x = np.zeros(x_shape, d_out.dtype)
    for u, v in KERNEL:
        d_x[:, u : u + height, v : v + width] += d_out @ weights[u, v].T
    return d_x


def _corners(x: ndarray, height: int, width: int) -> list[ndarray]:
    """The four pixels of every 2x2 window, as four arrays."""
    return [x[:, p : 2 * height : 2, q : 2 * width : 2] for p, q in POOL]


def _pool_last(x: ndarray) -> ndarray:
    a, b, c, d = _corners(x, x.shape[1] // 2, x.shape[2] // 2)
    out = np.maximum(a, b)
    np.maximum(out, c, out=out)
    return np.maximum(out, d, out=out)


def _pool_back_last(d_out: ndarray, x: ndarray, out: ndarray) -> ndarray:
    d_x = np.zeros_like(x)
    height, width = out.shape[1:3]
    free = np.ones(out.shape, bool)  # windows whose first maximum has not been found yet
    for corner, d_corner in zip(
        _corners(x, height, width), _corners(d_x, height, width), strict=True
    ):
        here = corner == out
        here &= free
        np.multiply(d_out, here, out=d_corner)
        free ^= here
    return d_x


# --- 6: the same memory again and again, and pooling before ReLU --------------------------


class Preallocated(ChannelsLast):
    """No new memory in a step, and ReLU after pooling, on a quarter of the numbers.

    Allocating megabytes and writing to them for the first time costs as much as computing on them.
    max(x, 0) keeps the order of numbers, so it can be applied after the maximum.
    """

    def __init__(self, images: int = 64) -> None:
        super().__init__()
        self.images = images
        self.first = _Block(images, 28, 1, 32)
        self.second = _Block(images, 13, 32, 64)
        self.d_pool1 = np.empty((images, 13, 13, 32), np.float32)
        self.product = np.empty((images * 11 * 11, 32), np.float32)

    def step(self, images: ndarray, labels: ndarray) -> float:
        if len(images) != self.images:
            raise ValueError(f"made for {self.images} images, not for {len(images)}")
        w1, b1, w2, b2 = self.parameters[:4]
        pool1 = self.first.forward(images.transpose(0, 2, 3, 1), w1, b1)
        pool2 = self.second.forward(pool1, w2, b2)
        loss, d, dense = self.dense_part(pool2.reshape(len(images), -1), labels)
        d_w2, d_b2 = self.second.backward(d.reshape(pool2.shape), w2.shape)
        self.d_pool1[...] = 0
        d_conv = self.second.d_conv.reshape(-1, 64)
        for u, v in KERNEL:
            np.matmul(d_conv, w2[u, v].T, out=self.product)
            self.d_pool1[:, u : u + 11, v : v + 11] += self.product.reshape(-1, 11, 11, 32)
        d_w1, d_b1 = self.first.backward(self.d_pool1, w1.shape)
        self.update([d_w1, d_b1, d_w2, d_b2, *dense])
        return loss


class _Block:
    """Convolution, pooling, ReLU, and the memory for them."""

    def __init__(self, images: int, side: int, channels: int, filters: int) -> None:
        out, half = side - 2, (side - 2) // 2
        self.cols = np.empty((images, out, out, 3, 3, channels), np.float32)
        self.conv = np.empty((images, out, out, filters), np.float32)
        # Pixels that are in no pooling window stay zero.
        self.d_conv = np.zeros_like(self.conv)
        self.pool = np.empty((images, half, half, filters), np.float32)
        self.here, self.free = (np.empty(self.pool.shape, bool) for _ in range(2))
        self.ones = np.ones(images * out * out, np.float32)

    def forward(self, x: ndarray, weights: ndarray, bias: ndarray) -> ndarray:
        windows = np.lib.stride_tricks.sliding_window_view(x, (3, 3), (1, 2))
        self.cols[...] = windows.transpose(0, 1, 2, 4, 5, 3)
        rows = self.conv.reshape(-1, len(bias))
        np.matmul(self.cols.reshape(len(rows), -1), weights.reshape(-1, len(bias)), out=rows)
        a, b, c, d = _corners(self.conv, *self.pool.shape[1:3])
        np.maximum(a, b, out=self.pool)
        np.maximum(self.pool, c, out=self.pool)
        np.maximum(self.pool, d, out=self.pool)
        # The bias is the same for all four pixels, so add it after the maximum.
        self.biased = self.pool + bias
        return np.maximum(self.biased, 0)

    def backward(self, d_out: ndarray, shape: tuple[int, ...]) -> tuple[ndarray, ndarray]:
        d_out *= self.biased > 0
        self.free[...] = True
        corners = _corners(self.conv, *self.pool.shape[1:3])
        d_corners = _corners(self.d_conv, *self.pool.shape[1:3])
        for corner, d_corner in zip(corners, d_corners, strict=True):
            np.equal(corner, self.pool, out=self.here)
            self.here &= self.free
            np.multiply(d_out, self.here, out=d_corner)
            self.free ^= self.here
        d_rows = self.d_conv.reshape(len(self.ones), -1)
        d_weights = self.cols.reshape(len(d_rows), -1).T @ d_rows
        # Each d_out went to one pixel: the sums are those of d_conv, from a quarter of the numbers.
        d_bias = d_out.reshape(-1, shape[3]).sum(axis=0)
        return d_weights.reshape(shape), d_bias


# --- 7: the convolution's output in the order in which the pool reads it ------------------


class PoolOrder(ChannelsLast):
    """The four pixels of a window are in four separate arrays, and so are their columns.

    Pooling then reads and writes whole arrays, no pixel outside the windows is computed, and the
    backward pass has no strided writes except those to d_x.
    """

    def __init__(self, images: int = 64) -> None:
        super().__init__()
        self.images = images
        self.first = _Quarters(images, 28, 1, 32)
        self.second = _Quarters(images, 13, 32, 64)
        self.d_pool1 = np.empty((images, 13, 13, 32), np.float32)
        self.product = np.empty((images * 5 * 5, 32), np.float32)

    def step(self, images: ndarray, labels: ndarray) -> float:
        if len(images) != self.images:
            raise ValueError(f"made for {self.images} images, not for {len(images)}")
        w1, b1, w2, b2 = self.parameters[:4]
        pool1 = self.first.forward(images.transpose(0, 2, 3, 1), w1, b1)
        pool2 = self.second.forward(pool1, w2, b2)
        loss, d, dense = self.dense_part(pool2.reshape(len(images), -1), labels)
        d_w2, d_b2 = self.second.backward(d.reshape(-1, 64), w2.shape)
        self.d_pool1[...] = 0
        for (p, q), d_corner in zip(POOL, self.second.d_conv, strict=True):
            for u, v in KERNEL:
                np.matmul(d_corner, w2[u, v].T, out=self.product)
                target = self.d_pool1[:, u + p : u + p + 9 : 2, v + q : v + q + 9 : 2]
                target += self.product.reshape(-1, 5, 5, 32)
        d_w1, d_b1 = self.first.backward(self.d_pool1.reshape(-1, 32), w1.shape)
        self.update([d_w1, d_b1, d_w2, d_b2, *dense])
        return loss


class _Quarters:
    """Convolution, pooling, ReLU on four arrays, one for each corner of the pool's window."""

    def __init__(self, images: int, side: int, channels: int, filters: int) -> None:
        self.half = half = (side - 2) // 2
        self.cols = np.empty((4, images, half, half, 3, 3, channels), np.float32)
        self.conv = np.empty((4, images * half * half, filters), np.float32)
        self.d_conv = np.empty_like(self.conv)
        self.pool = np.empty(self.conv.shape[1:], np.float32)
        self.out = np.empty((images, half, half, filters), np.float32)
        self.here, self.free = (np.empty(self.pool.shape, bool) for _ in range(2))

    def forward(self, x: ndarray, weights: ndarray, bias: ndarray) -> ndarray:
        windows = np.lib.stride_tricks.sliding_window_view(x, (3, 3), (1, 2))
        windows = windows.transpose(0, 1, 2, 4, 5, 3)
        for (p, q), cols in zip(POOL, self.cols, strict=True):
            cols[...] = windows[:, p : p + 2 * self.half : 2, q : q + 2 * self.half : 2]
        rows = self.conv.reshape(-1, len(bias))
        np.matmul(self.cols.reshape(len(rows), -1), weights.reshape(-1, len(bias)), out=rows)
        np.maximum(self.conv[0], self.conv[1], out=self.pool)
        np.maximum(self.pool, self.conv[2], out=self.pool)
        np.maximum(self.pool, self.conv[3], out=self.pool)
        out = self.out.reshape(self.pool.shape)
        np.add(self.pool, bias, out=out)
        np.maximum(out, 0, out=out)
        return self.out

    def backward(self, d_out: ndarray, shape: tuple[int, ...]) -> tuple[ndarray, ndarray]:
        d_out *= self.out.reshape(d_out.shape) > 0
        self.free[...] = True
        for corner, d_corner in zip(self.conv, self.d_conv, strict=True):
            np.equal(corner, self.pool, out=self.here)
            self.here &= self.free
            np.multiply(d_out, self.here, out=d_corner)
            self.free ^= self.here
        d_rows = self.d_conv.reshape(-1, shape[3])
        d_weights = self.cols.reshape(len(d_rows), -1).T @ d_rows
        return d_weights.reshape(shape), d_out.sum(axis=0)


def loops() -> Plain:
    """Everything by loops, float64."""
    return Plain(
        Functions(_conv_loops, _conv_back_loops, _pool_loops, _pool_back_loops), np.float64
    )


def fancy() -> Plain:
    """Fancy indices and `np.add.at`, float64; pooling by reshaped blocks."""
    return Plain(
        Functions(_conv_fancy, _conv_back_fancy, _pool_reshape, _pool_back_reshape), np.float64
    )


RUNGS: dict[str, Callable[[], Rung]] = {
    "loops": loops,
    "fancy indices, float64": fancy,
    "the reference, float64": lambda: Reference(np.float64),
    "the reference, float32": Reference,
    "channels last in memory": ChannelsLast,
    "no fresh memory, pool before ReLU": Preallocated,
    "output in the pool's order": PoolOrder,
}


def agree(images: ndarray, labels: ndarray, names: list[str]) -> None:
    """Take two steps on each rung; raise AssertionError unless the weights are nearly equal."""
    wanted: list[ndarray] = []
    for name in names:
        rung = RUNGS[name]()
        for _ in range(2):
            rung.step(images, labels)
        for number, (value, right) in enumerate(zip(rung.weights(), wanted, strict=False)):
            np.testing.assert_allclose(value, right, atol=2e-5, err_msg=f"{name}, {number}")
        wanted = wanted or rung.weights()
