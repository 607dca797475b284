"""a3 · From ten numbers to probabilities, from probabilities to one loss, and back."""

import numpy as np


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


def softmax(logits: np.ndarray) -> np.ndarray:
    """Turn each row of scores into probabilities that sum to 1."""
    if np.ndim(logits) != 2:
        raise ValueError(f"logits must be 2-D (N, K), but its shape is {np.shape(logits)}")
    largest = logits.max(axis=1).reshape(-1, 1)
    e = np.exp(logits - largest)
    return e / e.sum(axis=1).reshape(-1, 1)


def cross_entropy(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """Say how surprised the network is by the right answers, on average."""
    _require_labels(probabilities, labels)
    total = 0.0
    for n in range(len(labels)):
        p = max(float(probabilities[n, labels[n]]), 1e-300)
        total = total - np.log(p)
    return float(total / len(labels))


def softmax_cross_entropy_backward(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Give the gradient of the mean loss with respect to the scores before softmax."""
    _require_labels(probabilities, labels)
    N = len(labels)
    d_logits = np.array(probabilities)
    for n in range(N):
        d_logits[n, labels[n]] -= 1
    d_logits /= N
    return d_logits
