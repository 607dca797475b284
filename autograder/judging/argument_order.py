"""Finds calls that exchange arguments, and assignments that exchange returned values.

`d_weights, d_bias, d_x = conv2d_backward(...)` is always wrong, because the docstring of
conv2d_backward says that it returns (d_x, d_weights, d_bias). Only names are compared; no code is
run.
"""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

# What these give is another value than the array they belong to.
_OF_AN_ARRAY = {"shape", "dtype", "size", "ndim", "T"}
_RETURNED = re.compile(r"Returns:\n\s+\(([a-z]\w*(?:, [a-z]\w*)+)\)")


@dataclass(frozen=True)
class Names:
    """The names of a function's parameters and, if it returns several values, of these values."""

    takes: tuple[str, ...]
    returns: tuple[str, ...]


def names_in(text: str) -> dict[str, Names]:
    """The names of each top-level function in a file; {} if the text is not valid Python."""
    try:
        tree = ast.parse(text.removeprefix("\ufeff"))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    found = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            told = _RETURNED.search(ast.get_docstring(node) or "")
            takes = tuple(each.arg for each in node.args.args)
            found[node.name] = Names(takes, tuple(told[1].split(", ")) if told else ())
    return found


def exchanged(code: ast.AST, known: Mapping[str, Names]) -> Iterator[tuple[int, str]]:
    """The line and a sentence for each exchange of a known function's arguments or results."""
    for node in ast.walk(code):
        if isinstance(node, ast.Call) and (names := known.get(_called(node))):
            here = [_own_name(argument, names.takes) for argument in node.args]
            if _exchanges(here, names.takes):
                yield (
                    node.lineno,
                    f"{_called(node)} takes ({', '.join(names.takes)}), in this order. Here it "
                    f"gets ({', '.join(ast.unparse(a) for a in node.args)}).",
                )
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            names = known.get(_called(node.value))
            target = node.targets[0]
            if names is None or not isinstance(target, ast.Tuple):
                continue
            here = [_own_name(each, names.returns) for each in target.elts]
            if _exchanges(here, names.returns):
                yield (
                    node.lineno,
                    f"{_called(node.value)} returns ({', '.join(names.returns)}), in this order. "
                    f"Here they are taken as {ast.unparse(target)}.",
                )


def _exchanges(here: Sequence[str], right: Sequence[str]) -> bool:
    """Whether some names are misplaced, and each is at the place of another misplaced name."""
    moved = {k: right.index(name) for k, name in enumerate(here) if name in right}
    moved = {place: home for place, home in moved.items() if place != home}
    return bool(moved) and set(moved) == set(moved.values())


def _called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _own_name(node: ast.expr, right: Sequence[str]) -> str:
    """The name of what is passed: "x" for x, self.x, x[batch] and x.value; "" for the rest.

    Args:
        node: an argument, or a target of an assignment.
        right: the function's names. Where none of them is in the expression, its last name counts.
    """
    names = []
    while isinstance(node, ast.Attribute | ast.Subscript):
        if isinstance(node, ast.Attribute):
            names.append(node.attr)
        node = node.value
    if isinstance(node, ast.Name):
        names.append(node.id)
    if _OF_AN_ARRAY & set(names):
        return ""
    return next((name for name in names if name in right), names[0] if names else "")
