"""Earlier attempts: kept in attempts/<student>/<assignment>/<time>/, and chosen among by policy.

What stands in submitted/ is the attempt that counts. Whatever is put into its place goes here
first, so that nothing that was handed in is ever lost.
"""

import filecmp
import os
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from autograder.catalogue import load
from autograder.grading.grade import grade_folder
from autograder.grading.scratch import scratch
from autograder.instructor.run_nbgrader import submitted_folder
from autograder.judging.packaging import read_time

FOLDER = "attempts"
TIME_FORMAT = "%Y-%m-%d-%H%M%S"


@dataclass(frozen=True)
class Attempt:
    """One attempt at one assignment.

    Attributes:
        folder: where it lies.
        handed_in: when, in UTC: from timestamp.txt, else when its newest file was written.
        score: what the checks give.
        counts: whether it is the one in submitted/.
    """

    student: str
    assignment: str
    folder: Path
    handed_in: datetime
    score: float
    counts: bool


def put(top: Path, student: str, assignment: str, files: Path) -> str:
    """Make the files of a folder the attempt that counts; what counted until now is kept.

    Args:
        top: the course's top folder.
        files: a folder of plain files.

    Returns:
        "new", "as before" (nothing was written), or "again" (an earlier attempt was kept).
    """
    target = submitted_folder(top) / student / assignment
    if target.is_dir():
        if _same(files, target):
            return "as before"
        keep(top, student, assignment)
    # Beside the target first: a copy that is cut short must not stand in its place.
    made = target.with_name(f".{assignment}.new")
    shutil.rmtree(made, ignore_errors=True)
    shutil.copytree(files, made)
    kept = target.is_dir()
    if kept:
        shutil.rmtree(target)
    made.rename(target)
    return "again" if kept else "new"


def keep(top: Path, student: str, assignment: str) -> Path:
    """Copy the attempt in submitted/ to attempts/; an equal copy that is there serves.

    Returns:
        where it lies.
    """
    source = submitted_folder(top) / student / assignment
    folder = top / FOLDER / student / assignment
    for earlier in sorted(folder.glob("*")):
        if _same(source, earlier):
            return earlier
    folder.mkdir(parents=True, exist_ok=True)
    name = time_of(source).strftime(TIME_FORMAT)
    target, number = folder / name, 2
    while target.exists():
        target, number = folder / f"{name}-{number}", number + 1
    made = folder / f".{target.name}.new"
    shutil.rmtree(made, ignore_errors=True)
    shutil.copytree(source, made, symlinks=True)
    made.rename(target)
    return target


def attempts_of(
    top: Path, student: str, assignment: str, *, allow_unsandboxed: bool = False
) -> list[Attempt]:
    """All attempts of a student at an assignment, judged, the oldest first.

    Each is judged beside the earlier assignments that stand in submitted/.
    """
    counting = submitted_folder(top) / student / assignment
    folders = [f for f in sorted((top / FOLDER / student / assignment).glob("*")) if f.is_dir()]
    found = []
    for folder in [*folders, counting]:
        if not folder.is_dir() or (folder != counting and _same(folder, counting)):
            continue
        score = _score(top, student, assignment, folder, allow_unsandboxed)
        found.append(
            Attempt(student, assignment, folder, time_of(folder), score, folder == counting)
        )
    return sorted(found, key=lambda attempt: (attempt.handed_in, attempt.counts))


def choose_attempt(top: Path, attempts: list[Attempt], *, best: bool) -> Attempt | None:
    """Make the best or the last attempt the one that counts.

    Of equal ones the earliest is the best, since it was in time if one of them was.

    Returns:
        the attempt that was put into submitted/; None if the right one counted already.
    """
    if not attempts:
        return None
    if best:
        wanted = max(attempts, key=lambda attempt: attempt.score)
        counting = next((a for a in attempts if a.counts), None)
        if counting is not None and counting.score >= wanted.score:
            wanted = counting
    else:
        wanted = attempts[-1]
    if wanted.counts:
        return None
    put(top, wanted.student, wanted.assignment, wanted.folder)
    return wanted


def everybody(top: Path) -> Iterator[tuple[str, str]]:
    """Student and assignment of everything that has earlier attempts, in order."""
    for student in sorted((top / FOLDER).glob("[!.]*")):
        for assignment in load().assignments:
            if (student / assignment.name).is_dir():
                yield student.name, assignment.name


def time_of(folder: Path) -> datetime:
    """When an attempt was handed in, in UTC and without a zone."""
    stamp = folder / "timestamp.txt"
    try:
        if stat.S_ISREG(os.lstat(stamp).st_mode):
            return read_time(stamp.read_text(encoding="utf-8")[:200].strip())
    except (OSError, ValueError, KeyError, OverflowError):
        pass
    times = [os.lstat(path).st_mtime for path in folder.rglob("*")] or [folder.stat().st_mtime]
    return datetime.fromtimestamp(max(times), UTC).replace(tzinfo=None, microsecond=0)


def _score(
    top: Path, student: str, assignment: str, folder: Path, allow_unsandboxed: bool
) -> float:
    own = submitted_folder(top) / student
    with scratch("attempt") as tree:
        for earlier in load().assignments:
            if earlier.name == assignment:
                break
            if (own / earlier.name).is_dir():
                shutil.copytree(own / earlier.name, tree / earlier.name, symlinks=True)
        shutil.copytree(folder, tree / assignment, symlinks=True)
        verdict = grade_folder(tree, assignment=assignment, allow_unsandboxed=allow_unsandboxed)
    return float(verdict.score)


def _same(first: Path, second: Path) -> bool:
    names = [
        {p.relative_to(f).as_posix() for p in f.rglob("*") if not p.is_dir()}
        for f in (first, second)
    ]
    if names[0] != names[1]:
        return False
    _, differ, odd = filecmp.cmpfiles(first, second, names[0], shallow=False)
    return not differ and not odd
