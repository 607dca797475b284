"""Calls a learner's functions and reports the results as plain values.

`make check` and the sandboxed worker use the same Host: `make check` has one in its own process,
and the worker has one at its end of the pipe.
"""

import contextlib
import importlib
import inspect
import linecache
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import CodeType, FrameType, ModuleType, TracebackType
from typing import Any

import numpy as np

# Imported by its bare name inside the sandbox, where there is no package.
try:
    from autograder.worker.frames import Handle, is_plain
    from autograder.worker.line_values import failed_expression, line_values, similar_name
except ImportError:
    from frames import Handle, is_plain  # type: ignore[no-redef]
    from line_values import failed_expression, line_values, similar_name  # type: ignore[no-redef]

MAX_MESSAGE = 2000
MAX_TRACE = 12
MAX_SOURCE = 200
IMPORT_LIMIT = 10.0
# Limits of what `look` sends: number of objects, and bytes of one array.
MOST_LOOKED_AT = 64
SMALL_ARRAY = 1 << 16
# Limits count processor time. Code that waits uses none, so a limit by the clock ends it. It is
# this many times longer, because on a busy machine code must also wait for a free processor.
CLOCK_FACTOR = 6.0
_EMPTY = np.empty, np.empty_like
# A nudge h that is added to a number and taken away leaves an error of the last bits of h.
LARGEST_NUDGE = 0.01
WATCH_EVERY = 0.05


class TimeUp(BaseException):
    """Raised in the learner's code at its time limit; `except Exception` does not catch it."""


@dataclass
class Failure:
    """Why a call returned no value.

    Attributes:
        kind: "exception", "timeout", "import" (the file cannot be loaded), "missing" (the file
            or the name is not there), "worker" (the process died or broke the protocol), "stopped"
            (not tried any more) or "budget" (the time for the whole exercise or submission is
            used up).
        type: the exception's class name, or "".
        message: what the exception says, or a sentence.
        trace: the learner's own lines, outermost first: file, line, function, source, and values,
            what the names in that line stood for; see `line_values`.
        function: the outermost name (function or class) that the innermost of those lines
            belongs to.
    """

    kind: str
    type: str = ""
    message: str = ""
    trace: list[dict[str, Any]] = field(default_factory=list)
    function: str = ""

    @property
    def unloaded(self) -> bool:
        """Whether there was no function to call."""
        return self.kind in ("import", "missing")

    @property
    def unfinished(self) -> bool:
        """Whether no function was called, or the call did not return."""
        return self.unloaded or self.kind in ("worker", "timeout", "stopped", "budget")


@dataclass
class Outcome:
    """The result of one call.

    Attributes:
        value: what was returned.
        failure: why there is no value, or None.
        parameters: the names of the parameters.
        changed: the name of the argument that was changed in place, or "".
    """

    value: Any = None
    failure: Failure | None = None
    parameters: list[str] = field(default_factory=list)
    changed: str = ""

    def as_message(self) -> dict[str, Any]:
        """The outcome as plain values, for a frame."""
        return {
            "value": self.value,
            "failure": None if self.failure is None else asdict(self.failure),
            "parameters": self.parameters,
            "changed": self.changed,
        }


