"""The grader's end of the pipe: a Backend whose learner's code runs in a worker.

Everything that comes back is data of unknown intent. It is parsed by `frames`, checked here
for its form, and never believed beyond being a value to compare.
"""

import os
import select
import time
from collections.abc import Callable
from dataclasses import replace as with_changes
from pathlib import Path
from typing import Any

from autograder.grading.sandbox import Isolation, SandboxError, WorkerProcess
from autograder.judging.values import holds_numbers
from autograder.worker.frames import (
    Callback,
    FrameError,
    Handle,
    read_frame,
    write_frame,
)
from autograder.worker.host import IMPORT_LIMIT, Failure, Outcome

START_LIMIT = 30.0
# The worker raises its own alarm first, so that an honest loop is told the line it was in.
GRACE = 2.0
QUICK_LIMIT = IMPORT_LIMIT + 5.0
MOST_STARTS_LOST = 2
KEPT_OUTPUT = 16 << 10
MOST_OUTPUT = 8 << 20
MOST_BYTES_BACK = 64 << 20
GENERATION = 1 << 40
DEEPEST = 20
_GARBLED = (
    "what came back is nothing that a function returns; something wrote into the grader's own "
    "connection"
)


class _WorkerEnded(Exception):
    """The worker is no more; the sentence says why, to the learner."""

    def __init__(self, sentence: str, kind: str = "worker") -> None:
        super().__init__(sentence)
        self.kind = kind


