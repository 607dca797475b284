"""Known mistakes in relu_backward."""

import numpy as np
from numpy import ndarray


def mask_from_the_gradient(d_out: ndarray, x: ndarray) -> ndarray:
    """It lets positive gradients through. Which gradients go through is decided by the input \
of the forward pass, not by their own sign."""
    return d_out * (d_out > 0)


def passes_at_zero(d_out: ndarray, x: ndarray) -> ndarray:
    """It lets the gradient through where the input is exactly 0. There is a kink there, and \
this course takes the slope 0."""
    return d_out * (x >= 0)


def upstream_ignored(d_out: ndarray, x: ndarray) -> ndarray:
    """It returns the slope alone, 1 or 0. The chain rule multiplies the slope by the upstream \
gradient."""
    return (x > 0) * 1.0


def passes_everything(d_out: ndarray, x: ndarray) -> ndarray:
    """It lets the whole gradient through. Where the input was not positive the output was 0, \
whatever the input, so no gradient comes back there."""
    return d_out.copy()


def forward_pass_repeated(d_out: ndarray, x: ndarray) -> ndarray:
    """It computes the forward pass again. What goes back is the gradient, let through or \
stopped."""
    return np.maximum(x, 0)


def passes_the_negative(d_out: ndarray, x: ndarray) -> ndarray:
    """It lets the gradient through where the input was not positive, and stops it elsewhere. \
It is the other way round."""
    return d_out * (x <= 0)


def multiplied_by_the_output(d_out: ndarray, x: ndarray) -> ndarray:
    """It multiplies the gradient by the output of the forward pass. The slope is 1 wherever \
the input was positive, however large it was."""
    return d_out * np.maximum(x, 0)


def leaky(d_out: ndarray, x: ndarray) -> ndarray:
    """It lets a hundredth of the gradient through where the input was negative. That is leaky \
ReLU; here the slope there is 0."""
    return np.where(x > 0, d_out, 0.01 * d_out)


def changes_its_input(d_out: ndarray, x: ndarray) -> ndarray:
    """It writes the zeros into the upstream gradient that it was given. The caller still needs \
that array: make a new one."""
    d_out[x <= 0] = 0
    return d_out
