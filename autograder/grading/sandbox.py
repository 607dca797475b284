"""Starts the worker in the sandbox."""

import contextlib
import errno
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, BinaryIO

import numpy as np

from autograder.catalogue import PACKAGE, load
from autograder.judging.learner import NoBackend
from autograder.judging.verdict import NOT_ISOLATED

MEMORY = 2 << 30
FILE_SIZE = 16 << 20
CPU_SECONDS = 900
OPEN_FILES = 32
# As much as an ordinary user may have; a network's arrays then cross in few pieces.
PIPE_SIZE = 1 << 20
# By prlimit's names: address space, seconds, processes, size of a file, open files, core dumps.
LIMITS = {
    "as": MEMORY,
    "cpu": CPU_SECONDS,
    "nproc": 1,
    "fsize": FILE_SIZE,
    "nofile": OPEN_FILES,
    "core": 0,
}
WORKER = PACKAGE / "worker"
NOBODY = 65534
PR_SET_PDEATHSIG = 1
F_SETOWN, F_SETSIG, F_SETOWN_EX = 8, 10, 15
ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "HOME": "/tmp",
    "LANG": "C.UTF-8",
    "PYTHONHASHSEED": "0",
    # One thread: nproc=1 allows no second, and on a loaded machine two are slower than one.
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}
# What resource limits do not bind: shared memory, sockets, message queues, other processes,
# new namespaces, the kernel's own machinery.
FORBIDDEN_CALLS = tuple(
    """
    memfd_create memfd_secret shmget shmat shmctl msgget msgsnd semget mq_open socket
    socketpair bind connect listen accept accept4 ptrace process_vm_readv process_vm_writev
    kcmp mount umount2 pivot_root chroot unshare setns keyctl add_key request_key bpf
    perf_event_open userfaultfd io_uring_setup io_uring_enter io_uring_register inotify_init
    inotify_init1 fanotify_init open_by_handle_at name_to_handle_at init_module finit_module
    delete_module kexec_load reboot swapon swapoff acct quotactl personality clone clone3
    vfork fork
    """.split()  # noqa: SIM905 (a list of them one a line would be two pages)
)


