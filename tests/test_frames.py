"""The pipe's protocol: values arrive as they were sent; other bytes are refused quickly."""

import contextlib
import io
import json
import math
import resource
import struct
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder.worker.frames import (
    HEAD,
    MAX_BYTES,
    MAX_JSON,
    MAX_TEXT,
    Callback,
    FrameError,
    Handle,
    read_frame,
    write_frame,
)

pytestmark = pytest.mark.quick

DTYPES = st.one_of(
    hnp.boolean_dtypes(),
    hnp.integer_dtypes(endianness="?"),
    hnp.unsigned_integer_dtypes(endianness="?"),
    hnp.floating_dtypes(endianness="?"),
    hnp.complex_number_dtypes(endianness="?", sizes=(64, 128)),
)
ARRAYS = DTYPES.flatmap(
    lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=0, max_dims=5, min_side=0))
)
PLAIN = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**100), 2**100),
    st.floats(),
    st.text(max_size=50),
    st.builds(Handle, st.integers(0, 2**40), st.text(max_size=20)),
    st.builds(Callback, st.integers(0, 2**40)),
    ARRAYS,
)
MESSAGES = st.recursive(
    PLAIN,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=4).map(tuple),
        st.dictionaries(st.text(max_size=10), inner, max_size=4),
    ),
    max_leaves=12,
)
FUZZ = settings(
    max_examples=500, deadline=None, suppress_health_check=list(HealthCheck), database=None
)


def reader(data: bytes) -> Callable[[int], bytearray]:
    """Read from bytes as from a pipe: EOFError if too few are left, even for a huge count."""
    stream = io.BytesIO(data)

    def read_exactly(count: int) -> bytearray:
        piece = stream.read(min(count, len(data) + 1))
        if len(piece) < count:
            raise EOFError
        return bytearray(piece)

    return read_exactly


def written(message: Any) -> bytes:
    stream = io.BytesIO()
    write_frame(stream, message)
    return stream.getvalue()


def frame(form: Any, *buffers: bytes) -> bytes:
    """A frame built by hand, without the checks of write_frame."""
    text = form if isinstance(form, bytes) else json.dumps(form).encode()
    parts = [HEAD.pack(len(text), len(buffers)), text]
    for buffer in buffers:
        parts += [struct.pack(">Q", len(buffer)), buffer]
    return b"".join(parts)


def same(a: Any, b: Any) -> bool:
    if isinstance(a, np.ndarray | np.generic):
        return (
            type(a) is type(b)
            and a.dtype == b.dtype
            and a.shape == b.shape
            and np.asarray(a).tobytes() == np.asarray(b).tobytes()
        )
    if isinstance(a, list | tuple):
        return type(a) is type(b) and len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    if isinstance(a, float) and math.isnan(a):
        return isinstance(b, float) and math.isnan(b)
    return type(a) is type(b) and a == b


@given(MESSAGES)
@settings(max_examples=300, deadline=None, database=None)
def test_round_trip(message: Any) -> None:
    """Values, dtypes, byte orders, shapes and types arrive unchanged."""
    assert same(message, read_frame(reader(written(message))))


@given(ARRAYS)
@settings(max_examples=100, deadline=None, database=None)
def test_arrays_of_any_layout(array: np.ndarray) -> None:
    """Transposed and strided arrays arrive with their elements in the right order."""
    for view in (array.T, array[..., ::2] if array.ndim else array):
        arrived = read_frame(reader(written(view)))
        assert arrived.shape == view.shape
        np.testing.assert_array_equal(arrived, view)


def read_anything(data: bytes) -> None:
    with contextlib.suppress(FrameError, EOFError):
        read_frame(reader(data))


@given(st.binary(max_size=400))
@FUZZ
def test_noise(data: bytes) -> None:
    """Random bytes raise no exception other than FrameError and EOFError."""
    read_anything(data)


@given(st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8),
              st.sampled_from(["<f8", "|O", "2f8", "<f16", "nan", "|V8", "<M8", "<U4", "(2,)f8",
                               ",f8", "xf8", "0.5"])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.sampled_from([
            "array", "scalar", "dtype", "shape", "tuple", "list", "dict", "object", "type",
            "callback", "float", "number", "x"]), inner, max_size=4)),
    max_leaves=15), st.lists(st.binary(max_size=32), max_size=3))  # fmt: skip
@FUZZ
def test_forms_that_do_not_exist(form: Any, buffers: list[bytes]) -> None:
    """JSON of nearly the right form raises no other exception either."""
    read_anything(frame(form, *buffers))


