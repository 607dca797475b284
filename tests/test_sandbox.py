"""The sandboxes: what a worker sees, what it may not do, and that none of its processes remain."""

import ctypes
import errno
import json
import os
import select
import signal
import socket
import stat
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest
from red_team.walls import has_landlock, walls

from autograder.catalogue import PACKAGE
from autograder.grading import doctor, readable, sandbox
from autograder.grading import isolation as walls_here
from autograder.grading.isolation import find_isolation, why_not
from autograder.grading.remote import RemoteBackend
from autograder.grading.sandbox import (
    BUBBLEWRAP,
    FILE_SIZE,
    NOBODY,
    UNSANDBOXED,
    Isolation,
    NoBackend,
)
from autograder.worker import landlock as inside

WALLS = walls()
ROOT = os.geteuid() == 0
FACTS = """
import ctypes, fcntl, json, os, resource, stat, sys

def attempt(function):
    try:
        return str(function())
    except OSError as error:
        return error.strerror or str(error)

def writable():
    found = []
    for folder in ("/", "/tmp", "/dev", "/dev/shm", "/usr/lib", "/python", "/python/lib",
                   "/python/lib/python3.11/site-packages", "/packages", "/packages/numpy",
                   "/worker", "/submission", "/var/tmp", "/home", os.path.dirname(__file__)):
        try:
            with os.fdopen(os.open(folder + "/new", os.O_CREAT | os.O_WRONLY), "w"):
                found.append(folder)
        except OSError:
            pass
    return found

def facts():
    descriptors = []
    for number in range(200):
        try:
            status = os.fstat(number)
            in_tmp = stat.S_ISREG(status.st_mode) and status.st_dev == os.stat("/tmp").st_dev
            descriptors.append([status.st_ino, in_tmp])
        except OSError:
            pass
    call = ctypes.CDLL(None, use_errno=True)
    signal = ctypes.c_int()
    call.prctl(2, ctypes.byref(signal))
    print(json.dumps({
        "ids": [*os.getresuid(), *os.getresgid()],
        "environment": sorted(os.environ),
        "descriptors": descriptors,
        "writable": writable(),
        "proc": os.path.exists("/proc/self/status")
        and attempt(lambda: os.open("/proc/self/status", os.O_RDONLY)),
        "open": attempt(lambda: open("/proc/self/status")),
        "limits": [resource.getrlimit(getattr(resource, "RLIMIT_" + name))[1] for name in
                   ("AS", "NPROC", "NOFILE", "CORE", "FSIZE")],
        "fork": attempt(os.fork),
        "wish": attempt(lambda: call.prctl(1, 0)),
        "modules": [name for name in ("pytest", "autograder", "scipy", "site") if found(name)],
        "private": [name for name in ("secrecy", "fractions") if found(name)],
        "no_new_privileges": call.prctl(39, 0, 0, 0, 0),
        "seccomp": call.prctl(21, 0, 0, 0, 0),
    }))

def found(name):
    import importlib.util
    return importlib.util.find_spec(name) is not None

def loop():
    import signal
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    ctypes.CDLL(None).prctl(1, 0)
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A submission that reports what it sees."""
    path = tmp_path / "submission"
    (path / "a1_convolution").mkdir(parents=True)
    (path / "a1_convolution/convolution.py").write_text(FACTS)
    for made in (tmp_path, *tmp_path.parents):
        if made.stat().st_uid == os.geteuid() and made != Path("/tmp"):
            made.chmod(0o755)  # pytest's folders are private; the worker is the user nobody
    return path


@pytest.fixture(params=WALLS, ids=lambda isolation: isolation.name)
def backend(request: pytest.FixtureRequest, folder: Path) -> Iterator[RemoteBackend]:
    with RemoteBackend(request.param, folder) as backend:
        yield backend


def call(backend: RemoteBackend, name: str, seconds: float = 20.0):  # type: ignore[no-untyped-def]
    found = backend.find("a1_convolution.convolution", name)
    assert found.failure is None, found.failure
    return backend.call(found.value, [], {}, seconds)


