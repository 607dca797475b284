"""Finds the earlier statements that a notebook's code cell needs to run alone.

In a notebook, all earlier cells have been run. On a page, each cell has its own button. So this
module finds the earlier statements that define the cell's names; the page runs them before the
cell, without showing their output.
"""

import ast
from dataclasses import dataclass

# Ends the name of a module whose import needs matplotlib. The browser downloads it only for these.
DRAWING = "figures"
# Names that the page provides; they are not looked up in earlier cells.
_PROVIDED = {"check", "sys", "Path", "display"}


@dataclass(frozen=True)
class Runnable:
    """A cell that can run alone.

    Attributes:
        before: statements of earlier cells that it needs, as one program; may be "".
        code: the cell itself.
        modules: the modules that both import.
    """

    before: str
    code: str
    modules: frozenset[str]

    @property
    def draws(self) -> bool:
        """Whether it shows a matplotlib figure."""
        return "display(" in self.code

    @property
    def needs_matplotlib(self) -> bool:
        """Whether running it imports matplotlib."""
        return any(m.endswith(DRAWING) for m in self.modules) or ".figure()" in self.code

    def needs_learner(self, assignments: set[str]) -> bool:
        """Whether it imports anything that the learner writes."""
        return any(module.split(".")[0] in assignments for module in self.modules)


def runnable(earlier: list[str], code: str) -> Runnable:
    """Find the statements of earlier cells that `code` needs.

    Args:
        earlier: the code cells before it, in order; IPython's magic lines (%...) are left out.
        code: the cell.

    Raises:
        SyntaxError: if a cell is not Python.
    """
    body = ast.parse(_python(code)).body
    needed: set[str] = set()
    for statement in reversed(body):
        needed = (needed - _binds(statement)) | _uses(statement)
    kept: list[ast.stmt] = []
    modules = _modules(body)
    statements = [s for cell in earlier for s in _statements(ast.parse(_python(cell)).body)]
    for statement in reversed(statements):
        bound = _binds(statement) & needed - _PROVIDED
        if not bound:
            continue
        kept.insert(0, statement)
        modules |= _modules([statement])
        needed = (needed - bound) | _uses(statement)
    before = "\n".join(ast.unparse(statement) for statement in kept)
    return Runnable(before, code, frozenset(modules))


def _python(cell: str) -> str:
    return "\n".join("" if line.startswith(("%", "!")) else line for line in cell.splitlines())


def _statements(body: list[ast.stmt]) -> list[ast.stmt]:
    """The statements; an import of several names is split into one import for each name."""
    found: list[ast.stmt] = []
    for statement in body:
        if isinstance(statement, ast.Import):
            found += [ast.Import([alias]) for alias in statement.names]
        elif isinstance(statement, ast.ImportFrom):
            found += [
                ast.ImportFrom(statement.module, [alias], statement.level)
                for alias in statement.names
            ]
        else:
            found.append(statement)
    return found


def _binds(statement: ast.stmt) -> set[str]:
    """The names that a statement at the top of a cell defines."""
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return {statement.name}
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return {alias.asname or alias.name.split(".")[0] for alias in statement.names}
    return {
        node.id
        for node in _outside_functions(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    } | {
        node.name
        for node in _outside_functions(statement)
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }


def _outside_functions(node: ast.AST) -> list[ast.AST]:
    """The node and all nodes in it, but not those inside functions, classes, comprehensions."""
    found = [node]
    inner = ast.FunctionDef | ast.ClassDef | ast.Lambda | ast.ListComp | ast.DictComp | ast.SetComp
    for child in ast.iter_child_nodes(node):
        found += [child] if isinstance(child, inner) else _outside_functions(child)
    return found


def _uses(statement: ast.stmt) -> set[str]:
    """The names that a statement reads and does not define itself."""
    read = {
        node.id
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }
    if isinstance(statement, ast.Assign | ast.AugAssign):
        return read  # x = x + 1 reads the earlier x
    parameters = {node.arg for node in ast.walk(statement) if isinstance(node, ast.arg)}
    targets = {
        name.id
        for node in ast.walk(statement)
        if isinstance(node, ast.comprehension)
        for name in ast.walk(node.target)
        if isinstance(name, ast.Name)
    }
    return read - _binds(statement) - parameters - targets


def _modules(body: list[ast.stmt]) -> set[str]:
    """The modules that statements import, `from a import b` as both a and a.b."""
    found: set[str] = set()
    for statement in body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module)
                found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found
