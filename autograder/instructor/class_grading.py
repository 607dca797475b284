"""Grades a class: judges on all cores or a cluster, then has nbgrader store the marks in order."""

import contextlib
import filecmp
import os
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
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
from autograder.grading.scratch import room_lacking
from autograder.grading.submission import HandedIn, Submission, find_submissions
from autograder.instructor.aftermath import (
    bring_up_to_date,
    history_of,
    show_changes,
    show_warnings,
)
from autograder.instructor.commit_guard import GRADEBOOK
from autograder.instructor.history import Change
from autograder.instructor.penalties import late_rules
from autograder.instructor.places import BACKUPS, keep_private
from autograder.instructor.progress import progress
from autograder.instructor.reference_first import require_reference
from autograder.instructor.released_first import require_released
from autograder.instructor.run_nbgrader import (
    Graded,
    autograde,
    course_config,
    nothing_in,
    submitted_folder,
)
from autograder.instructor.taken_in import take_in_if_readable
from autograder.text import UserError, clean, lateness, some

# How long to wait while Formgrader or another grader writes to the gradebook.
WAIT_SECONDS = 30.0
# Free bytes needed besides twice the gradebook's size, which is for a copy and for growth.
LEAST_ROOM = 8 << 20
MOST_BACKUPS = 20


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
) -> "GradedClass":
    """Grade submitted/ into gradebook.db, and show the progress on the console.

    Args:
        top: the course's top folder.
        console: where progress is shown.
        assignments, students: which; all, if None.
        force: store marks again even if nothing has changed.
        jobs: how many processes judge in parallel; one per core, if None.
        scheduler: address of a Dask scheduler, to judge on its workers instead.
        allow_unsandboxed: grade even where there is no sandbox.

    Raises:
        NoBackend: if there is no sandbox and grading without one is not allowed.
        UserError: if there is nothing to grade, no room on the disk or no cluster at that address,
            or if an assignment is not released.
    """
    _require_room(top)
    _wait_for(top / GRADEBOOK, console)
    isolation = find_isolation(allow_unsandboxed=allow_unsandboxed)
    if isolation is UNSANDBOXED:
        console.print(Text("NOT ISOLATED: learners' code runs with your rights", "bold red"))
    names = [load().assignment(name).name for name in assignments or ()] or [
        assignment.name for assignment in load().assignments
    ]
    submitted = submitted_folder(top)
    handed_in = find_submissions(submitted, load(), names, students)
    tasks = handed_in.submissions
    if not tasks and handed_in.students:
        raise UserError(f"nobody has a folder {' or '.join(names)} in {submitted}")
    if not tasks:
        raise UserError(nothing_in(submitted))
    # Check before judging, which may take hours, that its marks can be stored.
    course = CourseDirectory(config=course_config(top))
    with gradebook_said(top):
        graded_names = list({task.assignment: None for task in tasks})
        for name in graded_names:
            require_released(course, name)
    late_rules(course.config)
    expected: dict[tuple[str, str], dict[str, float]] = {}
    with (
        _executor(jobs or os.cpu_count() or 1, scheduler) as (executor, workers),
        progress(console) as bar,
    ):
        job = bar.add_task("the reference first", total=len(graded_names))
        reference = load().solutions
        for _ in batch.judge_all(
            [Submission("the reference", name, reference) for name in graded_names],
            executor,
            workers,
            allow_unsandboxed=allow_unsandboxed,
        ):
            bar.advance(job)
        require_reference(graded_names, allow_unsandboxed)
        bar.console.print("what the checks give:")
        written = [
            task
            for task in tasks
            if (taken := take_in_if_readable(task.folder, task.assignment)) is None
            or not taken.untouched
        ]
        job = bar.add_task("judging", total=len(written))
        for done in batch.judge_all(
            written, executor, workers, allow_unsandboxed=allow_unsandboxed
        ):
            if done.scores:
                expected[done.task.student, done.task.assignment] = done.scores
            mark = done.problem or f"{done.score:g} of {done.points:g}"
            line = f"  {done.task.student:<20} {done.task.assignment:<22} {mark}"
            line += f"   {done.remark}" if done.remark else ""
            bar.console.print(Text(clean(line)), soft_wrap=True)
            bar.advance(job)
    copy = back_up(top / GRADEBOOK)
    # Close the files to others now: writing the gradebook may take hours. The command closes them
    # again when it ends.
    keep_private(top, course.config)
    if copy is not None:
        console.print(f"the gradebook as it was: {copy}", soft_wrap=True)
    with progress(console) as bar, gradebook_said(top):
        job = bar.add_task("into the gradebook", total=len(tasks))
        graded = autograde(
            top,
            names,
            students,
            force=force,
            allow_unsandboxed=allow_unsandboxed,
            expected=expected,
            # autograde also reports folders that are no assignment; they are not in `tasks`.
            on_done=lambda _: bar.update(
                job,
                advance=1,
                total=max(len(tasks), int(bar.tasks[-1].completed) + 1),
            ),
        )
        reasons = {(one.student, one.assignment): list(one.reasons) for one in graded}
        changes, problems = bring_up_to_date(top, reasons)
    _say_results(console, graded, isolation)
    show_changes(console, top, changes)
    if students is None and assignments is None:
        _keep_warnings(top, handed_in, problems)
    warned = show_warnings(console, top, students, assignments and names)
    _say_not_graded(console, graded)
    return GradedClass(graded, changes, warned)


@dataclass
class GradedClass:
    """The result of grading a class.

    Attributes:
        graded: every submission.
        changes: the earlier marks that have changed.
        warned: whether there are warnings that nobody has acknowledged.
    """

    graded: list[Graded]
    changes: list[Change]
    warned: bool

    @property
    def status(self) -> int:
        """The exit status: 1 if somebody was not graded, 3 if there are warnings, else 0."""
        if any(one.status == "not graded" for one in self.graded):
            return 1
        return 3 if self.warned else 0


