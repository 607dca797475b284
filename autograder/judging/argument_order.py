"""Finds calls whose arguments, or whose returned values, stand in another order than their names.

`d_weights, d_bias, d_x = conv2d_backward(...)` is wrong whatever else the code does, since
conv2d_backward's docstring says that it returns (d_x, d_weights, d_bias). Only names are compared;
nothing is run.
"""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

_RETURNED = re.compile(r"Returns:\n\s+\(([a-z]\w*(?:, [a-z]\w*)+)\)")


@dataclass(frozen=True)
class Names:
    """What a function calls its inputs and, if it returns several, its results."""

    takes: tuple[str, ...]
    returns: tuple[str, ...]


def names_in(text: str) -> dict[str, Names]:
    """The functions of a file by name; none if it is no Python."""
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
    """The line and a sentence for each call in `code` that exchanges names of a known function."""
    for node in ast.walk(code):
        if isinstance(node, ast.Call) and (names := known.get(_called(node))):
            here = [_last_name(argument) for argument in node.args]
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
            here = [_last_name(each) for each in target.elts]
            if _exchanges(here, names.returns):
                yield (
                    node.lineno,
                    f"{_called(node.value)} returns ({', '.join(names.returns)}), in this order. "
                    f"Here they are taken as {ast.unparse(target)}.",
                )


def _exchanges(here: Sequence[str], right: Sequence[str]) -> bool:
    """Whether names that stand at other places than they should stand at each other's places."""
    moved = {k: right.index(name) for k, name in enumerate(here) if name in right}
    moved = {place: home for place, home in moved.items() if place != home}
    return bool(moved) and set(moved) == set(moved.values())


def _called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _last_name(node: ast.expr) -> str:
    """ "x" of x and of self.x; "" of what is no name."""
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else ""
