"""Checks a learner's own folder in this process: what `make check` and the notebooks run."""

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path

from autograder.catalogue import Course, Exercise, load
from autograder.judging.intake import require_submission
from autograder.judging.judge import decide, run_checks
from autograder.judging.verdict import Verdict
from autograder.worker.host import Host

IN_PROCESS = "in this process"


def check_folder(path: Path, exercises: tuple[Exercise, ...]) -> Verdict:
    """Run the public checks over a folder shaped like assignments/.

    Args:
        path: the folder.
        exercises: which to check.

    Raises:
        NoSubmission: if `path` holds no assignment.
        ChecksError: if the checks themselves cannot run.
    """
    course = load()
    require_submission(path, course)
    exercises = course.present(exercises, path) or exercises
    with _fresh_modules(course):
        host = Host(path.resolve())
        results = run_checks(host, course, _handed_in(exercises, path))
        verdicts = decide(course, exercises, results, path)
        # Is it this exercise's fault, or that of a part it calls and nobody asked about?
        failed = [course.exercise(v.exercise) for v in verdicts if v.status == "failed"]
        needed = {need for exercise in failed for need in course.all_needs(exercise)}
        parts = tuple(e for e in course.exercises if e in needed and e not in exercises)
        if parts:
            results.update(run_checks(host, course, _handed_in(parts, path)))
            known = tuple(e for e in course.exercises if e in needed or e in exercises)
            verdicts = decide(course, known, results, path)
    asked_for = {exercise.name for exercise in exercises}
    return Verdict(str(path), IN_PROCESS, [v for v in verdicts if v.exercise in asked_for])


def _handed_in(exercises: tuple[Exercise, ...], path: Path) -> tuple[Exercise, ...]:
    return tuple(e for e in exercises if (path / e.assignment).is_dir())


@contextlib.contextmanager
def _fresh_modules(course: Course) -> Iterator[None]:
    """Forget the learner's modules before and after, so that each check reads what is saved."""
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
    """The file and line of an exercise in a learner's folder, to click on."""
    from autograder.judging.stubs import stub_line

    file = path / exercise.path
    line = stub_line(file, exercise.name) if file.is_file() else None
    return f"{file}:{line}" if line else str(file)
