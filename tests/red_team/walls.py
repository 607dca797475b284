"""The sandboxes that the tests run against: all that work on this kernel, as root too."""

from functools import cache

from autograder.grading.isolation import all_isolations, why_not
from autograder.grading.sandbox import Isolation
from autograder.worker.landlock import version


@cache
def walls() -> tuple[Isolation, ...]:
    """The sandboxes that work here, the strongest first."""
    return tuple(isolation for isolation in all_isolations() if why_not(isolation) is None)


def has_landlock() -> bool:
    """Whether this kernel has Landlock."""
    try:
        version()
    except OSError:
        return False
    return True
