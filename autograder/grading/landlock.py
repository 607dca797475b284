"""The second sandbox, for machines where bubblewrap cannot run: Landlock, seccomp and limits.

With Landlock, a process permanently gives up access to all files except those it names. A seccomp
filter of system calls refuses what Landlock does not cover: sockets, signals and other access to
processes of the same user, and changes to a file's mode, owner or times. The worker can write to
/dev/null only. It can still see whether a path exists, and how large the file is.
"""

import json
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np

from autograder.catalogue import PACKAGE, load
from autograder.grading.readable import PYTHON, interpreter, readable
from autograder.grading.sandbox import (
    ENVIRONMENT,
    LIMITS,
    NOBODY,
    WORKER,
    Isolation,
    NoBackend,
    WorkerProcess,
    call_filter,
    start,
)
from autograder.worker.landlock import version

# Without namespaces, these calls reach other processes of the same user, and their files.
NEIGHBOURLY_CALLS = tuple(
    """
    kill tkill tgkill rt_sigqueueinfo rt_tgsigqueueinfo pidfd_open pidfd_send_signal
    pidfd_getfd process_madvise process_mrelease migrate_pages move_pages setpriority
    ioprio_set sched_setaffinity sched_setscheduler sched_setparam sched_setattr setpgid
    setsid execve execveat chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat
    setxattr lsetxattr fsetxattr setxattrat removexattr lremovexattr fremovexattr
    removexattrat utime utimes utimensat futimesat truncate truncate64
    """.split()  # noqa: SIM905 (a list of them one a line would be two pages)
)


def _in_landlock(submission: Path) -> WorkerProcess:
    try:
        version()
    except OSError as error:
        raise NoBackend(str(error)) from error
    prefix, worker = interpreter(), readable(WORKER)
    installed = Path(np.__file__).resolve().parent
    numpy_home, libraries = readable(installed), installed.with_name("numpy.libs")
    if libraries.is_dir():
        libraries = readable(libraries)
    settings = {
        "read": [
            *_interpreter(prefix),
            *map(str, (worker, numpy_home, libraries, submission.resolve())),
        ],
        # Python lists this folder to find modules; so names of installed packages are visible.
        "list": [str(prefix / "lib" / PYTHON)],
        "user": NOBODY if os.geteuid() == 0 else None,
        "parent": os.getpid(),
        "limits": {f"RLIMIT_{name.upper()}": most for name, most in LIMITS.items()},
        "filter": call_filter(NEIGHBOURLY_CALLS).hex(),
    }
    python = str((prefix / "bin" / PYTHON).resolve())
    command = [python, "-I", "-S", "-u", str(worker / "landlock.py"), json.dumps(settings)]
    return start([*command, str(submission.resolve()), str(numpy_home)], ENVIRONMENT, ())


@cache
def _interpreter(prefix: Path) -> list[str]:
    """The files of the interpreter and of the system's libraries that the worker may read.

    Installed packages are left out: this kit may be one of them, with its hidden checks.
    """
    places = {Path(name).resolve() for name in ("/lib", "/lib64", "/lib32", "/usr/lib64")}
    found = [str(path) for place in {*places, prefix / "lib"} for path in _but_packages(place)]
    return [*found, "/etc/ld.so.cache", "/dev/urandom"]


def _but_packages(folder: Path) -> Iterator[Path]:
    secret = (PACKAGE, load().exercises_folder, load().solutions)
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        if path.name.startswith("python") and path.is_dir():
            yield from _but_packages(path)
        elif not path.name.endswith("-packages") and not any(
            each.is_relative_to(path.resolve()) for each in secret
        ):
            yield path


LANDLOCK = Isolation("landlock", _in_landlock)
