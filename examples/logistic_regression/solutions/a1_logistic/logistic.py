"""Logistic regression: probabilities, their loss's gradient, and training by gradient descent."""

import numpy as np


def sigmoid(z: np.ndarray) -> np.ndarray:
    """Turn any number into a probability.

        p = 1 / (1 + exp(-z))

    Args:
        z: any shape; numbers of any size.

    Returns:
        p, of the same shape, without an overflow.
    """
    ### BEGIN SOLUTION
    small = np.exp(-np.abs(z))  # never above 1, so it cannot overflow
    return np.where(z >= 0, 1, small) / (1 + small)
    ### END SOLUTION


def log_loss_gradient(x: np.ndarray, labels: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The gradient of the mean log loss with respect to the weights.

        gradient = mean over rows of (sigmoid(x @ weights) - labels) * x

    Args:
        x: (N, D), one point a row.
        labels: (N,), 0 or 1.
        weights: (D,).

    Returns:
        gradient (D,).
    """
    ### BEGIN SOLUTION
    return x.T @ (sigmoid(x @ weights) - labels) / len(x)
    ### END SOLUTION


def fit(x: np.ndarray, labels: np.ndarray, learning_rate: float, steps: int) -> np.ndarray:
    """Learn weights by gradient descent, starting at zero.

    Args:
        x: (N, D), one point a row.
        labels: (N,), 0 or 1.
        learning_rate: how far a step goes against the gradient.
        steps: how many steps.

    Returns:
        weights (D,).
    """
    ### BEGIN SOLUTION
    weights = np.zeros(x.shape[1])
    for _ in range(steps):
        weights -= learning_rate * log_loss_gradient(x, labels, weights)
    return weights
    ### END SOLUTION
