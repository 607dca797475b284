"""a3 · From ten numbers to probabilities, from probabilities to one loss, and back.

Every function leaves the arrays that it is given as they are, and returns new ones.
"""

import numpy as np


def softmax(logits: np.ndarray) -> np.ndarray:
    """Turn each row of scores into probabilities that sum to 1.

        softmax(z)[n, k] = exp(z[n, k]) / sum over j of exp(z[n, j])

    Adding one number to all scores of a row changes nothing, so subtract the row's largest
    first: then no exponent is above 0 and exp cannot overflow.

    Args:
        logits: scores, shape (N, K), of any size: ±1e4 must work.

    Returns:
        probabilities, shape (N, K), floating point.

    Raises:
        ValueError: if `logits` is not 2-D.

    Example:
        >>> softmax(np.array([[0.0, 0.0], [0.0, 10000.0]])).tolist()
        [[0.5, 0.5], [0.0, 1.0]]
    """
    if np.ndim(logits) != 2:
        raise ValueError(f"logits must be 2-D (N, K), but its shape is {np.shape(logits)}")
    ### BEGIN SOLUTION
    # The maximum of each row, not of the batch: in a row far below the batch's maximum, every
    # number would become exp(-huge) = 0, and the division 0/0.
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)
    ### END SOLUTION


def cross_entropy(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """Say how surprised the network is by the right answers, on average.

        loss = mean over n of -log(probabilities[n, labels[n]])

    Args:
        probabilities: shape (N, K), rows that sum to 1.
        labels: the right classes, integers of shape (N,) in 0..K-1.

    Returns:
        the loss, a float: 0 if every right class has probability 1; large, but finite,
        where one has probability 0.

    Raises:
        ValueError: if there is not one integer label in 0..K-1 for each row.

    Example:
        >>> round(cross_entropy(np.array([[0.5, 0.5]]), np.array([1])), 4)
        0.6931
    """
    _require_labels(probabilities, labels)
    ### BEGIN SOLUTION
    # The loss needs one probability of each row n: the one in column labels[n].
    of_the_right_class = probabilities[np.arange(len(labels)), labels]
    # log(0) is -inf, but the log of the smallest normal number of the dtype is finite.
    smallest = np.finfo(probabilities.dtype).tiny
    return float(-np.mean(np.log(np.maximum(of_the_right_class, smallest))))
    ### END SOLUTION


def softmax_cross_entropy_backward(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Give the gradient of the mean loss with respect to the scores before softmax.

        d_logits = (probabilities - one_hot(labels)) / N

    Softmax's own derivative is a K x K matrix for each image; after the logarithm all of it
    cancels but this difference.

    Args:
        probabilities: what `softmax` returned, shape (N, K).
        labels: the right classes, integers of shape (N,) in 0..K-1.

    Returns:
        d_logits, shape (N, K), with the dtype of `probabilities` (float64 is fine too).

    Raises:
        ValueError: if there is not one integer label in 0..K-1 for each row.

    Example:
        >>> probabilities = np.array([[0.25, 0.75], [0.5, 0.5]])
        >>> softmax_cross_entropy_backward(probabilities, np.array([1, 0])).tolist()
        [[0.125, -0.125], [-0.25, 0.25]]
    """
    _require_labels(probabilities, labels)
    ### BEGIN SOLUTION
    # A copy, so that the caller's array does not change.
    d_logits = probabilities.copy()
    d_logits[np.arange(len(labels)), labels] -= 1
    # The loss is a mean over N images, so the gradient of each image is divided by N.
    return d_logits / len(labels)
    ### END SOLUTION


def _require_labels(probabilities: np.ndarray, labels: np.ndarray) -> None:
    """Raise ValueError unless there is one label in 0..K-1 for each row of probabilities."""
    if np.ndim(probabilities) != 2:
        raise ValueError(f"probabilities must be 2-D (N, K), not {np.shape(probabilities)}")
    if np.shape(labels) != np.shape(probabilities)[:1]:
        raise ValueError(
            f"labels must have shape {np.shape(probabilities)[:1]}, but has {np.shape(labels)}"
        )
    if not np.issubdtype(np.asarray(labels).dtype, np.integer):
        raise ValueError(f"labels must be integers, not {np.asarray(labels).dtype}")
    if np.min(labels) < 0 or np.max(labels) >= np.shape(probabilities)[1]:
        raise ValueError(f"labels must lie in 0..{np.shape(probabilities)[1] - 1}")
