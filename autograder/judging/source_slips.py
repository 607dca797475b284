"""Recognises slips in a source file: its encoding, its spaces, foreign lines, forms of code.

Python's messages for these, such as "invalid syntax" or "source code string cannot contain null
bytes", do not help a learner who saved a file in the wrong way. Only the text is read; no code is
run.
"""

import ast
import codecs
import re
import sys
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from autograder.judging.argument_order import Names, exchanged

UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# The packages in a grader's sandbox besides the standard library.
PACKAGES_IN_GRADING = ("numpy",)
CONFLICT = re.compile(r"(<{7}|>{7}) |={7}$|\|{7} ")
MAGIC = re.compile(r"\s*(%{1,2}[a-zA-Z]\w*|![a-zA-Z])(?![\w\s]*=)")
PROMPT = re.compile(r"(>>>|In \[\d*\]:) ")


@dataclass(frozen=True)
class Slip:
    """What is wrong with a file, and where.

    Attributes:
        line: counted from 1; 0 for the whole file.
        sentence: what is wrong and what to do, for a learner.
    """

    line: int
    sentence: str


def names_its_encoding(data: bytes) -> bool:
    """Whether a source declares its encoding in its first two lines (PEP 263)."""
    return bool(re.search(rb"^[ \t\f]*#.*?coding[:=]", b"\n".join(data.split(b"\n", 2)[:2]), re.M))


def encoding_slip(data: bytes) -> Slip | None:
    """The slip because of which Python cannot read the bytes of a file; None if there is none."""
    if data.startswith(UTF_16) or (len(data) > 3 and _every_second_is_null(data)):
        return Slip(
            0, "The file is saved as UTF-16. Save it as UTF-8: in Notepad, Save as, Encoding."
        )
    if b"\0" in data:
        line = data.count(b"\n", 0, data.index(b"\0")) + 1
        return Slip(
            line,
            "There is a null byte here: the file is damaged or no text. Copy the file from the "
            "handout again and put your lines into it.",
        )
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        if names_its_encoding(data):
            return None
        return Slip(line, "A character here is not UTF-8. Save the file as UTF-8, or remove it.")
    return None


def _every_second_is_null(data: bytes) -> bool:
    start = data[:200]
    return start[1::2].count(0) > 0.9 * len(start[1::2]) or (
        start[0::2].count(0) > 0.9 * len(start[0::2])
    )


def text_slip(text: str) -> Slip | None:
    """The slip because of which a text is not valid Python; None if it is not a known one."""
    text = text.removeprefix("\ufeff")
    try:
        tree = ast.parse(text)
    except TabError as error:
        return Slip(error.lineno or 0, _TABS)
    except SyntaxError as error:
        return _foreign_line(text) or _spaces(text, error)
    except (ValueError, RecursionError, MemoryError):
        return None
    return _return_outside(tree)


def _return_outside(tree: ast.Module) -> Slip | None:
    """A return outside a function, because lines above it have lost their indentation."""
    definitions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    for number, statement in enumerate(tree.body):
        found = next((n for n in _in_no_function(statement) if isinstance(n, ast.Return)), None)
        if found is None:
            continue
        first = number
        while first and not isinstance(tree.body[first - 1], definitions):
            first -= 1
        above = tree.body[first - 1] if first else None
        if not isinstance(above, definitions):
            return Slip(found.lineno, "This return stands in no function. Put def ...: above it.")
        return Slip(
            tree.body[first].lineno,
            f"This line begins at the left edge, so it is not part of {above.name}; the same holds "
            f"down to the return in line {found.lineno}. Indent these lines.",
        )
    return None


