"""Reports what works for grading on this machine, what is missing, and the command to fix it."""

import importlib.util
import os
import platform
import shutil
import sys
import tempfile
from pathlib import Path

from autograder.findings import Finding, Level, finding_lines
from autograder.grading.isolation import all_isolations, why_not
from autograder.grading.sandbox import UNSANDBOXED, NoBackend, call_filter
from autograder.worker.landlock import version

NEWEST_PYTHON = (3, 14)
LEAST_FREE_MB = 500
UBUNTU_SWITCH = Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
DEBIAN_SWITCH = Path("/proc/sys/kernel/unprivileged_userns_clone")


def examine() -> list[Finding]:
    """Examine this machine: start each sandbox, then look at the other needs of grading."""
    return [*_sandbox(), _call_filter(), _python(), _nbgrader(), *_disk()]


def doctor_lines() -> list[str]:
    """The findings of `examine` as lines for a terminal."""
    return finding_lines(examine())


def _sandbox() -> list[Finding]:
    reasons = {isolation.name: why_not(isolation) for isolation in all_isolations()}
    chosen = next((name for name, reason in reasons.items() if reason is None), None)
    findings = []
    if chosen is None:
        findings.append(
            Finding(
                "bad",
                "Learners' code cannot run in a sandbox here, so nothing is graded; with "
                f"--allow-unsandboxed it is, and every report says {UNSANDBOXED.name}.",
            )
        )
    else:
        findings.append(Finding("good", f"Learners' code runs in a sandbox of {chosen}."))
    for name, reason in reasons.items():
        if reason is None:
            spare = "" if name == chosen else " It is not needed while a stronger sandbox works."
            findings.append(Finding("good", f"{name} works here.{spare}"))
        else:
            fix = _fix_bubblewrap() if name == "bubblewrap" else _fix_landlock()
            level: Level = "bad" if chosen is None else "note"
            findings.append(Finding(level, f"{name} does not work here: {reason}.", fix))
    return findings


def _fix_bubblewrap() -> str:
    if sys.platform != "linux":
        return "grade on Linux, or in a Linux container or virtual machine"
    if shutil.which("bwrap") is None:
        return _install("bubblewrap")
    if os.geteuid() == 0 and shutil.which("setpriv") is None:
        return _install("util-linux")
    if UBUNTU_SWITCH.is_file() and UBUNTU_SWITCH.read_text().strip() == "1":
        return "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"
    if DEBIAN_SWITCH.is_file() and DEBIAN_SWITCH.read_text().strip() == "0":
        return "sudo sysctl -w kernel.unprivileged_userns_clone=1"
    if _in_container():
        return "start the container with --security-opt seccomp=unconfined --cap-add SYS_ADMIN"
    return ""


def _fix_landlock() -> str:
    try:
        version()
    except OSError:
        if sys.platform != "linux":
            return ""
        return "boot a kernel of 5.13 or newer with lsm=landlock,... among its parameters"
    return ""


def _call_filter() -> Finding:
    try:
        call_filter()
    except NoBackend as error:
        return Finding("bad", f"System calls cannot be filtered: {error}.", _install("libseccomp2"))
    return Finding("good", "System calls can be filtered (seccomp).")


def _python() -> Finding:
    what = f"Python {platform.python_version()} in {sys.prefix}."
    if sys.version_info[:2] > NEWEST_PYTHON:
        newest = ".".join(map(str, NEWEST_PYTHON))
        return Finding("note", f"{what} The kit is made for 3.11 to {newest}.")
    return Finding("good", what)


def _nbgrader() -> Finding:
    if importlib.util.find_spec("nbgrader") is None:
        return Finding(
            "note",
            "nbgrader is not installed: single folders can be graded, a class cannot.",
            "make install",
        )
    from importlib.metadata import version as installed

    return Finding("good", f"nbgrader {installed('nbgrader')}.")


def _disk() -> list[Finding]:
    findings = []
    for use, folder in (("submissions being graded", tempfile.gettempdir()), ("marks", ".")):
        where = f"{Path(folder).resolve()}, for {use},"
        if not os.access(folder, os.W_OK):
            findings.append(Finding("bad", f"{where} cannot be written to.", f"chmod u+w {folder}"))
            continue
        free = shutil.disk_usage(folder).free >> 20
        if free < LEAST_FREE_MB:
            findings.append(Finding("bad", f"{where} has only {free} MB left.", "make room"))
        else:
            findings.append(Finding("good", f"{where} has {free:,} MB left."))
    return findings


def _install(package: str) -> str:
    if shutil.which("apt-get"):
        return f"sudo apt-get install {package}"
    fedora = {"libseccomp2": "libseccomp"}
    if shutil.which("dnf"):
        return f"sudo dnf install {fedora.get(package, package)}"
    return f"install {package}"


def _in_container() -> bool:
    return Path("/.dockerenv").exists() or Path("/run/.containerenv").exists()
