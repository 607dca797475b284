"""Keeps results by the hash of all that they depend on, so that nothing is judged twice.

What a submission earned for one exercise depends on its own files, on that exercise's checks,
on the kit's code and reference, on the catalogue's word on what it needs, and on the course
secret. Points are not part of it: they are applied when a verdict is made.
"""

import contextlib
import hashlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from autograder.catalogue import PACKAGE, Assignment, Course, Exercise
from autograder.judging.difference import Difference
from autograder.judging.judge import Results
from autograder.judging.verdict import CheckResult
from autograder.worker.host import Failure

# The files that a result rests on, beside its checks, the reference and the catalogue; editing any
# other regrades nobody. A test follows the imports.
JUDGING = (
    "autograder/judging/*",
    "autograder/worker/*.py",
    "autograder/checking.py",
    "autograder/grading/far_objects.py",
    "autograder/grading/grade.py",
    "autograder/grading/landlock.py",
    "autograder/grading/own_process.py",
    "autograder/grading/remote.py",
    "autograder/grading/sandbox.py",
    "autograder/grading/substitutes.py",
    "autograder/grading/worker_clock.py",
)
# A time-out may be the machine's fault: it is believed for as long as one batch lasts.
TIMEOUT_BELIEVED_SECONDS = 3600


class Store(Protocol):
    """Results by key."""

    def get(self, key: str) -> Results | None: ...

    def put(self, key: str, results: Results) -> None: ...


class VerdictStore:
    """A folder of results.

    Args:
        folder: made when needed; its files are this kit's own, never a learner's.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get(self, key: str) -> Results | None:
        """What was kept under `key`, or None; a damaged file counts as not there."""
        file = self._file(key)
        try:
            form = json.loads(file.read_text(encoding="utf-8"))
            results = results_from(form)
            age = time.time() - file.stat().st_mtime
        except (OSError, ValueError, TypeError, KeyError):
            return None
        if _timed_out(results) and age > TIMEOUT_BELIEVED_SECONDS:
            return None
        return results

    def put(self, key: str, results: Results) -> None:
        """Keep results; a full disk or a read-only folder only costs the keeping."""
        file = self._file(key)
        with contextlib.suppress(OSError):
            # It holds what hidden checks expected, and what learners' code printed.
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            file.parent.mkdir(exist_ok=True)
            descriptor, unfinished = tempfile.mkstemp(dir=file.parent)
            try:
                with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
                    json.dump(asdict(results), stream)
                os.replace(unfinished, file)
            except OSError:
                os.unlink(unfinished)

    def _file(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}.json"


def key_of(
    exercise: Exercise,
    course: Course,
    submission: Path,
    secret: str,
    isolation: str,
    replaced: tuple[str, ...] = (),
) -> str:
    """The name under which the results of one exercise of one submission are kept.

    Args:
        exercise: what was judged.
        course: the catalogue.
        submission: the folder of plain files that was taken in.
        secret: the course secret.
        isolation: how the worker was walled in.
        replaced: the parts that the reference stood in for.
    """
    digest = hashlib.sha256()

    def add(*texts: str) -> None:
        for text in texts:
            data = text.encode("utf-8", "surrogateescape")
            digest.update(len(data).to_bytes(8, "big"))
            digest.update(data)

    add(exercise.name, exercise.path, *exercise.needs, "replaced", *replaced)
    add(secret, isolation, sys.version, np.__version__, _kit_digest(course))
    for file in own_files(exercise):
        add(file.name, file.read_text(encoding="utf-8"))
    # An assignment can call only what stands in it or before it.
    for assignment in course.assignments:
        for name in assignment.files:
            file = submission / assignment.name / name
            add(assignment.name, name, file.read_bytes().hex() if file.is_file() else "absent")
        if assignment.name == exercise.assignment:
            break
    return digest.hexdigest()


def own_files(exercise: Exercise) -> list[Path]:
    """The files of an exercise that its results rest on."""
    return [
        path
        for path in sorted(exercise.folder.iterdir())
        if path.is_file() and path.name not in ("pitfalls.py", "altered.py", "inputs.py")
    ]


def judging_digest(assignment: Assignment, course: Course, secret: str) -> str:
    """One hash of all that this assignment's marks depend on, but for the submission itself."""
    digest = hashlib.sha256(f"{secret}/{_kit_digest(course)}".encode())
    for exercise in assignment.exercises:
        digest.update(f"{exercise.name}/{exercise.points}/{exercise.needs}".encode())
        for file in own_files(exercise):
            digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()


@cache
def _kit_digest(course: Course) -> str:
    digest = hashlib.sha256()
    for file in kit_files(course):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def kit_files(course: Course) -> Iterator[Path]:
    """The files that every result of a course rests on, beside the exercises' own."""
    for pattern in JUDGING:
        yield from (file for file in sorted(PACKAGE.parent.glob(pattern)) if file.is_file())
    yield from sorted((course.exercises_folder / "shared").glob("*.py"))
    yield from sorted(course.solutions.rglob("*.py"))
    yield from (course.import_root / name for name in course.rests_on)


def results_from(form: dict[str, Any]) -> Results:
    """Results that were written as JSON by way of `dataclasses.asdict`."""
    checks = []
    for check in form["checks"]:
        difference, failure = check.pop("difference"), check.pop("failure")
        if difference is not None:
            first = difference.pop("first")
            difference = Difference(**difference, first=None if first is None else tuple(first))
        failure = None if failure is None else Failure(**failure)
        checks.append(CheckResult(**check, difference=difference, failure=failure))
    return Results(checks, form["pitfall"], form["sentence"], form.get("memorised", False))


def _timed_out(results: Results) -> bool:
    return any(c.failure is not None and c.failure.kind == "timeout" for c in results.checks)
