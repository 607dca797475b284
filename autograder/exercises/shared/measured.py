"""Compares a claimed gradient with differences of the forward pass."""

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.checking import TOLERANCE, Mismatch, as_array
from cnnlab.gradient_check import WRONG, check_gradient


def agree_with_differences(
    claimed: Any,
    f: Callable[[np.ndarray], np.ndarray | float],
    x: np.ndarray,
    d_out: np.ndarray | float,
    name: str,
) -> None:
    """Raise Mismatch unless `claimed` is the gradient of sum(f(x) * d_out), by `check_gradient`.

    Where f has a kink, any number between the slopes on its two sides passes.

    Args:
        claimed: the result of the learner's function; untrusted, so of any type.
        f: the reference's forward pass, as a function of one array.
        x: the array at which the gradient is measured.
        d_out: the upstream gradient from which `claimed` was computed.
        name: the name of the gradient in the message.
    """
    got = as_array(claimed, name)
    if got.dtype.kind != "f":
        raise Mismatch(f"{name} has dtype {got.dtype}, but should hold floating-point numbers")
    tolerance = max(1e-5, TOLERANCE.get(got.dtype.itemsize, 1e-6))
    found = check_gradient(f, x, d_out, got, name=name, tolerance=tolerance)
    if not found.passed:
        wrong = np.argwhere(found.verdicts == WRONG)
        raise Mismatch(
            found.message.rstrip("."),
            name,
            found.numeric if got.shape == found.numeric.shape else None,
            got if got.shape == found.numeric.shape else None,
            tuple(int(i) for i in wrong[0]) if len(wrong) else None,
        )
