"""The protocol of grader and worker: JSON for a message's structure, raw bytes for its arrays.

A frame is an 8-byte header (length of the JSON, number of buffers), the JSON, and then for each
buffer its length and its bytes. Nothing is unpickled, and every number in a frame is checked
before it is used: an array's bytes are read only after its dtype is known to be plain and shape
times itemsize equals the announced length.

In the JSON, a value that JSON has no type for is an object; one of its keys names the type:

    {"array": 0, "dtype": "<f8", "shape": [2, 3]}   an array, in buffer 0
    {"number": "0.5", "dtype": "<f8"}               a NumPy scalar
    {"scalar": 1, "dtype": "<c16"}                  a longer NumPy scalar, in buffer 1
    {"tuple": [...]}  {"list": [...]}  {"dict": [[key, value], ...]}
    {"object": 7, "type": "Dense"}                  an object that stays in the worker
    {"callback": 3}                                 a function that stays in the grader
    {"float": "nan"}                                a float that JSON cannot write
"""

import json
import math
import re
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np

HEAD = struct.Struct(">II")
LENGTH = struct.Struct(">Q")
MAX_JSON = 2 << 20
MAX_BUFFERS = 4096
MAX_BYTES = 1 << 28
MAX_DEPTH = 12
WRITE_AT_ONCE = 1 << 16
MAX_AXES = 8
MAX_TEXT = 1 << 16
PLAIN_KINDS = "biufc"
SHORT = ("b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8")
PLAIN_DTYPE = re.compile(r"[<>|][biufc](1|2|4|8|16)")


class FrameError(Exception):
    """A frame breaks one of the rules above; the message says which."""


@dataclass(frozen=True)
class Handle:
    """Represents an object that stays in the worker."""

    id: int
    type: str


@dataclass(frozen=True)
class Callback:
    """Represents a function that stays in the grader."""

    id: int


def write_frame(stream: BinaryIO, message: Any) -> None:
    """Write one message: plain values, NumPy arrays of plain numbers, Handles, Callbacks.

    Raises:
        FrameError: if the message holds anything else, or is too large.
    """
    buffers: list[np.ndarray] = []
    text = json.dumps(_encode(message, buffers, 0)).encode()
    if len(text) > MAX_JSON:
        raise FrameError("the message is too long")
    if len(buffers) > MAX_BUFFERS or sum(b.nbytes for b in buffers) > MAX_BYTES:
        raise FrameError(f"the arrays are larger than {MAX_BYTES >> 20} MB together")
    pieces: list[Any] = [HEAD.pack(len(text), len(buffers)), text]
    for buffer in buffers:
        pieces += LENGTH.pack(buffer.nbytes), buffer.reshape(-1).view(np.uint8).data
    if sum(map(len, pieces)) <= WRITE_AT_ONCE:
        # Each write would wake the reader, and most frames are small.
        pieces = [b"".join(pieces)]
    for piece in pieces:
        stream.write(piece)
    stream.flush()


def read_frame(read_exactly: Callable[[int], bytearray], max_bytes: int = MAX_BYTES) -> Any:
    """Read one message.

    Args:
        read_exactly: returns the next `count` bytes, or raises EOFError.
        max_bytes: largest total size of its arrays.

    Raises:
        FrameError: if the frame breaks a rule; the rest of the stream is then unusable.
        EOFError: if the stream ends.
    """
    json_length, buffer_count = HEAD.unpack(read_exactly(HEAD.size))
    if json_length > MAX_JSON:
        raise FrameError(f"a frame announces {json_length} bytes of JSON")
    if buffer_count > MAX_BUFFERS:
        raise FrameError(f"a frame announces {buffer_count} arrays")
    try:
        message = json.loads(read_exactly(json_length).decode())
    except (ValueError, RecursionError) as error:
        raise FrameError("a frame holds no valid JSON") from error
    specs = _array_specs(message, buffer_count)
    left = max_bytes
    buffers = []
    for dtype, shape in specs:
        (length,) = LENGTH.unpack(read_exactly(LENGTH.size))
        if length != math.prod(shape) * dtype.itemsize:
            raise FrameError(
                f"an array of shape {shape} and dtype {dtype} announces {length} bytes"
            )
        left -= length
        if left < 0:
            raise FrameError(f"its arrays are larger than {max_bytes >> 20} MB together")
        buffers.append(np.frombuffer(read_exactly(length), dtype=dtype).reshape(shape))
    return _decode(message, buffers, 0)


def is_plain(value: Any) -> bool:
    """Return whether `value` itself (not its items) can be put into a frame."""
    if isinstance(value, np.ndarray | np.generic):
        return value.dtype.kind in PLAIN_KINDS and value.dtype.names is None
    return value is None or isinstance(
        value, bool | int | float | str | tuple | list | dict | Handle | Callback
    )


