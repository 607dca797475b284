"""Other formulas of dense_forward: other sums."""

from collections.abc import Callable
from typing import Any

ALTERED: list[tuple[str, Callable[..., Any]]] = [
    (
        "It adds the bias as a column, one number for each image: its shape (M,) lies along the "
        "outputs already, so add it as it is.",
        lambda x, weights, bias: x @ weights + bias[:, None],
    ),
    (
        "It leaves the last input out: each output adds up all D inputs times their weights.",
        lambda x, weights, bias: x[:, :-1] @ weights[:-1] + bias,
    ),
    (
        "It leaves the first input out: each output adds up all D inputs times their weights.",
        lambda x, weights, bias: x[:, 1:] @ weights[1:] + bias,
    ),
    (
        "It subtracts the bias: add it.",
        lambda x, weights, bias: x @ weights - bias,
    ),
    (
        "It adds the sum of the bias to every output: each output has a number of its own.",
        lambda x, weights, bias: x @ weights + bias.sum(),
    ),
]
