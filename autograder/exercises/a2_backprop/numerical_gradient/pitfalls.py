"""Known mistakes in numerical_gradient."""

from collections.abc import Callable

import numpy as np
from numpy import ndarray

Function = Callable[[ndarray], ndarray]


def _nudged(x: ndarray, index: tuple[int, ...], by: float) -> ndarray:
    moved = np.array(x, dtype=np.float64)
    moved[index] += by
    return moved


def _each(x: ndarray, slope: Callable[[tuple[int, ...]], float]) -> ndarray:
    d_x = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        d_x[index] = slope(index)
    return d_x


def forward_difference(
    f: Function, x: ndarray, d_out: ndarray | float, epsilon: float = 1e-5
) -> ndarray:
    """It nudges each entry up only. Nudging up and down by the same amount is far more exact: \
the curvature cancels."""
    here = np.sum(f(x * 1.0) * d_out)
    return _each(x, lambda k: (np.sum(f(_nudged(x, k, epsilon)) * d_out) - here) / epsilon)


def backward_difference(
    f: Function, x: ndarray, d_out: ndarray | float, epsilon: float = 1e-5
) -> ndarray:
    """It nudges each entry down only. Nudging up and down by the same amount is far more \
exact: the curvature cancels."""
    here = np.sum(f(x * 1.0) * d_out)
    return _each(x, lambda k: (here - np.sum(f(_nudged(x, k, -epsilon)) * d_out)) / epsilon)


def _difference(f: Function, x: ndarray, d_out: ndarray | float, epsilon: float) -> ndarray:
    def between(k: tuple[int, ...]) -> float:
        above, below = f(_nudged(x, k, epsilon)), f(_nudged(x, k, -epsilon))
        return float(np.sum(above * d_out) - np.sum(below * d_out))

    return _each(x, between)


def not_divided_by_two(
    f: Function, x: ndarray, d_out: ndarray | float, epsilon: float = 1e-5
) -> ndarray:
    """Its gradient is twice too large. From x - epsilon to x + epsilon is two steps of \
epsilon."""
    return _difference(f, x, d_out, epsilon) / epsilon


def not_divided_by_epsilon(
    f: Function, x: ndarray, d_out: ndarray | float, epsilon: float = 1e-5
) -> ndarray:
    """It halves the difference, but does not divide by the size of the nudge. A slope is the \
difference of f divided by the difference of x."""
    return _difference(f, x, d_out, epsilon) / 2


def multiplied_by_epsilon(
    f: Function, x: ndarray, d_out: ndarray | float, epsilon: float = 1e-5
) -> ndarray:
    """It divides by 2 and then multiplies by epsilon: Python reads a division followed by a \
multiplication from left to right. Divide by (2 * epsilon), in brackets."""
    return _difference(f, x, d_out, epsilon) / 2 * epsilon


def upstream_ignored(
    f: Function, x: ndarray, d_out: ndarray | float, epsilon: float = 1e-5
) -> ndarray:
    """It sums f(x) without the upstream gradient. Each output counts as much as d_out says."""
    return _difference(f, x, 1.0, epsilon) / (2 * epsilon)


def sign_reversed(
    f: Function, x: ndarray, d_out: ndarray | float, epsilon: float = 1e-5
) -> ndarray:
    """Its gradient has the wrong sign. What f gives after the nudge down is taken from what \
it gives after the nudge up, not the other way round."""
    return -_difference(f, x, d_out, epsilon) / (2 * epsilon)


def entries_not_put_back(
    f: Function, x: ndarray, d_out: ndarray | float, epsilon: float = 1e-5
) -> ndarray:
    """It leaves each entry nudged when it goes on to the next, so all later entries are \
measured somewhere else. Put back what was there before going on."""
    moved = np.array(x, dtype=np.float64)

    def slope(k: tuple[int, ...]) -> float:
        moved[k] += epsilon
        above = np.sum(f(moved) * d_out)
        moved[k] -= 2 * epsilon
        return float(above - np.sum(f(moved) * d_out)) / (2 * epsilon)

    return _each(x, slope)


def entries_left_above(
    f: Function, x: ndarray, d_out: ndarray | float, epsilon: float = 1e-5
) -> ndarray:
    """It nudges up, and comes back by one step only, so the second value is taken at x itself: \
the difference is half of what it should be. From x + epsilon to x - epsilon there are two \
steps."""

    def slope(k: tuple[int, ...]) -> float:
        above, here = f(_nudged(x, k, epsilon)), f(_nudged(x, k, 0.0))
        return float(np.sum(above * d_out) - np.sum(here * d_out)) / (2 * epsilon)

    return _each(x, slope)


