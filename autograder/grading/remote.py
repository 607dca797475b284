"""The grader's end of the pipe: a Backend that runs the learner's code in a worker.

Everything that the worker sends is untrusted. It is parsed by `frames`, its structure is checked
here, and it is used only as a value to compare.
"""

import contextlib
import os
import select
import time
from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import replace as with_changes
from pathlib import Path
from typing import Any

from autograder.grading.sandbox import Isolation, NoBackend, WorkerProcess
from autograder.grading.worker_clock import Used, WorkerClock
from autograder.judging.values import count_numbers, holds_numbers
from autograder.worker.frames import (
    Callback,
    FrameError,
    Handle,
    read_frame,
    write_frame,
)
from autograder.worker.host import (
    CLOCK_FACTOR,
    IMPORT_LIMIT,
    Failure,
    Outcome,
    clock_text,
    no_function,
    processor_text,
    waiting_text,
)
from autograder.worker.views import find_view

START_LIMIT = 30.0
# Seconds by which the worker's own timers end first, to report the line of an endless loop.
GRACE = 2.0
QUICK_LIMIT = IMPORT_LIMIT + 5.0
MOST_STARTS_LOST = 2
KEPT_OUTPUT = 16 << 10
MOST_OUTPUT = 8 << 20
MOST_BYTES_BACK = 64 << 20
# Limits for the arguments that the worker passes to a check's own function: bytes in one request,
# numbers in one call. The function runs in this process, and may keep its arguments.
MOST_BYTES_ASKED = 16 << 20
MOST_NUMBERS_ASKED = 10_000
# Seconds that all of a submission's code may use, in processor time and in waiting together.
SUBMISSION_LIMIT = 600.0
GENERATION = 1 << 40
READ_AT_ONCE = 1 << 20
READ_AHEAD = 1 << 16
# Shortest wait, in seconds, before the used time of a worker is read again.
SHORTEST_LOOK = 0.02
DEEPEST = 20
_GARBLED = (
    "the reply is not the result of a function; some code wrote into the grader's own connection"
)


class _WorkerEnded(Exception):
    """The worker ended; the message tells the learner why."""

    def __init__(self, sentence: str, kind: str = "worker") -> None:
        super().__init__(sentence)
        self.kind = kind


@dataclass
class Allowance:
    """The time budget of a whole submission; several backends may share it.

    Attributes:
        seconds: remaining processor time and waiting, together.
    """

    seconds: float = SUBMISSION_LIMIT


@dataclass(frozen=True)
class _Limit:
    """Three limits of a request: processor time, waiting and the clock; the first one ends it.

    Attributes:
        running, waiting: the values of `RemoteBackend.spent` at which the request ends.
        clock: the value of `time.monotonic` at which it ends.
        sentences: the message for each of the three.
    """

    running: float
    waiting: float
    clock: float
    sentences: tuple[str, str, str]

    def within(self, outer: "_Limit") -> "_Limit":
        """The earlier of two limits, for each of the three kinds."""
        pairs = zip(self._ends(), outer._ends(), self.sentences, outer.sentences, strict=True)
        chosen = [(a, x) if a <= b else (b, y) for a, b, x, y in pairs]
        (running, r), (waiting, w), (clock, c) = chosen
        return _Limit(running, waiting, clock, (r, w, c))

    def _ends(self) -> tuple[float, float, float]:
        return self.running, self.waiting, self.clock

    def passed(self, used: Used) -> str:
        """The message of a limit that is reached; "" if none is."""
        now = used.running, used.waiting, time.monotonic()
        over = zip(now, self._ends(), self.sentences, strict=True)
        return next((sentence for is_now, end, sentence in over if is_now >= end), "")


