"""Probes of log_loss_gradient."""

from typing import Any

import numpy as np

from autograder.checking import Probe


def _at(*weights: float) -> Probe:
    def ask(learner: Any) -> Any:
        x = np.array([[1.0, 0.5, -1.0], [1.0, -2.0, 0.25], [1.0, 1.5, 1.0], [1.0, 0.0, -0.5]])
        return learner.log_loss_gradient(x, np.array([0, 1, 1, 0]), np.array(weights))

    return Probe(ask)


PROBES: tuple[Probe, ...] = (_at(0.5, -1.0, 0.25), _at(0.0, 0.75, 1.0), _at(-1.0, 0.5, 0.5))
