"""Judging a class: the number of processes changes no verdict, and no work is done twice."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from dataclasses import asdict, fields
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from autograder.catalogue import load
from autograder.grading import batch, course_files, grade
from autograder.grading.batch import AHEAD, judge_all
from autograder.grading.submission import Submission
from autograder.grading.verdict_store import VerdictStore, results_from
from autograder.judging.results import Results
from autograder.judging.verdict import CheckResult
from autograder.worker.host import Failure

ROOT = Path(__file__).resolve().parent.parent
A1, A3 = "a1_convolution", "a3_pooling_and_loss"
WRONG = {
    "right": (),
    "no_padding": ("+ 2 * padding - kernel_size", "- kernel_size"),
}


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AUTOGRADER_SECRET", "a secret of this test")
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")
    course_files.course_secret.cache_clear()
    yield
    course_files.course_secret.cache_clear()


@pytest.fixture
def use_store(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], VerdictStore]:
    """Use a new folder as the course's, so that its store is empty."""

    def use(folder: Path) -> VerdictStore:
        monkeypatch.setattr(course_files, "course_folder", lambda: folder)
        return course_files.course_store()

    return use


@pytest.fixture
def tasks(tmp_path: Path) -> list[Submission]:
    """Two submissions of a1: one is right, one is wrong."""
    made = []
    for name, change in WRONG.items():
        folder = tmp_path / "submitted" / name
        shutil.copytree(ROOT / "solutions" / A1, folder / A1)
        file = folder / A1 / "convolution.py"
        text = file.read_text(encoding="utf-8")
        assert not change or change[0] in text
        file.write_text(text.replace(*change) if change else text, encoding="utf-8")
        made.append(Submission(name, A1, folder))
    return made


class InThisProcess(Executor):
    """Runs each task at once in this process, where monkeypatches have an effect."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


class Refuses(Executor):
    """Raises if it is given a task."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        raise AssertionError("this verdict should have been in the store")


def scores(done: Any) -> dict[str, tuple[float, float, str]]:
    return {one.task.student: (one.score, one.points, one.problem) for one in done}


def kept(store: VerdictStore) -> list[str]:
    """All results in a store, sorted, without their keys and times."""
    found = []
    for file in store.folder.rglob("*.json"):
        for results in json.loads(file.read_text(encoding="utf-8"))["results"].values():
            del results["kept"]
            found.append(json.dumps(results))
    return sorted(found)


def spread(tasks: list[Submission], processes: int) -> dict[str, tuple[float, float, str]]:
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        return scores(judge_all(tasks, pool, processes, allow_unsandboxed=True))


