"""Limits of time, memory and substitutes: a submission that exceeds them harms only itself."""

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from red_team.walls import walls

from autograder.catalogue import load
from autograder.grading import grade as grading
from autograder.grading import remote
from autograder.grading.grade import grade_folder
from autograder.grading.own_process import JudgingDied, in_own_process
from autograder.grading.remote import Allowance, RemoteBackend
from autograder.grading.worker_clock import WorkerClock
from autograder.judging import learner
from autograder.judging.learner import TimeBudget
from autograder.judging.results import ChecksError
from autograder.judging.verdict import Verdict
from autograder.worker import host
from autograder.worker.host import Host

A1 = "a1_convolution/convolution.py"
A2 = "a2_backprop/backprop.py"
A4 = "a4_training/network.py"
A5 = "a5_going_further/speed.py"
# The most resident memory of the grader and of each of its child processes, in bytes. The limit of
# the judging process counts only what it allocates beyond the grader's own memory.
MOST_MEMORY = 500 << 20


class Forgetful:
    """A store that keeps nothing, so that everything is judged."""

    def get(self, key: str) -> None:
        return None

    def put(self, key: str, results: object) -> None:
        pass


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOGRADER_SECRET", "of the limits")


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time limits of about a second, with time budgets to match."""
    monkeypatch.setattr(learner, "TIME_LIMIT", 1.0)
    monkeypatch.setattr(learner.TimeBudget.__init__, "__defaults__", _budget(3.0, 1.5))
    monkeypatch.setattr(remote, "GRACE", 0.5)


def _budget(seconds: float, waiting: float) -> tuple[object, ...]:
    _, _, *rest = TimeBudget.__init__.__defaults__ or ()
    return (seconds, waiting, *rest)


def submission(folder: Path, **appended: str) -> Path:
    """The solutions, with text appended to some of their files."""
    shutil.copytree(load().solutions, folder)
    for place, text in appended.items():
        file = folder / {"a1": A1, "a2": A2, "a4": A4, "a5": A5}[place]
        file.write_text(file.read_text(encoding="utf-8") + text, encoding="utf-8")
    return folder


def grade(folder: Path, exercise: str) -> Verdict:
    return grade_folder(folder, exercise=exercise, store=Forgetful())


# --- time ---

WAITING = {
    "__getattr__ of the module": """
_output_size = output_size
del output_size
def __getattr__(name):
    if name != "output_size":
        raise AttributeError(name)
    __import__("time").sleep(0.4)
    return _output_size
""",
    "each call": """
_output_size = output_size
def output_size(*args, **kwargs):
    __import__("time").sleep(0.4)
    return _output_size(*args, **kwargs)
""",
    "select, in a class with __call__": """
class _Sized:
    def __init__(self, right):
        self.right = right
    def __call__(self, *args, **kwargs):
        __import__("select").select([], [], [], 0.4)
        return self.right(*args, **kwargs)
output_size = _Sized(output_size)
""",
}


@pytest.mark.sample(1)
@pytest.mark.parametrize("way", WAITING)
def test_waiting_uses_up_the_time_budget(way: str, tmp_path: Path, short: None) -> None:
    started = time.monotonic()
    verdict = grade(submission(tmp_path / "s", a1=WAITING[way]), "output_size")
    assert time.monotonic() - started < 60
    assert verdict.score == 0
    said = verdict.of("output_size").message
    assert "time budget is used up" in said, said
    assert "1.5 seconds of waiting by the clock" in said, said


WORKING = {
    "__getattr__ of the module": """
_output_size = output_size
del output_size
def __getattr__(name):
    if name != "output_size":
        raise AttributeError(name)
    _burn()
    return _output_size
""",
    "each call": """
_output_size = output_size
def output_size(*args, **kwargs):
    _burn()
    return _output_size(*args, **kwargs)
""",
}
BURN = """
def _burn():
    import time
    end = time.process_time() + 0.3
    while time.process_time() < end:
        pass
