"""Compare a gradient with measured slopes of the function, and say where they differ.

    print(check_gradient(lambda x: conv2d_forward(x, w, b)[0], x, d_out, d_x))

nudges (changes a little) every entry of `x`, measures how ``sum(f(x) * d_out)`` changes, and
compares that with the claimed gradient `d_x`. The slopes are measured here, not with the learner's
`numerical_gradient`, so that a mistake in one does not hide a mistake in the other.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from cnnlab.picture import Picture

RIGHT, WRONG, KINK, UNCHECKED = 0, 1, 2, 3
_SIGNS = {RIGHT: ".", WRONG: "X", KINK: "~", UNCHECKED: " "}
_MAP_LIMIT = 32


@dataclass(frozen=True)
class GradientCheck:
    """The result of `check_gradient`.

    Attributes:
        passed: the claimed gradient has the shape of x, and no checked entry is wrong.
        verdicts: int, the shape of x: RIGHT, WRONG, KINK (f has no derivative there, and the
            claimed value is between the slopes on its two sides) or UNCHECKED.
        analytic: the claimed gradient, float64; all NaN if it has another shape than x.
        numeric: the measured gradient, NaN where it was not measured.
        message: one or two sentences: what is wrong, where, and what to try.
        name: the name of the gradient in the message.
    """

    passed: bool
    verdicts: np.ndarray
    analytic: np.ndarray
    numeric: np.ndarray
    message: str
    name: str = field(default="gradient")

    def __str__(self) -> str:
        if self.passed or self.verdicts.size == 0:
            return self.message
        return f"{self.message}\n{self.map()}"

    def _repr_pretty_(self, printer, cycle: bool) -> None:  # type: ignore[no-untyped-def]
        printer.text(str(self))

    def map(self) -> str:
        """Draw the worst plane as text: . right, X wrong, ~ at a kink, blank unchecked."""
        index, plane = self._worst_plane()
        rows = ["".join(_SIGNS[int(v)] for v in row[:_MAP_LIMIT]) for row in plane[:_MAP_LIMIT]]
        where = f"{self.name}{_subscript(index, plane.ndim)}" if index else self.name
        cut = ", its top left part" if max(plane.shape) > _MAP_LIMIT else ""
        legend = "(. right, X wrong, ~ kink, blank not checked)"
        return f"{where}{cut} {legend}\n" + "\n".join(f"  {row}" for row in rows)

    def figure(self) -> "Picture":
        """Draw claimed and measured gradient beside each other, and where they disagree."""
        # Imported here: Matplotlib loads slowly, and checks draw no figure.
        from cnnlab.picture import VERMILION, Picture, new_figure

        index, verdicts = self._worst_plane()
        analytic = _as_plane(self.analytic[index])
        numeric = _as_plane(self.numeric[index])
        finite = np.concatenate([analytic.ravel(), numeric.ravel()])
        limit = float(np.max(np.abs(finite[np.isfinite(finite)]), initial=0)) or 1.0
        where = f"{self.name}{_subscript(index, 2)}" if index else self.name
        height = 1.6 + 2.6 * min(1.0, verdicts.shape[0] / max(verdicts.shape[1], 1))
        figure = new_figure(9, height, f"Gradient check of {where}")
        claimed, measured, differ = figure.subplots(1, 3)
        drawn = None
        for axes, values, title in (
            (claimed, analytic, "claimed"),
            (measured, numeric, "measured"),
        ):
            drawn = axes.imshow(values, cmap="gray", vmin=-limit, vmax=limit)
            axes.set_title(title)
        differ.imshow(np.full(verdicts.shape, 0.92), cmap="gray", vmin=0, vmax=1)
        for (row, column), verdict in np.ndenumerate(verdicts):
            if verdict in (WRONG, KINK):
                differ.text(
                    column,
                    row,
                    _SIGNS[int(verdict)],
                    ha="center",
                    va="center",
                    color=VERMILION if verdict == WRONG else "0.2",
                    fontweight="bold",
                )
        differ.set_title("X wrong   ~ kink")
        for axes in (claimed, measured, differ):
            axes.set_xticks([])
            axes.set_yticks([])
        assert drawn is not None
        figure.colorbar(drawn, ax=[claimed, measured], label="gradient (loss for each unit of x)")
        order = "From the left: the claimed gradient, the measured one, and where they differ."
        return Picture(figure, f"{self.message} {order}")

    def _worst_plane(self) -> tuple[tuple[int, ...], np.ndarray]:
        """The index of the plane (last two axes) with most wrong entries, and its verdicts."""
        if self.verdicts.ndim <= 2:
            return (), _as_plane(self.verdicts)
        wrong = (self.verdicts == WRONG).sum(axis=(-2, -1))
        index = tuple(int(i) for i in np.unravel_index(int(wrong.argmax()), wrong.shape))
        return index, self.verdicts[index]


def check_gradient(
    f: Callable[[np.ndarray], np.ndarray | float],
    x: np.ndarray,
    d_out: np.ndarray | float,
    analytic: np.ndarray,
    *,
    name: str = "gradient",
    tolerance: float | None = None,
    at_most: int = 2000,
) -> GradientCheck:
    """Measure the gradient of ``sum(f(x) * d_out)`` and compare the claimed gradient with it.

    Every entry of x is nudged up and down by two step sizes; one is a quarter of the other. If f
    is smooth, a smaller step makes the slopes on both sides more equal. If it does not, x is at a
    kink (ReLU at 0, a tie in max pooling), and every claimed value between the two slopes is
    accepted. The step size depends on the precision of f: float32 or float64.

    Args:
        f: a function of one array that returns an array or a number. It gets copies of x.
        x: where to measure, any shape; integers are measured as floats.
        d_out: the upstream gradient that `analytic` was computed from: the shape of f(x), or
            one number. Random numbers show mistakes that ones do not show.
        analytic: the claimed gradient, the shape of `x`.
        name: the name of the gradient in the message, such as "d_weights".
        tolerance: the relative difference that is allowed; by default 1e-5 if f computes in
            float64, 2e-2 in float32.
        at_most: the largest number of entries to measure. If x has more, they are chosen at
            random, but always the same ones.

    Returns:
        a GradientCheck; print it, or show its `figure()`.

    Raises:
        ValueError: if `d_out` does not fit f(x), or f(x) is not the same when called twice.
    """
    x = np.array(x, dtype=np.float64)
    claimed = np.asarray(analytic)
    centre = np.asarray(f(x.copy()))
    upstream = np.asarray(d_out, dtype=np.float64)
    if upstream.shape not in ((), centre.shape):
        raise ValueError(
            f"d_out has shape {upstream.shape}, but f(x) has {centre.shape}; they must be equal"
        )
    if not np.array_equal(centre, np.asarray(f(x.copy())), equal_nan=True):
        raise ValueError("f gives two different answers for the same x; make it deterministic")
    empty = np.full(x.shape, np.nan)
    if claimed.shape != x.shape:
        return GradientCheck(
            False,
            np.full(x.shape, UNCHECKED),
            empty,
            empty,
            f"{name} has shape {claimed.shape}, but what it is the gradient of has {x.shape}. "
            "A gradient has one number for each number that can be nudged.",
            name,
        )
    claimed = claimed.astype(np.float64)
    precision = _precision(f, x, centre)
    if tolerance is None:
        tolerance = 1e-5 if precision < 1e-10 else 2e-2

    upstream = np.broadcast_to(upstream, centre.shape)
    measured = _measure(f, x, upstream, centre.astype(np.float64), precision, at_most)
    if not np.all(np.isfinite(measured.slope[measured.done])):
        return GradientCheck(
            False,
            np.where(measured.done & ~np.isfinite(measured.slope), WRONG, UNCHECKED),
            claimed,
            measured.slope,
            f"f itself is not finite near x, so {name} cannot be judged: fix f first.",
            name,
        )
    scale = float(np.max(np.abs(measured.slope[measured.done]), initial=0))
    allowed = tolerance * np.maximum(np.abs(measured.slope), 0.01 * scale) + measured.noise
    with np.errstate(invalid="ignore"):
        agrees = np.abs(claimed - measured.slope) <= allowed
        between = (claimed >= measured.lowest - allowed) & (claimed <= measured.highest + allowed)
    verdicts = np.full(x.shape, UNCHECKED)
    verdicts[measured.done] = WRONG
    verdicts[measured.done & measured.kink & between] = KINK
    verdicts[measured.done & agrees & ~measured.kink] = RIGHT
    message = _explain(name, claimed, upstream, measured, verdicts, allowed)
    passed = not np.any(verdicts == WRONG)
    return GradientCheck(passed, verdicts, claimed, measured.slope, message, name)


def _precision(
    f: Callable[[np.ndarray], np.ndarray | float], x: np.ndarray, centre: np.ndarray
) -> float:
    """Find the relative rounding error of f: that of float32 or that of float64."""
    single, double = float(np.finfo(np.float32).eps), float(np.finfo(np.float64).eps)
    if centre.dtype == np.float32:
        return single
    # A loss may be a Python float, but computed in float32. Then a change of x in the tenth digit
    # does not change it, but a change in the second digit does.
    signs = np.where(np.random.default_rng(0).random(x.shape) < 0.5, -1.0, 1.0)
    tiny, small = (np.asarray(f(x + size * (np.abs(x) + 1e-3) * signs)) for size in (1e-10, 1e-2))
    feels_tiny = not np.array_equal(tiny, centre)
    feels_small = not np.array_equal(small, centre)
    return single if feels_small and not feels_tiny else double


@dataclass
class _Measured:
    """For each entry of x: whether it was measured, its slope, bounds at a kink, rounding error."""

    done: np.ndarray
    slope: np.ndarray
    lowest: np.ndarray
    highest: np.ndarray
    noise: np.ndarray
    kink: np.ndarray
    slope_for_ones: np.ndarray


def _measure(
    f: Callable[[np.ndarray], np.ndarray | float],
    x: np.ndarray,
    d_out: np.ndarray,
    centre: np.ndarray,
    precision: float,
    at_most: int,
) -> _Measured:
    entries = list(np.ndindex(x.shape))
    if x.size > at_most:
        chosen = np.random.default_rng(0).choice(x.size, at_most, replace=False)
        entries = [entries[k] for k in np.sort(chosen)]
    found = _Measured(
        done=np.zeros(x.shape, dtype=bool),
        slope=np.full(x.shape, np.nan),
        lowest=np.full(x.shape, np.nan),
        highest=np.full(x.shape, np.nan),
        noise=np.full(x.shape, np.nan),
        kink=np.zeros(x.shape, dtype=bool),
        slope_for_ones=np.full(x.shape, np.nan),
    )
    for index in entries:
        # Rounding causes an error of precision/step, the curve of f one of step**2. Near this
        # step size, their sum is smallest.
        step = precision ** (1 / 3) * max(1.0, abs(x[index]))
        coarse_up, coarse_down, _ = _slopes(f, x, index, centre, step)
        up, down, fine = _slopes(f, x, index, centre, step / 4)
        size = np.maximum(np.abs(up), np.abs(down))
        rounding = 8 * precision * np.maximum(np.abs(centre), size * fine) / fine
        # If f is smooth, the two slopes differ by step * f'', so a quarter of the step gives a
        # quarter of the gap. At a kink, or with a kink inside the step, the gap is not a quarter.
        gap, coarse_gap = np.abs(up - down), np.abs(coarse_up - coarse_down)
        relevant = np.maximum(1e-3 * np.maximum(size, 1e-3 * np.max(size, initial=0)), rounding)
        bent = (gap > relevant) & ((gap > 0.35 * coarse_gap) | (gap < 0.15 * coarse_gap))
        found.done[index] = True
        found.kink[index] = bool(np.any(bent & (d_out != 0)))
        found.slope[index] = np.sum((up + down) / 2 * d_out)
        found.slope_for_ones[index] = np.sum((up + down) / 2)
        found.lowest[index] = np.sum(np.minimum(up * d_out, down * d_out))
        found.highest[index] = np.sum(np.maximum(up * d_out, down * d_out))
        # Rounding errors of different outputs are independent: their squares add up.
        found.noise[index] = 2 * np.sqrt(np.sum((rounding * d_out) ** 2))
    return found


def _slopes(
    f: Callable[[np.ndarray], np.ndarray | float],
    x: np.ndarray,
    index: tuple[int, ...],
    centre: np.ndarray,
    step: float,
) -> tuple[np.ndarray, np.ndarray, float]:
    """The slope of every output on the upper and on the lower side of x[index], and `step`."""
    above, below = x.copy(), x.copy()
    above[index] += step
    below[index] -= step
    # Divide by the real change: it is not exactly `step`, because x + step is rounded.
    up = (np.asarray(f(above.copy()), dtype=np.float64) - centre) / (above[index] - x[index])
    down = (centre - np.asarray(f(below.copy()), dtype=np.float64)) / (x[index] - below[index])
    return up, down, step


def _explain(
    name: str,
    claimed: np.ndarray,
    d_out: np.ndarray,
    measured: _Measured,
    verdicts: np.ndarray,
    allowed: np.ndarray,
) -> str:
    checked = int(measured.done.sum())
    wrong = verdicts == WRONG
    kinks = int((verdicts == KINK).sum())
    of = f"{checked} entries" if checked == claimed.size else f"{checked} of {claimed.size} entries"
    if not wrong.any():
        message = f"{name} agrees with the measured gradient in all {of} checked."
        if kinks:
            message = (
                f"{name} agrees with the measured gradient: {of} checked, {kinks} of them at a "
                "kink, where f has no derivative and the claim lies between its two slopes."
            )
        if d_out.size > 1 and np.all(d_out == 1):
            message += " But d_out was all ones; random numbers see more mistakes."
        return message
    smooth = measured.done & ~measured.kink
    reason = _likely_reason(claimed, d_out, measured, smooth, allowed)
    if reason:
        return f"{name} is wrong in {int(wrong.sum())} of {of}: {reason}"
    with np.errstate(invalid="ignore"):
        difference = np.where(wrong, np.abs(claimed - measured.slope), -1.0)
    difference[wrong & ~np.isfinite(difference)] = np.inf
    worst = tuple(int(i) for i in np.unravel_index(int(np.argmax(difference)), difference.shape))
    message = (
        f"{name} is wrong in {int(wrong.sum())} of {of}{_where(wrong, measured.done)}. Worst at "
        f"{name}{list(worst) if worst else ''}: claimed {claimed[worst] + 0.0:.6g}, "
        f"measured {measured.slope[worst] + 0.0:.6g}."
    )
    if kinks:
        message += f" {kinks} further entries lie at a kink and are not counted."
    return message


def _likely_reason(
    claimed: np.ndarray,
    d_out: np.ndarray,
    measured: _Measured,
    smooth: np.ndarray,
    allowed: np.ndarray,
) -> str | None:
    """Name one mistake that explains all entries; None if there is no such mistake."""
    claims, slopes, slack = claimed[smooth], measured.slope[smooth], allowed[smooth]
    if claims.size == 0 or not np.all(np.isfinite(claims)):
        return None
    if not np.any(claims):
        return "it is zero everywhere."
    for_ones = measured.slope_for_ones[smooth]
    if np.all(np.abs(claims - for_ones) <= slack + 1e-5 * np.max(np.abs(for_ones))):
        return (
            "it is the gradient for an upstream gradient of ones. Where does d_out enter? "
            "Every output passes on its own share of d_out."
        )
    if claims.size > 1 and np.any(slopes):
        factor = float(claims @ slopes / (slopes @ slopes))
        if abs(factor) > 1e-6 and np.all(
            np.abs(claims - factor * slopes) <= abs(factor) * slack + 1e-5 * np.max(np.abs(claims))
        ):
            return f"it is {factor:.4g} times the measured gradient everywhere."
    return None


def _where(wrong: np.ndarray, done: np.ndarray) -> str:
    """Say at which few indices of an axis all wrong entries are; "" if there are no such."""
    axes = {4: ("image or filter", "channel", "row", "column"), 2: ("row", "column")}
    names = axes.get(wrong.ndim, tuple(f"axis {k}, index" for k in range(wrong.ndim)))
    parts = []
    for axis, name in enumerate(names):
        others = tuple(k for k in range(wrong.ndim) if k != axis)
        hit, looked = wrong.any(axis=others), done.any(axis=others)
        indices = np.flatnonzero(hit)
        if 0 < hit.sum() < looked.sum() and len(indices) <= max(2, looked.sum() // 2):
            parts.append(f"{name} {', '.join(str(i) for i in indices)}")
    return f", all of them in {' and '.join(parts)}" if parts else ""


def _as_plane(values: np.ndarray) -> np.ndarray:
    return values.reshape(1, -1) if values.ndim < 2 else values


def _subscript(index: tuple[int, ...], free: int) -> str:
    return "[" + ", ".join([*(str(i) for i in index), *[":"] * free]) + "]"
