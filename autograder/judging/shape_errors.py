"""Reads NumPy's messages about shapes that do not fit: the sizes, and why they do not agree."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from math import prod

Sizes = tuple[int, ...]


@dataclass(frozen=True)
class ShapeError:
    """A NumPy exception about shapes.

    Attributes:
        kind: the operation, such as "reshape" or "in place".
        sizes: the sizes in the message, in its order.
        words: what it means, as one clause without a full stop; "" if there is nothing to add.
    """

    kind: str
    sizes: tuple[Sizes, ...]
    words: str


def read_shape_error(type: str, message: str) -> ShapeError | None:
    """The shapes in a NumPy exception, or None if it is about something else.

    Args:
        type: the exception's class name.
        message: its message.
    """
    if type not in ("ValueError", "IndexError"):
        return None
    for kind, pattern, say in _COMPLAINTS:
        found = re.search(pattern, message)
        if found is not None:
            sizes = tuple(map(_shape, found.groups()))
            return ShapeError(kind, sizes, say(*sizes))
    return None


def _shape(text: str) -> Sizes:
    # In a shape to be filled, NumPy writes "newaxis" where -1 was given.
    return tuple(int(number) for number in re.findall(r"-?\d+", text.replace("newaxis", "-1")))


def _write(shape: Sizes) -> str:
    return str(shape).replace(" ", "")


def _do_not_line_up(*shapes: Sizes) -> str:
    for shape in shapes:
        if prod(shape) == 0:
            return _is_empty(shape)
    for axis in range(1, 1 + max(map(len, shapes))):
        sizes = list(dict.fromkeys(s[-axis] for s in shapes if len(s) >= axis and s[-axis] != 1))
        if len(sizes) > 1:
            return (
                f"shapes are lined up from the right, and there {sizes[0]} meets {sizes[1]}; "
                "two sizes go together if they are equal or one of them is 1"
            )
    return ""


def _do_not_fit_in(given: Sizes, room: Sizes) -> str:
    for shape in (room, given):
        if prod(shape) == 0:
            return _is_empty(shape)
    return f"an array of shape {_write(given)} is put where there is room for {_write(room)}"


def _is_empty(shape: Sizes) -> str:
    return (
        f"{_write(shape)} holds no numbers: a slice is empty if it starts after the end of the "
        "array, or if it does not end after its start; and -0 is 0, so that x[1:-0] is empty"
    )


def _inner_sizes(first: Sizes, second: Sizes) -> str:
    return (
        "a matrix product needs as many columns on the left as rows on the right, but here "
        f"{second[0]} meets {first[0]}"
    )


def _inner_sizes_of(left: Sizes, right: Sizes) -> str:
    return _inner_sizes(right[:1], left[-1:])


def _does_not_fill(size: Sizes, shape: Sizes) -> str:
    if -1 in shape:
        return f"{size[0]} numbers cannot be shared out over these places"
    product, places = " * ".join(map(str, shape)), prod(shape)
    there = f"{product} = {places} places" if len(shape) > 1 else f"{product} places"
    if places and size[0] > places and size[0] % places == 0:
        return f"{size[0]} numbers are {size[0] // places} times as many as {there}"
    return f"{size[0]} numbers do not fill {there}"


def _is_outside(index: Sizes, _axis: Sizes, size: Sizes) -> str:
    if size[0] == 0:
        return "that axis is empty"
    return f"the places along that axis are 0 to {size[0] - 1}"


def _one_number(*_: Sizes) -> str:
    return "one place of an array takes one number, and it is given an array or a list"


def _not_of_one_size(_axes: Sizes) -> str:
    return "the pieces that are put together into one array are not all of the same shape"


_ANY = r"\([\d, ]*\)"
_TUPLE = f"({_ANY})"
_COMPLAINTS: tuple[tuple[str, str, Callable[..., str]], ...] = (
    (
        "broadcast",
        # The third shape, if there is one, is that of the output, as in `a += b`.
        rf"operands could not be broadcast together with shapes {_TUPLE} {_TUPLE}(?: {_ANY})?\s*$",
        _do_not_line_up,
    ),
    (
        "assign",
        rf"could not broadcast input array from shape {_TUPLE} into shape {_TUPLE}",
        _do_not_fit_in,
    ),
    (
        "in place",
        rf"output operand with shape {_TUPLE} doesn't match the broadcast shape {_TUPLE}",
        lambda room, given: _do_not_fit_in(given, room),
    ),
    ("matmul", r"matmul: .*\(size (\d+) is different from (\d+)\)", _inner_sizes),
    ("dot", rf"shapes {_TUPLE} and {_TUPLE} not aligned", _inner_sizes_of),
    (
        "reshape",
        r"cannot reshape array of size (\d+) into shape (\([\w, -]*\))",
        _does_not_fill,
    ),
    (
        "index",
        r"index (-?\d+) is out of bounds for axis (\d+) with size (\d+)",
        _is_outside,
    ),
    ("ragged", r"inhomogeneous shape after (\d+) dimension", _not_of_one_size),
    ("one number", r"setting an array element with a sequence\.$", _one_number),
)
