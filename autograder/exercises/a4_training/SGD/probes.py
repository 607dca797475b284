"""Probes of SGD: several steps, with gradients that change."""

from collections.abc import Sequence
from typing import Any

from autograder.exercises.shared.layer_grids import optimizer_grid
from autograder.exercises.shared.probing import Probe, copied, numbers


def steps(
    shapes: Sequence[tuple[int, ...]], steps: int, rate: float, momentum: float, start: int = 1
) -> Probe:
    """The values after each step; every second step has new gradients."""

    def probe(learner: Any) -> Any:
        parameters = [
            learner.Parameter(numbers(*shape, start=start + k)) for k, shape in enumerate(shapes)
        ]
        optimizer = learner.SGD(parameters, rate, momentum)
        values = []
        for step in range(steps):
            # Every gradient is used for two steps, which shows a step() that zeroes gradients.
            if step % 2 == 0:
                for k, (parameter, shape) in enumerate(zip(parameters, shapes, strict=True)):
                    parameter.grad = numbers(*shape, start=start + 6 + 3 * k + step)
            optimizer.step()
            values += [copied(parameter.value) for parameter in parameters]
        return tuple(values)

    return Probe(probe)


PROBES: tuple[Probe, ...] = (
    steps([(2, 3)], 2, 0.25, 0.0),
    steps([(3,)], 3, 0.5, 0.5, start=4),
    steps([(2, 2), (2, 2)], 3, 0.25, 0.5),
    steps([(3,), (3,)], 4, 0.5, 0.75, start=7),
)

GRID: tuple[Probe, ...] = optimizer_grid()
