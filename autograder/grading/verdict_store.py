"""Stores results by the hash of everything they depend on, so that nothing is judged twice.

Results are grouped by submission: one file for each state of an assignment's files (and of the
earlier assignments' files), so that all results of a submission are read at once.

The results of one exercise depend on the submission's files, on the exercise's checks, on the
kit's code and reference, on the exercise's needs in the catalogue, and on the course secret.
Points are not part of the results: they are applied when a verdict is made.
"""

import contextlib
import hashlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, fields
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from autograder.catalogue import PACKAGE, Assignment, Course, Exercise
from autograder.judging.difference import Difference
from autograder.judging.results import Results
from autograder.judging.verdict import CheckResult
from autograder.worker.host import Failure

# The files that a result depends on, beside its checks, the reference and the catalogue. An edit of
# any other file causes no regrade. A test compares this list with the imports.
JUDGING = (
    "autograder/judging/*",
    "autograder/packaging/*.py",
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
# A timeout may be the machine's fault: a stored one is used only for about one batch's time.
TIMEOUT_BELIEVED_SECONDS = 3600


class Store(Protocol):
    """Results by key."""

    def get(self, key: str) -> Results | None: ...

    def put(self, key: str, results: Results) -> None: ...


class VerdictStore:
    """A folder of results, with one file for each submission.

    Args:
        folder: made when needed; only this kit writes into it, so its files are trusted.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get(self, key: str) -> Results | None:
        """The results stored under `key`, or None; a damaged file counts as missing."""
        group, _, rest = key.partition("-")
        return self._known(self._read(group)).get(rest)

    def put(self, key: str, results: Results) -> None:
        """Store results; if the disk is full or the folder read-only, they are not stored."""
        group, _, rest = key.partition("-")
        form = self._read(group)
        form["results"][rest] = {"kept": time.time(), **asdict(results)}
        self._write(group, form)

    def known(self, groups: list[str]) -> tuple[dict[str, Results], str]:
        """All stored results of a submission.

        Args:
            groups: those of its assignments; the last one is the assignment to judge.

        Returns:
            results by key; and the last group's hash from `mark_judged`, or "" if it has none or
            a result of a group is damaged or an old timeout.
        """
        found: dict[str, Results] = {}
        judged, whole = "", True
        for group in groups:
            form = self._read(group)
            known = self._known(form)
            whole = whole and len(known) == len(form["results"])
            found.update({f"{group}-{rest}": results for rest, results in known.items()})
            judged = form["judged"]
        return found, judged if whole else ""

    def mark_judged(self, group: str, judged: str) -> None:
        """Record that all results are stored for `judged`, a hash from `judged_by`."""
        form = self._read(group)
        if form["judged"] != judged:
            form["judged"] = judged
            self._write(group, form)

    def groups(self) -> list[str]:
        """Every group that has a file."""
        return sorted(file.stem for file in self.folder.glob("??/*.json"))

    def forget(self, group: str) -> bool:
        """Delete all stored results of a group; return False if there are none."""
        try:
            self._file(group).unlink()
        except FileNotFoundError:
            return False
        return True

    def _known(self, form: dict[str, Any]) -> dict[str, Results]:
        found = {}
        for rest, kept in form["results"].items():
            with contextlib.suppress(ValueError, TypeError, KeyError, AttributeError):
                # Copied, because `results_from` changes its argument.
                one = json.loads(json.dumps(kept))
                age = time.time() - one.pop("kept")
                results = results_from(one)
                if not _timed_out(results) or age <= TIMEOUT_BELIEVED_SECONDS:
                    found[rest] = results
        return found

    def _read(self, group: str) -> dict[str, Any]:
        try:
            form = json.loads(self._file(group).read_text(encoding="utf-8"))
            if isinstance(form["results"], dict) and isinstance(form["judged"], str):
                return {"judged": form["judged"], "results": form["results"]}
        except (OSError, ValueError, TypeError, KeyError):
            pass
        return {"judged": "", "results": {}}

    def _write(self, group: str, form: dict[str, Any]) -> None:
        file = self._file(group)
        with contextlib.suppress(OSError):
            # 0o700: the files have hidden checks' expected values and learners' output.
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            file.parent.mkdir(exist_ok=True)
            descriptor, unfinished = tempfile.mkstemp(dir=file.parent)
            try:
                with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
                    json.dump(form, stream)
                os.replace(unfinished, file)
            except OSError:
                os.unlink(unfinished)

    def _file(self, group: str) -> Path:
        return self.folder / group[:2] / f"{group}.json"


def group_of(files: dict[str, bytes], assignment: str, course: Course) -> str:
    """The group of an assignment's results: a hash of its files and the earlier assignments' files.

    Args:
        files: the submission's, by path such as "a1/x.py"; those of later ones are ignored.
    """
    digest = hashlib.sha256(assignment.encode())
    # An assignment can call only its own code and that of earlier assignments.
    for each in course.assignments:
        for name in each.files:
            data = files.get(f"{each.name}/{name}")
            digest.update(f"{each.name}/{name}\0{-1 if data is None else len(data)}\0".encode())
            digest.update(data or b"")
        if each.name == assignment:
            break
    return digest.hexdigest()


def groups_of(files: dict[str, bytes], assignment: str, course: Course) -> list[str]:
    """The groups that a verdict on an assignment depends on, its own last."""
    names = [each.name for each in course.assignments]
    return [group_of(files, name, course) for name in names[: names.index(assignment) + 1]]


def judged_by(assignment: str, course: Course, secret: str, isolation: str) -> str:
    """One hash of all that a verdict on an assignment depends on, except the submission."""
    names = [each.name for each in course.assignments]
    parts = [
        judging_digest(course.assignment(name), course, secret)
        for name in names[: names.index(assignment) + 1]
    ]
    parts += [isolation, sys.version, np.__version__]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def key_of(
    exercise: Exercise,
    course: Course,
    submission: Path,
    secret: str,
    isolation: str,
    replaced: tuple[str, ...] = (),
) -> str:
    """The key under which the results of one exercise of one submission are stored.

    Args:
        exercise: the judged exercise.
        course: the catalogue.
        submission: the folder that `take_in` filled.
        secret: the course secret.
        isolation: the worker's sandbox.
        replaced: the names of the parts that had substitutes.
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
    names = [each.name for each in course.assignments]
    files = {
        f"{each.name}/{name}": path.read_bytes()
        for each in course.assignments[: names.index(exercise.assignment) + 1]
        for name in each.files
        if (path := submission / each.name / name).is_file()
    }
    return f"{group_of(files, exercise.assignment, course)}-{digest.hexdigest()}"


def own_files(exercise: Exercise) -> list[Path]:
    """The files of an exercise that its results depend on."""
    return [
        path
        for path in sorted(exercise.folder.iterdir())
        if path.is_file() and path.name not in ("pitfalls.py", "altered.py", "inputs.py")
    ]


def judging_digest(assignment: Assignment, course: Course, secret: str) -> str:
    """One hash of all that this assignment's verdicts depend on, except the submission.

    Points are not part of it: they are applied when a verdict is turned into a mark.
    """
    digest = hashlib.sha256(f"{secret}/{_kit_digest(course)}".encode())
    for exercise in assignment.exercises:
        digest.update(f"{exercise.name}/{exercise.needs}".encode())
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
    """The files that every result of a course depends on, beside the exercises' own."""
    for pattern in JUDGING:
        yield from (file for file in sorted(PACKAGE.parent.glob(pattern)) if file.is_file())
    yield from sorted((course.exercises_folder / "shared").glob("*.py"))
    yield from sorted(course.solutions.rglob("*.py"))
    yield from (course.import_root / name for name in course.rests_on)


def results_from(form: dict[str, Any]) -> Results:
    """Rebuild Results from the JSON of `dataclasses.asdict`; `form` is changed."""
    checks = []
    for check in form["checks"]:
        difference, failure = check.pop("difference"), check.pop("failure")
        if difference is not None:
            first = difference.pop("first")
            difference = Difference(**difference, first=None if first is None else tuple(first))
        failure = None if failure is None else Failure(**failure)
        checks.append(CheckResult(**check, difference=difference, failure=failure))
    kept = {one.name: form[one.name] for one in fields(Results) if one.name in form}
    return Results(**{**kept, "checks": checks})


def _timed_out(results: Results) -> bool:
    return any(c.failure is not None and c.failure.kind == "timeout" for c in results.checks)
