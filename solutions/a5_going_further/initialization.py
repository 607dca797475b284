"""a5 · Where to start: random weights that keep signals the same size through many layers."""

import numpy as np


def he_initialization(shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """Draw weights for a layer that ReLU follows.

    Each output is a sum of fan_in products, and ReLU then throws half of its variance away.
    So that the variance stays the same from layer to layer,

        weights = standard normal numbers * sqrt(2 / fan_in)

    with fan_in = D for dense weights, C*KH*KW for filters; `_fans` gives it.

    Args:
        shape: (D, M) or (F, C, KH, KW).
        rng: `rng.standard_normal(shape)`, called once, gives the numbers.

    Returns:
        weights of that shape, float64.

    Raises:
        ValueError: if the shape is neither.

    Source: He, Zhang, Ren and Sun, "Delving Deep into Rectifiers" (2015), equation 10.

    Example:
        >>> weights = he_initialization((200, 100), np.random.default_rng(0))
        >>> weights.shape, round(float(weights.std()), 1)
        ((200, 100), 0.1)
    """
    fan_in, _ = _fans(shape)
    ### BEGIN SOLUTION
    # A sum of fan_in terms has fan_in times the variance of one term, and ReLU halves the mean
    # square; the factor 2 / fan_in cancels both.
    return rng.standard_normal(shape) * np.sqrt(2 / fan_in)
    ### END SOLUTION


def xavier_initialization(shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """Draw weights for a layer that something like tanh, or nothing, follows.

    A compromise between the forward pass (fan_in) and the backward pass (fan_out):

        weights = uniform numbers from -limit to limit,  limit = sqrt(6 / (fan_in + fan_out))

    Args:
        shape: (D, M) or (F, C, KH, KW).
        rng: `rng.uniform(-limit, limit, shape)`, called once, gives the numbers.

    Returns:
        weights of that shape, float64.

    Raises:
        ValueError: if the shape is neither.

    Source: Glorot and Bengio, "Understanding the difficulty of training deep feedforward
    neural networks" (2010), equation 16.

    Example:
        >>> weights = xavier_initialization((4, 2), np.random.default_rng(0))
        >>> weights.shape, bool(np.all(np.abs(weights) <= 1))
        ((4, 2), True)
    """
    fan_in, fan_out = _fans(shape)
    ### BEGIN SOLUTION
    # A uniform number from -limit to limit has variance limit**2 / 3.
    limit = np.sqrt(6 / (fan_in + fan_out))
    return rng.uniform(-limit, limit, shape)
    ### END SOLUTION


def _fans(shape: tuple[int, ...]) -> tuple[int, int]:
    """How many numbers feed one output, and how many outputs one number feeds.

    `shape` is that of dense weights (D, M) or of filters (F, C, KH, KW).
    """
    if len(shape) == 2:
        return shape[0], shape[1]
    if len(shape) == 4:
        filters, channels, kernel_height, kernel_width = shape
        return channels * kernel_height * kernel_width, filters * kernel_height * kernel_width
    raise ValueError(f"shape must be (D, M) or (F, C, KH, KW), but it is {tuple(shape)}")
