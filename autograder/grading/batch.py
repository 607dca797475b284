"""Judges many submissions in parallel, on the cores of this machine or on those of a cluster.

A machine that judges needs only this package. It receives a submission as the bytes of its
expected files, and returns results under the keys of the verdict store. They are saved in the
course's store, so that nbgrader's autograde later finds every verdict there.
"""

from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from dataclasses import dataclass, field
from pathlib import Path

from autograder.catalogue import OWN_EXERCISES, PACKAGE, Course, load
from autograder.grading.course_files import course_secret, course_store
from autograder.grading.grade import grade_folder
from autograder.grading.isolation import find_isolation
from autograder.grading.scratch import scratch
from autograder.grading.submission import Submission
from autograder.grading.verdict_store import groups_of, judged_by
from autograder.judging.intake import NoSubmission, take_in
from autograder.judging.results import Results
from autograder.judging.verdict import Verdict

AHEAD = 4
# A pool that lost a process rejects all further work.
LOST = "not judged ahead: a judging process died (out of memory?), so it will be judged again"


@dataclass(frozen=True)
class Done:
    """The result of a task: its scores, or a sentence that says why there are none.

    `remark` says why exercises could not be run, so that nobody takes their 0 points for missing
    work. `scores` has the score of each exercise.
    """

    task: Submission
    score: float = 0.0
    points: float = 0.0
    isolation: str = ""
    problem: str = ""
    remark: str = ""
    scores: dict[str, float] = field(default_factory=dict)


@dataclass
class _Collected:
    """A store in memory, with the known results of one submission."""

    results: dict[str, Results] = field(default_factory=dict)

    def get(self, key: str) -> Results | None:
        return self.results.get(key)

    def put(self, key: str, results: Results) -> None:
        self.results[key] = results


@dataclass(frozen=True)
class _Answer:
    score: float
    points: float
    isolation: str
    results: dict[str, Results]
    remark: str = ""
    scores: dict[str, float] = field(default_factory=dict)

    def done(self, task: Submission) -> Done:
        return Done(
            task,
            self.score,
            self.points,
            self.isolation,
            remark=self.remark,
            scores=self.scores,
        )


def _answer(verdict: Verdict, results: dict[str, Results]) -> _Answer:
    scores = {one.exercise: one.score for one in verdict.exercises}
    return _Answer(
        verdict.score, verdict.points, verdict.isolation, results, _remark(verdict), scores
    )


def judge_files(
    files: dict[str, bytes],
    known: dict[str, Results],
    assignment: str,
    secret: str,
    allow_unsandboxed: bool,
    course: Course | None,
) -> _Answer:
    """Judge the exercises of a submission that have no known results; an executor runs this.

    Args:
        course: None for this kit's own, whose path may differ on another machine.
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
            course=course or load(PACKAGE.parent),
        )
    new = {key: results for key, results in store.results.items() if key not in known}
    return _answer(verdict, new)


def _remark(verdict: Verdict) -> str:
    stopped = [one for one in verdict.exercises if one.status == "error"]
    if not stopped:
        return ""
    return f"{len(stopped)} of {len(verdict.exercises)} could not be run: {stopped[0].message}"


def judge_all(
    tasks: Iterable[Submission],
    executor: Executor,
    workers: int,
    *,
    allow_unsandboxed: bool = False,
) -> Iterator[Done]:
    """Judge every task, and yield each when it is done; known results are not computed again.

    At most AHEAD tasks for each process are read in advance, so memory does not grow with the
    size of the class.

    Args:
        tasks: in any order.
        executor: a ProcessPoolExecutor, or a Dask cluster's `Client.get_executor()`.
        workers: the number of the executor's processes.
        allow_unsandboxed: as for `grade_folder`.
    """
    store, secret, course = course_store(), course_secret(), load()
    to_send = None if course.exercises_folder == OWN_EXERCISES else course
    isolation = find_isolation(allow_unsandboxed=allow_unsandboxed).name
    running: dict[Future[_Answer], tuple[Submission, str]] = {}

    def finished() -> Iterator[Done]:
        ready, _ = wait(running, return_when=FIRST_COMPLETED)
        for future in ready:
            task, group = running.pop(future)
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
            judged = judged_by(task.assignment, course, secret, answer.isolation)
            store.mark_judged(group, judged)
            yield answer.done(task)

    for task in tasks:
        try:
            files = files_in(task.folder)
            groups = groups_of(files, task.assignment, course)
            known, judged = store.known(groups)
            if judged == judged_by(task.assignment, course, secret, isolation):
                verdict = grade_folder(
                    task.folder, assignment=task.assignment, allow_unsandboxed=allow_unsandboxed
                )
                yield _answer(verdict, {}).done(task)
                continue
        except (NoSubmission, OSError) as error:
            yield Done(task, problem=str(error))
            continue
        work = (files, known, task.assignment, secret, allow_unsandboxed, to_send)
        try:
            future = executor.submit(judge_files, *work)
        except BrokenExecutor:
            yield Done(task, problem=LOST)
            continue
        running[future] = task, groups[-1]
        while len(running) >= AHEAD * workers:
            yield from finished()
    while running:
        yield from finished()


def files_in(folder: Path) -> dict[str, bytes]:
    """A submission's files as they are judged, by path such as "a1/x.py".

    Raises:
        NoSubmission: if `folder` does not contain an assignment.
    """
    with scratch("submission") as target:
        intake = take_in(folder, load(), target)
        files = (path for path in sorted(intake.folder.rglob("*")) if path.is_file())
        return {path.relative_to(intake.folder).as_posix(): path.read_bytes() for path in files}
