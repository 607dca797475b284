"""Hostile and broken submissions: none gains a point, changes a file, or harms another submission.

Most tests also grade an honest submission after the hostile one, in the same process.
"""

import http.server
import os
import re
import shutil
import socket
import sqlite3
import threading
import time
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from red_team.attacks import ATTACKS, WRONG, Attack
from red_team.walls import walls

from autograder.catalogue import PACKAGE, load
from autograder.grading import grade as grading
from autograder.grading import remote
from autograder.grading.grade import grade_folder
from autograder.grading.isolation import why_not
from autograder.grading.sandbox import Isolation, NoBackend
from autograder.judging import learner
from autograder.judging.explain import explain
from autograder.judging.results import Results
from autograder.judging.verdict import Verdict
from autograder.learner.page import verdict_html
from autograder.worker.host import IMPORT_LIMIT

FILE = "a3_pooling_and_loss/layers.py"
SECRET = "the canary's secret, 8f3a91"
LAYERS = (load().solutions / FILE).read_text(encoding="utf-8")
BESIDE = [e.name for e in load().exercises if e.path == FILE and e.name != "relu_forward"]
WALLS = walls()


class Forgetful:
    """A store that keeps nothing, so that everything is judged again."""

    def get(self, key: str) -> Results | None:
        return None

    def put(self, key: str, results: Results) -> None:
        pass


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOGRADER_SECRET", "of the red team")
    monkeypatch.setenv("CANARY_IN_THE_ENVIRONMENT", SECRET)
    monkeypatch.setattr(learner, "TIME_LIMIT", 1.5)
    monkeypatch.setattr(remote, "GRACE", 0.5)
    monkeypatch.setattr(remote, "QUICK_LIMIT", 5.0)


@pytest.fixture
def canary(tmp_path: Path) -> Iterator[Path]:
    """A folder with files to steal or change; after the test it must be unchanged."""
    folder = tmp_path / "canary"
    (folder / "inner").mkdir(parents=True)
    for name in ("secret.txt", "nbgrader_config.py", "inner/secret.txt"):
        (folder / name).write_text(SECRET)
    with sqlite3.connect(folder / "gradebook.db") as database:
        database.execute("CREATE TABLE grade (student TEXT, auto_score REAL)")
        database.execute("INSERT INTO grade VALUES ('honest', 2.0), ('hostile', 0.0)")
    database.close()
    for path in (folder, *folder.rglob("*")):  # the sandbox must also stop users with permission
        path.chmod(0o777)
    before = picture(folder)
    environment, children = environment_now(), children_of_this_process()
    yield folder
    assert picture(folder) == before, "something outside was changed"
    assert environment_now() == environment
    assert children_of_this_process() <= children, "a process was left behind"


def picture(folder: Path) -> dict[str, tuple[int, int, int, bytes]]:
    """Mode, time, owner and content of all files in a folder."""
    return {
        str(path): (
            (status := path.lstat()).st_mode,
            status.st_mtime_ns,
            status.st_uid,
            path.read_bytes() if path.is_file() else b"",
        )
        for path in (folder, *folder.rglob("*"))
    }


def environment_now() -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}


def children_of_this_process() -> set[int]:
    found = set()
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = status.read_text()
        except OSError:
            continue
        if int(text.rpartition(")")[2].split()[1]) == os.getpid():
            found.add(int(status.parent.name))
    return found


def submission(folder: Path, text: str | bytes) -> Path:
    """A folder like assignments/, with `text` as layers.py; all other files are right."""
    for name in ("a1_convolution", "a2_backprop", "a3_pooling_and_loss"):
        shutil.copytree(load().solutions / name, folder / name)
    data = text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text
    (folder / FILE).write_bytes(data)
    return folder


def code_of(attack: Attack, canary: Path, port: int = 9) -> str:
    names = f"CANARY, SECRET = {str(canary)!r}, {SECRET!r}[:10]\n"
    names += f"PACKAGE, GRADER = {str(PACKAGE)!r}, {os.getpid()}\n"
    return LAYERS + WRONG + names + attack.code.replace("PORT", str(port))


def grade(path: Path, exercise: str | None = "relu_forward") -> Verdict:
    assignment = None if exercise else "a3_pooling_and_loss"
    return grade_folder(path, exercise=exercise, assignment=assignment, store=Forgetful())