def test_there_is_a_wall_to_test() -> None:
    assert WALLS
    assert find_isolation() is WALLS[0]
    # Otherwise a sandbox that stopped working would silently not be tested any more.
    assert any(wall.name == "landlock" for wall in WALLS) == has_landlock()


def test_what_a_worker_finds(backend: RemoteBackend, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_SECRET_OF_THE_GRADER", "1")
    outcome = call(backend, "facts")
    assert outcome.failure is None, outcome.failure
    facts = json.loads(backend.take_printed())
    walled = backend.isolation is BUBBLEWRAP
    own = {os.geteuid()} if not (ROOT or walled) else {NOBODY}
    assert set(facts["ids"][:3]) == own
    assert 0 not in facts["ids"]
    assert "A_SECRET_OF_THE_GRADER" not in facts["environment"]
    assert set(facts["environment"]) <= {*sandbox.ENVIRONMENT, "LD_LIBRARY_PATH", "PWD", "LC_CTYPE"}
    # Newer versions of libffi, which ctypes loads, keep their own file open, or a file in /tmp. In
    # bubblewrap, /tmp is private to the worker.
    libffi = {path.stat().st_ino for path in Path("/usr/lib").rglob("libffi.so*")}
    others = [
        inode
        for inode, in_tmp in facts["descriptors"]
        if inode not in libffi and not (walled and in_tmp)
    ]
    assert len(others) == 5  # 0, 1, 2 and the two pipes
    assert facts["writable"] == (["/tmp"] if walled else [])
    assert facts["proc"] in (False, os.strerror(errno.EACCES))
    assert "no file but the exercises'" in facts["open"]
    assert facts["limits"] == [sandbox.MEMORY, 1, sandbox.OPEN_FILES, 0, FILE_SIZE]
    assert facts["fork"] == os.strerror(errno.EPERM)
    assert facts["wish"] in ("-1", "None")
    assert facts["modules"] in ([], ["site"])
    assert facts["private"] == ["fractions"]
    assert facts["no_new_privileges"] == 1
    assert facts["seccomp"] == 2


@pytest.mark.sample(1)
def test_nothing_outlives_its_time(backend: RemoteBackend) -> None:
    """After a time-out the process ends, although it ignores signals and exceptions."""
    found = backend.find("a1_convolution.convolution", "loop")
    assert backend._worker is not None
    printed = os.dup(backend._worker.printed)
    outcome = backend.call(found.value, [], {}, 0.5)
    assert outcome.failure is not None
    assert outcome.failure.kind == "timeout"
    assert ends(printed)


def ends(printed: int) -> bool:
    """Whether every process closes the writing end of a worker's output within 5 seconds."""
    deadline = time.monotonic() + 5
    while (left := deadline - time.monotonic()) > 0:
        if select.select([printed], [], [], left)[0] and not os.read(printed, 1 << 16):
            os.close(printed)
            return True
    return False


GRADER = """
    import socket, sys
    from pathlib import Path
    from autograder.grading.remote import RemoteBackend
    from red_team.walls import walls
    isolation = next(i for i in walls() if i.name == sys.argv[1])
    backend = RemoteBackend(isolation, Path(sys.argv[2]))
    found = backend.find("a1_convolution.convolution", "loop")
    with socket.socket(fileno=int(sys.argv[3])) as way:
        socket.send_fds(way, [b"x"], [backend._worker.printed])
        backend.call(found.value, [], {}, 60)
"""


@pytest.mark.sample(1)
@pytest.mark.parametrize("isolation", WALLS, ids=lambda isolation: isolation.name)
def test_nothing_outlives_the_grader(isolation: Isolation, folder: Path) -> None:
    """After the grader is killed, no learner's code keeps running."""
    mine, its = socket.socketpair()
    grader = subprocess.Popen(
        [sys.executable, "-c", dedent(GRADER), isolation.name, str(folder), str(its.fileno())],
        pass_fds=[its.fileno()],
        env={**os.environ, "PYTHONPATH": f"{PACKAGE.parent}:{Path(__file__).parent}"},
    )
    its.close()
    with mine:
        mine.settimeout(60)
        _, (printed,), _, _ = socket.recv_fds(mine, 1, 1)
    time.sleep(0.5)
    assert not select.select([printed], [], [], 0)[0]
    grader.send_signal(signal.SIGKILL)
    grader.wait()
    assert ends(printed)


def test_without_a_wall_nothing_is_graded(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: Path) -> sandbox.WorkerProcess:
        raise NoBackend("this test took it away")

    monkeypatch.setattr(walls_here, "all_isolations", lambda: (Isolation("bubblewrap", broken),))
    with pytest.raises(NoBackend, match=r"nothing was graded.*--allow-unsandboxed"):
        find_isolation()
    assert find_isolation(allow_unsandboxed=True) is UNSANDBOXED


def test_a_worker_that_says_nothing_is_no_wall(folder: Path) -> None:
    def silent(_: Path) -> sandbox.WorkerProcess:
        return sandbox.start(["/bin/sh", "-c", "echo no room for you; exit 3", "sh"], {}, ())

    assert "no room for you" in (why_not(Isolation("silent", silent)) or "")


# --- Landlock, step by step ---


@pytest.mark.parametrize(
    ("version", "form"),
    [
        (1, struct.pack("=Q", 0x1FFF)),
        (2, struct.pack("=Q", 0x3FFF)),
        (3, struct.pack("=Q", 0x7FFF)),
        (4, struct.pack("=QQ", 0x7FFF, 3)),
        (5, struct.pack("=QQ", 0xFFFF, 3)),
        (6, struct.pack("=QQQ", 0xFFFF, 3, 3)),
        (9, struct.pack("=QQQ", 0xFFFF, 3, 3)),
    ],
)
def test_rules_for_every_kernel(version: int, form: bytes) -> None:
    assert inside.rules_for(version) == form


def test_a_kernel_without_landlock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The exception says so in words."""

    def absent(*_: object) -> int:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))

    monkeypatch.setattr(inside, "_system_call", absent)
    with pytest.raises(OSError, match="no Landlock"):
        inside.version()


@pytest.fixture
def private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two folders in a folder that only its owner may enter; the user seems to be root."""
    readable.readable.cache_clear()
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    for name in ("package", "package.libs"):
        (tmp_path / "private" / name / "deep").mkdir(parents=True)
        (tmp_path / "private" / name / "deep" / "code.py").write_text("x = 1")
        (tmp_path / "private" / name / "deep" / "code.py").chmod(0o600)
        (tmp_path / "private" / name / "__init__.py").touch()
    (tmp_path / "private").chmod(0o700)
    return tmp_path / "private"


def test_what_only_root_may_read_is_copied(private: Path) -> None:
    copy, libraries = (readable.readable(private / n) for n in ("package", "package.libs"))
    assert (copy.name, libraries) == ("package", copy.with_name("package.libs"))
    assert not copy.is_relative_to(private)
    assert (copy / "deep" / "code.py").read_text() == "x = 1"
    for path in (copy, *copy.rglob("*")):
        assert path.stat().st_mode & 0o004, path
    assert stat.S_IMODE((private / "package" / "deep" / "code.py").stat().st_mode) == 0o600


def test_what_everybody_may_read_stays(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert readable.readable(Path("/usr/lib")) == Path("/usr/lib")
    assert readable.everybody_may_read(Path("/usr/bin/env"))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert readable.readable(folder) == folder


def test_the_interpreter_that_only_root_may_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """The interpreter's copy has all that a worker needs, without the installed packages."""
    monkeypatch.setattr(readable, "everybody_may_read", lambda _: False)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    readable.readable.cache_clear()
    readable.interpreter.cache_clear()
    copy = readable.interpreter()
    assert copy == readable.interpreter()
    readable.interpreter.cache_clear()
    assert copy != Path(sys.base_prefix).resolve()
    assert not list(copy.rglob("*-packages"))
    said = subprocess.run(
        [copy / "bin" / readable.PYTHON, "-I", "-S", "-c", "import json, ctypes; print(json)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert str(copy) in said.stdout


def in_a_child(function) -> int:  # type: ignore[no-untyped-def]
    """Run a function in a child process; return its exit status."""
    pid = os.fork()
    if pid == 0:
        try:
            os._exit(function())
        except BaseException:
            os._exit(99)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def test_the_filter_alone(tmp_path: Path) -> None:
    """The filter of system calls refuses what Landlock does not cover, for the same user."""
    from autograder.grading.landlock import NEIGHBOURLY_CALLS

    program = sandbox.call_filter(NEIGHBOURLY_CALLS)
    file, parent = tmp_path / "file", os.getpid()
    file.write_text("kept")

    def attempts() -> int:
        import fcntl
        import resource

        inside._control(inside.PR_SET_NO_NEW_PRIVS, 1)
        inside.filter_calls(program)
        end, _ = os.pipe()
        refused = [
            lambda: os.kill(parent, 0),
            lambda: os.kill(os.getpid(), 0),
            lambda: resource.prlimit(parent, resource.RLIMIT_CPU),
            lambda: os.setpriority(os.PRIO_PROCESS, parent, 19),
            lambda: os.sched_setaffinity(parent, {0}),
            lambda: fcntl.fcntl(end, fcntl.F_SETOWN, parent),
            lambda: os.chmod(file, 0),
            lambda: os.utime(file, (0, 0)),
            lambda: os.truncate(file, 0),
            lambda: os.setxattr(file, "user.x", b"y"),
            lambda: os.execv("/bin/true", ["true"]),
            lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
            lambda: os.memfd_create("x"),
            os.setsid,
            os.fork,
        ]
        for number, attempt in enumerate(refused):
            try:
                attempt()
            except PermissionError:
                continue
            except OSError as error:
                if error.errno != errno.EPERM:
                    return 10 + number
                continue
            return 10 + number
        resource.getrlimit(resource.RLIMIT_CPU)
        return 0

    assert in_a_child(attempts) == 0
    assert file.read_text() == "kept"


# --- doctor ---


def test_doctor_names_the_wall() -> None:
    findings = doctor.examine()
    assert findings[0] == doctor.Finding(
        "good", f"Learners' code runs in a sandbox of {WALLS[0].name}."
    )
    lines = doctor.doctor_lines()
    assert all(line[0] in "✓·✗ " for line in lines)


@pytest.mark.parametrize(
    ("bubblewrap", "landlock", "first"),
    [
        ("the program bwrap is not installed", None, "good"),
        ("the program bwrap is not installed", "this kernel has no Landlock", "bad"),
    ],
)
def test_doctor_says_what_is_missing(
    bubblewrap: str,
    landlock: str | None,
    first: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reasons = {"bubblewrap": bubblewrap, "landlock": landlock}
    monkeypatch.setattr(doctor, "why_not", lambda isolation: reasons[isolation.name])
    real = doctor.shutil.which
    monkeypatch.setattr(
        doctor.shutil, "which", lambda name, **k: None if name == "bwrap" else real(name, **k)
    )
    findings = doctor.examine()
    assert findings[0].level == first
    assert ("NOT ISOLATED" in findings[0].what) == (landlock is not None)
    (about,) = (f for f in findings if f.what.startswith("bubblewrap"))
    assert "not installed" in about.what
    assert "bubblewrap" in about.fix


def test_the_limits_hold_for_ctypes_too() -> None:
    """ctypes has the size of a pointer that the filter's structure is packed with."""
    assert ctypes.sizeof(ctypes.c_void_p) == struct.calcsize("@P")
