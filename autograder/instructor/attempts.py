"""Earlier attempts: kept in attempts/<student>/<assignment>/<time>/, and chosen among by policy.

What stands in submitted/ is the attempt that counts. Whatever is put into its place goes here
first, so that nothing that was handed in is ever lost.
"""

import filecmp
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from autograder.catalogue import load
from autograder.grading.course_files import course_store
from autograder.grading.grade import grade_folder
from autograder.grading.scratch import scratch
from autograder.grading.verdict_store import Store, VerdictStore
from autograder.instructor.places import ATTEMPTS
from autograder.judging.results import Results
from autograder.packaging.times import read_time
from autograder.text import UserError

TIME_FORMAT = "%Y-%m-%d-%H%M%S"
STAMP = "timestamp.txt"
"""Beside the files of an attempt: when it was handed in."""


@dataclass(frozen=True)
class Attempt:
    """One attempt at one assignment.

    Attributes:
        folder: where it lies.
        handed_in: when, in UTC: from timestamp.txt, else when its newest file was written.
        time_known: whether timestamp.txt says so; what has none is never late.
        score: what the checks give; None if it was not judged, see `attempts_to_show`.
        counts: whether it is the one in submitted/.
        penalty: what lateness costs of it, where somebody has asked.
    """

    student: str
    assignment: str
    folder: Path
    handed_in: datetime
    time_known: bool
    score: float | None
    counts: bool
    penalty: float = 0.0


def take(top: Path, submitted: Path, student: str, assignment: str, files: Path) -> str:
    """Take in the files of a folder as a new attempt, which counts unless it is an older one.

    Returns:
        as `put`, or "older" (it was handed in before the one that counts, and is kept beside).
    """
    target = submitted / student / assignment
    both = (target / STAMP).is_file() and (files / STAMP).is_file()
    if both and time_of(files) < time_of(target):
        if _have_the_same_files(files, target):
            _write_time(target, files)
            return "time"
        return "older" if _keep(top, files, student, assignment) else "as before"
    return put(top, submitted, student, assignment, files)


def put(top: Path, submitted: Path, student: str, assignment: str, files: Path) -> str:
    """Make the files of a folder the attempt that counts; what counted until now is kept.

    Args:
        top: the course's top folder.
        submitted: where the course keeps what was handed in.
        files: a folder of plain files.

    Returns:
        "new", "as before" (nothing was written), "time" (the same files, and now it is known when
        they were handed in), or "again" (an earlier attempt was kept).
    """
    target = submitted / student / assignment
    if target.is_dir():
        if _says_no_more(files, target):
            return "as before"
        if _says_no_more(target, files):
            _write_time(target, files)
            return "time"
        keep(top, submitted, student, assignment)
    # Beside the target first: a copy that is cut short must not stand in its place.
    made = target.with_name(f".{assignment}.new")
    kept = target.is_dir()
    try:
        shutil.rmtree(made, ignore_errors=True)
        shutil.copytree(files, made)
        if kept:
            shutil.rmtree(target)
        made.rename(target)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return "again" if kept else "new"


def keep(top: Path, submitted: Path, student: str, assignment: str) -> None:
    """Copy the attempt in submitted/ to attempts/; an equal copy that is there serves."""
    _keep(top, submitted / student / assignment, student, assignment)


def _keep(top: Path, source: Path, student: str, assignment: str) -> bool:
    """Copy an attempt to attempts/, unless an equal one is there; whether it was copied."""
    folder = top / ATTEMPTS / student / assignment
    if any(_says_no_more(source, earlier) for earlier in sorted(folder.glob("*"))):
        return False
    folder.mkdir(parents=True, exist_ok=True)
    name = time_of(source).strftime(TIME_FORMAT)
    target, number = folder / name, 2
    while target.exists():
        target, number = folder / f"{name}-{number}", number + 1
    made = folder / f".{target.name}.new"
    shutil.rmtree(made, ignore_errors=True)
    shutil.copytree(source, made, symlinks=True)
    made.rename(target)
    return True


def attempts_of(
    top: Path,
    submitted: Path,
    student: str,
    assignment: str,
    *,
    allow_unsandboxed: bool = False,
) -> list[Attempt]:
    """All attempts of a student at an assignment, judged, the oldest first.

    Each is judged beside the earlier assignments that stand in submitted/.
    """
    return _attempts(
        top,
        submitted,
        student,
        assignment,
        lambda folder: _score(submitted, student, assignment, folder, allow_unsandboxed),
    )


def attempts_to_show(top: Path, submitted: Path, student: str, assignment: str) -> list[Attempt]:
    """All attempts of a student at an assignment, if there are several; nothing is run.

    The points are those that the verdict store has: `autograder attempts` judges the others.
    """

    if not (top / ATTEMPTS / student / assignment).is_dir():
        return []

    def known(folder: Path) -> float | None:
        try:
            return _score(submitted, student, assignment, folder, True, _OnlyKnown(course_store()))
        except UserError:
            return None

    return _attempts(top, submitted, student, assignment, known)