def _in_no_function(node: ast.AST) -> Iterator[ast.AST]:
    """A statement and the nodes inside it, without functions and classes."""
    waiting = [node]  # a long sum is nested too deeply for recursion
    while waiting:
        inside = waiting.pop()
        if not isinstance(inside, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield inside
            waiting += ast.iter_child_nodes(inside)


_TABS = (
    "Tabs and spaces are mixed at the beginning of the lines. Use four spaces for each step; in "
    "most editors: Convert Indentation to Spaces."
)


def _foreign_line(text: str) -> Slip | None:
    for number, line in enumerate(text.split("\n"), 1):
        line = line.rstrip("\r")
        if CONFLICT.match(line):
            return Slip(
                number,
                "Git left a conflict here, between <<<<<<< and >>>>>>>. Keep the lines that you "
                "want, and delete the others and the three lines of signs.",
            )
        if line.startswith("```"):
            return Slip(number, "Three backquotes are not Python: delete this line.")
        if MAGIC.match(line):
            return Slip(
                number,
                f"{line.split()[0]} works in a notebook only. Delete the line; a .py file holds "
                "plain Python.",
            )
        if PROMPT.match(line):
            return Slip(
                number, "The prompt was copied along. Delete it from every line, keep the code."
            )
    return None


def _spaces(text: str, error: SyntaxError) -> Slip | None:
    line = error.lineno or 0
    found = text.split("\n")[line - 1 : line]
    odd = next((c for c in "".join(found) if c in "\u00a0\u2007\u202f\u200b\u3000"), None)
    if odd is not None:
        return Slip(
            line,
            "There is a space here that only looks like one, as web pages have them. Delete the "
            "spaces of this line and type them again.",
        )
    quote = next((c for c in "".join(found) if c in "‘’“”"), None)
    if quote is not None:
        return Slip(line, f"{quote} is a typographic quote. Type \" or ' instead.")
    if isinstance(error, IndentationError) and "\t" in text and "\n    " in text:
        return Slip(line, _TABS)
    return None


def code_slips(
    text: str, exercise: str, own: Collection[str], known: Mapping[str, Names] | None = None
) -> Iterator[Slip]:
    """The slips in valid Python code: in the whole file, and in one exercise.

    Some are always wrong: a stub's `raise` beside written code, calls such as `input`, a package
    that grading does not have. Others may be intended, so call this only for a failed check: a
    `return` that ends a loop in its first iteration, a loop that takes the name of the loop around
    it, numbers that are added to np.empty, a value that is stored on the class, exchanged arguments
    or results.

    Args:
        text: the content of the file.
        exercise: the name of the function or class.
        own: the top-level modules that grading has: the assignments and the course's packages.
        known: the course's functions, with the names of their parameters and results.
    """
    try:
        tree = ast.parse(text.removeprefix("\ufeff"))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    yield from _asks(tree)
    yield from _absent_packages(tree, own)
    for node in _written_for(exercise, tree, known or {}):
        functions = [node] if isinstance(node, ast.FunctionDef) else node.body
        for function in functions:
            if isinstance(function, ast.FunctionDef):
                yield from _stub_left(function)
                yield from _return_in_loop(function)
                yield from _loop_name_taken(function)
                yield from _added_to_empty(function)
        yield from (Slip(*found) for found in exchanged(node, known or {}))
        if isinstance(node, ast.ClassDef):
            yield from _kept_on_the_class(node)


def _written_for(
    exercise: str, tree: ast.Module, known: Mapping[str, Names]
) -> list[ast.FunctionDef | ast.ClassDef]:
    """An exercise's function or class, and the helper functions of its file that it calls."""
    kinds = (ast.FunctionDef, ast.ClassDef)
    named = {node.name: node for node in tree.body if isinstance(node, kinds)}
    found = [named[exercise]] if exercise in named else []
    for node in found:
        called = {
            each.func.id
            for each in ast.walk(node)
            if isinstance(each, ast.Call) and isinstance(each.func, ast.Name)
        }
        found += [named[n] for n in named if n in called - known.keys() and named[n] not in found]
    return found


def _asks(tree: ast.Module) -> Iterator[Slip]:
    ends = ("quit", "exit")
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute)):
            continue
        name = ast.unparse(node.func)
        if name == "input":
            yield Slip(
                node.lineno,
                "input() waits for somebody to type, and nobody does while code is checked. Take "
                "the values from the arguments.",
            )
        elif name in ends or name in ("sys.exit", "os._exit"):
            yield Slip(node.lineno, f"{name}() ends the whole check. Leave a function with return.")


def _absent_packages(tree: ast.Module, own: Collection[str]) -> Iterator[Slip]:
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names = [node.module]
        for name in names:
            top = name.split(".")[0]
            known = top in PACKAGES_IN_GRADING or top in own or top in sys.stdlib_module_names
            if not known and isinstance(node, ast.Import | ast.ImportFrom):
                yield Slip(
                    node.lineno,
                    f"{top} is not there when your work is graded: the exercises are written in "
                    "NumPy and Python's own library.",
                )


def _stub_left(function: ast.FunctionDef) -> Iterator[Slip]:
    for node in ast.walk(function):
        for body in (getattr(node, "body", None), getattr(node, "orelse", None)):
            if not isinstance(body, list):
                continue
            for number, statement in enumerate(body):
                if not _raises_not_implemented(statement):
                    continue
                if any(not _is_words(s) and not _is_guard(s) for s in body[:number]):
                    yield Slip(
                        statement.lineno,
                        "raise NotImplementedError(...) still stands below your code, and ends "
                        "it with an error. Delete that line.",
                    )
                elif body[number + 1 :] and node is function:
                    yield Slip(
                        statement.lineno,
                        "raise NotImplementedError(...) still stands above your code, which is "
                        "never reached. Delete that line.",
                    )


def _raises_not_implemented(statement: ast.stmt) -> bool:
    if not isinstance(statement, ast.Raise) or statement.exc is None:
        return False
    raised = statement.exc.func if isinstance(statement.exc, ast.Call) else statement.exc
    return isinstance(raised, ast.Name) and raised.id == "NotImplementedError"


