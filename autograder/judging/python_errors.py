"""Explains common exceptions of Python and NumPy in plain words, and says what to look for.

Messages about shapes are explained in shape_errors.py.
"""

import re
from collections.abc import Callable

Say = str | Callable[[re.Match[str]], str]


def plain_words(type: str, message: str) -> str:
    """What an exception means, as one clause without a full stop; "" if it is not known.

    Args:
        type: the exception's class name.
        message: its message.
    """
    for types, pattern, say in _MEANINGS:
        found = re.search(pattern, message) if type in types.split() else None
        if found is not None:
            return say if isinstance(say, str) else say(found)
    return ""


def _missing_name(found: re.Match[str]) -> str:
    name = found[1]
    if name in ("np", "numpy"):
        return "the line `import numpy as np` is missing at the top of the file"
    return (
        f"nothing is called {name} here: it is misspelt, or gets its value later or nowhere; the "
        "inputs have the names that stand between the brackets of `def`"
    )


def _missing_arguments(found: re.Match[str]) -> str:
    return f"the call of {found[1]} leaves out {found[2]}"


def _no_number(found: re.Match[str]) -> str:
    return (
        f"{_a(found[1])} stands where a whole number is needed: sizes and indices come from // "
        "and int(), not from /"
    )


def _nothing_returned(found: re.Match[str]) -> str:
    return (
        "something is None here: a function that does not reach `return` gives None, and so do "
        "methods that change a list in place, such as append"
    )


def _unpacked(found: re.Match[str]) -> str:
    return (
        "there are not as many names on the left of `=` as values on the right: print the shape, "
        "or what the call returns"
    )


def _axis_outside(found: re.Match[str]) -> str:
    axes = int(found[2])
    if axes == 0:
        return "this is a single number, without any axis"
    return f"the array has {axes} ax{'is' if axes == 1 else 'es'}, numbered 0 to {axes - 1}"


def _cannot_be_called(found: re.Match[str]) -> str:
    return f"round brackets call a function, but here stands {_a(found[1])}; an index stands in []"


def _a(name: str) -> str:
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


