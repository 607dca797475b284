"""Grades a class: verdicts on all cores or on a cluster, then nbgrader stores them in order."""

import contextlib
import filecmp
import os
import shutil
import sqlite3
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import closing, contextmanager
from datetime import datetime
from multiprocessing import get_context
from pathlib import Path

from nbgrader.coursedir import CourseDirectory
from rich.console import Console
from rich.text import Text
from sqlalchemy.exc import SQLAlchemyError

from autograder.catalogue import load
from autograder.grading import batch
from autograder.grading.isolation import find_isolation
from autograder.grading.sandbox import UNSANDBOXED, Isolation
from autograder.instructor import CourseError
from autograder.instructor.autograde import require_released
from autograder.instructor.commit_guard import GRADEBOOK
from autograder.instructor.progress import progress
from autograder.instructor.run_nbgrader import (
    Graded,
    autograde,
    course_config,
    nothing_in,
    submitted_folder,
)
from autograder.text import clean, lateness

BACKUPS = ".backups"
# Beside a copy of the gradebook: for its growth, and for the first submissions.
LEAST_ROOM = 8 << 20
MOST_BACKUPS = 20


class ClusterError(CourseError):
    """The cluster cannot be reached; the sentence says why."""


def grade_class(
    top: Path,
    console: Console,
    *,
    assignments: list[str] | None = None,
    students: list[str] | None = None,
    force: bool = False,
    jobs: int | None = None,
    scheduler: str | None = None,
    allow_unsandboxed: bool = False,
) -> list[Graded]:
    """Grade what stands in submitted/ into gradebook.db, with progress on the console.

    Args:
        top: the course's top folder.
        console: where progress is shown.
        assignments, students: which; all, if None.
        force: store again what has not changed.
        jobs: processes that judge at once; one a core, if None.
        scheduler: address of a Dask scheduler, to judge on its workers instead.
        allow_unsandboxed: grade even where there is no sandbox.

    Raises:
        SandboxError: if nothing can be walled in and that is not allowed.
        ClusterError: if there is no cluster at that address.
        CourseError: if there is nothing to grade, or no room on the disk.
    """
    _require_room(top)
    isolation = find_isolation(allow_unsandboxed=allow_unsandboxed)
    if isolation is UNSANDBOXED:
        console.print(Text("NOT ISOLATED: learners' code runs with your rights", "bold red"))
    names = [load().assignment(name).name for name in assignments or ()] or [
        assignment.name for assignment in load().assignments
    ]
    submitted = submitted_folder(top)
    there = sorted(path.name for path in submitted.glob("*") if path.is_dir())
    for student in set(students or ()).difference(there):
        known = ", ".join(there[:20]) or "none yet"
        raise CourseError(f"{submitted.name}/ has no student {student}; there are {known}")
    tasks = [
        batch.Task(folder.name, name, folder)
        for folder in sorted(submitted.glob("*"))
        if students is None or folder.name in students
        for name in names
        if (folder / name).is_dir()
    ]
    if not tasks and there:
        raise CourseError(f"nobody has a folder {' or '.join(names)} in {submitted}")
    if not tasks:
        raise CourseError(nothing_in(submitted))
    # Before hours of judging: marks that cannot be stored need not be made.
    course = CourseDirectory(config=course_config(top))
    with _gradebook_said(top):
        for name in {task.assignment: None for task in tasks}:
            require_released(course, name)
    for line in _misplaced(submitted):
        console.print(Text(clean(line), "red"), soft_wrap=True)
    console.print("what the checks give:")
    with (
        _executor(jobs or os.cpu_count() or 1, scheduler) as (executor, workers),
        progress(console) as bar,
    ):
        job = bar.add_task("judging", total=len(tasks))
        for done in batch.judge_all(tasks, executor, workers, allow_unsandboxed=allow_unsandboxed):
            mark = done.problem or f"{done.score:g} of {done.points:g}"
            line = f"  {done.task.student:<20} {done.task.assignment:<22} {mark}"
            line += f"   {done.remark}" if done.remark else ""
            bar.console.print(Text(clean(line)), soft_wrap=True)
            bar.advance(job)
    copy = back_up(top / GRADEBOOK)
    if copy is not None:
        console.print(f"the gradebook as it was: {copy}", soft_wrap=True)
    with progress(console) as bar, _gradebook_said(top):
        job = bar.add_task("into the gradebook", total=len(tasks))
        graded = autograde(
            top,
            names,
            students,
            force=force,
            allow_unsandboxed=allow_unsandboxed,
            # A folder that is no assignment counts, too, and was not judged.
            on_done=lambda _: bar.update(
                job,
                advance=1,
                total=max(len(tasks), int(bar.tasks[-1].completed) + 1),
            ),
        )
    _say_results(console, graded, isolation)
    return graded


