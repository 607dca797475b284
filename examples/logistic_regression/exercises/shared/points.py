"""Points of two classes, for training and for counting."""

import numpy as np


def two_clouds(count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Points around two centres, with a column of ones for the bias.

    Args:
        count: how many points.
        rng: where their places come from.

    Returns:
        x (count, 3), float64, and labels (count,), int, 0 or 1.
    """
    labels = rng.integers(0, 2, count)
    centres = np.array([[-1.0, -0.5], [1.5, 1.0]])[labels]
    places = centres + rng.standard_normal((count, 2))
    return np.column_stack([np.ones(count), places]), labels
