"""Grades a submission: public and hidden checks over a sandboxed worker."""

import contextlib
import os
import secrets
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import FunctionType
from typing import Any

from autograder.catalogue import PACKAGE, Exercise, load
from autograder.intake import take_in
from autograder.judge import Results, decide, run_checks
from autograder.learner import TIME_LIMIT
from autograder.reference import load_reference, solutions_folder
from autograder.remote import RemoteBackend
from autograder.sandbox import Isolation, find_isolation
from autograder.verdict import ExerciseVerdict, Verdict
from autograder.verdict_store import Store, VerdictStore, key_of

SECRET_FILE = ".course_secret"
STORE_FOLDER = ".graded"


def grade_folder(
    path: Path,
    *,
    assignment: str | None = None,
    exercise: str | None = None,
    allow_unsandboxed: bool = False,
    store: Store | None = None,
) -> Verdict:
    """Grade a folder shaped like assignments/.

    Args:
        path: the submission, untrusted.
        assignment, exercise: what to grade; all, if neither is given.
        allow_unsandboxed: grade without walls where there are none, and say so.
        store: what was judged before, and where to keep what is judged now; by default the
            course's own.

    Raises:
        NoSubmission: if `path` holds no assignment.
        SandboxError: if no worker can be walled in and that is not allowed.
        ChecksError: if the checks themselves cannot run.
    """
    course = load()
    exercises = course.select(exercise, assignment)
    isolation = find_isolation(allow_unsandboxed=allow_unsandboxed)
    with tempfile.TemporaryDirectory(prefix="submission-") as folder:
        intake = take_in(path, course, Path(folder))
        grading = _Grading(intake.folder, isolation, store or course_store())
        verdicts = decide(course, exercises, grading.results(exercises))
        passed = {v.exercise for v in verdicts if v.status == "passed"}
        verdicts = [grading.carry_forward(verdict, passed) for verdict in verdicts]
    return Verdict(str(path), isolation.name, verdicts, intake.left_out)


class _Grading:
    """One submission being graded.

    Args:
        submission: what was taken in.
        isolation: how to start workers.
        store: results that are known, and where to put new ones.
    """

    def __init__(self, submission: Path, isolation: Isolation, store: Store) -> None:
        self.submission = submission
        self.isolation = isolation
        self.store = store

    def results(
        self, exercises: tuple[Exercise, ...], parts: tuple[Exercise, ...] = ()
    ) -> dict[str, Results]:
        """The results of these exercises, the reference standing in for `parts`.

        All that is not in the store is run in one worker.
        """
        course, secret, reference = load(), course_secret(), load_reference()
        replaced = tuple(part.name for part in parts)
        keys = {
            e.name: key_of(e, course, self.submission, secret, self.isolation.name, replaced)
            for e in exercises
        }
        known = {name: self.store.get(key) for name, key in keys.items()}
        missing = tuple(e for e in exercises if known.get(e.name) is None)
        if missing:
            with (
                RemoteBackend(self.isolation, self.submission) as backend,
                RemoteBackend(self.isolation, solutions_folder()) as apart,
            ):
                for part in parts:
                    backend.replace(part.module, part.name, _asked_for(part, apart))
                new = run_checks(backend, course, missing, reference=reference, secret=secret)
            for name, results in new.items():
                self.store.put(keys[name], results)
            known.update(new)
        return {name: results for name, results in known.items() if results is not None}

    def carry_forward(self, verdict: ExerciseVerdict, passed: set[str]) -> ExerciseVerdict:
        """Judge once more with the reference's parts under it, so that one mistake costs once.

        Only functions can be stood in for: classes (the layers of a4) stay the learner's.
        """
        course, reference = load(), load_reference()
        exercise = course.exercise(verdict.exercise)
        parts = tuple(
            part
            for part in course.all_needs(exercise)
            if part.name not in passed
            and isinstance(getattr(reference, part.name, None), FunctionType)
        )
        if not parts or verdict.status in ("passed", "todo"):
            return verdict
        (again,) = decide(course, (exercise,), self.results((exercise,), parts))
        if again.score <= verdict.score:
            return verdict
        names = ", ".join(part.name for part in parts)
        note = f"Judged with the reference's {names} in the place of yours."
        again.message = f"{again.message} {note}".strip()
        return again


def _asked_for(part: Exercise, apart: RemoteBackend) -> Callable[..., Any]:
    """The reference's function, for the learner's worker to ask for its values over the pipe.

    It runs in a worker of its own, since the learner's code chooses what it is asked for: one
    picture padded by a million would fill the grader's memory.
    """

    def value_of(*args: Any, **kwargs: Any) -> Any:
        outcome = apart.find(part.module, part.name)
        if outcome.failure is None:
            outcome = apart.call(outcome.value, list(args), kwargs, TIME_LIMIT)
        if outcome.failure is not None:
            raise ValueError(outcome.failure.message)
        return outcome.value

    return value_of


def course_store() -> VerdictStore:
    """The store of this course."""
    return VerdictStore(course_folder() / STORE_FOLDER)


@cache
def course_secret() -> str:
    """The text that all hidden random numbers grow from; made on first use, and kept.

    It stands in the variable AUTOGRADER_SECRET, or in the file .course_secret at the top of
    the course: with the same secret, a regrade repeats exactly.
    """
    given = os.environ.get("AUTOGRADER_SECRET")
    if given:
        return given
    file = course_folder() / SECRET_FILE
    try:
        return file.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        pass
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor, own = tempfile.mkstemp(dir=file.parent, prefix=SECRET_FILE)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(secrets.token_hex(16) + "\n")
    # Of several graders that start together one chooses it, and none reads half of it.
    with contextlib.suppress(FileExistsError):
        os.link(own, file)
    os.unlink(own)
    return file.read_text(encoding="utf-8").strip()


def course_folder() -> Path:
    """Where secret and verdicts are kept: the checkout's top, else a folder of the user's."""
    checkout = PACKAGE.parent
    if (checkout / "nbgrader_config.py").is_file():
        return checkout
    home = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(home) / "cnn-from-scratch-kit"