class Host:
    """Calls the code of a learner's folder, and keeps the objects that the calls returned.

    Args:
        root: a folder shaped like assignments/.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.objects: dict[int, Any] = {}
        self._numbers: dict[int, int] = {}
        self._parameters: dict[int, list[str]] = {}

    def find(self, module: str, name: str) -> Outcome:
        """Look up a function or class by its module ("a1_convolution.convolution") and name."""
        known = sys.modules.get(module)
        if type(known) is ModuleType and name in vars(known):
            return Outcome(self.export(vars(known)[name]))
        path = self.root / (module.replace(".", "/") + ".py")
        if not path.is_file():
            where = path.relative_to(self.root)
            return Outcome(failure=Failure("missing", message=f"{where} is not there"))
        try:
            with _search_first(self.root), alarm_after(IMPORT_LIMIT):
                loaded = importlib.import_module(module)
                found = getattr(loaded, name, _NOTHING)
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            sys.modules.pop(module, None)
            kind = "timeout" if isinstance(error, TimeUp) else "import"
            return Outcome(failure=self._failure(kind, error))
        if found is _NOTHING:
            where = path.relative_to(self.root)
            lost = f"has no {name}" if path.stat().st_size > 1 else "is empty"
            return Outcome(failure=Failure("missing", message=f"{where} {lost}"))
        return Outcome(self.export(found))

    def get(self, handle: Handle, name: str) -> Outcome:
        """Read an attribute of an object."""
        try:
            return Outcome(self.export(getattr(self.objects[handle.id], name)))
        except Exception as error:
            return Outcome(failure=self._failure("exception", error))

    def look(self, handle: Handle) -> Outcome:
        """Read the small attributes of an object and of the objects that it holds, in one request.

        Returns:
            the value is a list of (object, [(name, value), ...]).
        """
        whole = self.objects[handle.id]
        held: list[Any] = [whole]
        for value in _own_attributes(whole).values():
            held += value if type(value) in (list, tuple) else [value]
        found: dict[int, Any] = {}
        for one in held[:MOST_LOOKED_AT]:
            small = [(n, self.export(v)) for n, v in _own_attributes(one).items() if _is_small(v)]
            if small:
                found[id(one)] = (self.export(one), small)
        return Outcome(list(found.values()))

    def set(self, handle: Handle, name: str, value: Any) -> Outcome:
        """Set an attribute of an object."""
        try:
            setattr(self.objects[handle.id], name, self.bring_back(value))
            return Outcome()
        except Exception as error:
            return Outcome(failure=self._failure("exception", error))

    def replace(self, module: str, name: str, function: Callable[..., Any]) -> Outcome:
        """Replace a learner's function by `function`, in every module of theirs that imported it.

        If the module is missing or cannot be loaded, an empty module takes its place.
        """
        found = self.find(module, name)
        own = self.objects[found.value.id] if isinstance(found.value, Handle) else None
        if module not in sys.modules:
            sys.modules[module] = _EmptyModule(module)
        setattr(sys.modules[module], name, function)
        for other in list(sys.modules.values()):
            if other is None or not self._is_own(getattr(other, "__file__", None) or ""):
                continue
            for key, value in list(vars(other).items()):
                if own is not None and value is own:
                    setattr(other, key, function)
        return Outcome()

    def leave_unwritten(self, module: str, name: str) -> Outcome:
        """Make sure that a name can be imported; if it was missing, calling it raises.

        A module that has the name is left as it is. The name is looked up in `__dict__`, because
        a module's own __getattr__ would run here without a time limit.
        """
        self.find(module, name)
        empty = _EmptyModule(module)
        loaded = sys.modules.setdefault(module, empty)
        if type(loaded) is ModuleType:
            loaded.__dict__.setdefault(name, getattr(empty, name))
        return Outcome()

    def replace_methods(
        self, module: str, name: str, methods: dict[str, Callable[..., Any]]
    ) -> Outcome:
        """Replace methods of a learner's class by functions, for all its objects."""
        found = self.find(module, name)
        own = self.objects[found.value.id] if isinstance(found.value, Handle) else None
        if isinstance(own, type):
            for method, function in methods.items():
                setattr(own, method, _as_method(function))
        return Outcome()

    def spent(self) -> tuple[float, float]:
        """Seconds of processor time that this process used; 0 for waiting, not measured here."""
        return time.process_time(), 0.0

    def take_printed(self) -> str:
        """Always "": text printed in this process goes directly to its standard output."""
        return ""

    def fill_empty(self, on: bool) -> Outcome:
        """Make np.empty give zeros, or whatever lies in memory, as before.

        With zeros, code that forgets to set its numbers gives the same results every time.
        """
        np.empty, np.empty_like = (np.zeros, np.zeros_like) if on else _EMPTY  # type: ignore[assignment, misc]
        return Outcome()

    def make_rng(self, seed: int) -> Outcome:
        """Make a NumPy random generator in this process."""
        return Outcome(self.export(np.random.default_rng(seed)))

    def call(
        self, handle: Handle, args: list[Any], kwargs: dict[str, Any], time_limit: float
    ) -> Outcome:
        """Call an object, and report an array argument that the call changed in place.

        Args:
            handle: what to call.
            args: positional arguments: plain values, Handles, functions.
            kwargs: keyword arguments.
            time_limit: seconds of processor time.
        """
        function = self.objects[handle.id]
        if handle.id not in self._parameters:
            self._parameters[handle.id] = _parameter_names(function)
        parameters = self._parameters[handle.id]
        before = [_copy_arrays(value) for value in [*args, *kwargs.values()]]
        given = [self.bring_back(value) for value in [*args, *kwargs.values()]]
        positional = given[: len(args)]
        keyword = dict(zip(kwargs, given[len(args) :], strict=True))
        try:
            with _search_first(self.root), alarm_after(time_limit):
                value = function(*positional, **keyword)
            exported = self.export(value)
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            kind = "timeout" if isinstance(error, TimeUp) else "exception"
            return Outcome(failure=self._failure(kind, error), parameters=parameters)
        names = [*parameters[: len(args)], *kwargs]
        names += [f"argument {k + 1}" for k in range(len(names), len(given))]
        for name, was, now in zip(names, before, given, strict=False):
            if not _same_arrays(was, now):
                return Outcome(exported, parameters=parameters, changed=name)
        return Outcome(exported, parameters=parameters)

    def call_by_name(
        self, module: str, name: str, args: list[Any], kwargs: dict[str, Any], time_limit: float
    ) -> Outcome:
        """Look up a function or class and call it: `find` and `call` in one request."""
        found = self.find(module, name)
        if found.failure is not None:
            return found
        if not isinstance(found.value, Handle):
            return Outcome(failure=no_function(module, name))
        return self.call(found.value, args, kwargs, time_limit)

    def bring_back(self, value: Any) -> Any:
        """Turn Handles back into the objects they stand for."""
        if isinstance(value, Handle):
            return self.objects[value.id]
        if type(value) in (list, tuple):
            return type(value)(self.bring_back(item) for item in value)
        return value

    def export(self, value: Any, depth: int = 0) -> Any:
        """Replace each value that is not plain by a Handle, and keep the value here."""
        if type(value) in (list, tuple) and depth < 6:
            return type(value)(self.export(item, depth + 1) for item in value)
        if is_plain(value) and not isinstance(value, dict):
            return value
        # Objects are kept until the process ends, so an id() is never reused: one number for each.
        number = self._numbers.setdefault(id(value), len(self.objects))
        self.objects[number] = value
        return Handle(number, type(value).__name__)

    def export_named(self, values: dict[str, Any]) -> dict[str, Any]:
        """Export the value of each keyword argument."""
        return {name: self.export(value) for name, value in values.items()}

    def _is_own(self, filename: str) -> bool:
        try:
            return Path(filename).resolve().is_relative_to(self.root.resolve())
        except (OSError, ValueError):
            return False

    def _failure(self, kind: str, error: BaseException) -> Failure:
        trace = list(self._own_lines(error.__traceback__))
        if isinstance(error, SyntaxError) and error.filename and self._is_own(error.filename):
            trace.append(self._line(error.filename, error.lineno or 0, "", error.text or ""))
        try:
            message = str(error.msg if isinstance(error, SyntaxError) else error)
        except Exception:
            message = "(its message cannot be shown)"
        if type(error) is NameError:
            message += similar_name(error)
        function = trace[-1]["function"].split(".")[0] if trace else ""
        return Failure(
            kind, type(error).__name__, message[:MAX_MESSAGE], trace[-MAX_TRACE:], function
        )

    def _own_lines(self, step: TracebackType | None) -> Iterator[dict[str, Any]]:
        while step is not None:
            code: CodeType = step.tb_frame.f_code
            if self._is_own(code.co_filename):
                source = linecache.getline(code.co_filename, step.tb_lineno)
                values = line_values(failed_expression(step)[:MAX_MESSAGE], step.tb_frame.f_locals)
                yield self._line(code.co_filename, step.tb_lineno, code.co_qualname, source, values)
            step = step.tb_next

    def _line(
        self, filename: str, line: int, function: str, source: str, values: str = ""
    ) -> dict[str, Any]:
        relative = str(Path(filename).resolve().relative_to(self.root.resolve()))
        return {
            "file": relative,
            "line": line,
            "function": function,
            "source": source.strip()[:MAX_SOURCE],
            "values": values[:MAX_SOURCE],
        }