@pytest.mark.soak
def test_two_processes_find_what_one_finds_and_a_second_run_costs_nothing(
    tasks: list[Submission],
    tmp_path: Path,
    use_store: Callable[[Path], VerdictStore],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    alone = use_store(tmp_path / "one")
    by_one = spread(tasks, 1)
    together = use_store(tmp_path / "two")
    by_two = spread(tasks, 2)

    assert by_one == by_two
    assert kept(alone) == kept(together)
    assert by_one["right"][0] == by_one["right"][1]
    assert 0 < by_one["no_padding"][0] < by_one["no_padding"][1]

    def no_worker(*_: Any) -> None:
        raise AssertionError("a worker was started")

    monkeypatch.setattr(grade, "RemoteBackend", no_worker)
    assert scores(judge_all(tasks, Refuses(), 2, allow_unsandboxed=True)) == by_one


def test_a_changed_check_regrades_only_its_exercise(
    tmp_path: Path, use_store: Callable[[Path], VerdictStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    top = tmp_path / "logistic"
    shutil.copytree(ROOT / "examples" / "logistic_regression", top)
    name = "a1_logistic"
    monkeypatch.chdir(top)
    shutil.copytree(top / "solutions", tmp_path / "submitted" / "ada")
    task = Submission("ada", name, tmp_path / "submitted" / "ada")
    store = use_store(tmp_path / "course")
    seen: set[str] = set()

    def judged_now() -> set[str]:
        """The exercises with new results in the store, found by the names of their checks."""
        (done,) = judge_all([task], InThisProcess(), 1, allow_unsandboxed=True)
        assert (done.score, done.problem) == (done.points, "")
        results = {
            key: each
            for file in store.folder.rglob("*.json")
            for key, each in json.loads(file.read_text(encoding="utf-8"))["results"].items()
        }
        checks = [c["name"] for key in results.keys() - seen for c in results[key]["checks"]]
        seen.update(results)
        return {
            exercise.name
            for exercise in load().assignment(name).exercises
            for public in [exercise.folder.joinpath("public.py").read_text(encoding="utf-8")]
            if any(f"def test_{check}(" in public for check in checks)
        }

    assert judged_now() == {"sigmoid", "log_loss_gradient", "fit"}
    assert judged_now() == set()
    for kind in ("hidden", "public"):
        file = top / "exercises" / name / "sigmoid" / f"{kind}.py"
        file.write_text(file.read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")
        assert judged_now() == {"sigmoid"}
    pitfalls = top / "exercises" / name / "sigmoid" / "pitfalls.py"
    pitfalls.write_text(pitfalls.read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")
    assert judged_now() == set()


def test_what_cannot_be_read_is_named_and_the_others_go_on(
    tasks: list[Submission], tmp_path: Path, use_store: Callable[[Path], VerdictStore]
) -> None:
    use_store(tmp_path / "course")
    missing = Submission("missing", A1, tmp_path / "nobody")
    (tmp_path / "empty").mkdir()
    empty = Submission("empty", A1, tmp_path / "empty")
    a_file = Submission("a_file", A1, tmp_path / "file")
    a_file.folder.write_text("not a folder", encoding="utf-8")
    found = scores(
        judge_all([missing, tasks[0], empty, a_file], InThisProcess(), 1, allow_unsandboxed=True)
    )
    assert found["right"][0] == found["right"][1] > 0
    for task in (missing, empty, a_file):
        score, points, problem = found[task.student]
        assert (score, points) == (0, 0)
        assert str(task.folder) in problem


def _exit(*_: Any) -> None:
    os._exit(1)


def test_a_process_that_dies_takes_no_other_submission_with_it(
    tasks: list[Submission],
    tmp_path: Path,
    use_store: Callable[[Path], VerdictStore],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    use_store(tmp_path / "course")
    monkeypatch.setattr(batch, "judge_files", _exit)
    found = spread(tasks, 1)
    assert set(found) == set(WRONG)
    assert all("again" in problem for _, _, problem in found.values())


class Slow(Executor):
    """Finishes one task in each `wait`, and counts how many tasks it has at the same time."""

    def __init__(self, answer: Callable[[], Any]) -> None:
        self.answer = answer
        self.waiting: list[Future[Any]] = []
        self.most = 0

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self.waiting.append(future)
        self.most = max(self.most, len(self.waiting))
        return future

    def wait(self, futures: Any, return_when: str) -> tuple[set[Future[Any]], set[Future[Any]]]:
        first = self.waiting.pop(0)
        first.set_result(self.answer())
        return {first}, set(futures) - {first}


def test_memory_and_work_in_hand_do_not_grow_with_the_class(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Forgets:
        def put(self, key: str, results: Any) -> None:
            pass

        def known(self, groups: list[str]) -> tuple[dict[str, Any], str]:
            return {}, ""

        def mark_judged(self, group: str, judged: str) -> None:
            pass

    monkeypatch.setattr(batch, "course_store", Forgets)
    monkeypatch.setattr(batch, "judged_by", lambda *_: "judged")
    monkeypatch.setattr(batch, "files_in", lambda _: {"a1/convolution.py": bytes(20_000)})
    workers = 3

    def simulate(count: int) -> tuple[int, int]:
        """Judge `count` submissions; return the peak memory in bytes and the number of waits."""
        executor = Slow(lambda: batch._Answer(1, 1, "none", {"key": Results([], "x" * 9999)}))
        given = 0
        waits = 0

        def submissions() -> Iterator[Submission]:
            nonlocal given
            for number in range(count):
                given += 1
                yield Submission(str(number), A1, Path("nowhere"))

        def wait(*arguments: Any, **rest: Any) -> Any:
            nonlocal waits
            waits += 1
            return executor.wait(*arguments, **rest)

        monkeypatch.setattr(batch, "wait", wait)
        tracemalloc.start()
        try:
            for ended, done in enumerate(judge_all(submissions(), executor, workers), start=1):
                assert done.score == 1
                assert given - ended <= AHEAD * workers
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert ended == given == count
        assert executor.most == AHEAD * workers
        return peak, waits

    simulate(100)
    few, waits_for_few = simulate(1_000)
    many, waits_for_many = simulate(10_000)
    assert waits_for_many == 10 * waits_for_few == 10_000
    assert many < few + 200_000


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list["subprocess.Popen[bytes]"]]]:
    """A Dask scheduler and two workers, as processes of their own."""
    where = tmp_path / "scheduler.json"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "DASK_DISTRIBUTED__DASHBOARD__LINK": ""}
    started: list[subprocess.Popen[bytes]] = []

    def start(*command: str) -> "subprocess.Popen[bytes]":
        process = subprocess.Popen(
            [sys.executable, "-m", "dask", *command, "--scheduler-file", str(where)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment,
            cwd=tmp_path,
        )
        started.append(process)
        return process

    try:
        start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
        workers = [
            start("worker", "--no-nanny", "--nthreads", "1", "--no-dashboard") for _ in range(2)
        ]
        deadline = time.monotonic() + 60
        while not where.is_file():
            assert time.monotonic() < deadline, "the scheduler did not start"
            time.sleep(0.1)
        time.sleep(0.2)
        yield json.loads(where.read_text(encoding="utf-8"))["address"], workers
    finally:
        for process in started:
            process.kill()
            process.wait()


@pytest.mark.soak
def test_a_cluster_that_loses_a_worker_finds_what_this_machine_finds(
    tasks: list[Submission],
    tmp_path: Path,
    use_store: Callable[[Path], VerdictStore],
    cluster: tuple[str, list["subprocess.Popen[bytes]"]],
) -> None:
    import psutil
    from distributed import Client

    address, workers = cluster
    # Submissions that differ, so that no verdict comes from the store.
    for number in range(2):
        folder = tmp_path / "submitted" / f"more_{number}"
        shutil.copytree(tasks[0].folder, folder)
        with (folder / A1 / "convolution.py").open("a", encoding="utf-8") as file:
            file.write(f"\n# {number}\n")
        tasks.append(Submission(folder.name, A1, folder))
    here = use_store(tmp_path / "here")
    alone = scores(judge_all(tasks, InThisProcess(), 1, allow_unsandboxed=True))
    there = use_store(tmp_path / "there")
    with Client(address, timeout=60) as client:
        client.wait_for_workers(2, timeout=60)
        found = {}
        victim = psutil.Process(workers[0].pid)
        orphans: list[psutil.Process] = []
        for done in judge_all(tasks, client.get_executor(), 2, allow_unsandboxed=True):
            if not found:
                deadline = time.monotonic() + 10
                # Kill the worker while it runs a learner's code.
                while not orphans and time.monotonic() < deadline:
                    orphans = victim.children(recursive=True)
                workers[0].send_signal(signal.SIGKILL)
                workers[0].wait()
            found.update(scores([done]))
        assert len(client.scheduler_info()["workers"]) == 1
    assert found == alone
    assert kept(there) == kept(here)
    assert orphans
    # The learner's code has also ended.
    assert not psutil.wait_procs(orphans, timeout=10)[1]


def test_results_come_back_as_they_were_written() -> None:
    failure = Failure("exception", type="ValueError", message="no")
    check = CheckResult("a", "It is so.", False, False, problem="it is not", failure=failure)
    results = Results([check], "x.y", "A sentence.", True, ["a"], True, "a slip")
    assert all(getattr(results, one.name) for one in fields(results))  # no field is left out
    assert results_from(json.loads(json.dumps(asdict(results)))) == results