def require_clear(verdict: Verdict, exercise: str, says: str) -> None:
    """The exercise's verdict is one line of clean text that gives the reason."""
    mine = verdict.of(exercise)
    # The message, and the problem that each check found.
    told = " ".join([mine.message, *(check.problem for check in mine.checks)])
    assert re.search(says, told, re.IGNORECASE), told
    assert 10 < len(mine.message) < 1300
    assert "Traceback" not in mine.message
    for check in mine.checks:
        for text in (mine.message, explain(check)):
            kinds = {unicodedata.category(c) for c in text} - {"Cc"}
            assert not kinds & {"Cf", "Cs", "Co", "Cn"}, text
            assert not set(map(chr, range(32))) & set(text) - {"\n", "\t"}, repr(text)
            assert "\x7f" not in text
            assert not set(map(chr, range(0x80, 0xA0))) & set(text)
        assert "\n" not in mine.message
        assert len(explain(check)) < 20_000
    page = verdict_html(mine)
    assert "<script" not in page
    assert "<img" not in page
    assert "\x1b" not in page


def require_no_leak(verdict: Verdict, exercise: str) -> None:
    for check in verdict.of(exercise).checks:
        for text in (check.printed, check.problem):
            assert "LEAK" not in text, text
            assert SECRET not in text, text


def require_honest_beside(tmp_path: Path) -> None:
    honest = grade(submission(tmp_path / "honest", LAYERS))
    assert honest.score == honest.points == 2.0


def test_enough_of_them() -> None:
    assert len(ATTACKS) >= 60
    assert len({attack.id for attack in ATTACKS}) == len(ATTACKS)


def test_without_an_attack_it_is_worth_nothing(tmp_path: Path) -> None:
    """The wrong code that all attacks are appended to earns nothing."""
    assert grade(submission(tmp_path / "wrong", LAYERS + WRONG)).score == 0.0


@pytest.mark.sample(7)
@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.id)
def test_attack(attack: Attack, canary: Path, tmp_path: Path) -> None:
    path = submission(tmp_path / "hostile", code_of(attack, canary))
    before = picture(path)
    verdict = grade(path, None if attack.beside else "relu_forward")
    mine = verdict.of("relu_forward")
    assert mine.score == 0.0
    assert mine.status != "passed"
    assert verdict.isolation == WALLS[0].name
    require_clear(verdict, "relu_forward", attack.says)
    require_no_leak(verdict, "relu_forward")
    assert picture(path) == before, "the submission itself was changed"
    if attack.beside:
        for name in BESIDE:
            assert verdict.of(name).status == "passed", (name, verdict.of(name).message)
    require_honest_beside(tmp_path)


REACHING_OUT = [
    attack
    for attack in ATTACKS
    if attack.family
    in {
        "reading tests and solutions",
        "environment and /proc",
        "gradebook and configuration",
        "processes",
        "disk",
        "network",
    }
]


