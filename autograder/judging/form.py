"""Describes faults in the form of a returned value, apart from its numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.judging.values import as_numbers, is_right


@dataclass(frozen=True)
class FormFault:
    """A result or a call that is right in its numbers but not in its form.

    Attributes:
        sentence: what it is, and what to do instead.
        changed: the input that was changed in place, or "".
        costs: whether it costs points; a list instead of an array is mentioned but costs none.
    """

    sentence: str
    changed: str = ""
    costs: bool = True


def changed_in_place(name: str) -> FormFault:
    """The fault of writing into an argument."""
    return FormFault(
        f"it changed its input `{name}` in place; the caller still needs that array, so "
        f"work on a copy: {name} = {name}.copy()",
        name,
    )


def form_of(value: Any, right: Sequence[Any], names: Sequence[str]) -> str:
    """What is wrong with the form of a returned value, as a sentence; "" if nothing is.

    Args:
        value: what was returned, of any type.
        right: the right values.
        names: what the returned values are called.
    """
    wanted = names[0] if len(names) == 1 else f"({', '.join(names)})"
    what = f"return {wanted}" if len(names) == 1 else f"return the {len(names)} values {wanted}"
    if value is None and right[0] is not None:
        return (
            f"It returns None: {what} with a return statement at the end. (A print shows a value, "
            "and does not return it.)"
        )
    kind = getattr(value, "type", type(value).__name__)
    if isinstance(value, str):
        return f"It returns a text, {value[:40]!r}: {what} as numbers, not as text."
    if kind in ("dict", "set", "generator", "map", "zip", "filter", "method", "function"):
        article = "an" if kind[0] in "aeiou" else "a"
        return f"It returns {article} {kind}: {what}."
    if len(right) > 1:
        return _form_of_several(value, right, names, what)
    return _form_of_one(value, right[0], names[0])


def _form_of_several(value: Any, right: Sequence[Any], names: Sequence[str], what: str) -> str:
    if isinstance(value, dict):
        return f"It returns a dictionary: {what}."
    if not isinstance(value, tuple | list):
        alone = [n for n, r in zip(names, right, strict=True) if is_right(value, r)]
        which = f" ({alone[0]})" if alone else ""
        return f"It returns one value{which}: {what}."
    if len(value) != len(right):
        number = "too many" if len(value) > len(right) else "too few"
        return f"It returns {len(value)} values, which are {number}: {what}."
    order = [next((k for k, r in enumerate(right) if is_right(item, r)), None) for item in value]
    places = [k for k in order if k is not None]
    if len(places) == len(set(places)) == len(right) and places != sorted(places):
        got = ", ".join(names[k] for k in places)
        return f"It returns ({got}), in another order: {what}."
    faults = [
        _form_of_one(item, r, name) for item, r, name in zip(value, right, names, strict=True)
    ]
    return next(filter(None, faults), "")


def _form_of_one(value: Any, right: Any, name: str) -> str:
    if value is None:
        return f"{name} is None: return it."
    if isinstance(value, tuple):
        return _several_for_one(value, right, f"{name} is a tuple of {len(value)} values")
    got, wanted = as_numbers(value), as_numbers(right)
    arrays = isinstance(value, list) and any(isinstance(item, np.ndarray) for item in value)
    # A list of the right rows converts to the right shape, so this sentence is not for it.
    if arrays and (got is None or wanted is None or got.shape != wanted.shape):
        return _several_for_one(value, right, f"{name} is a list of arrays")
    if got is None or wanted is None:
        kind = getattr(value, "type", type(value).__name__)
        if kind == "Parameter":
            return f"{name} is a Parameter: return an array; its array is .value."
        return f"{name} is no array of plain numbers but {_described(value, kind)}."
    array = np.asarray(value)
    if array.dtype.kind == "b" and np.asarray(right).dtype.kind in "iu":
        return f"{name} is a mask of True and False: return whole numbers, the indices."
    if array.dtype.kind == "b" and np.asarray(right).dtype.kind == "f":
        return f"{name} is a mask of True and False: return the numbers themselves."
    if wanted.ndim == 0 and got.ndim:
        kind = "a list" if isinstance(value, list) else "an array"
        return f"{name} is {kind} of {got.size} number{'s' * (got.size != 1)}: return one number."
    fractions = got[np.isfinite(got) & (got != np.trunc(got))]
    if np.asarray(right).dtype.kind in "iu" and got.dtype.kind == "f" and fractions.size:
        return (
            f"{name} holds fractions, such as {fractions.flat[0]:g}, where whole numbers are "
            "meant: divide with //, which rounds down."
        )
    longer = got.ndim == wanted.ndim + 1 and 1 in got.shape
    if longer and np.array_equal(got.squeeze(), wanted.squeeze()):
        return (
            f"{name} has one axis of length 1 too many: its shape is {got.shape}, but should be "
            f"{wanted.shape}."
        )
    return ""


def _several_for_one(value: Sequence[Any], right: Any, what: str) -> str:
    found = next((k for k, item in enumerate(value) if is_right(item, right)), None)
    if found is None:
        return f"{what}: return one array."
    last = found == len(value) - 1
    return f"{what}; return only its {'last element' if last else f'element {found}'}."


def _described(value: Any, kind: str) -> str:
    if isinstance(value, list):
        return "a list whose rows have different lengths or hold other things"
    return f"an object of type {kind}"