"""


@pytest.mark.sample(1)
@pytest.mark.parametrize("way", WORKING)
def test_work_uses_up_the_time_budget(way: str, tmp_path: Path, short: None) -> None:
    verdict = grade(submission(tmp_path / "s", a1=BURN + WORKING[way]), "output_size")
    assert verdict.score == 0
    said = verdict.of("output_size").message
    assert "3 seconds of processor time" in said, said


def test_an_endless_loop_is_named_with_its_line(tmp_path: Path, short: None) -> None:
    text = "\n\ndef output_size(*args, **kwargs):\n    while True:\n        pass\n"
    message = grade(submission(tmp_path / "s", a1=text), "output_size").of("output_size").message
    assert "1 seconds of processor time" in message, message
    assert f"{A1}:" in message, message


def test_a_properties_wait_is_charged(tmp_path: Path, short: None) -> None:
    text = """

class Parameter:
    def __init__(self, value):
        self._value = value
        self.grad = np.zeros_like(value)
    @property
    def value(self):
        __import__("time").sleep(0.5)
        return self._value
    @value.setter
    def value(self, value):
        self._value = value
"""
    verdict = grade(submission(tmp_path / "s", a4=text), "Dense")
    assert verdict.score == 0
    assert "time budget is used up" in verdict.of("Dense").message


def test_the_whole_submission_has_a_budget(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grading, "Allowance", lambda: Allowance(0.5))
    verdict = grade_folder(
        submission(tmp_path / "s", a1=BURN + WORKING["each call"]),
        assignment="a1_convolution",
        store=Forgetful(),
    )
    assert "the whole submission" in verdict.of("im2col").message


@pytest.mark.soak
def test_a_nested_call_ends_with_the_outer_one(tmp_path: Path, short: None) -> None:
    """A substitute for CNN calls many slow layers of the learner's, each within its own limit."""
    text = (
        BURN
        + """

class ReLU(Layer):
    def forward(self, x):
        _burn()
        self.x = x
        return np.maximum(x, 0)
    def backward(self, d_out):
        _burn()
        return d_out * (self.x > 0)


class CNN:
    def __init__(self, layers):
        self.layers = [ReLU() for _ in range(40)]
    def forward(self, x):
        raise NotImplementedError
"""
    )
    started = time.monotonic()
    verdict = grade(submission(tmp_path / "s", a4=text), "train_epoch")
    assert time.monotonic() - started < 75
    assert verdict.score == 0
    assert verdict.of("train_epoch").status != "passed"


BUSY = "while True: pass"


@pytest.fixture
def busy() -> Iterator[Callable[[], None]]:
    """A function that starts four processes with busy loops."""
    loops: list[subprocess.Popen[bytes]] = []

    def start() -> None:
        loops.extend(subprocess.Popen([sys.executable, "-c", BUSY]) for _ in range(4))

    yield start
    for loop in loops:
        loop.kill()
        loop.wait()


@pytest.mark.soak
@pytest.mark.parametrize(("seconds", "passes"), [(0.5, True), (2.0, False)])
def test_a_busy_machine_changes_no_verdict(
    seconds: float, passes: bool, tmp_path: Path, short: None, busy: Callable[[], None]
) -> None:
    text = (
        BURN.replace("0.3", str(seconds))
        + """
_im2col, _calls = im2col, []
def im2col(*args, **kwargs):
    _calls.append(args)
    if len(_calls) < 3:
        _burn()
    return _im2col(*args, **kwargs)
"""
    )
    folder = submission(tmp_path / "s", a1=text)
    idle = grade(folder, "im2col").of("im2col")
    busy()
    loaded = grade(folder, "im2col").of("im2col")
    assert [c.passed for c in idle.checks] == [c.passed for c in loaded.checks]
    assert all(c.passed for c in idle.checks) is passes


def test_the_clock_counts_what_others_do_not_take(tmp_path: Path) -> None:
    """The clock separates running from waiting, for bubblewrap's inner process too."""
    backend = RemoteBackend(walls()[0], submission(tmp_path / "s", a1=BURN))
    with backend:
        found = backend.find("a1_convolution.convolution", "_burn")
        running, waiting = backend.spent()
        assert backend.call(found.value, [], {}, 5.0).failure is None
        used = backend.spent()
    assert 0.25 < used[0] - running < 2.0
    assert used[1] - waiting < 0.3


