"""Compares a returned value with the expected one, and describes the first difference."""

import contextlib
from collections.abc import Iterator, Sequence
from contextvars import ContextVar
from typing import Any, Literal

import numpy as np

from autograder.judging.form import FormFault, form_of
from autograder.judging.near_misses import Comparison, near_miss
from autograder.judging.values import MOST_NUMBERS, count_numbers, holds_numbers, is_right

# By item size in bytes. float32 has about 7 digits, and sums over a window lose some of them.
TOLERANCE = {4: 1e-4, 8: 1e-6}
# Significant digits of a number in a message.
DIGITS, MORE_DIGITS, ALL_DIGITS = 6, 9, 17
# The most numbers in a result that is searched for a near miss; no check of ours returns more.
LARGEST_COMPARED = 100_000


_forms: ContextVar[list[FormFault] | None] = ContextVar("forms", default=None)


@contextlib.contextmanager
def forgiving_forms(forms: list[FormFault]) -> Iterator[None]:
    """Let `agree` accept right numbers in a wrong form, and record the fault of form.

    Args:
        forms: the list to which the faults are added.
    """
    token = _forms.set(forms)
    try:
        yield
    finally:
        _forms.reset(token)


class Mismatch(AssertionError):
    """A result that differs from the expected one.

    Attributes:
        sentence: the first difference.
        notes: further clauses; None until `problem` has looked for a near miss.
        name: what the compared value is called, e.g. "cols".
        expected, actual: the two values, where they can be shown beside each other.
        first: the index of the first difference, where there is one.
        comparison: the numbers of both, of equal shape or not; None if no near miss is looked for.
    """

    def __init__(
        self,
        sentence: str,
        name: str = "result",
        expected: np.ndarray | None = None,
        actual: np.ndarray | None = None,
        first: tuple[int, ...] | None = None,
        comparison: Comparison | None = None,
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.notes: list[str] | None = None
        self.name = name
        self.expected = expected
        self.actual = actual
        self.first = first
        self.comparison = comparison

    @property
    def problem(self) -> str:
        """The sentence and the notes, in one line."""
        if self.notes is None:
            self.notes = [] if self.comparison is None else [near_miss([self.comparison])]
        return "; ".join(text for text in (self.sentence, *self.notes) if text)


def agree(
    actual: Any,
    expected: Any,
    name: str = "result",
    *,
    kind: Literal["floating", "integer", "number"] | None = None,
    tolerance: float | None = None,
) -> None:
    """Raise Mismatch unless `actual` has the kind, shape and values of `expected`.

    Args:
        actual: what the learner's function returned: untrusted, of any type.
        expected: what it should have returned.
        name: what to call it in the message: the name in the function's docstring.
        kind: the kind of dtype that is accepted; by default floating if `expected` is floating,
            else integer. "number" accepts both.
        tolerance: largest difference allowed, relative to the largest entry of `expected`;
            by default what the precision of `actual` allows.
    """
    wanted = np.asarray(expected)
    if kind is None:
        kind = "floating" if wanted.dtype.kind == "f" else "integer"
    actual = _without_form_fault(actual, wanted, name)
    got = as_array(actual, name)
    if tolerance is None:
        tolerance = 0.0 if kind == "integer" else TOLERANCE.get(got.dtype.itemsize, 1e-6)
    reference = wanted.astype(np.float64)
    if not np.isfinite(reference).all():
        # A check compares two results of the learner's code. Infinite slack would accept anything.
        raise Mismatch(
            f"{name} is compared with what another call returned, and that holds inf or nan", name
        )
    slack = tolerance * (float(np.abs(reference).max(initial=0.0)) or 1.0)
    comparison = None
    if got.dtype.kind in "fiu" and got.size <= LARGEST_COMPARED:
        comparison = Comparison(got.astype(np.float64), reference, slack)
    if got.shape != wanted.shape:
        if several := _several(actual, name):
            raise Mismatch(several)
        raise Mismatch(
            f"{name} has shape {got.shape}, but should have {wanted.shape}",
            name,
            wanted if wanted.ndim == got.ndim else None,
            got if wanted.ndim == got.ndim else None,
            comparison=comparison,
        )
    if got.dtype.kind not in {"floating": "f", "integer": "iu", "number": "fiu"}[kind]:
        article = "integers" if kind == "integer" else "floating-point numbers"
        forms = _forms.get()
        if forms is not None and got.dtype.kind in "fiu" and is_right(got, wanted):
            said = f"has dtype {got.dtype}: return {article}"
            how = ".astype(int)" if kind == "integer" else ".astype(float), or start from np.zeros"
            if isinstance(actual, float) and kind == "integer":
                said, how = "is a float: return an int", "// gives one, and so does int()"
            forms.append(FormFault(f"the numbers are right, but {name} {said} ({how})"))
            return
        besides, first = _besides_the_kind(got, wanted, name, slack)
        raise Mismatch(
            f"{name} has dtype {got.dtype}, but should hold {article}{besides}",
            name,
            wanted,
            got,
            first,
        )
    first = _first_wrong(got, reference, slack)
    if first is not None:
        raise Mismatch(
            _say_numbers(name, first, got, wanted),
            name,
            wanted,
            got,
            first,
            comparison,
        )


def _without_form_fault(actual: Any, wanted: np.ndarray, name: str) -> Any:
    """The value to compare: of a tuple, the part that is right. Records the fault of form."""
    forms = _forms.get()
    if forms is None or not wanted.ndim:
        return actual
    if isinstance(actual, tuple):
        found = [item for item in actual if is_right(item, wanted)]
        if found:
            said = form_of(actual, (wanted,), (name,)).rstrip(".")
            forms.append(FormFault(said[:1].lower() + said[1:] if said else "it is a tuple"))
            return found[0]
    if isinstance(actual, list) and wanted.ndim and is_right(actual, wanted):
        forms.append(
            FormFault(
                f"the numbers are right, but {name} is a list: return np.array({name})", costs=False
            )
        )
    return actual


def _first_wrong(got: np.ndarray, reference: np.ndarray, slack: float) -> tuple[int, ...] | None:
    with np.errstate(all="ignore"):
        wrong = ~(np.abs(got.astype(np.float64) - reference) <= slack)
    return tuple(int(i) for i in np.argwhere(wrong)[0]) if wrong.any() else None


def _besides_the_kind(
    got: np.ndarray, wanted: np.ndarray, name: str, slack: float
) -> tuple[str, tuple[int, ...] | None]:
    """A clause about the numbers in an array of the wrong kind, and the index of the first error.

    The message must mention wrong numbers too, and must say so if the numbers are right.
    """
    if got.dtype.kind not in "fiu":
        return "", None
    first = _first_wrong(got, wanted.astype(np.float64), slack)
    if first is None:
        return "; the numbers are right", None
    if got.dtype.kind in "iu" and np.array_equal(got, np.trunc(wanted)):
        return "; what comes after the point is cut off", first
    return f", and {_say_numbers(name, first, got, wanted)}", first


def _say_numbers(name: str, first: tuple[int, ...], got: np.ndarray, wanted: np.ndarray) -> str:
    point = is_seen_by_its_point(got, wanted)
    for digits in (DIGITS, MORE_DIGITS, ALL_DIGITS):
        should = number_text(wanted[first], point=point, digits=digits)
        found = number_text(got[first], digits=digits)
        if found != should:
            break  # numbers that differ must not read the same
    # After a name of several words, an index would look like a part of the last word.
    at = f", at {_brackets(first)}," if first and " " in name else _brackets(first)
    return f"{name}{at} is {found}, but should be {should}"


def is_seen_by_its_point(got: np.ndarray, wanted: np.ndarray) -> bool:
    """Whether integers were returned instead of floats: then 4.0 and 4 must be written apart."""
    return wanted.dtype.kind == "f" and got.dtype.kind in "iu"


def as_array(
    value: Any,
    name: str = "result",
    *,
    shape: Sequence[int | None] | None = None,
    most: int = MOST_NUMBERS,
) -> np.ndarray:
    """Convert `value` to an array of plain numbers, or raise Mismatch that says what it is.

    A check must pass a returned value through this function or `agree` before it does arithmetic
    on it. With `shape`, two results cannot broadcast against each other by mistake.

    Args:
        value: untrusted, of any type.
        name: what to call it in the message.
        shape: the required shape; None in it means any size.
        most: how many numbers it may hold.
    """
    if getattr(value, "type", None) == "ndarray":
        raise Mismatch(f"{name} is an array of Python objects, but should hold plain numbers")
    if value is None:
        raise Mismatch(f"{name} is None: does every path through the function return something?")
    if not isinstance(value, np.ndarray | np.generic | bool | int | float | list | tuple):
        raise Mismatch(f"{name} is {describe(value)}, but should be an array")
    if not holds_numbers(value):
        raise Mismatch(f"{name} is {describe(value)}, but should hold numbers")
    if count_numbers(value) > most:
        raise Mismatch(f"{name} is {describe(value)}, which is far too large")
    try:
        array = np.asarray(value)
    except (ValueError, TypeError, OverflowError):
        wanted = f"{name} should be one array"
        several = _several(value, name)
        raise Mismatch(several or f"{wanted}, but {describe(value)} makes none") from None
    if array.dtype.kind not in "biufc":
        raise Mismatch(f"{name} is {describe(value)}, but should hold numbers")
    if shape is not None and not _fits(array.shape, shape):
        wanted = ", ".join("n" if size is None else str(size) for size in shape)
        comma = "," if len(shape) == 1 else ""
        raise Mismatch(f"{name} must have shape ({wanted}{comma}), but has {array.shape}")
    return array


def _fits(found: tuple[int, ...], shape: Sequence[int | None]) -> bool:
    return len(found) == len(shape) and all(
        wanted is None or size == wanted for size, wanted in zip(found, shape, strict=True)
    )


def _several(value: Any, name: str) -> str:
    """A sentence if several values were returned instead of one array; else ""."""
    if not isinstance(value, tuple) or not any(isinstance(part, np.ndarray) for part in value):
        return ""
    alone = f"return only {name}" if name.isidentifier() else "only one array is wanted"
    return f"{name} should be one array, but it is a tuple of {len(value)}: {alone}"


def unpack(value: Any, *names: str) -> tuple[Any, ...]:
    """Return the parts of a returned tuple; raise Mismatch unless there is one for each name."""
    wanted = f"({', '.join(names)})"
    if not isinstance(value, tuple | list):
        raise Mismatch(
            f"should return {len(names)} values {wanted}, but returned {describe(value)}"
        )
    if len(value) != len(names):
        raise Mismatch(
            f"should return {len(names)} values {wanted}, but returned {len(value)} values"
        )
    return tuple(value)


def describe(value: Any) -> str:
    """Say in a few words what a value is."""
    if value is None:
        return "None"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    if isinstance(value, tuple | list):
        return f"a {type(value).__name__} of {len(value)}"
    if isinstance(value, bool | int | float | np.generic):
        return f"the number {number_text(value)}"
    if isinstance(value, str):
        return f"the text {value[:40]!r}"
    return f"an object of type {getattr(value, 'type', type(value).__name__)}"


def number_text(value: Any, *, point: bool = False, digits: int = DIGITS) -> str:
    """Write a number as a person would; with `point`, a whole float as 4.0 and not as 4."""
    if isinstance(value, bool | np.bool_):
        return str(bool(value))
    if isinstance(value, int | np.integer):
        return str(int(value)) if abs(int(value)) < 10**12 else f"{float(value):.4g}"
    if isinstance(value, complex | np.complexfloating):
        return f"{complex(value):.4g}"
    text = f"{float(value) + 0.0:.{digits}g}"  # + 0.0 makes -0 a plain 0
    return f"{text}.0" if point and text.lstrip("-").isdigit() else text


def _brackets(index: Sequence[int]) -> str:
    return f"[{', '.join(map(str, index))}]" if index else ""
