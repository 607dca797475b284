"""What relu_backward is asked."""

import numpy as np

from autograder.exercises.shared.probing import Probe, asking, calling, numbers

# Numbers of both signs, with zeros among them.
_SIGNS = [numbers(*shape, start=k) / 4 for k, shape in enumerate(((6,), (3, 4), (2, 2, 3)), 1)]
_SIGNS[1][:, 1] = 0
_SIGNS[2][0] = 0

PROBES: tuple[Probe, ...] = tuple(
    asking("relu_backward", numbers(*x.shape, start=13), x) for x in _SIGNS
)

RETURNS = ("d_x",)
_POSITIVE = np.abs(numbers(2, 3)) + 0.5
_PICTURES = np.abs(numbers(2, 2, 2, 3, start=5)) + 0.5


def _inputs() -> list[tuple[np.ndarray, tuple[str, ...]]]:
    """Arrays of ReLU, and the conditions that hold for them."""
    inputs: list[tuple[np.ndarray, tuple[str, ...]]] = []
    for x, axes in ((_POSITIVE, ()), (_POSITIVE[0], ()), (_PICTURES, ("many_axes",))):
        mixed, zeros = x.copy(), x.copy()
        mixed.ravel()[::2] *= -1
        zeros.ravel()[1::3] = 0
        both = mixed.copy()
        both.ravel()[1::3] = 0
        inputs += [
            (x, axes),
            (mixed, (*axes, "negative")),
            (-x, (*axes, "negative")),
            (zeros, (*axes, "zeros")),
            (both, (*axes, "negative", "zeros")),
        ]
    return inputs


GRID: tuple[Probe, ...] = tuple(
    calling("relu_backward", (d_out, x), *names, *extra)
    for x, names in _inputs()
    for d_out, extra in (
        (np.abs(numbers(*x.shape, start=13)) + 0.5, ()),
        (numbers(*x.shape, start=13) - 0.25, ("negative_gradient",)),
    )
)
