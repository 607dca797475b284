"""Calls a learner's functions and reports what came of it, as plain values.

The same Host serves both ways: `make check` holds one in its own process, and the sandboxed
worker holds one at the far end of the pipe.
"""

import contextlib
import importlib
import inspect
import linecache
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import CodeType, FrameType, ModuleType, TracebackType
from typing import Any

import numpy as np

# Imported by its bare name inside the sandbox, where there is no package.
try:
    from autograder.worker.frames import Handle, is_plain
except ImportError:
    from frames import Handle, is_plain  # type: ignore[no-redef]

MAX_MESSAGE = 2000
MAX_TRACE = 12
IMPORT_LIMIT = 10.0
# How many objects, and how large arrays (bytes), are sent before anybody asks for them.
MOST_LOOKED_AT = 64
SMALL_ARRAY = 1 << 16
# Limits count processor time. What waits uses none, so the clock ends it in the end; on a busy
# machine that may be long before a processor was free for the time that was promised.
CLOCK_FACTOR = 6.0
WATCH_EVERY = 0.05


class TimeUp(BaseException):
    """Raised in the learner's code when its time is over; `except Exception` lets it pass."""


@dataclass
class Failure:
    """Why a call gave no value.

    Attributes:
        kind: "exception", "timeout", "import" (the file cannot be loaded), "missing" (the file
            or the name is not there), "worker" (the process died or broke the protocol), "stopped"
            (not tried any more) or "budget" (the time for the whole exercise or submission is
            used up).
        type: the exception's class name, or "".
        message: what the exception says, or a sentence.
        trace: the learner's own lines, outermost first: file, line, function, source.
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
        """Whether nothing could be called at all."""
        return self.kind in ("import", "missing")

    @property
    def unfinished(self) -> bool:
        """Whether nothing was called, or no call came back."""
        return self.unloaded or self.kind in ("worker", "timeout", "stopped", "budget")


@dataclass
class Outcome:
    """What came of one call.

    Attributes:
        value: what was returned.
        failure: why there is no value, or None.
        parameters: the names of the parameters.
        changed: the argument that was changed in place, or "".
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
    """Holds a learner's tree and the objects that its calls have made.

    Args:
        root: a folder shaped like assignments/.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.objects: dict[int, Any] = {}
        self._numbers: dict[int, int] = {}

    def find(self, module: str, name: str) -> Outcome:
        """Look up a function or class by its module ("a1_convolution.convolution") and name."""
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
        """The small attributes of an object and of the objects that it holds, in one answer.

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
        """Put `function` in the place of a learner's, everywhere the tree has imported it.

        A module that is not there or cannot be loaded is stood in for by an empty one.
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
        """Make sure that a name can be imported, and that nobody is helped by it.

        A module that has the name is left as it is. Nothing of the learner's is asked for it: a
        module's own __getattr__ would run here without a limit.
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
        """Put functions in the place of methods of a learner's class, for all its objects."""
        found = self.find(module, name)
        own = self.objects[found.value.id] if isinstance(found.value, Handle) else None
        if isinstance(own, type):
            for method, function in methods.items():
                setattr(own, method, _as_method(function))
        return Outcome()

    def spent(self) -> tuple[float, float]:
        """Seconds of processor time that this process has used, and of waiting: not measured."""
        return time.process_time(), 0.0

    def take_printed(self) -> str:
        """Nothing: what is printed in this process goes where this process prints."""
        return ""

    def make_rng(self, seed: int) -> Outcome:
        """Make a NumPy random generator on this side."""
        return Outcome(self.export(np.random.default_rng(seed)))

    def call(
        self, handle: Handle, args: list[Any], kwargs: dict[str, Any], time_limit: float
    ) -> Outcome:
        """Call an object; arrays among the arguments must come back as they went in.

        Args:
            handle: what to call.
            args: positional arguments: plain values, Handles, functions.
            kwargs: keyword arguments.
            time_limit: seconds of processor time.
        """
        function = self.objects[handle.id]
        parameters = _parameter_names(function)
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
        """Keep what is not plain here, and give a Handle for it."""
        if type(value) in (list, tuple) and depth < 6:
            return type(value)(self.export(item, depth + 1) for item in value)
        if is_plain(value) and not isinstance(value, dict):
            return value
        # One number for one object, for as long as the process lives: it is kept all that time.
        number = self._numbers.setdefault(id(value), len(self.objects))
        self.objects[number] = value
        return Handle(number, type(value).__name__)

    def export_named(self, values: dict[str, Any]) -> dict[str, Any]:
        """Export each of the values that keyword arguments hold."""
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
        function = trace[-1]["function"].split(".")[0] if trace else ""
        return Failure(
            kind, type(error).__name__, message[:MAX_MESSAGE], trace[-MAX_TRACE:], function
        )

    def _own_lines(self, trace: TracebackType | None) -> Iterator[dict[str, Any]]:
        for frame, line in traceback.walk_tb(trace):
            code: CodeType = frame.f_code
            if self._is_own(code.co_filename):
                source = linecache.getline(code.co_filename, line)
                yield self._line(code.co_filename, line, code.co_qualname, source)

    def _line(self, filename: str, line: int, function: str, source: str) -> dict[str, Any]:
        relative = str(Path(filename).resolve().relative_to(self.root.resolve()))
        return {
            "file": relative,
            "line": line,
            "function": function,
            "source": source.strip()[:200],
        }


