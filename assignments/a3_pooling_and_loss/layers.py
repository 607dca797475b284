"""a3 · The small layers: ReLU, flatten and dense, each forward and backward.

Every function leaves the arrays that it is given as they are, and returns new ones.
"""

import numpy as np


def relu_forward(x: np.ndarray) -> np.ndarray:
    """Let positive numbers through and put zero in place of all others.

        out = max(x, 0), entry by entry

    Args:
        x: any shape.

    Returns:
        out, a new array with the shape of `x`, and its dtype (float64 is fine too).

    Example:
        >>> relu_forward(np.array([-1.0, 0.0, 2.0])).tolist()
        [0.0, 0.0, 2.0]
    """
    # YOUR CODE HERE: relu_forward (a3, 2 points)
    raise NotImplementedError("relu_forward")


def relu_backward(d_out: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Let the upstream gradient through where the *input* was positive.

        d_x = d_out where x > 0, else 0

    At x == 0 the function has a kink and no derivative; this course takes 0 there.

    Args:
        d_out: upstream gradient, the shape of `x`.
        x: the input of the forward pass.

    Returns:
        d_x, a new array with the shape of `x`, and the dtype of `d_out` (float64 is fine too).

    Raises:
        ValueError: if the shapes of `d_out` and `x` differ.

    Example:
        >>> relu_backward(np.array([5.0, 6.0, 7.0]), np.array([-1.0, 0.0, 2.0])).tolist()
        [0.0, 0.0, 7.0]
    """
    if np.shape(d_out) != np.shape(x):
        raise ValueError(f"d_out has shape {np.shape(d_out)}, but x has {np.shape(x)}")
    # YOUR CODE HERE: relu_backward (a3, 3 points)
    raise NotImplementedError("relu_backward")


def flatten_forward(x: np.ndarray) -> np.ndarray:
    """Lay each image out as one row of numbers: channel, then row, then column.

    Args:
        x: shape (N, C, H, W).

    Returns:
        shape (N, C*H*W), with the dtype of `x` (float64 is fine too).

    Raises:
        ValueError: if `x` is not 4-D.

    Example:
        >>> flatten_forward(np.arange(8).reshape(2, 1, 2, 2)).tolist()
        [[0, 1, 2, 3], [4, 5, 6, 7]]
    """
    if np.ndim(x) != 4:
        raise ValueError(f"x must be 4-D (N, C, H, W), but its shape is {np.shape(x)}")
    # YOUR CODE HERE: flatten_forward (a3, 2 points)
    raise NotImplementedError("flatten_forward")


def flatten_backward(d_out: np.ndarray, x_shape: tuple[int, int, int, int]) -> np.ndarray:
    """Fold the gradient's rows back into images. No number changes, only where it stands.

    Args:
        d_out: upstream gradient, shape (N, C*H*W).
        x_shape: (N, C, H, W), the shape of the input of the forward pass.

    Returns:
        d_x, shape (N, C, H, W), with the dtype of `d_out` (float64 is fine too).

    Raises:
        ValueError: if `d_out` does not hold as many numbers as `x_shape` has places.

    Example:
        >>> flatten_backward(np.array([[0, 1, 2, 3]]), (1, 1, 2, 2)).tolist()
        [[[[0, 1], [2, 3]]]]
    """
    if np.size(d_out) != np.prod(x_shape):
        raise ValueError(f"d_out {np.shape(d_out)} does not fill x_shape {tuple(x_shape)}")
    # YOUR CODE HERE: flatten_backward (a3, 2 points)
    raise NotImplementedError("flatten_backward")


def dense_forward(x: np.ndarray, weights: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """Give every output a weighted sum of all inputs.

        out = x @ weights + bias

    Args:
        x: shape (N, D).
        weights: shape (D, M).
        bias: shape (M,).

    Returns:
        out, shape (N, M).

    Raises:
        ValueError: if `x` is not 2-D, or the sizes D or M disagree.

    Example:
        >>> weights = np.array([[1.0, 0.0], [0.0, 2.0]])
        >>> dense_forward(np.array([[3.0, 4.0]]), weights, np.array([10.0, 20.0])).tolist()
        [[13.0, 28.0]]
    """
    if np.ndim(x) != 2:
        raise ValueError(f"x must be 2-D (N, D), but its shape is {np.shape(x)}")
    if x.shape[1] != np.shape(weights)[0]:
        raise ValueError(f"x has {x.shape[1]} features, but weights has {np.shape(weights)[0]}")
    if np.shape(bias) != np.shape(weights)[1:]:
        raise ValueError(f"bias must have shape {np.shape(weights)[1:]}, but has {np.shape(bias)}")
    # YOUR CODE HERE: dense_forward (a3, 3 points)
    raise NotImplementedError("dense_forward")


def dense_backward(
    d_out: np.ndarray, x: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pass the upstream gradient through `x @ weights + bias` to its three inputs.

        d_x       = d_out @ weights.T
        d_weights = x.T @ d_out
        d_bias    = d_out summed over the batch

    Args:
        d_out: upstream gradient, shape (N, M).
        x: the input of the forward pass, shape (N, D).
        weights: shape (D, M).

    Returns:
        (d_x, d_weights, d_bias), shapes (N, D), (D, M) and (M,), summed over the batch.

    Raises:
        ValueError: if the sizes N, D or M disagree.

    Example:
        >>> d_out, x, weights = np.array([[1.0]]), np.array([[2.0, 3.0]]), np.array([[4.0], [5.0]])
        >>> [gradient.tolist() for gradient in dense_backward(d_out, x, weights)]
        [[[4.0, 5.0]], [[2.0], [3.0]], [1.0]]
    """
    if np.shape(d_out) != (np.shape(x)[0], np.shape(weights)[1]):
        raise ValueError(
            f"d_out must have shape {(np.shape(x)[0], np.shape(weights)[1])}, "
            f"but has {np.shape(d_out)}"
        )
    # YOUR CODE HERE: dense_backward (a3, 6 points)
    raise NotImplementedError("dense_backward")
