"""Changes the calls of public checks that pass no arrays: see judging/fresh_numbers.py."""

from typing import Any


def larger_shape(
    args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The same call, but every axis of its shape is longer by one."""

    def larger(value: Any) -> Any:
        return tuple(size + 1 for size in value) if isinstance(value, tuple) else value

    return tuple(map(larger, args)), {name: larger(value) for name, value in kwargs.items()}