def _say_results(console: Console, graded: list[Graded], isolation: Isolation) -> None:
    """What is in the gradebook now, and what somebody should look at; the worst comes last."""
    not_graded = [one for one in graded if one.status == "not graded"]
    as_before = sum(one.status == "as before" for one in graded)
    console.print(
        f"{len(graded) - len(not_graded)} of {_count(len(graded), 'submission')} "
        f"{'is' if len(graded) == 1 else 'are'} in the gradebook ({isolation.name})"
        + (f"; {as_before} as before, since nothing has changed" if as_before else "")
    )
    for one in graded:
        if one.notes:
            line = f"{one.student}, {one.assignment}: {' '.join(one.notes)}"
            console.print(Text(clean(line), "yellow"), soft_wrap=True)
        if one.score is not None and one.seconds_late > 0:
            left = f"{one.penalty:g} points off, {one.score - one.penalty:g} left"
            line = f"{one.student}, {one.assignment}: {lateness(one.seconds_late)} late: "
            line += left if one.penalty else "nothing is taken off"
            console.print(Text(clean(line), "yellow"), soft_wrap=True)
    for one in not_graded:
        line = f"not graded: {one.student}, {one.assignment}: {one.problem}"
        console.print(Text(clean(line), "red"), soft_wrap=True)


@contextmanager
def _gradebook_said(top: Path) -> Iterator[None]:
    """Say in a sentence what keeps the gradebook from being read or written."""
    try:
        yield
    except SQLAlchemyError as error:
        reason = getattr(error, "orig", None) or error
        raise CourseError(
            f"{top / GRADEBOOK}: {reason}. What was stored before is kept: make room "
            "on the disk, or let go of the gradebook, and run the same command again"
        ) from error


def _require_room(top: Path) -> None:
    """Before hours of judging: a class that cannot be stored need not be judged."""
    gradebook = top / GRADEBOOK
    needed = LEAST_ROOM + 2 * (gradebook.stat().st_size if gradebook.is_file() else 0)
    free = shutil.disk_usage(top).free
    if free < needed:
        raise CourseError(
            f"the disk of {top} has {free >> 20} MB left, and grading needs {-(-needed >> 20)}; "
            "nothing was graded: make room there, and run the same command again"
        )


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _misplaced(submitted: Path) -> list[str]:
    """A line for each file that lies where no assignment is: beside or right in a student's folder.

    A folder inside a student's that is no assignment is named by nbgrader's part.
    """
    names = [assignment.name for assignment in load().assignments]
    known = {file for assignment in load().assignments for file in assignment.files}
    lines = []
    for path in sorted(submitted.glob("[!.]*")):
        if not path.is_dir():
            lines.append(
                f"not graded: {path.name} lies outside a student's folder; move it into "
                f"{submitted.name}/<student>/{names[0]}/ or whichever it belongs to"
            )
    for folder in sorted(path for path in submitted.glob("*") if path.is_dir()):
        inside = sorted(path.name for path in folder.glob("[!.]*") if not path.is_dir())
        if any(path.is_dir() for path in folder.iterdir()):
            # Beside assignments only what looks like a part of one.
            inside = [name for name in inside if name in known]
        if inside:
            lines.append(
                f"not graded: {folder.name}: {inside[0]} lies outside an assignment's folder; "
                f"move it into {folder.name}/{names[0]}/ or whichever it belongs to"
            )
    return lines


def back_up(gradebook: Path) -> Path | None:
    """Copy the gradebook, whole even if somebody is writing into it; the newest copies stay.

    Returns:
        the copy, or None if there is no gradebook yet.

    Raises:
        CourseError: if it cannot be copied: then nothing should be written into it either.
    """
    if not gradebook.is_file():
        return None
    folder = gradebook.parent / BACKUPS
    copy = folder / f"gradebook-{datetime.now():%Y-%m-%d-%H%M%S-%f}.db"
    try:
        folder.mkdir(exist_ok=True)
        with (
            closing(sqlite3.connect(f"{gradebook.resolve().as_uri()}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(copy)) as target,
        ):
            # Reading waits a few seconds for a lock to go; copying would wait for ever.
            source.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
            source.backup(target)
    except (OSError, sqlite3.Error) as error:
        with contextlib.suppress(OSError):
            copy.unlink(missing_ok=True)  # half of one is none, and takes room
        raise CourseError(
            f"the gradebook cannot be copied to {copy} ({error}), so nothing was written into it; "
            "free the disk or let go of the gradebook, and run the same command again"
        ) from error
    copies = sorted(folder.glob("gradebook-*.db"))
    if len(copies) > 1 and filecmp.cmp(copies[-2], copy, shallow=False):
        # Nothing was stored in between: the older copy serves, and no other is pushed out.
        copy.unlink()
        return copies[-2]
    for old in copies[:-MOST_BACKUPS]:
        old.unlink(missing_ok=True)
    return copy


@contextmanager
def _executor(jobs: int, scheduler: str | None) -> Iterator[tuple[Executor, int]]:
    if scheduler is None:
        with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
            try:
                yield pool, jobs
            except KeyboardInterrupt:
                # What is graded so far stays; what runs is let go.
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        return
    try:
        from distributed import Client
    except ImportError:
        raise ClusterError("a cluster needs Dask: pip install '.[cluster]'") from None
    try:
        client = Client(scheduler, timeout=20)
    except (OSError, ValueError) as error:
        raise ClusterError(
            f"there is no Dask scheduler at {scheduler} ({error}): start one (dask scheduler), or "
            "leave SCHEDULER out to grade on this machine"
        ) from error
    with client:
        yield client.get_executor(), max(1, len(client.scheduler_info()["workers"]))
