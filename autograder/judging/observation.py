"""Makes the calls of an exercise's grid and records the result of each."""

import contextlib
import io
import time
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.judging.learner import Learner, LearnerError
from autograder.judging.probe import Probe
from autograder.judging.values import is_right
from autograder.worker.host import Failure

# Seconds of processor time, and of clock time, for the whole grid: a diagnosis must not keep a
# learner waiting. Clock time has the larger limit, so that a busy machine does not end it early.
MOST_SECONDS, MOST_WAITING = 2.0, 10.0
# Results of float32 inputs have about 7 digits.
EDGE_TOLERANCE = 1e-4


@dataclass(frozen=True)
class Observation:
    """The result of one call.

    Attributes:
        probe: the call.
        value: what was returned; None if nothing was.
        failure: why there is no value, or None.
        changed: the input that was changed in place, or "".
        right: the right values.
        names: the names of the right values.
    """

    probe: Probe
    right: tuple[Any, ...]
    names: tuple[str, ...]
    value: Any = None
    failure: Failure | None = None
    changed: str = ""

    def part(self, name: str) -> Any:
        """One of the returned values; with "" all of them."""
        if not name:
            return self.value
        return self.value if len(self.names) == 1 else self.value[self.names.index(name)]

    @property
    def complete(self) -> bool:
        """Whether the right number of values was returned."""
        if self.failure is not None:
            return False
        if len(self.right) == 1:
            return True
        return isinstance(self.value, tuple | list) and len(self.value) == len(self.right)

    def is_wrong(self, name: str = "") -> bool:
        """Whether the returned value of this name is wrong; with "", whether any value is."""
        if not self.complete:
            return True
        tolerance = EDGE_TOLERANCE if self.probe.edge else 1e-6
        pairs = zip(self.names, self.right, strict=True)
        return not all(
            is_right(self.part(each), right, tolerance)
            for each, right in pairs
            if name in ("", each)
        )


def observe(
    learner: Learner,
    probes: Sequence[Probe],
    rights: Sequence[tuple[Any, ...]],
    names: Sequence[str],
) -> list[Observation]:
    """Make all calls of a grid; fewer if the time is used up or a call does not return.

    Args:
        learner: the learner's code.
        probes: the grid.
        rights: the right values of each call.
        names: the names of the returned values, for probes that have no names of their own.
    """
    begin, spent = time.monotonic(), learner.spent()
    found: list[Observation] = []
    for probe, right in zip(probes, rights, strict=True):
        learner.forms.clear()
        called = probe.names or tuple(names)
        try:
            with _quiet():
                value = probe(learner)
        except LearnerError as error:
            if error.failure.unfinished:
                break
            found.append(Observation(probe, right, called, failure=error.failure))
        except Exception as error:
            # A value of an unexpected kind made the probe's own arithmetic fail.
            failure = Failure("value", type=type(error).__name__, message=str(error)[:200])
            found.append(Observation(probe, right, called, failure=failure))
        else:
            changed = next((f.changed for f in learner.forms if f.changed), "")
            found.append(Observation(probe, right, called, value, changed=changed))
        if learner.spent() - spent > MOST_SECONDS or time.monotonic() - begin > MOST_WAITING:
            break
    learner.forms.clear()
    return found


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Discard output and warnings of the learner's code: the learner did not start the probes."""
    with (
        contextlib.redirect_stdout(io.StringIO()),
        warnings.catch_warnings(),
        np.errstate(all="ignore"),
    ):
        warnings.simplefilter("ignore")
        yield