def _own_attributes(value: Any) -> dict[str, Any]:
    """An object's instance attributes; {} for types, modules and custom attribute access."""
    kind = type(value)
    if kind.__getattribute__ is not object.__getattribute__ or not hasattr(value, "__dict__"):
        return {}
    attributes = value.__dict__
    if isinstance(value, type | ModuleType) or type(attributes) is not dict:
        return {}
    return {name: each for name, each in attributes.items() if not hasattr(kind, name)}


def _is_small(value: Any) -> bool:
    """Whether an attribute is small enough to be sent before it is requested."""
    if isinstance(value, np.ndarray):
        return value.nbytes <= SMALL_ARRAY and is_plain(value)
    if type(value) in (list, tuple):
        return len(value) <= MOST_LOOKED_AT and all(map(_is_small, value))
    return not isinstance(value, str | dict) and not callable(value)


def no_function(module: str, name: str) -> Failure:
    """The Failure for a name that is a plain value, not a function or class."""
    where = module.replace(".", "/") + ".py"
    return Failure("missing", message=f"{name} in {where} is not a function or class")


_NOTHING = object()


def _as_method(function: Callable[..., Any]) -> Callable[..., Any]:
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        return function(self, *args, **kwargs)

    return method


class _EmptyModule(ModuleType):
    """Takes the place of a learner's module that cannot be loaded."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)

        def not_there(*_args: Any, **_kwargs: Any) -> Any:
            raise RuntimeError(
                f"{name} cannot be called: it is not there, or its file cannot be loaded"
            )

        return not_there


@contextlib.contextmanager
def _search_first(root: Path) -> Iterator[None]:
    """Make imports search the learner's folder first, as in the learner's own shell."""
    sys.path.insert(0, str(root))
    try:
        yield
    finally:
        with contextlib.suppress(ValueError):
            sys.path.remove(str(root))


@contextlib.contextmanager
def alarm_after(seconds: float) -> Iterator[None]:
    """Raise TimeUp in this thread after `seconds`, unless the code is stopped in a debugger.

    The seconds are processor time. A limit by the clock, CLOCK_FACTOR times as long, ends code that
    waits. Only POSIX has timers, and only the main thread receives their signals; in all other
    cases a second thread measures the time.
    """
    on_main = threading.current_thread() is threading.main_thread()
    if hasattr(signal, "setitimer") and on_main:
        with _timer(signal.ITIMER_PROF, signal.SIGPROF, seconds, processor_text(seconds)):
            wide = seconds * CLOCK_FACTOR
            with _timer(signal.ITIMER_REAL, signal.SIGALRM, wide, clock_text(wide)):
                yield
    else:
        with _watched(seconds):
            yield


def processor_text(seconds: float) -> str:
    """A limit on processor time in words, for a message."""
    return f"{seconds:g} seconds of processor time"


def clock_text(seconds: float) -> str:
    """A limit by the clock in words, for a message."""
    return f"{seconds:g} seconds by the clock"


def waiting_text(seconds: float) -> str:
    """A limit on the time in which code sleeps or waits, in words, for a message."""
    return f"{seconds:g} seconds of waiting by the clock"


@contextlib.contextmanager
def _timer(timer: int, its_signal: int, seconds: float, limit: str) -> Iterator[None]:
    """Raise TimeUp when one of the process's timers expires."""

    def time_is_up(_signal: int, frame: FrameType | None) -> None:
        if not _in_debugger(frame):
            raise TimeUp(limit)

    previous = signal.signal(its_signal, time_is_up)
    # Calls can be nested: afterwards the timer of the outer call is restored.
    left, _ = signal.setitimer(timer, seconds)
    try:
        yield
    finally:
        signal.setitimer(timer, left)
        signal.signal(its_signal, previous)


