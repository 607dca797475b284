"""Random calls besides those of the grids, to test what a diagnosis claims."""

from collections.abc import Callable
from itertools import islice

import numpy as np

from autograder.exercises.shared.grids import (
    PoolSizes,
    Sizes,
    col2im_grid,
    convolution_grid,
    im2col_grid,
    pool_probe,
)
from autograder.exercises.shared.probing import Probe, calling, numbers
from autograder.judging.reference import load_reference

COUNT = 60


def _sizes() -> list[Sizes]:
    """Random sizes of convolutions, small enough to be quick."""
    rng = np.random.default_rng(7)
    found = []
    while len(found) < COUNT:
        height, width, stride = (int(n) for n in rng.integers((4, 4, 1), (9, 9, 4)))
        images, channels, filters = (int(n) for n in rng.integers(1, 4, 3))
        kernel_height, kernel_width = (int(n) for n in rng.choice([1, 2, 3, 3, 4], 2))
        if rng.random() < 0.4:
            width, kernel_width = height, kernel_height
        padding = int(rng.choice([0, 0, 1, 2]))
        sizes = Sizes(
            *(images, channels, height, width, filters, kernel_height, kernel_width),
            *(stride, padding, bool(rng.random() < 0.5)),
        )
        if min(sizes.room) >= 0:
            found.append(sizes)
    return found


def _pools() -> list[PoolSizes]:
    rng = np.random.default_rng(8)
    rows = rng.integers((1, 1, 4, 4, 2, 1), (4, 4, 9, 9, 4, 5), (COUNT, 6))
    return [PoolSizes(*map(int, row)) for row in rows]


def _backward(function: str) -> tuple[Probe, ...]:
    reference = load_reference()
    probes = []
    for sizes in _sizes():
        x, weights = numbers(*sizes.x_shape), numbers(*sizes.weights_shape, start=11)
        d_out = numbers(sizes.images, sizes.filters, *sizes.out_sizes, start=4)
        window = sizes.kernel_height, sizes.kernel_width
        cols = reference.im2col(x, *window, sizes.stride, sizes.padding)
        call = (d_out, x, weights, cols, sizes.stride, sizes.padding)
        probes.append(calling(function, call, *(sizes.conditions - {"bias"})))
    return tuple(probes)


def _without_edges(probes: tuple[Probe, ...]) -> tuple[Probe, ...]:
    return tuple(islice((p for p in probes if not p.edge and "defaults" not in p.conditions), 60))


FRESH: dict[str, Callable[[], tuple[Probe, ...]]] = {
    "conv2d_forward_naive": lambda: convolution_grid("conv2d_forward_naive", _sizes()),
    "conv2d_forward": lambda: convolution_grid("conv2d_forward", _sizes()),
    "im2col": lambda: im2col_grid("im2col", _sizes()),
    "col2im": lambda: col2im_grid("col2im", _sizes()),
    "conv2d_backward": lambda: _backward("conv2d_backward"),
    "maxpool2d_forward": lambda: tuple(pool_probe("maxpool2d_forward", p) for p in _pools()),
}


def fresh_probes(exercise: str) -> tuple[Probe, ...]:
    """At most sixty calls of the exercise, each with the conditions that hold for it."""
    return _without_edges(FRESH[exercise]())
