"""Probes of sigmoid."""

from typing import Any

import numpy as np

from autograder.checking import Probe


def _of(*numbers: float) -> Probe:
    def ask(learner: Any) -> Any:
        return learner.sigmoid(np.array(numbers))

    return Probe(ask)


PROBES: tuple[Probe, ...] = (_of(0.5, -1.5, 2.0), _of(1.25, -0.75), _of(3.0, -2.5))
