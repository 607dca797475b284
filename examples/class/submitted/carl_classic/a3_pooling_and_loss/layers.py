"""a3 · The small layers: ReLU, flatten and dense, each forward and backward."""

import numpy as np


def relu_forward(x: np.ndarray) -> np.ndarray:
    """Let positive numbers through and put zero in place of all others."""
    # YOUR CODE HERE: relu_forward (a3, 2 points)
    return np.maximum(0, x)


def relu_backward(d_out: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Let the upstream gradient through where the *input* was positive."""
    if np.shape(d_out) != np.shape(x):
        raise ValueError(f"d_out has shape {np.shape(d_out)}, but x has {np.shape(x)}")
    # YOUR CODE HERE: relu_backward (a3, 3 points)
    return d_out * (d_out > 0)


def flatten_forward(x: np.ndarray) -> np.ndarray:
    """Lay each image out as one row of numbers: channel, then row, then column."""
    if np.ndim(x) != 4:
        raise ValueError(f"x must be 4-D (N, C, H, W), but its shape is {np.shape(x)}")
    # YOUR CODE HERE: flatten_forward (a3, 2 points)
    return x.reshape(x.shape[0], -1)


def flatten_backward(d_out: np.ndarray, x_shape: tuple[int, int, int, int]) -> np.ndarray:
    """Fold the gradient's rows back into images. No number changes, only where it stands."""
    if np.size(d_out) != np.prod(x_shape):
        raise ValueError(f"d_out {np.shape(d_out)} does not fill x_shape {tuple(x_shape)}")
    # YOUR CODE HERE: flatten_backward (a3, 2 points)
    return d_out.reshape(x_shape)


def dense_forward(x: np.ndarray, weights: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """Give every output a weighted sum of all inputs."""
    if np.ndim(x) != 2:
        raise ValueError(f"x must be 2-D (N, D), but its shape is {np.shape(x)}")
    if x.shape[1] != np.shape(weights)[0]:
        raise ValueError(f"x has {x.shape[1]} features, but weights has {np.shape(weights)[0]}")
    if np.shape(bias) != np.shape(weights)[1:]:
        raise ValueError(f"bias must have shape {np.shape(weights)[1:]}, but has {np.shape(bias)}")
    # YOUR CODE HERE: dense_forward (a3, 3 points)
    return x @ weights + bias


def dense_backward(
    d_out: np.ndarray, x: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pass the upstream gradient through `x @ weights + bias` to its three inputs."""
    if np.shape(d_out) != (np.shape(x)[0], np.shape(weights)[1]):
        raise ValueError(
            f"d_out must have shape {(np.shape(x)[0], np.shape(weights)[1])}, "
            f"but has {np.shape(d_out)}"
        )
    # YOUR CODE HERE: dense_backward (a3, 6 points)
    d_x = d_out @ weights.T
    d_weights = x.T @ d_out
    d_bias = d_out.mean(axis=0)
    return d_x, d_weights, d_bias