@pytest.mark.sample(2)
@pytest.mark.parametrize("isolation", WALLS[1:], ids=lambda isolation: isolation.name)
@pytest.mark.parametrize("attack", REACHING_OUT, ids=lambda attack: attack.id)
def test_attack_on_the_next_wall(
    attack: Attack,
    isolation: Isolation,
    canary: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The other sandboxes also stop the attacks that reach outside the worker."""
    monkeypatch.setattr("autograder.grading.isolation.all_isolations", lambda: (isolation,))
    verdict = grade(submission(tmp_path / "hostile", code_of(attack, canary)))
    assert verdict.isolation == isolation.name
    assert verdict.score == 0.0
    require_clear(verdict, "relu_forward", r"out\[|raised|finish|cannot be loaded")
    require_no_leak(verdict, "relu_forward")
    require_honest_beside(tmp_path)


def test_nobody_calls_home(canary: Path, tmp_path: Path) -> None:
    """A server on this machine receives no request."""
    heard = []

    class Ear(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(self.path)
            self.send_response(200)

    with http.server.HTTPServer(("127.0.0.1", 0), Ear) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        (attack,) = (a for a in ATTACKS if a.name == "telling the score's address")
        text = code_of(attack, canary, server.server_address[1])
        verdict = grade(submission(tmp_path / "hostile", text))
        server.shutdown()
    assert verdict.score == 0.0
    assert heard == []


# --- callbacks: a function of the grader's is called from inside the worker ---

GRADIENT = (load().solutions / "a2_backprop/backprop.py").read_text(encoding="utf-8")
CALLBACKS = {
    "arguments that fill memory": ("f(['x' * 60_000] + ['y'] * 100_000)", r"only numbers|Asked"),
    "arguments without end": (
        "kept = np.zeros(9_000)\n    while True: f(kept)", "called back with more than"),
    "a large argument": ("f(np.zeros(7_000_000, 'i1'))", "no more than 10,000 numbers"),
    "asked without end": ("while True: f(x)", "called back more than|finish"),
    "asked for what is not a number": ("f(f, print, {}, None)", "d_x|raised"),
    "asked wrongly": ("f(1, 2, 3, k=4)", "raised"),
}  # fmt: skip


@pytest.mark.soak
@pytest.mark.parametrize("name", CALLBACKS)
def test_callback(name: str, canary: Path, tmp_path: Path) -> None:
    code, says = CALLBACKS[name]
    body = f"\n\ndef numerical_gradient(f, x, d_out, epsilon=1e-5):\n    {code}\n    return x\n"
    path = submission(tmp_path / "hostile", LAYERS)
    (path / "a2_backprop/backprop.py").write_text(GRADIENT + body)
    verdict = grade(path, "numerical_gradient")
    assert verdict.score == 0.0
    require_clear(verdict, "numerical_gradient", says)
    require_honest_beside(tmp_path)


@pytest.mark.soak
def test_a_function_is_not_asked_after_its_call(canary: Path, tmp_path: Path) -> None:
    """A function that one check passes cannot be called in the next exercise."""
    body = """

KEPT = []
_numerical_gradient = numerical_gradient


def numerical_gradient(f, x, d_out, epsilon=1e-5):
    KEPT.append(f)
    return _numerical_gradient(f, x, d_out, epsilon)


def col2im(*args, **kwargs):
    print("LEAK", KEPT[0](np.ones(3)))
"""
    path = submission(tmp_path / "hostile", LAYERS)
    (path / "a2_backprop/backprop.py").write_text(GRADIENT + body)
    verdict = grade_folder(path, assignment="a2_backprop", store=Forgetful())
    assert verdict.of("numerical_gradient").status == "passed"
    assert verdict.of("col2im").score == 0.0
    require_no_leak(verdict, "col2im")


def test_reference_parts_cannot_fill_the_grader(canary: Path, tmp_path: Path) -> None:
    """A substitute is computed in the process that judges, which has a memory limit."""
    source = (load().solutions / "a1_convolution/convolution.py").read_text(encoding="utf-8")
    body = """

def im2col(*args, **kwargs):
    raise NotImplementedError


def conv2d_forward(x, weights, bias, stride=1, padding=0):
    cols = im2col(x, 1, 1, 1, 100_000)
    return cols, cols
"""
    path = submission(tmp_path / "hostile", LAYERS)
    (path / "a1_convolution/convolution.py").write_text(source + body)
    verdict = grade_folder(path, assignment="a1_convolution", store=Forgetful())
    assert verdict.of("conv2d_forward").score == 0.0
    require_clear(verdict, "conv2d_forward", "waits for im2col|raised|Judged")
    assert verdict.of("output_size").status == "passed"


def test_reference_parts_are_not_the_answer() -> None:
    """Breaking a part to get its substitute does not give the solution of the exercise itself."""
    for exercise in load().exercises:
        assert exercise.name not in {part.name for part in load().all_needs(exercise)}


@pytest.mark.sample(1)
@pytest.mark.parametrize("end", ["1 / 0", "while True: pass"])
def test_nothing_of_a_later_assignment_is_lent(end: str, tmp_path: Path) -> None:
    """An exception raised in the name of a later file does not get a substitute for that file."""
    fast = next(e for e in load().exercises if e.name == "conv2d_forward_fast")
    assert fast.assignment != "a1_convolution"
    path = submission(tmp_path / "hostile", LAYERS)
    file = path / "a1_convolution/convolution.py"
    code = f"""
import os, sys
if {fast.module!r} in sys.modules:
    conv2d_forward_naive = sys.modules[{fast.module!r}].{fast.name}
else:
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    exec(compile({end!r}, os.path.join(root, {fast.path!r}), "exec"))
"""
    file.write_text(file.read_text() + code)
    verdict = grade_folder(path, exercise="conv2d_forward_naive", store=Forgetful())
    assert verdict.score == 0.0, verdict.of("conv2d_forward_naive").note


def test_a_later_assignment_is_not_there(canary: Path, tmp_path: Path) -> None:
    """Results depend only on files that are part of their key in the store."""
    path = submission(tmp_path / "early", LAYERS + WRONG + "from a4_training.spoils import *\n")
    (path / "a4_training").mkdir()
    (path / "a4_training/network.py").write_text("def relu_forward(x): return x.clip(0)\n")
    text = (path / FILE).read_text().replace("a4_training.spoils", "a4_training.network")
    (path / FILE).write_text(text)
    verdict = grade(path)
    assert verdict.score == 0.0
    require_clear(verdict, "relu_forward", "a4_training is not there when your work is graded")


HANGING = {
    "a loop": ("while True: pass\n", True),
    "a loop that is deaf": (
        "import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM])\n"
        "while True: pass\n", False),
}  # fmt: skip


@pytest.mark.soak
@pytest.mark.parametrize("name", HANGING)
def test_a_file_that_hangs_is_waited_for_once(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exercises that need the file are judged again with substitutes, without waiting again."""
    code, is_named = HANGING[name]
    monkeypatch.setattr(remote, "QUICK_LIMIT", IMPORT_LIMIT + 2.0)
    waits = []
    exchange = remote.RemoteBackend._exchange

    def measured(backend: remote.RemoteBackend, request: object, limit: float) -> object:
        started = time.monotonic()
        try:
            return exchange(backend, request, limit)
        finally:
            waits.append(time.monotonic() - started)

    monkeypatch.setattr(remote.RemoteBackend, "_exchange", measured)
    monkeypatch.setattr(grading, "in_own_process", lambda work: work())  # no fork: fills `waits`
    path = submission(tmp_path / "hanging", LAYERS)
    file = path / "a1_convolution/convolution.py"
    file.write_text(code + file.read_text())
    verdict = grade_folder(path, assignment="a1_convolution", store=Forgetful())
    assert verdict.score == 0.0
    require_clear(verdict, "im2col", "did not finish|time limit")
    assert sum(wait > IMPORT_LIMIT - 1 for wait in waits) == 1
    if is_named:
        # If the time-out names the file, the next assignment loses no points.
        waits.clear()
        verdict = grade_folder(path, assignment="a2_backprop", store=Forgetful())
        assert verdict.score == verdict.points
        assert sum(wait > IMPORT_LIMIT - 1 for wait in waits) == 1
    require_honest_beside(tmp_path)


# --- files that are not files ---


def _link(path: Path, canary: Path) -> None:
    path.unlink()
    path.symlink_to(load().solutions / FILE)


def _hard_link(path: Path, canary: Path) -> None:
    spare = canary.parent / "right.py"
    spare.write_text(LAYERS)
    path.unlink()
    os.link(spare, path)


def _link_to_folder(path: Path, canary: Path) -> None:
    shutil.rmtree(path.parent)
    path.parent.symlink_to(load().solutions / path.parent.name)


def _pipe(path: Path, canary: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _socket(path: Path, canary: Path) -> None:
    path.unlink()
    with socket.socket(socket.AF_UNIX) as end:
        here = os.getcwd()
        os.chdir(path.parent)  # a socket's path may have at most 107 bytes
        try:
            end.bind(path.name)
        finally:
            os.chdir(here)


def _device(path: Path, canary: Path) -> None:
    path.unlink()
    try:
        os.mknod(path, 0o020666, os.makedev(1, 5))  # /dev/zero
    except PermissionError:
        os.symlink("/dev/zero", path)  # only root can make a device


def _huge(path: Path, canary: Path) -> None:
    with open(path, "ab") as stream:
        stream.truncate(1 << 40)


def _folder(path: Path, canary: Path) -> None:
    path.unlink()
    path.mkdir()
    (path / "__init__.py").write_text(LAYERS)


def _round(path: Path, canary: Path) -> None:
    path.unlink()
    path.symlink_to(path.name)


FILES = {
    "link to the solutions": (_link, "a link"),
    "hard link": (_hard_link, "hard link"),
    "folder that is a link": (_link_to_folder, "a link"),
    "pipe": (_pipe, "not a regular file"),
    "socket": (_socket, "not a regular file"),
    "device": (_device, "not a regular file|a link"),
    "a terabyte": (_huge, "larger than"),
    "folder": (_folder, "not a regular file|directory"),
    "link to itself": (_round, "a link"),
}


@pytest.mark.sample(3)
@pytest.mark.parametrize("name", FILES)
def test_file_that_is_none(name: str, canary: Path, tmp_path: Path) -> None:
    make, reason = FILES[name]
    path = submission(tmp_path / "hostile", LAYERS)
    make(path / FILE, canary)
    verdict = grade(path)
    assert verdict.score == 0.0
    assert any(re.search(reason, note) for note in verdict.left_out), verdict.left_out
    require_clear(verdict, "relu_forward", "is not there|there is no")
    require_honest_beside(tmp_path)


EXTRA = {
    "conftest.py": "import pytest\ndef pytest_runtest_makereport(): return 1/0\n",
    "pytest.ini": "[pytest]\naddopts = --co\n",
    "sitecustomize.py": "raise SystemExit(0)",
    "numpy/__init__.py": "raise SystemExit(0)",
    "random.py": "raise SystemExit(0)",
    "json.py": "raise SystemExit(0)",
    "a3_pooling_and_loss/conftest.py": "1/0",
    "a3_pooling_and_loss/__init__.py": "raise SystemExit(0)",
    "a3_pooling_and_loss/linecache.py": "1/0",
    "a3_pooling_and_loss/\x1b[2J\u202e.py": "1/0",
    "setup.cfg": "[tool:pytest]\naddopts = --co\n",
    "pyproject.toml": "[tool.pytest.ini_options]\naddopts = '--co'\n",
}


def test_extra_files(canary: Path, tmp_path: Path) -> None:
    """Files that could replace a module or configure pytest are left out, and named."""
    path = submission(tmp_path / "hostile", LAYERS)
    for name, text in EXTRA.items():
        (path / name).parent.mkdir(exist_ok=True)
        (path / name).write_text(text)
    verdict = grade(path, None)
    assert verdict.score == verdict.points
    notes = "\n".join(verdict.left_out)
    for name in EXTRA:
        assert Path(name.split("/")[0] if "numpy" in name else name).name[:3] in notes or (
            "\x1b" in name and "�[2J�" in notes
        ), (name, notes)
    assert "\x1b" not in notes


# --- encodings ---

ENCODINGS: dict[str, tuple[bytes, str]] = {
    "bytes that are no text": (
        LAYERS.encode() + b"\nx = '" + b"\xff\x80" * len(LAYERS) + b"'\n",
        "not valid Python|loaded"),
    "zeros": (b"\0\0\0" + LAYERS.encode(), "not valid Python|loaded"),
    "brackets without end": (LAYERS.encode() + b"(" * 100_000, "not valid Python|loaded|ended"),
    "nested beyond the parser": (
        LAYERS.encode() + b"x = " + b"-" * 200_000 + b"1", "not valid Python|loaded|ended"),
    "a number without end": (LAYERS.encode() + b"x = " + b"9" * 200_000, "not valid|loaded"),
    "nothing at all": (b"", "layers.py is empty"),
    "another language": (b"\x7fELF\x02\x01\x01" + bytes(100), "not valid Python|loaded"),
    "a pickle": (b"\x80\x04\x95(cos\nsystem\n", "not valid Python|loaded"),
    "an archive": (b"PK\x03\x04" + bytes(60), "not valid Python|loaded"),
    "words that run backwards": (
        (LAYERS + WRONG + "# \u202e} \u2066if admin\u2069 \u2066begin\n").encode(), r"out\["),
}  # fmt: skip


@pytest.mark.sample(4)
@pytest.mark.parametrize("name", ENCODINGS)
def test_encoding(name: str, canary: Path, tmp_path: Path) -> None:
    data, says = ENCODINGS[name]
    verdict = grade(submission(tmp_path / "broken", data))
    assert verdict.score == 0.0
    require_clear(verdict, "relu_forward", says)
    require_honest_beside(tmp_path)


def test_right_code_in_rare_encodings(tmp_path: Path) -> None:
    """A byte order mark, Windows line ends, rare encodings and zeros at the end cost nothing."""
    text = "\ufeff" + LAYERS.replace("\n", "\r\n")
    assert grade(submission(tmp_path / "windows", text)).score == 2.0
    older = LAYERS.encode() + "\nx = 'für 3 €'\n".encode("cp1252")
    assert grade(submission(tmp_path / "older", older)).score == 2.0
    assert grade(submission(tmp_path / "zeros", LAYERS.encode() + b"\0\0\0")).score == 2.0
    named = b"# coding: nonsense\n" + LAYERS.encode()
    assert grade(submission(tmp_path / "named", named)).score == 2.0


def test_a_worker_that_cannot_start_costs_nobody_a_point(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A failure of the machine is an error for the instructor, not a mark for the learner."""
    from autograder.judging.results import ChecksError

    real = WALLS[0]
    started = 0

    def launch(path: Path):  # type: ignore[no-untyped-def]
        nonlocal started
        started += 1
        if started > 1:
            raise NoBackend("no room for another process")
        return real.launch(path)

    failing = Isolation(real.name, launch)
    why_not(failing)
    monkeypatch.setattr("autograder.grading.isolation.all_isolations", lambda: (failing,))
    with pytest.raises((ChecksError, NoBackend), match="no room"):
        grade(submission(tmp_path / "honest", LAYERS))
