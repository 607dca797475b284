"""Checks a learner's own folder in this process, for `make check` and the notebooks."""

import contextlib
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from autograder.catalogue import Course, Exercise, load
from autograder.judging.decide import decide
from autograder.judging.intake import require_submission
from autograder.judging.judge import run_checks
from autograder.judging.results import Results
from autograder.judging.verdict import ExerciseVerdict, Verdict
from autograder.worker.host import Host
from autograder.worker.placeholders import installed

IN_PROCESS = "in this process"


class Listener(Protocol):
    """An object that is told about each exercise while the checks run."""

    def start(self, exercise: str) -> None:
        """Called before the first check of an exercise."""

    def done(self, verdict: ExerciseVerdict) -> None:
        """Called with an exercise's verdict as soon as it is known, and again at the end.

        Before the end, the verdict names no known mistake yet.
        """


class Stopped(KeyboardInterrupt):
    """Raised when Ctrl-C interrupts the checks.

    Attributes:
        verdict: the verdict on the exercises that were finished.
        running: the exercise that was being checked; "" if none was.
        place: the learner's line that was running, "file:line"; "" if none was.
    """

    def __init__(self, verdict: Verdict, running: str, place: str) -> None:
        super().__init__()
        self.verdict, self.running, self.place = verdict, running, place


def check_folder(
    path: Path, exercises: tuple[Exercise, ...], listener: Listener | None = None
) -> Verdict:
    """Run the public checks over a folder shaped like assignments/.

    Args:
        path: the folder.
        exercises: the exercises to check.
        listener: told about each exercise, in course order, while the others still run.

    Raises:
        Stopped: if Ctrl-C is pressed while the checks run.
        UserError: if `path` holds no assignment.
        ChecksError: if the checks themselves cannot run.
    """
    course = load()
    require_submission(path, course)
    exercises = course.present(exercises, path) or exercises
    run = _Run(course, exercises, path, listener)
    try:
        modules = {name for e in course.exercises for name in (e.assignment, e.module)}
        with _fresh_modules(course), installed(path, modules):
            return run()
    except KeyboardInterrupt as error:
        place = _running_line(error, path)
        raise Stopped(Verdict(str(path), IN_PROCESS, run.known()), run.running, place) from None


class _Run:
    """One run of the checks over a folder."""

    def __init__(
        self,
        course: Course,
        exercises: tuple[Exercise, ...],
        path: Path,
        listener: Listener | None,
    ) -> None:
        self.course, self.exercises, self.path = course, exercises, path
        self.listener = listener
        self.results: dict[str, Results] = {}
        self.running = ""

    def __call__(self) -> Verdict:
        course, exercises, path = self.course, self.exercises, self.path
        host = Host(path.resolve())
        results = run_checks(
            host, course, self.handed_in(exercises), on_start=self.start, on_done=self.done
        )
        verdicts = decide(course, exercises, results, path)
        # A failure may come from an exercise that is called but was not selected: check those too.
        failed = [course.exercise(v.exercise) for v in verdicts if v.status == "failed"]
        needed = {need for exercise in failed for need in course.all_needs(exercise)}
        parts = tuple(e for e in course.exercises if e in needed and e not in exercises)
        if parts:
            results.update(run_checks(host, course, self.handed_in(parts)))
            known = tuple(e for e in course.exercises if e in needed or e in exercises)
            verdicts = decide(course, known, results, path)
        asked_for = {exercise.name for exercise in exercises}
        verdicts = [v for v in verdicts if v.exercise in asked_for]
        if self.listener is not None:
            for verdict in verdicts:
                self.listener.done(verdict)
        return Verdict(str(path), IN_PROCESS, verdicts)

    def handed_in(self, exercises: tuple[Exercise, ...]) -> tuple[Exercise, ...]:
        return tuple(e for e in exercises if (self.path / e.assignment).is_dir())

    def start(self, exercise: str) -> None:
        self.running = exercise
        if self.listener is not None:
            self.listener.start(exercise)

    def done(self, exercise: str, results: Results) -> None:
        self.running, self.results[exercise] = "", results
        if self.listener is None:
            return
        for verdict in self.known():
            unasked = set(self.course.exercise(verdict.exercise).needs) - set(self.results)
            if verdict.status == "failed" and unasked:
                return  # an exercise that it calls, checked later, may be the cause
            self.listener.done(verdict)

    def known(self) -> list[ExerciseVerdict]:
        """The verdicts so far, in course order."""
        done = [k for k, e in enumerate(self.exercises) if e.name in self.results]
        until = self.exercises[: done[-1] + 1] if done else ()
        return decide(self.course, until, self.results, self.path)


def _running_line(error: BaseException, path: Path) -> str:
    """The innermost line of the learner's code in a traceback, "file:line"; "" for none."""
    found = ""
    top = path.resolve()
    for frame, line in traceback.walk_tb(error.__traceback__):
        with contextlib.suppress(OSError, ValueError):
            file = Path(frame.f_code.co_filename).resolve()
            if file.is_relative_to(top):
                found = f"{path / file.relative_to(top)}:{line}"
    return found


@contextlib.contextmanager
def _fresh_modules(course: Course) -> Iterator[None]:
    """Forget the learner's modules before and after, so that each check reads the saved files."""
    names = {assignment.name for assignment in course.assignments}

    def forget() -> dict[str, object]:
        found = [name for name in sys.modules if name.split(".")[0] in names]
        return {name: sys.modules.pop(name) for name in found}

    kept = forget()
    try:
        yield
    finally:
        forget()
        sys.modules.update(kept)  # type: ignore[arg-type]


def where_to_write(path: Path, exercise: Exercise) -> str:
    """The place of an exercise in a learner's folder, "file:line", which terminals can open."""
    from autograder.judging.stubs import stub_line

    file = path / exercise.path
    line = stub_line(file, exercise.name) if file.is_file() else None
    return f"{file}:{line}" if line else str(file)