@pytest.mark.parametrize("dtype", [",f8", "xf8", "2f8", "<x8", "f8", "|O", ">\u0000f8"])
def test_a_number_of_no_plain_dtype_is_refused(dtype: str) -> None:
    with pytest.raises(FrameError):
        read_frame(reader(frame({"number": "9", "dtype": dtype})))


@given(MESSAGES, st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=5),
       st.integers(0, 10**6), st.booleans())  # fmt: skip
@FUZZ
def test_damaged_frames(
    message: Any, changes: list[tuple[int, int]], cut: int, shorten: bool
) -> None:
    """Real frames, with some bytes changed or cut off."""
    data = bytearray(written(message))
    for place, byte in changes:
        data[place % len(data)] = byte
    read_anything(bytes(data[: cut % len(data)] if shorten else data))


ARRAY = {"array": 0, "dtype": "<f8", "shape": [2]}
BROKEN = {
    "too much JSON announced": HEAD.pack(MAX_JSON + 1, 0),
    "too many arrays announced": HEAD.pack(2, 2**32 - 1) + b"{}",
    "no JSON": frame(b"\xff\xfe"),
    "brackets without end": frame(b"[" * 100_000),
    "a number of many digits": frame(b"9" * 100_000),
    "a bare list": frame([1, 2]),
    "a form that is none": frame({"exec": "print(1)"}),
    "objects": frame({**ARRAY, "dtype": "|O"}, bytes(16)),
    "records": frame({**ARRAY, "dtype": "|V8"}, bytes(16)),
    "a dtype with a shape": frame({**ARRAY, "dtype": "2f8", "shape": [1]}, bytes(16)),
    "a dtype that does not exist": frame({**ARRAY, "dtype": "<i16"}, bytes(32)),
    "a dtype that is no text": frame({**ARRAY, "dtype": [["a", "<f8"]]}, bytes(16)),
    "fewer bytes than entries": frame(ARRAY, bytes(8)),
    "more bytes than entries": frame(ARRAY, bytes(24)),
    "ten trillion entries": frame({**ARRAY, "shape": [10**6, 10**7]}, bytes(8)),
    "more entries than can be counted": frame({**ARRAY, "shape": [MAX_BYTES] * 7 + [0]}, b""),
    "a size below zero": frame({**ARRAY, "shape": [-1, -2]}, bytes(16)),
    "a size that is true": frame({**ARRAY, "shape": [True]}, bytes(8)),
    "nine axes": frame({**ARRAY, "shape": [1] * 9}, bytes(8)),
    "no buffer": frame(ARRAY),
    "a buffer too many": frame(None, bytes(8)),
    "one buffer twice": frame({"list": [ARRAY, ARRAY]}, bytes(16)),
    "a buffer that is none": frame({"array": None, "scalar": False}),
    "a buffer below zero": frame({**ARRAY, "array": -1}, bytes(16)),
    "a long text": frame("x" * (MAX_TEXT + 1)),
    "a float that is none": frame({"float": "__import__('os')"}),
    "a dict that is none": frame({"dict": [["a"]]}),
    "a dict with keys of another kind": frame({"dict": [[1, 2]]}),
    "nested too deeply": frame(json.loads('{"list":[' * 60 + "]}" * 60)),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_frame(name: str) -> None:
    with pytest.raises(FrameError) as caught:
        read_frame(reader(BROKEN[name]))
    assert len(str(caught.value)) < 200


def test_a_frame_is_not_believed_before_its_bytes_are_there() -> None:
    """A huge announced size allocates no memory: it is refused before its bytes are read."""
    asked: list[int] = []
    data = HEAD.pack(len(json.dumps(ARRAY)), 1) + json.dumps(ARRAY).encode()
    data += struct.pack(">Q", 2**60)
    read = reader(data)

    def read_exactly(count: int) -> bytearray:
        asked.append(count)
        return read(count)

    with pytest.raises(FrameError):
        read_frame(read_exactly)
    assert max(asked) < 1000


def test_arrays_together_have_a_limit() -> None:
    """Arrays that are each small enough can be too large together."""
    data = written([np.zeros(600), np.zeros(600)])
    assert read_frame(reader(data), 10_000)
    with pytest.raises(FrameError, match="larger than"):
        read_frame(reader(data), 9_000)


@pytest.mark.parametrize(
    "value",
    [
        object(),
        np.zeros(2, dtype=object),
        np.zeros(2, dtype="M8[s]"),
        np.zeros(2, dtype=[("a", "f8")]),
        np.array(["text"]),
        2**200,
        b"bytes",
        np.broadcast_to(0.0, (10**6, 10**7)),
    ],
    ids=["object", "objects", "dates", "records", "texts", "long number", "bytes", "vast"],
)
def test_what_cannot_be_written(value: Any) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(FrameError):
        write_frame(io.BytesIO(), value)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 200_000  # KB