@contextlib.contextmanager
def _watched(seconds: float) -> Iterator[None]:
    """Like the timers, but with a second thread, which sets the exception in this thread.

    The interpreter raises it between two bytecode instructions, so a call into C code (a sleep, a
    wait) is not interrupted: TimeUp is raised after it returns.
    """
    import ctypes

    thread = threading.get_ident()
    over = threading.Event()

    def interrupt(exception: type[BaseException] | None) -> None:
        what = None if exception is None else ctypes.py_object(exception)
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), what)

    started, began = time.process_time(), time.monotonic()

    def watch() -> None:
        while not over.wait(WATCH_EVERY):
            late = time.process_time() - started > seconds
            late = late or time.monotonic() - began > seconds * CLOCK_FACTOR
            if not late or _in_debugger(sys._current_frames().get(thread)):
                continue
            with lock:
                if not over.is_set():
                    interrupt(TimeUp)
            over.wait(1.0)  # raise it again if the code catches it

    lock = threading.Lock()
    watcher = threading.Thread(target=watch, daemon=True)
    try:
        watcher.start()
    except RuntimeError:  # Python in a browser has no threads; the page ends code that hangs
        yield
        return
    try:
        yield
    except TimeUp as error:
        if error.args:
            raise
        used = time.process_time() - started
        wide = seconds * CLOCK_FACTOR
        limit = processor_text(seconds) if used > seconds else clock_text(wide)
        raise TimeUp(limit).with_traceback(error.__traceback__) from None
    finally:
        with lock:
            over.set()
            interrupt(None)  # cancel a late TimeUp: it must not be raised in the caller
        watcher.join()


