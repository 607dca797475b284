"""Grids of small calls: most differ from a simple call in one respect, some in several.

From the calls with right and with wrong results, the judge finds the condition under which a
mistake shows. The names of the conditions are defined in conditions.py.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from autograder.exercises.shared.probing import Probe, calling, numbers


@dataclass(frozen=True)
class Sizes:
    """The sizes of one convolution."""

    images: int = 1
    channels: int = 1
    height: int = 5
    width: int = 5
    filters: int = 1
    kernel_height: int = 3
    kernel_width: int = 3
    stride: int = 1
    padding: int = 0
    bias: bool = False

    @property
    def x_shape(self) -> tuple[int, int, int, int]:
        return self.images, self.channels, self.height, self.width

    @property
    def weights_shape(self) -> tuple[int, int, int, int]:
        return self.filters, self.channels, self.kernel_height, self.kernel_width

    @property
    def room(self) -> tuple[int, int]:
        """How far the window can move down and across."""
        down = self.height + 2 * self.padding - self.kernel_height
        return down, self.width + 2 * self.padding - self.kernel_width

    @property
    def out_sizes(self) -> tuple[int, int]:
        return self.room[0] // self.stride + 1, self.room[1] // self.stride + 1

    @property
    def letters(self) -> dict[str, int]:
        """The sizes by their letters."""
        n, c, h, w = self.x_shape
        out_height, out_width = self.out_sizes
        return {
            "N": n,
            "F": self.filters,
            "C": c,
            "KH": self.kernel_height,
            "KW": self.kernel_width,
            "OH": out_height,
            "OW": out_width,
            "H": h,
            "W": w,
            "stride": self.stride,
            "padding": self.padding,
        }

    @property
    def conditions(self) -> frozenset[str]:
        """The names of the conditions that hold for a convolution of these sizes."""
        window = self.kernel_height, self.kernel_width
        # Along an axis with a single window, nothing overlaps and there is no gap.
        beside = [size for size, out in zip(window, self.out_sizes, strict=True) if out > 1]
        held = {
            "rectangular_picture": self.height != self.width,
            "rectangular_kernel": self.kernel_height != self.kernel_width,
            "rectangular_output": self.out_sizes[0] != self.out_sizes[1],
            "stride": self.stride > 1,
            "padding": self.padding > 0,
            "leftover": any(room % self.stride for room in self.room),
            "overlap": any(self.stride < size for size in beside),
            "gap": any(self.stride > size for size in beside),
            "even_kernel": any(size % 2 == 0 for size in window),
            "small_kernel": window != (3, 3),
            "several_kernel_pixels": window != (1, 1),
            "changes_size": self.out_sizes != (self.height, self.width),
            "images": self.images > 1,
            "channels": self.channels > 1,
            "filters": self.filters > 1,
            "bias": self.bias,
        }
        return frozenset(name for name, holds in held.items() if holds)


_BASE = Sizes()
CONVOLUTIONS: tuple[Sizes, ...] = (
    _BASE,
    replace(_BASE, height=4, width=4),
    replace(_BASE, width=7),
    replace(_BASE, height=6, width=4),
    replace(_BASE, kernel_height=2),
    replace(_BASE, kernel_width=2),
    replace(_BASE, kernel_height=1),
    replace(_BASE, width=6, kernel_height=2),
    replace(_BASE, stride=2),
    replace(_BASE, height=7, width=7, stride=2),
    replace(_BASE, height=6, width=6, stride=2),
    replace(_BASE, height=7, width=7, stride=3),
    replace(_BASE, height=6, width=6, stride=3),
    replace(_BASE, padding=1),
    replace(_BASE, padding=2),
    replace(_BASE, height=4, width=4, padding=1),
    replace(_BASE, images=2),
    replace(_BASE, images=3),
    replace(_BASE, channels=2),
    replace(_BASE, channels=3),
    replace(_BASE, filters=2),
    replace(_BASE, filters=3),
    replace(_BASE, bias=True),
    replace(_BASE, filters=3, bias=True),
    replace(_BASE, kernel_height=2, kernel_width=2),
    replace(_BASE, kernel_height=1, kernel_width=1),
    replace(_BASE, kernel_height=5, kernel_width=5),
    replace(_BASE, height=4, width=4, kernel_height=2, kernel_width=2, stride=2),
    replace(_BASE, height=7, width=7, kernel_height=2, kernel_width=2, stride=3),
    replace(_BASE, stride=2, padding=1),
    replace(_BASE, height=6, width=7, stride=2, padding=1),
    replace(_BASE, width=7, padding=1),
    replace(_BASE, width=9, stride=2),
    replace(_BASE, images=2, channels=2),
    replace(_BASE, images=2, filters=2),
    replace(_BASE, channels=2, filters=3),
    replace(_BASE, images=2, padding=1),
    replace(_BASE, images=2, stride=2),
    # Windows that fit exactly: first more of them down than across, then more across.
    replace(_BASE, height=6, width=4, kernel_height=2, kernel_width=2, stride=2),
    replace(_BASE, height=4, width=6, kernel_height=2, kernel_width=2, stride=2),
    Sizes(2, 3, 6, 7, 2, 2, 3, 2, 1, True),
    Sizes(3, 2, 7, 5, 4, 3, 2, 1, 2, True),
    Sizes(2, 2, 4, 6, 3, 2, 2, 2, 0, True),
    Sizes(2, 2, 5, 5, 2, 3, 3, 2, 1, True),
    # Calls in which a condition holds but its mistake does not show, such as a stride above 1
    # with a single window: they prevent sentences that are too general.
    Sizes(1, 1, 4, 4, 4, 3, 3, 1, 0, True),
    Sizes(1, 1, 5, 5, 1, 1, 1, 2, 0, False),
    Sizes(2, 2, 6, 6, 2, 1, 1, 3, 0, True),
    Sizes(1, 1, 4, 5, 1, 1, 1, 1, 1, False),
    Sizes(1, 1, 7, 6, 1, 1, 4, 3, 2, False),
    Sizes(1, 1, 6, 5, 1, 3, 3, 2, 0, False),
    Sizes(1, 1, 5, 6, 1, 3, 3, 2, 0, False),
    Sizes(1, 1, 7, 6, 1, 3, 3, 2, 1, False),
    Sizes(1, 1, 4, 4, 1, 3, 3, 2, 0, False),
    Sizes(1, 1, 5, 5, 1, 4, 4, 2, 0, False),
    Sizes(1, 2, 4, 5, 1, 3, 3, 3, 0, False),
    Sizes(1, 1, 4, 4, 1, 2, 2, 3, 1, False),
    Sizes(1, 1, 4, 4, 2, 4, 3, 1, 0, True),
    Sizes(1, 1, 5, 5, 2, 4, 4, 1, 0, True),
    Sizes(1, 1, 4, 4, 1, 2, 2, 4, 1, False),
    Sizes(2, 1, 4, 4, 2, 3, 3, 1, 0, True),
    Sizes(1, 2, 4, 5, 2, 4, 3, 3, 0, False),
    Sizes(2, 1, 6, 4, 1, 3, 2, 3, 0, False),
    Sizes(2, 1, 5, 5, 1, 2, 2, 3, 0, False),
    Sizes(2, 2, 6, 6, 2, 4, 4, 1, 2, True),
    Sizes(2, 1, 5, 5, 1, 2, 2, 3, 1, False),
    Sizes(2, 1, 6, 4, 1, 2, 3, 2, 1, False),
    Sizes(1, 2, 5, 6, 1, 2, 1, 1, 2, False),
    Sizes(1, 1, 6, 6, 1, 4, 4, 2, 0, True),
    Sizes(1, 1, 4, 4, 1, 1, 1, 1, 0, False),
    Sizes(2, 1, 6, 4, 1, 3, 4, 3, 1, True),
    Sizes(1, 2, 4, 6, 1, 2, 2, 3, 1, False),
    Sizes(1, 1, 6, 6, 1, 2, 2, 3, 0, True),
    Sizes(1, 2, 6, 6, 2, 4, 1, 1, 0, True),
    Sizes(1, 2, 3, 3, 1, 1, 1, 1, 0, False),
    Sizes(2, 1, 3, 3, 1, 1, 1, 1, 0, False),
    Sizes(1, 1, 3, 3, 2, 1, 1, 1, 0, False),
    Sizes(1, 2, 4, 4, 1, 2, 2, 2, 0, False),
    Sizes(2, 1, 4, 4, 1, 2, 2, 2, 0, False),
)


def convolution_grid(function: str, every: Sequence[Sizes] = CONVOLUTIONS) -> tuple[Probe, ...]:
    """Calls function(x, weights, bias, stride, padding)."""
    probes = []
    for sizes in every:
        x = numbers(*sizes.x_shape)
        weights = numbers(*sizes.weights_shape, start=5)
        bias = numbers(sizes.filters, start=2) * sizes.bias
        call = (x, weights, bias, sizes.stride, sizes.padding)
        probes.append(calling(function, call, *sizes.conditions, sizes=sizes.letters))
    x, weights, bias = probes[0].arguments[:3]
    probes.append(calling(function, (x, weights, bias), "defaults", *probes[0].conditions))
    for odd in _odd(x):
        probes.append(calling(function, (odd, weights, bias, 1, 1), "padding", edge=True))
    whole = (2 * weights).astype(np.int64)
    probes.append(calling(function, (x, whole, bias, 1, 0), edge=True))
    return tuple(probes)


def im2col_grid(function: str, every: Sequence[Sizes] = CONVOLUTIONS) -> tuple[Probe, ...]:
    """Calls function(x, kernel_height, kernel_width, stride, padding)."""
    probes = []
    for sizes in _without_filters(every):
        window = sizes.kernel_height, sizes.kernel_width
        call = (numbers(*sizes.x_shape), *window, sizes.stride, sizes.padding)
        probes.append(calling(function, call, *sizes.conditions, sizes=sizes.letters))
    x = probes[0].arguments[0]
    probes.append(calling(function, (x, 3, 3), "defaults", *probes[0].conditions))
    for odd in _odd(x):
        probes.append(calling(function, (odd, 3, 3, 1, 1), "padding", edge=True))
    return tuple(probes)


def col2im_grid(function: str, every: Sequence[Sizes] = CONVOLUTIONS) -> tuple[Probe, ...]:
    """Calls function(cols, x_shape, kernel_height, kernel_width, stride, padding)."""
    probes = []
    for sizes in _without_filters(every):
        window = sizes.kernel_height, sizes.kernel_width
        rows = sizes.channels * window[0] * window[1]
        cols = numbers(rows, sizes.images * sizes.out_sizes[0] * sizes.out_sizes[1], start=3)
        call = (cols, sizes.x_shape, *window, sizes.stride, sizes.padding)
        probes.append(calling(function, call, *sizes.conditions, sizes=sizes.letters))
    cols, shape = probes[0].arguments[:2]
    probes.append(calling(function, (cols, shape, 3, 3), "defaults", *probes[0].conditions))
    whole = (2 * cols).astype(np.int64)
    for odd in (whole, cols.astype(np.float32), np.asfortranarray(cols)):
        probes.append(calling(function, (odd, shape, 3, 3, 1, 0), edge=True))
    return tuple(probes)


def convolution_backward_grid(function: str, folder: Path) -> tuple[Probe, ...]:
    """Calls function(d_out, x, weights, cols, stride, padding).

    Args:
        function: the name of the function.
        folder: has inputs.json, the columns of each picture. They are stored because computing
            them is another exercise, im2col.
    """
    all_cols = read_arrays(folder / "inputs.json")
    every = list(_without_bias())
    if len(all_cols) != len(every):
        return ()  # the file is missing or stale
    probes = []
    for sizes, cols in zip(every, all_cols, strict=True):
        x, weights = numbers(*sizes.x_shape), numbers(*sizes.weights_shape, start=11)
        d_out = numbers(sizes.images, sizes.filters, *sizes.out_sizes, start=4)
        call = (d_out, x, weights, cols, sizes.stride, sizes.padding)
        probes.append(calling(function, call, *sizes.conditions, sizes=sizes.letters))
    first = probes[0]
    probes.append(calling(function, first.arguments[:4], "defaults", *first.conditions))
    d_out, x, weights, cols, *rest = first.arguments
    whole = ((2 * a).astype(np.int64) for a in (x, weights, cols))
    single = (a.astype(np.float32) for a in (d_out, x, weights, cols))
    probes.append(calling(function, (d_out, *whole, *rest), edge=True))
    probes.append(calling(function, (*single, *rest), edge=True))
    return tuple(probes)


def backward_inputs() -> Iterator[tuple[Any, ...]]:
    """For each call of the backward grid, the arguments of im2col that give its columns."""
    for sizes in _without_bias():
        window = sizes.kernel_height, sizes.kernel_width
        yield (numbers(*sizes.x_shape), *window, sizes.stride, sizes.padding)


def read_arrays(file: Path) -> list[np.ndarray]:
    """The arrays of an inputs.json; an empty list if the file does not exist."""
    if not file.is_file():
        return []
    form = json.loads(file.read_text(encoding="utf-8"))
    return [np.array(a["numbers"], dtype=float).reshape(a["shape"]) for a in form["arrays"]]


@dataclass(frozen=True)
class PoolSizes:
    """The sizes of one max pooling."""

    images: int = 1
    channels: int = 1
    height: int = 4
    width: int = 4
    pool: int = 2
    stride: int = 2

    @property
    def out_sizes(self) -> tuple[int, int]:
        down, across = self.height - self.pool, self.width - self.pool
        return down // self.stride + 1, across // self.stride + 1

    @property
    def letters(self) -> dict[str, int]:
        """The sizes by their letters."""
        return {
            "N": self.images,
            "C": self.channels,
            "OH": self.out_sizes[0],
            "OW": self.out_sizes[1],
            "H": self.height,
            "W": self.width,
            "pool_size": self.pool,
            "stride": self.stride,
        }

    @property
    def conditions(self) -> frozenset[str]:
        out = self.out_sizes
        held = {
            "rectangular_picture": self.height != self.width,
            "rectangular_output": out[0] != out[1],
            "leftover": any((side - self.pool) % self.stride for side in (self.height, self.width)),
            "overlap": self.stride < self.pool and max(out) > 1,
            "gap": self.stride > self.pool and max(out) > 1,
            "stride_is_not_the_window": self.stride != self.pool,
            "large_window": self.pool > 2,
            "images": self.images > 1,
            "channels": self.channels > 1,
        }
        return frozenset(name for name, holds in held.items() if holds)


_POOL = PoolSizes()
POOLS: tuple[PoolSizes, ...] = (
    _POOL,
    replace(_POOL, height=6, width=6),
    replace(_POOL, height=8, width=8),
    replace(_POOL, width=6),
    replace(_POOL, height=6),
    replace(_POOL, height=5, width=5),
    replace(_POOL, height=6, width=6, pool=3, stride=3),
    replace(_POOL, height=5, width=5, pool=3, stride=2),
    replace(_POOL, stride=1),
    replace(_POOL, height=5, width=5, pool=3, stride=1),
    replace(_POOL, height=8, width=8, pool=2, stride=3),
    replace(_POOL, height=7, width=7, pool=3, stride=4),
    replace(_POOL, images=2),
    replace(_POOL, images=3),
    replace(_POOL, channels=2),
    replace(_POOL, channels=3),
    replace(_POOL, images=2, channels=3),
    replace(_POOL, width=6, stride=1),
    replace(_POOL, height=5, width=7),
    PoolSizes(2, 2, 7, 5, 3, 2),
    PoolSizes(2, 3, 5, 6, 2, 1),
    PoolSizes(3, 2, 8, 5, 2, 3),
    # As at the end of CONVOLUTIONS: a condition holds, but its mistake does not show.
    PoolSizes(1, 1, 5, 4, 2, 2),
    PoolSizes(1, 1, 4, 5, 2, 2),
    PoolSizes(1, 1, 3, 3, 2, 3),
    PoolSizes(1, 2, 4, 4, 3, 2),
    PoolSizes(2, 1, 3, 4, 3, 1),
    PoolSizes(1, 1, 6, 4, 2, 4),
    PoolSizes(2, 1, 6, 7, 3, 4),
    # A single window as large as the picture: the stride has no effect.
    PoolSizes(1, 1, 3, 3, 3, 2),
    PoolSizes(2, 2, 2, 2, 2, 1),
)
_TIED = np.array([[1, 2, 2, 0, 1], [2, 2, 1, 0, 0], [1, 0, 2, 2, 1], [1, 1, 2, 2, 2]]) / 2


def apart(*shape: int, start: int = 1) -> np.ndarray:
    """Different positive multiples of 1/2 in an irregular order: no window has two maxima."""
    count = int(np.prod(shape))
    # 389 is prime and larger than every count, so the remainders are all different.
    places = np.arange(start, start + count) * 97 % 389
    return (places / 2).reshape(shape)


def pool_probe(function: str, sizes: PoolSizes) -> Probe:
    """One call function(x, pool_size, stride) without equal numbers in a window."""
    x = apart(sizes.images, sizes.channels, sizes.height, sizes.width)
    call = (x, sizes.pool, sizes.stride)
    return calling(function, call, *sizes.conditions, sizes=sizes.letters)


def pool_cases() -> Iterator[tuple[PoolSizes, np.ndarray, frozenset[str]]]:
    """Sizes, the picture, and the conditions, of each call of the pooling grids."""
    for sizes in POOLS:
        shape = sizes.images, sizes.channels, sizes.height, sizes.width
        yield sizes, apart(*shape), sizes.conditions
    for sizes in (_POOL, replace(_POOL, height=6, width=6, pool=3, stride=3)):
        x = apart(1, 1, sizes.height, sizes.width)
        yield sizes, x - 200, sizes.conditions | {"all_negative", "negative"}
    for sizes in (replace(_POOL, width=5), replace(_POOL, width=5, stride=1)):
        yield sizes, _TIED[None, None], sizes.conditions | {"ties", "repeated"}
    yield _POOL, _TIED[:, :4][None, None], frozenset({"ties", "repeated"})
    yield _POOL, np.ones((1, 1, 4, 4)), frozenset({"ties", "repeated"})
    for sizes in (_POOL, replace(_POOL, height=6, width=6, pool=3, stride=3)):
        # The same window repeated; the numbers inside a window are all different.
        window = apart(1, 1, sizes.pool, sizes.pool)
        x = np.tile(window, (1, 1, 2, 2))
        yield sizes, x, sizes.conditions | {"repeated"}
    for sizes in (_POOL, replace(_POOL, height=6, width=6, pool=3, stride=3)):
        # Numbers of both signs; in most windows the one furthest from 0 is negative.
        x = apart(1, 1, sizes.height, sizes.width, start=9)
        signs = np.where(x > np.median(x), -1, 1)
        yield sizes, x * signs, sizes.conditions | {"negative"}


def pool_grid(function: str) -> tuple[Probe, ...]:
    """Calls function(x, pool_size, stride)."""
    probes = [
        calling(function, (x, sizes.pool, sizes.stride), *conditions, sizes=sizes.letters)
        for sizes, x, conditions in pool_cases()
    ]
    x = probes[0].arguments[0]
    probes.append(calling(function, (x,), "defaults"))
    for odd in _odd(x):
        probes.append(calling(function, (odd, 2, 2), edge=True))
    return tuple(probes)


def _without_filters(every: Sequence[Sizes]) -> Iterator[Sizes]:
    seen: set[Sizes] = set()
    for sizes in every:
        plain = replace(sizes, filters=1, bias=False)
        if plain not in seen:
            seen.add(plain)
            yield plain


def _without_bias() -> Iterator[Sizes]:
    seen: set[Sizes] = set()
    for sizes in CONVOLUTIONS:
        plain = replace(sizes, bias=False)
        if plain not in seen:
            seen.add(plain)
            yield plain


def _odd(x: np.ndarray) -> Sequence[np.ndarray]:
    """The same picture as integers, in float32, and not contiguous in memory."""
    turned = np.ascontiguousarray(x.swapaxes(2, 3)).swapaxes(2, 3)
    return (2 * x).astype(np.int64), x.astype(np.float32), turned
