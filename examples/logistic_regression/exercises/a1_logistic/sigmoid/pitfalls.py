"""Known mistakes in sigmoid."""

import numpy as np


def sign_forgotten(z: np.ndarray) -> np.ndarray:
    """It uses exp(z) where exp(-z) belongs. Large z must give a probability near 1."""
    return 1 / (1 + np.exp(np.clip(z, -500, 500)))


def tanh_instead(z: np.ndarray) -> np.ndarray:
    """It returns numbers from -1 to 1. A probability lies between 0 and 1."""
    return np.tanh(z / 2)
