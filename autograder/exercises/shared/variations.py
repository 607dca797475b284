"""Other arguments for published examples whose calls hold no arrays: see fresh_numbers.py."""

from typing import Any


def larger_shape(
    args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The call with a shape whose axes are all longer by one, and the same generator."""

    def larger(value: Any) -> Any:
        return tuple(size + 1 for size in value) if isinstance(value, tuple) else value

    return tuple(map(larger, args)), {name: larger(value) for name, value in kwargs.items()}