def _keep_warnings(top: Path, handed_in: HandedIn, problems: list[str]) -> None:
    """Store the warnings about the course or a student; a later grading withdraws solved ones."""
    said: dict[str, list[str]] = {"": list(problems)}
    for student, text in handed_in.warnings:
        said.setdefault(student, []).append(text)
    history = history_of(top)
    for one in history.warnings():
        if not one.assignment:
            said.setdefault(one.student, [])
    for student, texts in said.items():
        history.set_warnings(student, "", texts)


def _say_results(console: Console, graded: list[Graded], isolation: Isolation) -> None:
    """Print how many submissions are in the gradebook, notes on them, and who handed nothing in."""
    stored = [one for one in graded if one.status in ("graded", "as before")]
    handed_in = [one for one in graded if one.status != "not handed in"]
    as_before = sum(one.status == "as before" for one in graded)
    console.print(
        f"{len(stored)} of {_count(len(handed_in), 'submission')} "
        f"{'is' if len(handed_in) == 1 else 'are'} in the gradebook ({isolation.name})"
        + (f"; {as_before} judged before: same files, checks and points" if as_before else "")
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
    untouched = [one for one in graded if one.status == "not handed in"]
    if untouched:
        console.print(
            f"{_count(len(untouched), 'folder')} with no work in the expected files: not handed "
            f"in, so no mark: {some([one.student for one in untouched])}"
        )


def _say_not_graded(console: Console, graded: list[Graded]) -> None:
    for one in graded:
        if one.status == "not graded":
            line = f"not graded: {one.student}, {one.assignment}: {one.problem}"
            console.print(Text(clean(" ".join(line.split())), "red"), soft_wrap=True)


@contextmanager
def gradebook_said(top: Path) -> Iterator[None]:
    """Turn a database error into a UserError that says what is wrong with the gradebook."""
    try:
        yield
    except SQLAlchemyError as error:
        reason = getattr(error, "orig", None) or error
        raise UserError(
            f"{top / GRADEBOOK}: {reason}. What was stored before is kept: make room "
            "on the disk, or close the program that has the gradebook open, and run the same "
            "command again"
        ) from error


def _require_room(top: Path) -> None:
    """Check, before judging for hours, that the disk has room to store the marks."""
    gradebook = top / GRADEBOOK
    needed = LEAST_ROOM + 2 * (gradebook.stat().st_size if gradebook.is_file() else 0)
    if lacking := room_lacking(top, needed, "grading"):
        raise UserError(
            f"{lacking}; nothing was graded: make room there, and run the same command again"
        )


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _wait_for(gradebook: Path, console: Console) -> None:
    """Wait while a program, such as Formgrader, locks the gradebook; name it if that lasts."""
    if not gradebook.is_file():
        return
    said = False
    ends = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            with closing(sqlite3.connect(gradebook, timeout=0.5, isolation_level=None)) as database:
                database.execute("BEGIN IMMEDIATE")
                database.execute("ROLLBACK")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                return  # other errors are reported when it is read
            if time.monotonic() > ends:
                who = _holders(gradebook)
                raise UserError(
                    f"{gradebook} is locked by {who}, since {WAIT_SECONDS:.0f} seconds; nothing "
                    "was graded: close it there, and run the same command again"
                ) from error
        except sqlite3.DatabaseError:
            return
        if not said:
            console.print(f"waiting for {gradebook.name}, which another program is writing ...")
            said = True


def _holders(file: Path) -> str:
    """The programs that have a file open, as far as /proc shows them."""
    found = []
    for descriptors in Path("/proc").glob("[0-9]*/fd"):
        with contextlib.suppress(OSError):
            if any(os.path.samefile(each, file) for each in descriptors.iterdir()):
                command = (descriptors.parent / "cmdline").read_bytes().replace(b"\0", b" ")
                name = clean(command.decode("utf-8", "replace").strip())[:80]
                found.append(f"process {descriptors.parent.name} ({name})")
    own = f"process {os.getpid()} "
    return " and ".join(one for one in found if not one.startswith(own)) or "another program"


def back_up(gradebook: Path) -> Path | None:
    """Copy the gradebook, consistent even while it is being written; keep the newest copies.

    Returns:
        the copy, or None if there is no gradebook yet.

    Raises:
        UserError: if it cannot be copied; then do not write to the gradebook.
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
            # A query gives up on a lock after a few seconds; `backup` would wait forever.
            source.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
            source.backup(target)
    except (OSError, sqlite3.Error) as error:
        with contextlib.suppress(OSError):
            copy.unlink(missing_ok=True)  # an incomplete copy is useless
        raise UserError(
            f"the gradebook cannot be copied to {copy} ({error}), so nothing was written into it. "
            "Free the disk or close the program that has the gradebook open, and run the same "
            "command again"
        ) from error
    copies = sorted(folder.glob("gradebook-*.db"))
    if len(copies) > 1 and filecmp.cmp(copies[-2], copy, shallow=False):
        # Unchanged since the last copy: keep that one, so that no older copy is deleted.
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
                # Finished verdicts are stored already; do not wait for the running ones.
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        return
    try:
        from distributed import Client
    except ImportError:
        raise UserError("a cluster needs Dask: pip install '.[cluster]'") from None
    try:
        client = Client(scheduler, timeout=20)
    except (OSError, ValueError) as error:
        raise UserError(
            f"there is no Dask scheduler at {scheduler} ({error}): start one (dask scheduler), or "
            "leave SCHEDULER out to grade on this machine"
        ) from error
    with client:
        yield client.get_executor(), max(1, len(client.scheduler_info()["workers"]))