def all_entries_at_once(
    f: Function, x: ndarray, d_out: ndarray | float, epsilon: float = 1e-5
) -> ndarray:
    """It nudges all entries together. Then their effects cannot be told apart: nudge one entry \
at a time, and leave the others where they are."""
    return (f(x + epsilon) - f(x - epsilon)) * d_out / (2 * epsilon)


def epsilon_ignored(
    f: Function, x: ndarray, d_out: ndarray | float, epsilon: float = 1e-5
) -> ndarray:
    """It nudges by an amount of its own, whatever epsilon is. Use epsilon: float32, for \
example, needs a larger one."""
    return _difference(f, x, d_out, 1e-5) / 2e-5


def integers_swallow_the_nudge(
    f: Function, x: ndarray, d_out: ndarray | float, epsilon: float = 1e-5
) -> ndarray:
    """It nudges an array of integers, and integers cannot hold a small nudge: it is cut off. \
Measure on a copy of x in floating point."""
    moved = np.array(x)

    def slope(k: tuple[int, ...]) -> float:
        kept = moved[k]
        moved[k] = kept + epsilon
        above = np.sum(f(moved) * d_out)
        moved[k] = kept - epsilon
        below = np.sum(f(moved) * d_out)
        moved[k] = kept
        return float(above - below) / (2 * epsilon)

    return _each(x, slope)


def input_left_changed(
    f: Function, x: ndarray, d_out: ndarray | float, epsilon: float = 1e-5
) -> ndarray:
    """It nudges the caller's own array and does not put it back, so x is another one \
afterwards. Work on a copy, or put back what was there."""

    def slope(k: tuple[int, ...]) -> float:
        x[k] = x[k] + epsilon
        above = np.sum(f(x) * d_out)
        x[k] = x[k] - 2 * epsilon
        return float(above - np.sum(f(x) * d_out)) / (2 * epsilon)

    return _each(x, slope)


def _slope_of_all(f: Function, x: ndarray, d_out: ndarray | float, epsilon: float) -> float:
    above, below = np.sum(f(x + epsilon) * d_out), np.sum(f(x - epsilon) * d_out)
    return float(above - below) / (2 * epsilon)


def one_number_for_all_entries(
    f: Function, x: ndarray, d_out: ndarray | float, epsilon: float = 1e-5
) -> ndarray:
    """It nudges all entries together and returns one number. The gradient has a number for each \
entry: nudge one at a time, leave the others where they are, and write down what each does."""
    return np.array(_slope_of_all(f, x, d_out, epsilon))


def same_number_for_every_entry(
    f: Function, x: ndarray, d_out: ndarray | float, epsilon: float = 1e-5
) -> ndarray:
    """It nudges all entries together, so every entry gets the same number. Their effects cannot \
be told apart then: nudge one entry at a time, and leave the others where they are."""
    return np.full(x.shape, _slope_of_all(f, x, d_out, epsilon))


def all_entries_at_once_upstream_ignored(
    f: Function, x: ndarray, d_out: ndarray | float, epsilon: float = 1e-5
) -> ndarray:
    """It nudges all entries together, and leaves the upstream gradient out. Nudge one entry at a \
time, and see what happens to the sum of f(x) * d_out."""
    return (f(x + epsilon) - f(x - epsilon)) / (2 * epsilon)


def not_divided(f: Function, x: ndarray, d_out: ndarray | float, epsilon: float = 1e-5) -> ndarray:
    """It returns the difference, and does not divide it by how far apart the two nudges are. A \
slope is the difference of f divided by the difference of x."""
    return _difference(f, x, d_out, epsilon)


def only_the_lower_value_divided(
    f: Function, x: ndarray, d_out: ndarray | float, epsilon: float = 1e-5
) -> ndarray:
    """It divides only what f gives after the nudge down: a division comes before a subtraction. \
The whole difference is divided by how far apart the two nudges are."""

    def slope(k: tuple[int, ...]) -> float:
        above = np.sum(f(_nudged(x, k, epsilon)) * d_out)
        return float(above - np.sum(f(_nudged(x, k, -epsilon)) * d_out) / (2 * epsilon))

    return _each(x, slope)


def nudge_and_gradient_in_integers(
    f: Function, x: ndarray, d_out: ndarray | float, epsilon: float = 1e-5
) -> ndarray:
    """For integers it keeps both the nudged x and the gradient in integers, which cannot hold \
what comes after the point. Measure on a copy of x in floating point."""
    return (
        np.trunc(integers_swallow_the_nudge(f, x, d_out, epsilon))
        if x.dtype.kind == "i"
        else (_difference(f, x, d_out, epsilon) / (2 * epsilon))
    )


def gradient_in_integers(
    f: Function, x: ndarray, d_out: ndarray | float, epsilon: float = 1e-5
) -> ndarray:
    """It cuts off what comes after the point of every slope. The gradient has to be floating \
point, whatever x is."""
    return np.trunc(_difference(f, x, d_out, epsilon) / (2 * epsilon))
