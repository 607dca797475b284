"""Describes how wrong results are nearly right: by shape, order, a factor, or the wrong places.

A clause is true for every number of every result. It is used only if so many different numbers
agree that chance is unlikely.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from itertools import combinations, permutations

import numpy as np

# At least this many different numbers must agree: fewer may agree by chance.
LEAST_EVIDENCE = 3
MOST_AXES = 5
ORDINALS = ("first", "second", "third", "fourth", "fifth")

# The least distance from 1 of a factor that somebody forgot or wrote twice.
LEAST_FACTOR = 0.01


@dataclass(frozen=True)
class Comparison:
    """A result and the expected one.

    Attributes:
        got, wanted: float64, of equal shape or not.
        slack: the largest difference between numbers that count as equal.
    """

    got: np.ndarray
    wanted: np.ndarray
    slack: float

    @property
    def same_shape(self) -> bool:
        return self.got.shape == self.wanted.shape

    @property
    def wrong(self) -> np.ndarray:
        """True where two results of equal shape differ."""
        return ~(np.abs(self.got - self.wanted) <= self.slack)

    def is_near(self, a: np.ndarray, b: np.ndarray) -> bool:
        """Say whether two arrays are equal in shape and, within the slack, in numbers."""
        return a.shape == b.shape and bool((np.abs(a - b) <= self.slack).all())


def near_miss(results: Sequence[Comparison]) -> str:
    """One clause that says what is wrong with all numbers of all results; "" if none is true.

    Args:
        results: of one function, for one input or many, all of them wrong.
    """
    return _of_all_numbers(results) or _say_offset(_offset(results))


def _of_all_numbers(results: Sequence[Comparison]) -> str:
    """A clause about all numbers: a factor, an order, a shape; "" if none is true."""
    telling = max(results, key=lambda r: np.unique(r.wanted).size)
    if np.unique(telling.wanted).size < LEAST_EVIDENCE:
        return ""
    if not all(np.isfinite(r.got).all() and r.got.ndim <= MOST_AXES for r in results):
        return ""
    for clause, holds in _possible(telling):
        if all(map(holds, results)):
            return clause
    return ""


Clause = tuple[str, Callable[[Comparison], bool]]


def _possible(telling: Comparison) -> Iterator[Clause]:
    """The clauses that may fit `telling`, the most exact first, each with a test for a result."""
    axes = telling.wanted.ndim
    factor = _factor(telling)
    if factor is not None:
        yield _say_factor(factor), partial(_is_multiple, factor=factor)
    if telling.got.size != telling.wanted.size:
        return
    for clause, change in _CHANGES.items():
        yield clause, partial(_is_changed, change=change)
    if axes > 1 and telling.same_shape and telling.wrong.sum() < LEAST_EVIDENCE:
        return  # two exchanged numbers: in a small array, a clause about axes may fit by chance
    if telling.got.ndim == axes:
        yield _ONLY_SHAPE, _reads_the_same
        for order in _orders(axes):
            yield _say_order(order), partial(_has_axes_in, order=order)
    else:
        excess = telling.got.ndim - axes
        yield _say_excess(excess), partial(_has_excess, excess=excess)
        yield "the numbers are right and in the right order, but laid out flat", _is_flat
    yield _ONLY_SHAPE, _reads_the_same
    for count in (1, 2):
        for turned in combinations(range(axes), count):
            clause = f"the numbers are right, but {_named(turned, axes)} run backwards"
            if turned == (axes - 1,) and telling.wanted.shape[-1] == 2:
                clause = "the numbers are right, but those along the last axis have changed places"
            yield clause, partial(_is_turned, axes=turned)
    for axis in range(axes if axes > 1 else 0):
        clause = f"the numbers are right, but {_named((axis,), axes)} stand in another order"
        yield clause, partial(_has_slices_in_another_order, axis=axis)
    yield _FORTRAN, _is_in_fortran_order
    yield "the numbers are right, but in another order", _is_in_another_order
    yield "the numbers are right, but in another shape and order", _has_the_same_numbers
    if telling.same_shape:
        yield from _of_slices(telling)
    shows_edges = axes == 4 and telling.same_shape and min(telling.wanted.shape[2:]) >= 3
    if shows_edges and telling.wrong.sum() >= 2:
        for where, rest in _SIDES.items():
            if telling.wanted[rest].any():
                yield f"it is right except {where}", partial(_is_right_in, part=rest)


# The word for one slice, by (number of axes, axis): in tables, and in images (N, C, H, W).
_SLICES = {(2, 0): "row", (2, 1): "column", (4, 0): "image", (4, 1): "channel"}


def _of_slices(telling: Comparison) -> Iterator[Clause]:
    """Clauses about each slice by itself: off by one amount, or by one factor."""
    axes = telling.wanted.ndim
    for axis in range(axes):
        name = _SLICES.get((axes, axis))
        rows = np.moveaxis(telling.wanted, axis, 0).reshape(telling.wanted.shape[axis], -1)
        if name is None or len(rows) < 2 or min(np.unique(r).size for r in rows) < LEAST_EVIDENCE:
            continue
        for kind, look in (
            ("amount", f"look at what is added once for each {name}"),
            ("factor", f"look at what each {name} is multiplied with or divided by"),
        ):
            off = _off_by_slices(telling, axis, kind)
            if kind == "amount" and axes == 2:
                continue  # with consecutive numbers in rows or columns, other mistakes do this too
            # Another clause describes one amount that is the same for all wrong slices.
            if off is None or np.unique(np.round(off[off != (kind == "factor")], 6)).size < 2:
                continue
            yield (
                f"all numbers of one {name} are wrong by the same {kind}, and the {kind} differs "
                f"from {name} to {name}: {look}",
                lambda result, axis=axis, kind=kind: (  # type: ignore[misc]
                    _off_by_slices(result, axis, kind) is not None
                ),
            )


def _off_by_slices(result: Comparison, axis: int, kind: str) -> np.ndarray | None:
    """The amount, or factor, by which each slice along an axis is off; None if it varies inside."""
    if not result.same_shape or result.wanted.ndim <= axis or not result.wanted.size:
        return None
    got, wanted = (
        np.moveaxis(array, axis, 0).reshape(array.shape[axis], -1)
        for array in (result.got, result.wanted)
    )
    at = np.abs(wanted).argmax(axis=1)[:, None]
    right, found = np.take_along_axis(wanted, at, 1), np.take_along_axis(got, at, 1)
    if kind == "amount":
        off, expected = found - right, wanted + (found - right)
    else:
        # A result of almost 0 is a missing number, not a multiple of the right one.
        if not right.all() or (np.abs(found) < LEAST_FACTOR * np.abs(right)).any():
            return None
        off, expected = found / right, wanted * (found / right)
    return off[:, 0] if (np.abs(got - expected) <= result.slack).all() else None


def where_windows_overlap(results: Sequence[Comparison], seen: Sequence[np.ndarray]) -> str:
    """A clause if only pixels that several windows cover are wrong; else "".

    Args:
        results: images, shape (N, C, H, W).
        seen: for each result, the number of windows that cover each pixel, shape (H, W).
    """
    right = 0
    for result, times in zip(results, seen, strict=True):
        if not result.same_shape or result.wanted.shape[-2:] != times.shape:
            return ""
        overlaps = np.broadcast_to(times > 1, result.wanted.shape)
        if result.wrong[~overlaps].any():
            return ""
        # Do not count zeros: they may be right because nothing was computed there.
        right += int(np.count_nonzero(result.wanted[~overlaps]))
    return "it is right except where windows overlap" if right >= LEAST_EVIDENCE else ""


# By the name of a border: images (N, C, H, W) without this border.
_SIDES = {
    "in the first row": np.s_[:, :, 1:, :],
    "in the last row": np.s_[:, :, :-1, :],
    "in the first column": np.s_[:, :, :, 1:],
    "in the last column": np.s_[:, :, :, :-1],
    "in the last row and the last column": np.s_[:, :, :-1, :-1],
    "in the first row and the first column": np.s_[:, :, 1:, 1:],
    "at the border": np.s_[:, :, 1:-1, 1:-1],
}


def _factor(result: Comparison) -> float | None:
    """The factor by which the largest number is wrong; None if there are too few numbers."""
    wanted = result.wanted
    if not result.same_shape or np.unique(np.abs(wanted[wanted != 0])).size < LEAST_EVIDENCE:
        return None
    largest = np.unravel_index(np.argmax(np.abs(wanted)), wanted.shape)
    factor = float(result.got[largest] / wanted[largest])
    return factor if 1e-3 <= abs(factor) <= 1e3 else None


def _is_multiple(result: Comparison, factor: float) -> bool:
    if abs(factor - 1) < LEAST_FACTOR:
        return False  # a small error, not a wrong factor
    slack = result.slack * max(abs(factor), 1.0)
    return result.same_shape and bool((np.abs(result.got - factor * result.wanted) <= slack).all())


def _say_factor(factor: float) -> str:
    if abs(factor + 1) < 1e-6:
        return "every number has the opposite sign"
    near = Fraction(factor).limit_denominator(64)
    if abs(float(near) - factor) > 1e-5 * abs(factor):
        return f"every number is {factor:.6g} times what it should be"
    if near == Fraction(1, 2):
        return "every number is half of what it should be"
    if near.numerator == 1 and near.denominator > 1:
        return f"every number is {near} of what it should be"
    return f"every number is {near} times what it should be"


def _offset(results: Sequence[Comparison]) -> float | None:
    """The amount by which all wrong numbers are too large; None if it varies or they are few."""
    if not all(r.same_shape and np.isfinite(r.got).all() for r in results):
        return None
    differences = np.concatenate([(r.got - r.wanted)[r.wrong] for r in results])
    wanted = np.concatenate([r.wanted[r.wrong] for r in results])
    if np.unique(wanted).size < LEAST_EVIDENCE:
        return None
    offset = float(differences[0])
    slack = max(r.slack for r in results)
    return offset if (np.abs(differences - offset) <= slack).all() else None


def _say_offset(offset: float | None) -> str:
    if offset is None:
        return ""
    size = "large" if offset > 0 else "small"
    return f"every wrong number is {abs(offset):.6g} too {size}"


# Changes that code may have made to every number of a right result.
_CHANGES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "every negative number has become 0": lambda wanted: np.maximum(wanted, 0),
    "every number has lost its sign": np.abs,
    "every number is rounded down to a whole number": np.floor,
    "every number has lost what comes after its decimal point": np.trunc,
    "every number is rounded to a whole number": np.round,
}


# Rounding is said only with at least this many different fractions: fewer may fit by chance.
LEAST_FRACTIONS = 3
_ROUNDINGS = (np.floor, np.trunc, np.round)


def _is_changed(result: Comparison, change: Callable[[np.ndarray], np.ndarray]) -> bool:
    changed = change(result.wanted)
    if change in _ROUNDINGS and result.got.dtype.kind == "f":
        fractions = np.unique(result.wanted[result.wanted != np.trunc(result.wanted)])
        if fractions.size < LEAST_FRACTIONS:
            return False
    return np.unique(changed).size > 1 and result.is_near(result.got, changed)


def _orders(axes: int) -> list[tuple[int, ...]]:
    """All orders of axes except the usual one; those that swap only two axes come first."""
    usual = tuple(range(axes))
    found = [order for order in permutations(usual) if order != usual]
    return sorted(found, key=lambda order: sum(a != b for a, b in zip(order, usual, strict=True)))


def _has_axes_in(result: Comparison, order: tuple[int, ...]) -> bool:
    wanted = result.wanted
    return wanted.ndim == len(order) and result.is_near(result.got, wanted.transpose(order))


def _say_order(order: tuple[int, ...]) -> str:
    moved = tuple(axis for axis, place in enumerate(order) if axis != place)
    if len(order) == 2:
        return "the numbers are right, but it is transposed"
    if len(moved) == 2:
        return f"the numbers are right, but {_named(moved, len(order))} are swapped"
    return f"the numbers are right, but the axes stand in the order {order}"


def _has_excess(result: Comparison, excess: int) -> bool:
    return result.got.ndim - result.wanted.ndim == excess and result.is_near(
        result.got.squeeze(), result.wanted.squeeze()
    )


def _say_excess(excess: int) -> str:
    axes = "axis" if abs(excess) == 1 else "axes"
    too_many = "too many" if excess > 0 else "too few"
    return f"the numbers are right, but it has {abs(excess)} {axes} of length 1 {too_many}"


def _reads_the_same(result: Comparison) -> bool:
    return not result.same_shape and result.is_near(result.got.ravel(), result.wanted.ravel())


def _is_flat(result: Comparison) -> bool:
    return result.got.ndim == 1 and _reads_the_same(result)


def _is_turned(result: Comparison, axes: tuple[int, ...]) -> bool:
    if result.wanted.ndim <= max(axes):
        return False
    return result.same_shape and result.is_near(result.got, np.flip(result.wanted, axes))


_ONLY_SHAPE = "the numbers are right and in the right order, only the shape is not"
_FORTRAN = (
    "the numbers are right, but in the order of the columns: the first axis runs fastest, and not "
    'the last. If you wrote order="F", leave it out; if not, a transpose is missing or one too many'
)


def _is_in_fortran_order(result: Comparison) -> bool:
    if not result.same_shape:
        return False
    got, wanted = result.got, result.wanted
    return result.is_near(got.ravel(), wanted.ravel(order="F")) or result.is_near(
        got.ravel(order="F"), wanted.ravel()
    )


def _is_in_another_order(result: Comparison) -> bool:
    return result.same_shape and _has_the_same_numbers(result)


def _has_slices_in_another_order(result: Comparison, axis: int) -> bool:
    def in_order(array: np.ndarray) -> np.ndarray:
        rows = np.moveaxis(array, axis, 0).reshape(array.shape[axis], -1)
        # Rounded, so that an error in the last bit does not change the order.
        return rows[np.lexsort(np.round(rows, 6).T[::-1])]

    if not result.same_shape or result.wanted.ndim <= axis:
        return False
    return result.is_near(in_order(result.got), in_order(result.wanted))


def _is_right_in(result: Comparison, part: tuple[slice, ...]) -> bool:
    return result.same_shape and result.wanted.ndim == len(part) and not result.wrong[part].any()


def _has_the_same_numbers(result: Comparison) -> bool:
    return result.is_near(np.sort(result.got, axis=None), np.sort(result.wanted, axis=None))


def _named(axes: tuple[int, ...], of: int) -> str:
    """The words for these axes in a message; images (N, C, H, W) have rows and columns."""
    if of == 4 and axes == (2, 3):
        return "height and width"
    names = [f"the slices along the {ordinal} axis" for ordinal in ORDINALS[:of]]
    if of == 1:
        names = ["they"]
    elif of in (2, 4):
        names[-2:] = ["rows", "columns"]
    if len(axes) == 2 and max(axes) < 2 < of:
        return "the first two axes"
    return " and ".join(names[axis] for axis in axes)