def test_a_clock_of_a_process_that_is_gone_says_what_it_knew() -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    clock = WorkerClock(process.pid)
    process.wait()
    assert clock.tick().running >= 0.0
    clock.close()


# --- time limits without setitimer: Windows, and other threads than the main one ---

LOOP = "def f():\n    n = 0\n    while True:\n        n += 1\n"


@pytest.fixture
def looping(tmp_path: Path) -> Iterator[Host]:
    (tmp_path / "endless_loop").mkdir()
    (tmp_path / "endless_loop/loop.py").write_text(LOOP)
    yield Host(tmp_path)
    for name in [name for name in sys.modules if name.startswith("endless_loop")]:
        del sys.modules[name]


def test_an_endless_loop_ends_without_setitimer(
    looping: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.delattr(host.signal, "setitimer")
        outcome = looping.call(looping.find("endless_loop.loop", "f").value, [], {}, 0.3)
    assert outcome.failure is not None
    assert outcome.failure.kind == "timeout"
    assert "0.3 seconds of processor time" in outcome.failure.message
    assert outcome.failure.trace[-1]["line"] in (3, 4)


def test_an_endless_loop_in_another_thread_ends(looping: Host) -> None:
    outcomes: list[host.Outcome] = []

    def run() -> None:
        found = looping.find("endless_loop.loop", "f").value
        outcomes.append(looping.call(found, [], {}, 0.3))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(60)
    assert outcomes[0].failure is not None
    assert outcomes[0].failure.kind == "timeout"


# --- memory ---

BIG = {
    "many rows": "f(np.zeros((16_000_000, 1), np.int8))",
    "rows that spread": "f(np.zeros((5_000, 1, 1, 1, 1)))",
    "numbers of 128 bits": "f([2**100] * 9_000)",
    "lists in lists": "f([[[[0] * 10] * 10] * 10] * 11)",
    "named": "f(x=np.zeros(4_000_000))",
}


@pytest.mark.sample(1)
@pytest.mark.parametrize("way", BIG)
def test_what_a_callback_is_asked_for_is_bounded(way: str, tmp_path: Path) -> None:
    body = f"\n\ndef numerical_gradient(f, x, d_out, epsilon=1e-5):\n    {BIG[way]}\n    return x\n"
    verdict = grade(submission(tmp_path / "s", a2=body), "numerical_gradient")
    assert verdict.score == 0


RETURNS = {
    "eight million": "return np.zeros(8_000_000, np.int8)",
    "a long list": "return [0] * 900_000",
    "lists of nothing": "return [[] for _ in range(300_000)]",
    "a subclass": "return np.zeros(8_000_000, np.int8).view(np.matrix)",
    "a view of one number": "return np.broadcast_to(np.float64(1), (40_000, 40_000))",
    "a memoryview": "return memoryview(bytearray(50_000_000))",
    "a generator": "return (0 for _ in iter(int, 1))",
}


@pytest.mark.sample(1)
@pytest.mark.parametrize("way", RETURNS)
def test_what_is_returned_is_bounded(way: str, tmp_path: Path) -> None:
    text = f"\n\ndef output_size(*args, **kwargs):\n    {RETURNS[way]}\n"
    verdict = grade(submission(tmp_path / "s", a1=text), "output_size")
    assert verdict.score == 0
    assert len(verdict.of("output_size").message) < 1300


@pytest.mark.soak
@pytest.mark.parametrize("value", ["3_000_000_000", "'x' * 60_000", "[0.1] * 50_000"])
def test_what_a_substituted_part_reads_is_bounded(value: str, tmp_path: Path) -> None:
    """The substitute for SGD.step computes with values that the learner's code chose."""
    text = f"""

class SGD:
    def __init__(self, parameters, learning_rate, momentum=0.0):
        self.parameters, self.momentum = parameters, momentum
        self.learning_rate = {value}
        for parameter in parameters:
            parameter.grad = 'text'
        self.velocities = ['text' for _ in parameters]
    def step(self):
        raise NotImplementedError
"""
    verdict = grade(submission(tmp_path / "s", a4=text), "train_epoch")
    assert verdict.of("train_epoch").score < verdict.of("train_epoch").points


def test_a_request_for_too_much_memory_is_an_error_of_the_work() -> None:
    def work() -> str:
        try:
            return str(np.ones(200_000_000).sum())
        except MemoryError:
            return "too much"

    assert in_own_process(work) == "too much"


def test_the_death_of_the_process_is_told_with_its_cause() -> None:
    with pytest.raises(JudgingDied, match="signal 9"):
        in_own_process(lambda: os.kill(os.getpid(), 9))


def test_the_process_tells_its_errors() -> None:
    def no_checks() -> None:
        raise ChecksError("there are no checks")

    def no_room() -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(ChecksError, match="there are no checks"):
        in_own_process(no_checks)
    with pytest.raises(OSError, match="No space left") as caught:
        in_own_process(no_room)
    assert caught.value.errno == 28
    assert in_own_process(lambda: {"a": [1, 2]}) == {"a": [1, 2]}


def test_a_death_costs_that_submission_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The verdict is one sentence, without a second try; the next submission is unaffected."""
    tried = []
    run_checks = grading.run_checks

    def deadly(backend: RemoteBackend, *args: object, **kwargs: object) -> object:
        if "hostile" in (backend.submission / A1).read_text():
            os.kill(os.getpid(), 9)
        return run_checks(backend, *args, **kwargs)  # type: ignore[arg-type]

    def noting(work: Callable[[], object]) -> object:
        tried.append(work)
        return in_own_process(work)

    monkeypatch.setattr(grading, "run_checks", deadly)
    monkeypatch.setattr(grading, "in_own_process", noting)
    hostile = grade(submission(tmp_path / "hostile", a1="# hostile\n"), "output_size")
    assert len(tried) == 1
    assert hostile.score == 0
    assert "ended without an answer" in hostile.of("output_size").message
    honest = grade(submission(tmp_path / "honest"), "output_size")
    assert honest.score == honest.points


@pytest.mark.soak
@pytest.mark.parametrize("way", [*BIG, *RETURNS])
def test_the_grader_stays_small(way: str, tmp_path: Path) -> None:
    """The peak memory of the command, and of each process that it waits for, is limited."""
    if way in BIG:
        body = f"\n\ndef numerical_gradient(f, x, d_out, epsilon=1e-5):\n    {BIG[way]}\n"
        folder = submission(tmp_path / "s", a2=body)
    else:
        text = f"\n\ndef output_size(*args, **kwargs):\n    {RETURNS[way]}\n"
        folder = submission(tmp_path / "s", a1=text)
    exercise = "numerical_gradient" if way in BIG else "output_size"
    code = (
        "import resource, runpy, sys\n"
        "try: runpy.run_module('autograder', run_name='__main__')\n"
        "finally:\n"
        "    for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):\n"
        "        print(resource.getrusage(who).ru_maxrss, file=sys.stderr)\n"
    )
    command = [sys.executable, "-c", code, "grade", "--json", "--exercise", exercise, str(folder)]
    # Started by a small process: the kernel counts the memory of the parent, here pytest, too.
    command = ["sh", "-c", '"$@"; exit $?', "sh", *command]
    environment = {**os.environ, "AUTOGRADER_STORE": str(tmp_path / "store")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["score"] == 0
    assert max(int(line) for line in done.stderr.split()[-2:]) * 1024 < MOST_MEMORY


# --- one path's failure ---


def test_one_paths_failure_is_that_paths(tmp_path: Path) -> None:
    good, other = submission(tmp_path / "good"), submission(tmp_path / "other")
    code = (
        "from autograder.grading import grade as g\n"
        "from autograder.judging.results import ChecksError\n"
        "from autograder.instructor import commands\n"
        "whole = g.grade_folder\n"
        "def grade(path, **kwargs):\n"
        "    if path.name == 'good': raise ChecksError('a check broke')\n"
        "    return whole(path, **kwargs)\n"
        "commands.grade_folder = grade\n"
        "from autograder.cli import main; main()\n"
    )
    command = [sys.executable, "-c", code, "grade", "--json", "--exercise", "output_size"]
    environment = {**os.environ, "AUTOGRADER_STORE": str(tmp_path / "store")}
    done = subprocess.run(
        [*command, str(good), str(other)], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert json.loads(done.stdout)["score"] == 5
    assert done.stderr.strip() == f"{good}: not graded: a check broke"


# --- what substitutes give ---

FAST = {
    "an unloadable file": (
        "this is not python",
        "from a1_convolution.convolution import conv2d_forward as _other\n"
        "def conv2d_forward_fast(*args): return _other(*args)[0]\n",
    ),
    "an unwritten naive version": (
        "\n\ndef conv2d_forward_naive(*args, **kwargs):\n    raise NotImplementedError\n",
        "from a1_convolution.convolution import conv2d_forward_naive as _other\n"
        "def conv2d_forward_fast(*args): return _other(*args)\n",
    ),
    "a file that hangs": (
        "while True: pass\n",
        "from a1_convolution import convolution\n"
        "def conv2d_forward_fast(*args): return convolution.conv2d_forward_naive(*args)\n",
    ),
    "a file that exits": (
        "raise SystemExit\n",
        "import importlib\n"
        "def conv2d_forward_fast(*args):\n"
        "    module = importlib.import_module('a1_convolution.convolution')\n"
        "    return module.conv2d_forward(*args)[0]\n",
    ),
}


@pytest.mark.sample(1)
@pytest.mark.parametrize("way", FAST)
def test_what_it_is_measured_against_is_never_given(way: str, tmp_path: Path) -> None:
    broken, fast = FAST[way]
    folder = submission(tmp_path / "s", a5="\n\n" + fast)
    file = folder / A1
    kept = file.read_text() if way == "an unwritten naive version" else ""
    file.write_text(kept + broken)
    assert grade(folder, "conv2d_forward_fast").score == 0


@pytest.mark.soak
def test_an_honest_fast_version_is_judged_without_a_naive_one(tmp_path: Path) -> None:
    """The check uses a substitute for the naive version, so no points are lost."""
    folder = submission(tmp_path / "s")
    file = folder / A1
    text = "\n\ndef conv2d_forward_naive(*args, **kwargs):\n    raise NotImplementedError\n"
    file.write_text(file.read_text() + text)
    verdict = grade(folder, "conv2d_forward_fast").of("conv2d_forward_fast")
    assert verdict.status == "passed", verdict.message


@pytest.mark.soak
def test_published_labels_in_file_order_earn_nothing(tmp_path: Path) -> None:
    from cnnlab.digits import load_digits

    labels = "".join(map(str, load_digits().test_labels))
    text = f"""

_LABELS = {labels!r}
_AT = [0]


class CNN:
    def __init__(self, layers):
        pass
    def parameters(self):
        return []
    def forward(self, x):
        start = _AT[0]
        _AT[0] += len(x)
        return np.eye(10)[[int(_LABELS[(start + k) % 2000]) for k in range(len(x))]]


class SGD:
    def __init__(self, *args):
        pass


class Dense(Layer):
    def __init__(self, *args, **kwargs):
        pass


def train_epoch(*args):
    return 0.0
"""
    verdict = grade(submission(tmp_path / "s", a4=text), "mnist")
    assert verdict.score == 0
    for check in verdict.of("mnist").checks:
        assert check.measured.get("accuracy", 0.0) < 0.2


@pytest.mark.soak
@pytest.mark.parametrize("shape", ["(0, 10, 1)", "(len(x), 10, 1)", "(len(x), 9)", "(1, 10)"])
def test_scores_of_another_shape_are_no_accuracy(shape: str, tmp_path: Path) -> None:
    text = f"""

class CNN:
    def __init__(self, layers):
        pass
    def parameters(self):
        return []
    def forward(self, x):
        return np.zeros({shape})


def train_epoch(*args):
    return 0.0
"""
    verdict = grade(submission(tmp_path / "s", a4=text), "mnist").of("mnist")
    assert verdict.score == 0
    assert all(np.isfinite(v) for check in verdict.checks for v in check.measured.values())
