"""Runs an exercise's grid of calls and notes what each gave."""

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

# Seconds of processor time, and of any time, for the whole grid: a diagnosis must not keep a
# learner waiting, and a busy machine must not cut it short.
MOST_SECONDS, MOST_WAITING = 2.0, 10.0
# Results of float32 inputs carry about 7 digits.
EDGE_TOLERANCE = 1e-4


@dataclass(frozen=True)
class Observation:
    """What one call gave.

    Attributes:
        probe: the call.
        value: what was returned; None if nothing was.
        failure: why there is no value, or None.
        changed: the input that was changed in place, or "".
        right: the right values.
        names: what they are called.
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
        """Whether as many values were returned as should be."""
        if self.failure is not None:
            return False
        if len(self.right) == 1:
            return True
        return isinstance(self.value, tuple | list) and len(self.value) == len(self.right)

    def is_wrong(self, name: str = "") -> bool:
        """Whether the returned value of this name, or any of them, is not right."""
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
    """Make all calls of a grid; fewer if the time is used up or a call does not come back.

    Args:
        learner: whose code.
        probes: the grid.
        rights: the right values of each call.
        names: what the returned values are called, where a probe does not say it.
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
            # A value of an unexpected kind broke the probe's own arithmetic.
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
    """Let a learner's prints and warnings go nowhere: the probes are not their calls."""
    with (
        contextlib.redirect_stdout(io.StringIO()),
        warnings.catch_warnings(),
        np.errstate(all="ignore"),
    ):
        warnings.simplefilter("ignore")
        yield
