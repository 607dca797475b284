"""What the names in an expression stood for when it raised: shapes, and whole numbers."""

import itertools
import linecache
import opcode
import re
from collections.abc import Mapping
from types import TracebackType
from typing import Any

import numpy as np

MOST_NAMES = 6
MOST_AXES = 8
MOST = 10**9
_STORE_ITEM = bytes([opcode.opmap["STORE_SUBSCR"]])
_WHOLE = {int, *(np.dtype(code).type for code in np.typecodes["AllInteger"])}
_NAME = re.compile(r"(?<![\w.\"'])[A-Za-z_]\w*(?:\.\w+)*")


def failed_expression(step: TracebackType) -> str:
    """The source of the expression that raised, which may be a part of a line or several lines."""
    code, instruction = step.tb_frame.f_code, step.tb_lasti
    whole_line = linecache.getline(code.co_filename, step.tb_lineno)
    # For `a[i] = b`, Python's place is `a[i]` alone. A traceback that code made by itself may have
    # a place that does not exist.
    if instruction < 0 or code.co_code[instruction : instruction + 1] == _STORE_ITEM:
        return whole_line
    places = itertools.islice(code.co_positions(), instruction // 2, None)
    line, last_line, start, end = next(places, (None, None, None, None))
    if line is None or last_line is None or start is None or end is None:
        return whole_line
    # Columns count bytes of UTF-8.
    lines = [text.encode() for text in linecache.getlines(code.co_filename)[line - 1 : last_line]]
    if not lines:
        return whole_line
    lines[-1] = lines[-1][:end]
    lines[0] = lines[0][start:]
    return b"".join(lines).decode(errors="replace")


def line_values(source: str, local: Mapping[str, Any]) -> str:
    """The arrays and whole numbers that an expression names: "x has shape (2, 3), i is 4".

    Args:
        source: the expression.
        local: the local variables of the function, by name. None of their code is run.
    """
    found: dict[str, str] = {}
    for dotted in _NAME.findall(re.sub("#.*", "", source)):
        # In `x.shape` and in `self.x.T`, the longest part that is an array is what counts.
        names = dotted.split(".")
        value = local.get(names[0])
        for end in range(1, len(names) + 1):
            said = _said(value)
            if said:
                found.setdefault(".".join(names[:end]), said)
                break
            value = _attribute(value, names[end]) if end < len(names) else None
    # Arrays first: there is room for a few names only.
    shown = sorted(found, key=lambda name: found[name].startswith("is "))[:MOST_NAMES]
    return ", ".join(f"{name} {found[name]}" for name in shown)


def _said(value: Any) -> str:
    kind = type(value)
    if kind is np.ndarray:
        return f"has shape {value.shape}" if value.ndim <= MOST_AXES else ""
    if kind in _WHOLE:
        return f"is {int(value)}" if abs(int(value)) < MOST else ""
    if kind is tuple and 0 < len(value) <= MOST_AXES and all(type(one) is int for one in value):
        return f"is {value}" if all(abs(one) < MOST for one in value) else ""
    return ""


def _attribute(value: Any, name: str) -> Any:
    """An attribute that the object itself holds, or None; a property of its class is not run."""
    try:
        held = object.__getattribute__(value, "__dict__")
    except Exception:  # also of a class with a `__dict__` of its own
        return None
    return held.get(name) if type(held) is dict else None


def similar_name(error: NameError) -> str:
    """ "; did you mean 'stride'?" if a known name is like the missing one; else ""."""
    import difflib  # only now, because most code raises no NameError

    step, missing = error.__traceback__, error.name
    if step is None or type(missing) is not str:
        return ""
    while step.tb_next is not None:
        step = step.tb_next
    frame = step.tb_frame
    known = {*frame.f_locals, *frame.f_globals}
    names = [name for name in known if type(name) is str and not name.startswith("_")]
    found = difflib.get_close_matches(missing, sorted(names), n=1, cutoff=0.7)
    return f"; did you mean '{found[0]}'?" if found else ""