@dataclass
class WorkerProcess:
    """A running worker: the pipe to it, the one back, and the one that it prints into."""

    process: "subprocess.Popen[bytes]"
    requests: IO[bytes]
    replies: int
    printed: int

    def kill(self) -> None:
        """End it and all that it started."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            self.process.kill()
        self.process.wait()
        for close in (self.requests.close, lambda: os.close(self.replies)):
            with contextlib.suppress(OSError):
                close()
        if self.process.stdout is not None:
            self.process.stdout.close()


Launch = Callable[[Path], WorkerProcess]


@dataclass(frozen=True)
class Isolation:
    """One way of starting a worker: its name in reports, and how."""

    name: str
    launch: Launch


def _in_bubblewrap(submission: Path) -> WorkerProcess:
    """Start a worker in bubblewrap: new namespaces, nothing writable but 16 MB in /tmp.

    As root there is no user namespace (in one, the code could remount what is mounted for
    it); the worker drops to nobody inside instead. An ordinary user needs one to mount at all.
    """
    bubblewrap = shutil.which("bwrap")
    if bubblewrap is None:
        raise NoBackend("the program bwrap is not installed")
    python, mounts, hidden = _interpreter()
    options = [bubblewrap]
    drop: list[str] = []
    if os.geteuid() == 0:
        options += ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"]
        options += ["--unshare-cgroup-try"]
        drop = [_program("setpriv"), f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
        drop += ["--inh-caps=-all", "--bounding-set=-all", "--no-new-privs"]
    else:
        options += ["--unshare-all", "--unshare-user", f"--uid={NOBODY}", f"--gid={NOBODY}"]
        options = [part for option in options for part in option.split("=")]
        # As root this would outlive bubblewrap, whose parting signal may not cross from root,
        # without capabilities, to nobody. There, process 1 is bubblewrap's own, and takes it along.
        options += ["--cap-drop", "ALL", "--as-pid-1"]
    options += ["--die-with-parent", "--new-session", "--clearenv"]
    options += ["--hostname", "worker"]
    for name, value in ENVIRONMENT.items():
        options += ["--setenv", name, value]
    options += ["--setenv", "LD_LIBRARY_PATH", "/python/lib"]
    folders = ("/usr", "/usr/bin", "/python", "/python/bin", "/packages", "/worker", "/submission")
    for place in folders:
        options += ["--perms", "0755", "--dir", place]
    for source, inside in mounts:
        options += ["--ro-bind", str(source), inside]
    for program in (*drop[:1], _program("prlimit")):
        options += ["--ro-bind", os.path.realpath(program), f"/usr/bin/{Path(program).name}"]
    for top in (Path("/", name) for name in ("lib", "lib32", "lib64", "bin", "sbin")):
        if top.is_symlink():
            options += ["--symlink", os.readlink(top), str(top)]
        elif top.is_dir():
            options += ["--ro-bind", str(top), str(top)]
    for folder in hidden:
        options += ["--size", "4096", "--tmpfs", folder, "--remount-ro", folder]
    numpy_home = Path(np.__file__).resolve().parent
    options += ["--ro-bind", str(numpy_home), "/packages/numpy"]
    libraries = numpy_home.parent / "numpy.libs"
    if libraries.is_dir():
        options += ["--ro-bind", str(libraries), "/packages/numpy.libs"]
    for file in ("main.py", "host.py", "frames.py", "placeholders.py", "views.py"):
        options += ["--ro-bind", str(WORKER / file), f"/worker/{file}"]
    options += ["--ro-bind", str(submission), "/submission"]
    options += ["--dev", "/dev", "--remount-ro", "/dev"]
    options += ["--perms", "0777", "--size", str(FILE_SIZE), "--tmpfs", "/tmp"]
    options += ["--remount-ro", "/"]
    with _file_in_memory() as filter_file:
        filter_file.write(call_filter())
        filter_file.seek(0)
        options += ["--seccomp", str(filter_file.fileno()), "--", *drop, *_limits()]
        # Unbuffered: what was printed before a crash is worth reading.
        command = [*options, python, "-I", "-S", "-u"]
        command += ["/worker/main.py", "/submission", "/packages"]
        return start(command, {}, (filter_file.fileno(),))


def _unsandboxed(submission: Path) -> WorkerProcess:
    """Start a worker as a plain process with resource limits and a clean environment."""
    packages = Path(np.__file__).resolve().parent.parent
    limits = _limits() if shutil.which("prlimit") else []
    command = [*limits, sys.executable, "-I", "-u", str(WORKER / "main.py")]
    return start([*command, str(submission), str(packages)], ENVIRONMENT, ())


BUBBLEWRAP = Isolation("bubblewrap", _in_bubblewrap)
UNSANDBOXED = Isolation(NOT_ISOLATED, _unsandboxed)


def start(
    command: list[str], environment: dict[str, str], keep_open: tuple[int, ...]
) -> WorkerProcess:
    """Start a worker by a command, to which the numbers of its two pipes are added.

    Raises:
        NoBackend: if there is no such program, or no room for another process.
    """
    worker_reads, we_write = os.pipe()
    we_read, worker_writes = os.pipe()
    for end in (we_write, we_read):
        with contextlib.suppress(OSError, AttributeError):  # no Linux, or all that a user may have
            fcntl.fcntl(end, fcntl.F_SETPIPE_SZ, PIPE_SIZE)
    try:
        process = subprocess.Popen(
            [*command, str(worker_reads), str(worker_writes)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd="/",
            pass_fds=(worker_reads, worker_writes, *keep_open),
            process_group=0,
        )
    except OSError as error:
        os.close(we_write)
        os.close(we_read)
        raise NoBackend(f"{command[0]} cannot be started: {error.strerror}") from error
    finally:
        os.close(worker_reads)
        os.close(worker_writes)
    assert process.stdout is not None
    os.set_blocking(we_write, False)
    os.set_blocking(we_read, False)
    os.set_blocking(process.stdout.fileno(), False)
    requests = open(we_write, "wb", buffering=0)  # noqa: SIM115 (closed by kill)
    return WorkerProcess(process, requests, we_read, process.stdout.fileno())


def _limits() -> list[str]:
    return [_program("prlimit"), *(f"--{name}={most}" for name, most in LIMITS.items())]


def _program(name: str) -> str:
    path = shutil.which(name, path="/usr/bin:/bin:/usr/sbin:/sbin")
    if path is None:
        raise NoBackend(f"the program {name} (Debian package util-linux) is not installed")
    return path


def _interpreter() -> tuple[str, list[tuple[Path, str]], list[str]]:
    """The interpreter inside the sandbox, what to mount where for it, and folders to hide in that.

    Unless it is the system's own it is mounted at a neutral place, since it may lie in
    somebody's home, whose path is nobody's business.
    """
    prefix = Path(sys.base_prefix).resolve()
    version = f"python{sysconfig.get_python_version()}"
    inside = Path("/usr") if prefix == Path("/usr") else Path("/python")
    mounts = [((prefix / "bin" / version).resolve(), f"{inside}/bin/{version}")]
    libraries = {Path("/usr", name): Path("/usr", name) for name in ("lib", "lib32", "lib64")}
    libraries[prefix / "lib"] = inside / "lib"
    hidden = []
    for folder, place in libraries.items():
        if folder.is_symlink() or not folder.is_dir():
            continue
        mounts.append((folder, str(place)))
        # Whoever installs this kit for all users puts hidden checks and solutions in there.
        secret = [*folder.glob("python*/*-packages"), PACKAGE, load().solutions]
        hidden += [
            str(place / each.relative_to(folder))
            for each in secret
            if each.is_dir() and each.is_relative_to(folder)
        ]
    return f"{inside}/bin/{version}", mounts, hidden


@cache
def call_filter(more: tuple[str, ...] = ()) -> bytes:
    """The system calls that the kernel refuses the worker, compiled for this machine.

    Args:
        more: for a worker that has no namespaces of its own: other calls to be refused it, and
            with them all that reaches other processes by their number.
    """
    try:
        import pyseccomp
    except (ImportError, OSError, RuntimeError) as error:
        raise NoBackend(
            f"the system-call filter needs the Python package pyseccomp and the system's "
            f"libseccomp2: {error}"
        ) from error
    rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    for name in (*FORBIDDEN_CALLS, *more):
        try:
            # clone3 as "not there": the C library then falls back to clone, which is bounded.
            reason = errno.ENOSYS if name == "clone3" else errno.EPERM
            rules.add_rule(pyseccomp.ERRNO(reason), name)
        except (OSError, RuntimeError, ValueError):
            continue  # this kernel or library does not know the call: then nobody can use it
    # It may not survive the grader: the wish to die with the parent can only be repeated.
    rules.add_rule(
        pyseccomp.ERRNO(errno.EPERM),
        "prctl",
        pyseccomp.Arg(0, pyseccomp.EQ, PR_SET_PDEATHSIG),
        pyseccomp.Arg(1, pyseccomp.NE, signal.SIGKILL),
    )
    if more:
        refused = pyseccomp.ERRNO(errno.EPERM)
        rules.add_rule(refused, "prlimit64", pyseccomp.Arg(0, pyseccomp.NE, 0))
        for command in (F_SETOWN, F_SETSIG, F_SETOWN_EX):  # signals, by way of a pipe
            rules.add_rule(refused, "fcntl", pyseccomp.Arg(1, pyseccomp.EQ, command))
    with _file_in_memory() as file:
        rules.export_bpf(file)
        file.seek(0)
        return file.read()


def _file_in_memory() -> BinaryIO:
    """A file that a full disk cannot keep from being written."""
    return open(os.memfd_create("autograder"), "w+b")
