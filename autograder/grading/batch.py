"""Judges many submissions at once, on the cores of this machine or on those of a cluster.

Whoever runs the work needs only this package: a submission travels as the bytes of its expected
files, and what comes back are results under the keys of the verdict store. They are put into
the course's store, where nbgrader's autograde then finds every verdict ready.
"""

from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from dataclasses import dataclass, field
from pathlib import Path

from autograder.catalogue import OWN_EXERCISES, Course, load
from autograder.grading.course_files import course_secret, course_store
from autograder.grading.grade import grade_folder
from autograder.grading.scratch import scratch
from autograder.judging.intake import NoSubmission, take_in
from autograder.judging.judge import Results
from autograder.judging.verdict import CheckResult, Verdict

AHEAD = 4
# Of a pool that has lost a process nothing more can be asked.
LOST = "not judged ahead: a judging process died (out of memory?), so it will be judged again"


@dataclass(frozen=True)
class Task:
    """One submission of one assignment, where it lies."""

    student: str
    assignment: str
    folder: Path


@dataclass(frozen=True)
class Done:
    """What came of a task: its score, or the sentence that says why there is none.

    The remark says why exercises could not even be run: a mark of 0 is then no empty hand-in.
    """

    task: Task
    score: float = 0.0
    points: float = 0.0
    isolation: str = ""
    problem: str = ""
    remark: str = ""


@dataclass
class _Collected:
    """A store in memory, of what is known of one submission."""

    results: dict[str, Results] = field(default_factory=dict)

    def get(self, key: str) -> Results | None:
        return self.results.get(key)

    def put(self, key: str, results: Results) -> None:
        self.results[key] = results


class _Asking:
    """The course's store, asked what is known of a submission; nothing is judged meanwhile.

    What is not known counts as passed until the asking is over, so that all that can be asked
    for has been: a new check of one exercise does not make the others unknown.
    """

    def __init__(self) -> None:
        self.known: dict[str, Results] = {}
        self.complete = True

    def get(self, key: str) -> Results:
        results = course_store().get(key)
        if results is None:
            self.complete = False
            return Results([CheckResult("not known yet", "", False, True)])
        self.known[key] = results
        return results

    def put(self, key: str, results: Results) -> None:
        raise AssertionError("nothing is judged here")


@dataclass(frozen=True)
class _Answer:
    score: float
    points: float
    isolation: str
    results: dict[str, Results]
    remark: str = ""


def judge_files(
    files: dict[str, bytes],
    known: dict[str, Results],
    assignment: str,
    secret: str,
    allow_unsandboxed: bool,
    course: Course | None,
) -> _Answer:
    """Judge what is not known of a submission that came as bytes: an executor's work.

    Args:
        course: None for this kit's, which may lie elsewhere on another machine.
    """
    store = _Collected(dict(known))
    with scratch("received") as folder:
        for name, data in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        (folder / assignment).mkdir(exist_ok=True)
        verdict = grade_folder(
            folder,
            assignment=assignment,
            allow_unsandboxed=allow_unsandboxed,
            store=store,
            secret=secret,
            course=course or load(OWN_EXERCISES),
        )
    new = {key: results for key, results in store.results.items() if key not in known}
    return _Answer(verdict.score, verdict.points, verdict.isolation, new, _remark(verdict))


def _remark(verdict: Verdict) -> str:
    stopped = [one for one in verdict.exercises if one.status == "error"]
    if not stopped:
        return ""
    return f"{len(stopped)} of {len(verdict.exercises)} could not be run: {stopped[0].message}"


def judge_all(
    tasks: Iterable[Task], executor: Executor, workers: int, *, allow_unsandboxed: bool = False
) -> Iterator[Done]:
    """Judge every task, and give each as it ends; what is in the store already costs nothing.

    Only a few tasks for each worker are read ahead, so memory does not grow with the class.

    Args:
        tasks: in any order.
        executor: a ProcessPoolExecutor, or a Dask cluster's `Client.get_executor()`.
        workers: how many work at once.
        allow_unsandboxed: as for `grade_folder`.
    """
    store, secret, course = course_store(), course_secret(), load()
    to_send = None if course.exercises_folder == OWN_EXERCISES else course
    running: dict[Future[_Answer], Task] = {}

    def finished() -> Iterator[Done]:
        ready, _ = wait(running, return_when=FIRST_COMPLETED)
        for future in ready:
            task = running.pop(future)
            try:
                answer = future.result()
            except BrokenExecutor:
                yield Done(task, problem=LOST)
                continue
            except Exception as error:
                yield Done(task, problem=str(error) or type(error).__name__)
                continue
            for key, results in answer.results.items():
                store.put(key, results)
            yield Done(task, answer.score, answer.points, answer.isolation, remark=answer.remark)

    for task in tasks:
        asking = _Asking()
        try:
            verdict = grade_folder(
                task.folder,
                assignment=task.assignment,
                allow_unsandboxed=allow_unsandboxed,
                store=asking,
            )
            files = {} if asking.complete else _read(task.folder)
        except (NoSubmission, OSError) as error:
            yield Done(task, problem=str(error))
            continue
        if asking.complete:
            yield Done(
                task, verdict.score, verdict.points, verdict.isolation, remark=_remark(verdict)
            )
            continue
        work = (files, asking.known, task.assignment, secret, allow_unsandboxed, to_send)
        try:
            future = executor.submit(judge_files, *work)
        except BrokenExecutor:
            yield Done(task, problem=LOST)
            continue
        running[future] = task
        while len(running) >= AHEAD * workers:
            yield from finished()
    while running:
        yield from finished()


def _read(folder: Path) -> dict[str, bytes]:
    with scratch("submission") as target:
        intake = take_in(folder, load(), target)
        files = (path for path in sorted(intake.folder.rglob("*")) if path.is_file())
        return {str(path.relative_to(intake.folder)): path.read_bytes() for path in files}