_MEANINGS: tuple[tuple[str, str, Say], ...] = (
    (
        "SyntaxError",
        r"invalid decimal literal",
        "a name cannot begin with a digit; if it is a product, write * between the two",
    ),
    (
        "IndentationError",
        r"unindent does not match",
        "this line begins between two levels: let it begin exactly below a line before it",
    ),
    (
        "IndentationError",
        r"unexpected indent",
        "this line begins further right than the one before it, and no line above it ends with a "
        "colon",
    ),
    (
        "ValueError",
        r"broadcast together with remapped shapes",
        "np.pad takes one pair of numbers for each axis of the array, in the order of the axes",
    ),
    (
        "TypeError",
        r"^(?:zeros|ones|empty)\(\) takes |^Cannot interpret '\d+' as a data type",
        "the shape is one argument: give it brackets of its own, as in np.zeros((2, 3))",
    ),
    ("NameError", r"name '(\w+)' is not defined", _missing_name),
    (
        "UnboundLocalError",
        r"variable '(\w+)'",
        lambda found: f"{found[1]} is used before this function has given it a value",
    ),
    ("TypeError", r"([\w.<>]+)\(\) missing \d+ required .*arguments?: (.*)$", _missing_arguments),
    (
        "TypeError",
        r"takes (?:from )?(\d+) (?:to \d+ )?positional arguments? but (\d+) (?:was|were) given",
        "the call gives more values than the function has inputs; `self` counts as one",
    ),
    (
        "TypeError",
        r"(\w+)\(\) got an unexpected keyword argument '(\w+)'",
        lambda found: f"{found[1]} has no input that is called {found[2]}",
    ),
    (
        "TypeError",
        r"got multiple values for argument '(\w+)'",
        lambda found: f"{found[1]} is given twice: once by its place and once by its name",
    ),
    ("TypeError", r"NoneType", _nothing_returned),
    ("AttributeError", r"'NoneType' object", _nothing_returned),
    ("TypeError", r"'(\w+)' object cannot be interpreted as an integer", _no_number),
    ("TypeError", r"'numpy\.(float)\d+' object cannot be interpreted", _no_number),
    (
        "TypeError",
        r"expected a sequence of integers or a single integer, got '([\d.]+)'",
        _no_number,
    ),
    ("TypeError", r"slice indices must be integers", "slices take whole numbers: use // and int()"),
    (
        "ValueError",
        r"shape-mismatch for sum",
        "the axes that are summed over have different lengths: with axes=3, np.tensordot pairs the "
        "last three axes of the first array with the first three of the second; name the pairs, as "
        "in axes=([1, 2, 3], [1, 2, 3])",
    ),
    (
        "IndexError",
        r"only integers, slices",
        "an index is a whole number, a slice or an array of whole numbers: use // and int() in the "
        "place of /",
    ),
    (
        "IndexError",
        r"arrays used as indices must be of integer",
        "an array of indices holds whole numbers: .astype(int)",
    ),
    (
        "IndexError",
        r"too many indices for array: array is (\d+)-dimensional, but (\d+)",
        lambda found: f"the array has {found[1]} axes, and {found[2]} indices are given",
    ),
    (
        "IndexError",
        r"invalid index to scalar variable|invalid index of a 0-dim",
        "this is a single number, and a single number has no places",
    ),
    (
        "TypeError",
        r"'(int|float|numpy\.\w+)' object is not subscriptable",
        "a number has no places",
    ),
    ("TypeError", r"'(?:numpy\.)?(\w+)' object is not callable", _cannot_be_called),
    (
        "TypeError",
        r"'tuple' object does not support item assignment",
        "a tuple cannot be changed: make a list or a new tuple; x.shape is a tuple",
    ),
    (
        "TypeError",
        r"'(\w+)' object is not iterable",
        lambda found: f"{_a(found[1])} cannot be looped over or unpacked: range(n) counts to n",
    ),
    (
        "TypeError",
        r"list indices must be integers or slices, not tuple",
        "a list has no [i, j]: make an array with np.array, or write [i][j]",
    ),
    (
        "TypeError",
        r"can't multiply sequence by non-int|can only concatenate"
        r"|unsupported operand type\(s\) for .*'(?:list|tuple)'",
        "a list or a tuple is not an array: make one with np.array, or take its elements one by "
        "one",
    ),
    (
        "ValueError",
        r"truth value of an array",
        "`if` needs one True or False, and a comparison of arrays gives one for each number: use "
        "np.where, np.maximum or a mask such as x[x > 0]",
    ),
    (
        "ValueError",
        r"too many values to unpack|not enough values to unpack",
        _unpacked,
    ),
    ("AxisError", r"axis (-?\d+) is out of bounds for array of dimension (\d+)", _axis_outside),
    (
        "ValueError",
        r"axes don't match array",
        "transpose needs each axis of the array exactly once",
    ),
    (
        "ValueError",
        r"need at least one array to (?:concatenate|stack)|zero-size array to reduction",
        "there is nothing to work on: a list or a slice is empty",
    ),
    (
        "UFuncTypeError UFuncOutputCastingError _UFuncOutputCastingError",
        r"Cannot cast ufunc '(\w+)' output from dtype\('float\d+'\) to dtype\('u?int\d+'\)",
        "an array of integers cannot take floating-point numbers in place: make it with "
        "dtype=float, or write a = a + b for a += b",
    ),
    (
        "AttributeError",
        r"'list' object has no attribute '(\w+)'",
        lambda found: f"a list has no .{found[1]}: make an array with np.array",
    ),
    (
        "AttributeError",
        r"'tuple' object has no attribute '(\w+)'",
        lambda found: (
            f"a tuple has no .{found[1]}: a call that returns several values returns a "
            "tuple, so unpack it first"
        ),
    ),
    (
        "AttributeError",
        r"module '([\w.]+)' has no attribute '(\w+)'",
        lambda found: (
            f"{found[1]} has nothing that is called {found[2]}: look for a slip in its name"
        ),
    ),
    (
        "AttributeError",
        r"'(\w+)' object has no attribute '(\w+)'",
        lambda found: (
            f"a value of type {found[1]} has nothing that is called {found[2]}: look for a slip in "
            "the name, or for the object that has it"
        ),
    ),
    ("RecursionError", r"", "the function calls itself without end"),
    ("ZeroDivisionError", r"", "something is divided by 0"),
)