def _encode(value: Any, buffers: list[np.ndarray], depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise FrameError(f"a value is nested more than {MAX_DEPTH} deep")
    if isinstance(value, np.ndarray | np.generic):
        array = np.asarray(value)
        if not is_plain(array) or array.dtype.itemsize > 16:
            raise FrameError(f"an array of dtype {array.dtype} holds no plain numbers")
        if isinstance(value, np.generic) and array.dtype.str[1:] in SHORT:
            # Inline, so that a list of a thousand NumPy numbers needs no thousand buffers.
            return {"number": repr(value.item()), "dtype": array.dtype.str}
        if array.ndim > MAX_AXES:
            raise FrameError(f"it has {array.ndim} axes, and {MAX_AXES} at most can be sent")
        if math.prod(size for size in array.shape if size) > MAX_BYTES:
            raise FrameError(f"its shape is {array.shape}, and nothing of that size can be sent")
        if array.nbytes > MAX_BYTES:
            # Checked before the copy: a broadcast array has its full size only in a copy.
            raise FrameError(f"it is larger than {MAX_BYTES >> 20} MB")
        # ascontiguousarray would turn a 0-d array into a 1-d one.
        buffers.append(array if array.flags.c_contiguous else array.copy(order="C"))
        kind = "array" if isinstance(value, np.ndarray) else "scalar"
        form: dict[str, Any] = {kind: len(buffers) - 1, "dtype": array.dtype.str}
        if kind == "array":
            form["shape"] = list(array.shape)
            if array.flags.f_contiguous and not array.flags.c_contiguous:
                # Some mistakes show only in an array of Fortran order.
                form["order"] = "F"
        return form
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        if value.bit_length() > 128:
            raise FrameError("a whole number is longer than 128 bits")
        return int(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else {"float": repr(float(value))}
    if isinstance(value, str):
        return str(value[:MAX_TEXT])
    if isinstance(value, Handle):
        return {"object": value.id, "type": value.type[:80]}
    if isinstance(value, Callback):
        return {"callback": value.id}
    if isinstance(value, tuple | list):
        items = [_encode(item, buffers, depth + 1) for item in value]
        return {"tuple" if isinstance(value, tuple) else "list": items}
    if isinstance(value, dict):
        pairs = [[str(key), _encode(item, buffers, depth + 1)] for key, item in list(value.items())]
        return {"dict": pairs}
    raise FrameError(f"a value of type {type(value).__name__} cannot be sent")


def _array_specs(message: Any, buffer_count: int) -> list[tuple[np.dtype, tuple[int, ...]]]:
    """Check every array that the JSON announces; return dtypes and shapes in buffer order."""
    specs: dict[int, tuple[np.dtype, tuple[int, ...]]] = {}
    to_visit = [message]
    while to_visit:
        node = to_visit.pop()
        if isinstance(node, list):
            to_visit.extend(node)
        elif isinstance(node, dict):
            to_visit.extend(node.values())
            if "array" not in node and "scalar" not in node:
                continue
            index = node["array"] if "array" in node else node["scalar"]
            shape = node.get("shape") if "array" in node else []
            if type(index) is not int or index in specs:
                raise FrameError("two arrays claim one buffer")
            specs[index] = _checked_dtype(node.get("dtype")), _checked_shape(shape)
    if sorted(specs) != list(range(buffer_count)):
        raise FrameError("the arrays named and the buffers announced differ")
    return [specs[index] for index in range(buffer_count)]


def _checked_dtype(text: Any) -> np.dtype:
    # np.dtype accepts more, such as "2f8", whose arrays have other shapes than announced.
    if not (isinstance(text, str) and PLAIN_DTYPE.fullmatch(text)):
        raise FrameError("an array has a dtype that is no plain number")
    try:
        return np.dtype(text)
    except TypeError as error:
        raise FrameError("an array has a dtype that does not exist") from error


def _checked_shape(shape: Any) -> tuple[int, ...]:
    if not isinstance(shape, list) or len(shape) > MAX_AXES:
        raise FrameError(f"an array has no shape, or more than {MAX_AXES} axes")
    if not all(type(size) is int and 0 <= size <= MAX_BYTES for size in shape):
        raise FrameError("an array has a size that is not a number of entries")
    # NumPy refuses a shape with too many entries, even if another axis has length 0.
    if math.prod(size for size in shape if size) > MAX_BYTES:
        raise FrameError("an array has more entries than any that could be sent")
    return tuple(shape)


def _decode(form: Any, buffers: list[np.ndarray], depth: int) -> Any:
    if depth > 3 * MAX_DEPTH:
        raise FrameError(f"a value is nested more than {MAX_DEPTH} deep")
    if isinstance(form, str) and len(form) > MAX_TEXT:
        raise FrameError(f"a text is longer than {MAX_TEXT} characters")
    if form is None or isinstance(form, bool | int | float | str):
        return form
    if not isinstance(form, dict):
        raise FrameError("a bare list stands where a value should")
    match form:
        case {"array": int(index), "order": "F"}:
            return np.asfortranarray(buffers[index])
        case {"array": int(index)}:
            return buffers[index]
        case {"scalar": int(index)}:
            return buffers[index][()]
        case {"number": str(text), "dtype": str(dtype)} if dtype[1:] in SHORT and len(text) < 40:
            return _number(text, _checked_dtype(dtype))
        case {"float": str(text)} if text in ("nan", "inf", "-inf"):
            return float(text)
        case {"object": int(id), "type": str(type_name)}:
            return Handle(id, type_name)
        case {"callback": int(id)}:
            return Callback(id)
        case {"tuple": list(items)}:
            return tuple(_decode(item, buffers, depth + 1) for item in items)
        case {"list": list(items)}:
            return [_decode(item, buffers, depth + 1) for item in items]
        case {"dict": list(pairs)}:
            return {key: _decode(item, buffers, depth + 1) for key, item in _checked_pairs(pairs)}
    raise FrameError("a value has a form that does not exist")


def _number(text: str, dtype: np.dtype) -> Any:
    try:
        if dtype.kind == "b":
            return np.bool_(text == "True")
        return dtype.type(float(text) if dtype.kind == "f" else int(text))
    except (ValueError, OverflowError) as error:
        raise FrameError("the text of a number cannot be read as a number") from error


def _checked_pairs(pairs: list[Any]) -> list[tuple[str, Any]]:
    for pair in pairs:
        if not (isinstance(pair, list) and len(pair) == 2 and isinstance(pair[0], str)):
            raise FrameError("a dict holds something that is no pair")
    return [(key, item) for key, item in pairs]