class RemoteBackend:
    """Calls a learner's functions in a worker, and starts a new worker when one has ended.

    Args:
        isolation: how workers are started.
        submission: a folder shaped like assignments/, of plain files.
        allowance: the time budget of the whole submission; None for trusted code.
    """

    def __init__(
        self,
        isolation: Isolation,
        submission: Path,
        allowance: Allowance | None = None,
    ) -> None:
        self.isolation = isolation
        self.submission = submission
        self.allowance = allowance
        self._clock: WorkerClock | None = None
        self._limit: _Limit | None = None
        self._used = Used()
        self.workers_started = 0
        self._worker: WorkerProcess | None = None
        self._callbacks: dict[int, Callable[..., Any]] = {}
        self._callbacks_made = 0
        self._loaded: set[str] = set()
        self._substitutes = 0
        self._depth = 0
        self._received = 0
        self._ahead = b""  # received, and not yet read
        self._spare = bytearray(READ_AHEAD)
        self._lost: dict[str, Outcome] = {}
        self._starts_lost = 0
        self._replaced: list[dict[str, Any]] = []
        self._answered_here: dict[tuple[str, str], tuple[Callable[..., Any], list[str]]] = {}
        self._printed = bytearray()
        self._output = 0

    def __enter__(self) -> "RemoteBackend":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def probe(self) -> str | None:
        """Start a worker; return None if it is ready, else the reason."""
        try:
            self._ready()
        except NoBackend as error:
            return str(error)
        return None

    def close(self) -> None:
        """End the worker."""
        if self._worker is not None:
            if self._clock is not None:
                self._used = self._now_used()
                self._clock.close()
                self._clock = None
            self._worker.kill()
            self._worker = None

    def spent(self) -> tuple[float, float]:
        """Seconds of processor time and of waiting, of all workers and their callbacks so far."""
        used = self._now_used()
        return used.running, used.waiting

    def _now_used(self) -> Used:
        if self._clock is None:
            return self._used
        self._clock.take_running()
        used = self._clock.used
        return Used(self._used.running + used.running, self._used.waiting + used.waiting)

    def take_printed(self) -> str:
        """The text that the learner's code printed since the last call of this method."""
        if self._worker is not None:
            try:
                self._drain()
            except _WorkerEnded:
                self.close()
        text = bytes(self._printed).decode(errors="replace")
        self._printed.clear()
        return text

    def find(self, module: str, name: str) -> Outcome:
        if module in self._lost:
            return self._lost[module]
        if self._worker is not None and self._answers_unasked():
            self.close()
        request = {"do": "find", "module": module, "name": name}
        outcome = self._ask(request, QUICK_LIMIT)
        if not _answers_find(outcome):
            # Code of another exercise may have ended the worker, or may still send replies: try
            # once more in a new worker.
            self.close()
            outcome = self._ask(request, QUICK_LIMIT)
        if outcome.failure is not None and outcome.failure.kind in ("timeout", "worker"):
            # Do not load it again for every check of every exercise in it: it would fail again.
            self._lost[module] = outcome
        return outcome

    def get(self, handle: Handle, name: str) -> Outcome:
        return self._ask({"do": "get", "handle": handle, "name": name}, QUICK_LIMIT)

    def look(self, handle: Handle) -> Outcome:
        """See `Host.look`; the structure of the reply is checked."""
        outcome = self._ask({"do": "look", "handle": handle}, QUICK_LIMIT)
        if outcome.failure is None and not _is_look(outcome.value):
            return Outcome(failure=Failure("worker", message=_GARBLED))
        return outcome

    def set(self, handle: Handle, name: str, value: Any) -> Outcome:
        return self._ask({"do": "set", "handle": handle, "name": name, "value": value}, QUICK_LIMIT)

    def replace(self, module: str, name: str, function: Callable[..., Any]) -> Outcome:
        request = {"do": "replace", "module": module, "name": name, "function": function}
        self._replaced.append(request)
        self.close()  # the next worker gets it at its start
        return Outcome()

    def leave_unwritten(self, module: str, name: str) -> None:
        """Make a missing name importable; calling it raises. See `Host.leave_unwritten`."""
        self._replaced.append({"do": "leave_unwritten", "module": module, "name": name})
        self.close()

    def answer_checks(
        self, module: str, name: str, function: Callable[..., Any], parameters: list[str]
    ) -> None:
        """Call `function`, in this process, if a check calls this name; the worker is not asked."""
        self._answered_here[module, name] = function, parameters

    def replace_methods(
        self, module: str, name: str, methods: dict[str, Callable[..., Any]]
    ) -> Outcome:
        request = {"do": "replace_methods", "module": module, "name": name, "methods": methods}
        self._replaced.append(request)
        self.close()
        return Outcome()

    def fill_empty(self, on: bool) -> Outcome:
        return self._ask({"do": "fill_empty", "on": on}, QUICK_LIMIT)

    def make_rng(self, seed: int) -> Outcome:
        return self._ask({"do": "make_rng", "seed": seed}, QUICK_LIMIT)

    def call(
        self, handle: Handle, args: list[Any], kwargs: dict[str, Any], time_limit: float
    ) -> Outcome:
        request = {"do": "call", "handle": handle, "args": args, "kwargs": kwargs}
        return self._ask({**request, "time_limit": time_limit}, time_limit + GRACE)

    def call_by_name(
        self, module: str, name: str, args: list[Any], kwargs: dict[str, Any], time_limit: float
    ) -> Outcome:
        here = self._answered_here.get((module, name))
        if here is not None:
            return Outcome(here[0](*args, **kwargs), parameters=here[1])
        if self._worker is None or module not in self._loaded or self._answers_unasked():
            found = self.find(module, name)
            if found.failure is not None:
                return found
            if not isinstance(found.value, Handle):
                return Outcome(failure=no_function(module, name))
            self._loaded.add(module)
            return self.call(found.value, args, kwargs, time_limit)
        request: dict[str, Any] = {
            "do": "call_by_name",
            "module": module,
            "name": name,
            "args": args,
        }
        request |= {"kwargs": kwargs, "time_limit": time_limit}
        return self._ask(request, time_limit + GRACE)

    def _answers_unasked(self) -> bool:
        """Whether the worker sent data without a request; its replies are then unusable."""
        assert self._worker is not None
        return bool(self._ahead or select.select([self._worker.replies], [], [], 0)[0])

    def _ask(self, request: dict[str, Any], limit: float) -> Outcome:
        before: set[int] = set()
        if self.allowance is not None and self.allowance.seconds <= 0:
            said = f"the whole submission may take {SUBMISSION_LIMIT:g} seconds"
            return Outcome(failure=Failure("budget", message=f"the time budget is used up: {said}"))
        started = sum(self.spent())
        try:
            self._ready()
            before = set(self._callbacks)
            outgoing = self._outgoing(request)
            return self._outcome(self._exchange(outgoing, limit))
        except _WorkerEnded as error:
            self.close()
            return Outcome(failure=Failure(error.kind, message=str(error)))
        finally:
            # The worker must not call a function that was passed to an earlier call.
            for id in set(self._callbacks) - before:
                del self._callbacks[id]
            if self.allowance is not None and self._depth == 0:
                self.allowance.seconds -= sum(self.spent()) - started

    def _ready(self) -> None:
        if self._worker is not None:
            return
        self._printed.clear()
        self._ahead = b""
        self._output = 0
        self._callbacks.clear()
        self._callbacks_made = self._substitutes = 0
        self._loaded.clear()
        outer = self._limit
        self._worker = self.isolation.launch(self.submission)
        self.workers_started += 1
        try:
            self._limit = _limit(self._used, START_LIMIT)
            if self._read() != {"ready": True}:
                raise _WorkerEnded("it did not say that it is ready")
        except _WorkerEnded as error:
            # No code of the learner has run yet, so this must not cost points.
            with contextlib.suppress(_WorkerEnded):
                self._drain()
            said = bytes(self._printed).decode(errors="replace").strip().splitlines()
            self.close()
            reason = said[-1][:200] if said else error
            raise NoBackend(f"a worker could not be started: {reason}") from None
        finally:
            self._limit = outer
        self._clock = WorkerClock(self._worker.process.pid)
        try:
            if self._starts_lost >= MOST_STARTS_LOST:
                raise _WorkerEnded("its files cannot be loaded")
            for request in self._replaced:
                self._exchange(self._outgoing(request), QUICK_LIMIT)
            self._substitutes = self._callbacks_made
        except _WorkerEnded:
            self._starts_lost += 1
            self.close()
            raise

    def _exchange(self, request: Any, limit: float) -> Any:
        """Send a request, answer its callbacks, and return the final reply.

        A request can be inside another one, if a substitute works on an object in the worker. It
        ends at the latest when the outer request would.
        """
        worker, outer = self._worker, self._limit
        own = _limit(self._now_used(), limit)
        self._limit = own if outer is None else own.within(outer)
        if outer is None:
            self._received = 0
        try:
            self._write(request)
            while True:
                reply = self._read()
                if not isinstance(reply, dict) or "callback" not in reply:
                    return reply
                answer = self._call_back(reply)
                if self._worker is not worker:
                    raise _WorkerEnded("its process ended while a part that it called was at work")
                self._write(answer)
        finally:
            self._limit = outer

    def _call_back(self, reply: dict[str, Any]) -> dict[str, Any]:
        match reply:
            case {"callback": int(id), "args": list(args), "kwargs": dict(kwargs)} if (
                id in self._callbacks
            ):
                pass
            case _:
                raise _WorkerEnded("it sent something that is not an answer")
        if id >= self._substitutes:
            # A check may keep the arguments of its function; in NumPy a byte may become 8 bytes.
            if self._received > MOST_BYTES_ASKED:
                raise _WorkerEnded(f"it called back with more than {MOST_BYTES_ASKED >> 20} MB")
            given = [*args, *kwargs.values()]
            if not all(map(holds_numbers, given)):
                error = "TypeError: only numbers and arrays can be given here"
                return {"value": None, "error": error}
            if count_numbers(given) > MOST_NUMBERS_ASKED:
                error = f"ValueError: no more than {MOST_NUMBERS_ASKED:,} numbers can be given here"
                return {"value": None, "error": error}
        if self._depth >= DEEPEST:
            return {"value": None, "error": f"RecursionError: parts call parts {DEEPEST} deep"}
        self._depth += 1
        started = time.process_time()
        try:
            given = self._incoming(args)
            named = {key: self._incoming(value) for key, value in kwargs.items()}
            value = self._callbacks[id](*given, **named)
            # Not for a substitute: it takes time, and no learner's code relies on a view of it.
            view = find_view(value, given) if id >= self._substitutes else None
            return {"value": self._outgoing(value), "error": "", "view": view}
        except Exception as error:
            # The learner's code chose the arguments, so it gets every error that they cause.
            return {"value": None, "error": f"{type(error).__name__}: {error}"[:500]}
        finally:
            self._depth -= 1
            if self._depth == 0:
                # Processor time of a callback counts as time of the learner's code.
                self._used.running += time.process_time() - started
            self._check_limit()

    def _outcome(self, reply: Any) -> Outcome:
        match reply:
            case {
                "value": value,
                "failure": failure,
                "parameters": list(parameters),
                "changed": str(changed),
            }:
                pass
            case _:
                raise _WorkerEnded("it sent something that is not an answer")
        names = [name[:40] for name in parameters[:20] if isinstance(name, str)]
        if failure is not None:
            return Outcome(failure=_checked_failure(failure), parameters=names)
        return Outcome(self._incoming(value), parameters=names, changed=changed[:40])

    def _outgoing(self, value: Any) -> Any:
        """Replace functions by Callbacks, and the ids in Handles by the worker's own ids."""
        if isinstance(value, Handle):
            if value.id // GENERATION != self.workers_started:
                raise _WorkerEnded("the process that held this object has ended")
            return with_changes(value, id=value.id % GENERATION)
        if isinstance(value, dict):
            return {key: self._outgoing(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return type(value)(self._outgoing(item) for item in value)
        if callable(value):
            self._callbacks[self._callbacks_made] = value
            self._callbacks_made += 1
            return Callback(self._callbacks_made - 1)
        return value

    def _incoming(self, value: Any) -> Any:
        """Add the worker's number to the ids in Handles: each new worker starts again at id 0."""
        if isinstance(value, Handle):
            if not 0 <= value.id < GENERATION:
                raise _WorkerEnded("it sent something that is not an answer")
            id = value.id + self.workers_started * GENERATION
            return Handle(id, value.type[:80])
        if isinstance(value, list | tuple):
            return type(value)(self._incoming(item) for item in value)
        return value

    def _write(self, message: Any) -> None:
        assert self._worker is not None
        try:
            write_frame(_PipeWriter(self), message)  # type: ignore[arg-type]
        except FrameError as error:
            raise _WorkerEnded(f"the arguments cannot be sent: {error}") from error
        except (BrokenPipeError, ConnectionError):
            raise _WorkerEnded(self._cause_of_end()) from None

    def _read(self) -> Any:
        def read_exactly(count: int) -> bytearray:
            # The buffer grows with the received bytes, not with the announced number.
            data = bytearray(min(count, READ_AT_ONCE))
            assert self._worker is not None
            done = min(count, len(self._ahead))
            data[:done], self._ahead = self._ahead[:done], self._ahead[done:]
            while done < count:
                if done == len(data):
                    data += bytes(min(count - done, READ_AT_ONCE))
                try:
                    with memoryview(data) as view:
                        # What does not fit into `data` is the next part of the frame: so a small
                        # frame takes one system call.
                        spare = [self._spare] if len(data) == count else []
                        got = os.readv(self._worker.replies, [view[done:], *spare])
                except BlockingIOError:
                    self._wait(self._worker.replies)
                    continue
                if not got:
                    raise _WorkerEnded(self._cause_of_end())
                self._received += got
                self._ahead = bytes(self._spare[: max(0, done + got - len(data))])
                done = min(done + got, len(data))
            return data

        try:
            return read_frame(read_exactly, MOST_BYTES_BACK)
        except FrameError as error:
            raise _WorkerEnded(f"{_GARBLED}: {error}") from error
        except (MemoryError, RecursionError, ValueError, OverflowError) as error:
            raise _WorkerEnded(_GARBLED) from error

    def _wait(self, read: int | None = None, write: int | None = None) -> None:
        """Wait until a pipe is ready; meanwhile read what the learner's code prints."""
        assert self._worker is not None
        if self._clock is not None:
            self._clock.begin()
        while True:
            left = self._check_limit()
            reading = [fd for fd in (read, self._worker.printed) if fd is not None and fd >= 0]
            ready, writable, _ = select.select(reading, [] if write is None else [write], [], left)
            if self._clock is not None:
                self._clock.tick()
            if self._worker.printed in ready:
                self._drain()
            if (read is not None and read in ready) or writable:
                return

    def _check_limit(self) -> float:
        """Seconds to wait before the next look; raises _WorkerEnded if a limit is reached."""
        assert self._limit is not None
        used = self._now_used()
        over = self._limit.passed(used)
        if over:
            raise _WorkerEnded(f"{over}, and did not stop", kind="timeout")
        left = min(
            self._limit.running - used.running,
            self._limit.waiting - used.waiting,
            self._limit.clock - time.monotonic(),
        )
        return max(left, SHORTEST_LOOK)

    def _drain(self) -> None:
        assert self._worker is not None
        if self._worker.printed < 0:
            return
        try:
            piece = os.read(self._worker.printed, 1 << 16)
        except BlockingIOError:
            return
        if not piece:
            self._worker.printed = -1
        self._output += len(piece)
        self._printed += piece[: max(0, KEPT_OUTPUT - len(self._printed))]
        if self._output > MOST_OUTPUT:
            raise _WorkerEnded(f"it printed more than {MOST_OUTPUT >> 20} MB")

    def _cause_of_end(self) -> str:
        assert self._worker is not None
        try:
            status = self._worker.process.wait(timeout=1.0)
        except Exception:
            return "it closed the connection to the grader"
        if status in (-9, 137):
            return "its process was killed: it used more processor time or memory than allowed"
        if status in (-11, 139):
            return "its process crashed (a segmentation fault)"
        if status in (-25, 153):
            return "its process was ended: it wrote a file larger than allowed"
        if status in (-24, 152):
            return "its process was ended: it used more processor time than allowed"
        return f"its process ended by itself (exit status {status})"


class _PipeWriter:
    """Writes to a pipe; while it is full, waits, but no longer than the limit."""

    def __init__(self, backend: RemoteBackend) -> None:
        self.backend = backend

    def write(self, data: Any) -> int:
        worker = self.backend._worker
        assert worker is not None
        view = memoryview(data).cast("B") if len(data) else memoryview(b"")
        done = 0
        while done < len(view):
            try:
                done += os.write(worker.requests.fileno(), view[done : done + (1 << 20)])
            except BlockingIOError:
                self.backend._wait(write=worker.requests.fileno())
        return done

    def flush(self) -> None:
        pass


def _limit(used: Used, seconds: float) -> _Limit:
    """The limit of a request that begins now and may take `seconds`."""
    allowed = max(seconds - GRACE, 0.1)
    wide = seconds * CLOCK_FACTOR
    return _Limit(
        used.running + seconds,
        used.waiting + seconds,
        time.monotonic() + wide,
        (processor_text(allowed), waiting_text(allowed), clock_text(wide)),
    )


def _is_look(value: Any) -> bool:
    """Whether a value is a list of (object, [(name, value), ...])."""
    if not isinstance(value, list):
        return False
    for pair in value:
        match pair:
            case (Handle(), list(attributes)):
                for attribute in attributes:
                    match attribute:
                        case (str(), _):
                            continue
                        case _:
                            return False
            case _:
                return False
    return True


def _answers_find(outcome: Outcome) -> bool:
    if outcome.failure is not None:
        return outcome.failure.kind in ("import", "missing", "timeout")
    return isinstance(outcome.value, Handle)


def _checked_failure(failure: Any) -> Failure:
    match failure:
        case {
            "kind": "exception" | "timeout" | "import" | "missing" as kind,
            "type": str(type_name),
            "message": str(message),
            "trace": list(trace),
            "function": str(function),
        }:
            pass
        case _:
            raise _WorkerEnded("it sent something that is not an answer")
    steps = []
    for step in trace[:12]:
        match step:
            case {
                "file": str(f),
                "line": int(n),
                "function": str(name),
                "source": str(source),
                "values": str(values),
            } if 0 <= n < 1_000_000:
                steps.append({"file": f[:200], "line": n, "function": name[:100]})
                steps[-1] |= {"source": source[:200], "values": values[:200]}
            case _:
                raise _WorkerEnded("it sent something that is not an answer")
    return Failure(kind, type_name[:100], message[:2000], steps, function[:100])
