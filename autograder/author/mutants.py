"""Makes mutants of the solutions: many small changes, one at a time.

A mutant is a solution's file with one change in what a learner has to write (the lines between
BEGIN SOLUTION and END SOLUTION). The changes are those of common mutation tools (operators,
comparisons, constants, conditions, statements, arguments) and typical mistakes of this course:
axes swapped, slices cut off, `=` for `+=`, height for width.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from autograder.catalogue import Exercise

BINARY: dict[type[ast.operator], tuple[str, ...]] = {
    ast.Add: ("-", "*"),
    ast.Sub: ("+",),
    ast.Mult: ("+", "/"),
    ast.Div: ("*",),
    ast.FloorDiv: ("/", "*"),
    ast.Mod: ("//",),
    ast.Pow: ("*",),
    ast.MatMult: ("*",),
    ast.BitAnd: ("|",),
}
COMPARISONS: dict[type[ast.cmpop], tuple[str, ...]] = {
    ast.Gt: (">=", "<", "!="),
    ast.GtE: (">", "<"),
    ast.Lt: ("<=", ">"),
    ast.LtE: ("<", ">"),
    ast.Eq: ("!=",),
}
AUGMENTED: dict[type[ast.operator], tuple[str, ...]] = {
    ast.Add: ("=", "-="),
    ast.Sub: ("=", "+="),
    ast.Mult: ("=", "+="),
}
# Pairs of names that people confuse; either is replaced with the other.
SIBLINGS = (
    ("height", "width"),
    ("out_height", "out_width"),
    ("kernel_height", "kernel_width"),
    ("images", "channels"),
    ("images", "filters"),
    ("i", "j"),
    ("u", "v"),
    ("top", "left"),
    ("down", "across"),
    ("rows", "columns"),
    ("d_out", "x"),
    ("above", "below"),
    ("weights", "bias"),
    ("d_weights", "d_bias"),
    ("stride", "padding"),
    ("stride", "pool_size"),
    ("kept", "epsilon"),
    ("out", "rival"),
    ("mean", "variance"),
    ("gamma", "beta"),
    ("running_mean", "running_variance"),
    ("first", "second"),
    ("inner", "outer"),
    ("fan_in", "fan_out"),
    ("learning_rate", "momentum"),
    ("value", "grad"),
    ("zeros", "ones"),
    ("zeros_like", "ones_like"),
    ("maximum", "minimum"),
    ("max", "min"),
    ("sum", "mean"),
    ("var", "std"),
    ("exp", "exp2"),
    ("log", "log10"),
    ("float64", "int64"),
    ("intp", "float64"),
    ("permutation", "integers"),
    ("standard_normal", "random"),
    ("uniform", "normal"),
    ("batch", "start"),
    ("d_sum", "d_branch"),
    ("along_ones", "along_x_hat"),
)


@dataclass(frozen=True)
class Mutant:
    """One change in one exercise.

    Attributes:
        exercise: its name.
        before, after: the statement before and after the change, each on one line.
        source: the whole file with the change.
    """

    exercise: str
    before: str
    after: str
    source: str

    def __str__(self) -> str:
        return f"{self.exercise}: `{self.before}` -> `{self.after}`"


@cache
def mutants(exercise: Exercise, solutions: Path) -> tuple[Mutant, ...]:
    """All mutants of one exercise without duplicates, in line order; none without markers."""
    source = (solutions / exercise.path).read_text(encoding="utf-8")
    tree = ast.parse(source)
    solved = _solved_lines(source)
    found: dict[str, Mutant] = {}
    for node in tree.body:
        if getattr(node, "name", None) != exercise.name:
            continue
        known = _names(node)
        for statement in _statements(node):
            if statement.lineno not in solved:
                continue
            for start, end, text in _changes(statement, known):
                mutant = _apply(exercise.name, source, statement, start, end, text)
                if mutant is not None and mutant.after != mutant.before:
                    found.setdefault(ast.dump(ast.parse(mutant.source)), mutant)
    found.pop(ast.dump(tree), None)
    return tuple(found.values())


Position = tuple[int, int]
Change = tuple[Position, Position, str]


def _solved_lines(source: str) -> set[int]:
    lines, inside = set(), False
    for number, line in enumerate(source.splitlines(), 1):
        if "### END SOLUTION" in line:
            inside = False
        if inside:
            lines.add(number)
        if "### BEGIN SOLUTION" in line:
            inside = True
    return lines


def _names(exercise: ast.AST) -> set[str]:
    """All names in an exercise: a change to any other name would only raise a NameError."""
    nodes = list(ast.walk(exercise))
    names = {node.id for node in nodes if isinstance(node, ast.Name)}
    return names | {node.attr for node in nodes if isinstance(node, ast.Attribute)}


def _statements(node: ast.AST) -> Iterator[ast.stmt]:
    for child in ast.walk(node):
        if isinstance(child, ast.stmt) and not isinstance(child, ast.FunctionDef | ast.ClassDef):
            yield child


def _changes(statement: ast.stmt, known: set[str]) -> Iterator[Change]:
    """Every change of one statement, but not of the statements inside it."""
    for text in _of_statement(statement):
        yield *_span(statement), text
    if isinstance(statement, ast.AugAssign):
        target, value = ast.unparse(statement.target), ast.unparse(statement.value)
        for operator in AUGMENTED.get(type(statement.op), ()):
            yield *_span(statement), f"{target} {operator} {value}"
    for node in _expressions(statement):
        for text in _of_expression(node):
            yield *_span(node), text
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            for name in _siblings(node.id):
                if name in known:
                    yield *_span(node), name
        if isinstance(node, ast.Attribute):
            for name in _siblings(node.attr):
                if name in known or hasattr(np, node.attr):
                    yield *_span(node), f"{_inner(node.value)}.{name}"


def _expressions(statement: ast.stmt) -> Iterator[ast.expr]:
    """All expressions of a statement; for a loop or condition, only those of its first line."""
    blocks = {"body", "orelse", "finalbody", "handlers"} if hasattr(statement, "body") else set()
    for name, value in ast.iter_fields(statement):
        if name in blocks:
            continue
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, ast.AST):
                yield from _walk(part)


def _walk(node: ast.AST) -> Iterator[ast.expr]:
    """An expression and those inside it, but not the number after a minus sign."""
    if isinstance(node, ast.expr):
        yield node
    for child in ast.iter_child_nodes(node):
        if not (isinstance(node, ast.UnaryOp) and isinstance(child, ast.Constant)):
            yield from _walk(child)


def _of_statement(statement: ast.stmt) -> Iterator[str]:
    match statement:
        case ast.Return():
            yield "return None"
        case ast.Expr() | ast.AugAssign():
            yield "pass"
        case ast.Assign(targets=[ast.Subscript() | ast.Attribute()]):
            yield "pass"
        case ast.Assign(targets=[ast.Name(id="x")]):
            yield "pass"
        case ast.For():
            first = ast.unparse(statement).split("\n", 1)
            yield first[0] + "\n" + first[1] + "\n    break"


def _of_expression(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.BinOp(left, op, right):
            a, b = _inner(left), _inner(right)
            for operator in BINARY.get(type(op), ()):
                yield f"({a} {operator} {b})"
            yield a
            yield b
        case ast.Compare(left, [op], [right]):
            for operator in COMPARISONS.get(type(op), ()):
                yield f"({ast.unparse(left)} {operator} {ast.unparse(right)})"
        case ast.UnaryOp(ast.USub(), operand):
            yield _inner(operand)
            if isinstance(operand, ast.Constant) and isinstance(operand.value, int):
                # Not -2 for -1: as a size, NumPy treats every negative number like -1.
                yield str(operand.value + 1)
        case ast.Constant(bool() as value):
            yield str(not value)
        case ast.Constant(int() | float() as value):
            yield str(value + 1)
            yield f"({value - 1})"
        case ast.IfExp(test, body, orelse):
            yield _inner(body)
            yield _inner(orelse)
            yield f"({_inner(orelse)} if {_inner(test)} else {_inner(body)})"
        case ast.Call():
            yield from _of_call(node)
        case ast.Subscript(value, index, ctx=context):
            if isinstance(context, ast.Load):
                yield _inner(value)
            if isinstance(index, ast.Tuple) and len(index.elts) > 1:
                for swapped in _swapped(index.elts):
                    yield f"{_inner(value)}[{', '.join(swapped)}]"
        case ast.Slice(lower, upper, step):
            parts = [ast.unparse(p) if p is not None else "" for p in (lower, upper, step)]
            for k, part in enumerate(parts):
                if part:
                    yield _slice([*parts[:k], "", *parts[k + 1 :]])
            if parts[0]:
                yield _slice([f"{parts[0]} + 1", *parts[1:]])
            if parts[1]:
                yield _slice([parts[0], f"{parts[1]} - 1", parts[2]])
            if not parts[2]:
                yield _slice([*parts[:2], "2"])
                if parts[:2] == ["", ""]:
                    yield "::-1"
        case ast.Tuple(elts) if len(elts) > 1:
            for swapped in _swapped(elts):
                yield f"({', '.join(swapped)})"
            if isinstance(node.ctx, ast.Load):
                for k in range(len(elts)):
                    rest = [ast.unparse(e) for e in elts[:k] + elts[k + 1 :]]
                    yield f"({', '.join(rest)},)"
        case ast.ListComp(elt, [first, *rest]):
            generators = " ".join(ast.unparse(g).strip() for g in rest)
            cut = f"list({ast.unparse(first.iter)})[1:]"
            yield f"[{ast.unparse(elt)} for {ast.unparse(first.target)} in {cut} {generators}]"


def _of_call(call: ast.Call) -> Iterator[str]:
    function = ast.unparse(call.func)
    positional = [ast.unparse(a) for a in call.args]
    named = [ast.unparse(k) for k in call.keywords]
    for k in range(len(positional)):
        yield _call(function, positional[:k] + positional[k + 1 :], named)
    for k in range(len(named)):
        yield _call(function, positional, named[:k] + named[k + 1 :])
    for k in range(len(positional) - 1):
        swapped = positional.copy()
        swapped[k], swapped[k + 1] = swapped[k + 1], swapped[k]
        yield _call(function, swapped, named)
    if function == "range":
        yield f"range({', '.join(positional)})[:-1]"
        yield f"range({', '.join(positional)})[1:]"
    if function == "reversed":
        yield f"list({positional[0]})"
        yield f"list(reversed({positional[0]}))[1:]"
        yield f"list(reversed({positional[0]}))[:-1]"
    # Without the call: for a method its object, for a function its first argument.
    is_method = isinstance(call.func, ast.Attribute) and not (
        isinstance(call.func.value, ast.Name) and call.func.value.id == "np"
    )
    if is_method:
        assert isinstance(call.func, ast.Attribute)
        yield _inner(call.func.value)
    elif positional:
        yield f"({positional[0]})"


def _swapped(parts: list[ast.expr]) -> Iterator[list[str]]:
    """The parts with each pair of neighbours swapped, then with the first and last swapped."""
    pairs = [(k, k + 1) for k in range(len(parts) - 1)]
    for a, b in [*pairs, (0, len(parts) - 1)]:
        texts = [ast.unparse(part) for part in parts]
        texts[a], texts[b] = texts[b], texts[a]
        yield texts


def _siblings(name: str) -> Iterator[str]:
    for one, other in SIBLINGS:
        if name == one:
            yield other
        elif name == other:
            yield one


def _slice(parts: list[str]) -> str:
    lower, upper, step = parts
    return f"{lower}:{upper}" + (f":{step}" if step else "")


def _call(function: str, positional: list[str], named: list[str]) -> str:
    return f"{function}({', '.join([*positional, *named])})"


def _inner(node: ast.expr) -> str:
    """An expression as text, in parentheses unless it is simple, for use inside another."""
    text = ast.unparse(node)
    simple = ast.Name | ast.Constant | ast.Call | ast.Attribute | ast.Subscript
    return text if isinstance(node, simple) else f"({text})"


def _span(node: ast.stmt | ast.expr) -> tuple[Position, Position]:
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    return (node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset)


def _apply(
    exercise: str, source: str, statement: ast.stmt, start: Position, end: Position, text: str
) -> Mutant | None:
    """Replace the source from `start` to `end` with `text`; None if that is not valid Python."""
    raw = source.encode()
    starts = [0]
    for line in raw.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    first, last = starts[start[0] - 1] + start[1], starts[end[0] - 1] + end[1]
    indented = text.replace("\n", "\n" + " " * statement.col_offset)
    changed = (raw[:first] + indented.encode() + raw[last:]).decode()
    try:
        tree = ast.parse(changed)
    except SyntaxError:
        return None
    after = next(
        (
            node
            for node in ast.walk(tree)
            if isinstance(node, ast.stmt)
            and (node.lineno, node.col_offset) == (statement.lineno, statement.col_offset)
        ),
        None,
    )
    if after is None:
        return None
    return Mutant(exercise, _one_line(statement), _one_line(after), changed)


def _one_line(statement: ast.stmt) -> str:
    lines = [line.strip() for line in ast.unparse(statement).splitlines()]
    if isinstance(statement, ast.For | ast.If | ast.While) and lines[-1] != "break":
        return lines[0]
    return lines[0] if len(lines) == 1 else f"{lines[0]} ... {lines[-1]}"
