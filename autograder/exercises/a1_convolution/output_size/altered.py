"""Other formulas of output_size."""

from collections.abc import Callable
from typing import Any

_SAME = (
    "right only for a padding that keeps the size: count the places of the kernel for any padding"
)


def _same(input_size: int, kernel_size: int, stride: int = 1, padding: int = 0) -> int:
    return -(-input_size // stride)


def _same_where_padded(input_size: int, kernel_size: int, stride: int = 1, padding: int = 0) -> int:
    return -(-input_size // stride) if padding else (input_size - kernel_size) // stride + 1


def _two_added(input_size: int, kernel_size: int, stride: int = 1, padding: int = 0) -> int:
    return (input_size + 2 + padding - kernel_size) // stride + 1


def _one_less(input_size: int, kernel_size: int, stride: int = 1, padding: int = 0) -> int:
    return (input_size + 2 * padding - (kernel_size - 1)) // stride + 1


def _rounded_up(input_size: int, kernel_size: int, stride: int = 1, padding: int = 0) -> int:
    return -(-(input_size + 2 * padding - kernel_size) // stride)


def _kernel_divided(input_size: int, kernel_size: int, stride: int = 1, padding: int = 0) -> int:
    return input_size + 2 * padding - kernel_size // stride + 1


def _kernel_and_padding_divided(
    input_size: int, kernel_size: int, stride: int = 1, padding: int = 0
) -> int:
    return input_size + (2 * padding - kernel_size) // stride + 1


def _each_divided(input_size: int, kernel_size: int, stride: int = 1, padding: int = 0) -> int:
    return input_size + 2 * padding // stride - kernel_size // stride + 1


ALTERED: list[tuple[str, Callable[..., Any]]] = [
    (
        "{name} adds 2 + padding: the padding is added at both ends, so multiply, 2 * padding.",
        _two_added,
    ),
    *(
        (
            "{name} divides only a part of the sum: // comes before + and -. Put brackets around "
            "the whole difference, (input_size + 2 * padding - kernel_size) // stride + 1.",
            formula,
        )
        for formula in (_kernel_divided, _kernel_and_padding_divided, _each_divided)
    ),
    (f"{{name}} is the input size divided by the stride, rounded up. That is {_SAME}.", _same),
    (
        "With padding, {name} is the input size divided by the stride, rounded up. That is "
        f"{_SAME}.",
        _same_where_padded,
    ),
    (
        "{name} counts the steps rounded up: divide rounding down, then add 1 for the first place.",
        _rounded_up,
    ),
    (
        "{name} takes kernel_size - 1 away before it divides: take the whole kernel away. What is "
        "left is how far the kernel can move.",
        _one_less,
    ),
]
