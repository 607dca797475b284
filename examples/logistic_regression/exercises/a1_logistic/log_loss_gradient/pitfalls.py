"""Known mistakes in log_loss_gradient."""

import numpy as np


def _errors(x: np.ndarray, labels: np.ndarray, weights: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-(x @ weights))) - labels


def summed(x: np.ndarray, labels: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """It adds the rows up. The loss is a mean, so its gradient is divided by the number of rows."""
    return x.T @ _errors(x, labels, weights)


def wrong_sign(x: np.ndarray, labels: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """It subtracts the probability from the label. The gradient points uphill: the other way."""
    return -(x.T @ _errors(x, labels, weights)) / len(x)
