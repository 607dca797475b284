"""Finds the sandbox that works on this machine: bubblewrap, else Landlock, each really started."""

import shutil
from functools import cache

from autograder.grading.landlock import LANDLOCK
from autograder.grading.remote import RemoteBackend
from autograder.grading.sandbox import BUBBLEWRAP, UNSANDBOXED, Isolation, NoBackend
from autograder.grading.scratch import scratch


def all_isolations() -> tuple[Isolation, ...]:
    """All sandboxes, the strongest first."""
    return BUBBLEWRAP, LANDLOCK


def assumed_isolation(*, allow_unsandboxed: bool = False) -> Isolation:
    """The sandbox that `find_isolation` will most likely find; it starts no worker.

    If a worker does not start in it, the caller uses `find_isolation`. This is safe, because only
    the strongest sandbox is assumed: if it does not work, no code runs.
    """
    strongest = all_isolations()[0]
    if strongest.name == BUBBLEWRAP.name and shutil.which("bwrap") and strongest not in _failing:
        return strongest
    return find_isolation(allow_unsandboxed=allow_unsandboxed)


# The sandboxes that did not work when this process tried them.
_failing: set[Isolation] = set()


def find_isolation(*, allow_unsandboxed: bool = False) -> Isolation:
    """The strongest sandbox that works here; a worker is started in it as a test.

    Raises:
        NoBackend: if none works and `allow_unsandboxed` is False.
    """
    reasons = []
    for isolation in all_isolations():
        reason = why_not(isolation)
        if reason is None:
            return isolation
        _failing.add(isolation)
        reasons.append(f"{isolation.name}: {reason}")
    if allow_unsandboxed:
        return UNSANDBOXED
    raise NoBackend(
        "a learner's code cannot run in a sandbox on this machine ("
        + "; ".join(reasons)
        + "), so nothing was graded. Install bubblewrap (apt-get install bubblewrap libseccomp2), "
        "see `autograder doctor`, or grade code that you trust with --allow-unsandboxed."
    )


@cache
def why_not(isolation: Isolation) -> str | None:
    """Start a worker on an empty submission; return None if it starts, else the reason."""
    with scratch("probe") as folder:
        folder.chmod(0o755)
        backend = RemoteBackend(isolation, folder)
        try:
            return backend.probe()
        finally:
            backend.close()