def _attempts(
    top: Path, submitted: Path, student: str, assignment: str, score: Callable[[Path], float | None]
) -> list[Attempt]:
    counting = submitted / student / assignment
    folders = [f for f in sorted((top / ATTEMPTS / student / assignment).glob("*")) if f.is_dir()]
    found = [
        Attempt(
            student,
            assignment,
            folder,
            *_when(folder),
            score=score(folder),
            counts=folder == counting,
        )
        for folder in [*folders, counting]
        if folder.is_dir() and (folder == counting or not _says_no_more(folder, counting))
    ]
    return sorted(found, key=lambda attempt: (attempt.handed_in, attempt.counts))


class _OnlyKnown:
    """A store for those who only read: what it does not have is not judged."""

    def __init__(self, store: VerdictStore) -> None:
        self._store = store

    def get(self, key: str) -> Results:
        results = self._store.get(key)
        if results is None:
            raise UserError
        return results

    def put(self, key: str, results: Results) -> None:
        """Nothing is judged, so nothing is to be kept."""


def choose_attempt(
    top: Path, submitted: Path, attempts: list[Attempt], *, best: bool
) -> Attempt | None:
    """Make the best or the last attempt the one that counts.

    The best is the one with the most points after what lateness costs. Of equal ones the earliest
    is the best, since it was in time if one of them was.

    Returns:
        the attempt that was put into submitted/; None if the right one counted already.
    """
    if not attempts:
        return None
    if best:
        wanted = max(attempts, key=_points)
        counting = next((a for a in attempts if a.counts), None)
        if counting is not None and _points(counting) >= _points(wanted):
            wanted = counting
    else:
        wanted = attempts[-1]
    if wanted.counts:
        return None
    put(top, submitted, wanted.student, wanted.assignment, wanted.folder)
    return wanted


def everybody(top: Path) -> Iterator[tuple[str, str]]:
    """Student and assignment of everything that has earlier attempts, in order."""
    for student in sorted((top / ATTEMPTS).glob("[!.]*")):
        for assignment in load().assignments:
            if (student / assignment.name).is_dir():
                yield student.name, assignment.name


def time_of(folder: Path) -> datetime:
    """When an attempt was handed in, in UTC and without a zone; else when it was written."""
    return _when(folder)[0]


def _when(folder: Path) -> tuple[datetime, bool]:
    """The time of an attempt, and whether its timestamp.txt says it."""
    stamp = folder / STAMP
    try:
        if stat.S_ISREG(os.lstat(stamp).st_mode):
            return read_time(stamp.read_text(encoding="utf-8")[:200].strip()), True
    except (OSError, ValueError, KeyError, OverflowError):
        pass
    times = [os.lstat(path).st_mtime for path in folder.rglob("*")] or [folder.stat().st_mtime]
    return datetime.fromtimestamp(max(times), UTC).replace(tzinfo=None, microsecond=0), False


def _points(attempt: Attempt) -> float:
    return -1.0 if attempt.score is None else attempt.score - attempt.penalty


def _score(
    submitted: Path,
    student: str,
    assignment: str,
    folder: Path,
    allow_unsandboxed: bool,
    store: Store | None = None,
) -> float:
    own = submitted / student
    with scratch("attempt") as tree:
        for earlier in load().assignments:
            if earlier.name == assignment:
                break
            if (own / earlier.name).is_dir():
                shutil.copytree(own / earlier.name, tree / earlier.name, symlinks=True)
        shutil.copytree(folder, tree / assignment, symlinks=True)
        verdict = grade_folder(
            tree, assignment=assignment, allow_unsandboxed=allow_unsandboxed, store=store
        )
    return float(verdict.score)


def _says_no_more(first: Path, second: Path) -> bool:
    """Whether an attempt has the files of another, and no time of its own that differs.

    The same files are one attempt, whether or not a source of them knows the time.
    """
    if not _have_the_same_files(first, second):
        return False
    stamp = first / STAMP
    return not stamp.is_file() or (
        (second / STAMP).is_file() and stamp.read_bytes() == (second / STAMP).read_bytes()
    )


def _have_the_same_files(first: Path, second: Path) -> bool:
    names = [
        {p.relative_to(f).as_posix() for p in f.rglob("*") if not p.is_dir()} - {STAMP}
        for f in (first, second)
    ]
    if names[0] != names[1]:
        return False
    _, differ, odd = filecmp.cmpfiles(first, second, names[0], shallow=False)
    return not differ and not odd


def _write_time(target: Path, source: Path) -> None:
    made = target / f".{STAMP}.new"
    shutil.copyfile(source / STAMP, made)
    made.replace(target / STAMP)