def _in_debugger(frame: FrameType | None) -> bool:
    """Whether the code is stopped at a debugger's prompt."""
    while frame is not None:
        if frame.f_globals.get("__name__") in ("pdb", "bdb"):
            return True
        frame = frame.f_back
    return False


def _parameter_names(function: Any) -> list[str]:
    try:
        # Without *args and the parameters after it: no positional argument has their names.
        parameters = inspect.signature(function).parameters.values()
        named = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
        return [str(p.name)[:40] for p in named][:20]
    except Exception:  # `__signature__` may be any object that the learner made
        return []


def _copy_arrays(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.copy()
    if type(value) in (list, tuple):
        return [_copy_arrays(item) for item in value]
    return None


def _same_arrays(was: Any, now: Any) -> bool:
    if isinstance(was, np.ndarray):
        if was.shape != now.shape or was.dtype != now.dtype:
            return False
        if was.dtype.kind not in "fc":
            return np.array_equal(was, now)
        # A change that is undone, x + h - h, may leave other last bits: that is tolerated.
        bits = 4 * float(np.finfo(was.dtype).eps)
        return np.allclose(was, now, rtol=bits, atol=bits * LARGEST_NUDGE, equal_nan=True)
    if isinstance(was, list):
        return all(_same_arrays(a, b) for a, b in zip(was, now, strict=False))
    return True
