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
# Bytes; the most that an ordinary user may have. Large arrays then need few writes.
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
# System calls that resource limits do not restrict: shared memory, sockets, message queues, other
# processes, new namespaces, administration of the kernel.
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
    """A running worker, and its pipes for requests, for replies and for printed text."""

    process: "subprocess.Popen[bytes]"
    requests: IO[bytes]
    replies: int
    printed: int

    def kill(self) -> None:
        """Kill the worker and all processes of its group, and close its pipes."""
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
    """One way to start a worker: its name in reports, and the function that does it."""

    name: str
    launch: Launch


def _in_bubblewrap(submission: Path) -> WorkerProcess:
    """Start a worker in bubblewrap: new namespaces, nothing writable but 16 MB in /tmp.

    Root gets no user namespace, because in one the code could change its mounts; instead the
    worker changes to the user nobody. An ordinary user needs a user namespace in order to mount.
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
        # Not for root: as process 1, the worker would outlive bubblewrap, because root without
        # CAP_KILL cannot signal a process of the user nobody. There, process 1 is bubblewrap's own;
        # when it ends, the kernel kills the worker.
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
    for file in sorted(WORKER.glob("*.py")):
        options += ["--ro-bind", str(file), f"/worker/{file.name}"]
    options += ["--ro-bind", str(submission), "/submission"]
    options += ["--dev", "/dev", "--remount-ro", "/dev"]
    options += ["--perms", "0777", "--size", str(FILE_SIZE), "--tmpfs", "/tmp"]
    options += ["--remount-ro", "/"]
    with _file_in_memory() as filter_file:
        filter_file.write(call_filter())
        filter_file.seek(0)
        options += ["--seccomp", str(filter_file.fileno()), "--", *drop, *_limits()]
        # -u: unbuffered, so that text printed before a crash is not lost.
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
    """Start a worker by a command, to which the file descriptors of its two pipes are added.

    Raises:
        NoBackend: if there is no such program, or no room for another process.
    """
    worker_reads, we_write = os.pipe()
    we_read, worker_writes = os.pipe()
    for end in (we_write, we_read):
        with contextlib.suppress(OSError, AttributeError):  # not Linux, or over the user's limit
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
    """The interpreter's path in the sandbox, its mounts, and the folders to hide in them.

    The system's own interpreter keeps its path. Any other is mounted at /python, because its real
    path may be in somebody's home folder, and the learner's code must not see that path.
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
        # If this kit is installed for all users, hidden checks and solutions are in here.
        secret = [*folder.glob("python*/*-packages"), PACKAGE, load().solutions]
        hidden += [
            str(place / each.relative_to(folder))
            for each in secret
            if each.is_dir() and each.is_relative_to(folder)
        ]
    return f"{inside}/bin/{version}", mounts, hidden


@cache
def call_filter(more: tuple[str, ...] = ()) -> bytes:
    """The compiled seccomp filter: the system calls that the kernel refuses to the worker.

    Args:
        more: further calls to refuse, for a worker without namespaces of its own. It is then also
            refused prlimit64 on other processes, and fcntl commands that send signals.

    Raises:
        NoBackend: if pyseccomp or libseccomp2 is missing.
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
            # clone3 fails with ENOSYS: the C library then tries clone, which fails with EPERM.
            reason = errno.ENOSYS if name == "clone3" else errno.EPERM
            rules.add_rule(pyseccomp.ERRNO(reason), name)
        except (OSError, RuntimeError, ValueError):
            continue  # this kernel or libseccomp does not know the call
    # The worker must not outlive the grader: it may repeat the request to be killed with the parent
    # (PR_SET_PDEATHSIG), but not cancel it.
    rules.add_rule(
        pyseccomp.ERRNO(errno.EPERM),
        "prctl",
        pyseccomp.Arg(0, pyseccomp.EQ, PR_SET_PDEATHSIG),
        pyseccomp.Arg(1, pyseccomp.NE, signal.SIGKILL),
    )
    if more:
        refused = pyseccomp.ERRNO(errno.EPERM)
        rules.add_rule(refused, "prlimit64", pyseccomp.Arg(0, pyseccomp.NE, 0))
        for command in (F_SETOWN, F_SETSIG, F_SETOWN_EX):  # a pipe could send signals
            rules.add_rule(refused, "fcntl", pyseccomp.Arg(1, pyseccomp.EQ, command))
    with _file_in_memory() as file:
        rules.export_bpf(file)
        file.seek(0)
        return file.read()


def _file_in_memory() -> BinaryIO:
    """A file in memory, which can be written even if the disk is full."""
    return open(os.memfd_create("autograder"), "w+b")
