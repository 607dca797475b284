"""Judges in a separate process with a memory limit: if it dies, only one submission is affected.

The process is a copy of this one (a fork), so that it starts in milliseconds with everything
loaded. It returns its result as JSON. On systems without fork, the work is done in this process.
"""

import contextlib
import json
import os
import resource
import signal
import sys
import traceback
import warnings
from collections.abc import Callable
from typing import Any

from autograder.judging.results import ChecksError
from autograder.text import UserError

# Bytes of address space that judging may use in addition to what the process has already.
MEMORY = 256 << 20
PAGE = resource.getpagesize()
PR_SET_PDEATHSIG = 1


class JudgingDied(Exception):
    """The process ended without a result; the message says how."""


def in_own_process(work: Callable[[], Any], memory: int = MEMORY) -> Any:
    """Run `work` in a separate process, and return its result.

    Args:
        work: its result must be convertible to JSON.
        memory: bytes that it may use in addition to what this process has; a larger request
            raises MemoryError there.

    Raises:
        JudgingDied: if the process ended without a result.
        ChecksError: if `work` raises a UserError, or an error of the kit's own code.
        OSError: if `work` raises one.
    """
    if not hasattr(os, "fork"):
        return work()
    we_read, it_writes = os.pipe()
    parent = os.getpid()
    sys.stdout.flush()
    sys.stderr.flush()
    with warnings.catch_warnings():
        # The warning is about locks of other threads, which stay locked for ever in the copy. The
        # copy takes no such lock.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        os.close(we_read)
        _work_and_exit(work, it_writes, memory, parent)
    os.close(it_writes)
    try:
        with open(we_read, "rb") as pipe:
            answer = pipe.read()
    except BaseException:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        raise
    _, status = os.waitpid(child, 0)
    return _result(answer, status)


def _result(answer: bytes, status: int) -> Any:
    try:
        form = json.loads(answer)
    except ValueError:
        code = os.waitstatus_to_exitcode(status)
        how = f"signal {-code}" if code < 0 else f"exit status {code}"
        raise JudgingDied(how) from None
    if "value" in form:
        return form["value"]
    if "errno" in form:
        raise OSError(form["errno"], form["error"])
    raise ChecksError(form["error"])


def _work_and_exit(work: Callable[[], Any], it_writes: int, memory: int, parent: int) -> None:
    """Everything that the process does; it never returns."""
    code = 1
    try:
        _die_with_parent(parent)
        _limit_memory(memory)
        answer = json.dumps(_answer(work)).encode()
        with open(it_writes, "wb") as pipe:
            pipe.write(answer)
        code = 0
    finally:
        os._exit(code)


def _answer(work: Callable[[], Any]) -> dict[str, Any]:
    try:
        return {"value": work()}
    except UserError as error:
        return {"error": str(error)}
    except OSError as error:
        return {"error": error.strerror or str(error), "errno": error.errno}
    except MemoryError:
        raise
    except Exception as error:
        traceback.print_exc()
        return {"error": f"judging broke: {type(error).__name__}: {error}"}


def _limit_memory(memory: int) -> None:
    """Set only the soft limit: workers set one of their own, which may be larger."""
    with open("/proc/self/statm", encoding="ascii") as file:
        now = int(file.read().split()[0]) * PAGE
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = now + memory if hard == resource.RLIM_INFINITY else min(now + memory, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))


def _die_with_parent(parent: int) -> None:
    import ctypes

    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)
