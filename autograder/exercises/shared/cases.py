"""Shapes for checks: a check tries many, and reports the smallest one that fails."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

import numpy as np

from autograder.checking import LearnerError, Mismatch, near_miss, where_windows_overlap

MOST_TRIES = 80


@dataclass(frozen=True)
class ConvolutionCase:
    """The sizes of one convolution, and arrays of these sizes."""

    images: int = 1
    channels: int = 1
    height: int = 4
    width: int = 4
    filters: int = 1
    kernel_height: int = 2
    kernel_width: int = 2
    stride: int = 1
    padding: int = 0
    seed: int = 0

    @property
    def possible(self) -> bool:
        return (
            self.height + 2 * self.padding >= self.kernel_height
            and self.width + 2 * self.padding >= self.kernel_width
        )

    @property
    def out_height(self) -> int:
        return (self.height + 2 * self.padding - self.kernel_height) // self.stride + 1

    @property
    def out_width(self) -> int:
        return (self.width + 2 * self.padding - self.kernel_width) // self.stride + 1

    @property
    def x_shape(self) -> tuple[int, int, int, int]:
        return self.images, self.channels, self.height, self.width

    @property
    def seen(self) -> np.ndarray:
        """The number of windows that contain each pixel, shape (H, W)."""
        down = _seen(self.height, self.kernel_height, self.stride, self.padding)
        return np.outer(down, _seen(self.width, self.kernel_width, self.stride, self.padding))

    @property
    def x(self) -> np.ndarray:
        """Images, shape (N, C, H, W)."""
        return halves(self.x_shape, self.seed)

    @property
    def weights(self) -> np.ndarray:
        """Filters, shape (F, C, KH, KW)."""
        shape = (self.filters, self.channels, self.kernel_height, self.kernel_width)
        return halves(shape, self.seed + 1)

    @property
    def bias(self) -> np.ndarray:
        """One number for each filter, shape (F,)."""
        return halves((self.filters,), self.seed + 2)

    @property
    def cols(self) -> np.ndarray:
        """Columns of the shape that im2col gives, filled at random."""
        rows = self.channels * self.kernel_height * self.kernel_width
        return halves((rows, self.images * self.out_height * self.out_width), self.seed + 3)

    @property
    def d_out(self) -> np.ndarray:
        """An upstream gradient, shape (N, F, OH, OW)."""
        return halves((self.images, self.filters, self.out_height, self.out_width), self.seed + 4)


@dataclass(frozen=True)
class PoolingCase:
    """The sizes of one max pooling, and arrays of these sizes."""

    images: int = 1
    channels: int = 1
    height: int = 4
    width: int = 4
    pool_size: int = 2
    stride: int = 2
    seed: int = 0

    @property
    def possible(self) -> bool:
        return min(self.height, self.width) >= self.pool_size

    @property
    def out_height(self) -> int:
        return (self.height - self.pool_size) // self.stride + 1

    @property
    def out_width(self) -> int:
        return (self.width - self.pool_size) // self.stride + 1

    @property
    def x_shape(self) -> tuple[int, int, int, int]:
        return self.images, self.channels, self.height, self.width

    @property
    def seen(self) -> np.ndarray:
        """The number of windows that contain each pixel, shape (H, W)."""
        down = _seen(self.height, self.pool_size, self.stride, 0)
        return np.outer(down, _seen(self.width, self.pool_size, self.stride, 0))

    @property
    def x(self) -> np.ndarray:
        """Images, shape (N, C, H, W), with all numbers different, so that no window has a tie."""
        rng = np.random.default_rng(self.seed)
        size = int(np.prod(self.x_shape))
        return (rng.permutation(size).reshape(self.x_shape) - size // 2) / 2

    @property
    def tied_x(self) -> np.ndarray:
        """Images with few different numbers, so that most windows have a tie."""
        return np.random.default_rng(self.seed).integers(-1, 2, self.x_shape) / 2

    @property
    def d_out(self) -> np.ndarray:
        """An upstream gradient, shape (N, C, OH, OW)."""
        shape = (self.images, self.channels, self.out_height, self.out_width)
        return halves(shape, self.seed + 4)


Case = TypeVar("Case", ConvolutionCase, PoolingCase)

# Traits of a case that a partly right function may not handle: the words in "right for ..., wrong
# for ..." for cases without and with the trait, and the test whether a case has it.
TRAITS: tuple[tuple[str, str, Callable[[Any], bool]], ...] = (
    ("stride 1", "larger strides", lambda c: c.stride > 1),
    ("padding 0", "padding", lambda c: getattr(c, "padding", 0) > 0),
    ("one channel", "several channels", lambda c: c.channels > 1),
    ("one image", "several images", lambda c: c.images > 1),
    ("one filter", "several filters", lambda c: getattr(c, "filters", 1) > 1),
    ("square images", "images that are not square", lambda c: c.height != c.width),
    (
        "square kernels",
        "kernels that are not square",
        lambda c: getattr(c, "kernel_height", 1) != getattr(c, "kernel_width", 1),
    ),
    (
        "windows that do not overlap",
        "windows that overlap",
        lambda c: c.stride < max(_window(c)),
    ),
)


def convolution_cases(rng: np.random.Generator) -> list[ConvolutionCase]:
    """Cases that differ from a plain one in few sizes each, then random ones."""
    seed = int(rng.integers(2**31))
    plain = ConvolutionCase(seed=seed)
    cases = [
        plain,
        replace(plain, height=5, width=5, kernel_height=3, kernel_width=3),
        replace(plain, channels=3),
        replace(plain, images=2),
        replace(plain, filters=3),
        replace(plain, height=3, width=6),
        replace(plain, height=6, width=3),
        replace(plain, height=5, width=5, kernel_height=3, kernel_width=1),
        replace(plain, height=5, width=5, kernel_height=1, kernel_width=3),
        replace(plain, padding=1),
        replace(plain, padding=2),
        replace(plain, padding=3, kernel_height=3, kernel_width=3),
        replace(plain, height=5, width=5, stride=2, kernel_height=3, kernel_width=3),
        replace(plain, height=6, width=6, stride=2),
        replace(plain, height=7, width=7, stride=3),
        replace(plain, height=5, width=5, stride=2),
        replace(plain, kernel_height=4, kernel_width=4),
    ]
    while len(cases) < 28:
        n, c, h, w, f, kh, kw = rng.integers((1, 1, 2, 2, 1, 1, 1), (4, 4, 9, 9, 4, 5, 5)).tolist()
        stride, padding = int(rng.integers(1, 4)), int(rng.integers(0, 3))
        case = ConvolutionCase(n, c, h, w, f, kh, kw, stride, padding, int(rng.integers(2**31)))
        if case.possible:
            cases.append(case)
    return cases


def pooling_cases(rng: np.random.Generator) -> list[PoolingCase]:
    """Cases that differ from a plain one in few sizes each, then random ones."""
    seed = int(rng.integers(2**31))
    plain = PoolingCase(seed=seed)
    cases = [
        plain,
        replace(plain, channels=3),
        replace(plain, images=2),
        replace(plain, height=4, width=6),
        replace(plain, height=6, width=4),
        replace(plain, height=5, width=5),
        replace(plain, height=6, width=6, pool_size=3, stride=3),
        replace(plain, height=5, width=5, pool_size=3, stride=2),
        replace(plain, pool_size=2, stride=1),
        replace(plain, height=7, width=7, pool_size=2, stride=3),
        replace(plain, pool_size=4, stride=1),
    ]
    while len(cases) < 20:
        n, c, h, w, size, stride = rng.integers((1, 1, 2, 2, 1, 1), (4, 4, 9, 9, 4, 4)).tolist()
        case = PoolingCase(n, c, h, w, size, stride, int(rng.integers(2**31)))
        if case.possible:
            cases.append(case)
    return cases


def hold_for(cases: Sequence[Case], holds: Callable[[Case], None]) -> None:
    """Run `holds` on every case; if one fails, raise the error of the smallest failing case.

    A Mismatch gets two notes: what is nearly right in all failing cases, and the trait that all
    failing cases and no passing case has. After a timeout, no further case is run.

    Args:
        cases: the simplest first.
        holds: raises AssertionError if the learner's function is wrong for a case.
    """
    failing: list[Case] = []
    passing: list[Case] = []
    errors: list[AssertionError] = []
    for case in cases:
        error = _error(holds, case)
        if error is None:
            passing.append(case)
        elif isinstance(error, LearnerError) and error.failure.kind != "exception":
            raise error
        else:
            failing.append(case)
            errors.append(error)
    if not failing:
        return
    smallest = _shrink(failing[0], holds)
    error = _error(holds, smallest)
    assert error is not None
    if isinstance(error, Mismatch):
        error.notes = [_nearly_right(failing, errors), _what_fails(failing, passing)]
    raise error


def halves(shape: tuple[int, ...], seed: int) -> np.ndarray:
    """Random multiples of 1/2 from -4.5 to 4.5: exact in floating point, never only integers."""
    numbers = np.random.default_rng(seed).integers(-9, 10, shape)
    flat = numbers.reshape(-1)
    if flat.size:
        flat[0] |= 1
    return numbers / 2


def _error(holds: Callable[[Case], None], case: Case) -> AssertionError | None:
    try:
        holds(case)
    except AssertionError as error:
        return error
    return None


def _shrink(case: Case, holds: Callable[[Case], None]) -> Case:
    """Reduce one size after another while the case still fails; at most MOST_TRIES tries."""
    tries = 0
    shrunk = True
    while shrunk and tries < MOST_TRIES:
        shrunk = False
        for smaller in _smaller(case):
            tries += 1
            if tries > MOST_TRIES:
                break
            if _error(holds, smaller) is not None:
                case, shrunk = smaller, True
                break
    return case


def _smaller(case: Case) -> Iterator[Case]:
    for field in fields(case):
        least = 0 if field.name == "padding" else 1
        value = getattr(case, field.name)
        if field.name == "seed" or value <= least:
            continue
        for candidate in dict.fromkeys((least, value - 1)):
            smaller = replace(case, **{field.name: candidate})
            if smaller.possible:
                yield smaller


def _what_fails(failing: Sequence[Case], passing: Sequence[Case]) -> str:
    """Say "right for stride 1, wrong for larger strides" if this trait separates the cases."""
    if len(failing) < 2 or not passing:
        return ""
    for right, wrong, has in TRAITS:
        if all(has(case) for case in failing) and not any(has(case) for case in passing):
            return f"it is right for {right}, wrong for {wrong}"
    return ""


def _nearly_right(failing: Sequence[Case], errors: Sequence[AssertionError]) -> str:
    """Say what is nearly right in the results of all failing cases; "" if nothing is."""
    mismatches = [error for error in errors if isinstance(error, Mismatch)]
    results = [m.comparison for m in mismatches if m.comparison is not None]
    if len(results) < len(failing) or len({m.name for m in mismatches}) > 1:
        return ""
    seen = [case.seen for case in failing]
    return near_miss(results) or where_windows_overlap(results, seen)


def _seen(size: int, window: int, stride: int, padding: int) -> np.ndarray:
    """The number of windows that contain each pixel, along one axis."""
    times = np.zeros(size + 2 * padding, dtype=int)
    for start in range(0, len(times) - window + 1, stride):
        times[start : start + window] += 1
    return times[padding : padding + size]


def _window(case: Any) -> tuple[int, int]:
    if isinstance(case, PoolingCase):
        return case.pool_size, case.pool_size
    return case.kernel_height, case.kernel_width
