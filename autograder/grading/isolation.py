"""Which sandbox works on this machine: bubblewrap, else Landlock, each tried for real."""

import shutil
from functools import cache

from autograder.grading.landlock import LANDLOCK
from autograder.grading.remote import RemoteBackend
from autograder.grading.sandbox import BUBBLEWRAP, UNSANDBOXED, Isolation, NoBackend
from autograder.grading.scratch import scratch


def all_isolations() -> tuple[Isolation, ...]:
    """The sandboxes there are, the strongest first."""
    return BUBBLEWRAP, LANDLOCK


def assumed_isolation(*, allow_unsandboxed: bool = False) -> Isolation:
    """What `find_isolation` will most likely find, without the cost of trying.

    Whoever grades with it tries for real as soon as a worker does not start. On the strongest
    wall nothing is weaker for it: what cannot be had does not start.
    """
    strongest = all_isolations()[0]
    if strongest.name == BUBBLEWRAP.name and shutil.which("bwrap") and strongest not in _failing:
        return strongest
    return find_isolation(allow_unsandboxed=allow_unsandboxed)


# Those that were found not to work, in this process.
_failing: set[Isolation] = set()


def find_isolation(*, allow_unsandboxed: bool = False) -> Isolation:
    """The strongest wall that works here, tried for real.

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
    """Start a worker on an empty submission; None if it answers, else what went wrong."""
    with scratch("probe") as folder:
        folder.chmod(0o755)
        backend = RemoteBackend(isolation, folder)
        try:
            return backend.probe()
        finally:
            backend.close()