class RemoteBackend:
    """Calls a learner's functions in a worker process, and starts a new one when it ends.

    Args:
        isolation: how workers are started.
        submission: a folder shaped like assignments/, of plain files.
    """

    def __init__(self, isolation: Isolation, submission: Path) -> None:
        self.isolation = isolation
        self.submission = submission
        self.workers_started = 0
        self._worker: WorkerProcess | None = None
        self._callbacks: dict[int, Callable[..., Any]] = {}
        self._callbacks_made = 0
        self._substitutes = 0
        self._depth = 0
        self._received = 0
        self._lost: dict[str, Outcome] = {}
        self._starts_lost = 0
        self._replaced: list[dict[str, Any]] = []
        self._printed = bytearray()
        self._output = 0

    def __enter__(self) -> "RemoteBackend":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def probe(self) -> str | None:
        """Start a worker; None if it is ready, else what went wrong."""
        try:
            self._ready()
        except SandboxError as error:
            return str(error)
        return None

    def close(self) -> None:
        """End the worker."""
        if self._worker is not None:
            self._worker.kill()
            self._worker = None

    def take_printed(self) -> str:
        """What the learner's code printed since the last call of this."""
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
        if self._worker is not None and select.select([self._worker.replies], [], [], 0)[0]:
            # It answers what nobody asked; the next exercise shall not read that as its own.
            self.close()
        request = {"do": "find", "module": module, "name": name}
        outcome = self._ask(request, QUICK_LIMIT)
        if not _answers_find(outcome):
            # What another exercise left behind may have ended it, or still be answering: once
            # more, in a clean one.
            self.close()
            outcome = self._ask(request, QUICK_LIMIT)
        if outcome.failure is not None and outcome.failure.kind in ("timeout", "worker"):
            # Loading it again, for every check of every exercise in it, would end no better.
            self._lost[module] = outcome
        return outcome

    def get(self, handle: Handle, name: str) -> Outcome:
        return self._ask({"do": "get", "handle": handle, "name": name}, QUICK_LIMIT)

    def set(self, handle: Handle, name: str, value: Any) -> Outcome:
        return self._ask({"do": "set", "handle": handle, "name": name, "value": value}, QUICK_LIMIT)

    def replace(self, module: str, name: str, function: Callable[..., Any]) -> Outcome:
        request = {"do": "replace", "module": module, "name": name, "function": function}
        self._replaced.append(request)
        self.close()  # the next worker starts with it
        return Outcome()

    def replace_methods(
        self, module: str, name: str, methods: dict[str, Callable[..., Any]]
    ) -> Outcome:
        request = {"do": "replace_methods", "module": module, "name": name, "methods": methods}
        self._replaced.append(request)
        self.close()
        return Outcome()

    def make_rng(self, seed: int) -> Outcome:
        return self._ask({"do": "make_rng", "seed": seed}, QUICK_LIMIT)

    def call(
        self, handle: Handle, args: list[Any], kwargs: dict[str, Any], time_limit: float
    ) -> Outcome:
        request = {"do": "call", "handle": handle, "args": args, "kwargs": kwargs}
        return self._ask({**request, "time_limit": time_limit}, time_limit + GRACE)

    def _ask(self, request: dict[str, Any], limit: float) -> Outcome:
        before: set[int] = set()
        try:
            self._ready()
            before = set(self._callbacks)
            outgoing = self._outgoing(request)
            return self._outcome(self._exchange(outgoing, limit))
        except _WorkerEnded as error:
            self.close()
            return Outcome(failure=Failure(error.kind, message=str(error)))
        finally:
            # A function that was handed over for one call must not be asked in another.
            for id in set(self._callbacks) - before:
                del self._callbacks[id]

    def _ready(self) -> None:
        if self._worker is not None:
            return
        self._printed.clear()
        self._output = 0
        self._callbacks.clear()
        self._callbacks_made = self._substitutes = 0
        self._worker = self.isolation.launch(self.submission)
        self.workers_started += 1
        try:
            if self._read(time.monotonic() + START_LIMIT) != {"ready": True}:
                raise _WorkerEnded("it did not say that it is ready")
        except _WorkerEnded as error:
            # None of the learner's code has run yet, so this must not cost them a point.
            said = bytes(self._printed).decode(errors="replace").strip().splitlines()
            self.close()
            reason = said[-1][:200] if said else error
            raise SandboxError(f"a worker could not be started: {reason}") from None
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
        """Send a request, answer callbacks, and give what comes back in the end."""
        deadline = time.monotonic() + limit
        worker = self._worker
        self._write(request, deadline)
        self._received = 0
        while True:
            reply = self._read(deadline)
            if not isinstance(reply, dict) or "callback" not in reply:
                return reply
            answer = self._call_back(reply)
            if self._worker is not worker:
                raise _WorkerEnded("its process ended while a part that it called was at work")
            self._write(answer, deadline)

    def _call_back(self, reply: dict[str, Any]) -> dict[str, Any]:
        match reply:
            case {"callback": int(id), "args": list(args), "kwargs": dict(kwargs)} if (
                id in self._callbacks
            ):
                pass
            case _:
                raise _WorkerEnded("it sent something that is no answer")
        if id >= self._substitutes:
            # A check may keep what its function was asked for; NumPy may make 8 bytes of each.
            if self._received > MOST_BYTES_BACK:
                raise _WorkerEnded(f"it called back with more than {MOST_BYTES_BACK >> 20} MB")
            if not all(holds_numbers(value) for value in (*args, *kwargs.values())):
                error = "TypeError: only numbers and arrays can be given here"
                return {"value": None, "error": error}
        if self._depth >= DEEPEST:
            return {"value": None, "error": f"RecursionError: parts call parts {DEEPEST} deep"}
        self._depth += 1
        try:
            given = self._incoming(args)
            named = {key: self._incoming(value) for key, value in kwargs.items()}
            return {"value": self._outgoing(self._callbacks[id](*given, **named)), "error": ""}
        except Exception as error:
            # The arguments are the learner's: whatever they break is theirs to hear of.
            return {"value": None, "error": f"{type(error).__name__}: {error}"[:500]}
        finally:
            self._depth -= 1

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
                raise _WorkerEnded("it sent something that is no answer")
        names = [name[:40] for name in parameters[:20] if isinstance(name, str)]
        if failure is not None:
            return Outcome(failure=_checked_failure(failure), parameters=names)
        return Outcome(self._incoming(value), parameters=names, changed=changed[:40])

    def _outgoing(self, value: Any) -> Any:
        """Put Callbacks in the place of functions, and the worker's own numbers in Handles."""
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
        """Mark Handles with the worker that they belong to: ids begin anew in the next one."""
        if isinstance(value, Handle):
            if not 0 <= value.id < GENERATION:
                raise _WorkerEnded("it sent something that is no answer")
            id = value.id + self.workers_started * GENERATION
            return Handle(id, value.type[:80])
        if isinstance(value, list | tuple):
            return type(value)(self._incoming(item) for item in value)
        return value

    def _write(self, message: Any, deadline: float) -> None:
        assert self._worker is not None
        try:
            write_frame(_PipeWriter(self, deadline), message)  # type: ignore[arg-type]
        except FrameError as error:
            raise _WorkerEnded(f"the arguments cannot be sent: {error}") from error
        except (BrokenPipeError, ConnectionError):
            raise _WorkerEnded(self._cause_of_end()) from None

    def _read(self, deadline: float) -> Any:
        def read_exactly(count: int) -> bytearray:
            # Grows with what arrives, not with what is announced.
            data = bytearray()
            assert self._worker is not None
            while len(data) < count:
                self._wait(deadline, self._worker.replies)
                try:
                    piece = os.read(self._worker.replies, min(count - len(data), 1 << 20))
                except BlockingIOError:
                    continue
                if not piece:
                    raise _WorkerEnded(self._cause_of_end())
                data += piece
                self._received += len(piece)
            return data

        try:
            return read_frame(read_exactly, MOST_BYTES_BACK)
        except FrameError as error:
            raise _WorkerEnded(f"{_GARBLED}: {error}") from error
        except (MemoryError, RecursionError, ValueError, OverflowError) as error:
            raise _WorkerEnded(_GARBLED) from error

    def _wait(self, deadline: float, read: int | None = None, write: int | None = None) -> None:
        """Wait until a pipe is ready, taking in what the learner's code prints meanwhile."""
        assert self._worker is not None
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                raise _WorkerEnded("its time limit, and did not stop", kind="timeout")
            reading = [fd for fd in (read, self._worker.printed) if fd is not None and fd >= 0]
            ready, writable, _ = select.select(reading, [] if write is None else [write], [], left)
            if self._worker.printed in ready:
                self._drain()
            if (read is not None and read in ready) or writable:
                return

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
    """Writes to a pipe that may be full, for as long as the deadline allows."""

    def __init__(self, backend: RemoteBackend, deadline: float) -> None:
        self.backend = backend
        self.deadline = deadline

    def write(self, data: Any) -> int:
        worker = self.backend._worker
        assert worker is not None
        view = memoryview(data).cast("B") if len(data) else memoryview(b"")
        done = 0
        while done < len(view):
            self.backend._wait(self.deadline, write=worker.requests.fileno())
            try:
                done += os.write(worker.requests.fileno(), view[done : done + (1 << 20)])
            except BlockingIOError:
                continue
        return done

    def flush(self) -> None:
        pass


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
            raise _WorkerEnded("it sent something that is no answer")
    steps = []
    for step in trace[:12]:
        match step:
            case {
                "file": str(f),
                "line": int(n),
                "function": str(name),
                "source": str(source),
            } if 0 <= n < 1_000_000:
                steps.append({"file": f[:200], "line": n, "function": name[:100]})
                steps[-1]["source"] = source[:200]
            case _:
                raise _WorkerEnded("it sent something that is no answer")
    return Failure(kind, type_name[:100], message[:2000], steps, function[:100])
