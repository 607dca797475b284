"""Known mistakes in dense_forward."""

import numpy as np
from numpy import ndarray


def bias_ignored(x: ndarray, weights: ndarray, bias: ndarray) -> ndarray:
    """It leaves the bias out. Each output adds a number of its own."""
    return x @ weights


def bias_subtracted(x: ndarray, weights: ndarray, bias: ndarray) -> ndarray:
    """It takes the bias away. The bias is added."""
    return x @ weights - bias


def bias_of_the_first_output(x: ndarray, weights: ndarray, bias: ndarray) -> ndarray:
    """It gives all outputs the bias of the first one. Each output has a bias of its own."""
    return x @ weights + bias[0]


def bias_added_for_every_input(x: ndarray, weights: ndarray, bias: ndarray) -> ndarray:
    """It adds the bias once for every input. It is added once, to the sum over all inputs."""
    return x @ weights + bias * len(weights)


def output_transposed(x: ndarray, weights: ndarray, bias: ndarray) -> ndarray:
    """It makes a column of each image. Each image is a row: the batch is the first axis."""
    return (x @ weights + bias).T


def weights_transposed(x: ndarray, weights: ndarray, bias: ndarray) -> ndarray:
    """It multiplies by the weights transposed, which works only while there are as many inputs \
as outputs. Here the weights have a row for each input."""
    return x @ weights.T + bias


def mean_over_the_inputs(x: ndarray, weights: ndarray, bias: ndarray) -> ndarray:
    """It takes the mean over the inputs. They are summed, each times its weight."""
    return np.mean(x[:, :, None] * weights[None], axis=1) + bias
