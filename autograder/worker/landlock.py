"""Restricts this process with Landlock, then runs the worker in it.

Started as ``python -I -S landlock.py SETTINGS SUBMISSION NUMPY IN_FD OUT_FD``. SETTINGS is JSON:
`read` (readable files and folders, with everything below them), `list` (folders whose names may
be listed), `user` (the user id to change to, or null), `parent` (the process id of the grader:
the worker must end with it), `limits` (resource and number) and `filter` (the compiled
system-call filter, in hexadecimal). Every restriction is permanent: this process cannot undo it.

Source of the numbers: Linux, include/uapi/linux/{landlock,prctl,seccomp}.h and the page
landlock(7). The three system calls have the same numbers on every architecture but alpha.
"""

import ctypes
import importlib.util
import json
import os
import resource
import runpy
import signal
import struct
import sys
from typing import Any

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
GET_VERSION = 1
RULE_PATH_BENEATH = 1
WRITE_FILE, READ_FILE, READ_DIR = 1 << 1, 1 << 2, 1 << 3
# What each version of Landlock can forbid: 13 file operations (1), and in addition moving files
# (2), truncating (3), TCP (4), ioctl on devices (5), abstract sockets and signals (6).
RIGHTS_OF_FILES = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}
TCP_VERSION, ALL_TCP = 4, 0b11
SCOPE_VERSION, ALL_SCOPES = 6, 0b11
PR_SET_PDEATHSIG, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 1, 22, 38
SECCOMP_MODE_FILTER = 2


def version() -> int:
    """Which version of Landlock this kernel has.

    Raises:
        OSError: if it has none.
    """
    try:
        return _system_call(CREATE_RULESET, None, 0, GET_VERSION)
    except (OSError, AttributeError) as error:
        raise OSError("this kernel has no Landlock, or it is switched off") from error


def rules_for(version: int) -> bytes:
    """The structure landlock_ruleset_attr that forbids everything `version` can forbid."""
    files = max(rights for since, rights in RIGHTS_OF_FILES.items() if since <= version)
    rules = struct.pack("=Q", files)
    if version >= TCP_VERSION:
        rules += struct.pack("=Q", ALL_TCP)
    if version >= SCOPE_VERSION:
        rules += struct.pack("=Q", ALL_SCOPES)
    return rules


def wall_in(settings: dict[str, Any]) -> None:
    """Take from this process, permanently, every right that `settings` does not grant."""
    for name, most in settings["limits"].items():
        resource.setrlimit(getattr(resource, name), (most, most))
    rules = rules_for(version())
    ruleset = _system_call(CREATE_RULESET, rules, len(rules), 0)
    for path in settings["read"]:
        _allow(ruleset, path, READ_FILE | READ_DIR)
    for path in settings["list"]:
        _allow(ruleset, path, READ_DIR)
    _allow(ruleset, "/dev/null", READ_FILE | WRITE_FILE)
    if settings["user"] is not None:
        os.setgroups([])
        os.setresgid(*[settings["user"]] * 3)
        os.setresuid(*[settings["user"]] * 3)
        if not os.access(os.__file__, os.R_OK):
            sys.exit(f"only root may read the interpreter, in {sys.base_prefix}")
    _control(PR_SET_NO_NEW_PRIVS, 1)
    _system_call(RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)
    # After the change of user, which clears PR_SET_PDEATHSIG.
    _control(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != settings["parent"]:
        os._exit(1)  # the parent died before this request
    filter_calls(bytes.fromhex(settings["filter"]))


def filter_calls(program: bytes) -> None:
    """Install a seccomp filter: a compiled BPF program, 8 bytes for each instruction."""
    code = ctypes.create_string_buffer(program, len(program))
    _control(
        PR_SET_SECCOMP,
        SECCOMP_MODE_FILTER,
        ctypes.create_string_buffer(struct.pack("@HP", len(program) // 8, ctypes.addressof(code))),
    )


def load_numpy(folder: str) -> None:
    """Import NumPy by its path: its parent folder, site-packages, cannot be read here."""
    spec = importlib.util.spec_from_file_location(
        "numpy", os.path.join(folder, "__init__.py"), submodule_search_locations=[folder]
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["numpy"] = module
    spec.loader.exec_module(module)


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        if not os.path.isdir(path):
            rights &= ~READ_DIR
        rule = struct.pack("=Qi", rights, place)
        _system_call(ADD_RULE, ruleset, RULE_PATH_BENEATH, rule, 0)
    finally:
        os.close(place)


def _system_call(number: int, *arguments: int | bytes | None) -> int:
    answer = ctypes.CDLL(None, use_errno=True).syscall(ctypes.c_long(number), *arguments)
    if answer < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return int(answer)


def _control(option: int, value: int, more: object = 0) -> None:
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    if prctl(option, ctypes.c_ulong(value), more, ctypes.c_ulong(0), ctypes.c_ulong(0)) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    settings, submission, numpy_folder, *pipes = sys.argv[1:]
    wall_in(json.loads(settings))
    load_numpy(numpy_folder)
    worker = os.path.join(os.path.dirname(os.path.abspath(__file__)), "main.py")
    # main.py puts its second argument on the import path. That must not be NumPy's own folder: its
    # modules random and typing would hide those of the standard library.
    sys.argv = [worker, submission, os.path.dirname(worker), *pipes]
    runpy.run_path(worker, run_name="__main__")
