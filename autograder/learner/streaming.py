"""Prints each exercise's line as soon as it is known, while the other checks still run."""

import contextlib
import os
import sys
import threading
import time
from collections.abc import Iterator
from typing import IO

from rich.console import Console
from rich.text import Text

from autograder.catalogue import Assignment, Course, Exercise
from autograder.judging.verdict import ExerciseVerdict
from autograder.learner.terminal import show_heading, show_line, show_subtotal

SLOW = "takes up to 2 minutes"


class Stream:
    """Prints the lines of one run of the checks, in course order.

    Args:
        course: the catalogue.
        exercises: those that are checked.
    """

    def __init__(self, course: Course, exercises: tuple[Exercise, ...]) -> None:
        self.course = course
        self.waiting = [exercise.name for exercise in exercises]
        self.assignment: Assignment | None = None
        self.printed: list[ExerciseVerdict] = []
        # While the checks run, pytest captures standard output, so write to a copy of it.
        self.file = _copy_of_standard_output()
        self.console = Console(file=self.file, highlight=False)
        self.clock: _Clock | None = None

    def start(self, exercise: str) -> None:
        """If the exercise is slow, show that it is being checked."""
        if self.course.exercise(exercise).slow and not self.clock:
            self._heading(self.course.exercise(exercise).assignment)
            self.clock = _Clock(self.console, exercise)

    def done(self, verdict: ExerciseVerdict) -> None:
        """Print the line of an exercise, only the first time."""
        if verdict.exercise not in self.waiting:
            return
        self.stop_clock()
        self.waiting.remove(verdict.exercise)
        self._heading(verdict.assignment)
        show_line(self.console, verdict)
        self.printed.append(verdict)
        self.file.flush()

    def end(self) -> None:
        """Print the last assignment's subtotal and close the stream."""
        self.stop_clock()
        if self.assignment is not None:
            if not {e.name for e in self.assignment.exercises} & set(self.waiting):
                show_subtotal(self.console, self.assignment, self.printed)
            self.console.print()
        self.assignment = None
        self.file.flush()
        if self.file is not sys.stdout:
            self.file.close()

    def stop_clock(self) -> None:
        """Remove the line of the running exercise."""
        if self.clock is not None:
            self.clock.stop()
            self.clock = None

    def _heading(self, name: str) -> None:
        if self.assignment is not None and self.assignment.name == name:
            return
        if self.assignment is not None:
            show_subtotal(self.console, self.assignment, self.printed)
        self.assignment = self.course.assignment(name)
        show_heading(self.console, self.assignment)
        self.file.flush()


class _Clock:
    """After a second, shows which exercise is running and, on a terminal, for how long."""

    def __init__(self, console: Console, exercise: str) -> None:
        self.console, self.exercise = console, exercise
        self.stopped = threading.Event()
        self.written = False
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self) -> None:
        began = time.monotonic()
        said = f"  {self.exercise} {SLOW}"
        while not self.stopped.wait(1):
            if self.console.is_terminal and not _debugger_is_open():
                self.console.file.write(f"\r{said}: {time.monotonic() - began:.0f} s ")
            elif not self.console.is_terminal and not self.written:
                self.console.print(Text(f"{said} ...", "dim"))
            self.written = True
            self.console.file.flush()

    def stop(self) -> None:
        self.stopped.set()
        self.thread.join()
        if self.written and self.console.is_terminal:
            self.console.file.write("\r" + " " * (self.console.width - 1) + "\r")


def _debugger_is_open() -> bool:
    """Whether a debugger is open; the clock must not overwrite its prompt."""
    main = threading.main_thread().ident
    frame = sys._current_frames().get(main) if main is not None else None
    while frame is not None:
        if frame.f_globals.get("__name__") in ("pdb", "bdb", "cmd"):
            return True
        frame = frame.f_back
    return False


def _copy_of_standard_output() -> IO[str]:
    """A new stream to the target of standard output; sys.stdout if that has no descriptor."""
    out = sys.stdout
    with contextlib.suppress(OSError, ValueError, AttributeError):
        out.flush()
        return open(os.dup(out.fileno()), "w", encoding=out.encoding, errors=out.errors)
    return out


@contextlib.contextmanager
def streaming(course: Course, exercises: tuple[Exercise, ...]) -> Iterator[Stream]:
    """A Stream that is ended even if an exception is raised."""
    stream = Stream(course, exercises)
    try:
        yield stream
    finally:
        stream.end()
