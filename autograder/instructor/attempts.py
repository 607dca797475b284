"""Earlier attempts, in attempts/<student>/<assignment>/<time>/; policy.toml says which counts.

submitted/ holds the attempt that counts. Before it is replaced, it is copied to attempts/, so that
nothing that was handed in is lost.
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
from autograder.instructor.taken_in import digest
from autograder.judging.results import Results
from autograder.packaging.times import read_time
from autograder.text import UserError

TIME_FORMAT = "%Y-%m-%d-%H%M%S"
# A file beside those of an attempt: the time of the hand-in.
STAMP = "timestamp.txt"
# In the course folder: a digest of each hand-in that was taken. If the same download is collected
# again, it must not undo what has replaced it since: a correction by hand, or a newer hand-in.
TAKEN = ".collected"


@dataclass(frozen=True)
class Attempt:
    """One attempt at one assignment.

    Attributes:
        folder: its files.
        handed_in: in UTC: the time in timestamp.txt, else when its newest file was written.
        time_known: whether timestamp.txt gives the time; an attempt without one is never late.
        score: points by the checks; None if it was not judged, see `attempts_to_show`.
        counts: whether it is the one in submitted/.
        penalty: points that lateness takes off; 0 until the caller sets it.
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
    """Store the files of a folder as an attempt; it counts unless the present one is newer.

    Returns:
        as `put`, or "older" (handed in before the one that counts, and stored in attempts/), or
        "earlier" (it was taken before, and another one has replaced it since; nothing is written).
    """
    target = submitted / student / assignment
    if (
        target.is_dir()
        and not (_says_no_more(files, target) or _says_no_more(target, files))
        and _was_taken(top, files, student, assignment)
    ):
        return "earlier"
    both = (target / STAMP).is_file() and (files / STAMP).is_file()
    if both and time_of(files) < time_of(target):
        if _have_the_same_files(files, target):
            _write_time(target, files)
            return "time"
        return "older" if _keep(top, files, student, assignment) else "as before"
    became = put(top, submitted, student, assignment, files)
    _note_taken(top, files, student, assignment)
    return became


def _was_taken(top: Path, files: Path, student: str, assignment: str) -> bool:
    """Whether these files, with this time, were taken before."""
    if _is_kept(top, files, student, assignment):
        return True
    record = top / TAKEN
    seen = record.read_text(encoding="utf-8").split() if record.is_file() else []
    return _mark(files, student, assignment) in seen


def _note_taken(top: Path, files: Path, student: str, assignment: str) -> None:
    record = top / TAKEN
    mark = _mark(files, student, assignment)
    if record.is_file() and mark in record.read_text(encoding="utf-8").split():
        return
    with record.open("a", encoding="utf-8") as stream:
        stream.write(f"{mark}\n")


def _mark(files: Path, student: str, assignment: str) -> str:
    """A digest of a hand-in with its student, assignment and time."""
    whose = {"": f"{student}/{assignment}".encode()}
    return digest(whose | {path.name: path.read_bytes() for path in files.iterdir()})


def put(top: Path, submitted: Path, student: str, assignment: str, files: Path) -> str:
    """Make the files of a folder the attempt that counts; the previous one goes to attempts/.

    Args:
        top: the course's top folder.
        submitted: the course's folder of submissions.
        files: a folder of plain files.

    Returns:
        "new", "as before" (nothing was written), "time" (the same files, but only now their time
        of hand-in is known), or "again" (the previous attempt was kept).
    """
    target = submitted / student / assignment
    if target.is_dir():
        if _says_no_more(files, target):
            return "as before"
        if _says_no_more(target, files):
            _write_time(target, files)
            return "time"
        keep(top, submitted, student, assignment)
    # Copy beside the target first, so that an interrupted copy never becomes the target.
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
    """Copy the attempt in submitted/ to attempts/, unless an equal one is there."""
    _keep(top, submitted / student / assignment, student, assignment)


def _is_kept(top: Path, files: Path, student: str, assignment: str) -> bool:
    """Whether an equal attempt is in attempts/."""
    earlier = (top / ATTEMPTS / student / assignment).glob("*")
    return any(_says_no_more(files, folder) for folder in earlier)


def _keep(top: Path, source: Path, student: str, assignment: str) -> bool:
    """Copy an attempt to attempts/, unless an equal one is there; return whether it was copied."""
    if _is_kept(top, source, student, assignment):
        return False
    folder = top / ATTEMPTS / student / assignment
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

    Each is judged together with the earlier assignments in submitted/.
    """
    return _attempts(
        top,
        submitted,
        student,
        assignment,
        lambda folder: _score(submitted, student, assignment, folder, allow_unsandboxed),
    )


def attempts_to_show(top: Path, submitted: Path, student: str, assignment: str) -> list[Attempt]:
    """All attempts of a student at an assignment; runs no code. Empty without earlier attempts.

    Only attempts that are in the verdict store have a score; `autograder attempts` judges the rest.
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
    """A read-only store: a missing result raises UserError, so that nothing is judged."""

    def __init__(self, store: VerdictStore) -> None:
        self._store = store

    def get(self, key: str) -> Results:
        results = self._store.get(key)
        if results is None:
            raise UserError
        return results

    def put(self, key: str, results: Results) -> None:
        """Do nothing, since nothing is judged."""


def choose_attempt(
    top: Path, submitted: Path, attempts: list[Attempt], *, best: bool
) -> Attempt | None:
    """Make the best or the last attempt the one that counts.

    The best has the most points after the late penalty. Of equal ones, the one that counts already
    stays; if it is not among them, the earliest is taken.

    Returns:
        the attempt that was put into submitted/; None if the right one counted already, or if
        there are no attempts.
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
    """Each student and assignment with earlier attempts, by student and in course order."""
    for student in sorted((top / ATTEMPTS).glob("[!.]*")):
        for assignment in load().assignments:
            if (student / assignment.name).is_dir():
                yield student.name, assignment.name


def time_of(folder: Path) -> datetime:
    """When an attempt was handed in, or else its newest file written; in UTC, without a zone."""
    return _when(folder)[0]


def _when(folder: Path) -> tuple[datetime, bool]:
    """The time of an attempt, and whether it comes from timestamp.txt."""
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
    """Whether `first` has the same files as `second`, and no different time of hand-in.

    Equal files are one attempt, even if only one of the two has a timestamp.txt.
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