def _is_words(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _is_guard(statement: ast.stmt) -> bool:
    """Whether the stub may contain the statement: a check of the arguments, a plain assignment."""
    if isinstance(statement, ast.Assign | ast.AnnAssign):
        return not any(isinstance(node, ast.Subscript) for node in _targets(statement))
    writes = (ast.Return, ast.AugAssign, ast.Assign, ast.AnnAssign)
    return not any(isinstance(node, writes) for node in ast.walk(statement))


def _targets(statement: ast.Assign | ast.AnnAssign) -> list[ast.expr]:
    return statement.targets if isinstance(statement, ast.Assign) else [statement.target]


def _return_in_loop(function: ast.FunctionDef) -> Iterator[Slip]:
    """A `return` as the last line of a loop's body, which ends the loop in its first iteration."""
    for loop in ast.walk(function):
        if not isinstance(loop, ast.For | ast.While) or not isinstance(loop.body[-1], ast.Return):
            continue
        if not any(isinstance(node, ast.Continue) for node in ast.walk(loop)):
            yield Slip(
                loop.body[-1].lineno,
                "return stands inside the loop, so the function ends after the first turn. Move "
                "it to the left, below the loop.",
            )


def _loop_name_taken(function: ast.FunctionDef) -> Iterator[Slip]:
    """A loop whose name is the name of a loop around it, if that is used again afterwards."""
    for outer in ast.walk(function):
        if not isinstance(outer, ast.For):
            continue
        names = _names_in(outer.target)
        for place, statement in enumerate(outer.body):
            inner = [
                node
                for node in ast.walk(statement)
                if isinstance(node, ast.For) and names & _names_in(node.target)
            ]
            if not inner:
                continue
            (name, *_) = sorted(names & _names_in(inner[0].target))
            rest = outer.body[place + 1 :] if statement is inner[0] else outer.body[place:]
            end = inner[0].end_lineno or inner[0].lineno
            used = any(
                isinstance(node, ast.Name) and node.id == name and node.lineno > end
                for later in rest
                for node in ast.walk(later)
            )
            if used:
                yield Slip(
                    inner[0].lineno,
                    f"this loop takes the name {name} of the loop around it, in line "
                    f"{outer.lineno}, and {name} is used again below it. Give it another name.",
                )


def _names_in(target: ast.expr) -> set[str]:
    return {node.id for node in ast.walk(target) if isinstance(node, ast.Name)}


def _added_to_empty(function: ast.FunctionDef) -> Iterator[Slip]:
    """Numbers that are added to an array of np.empty which nothing has filled."""
    made: dict[str, int] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and _makes_empty(node.value):
            made |= {ast.unparse(target): node.lineno for target in node.targets}
    for name, line in made.items():
        uses = [
            node
            for node in ast.walk(function)
            if isinstance(node, ast.Assign | ast.AugAssign | ast.Expr) and node.lineno > line
        ]
        first = next(
            (
                node
                for node in sorted(uses, key=lambda node: node.lineno)
                if any(_is_into(part, name) for part in _written_to(node))
            ),
            None,
        )
        if isinstance(first, ast.AugAssign) and isinstance(first.op, ast.Add | ast.Sub):
            yield Slip(
                first.lineno,
                f"this adds to {name}, but np.empty in line {line} does not set its numbers to 0: "
                "they are whatever lies in memory. Start from np.zeros.",
            )


def _makes_empty(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and ast.unparse(value.func) in (
        *("np.empty", "np.empty_like", "numpy.empty", "numpy.empty_like"),
    )


def _written_to(statement: ast.stmt) -> list[ast.expr]:
    """What a statement may fill: its targets, and for a call its object and arguments."""
    if isinstance(statement, ast.Assign):
        return statement.targets
    if isinstance(statement, ast.AugAssign):
        return [statement.target]
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        call = statement.value
        owner = [call.func.value] if isinstance(call.func, ast.Attribute) else []
        return [*owner, *call.args, *(keyword.value for keyword in call.keywords)]
    return []


def _is_into(part: ast.expr, name: str) -> bool:
    """Whether an expression is the array of this name, or a part of it."""
    while isinstance(part, ast.Subscript):
        part = part.value
    return ast.unparse(part) == name


def _kept_on_the_class(layer: ast.ClassDef) -> Iterator[Slip]:
    statements = (node for node in ast.walk(layer) if isinstance(node, ast.Assign | ast.AnnAssign))
    for statement in statements:
        for target in _targets(statement):
            if not isinstance(target, ast.Attribute):
                continue
            if ast.unparse(target.value) == layer.name:
                yield Slip(
                    statement.lineno,
                    f"{ast.unparse(target)} belongs to the class, and all objects share it. Keep "
                    f"it in self.{target.attr}.",
                )


def slip_of_file(data: bytes) -> Slip | None:
    """The slip because of which a file cannot be loaded, in its bytes or in its text; or None."""
    found = encoding_slip(data)
    if found is not None:
        return found
    return text_slip(data.decode("utf-8", errors="replace"))
