"""The conditions under which learners' code is judged, the same in `make check` and in a worker.

Grading has NumPy and the standard library, only the exercises' files, and no keyboard input. An
import of anything else returns a placeholder, which raises an explanation when it is used; so an
import that is never used does no harm. `open` and `input` raise an explanation when called.

This affects only statements in the learner's own files: a library may import anything.
"""

import ast
import builtins
import contextlib
import functools
import linecache
import os
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

PACKAGES = ("numpy",)


class Placeholder:
    """Takes the place of a missing module and of every name in it."""

    def __init__(self, name: str, reason: str) -> None:
        self.__dict__.update(_name=name, _reason=reason, __name__=name, __path__=[])

    def __getattr__(self, name: str) -> Any:
        if name == "__all__":
            self._explain()  # from name import *: the names in the module are unknown
        if name.startswith("__"):
            raise AttributeError(name)
        return Placeholder(f"{self._name}.{name}", self._reason)

    def _explain(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise ImportError(f"{self._name} was used, but {self._reason}")

    __call__ = __mro_entries__ = __iter__ = __len__ = __bool__ = __getitem__ = __setattr__ = (
        _explain
    )
    __enter__ = __exit__ = __array__ = __float__ = __int__ = __index__ = __contains__ = _explain
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = _explain
    __rtruediv__ = __matmul__ = __rmatmul__ = __neg__ = __lt__ = __gt__ = __le__ = _explain
    __ge__ = __pow__ = _explain


class _Conditions:
    """Replacements for `__import__`, `open` and `input`.

    Args:
        root: the learner's folder, shaped like assignments/.
        modules: the modules below `root` that are graded, by their dotted names; None for all
            that exist.
    """

    def __init__(self, root: Path, modules: Collection[str] | None) -> None:
        self.root = os.path.join(os.path.realpath(root), "")
        self.modules = modules
        # Cached: it is called at every import, for few files.
        self.is_own = functools.lru_cache(1024)(self._is_own)
        self.real: dict[str, Callable[..., Any]] = {
            name: getattr(builtins, name) for name in ("__import__", "open", "input")
        }

    def import_(
        self,
        name: str,
        globals: Mapping[str, Any] | None = None,
        locals: Mapping[str, Any] | None = None,
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> Any:
        """`__import__`, with a placeholder for a module that grading does not have."""
        file = str((globals or {}).get("__file__") or "")
        if level == 0 and self.is_own(file):
            reason = self.why_not(name)
            # A try has handlers for a missing module, so it must get the error.
            if reason and _in_a_try(file, sys._getframe(1).f_lineno):
                raise ModuleNotFoundError(f"No module named {name!r}", name=name)
            if reason:
                return Placeholder(name if fromlist else name.split(".")[0], reason)
        return self.real["__import__"](name, globals, locals, fromlist, level)

    def open_(self, *args: Any, **kwargs: Any) -> Any:
        """`open`, which raises if the learner's own code calls it."""
        if self.is_own(sys._getframe(1).f_code.co_filename):
            raise FileNotFoundError(
                f"open({str(args[0])[:60]!r}) cannot work when your work is graded: there is no "
                "file but the exercises', and none can be written. Leave it out."
                if args
                else "open() needs a name, and there are no files when your work is graded"
            )
        return self.real["open"](*args, **kwargs)

    def input_(self, *args: Any) -> Any:
        """`input`, which raises if the learner's own code calls it."""
        if self.is_own(sys._getframe(1).f_code.co_filename):
            raise EOFError(
                "input() waits for somebody to type, and nobody does when your work is graded. "
                "Take the values from the arguments."
            )
        return self.real["input"](*args)

    def _is_own(self, file: str) -> bool:
        """Whether a file is one of the learner's."""
        return file.startswith(self.root) or (
            bool(file) and os.path.realpath(file).startswith(self.root)
        )

    def why_not(self, name: str) -> str:
        """Why grading does not have a module, as half a sentence; "" if it has it."""
        top = name.split(".")[0]
        if top in PACKAGES or top in sys.stdlib_module_names:
            return ""
        place = os.path.join(self.root, *name.split("."))
        here = os.path.isdir(place) or os.path.isfile(f"{place}.py")
        if os.path.isdir(os.path.join(self.root, top)) or here:
            # For a file that does not exist, Python's own error is enough.
            if not here or self.modules is None or name in self.modules:
                return ""
            return (
                f"{name.replace('.', '/')}.py does not come along when your work is graded: only "
                "the exercises' files do. Put what you need of it into the exercise's file."
            )
        if top in {module.split(".")[0] for module in self.modules or ()}:
            return ""  # a part of the course that this folder lacks
        return (
            f"{top} is not there when your work is graded: the exercises are written with NumPy "
            "and Python's own library."
        )


def install(root: Path, modules: Collection[str] | None = None) -> Callable[[], None]:
    """Install the replacements in this process.

    Args:
        root: the learner's folder.
        modules: the modules below it that are graded, packages included; None for all.

    Returns:
        a function that removes the replacements.
    """
    conditions = _Conditions(root, modules)
    builtins.__import__ = conditions.import_
    builtins.open = conditions.open_
    builtins.input = conditions.input_

    def remove() -> None:
        for name, real in conditions.real.items():
            setattr(builtins, name, real)

    return remove


@contextlib.contextmanager
def installed(root: Path, modules: Collection[str] | None = None) -> Iterator[None]:
    """Install the replacements, and remove them at the end of the block; see `install`."""
    remove = install(root, modules)
    try:
        yield
    finally:
        remove()


def _in_a_try(file: str, line: int) -> bool:
    """Whether this line of a file is in the body of a try that has handlers."""
    try:
        tree = ast.parse("".join(linecache.getlines(file)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return any(
        isinstance(node, ast.Try)
        and node.handlers
        and any(s.lineno <= line <= (s.end_lineno or s.lineno) for s in node.body)
        for node in ast.walk(tree)
    )
