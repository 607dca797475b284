"""Known mistakes in dense_backward."""

import numpy as np
from numpy import ndarray

Gradients = tuple[ndarray, ndarray, ndarray]


def upstream_ignored(d_out: ndarray, x: ndarray, weights: ndarray) -> Gradients:
    """It counts every output the same. The upstream gradient says how much each output matters \
to the loss; the chain rule multiplies by it."""
    ones = np.ones_like(d_out)
    return ones @ weights.T, x.T @ ones, ones.sum(axis=0)


def divided_by_the_batch(d_out: ndarray, x: ndarray, weights: ndarray) -> Gradients:
    """It divides the gradients of weights and bias by the number of images. The loss has \
already taken the mean: here the images are summed."""
    return d_out @ weights.T, x.T @ d_out / len(x), d_out.sum(axis=0) / len(x)


def weights_averaged(d_out: ndarray, x: ndarray, weights: ndarray) -> Gradients:
    """It divides the weights' gradient by the number of images. The loss has already taken the \
mean: here the images are summed."""
    return d_out @ weights.T, x.T @ d_out / len(x), d_out.sum(axis=0)


def bias_averaged(d_out: ndarray, x: ndarray, weights: ndarray) -> Gradients:
    """It takes the mean for the bias. The bias was added for every image, so its gradient is \
the sum over all of them."""
    return d_out @ weights.T, x.T @ d_out, d_out.mean(axis=0)


def bias_not_summed(d_out: ndarray, x: ndarray, weights: ndarray) -> Gradients:
    """Its bias gradient still has a row for every image. There is one bias for the whole batch, \
so its gradient is the sum over the images."""
    return d_out @ weights.T, x.T @ d_out, d_out


def bias_keeps_the_batch_axis(d_out: ndarray, x: ndarray, weights: ndarray) -> Gradients:
    """Its bias gradient holds the right numbers, but has two axes. A gradient has the shape of \
what it belongs to, and the bias has one axis."""
    return d_out @ weights.T, x.T @ d_out, d_out.sum(axis=0, keepdims=True)


def bias_summed_over_outputs(d_out: ndarray, x: ndarray, weights: ndarray) -> Gradients:
    """It sums the bias gradient over the outputs. Each output has a bias of its own; it is the \
images that are summed."""
    return d_out @ weights.T, x.T @ d_out, d_out.sum(axis=1)


def weights_gradient_transposed(d_out: ndarray, x: ndarray, weights: ndarray) -> Gradients:
    """Its weights' gradient is transposed. A gradient has the shape of what it belongs to: a \
row for each input."""
    return d_out @ weights.T, d_out.T @ x, d_out.sum(axis=0)


def weights_not_transposed(d_out: ndarray, x: ndarray, weights: ndarray) -> Gradients:
    """For the input gradient it multiplies by the weights as in the forward pass, which works \
only while there are as many inputs as outputs. In the backward pass the weights are \
transposed."""
    return d_out @ weights, x.T @ d_out, d_out.sum(axis=0)


def weights_first(d_out: ndarray, x: ndarray, weights: ndarray) -> Gradients:
    """It returns the right gradients in another order. The input's comes first, then the \
weights', then the bias's."""
    return x.T @ d_out, d_out.sum(axis=0), d_out @ weights.T
