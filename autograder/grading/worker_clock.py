"""Measures the processor time and the waiting time of a worker from outside.

The kernel gives the numbers, never the worker: the learner's code shares the worker's process and
could report any number. Time in which the worker was ready to run, but other processes had the
processor, counts as neither of the two, so a busy machine changes no verdict.
"""

import contextlib
import os
import time
from dataclasses import dataclass

NANOSECONDS = 1e-9


@dataclass
class Used:
    """Seconds since the clock was made.

    Attributes:
        running: processor time, of all its threads, in user code and in the kernel.
        waiting: time in which it was asleep during a request.
    """

    running: float = 0.0
    waiting: float = 0.0


class WorkerClock:
    """The clock of one worker.

    On systems other than Linux, a process cannot read the processor time of another one; there,
    all time by the clock counts as running.

    Args:
        process: the process id that was started; the worker is that process, or the last in
            its chain of child processes.
    """

    def __init__(self, process: int) -> None:
        self.used = Used()
        worker = _last_child(process)
        # The kernel's clock id for the processor time of that process, see clock_getcpuclockid(3).
        self._cpu_clock = (~worker << 3) | 2
        self._schedule = _open(f"/proc/{worker}/schedstat")
        self._own_schedule = _open("/proc/self/schedstat")
        self._known = self._processor_time() is not None
        self._running = self._processor_time() or 0.0
        self._last = self._reading()

    def close(self) -> None:
        """Close the files."""
        for descriptor in (self._schedule, self._own_schedule):
            if descriptor >= 0:
                os.close(descriptor)
        self._schedule = self._own_schedule = -1

    def begin(self) -> None:
        """Mark the start of a request: time before it does not count as waiting."""
        self.take_running()
        self._last = self._reading()

    def tick(self) -> Used:
        """Add the time since `begin` or the last `tick`, all in one request; return the total."""
        before = self.used.running
        self.take_running()
        now = self._reading()
        passed, excused = (b - a for a, b in zip(self._last, now, strict=True))
        self._last = now
        if self._known:
            ran = self.used.running - before
            self.used.waiting += max(0.0, passed - excused - ran)
        else:
            self.used.running += passed
        return self.used

    def take_running(self) -> None:
        """Add the processor time since the last reading."""
        now = self._processor_time()
        if now is not None:
            self.used.running += now - self._running
            self._running = now

    def _processor_time(self) -> float | None:
        try:
            return time.clock_gettime(self._cpu_clock)
        except (AttributeError, OSError, OverflowError, ValueError):
            return None  # it has ended, or this is no Linux

    def _reading(self) -> tuple[float, float]:
        """The clock, and how long the worker and this process were ready but did not run."""
        return time.monotonic(), _delayed(self._schedule) + _delayed(self._own_schedule)


def _delayed(descriptor: int) -> float:
    """Seconds in which a process was ready to run but did not run."""
    if descriptor < 0:
        return 0.0
    with contextlib.suppress(OSError, ValueError, IndexError):
        return int(os.pread(descriptor, 100, 0).split()[1]) * NANOSECONDS
    return 0.0


def _open(path: str) -> int:
    try:
        return os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return -1


def _last_child(process: int) -> int:
    """The last in a chain of child processes: in bubblewrap the worker is a grandchild."""
    while True:
        try:
            with open(f"/proc/{process}/task/{process}/children", encoding="ascii") as file:
                children = file.read().split()
        except OSError:
            return process
        if not children:
            return process
        process = int(children[0])