def _own_attributes(value: Any) -> dict[str, Any]:
    """What an object of a plain class keeps; nothing where its class changes how it is read."""
    kind = type(value)
    if kind.__getattribute__ is not object.__getattribute__ or not hasattr(value, "__dict__"):
        return {}
    attributes = value.__dict__
    if isinstance(value, type | ModuleType) or type(attributes) is not dict:
        return {}
    return {name: each for name, each in attributes.items() if not hasattr(kind, name)}


def _is_small(value: Any) -> bool:
    """Whether an attribute is cheap to send unasked."""
    if isinstance(value, np.ndarray):
        return value.nbytes <= SMALL_ARRAY and is_plain(value)
    if type(value) in (list, tuple):
        return len(value) <= MOST_LOOKED_AT and all(map(_is_small, value))
    return not isinstance(value, str | dict) and not callable(value)


def no_function(module: str, name: str) -> Failure:
    """What is wrong with a name that is a plain value."""
    where = module.replace(".", "/") + ".py"
    return Failure("missing", message=f"{name} in {where} is no function or class")


_NOTHING = object()


def _as_method(function: Callable[..., Any]) -> Callable[..., Any]:
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        return function(self, *args, **kwargs)

    return method


class _EmptyModule(ModuleType):
    """Takes the place of a module of the learner's that cannot be loaded."""

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
    """Let imports look into the learner's tree first, as they would in the learner's shell."""
    sys.path.insert(0, str(root))
    try:
        yield
    finally:
        with contextlib.suppress(ValueError):
            sys.path.remove(str(root))


@contextlib.contextmanager
def alarm_after(seconds: float) -> Iterator[None]:
    """Raise TimeUp in this thread after so many seconds, unless a debugger holds the code.

    The seconds are processor time. A clock limit, CLOCK_FACTOR times as long, ends what waits.
    Only POSIX has timers, and only the main thread hears them; elsewhere a thread watches.
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
    """A limit on processor time as it is said to a person."""
    return f"{seconds:g} seconds of processor time"


def clock_text(seconds: float) -> str:
    """A limit by the clock as it is said to a person."""
    return f"{seconds:g} seconds by the clock"


def waiting_text(seconds: float) -> str:
    """A limit on the time in which code sleeps or waits, as it is said to a person."""
    return f"{seconds:g} seconds of waiting by the clock"


@contextlib.contextmanager
def _timer(timer: int, its_signal: int, seconds: float, limit: str) -> Iterator[None]:
    """Raise TimeUp when one of the process's timers has run down."""

    def time_is_up(_signal: int, frame: FrameType | None) -> None:
        if not _in_debugger(frame):
            raise TimeUp(limit)

    previous = signal.signal(its_signal, time_is_up)
    # A call inside a call gives the outer one its timer back.
    left, _ = signal.setitimer(timer, seconds)
    try:
        yield
    finally:
        signal.setitimer(timer, left)
        signal.signal(its_signal, previous)


@contextlib.contextmanager
def _watched(seconds: float) -> Iterator[None]:
    """As the timers do, by a second thread: it sets the exception in this one.

    The interpreter raises it between two of its own steps, so a call into C code that does not
    end (a sleep, a wait) is left when that call comes back, not before.
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
            over.wait(1.0)  # code that catches it is told again

    lock = threading.Lock()
    watcher = threading.Thread(target=watch, daemon=True)
    try:
        watcher.start()
    except RuntimeError:  # a browser's Python has no threads: there the page ends what hangs
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
            interrupt(None)  # what came too late for the code must not hit its caller
        watcher.join()


def _in_debugger(frame: FrameType | None) -> bool:
    """Whether somebody is thinking at a debugger's prompt."""
    while frame is not None:
        if frame.f_globals.get("__name__") in ("pdb", "bdb"):
            return True
        frame = frame.f_back
    return False


def _parameter_names(function: Any) -> list[str]:
    try:
        # Without *args and what stands behind: these names belong to no single argument.
        parameters = inspect.signature(function).parameters.values()
        named = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
        return [str(p.name)[:40] for p in named][:20]
    except Exception:  # a signature may be an object of the learner's making
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
        # Putting back what was added can leave the last bit different: that harms nobody.
        slack = 1e-9 * float(np.abs(was).max(initial=0.0)) if was.dtype.kind in "fc" else 0
        return np.allclose(was, now, rtol=0, atol=slack, equal_nan=was.dtype.kind in "fc")
    if isinstance(was, list):
        return all(_same_arrays(a, b) for a, b in zip(was, now, strict=False))
    return True
