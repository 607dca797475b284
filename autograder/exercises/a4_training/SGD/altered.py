"""Other formulas of SGD: one or two terms are different."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Term:
    """Another term in the place of the right one.

    Attributes:
        place: which of the three terms: what is kept of the velocity, what the gradient adds to
            it, how the value moves along it.
        sentence: what it does.
        factor: gives the term's factor from momentum and learning rate.
    """

    place: str
    sentence: str
    factor: Callable[[float, float], float]


RIGHT: dict[str, Callable[[float, float], float]] = {
    "kept": lambda momentum, rate: momentum,
    "gradient": lambda momentum, rate: -rate,
    "move": lambda momentum, rate: 1.0,
}
TERMS = (
    Term(
        "kept",
        "It keeps 1 - momentum of the old velocity: keep momentum times it.",
        lambda m, r: 1 - m,
    ),
    Term("kept", "It keeps the whole old velocity: keep momentum times it.", lambda m, r: 1.0),
    Term(
        "kept",
        "It subtracts momentum times the old velocity: add it.",
        lambda m, r: -m,
    ),
    Term(
        "kept",
        "It multiplies the old velocity by the learning rate too: momentum alone belongs there.",
        lambda m, r: m * r,
    ),
    Term(
        "gradient",
        "It adds the gradient to the velocity: subtract it, for the loss falls against the "
        "gradient.",
        lambda m, r: r,
    ),
    Term(
        "gradient",
        "It leaves the learning rate out: multiply the gradient by it.",
        lambda m, r: -1.0,
    ),
    Term(
        "gradient",
        "It multiplies the gradient by 1 - momentum: each gradient counts in full, times the "
        "learning rate.",
        lambda m, r: -r * (1 - m),
    ),
    Term(
        "gradient",
        "It multiplies the gradient by momentum too: the learning rate alone belongs there.",
        lambda m, r: -r * m,
    ),
    Term(
        "move",
        "It subtracts the velocity from the value: the velocity has its sign already, so add it.",
        lambda m, r: -1.0,
    ),
    Term(
        "move",
        "It multiplies the velocity by the learning rate once more: the gradient was multiplied "
        "already.",
        lambda m, r: r,
    ),
    Term(
        "move",
        "It adds momentum times the velocity to the value: add the velocity itself.",
        lambda m, r: m,
    ),
)


def _with(terms: Sequence[Term]) -> type:
    factors = RIGHT | {term.place: term.factor for term in terms}

    class SGD:
        def __init__(
            self, parameters: Sequence[Any], learning_rate: float, momentum: float = 0.0
        ) -> None:
            self.parameters = list(parameters)
            self.learning_rate, self.momentum = learning_rate, momentum
            self.velocities = [np.zeros_like(each.value) for each in self.parameters]

        def step(self) -> None:
            kept, gradient, move = (
                factors[place](self.momentum, self.learning_rate)
                for place in ("kept", "gradient", "move")
            )
            for k, parameter in enumerate(self.parameters):
                self.velocities[k] = kept * self.velocities[k] + gradient * parameter.grad
                parameter.value += move * self.velocities[k]

    return SGD


class _LastAlone(_with([])):  # type: ignore[misc]
    """The line that changes the value stands below the loop."""

    def step(self) -> None:
        for k, parameter in enumerate(self.parameters):
            kept = self.momentum * self.velocities[k]
            self.velocities[k] = kept - self.learning_rate * parameter.grad
        parameter.value += self.velocities[k]


class _SharedOut(_with([])):  # type: ignore[misc]
    """The step is divided by the number of parameters."""

    def step(self) -> None:
        for k, parameter in enumerate(self.parameters):
            step = self.learning_rate * parameter.grad / len(self.parameters)
            self.velocities[k] = self.momentum * self.velocities[k] - step
            parameter.value += self.velocities[k]


class _ValueShrunk(_with([])):  # type: ignore[misc]
    """The value itself is multiplied by momentum."""

    def step(self) -> None:
        for k, parameter in enumerate(self.parameters):
            kept = self.momentum * self.velocities[k]
            self.velocities[k] = kept - self.learning_rate * parameter.grad
            parameter.value = self.momentum * parameter.value + self.velocities[k]


class _NothingKept(_with([])):  # type: ignore[misc]
    """Neither the velocity nor the gradient is there at the next step."""

    def step(self) -> None:
        for parameter in self.parameters:
            parameter.value -= self.learning_rate * parameter.grad
            parameter.grad = np.zeros_like(parameter.grad)


ALTERED: list[tuple[str, Callable[..., Any]]] = [
    (
        "It changes the last parameter alone: the line that changes the value belongs into the "
        "loop.",
        _LastAlone,
    ),
    (
        "It multiplies the value by momentum: momentum belongs to the velocity, and the value "
        "moves by the velocity.",
        _ValueShrunk,
    ),
    (
        "It divides the step by the number of parameters: each parameter moves by its own whole "
        "gradient, times the learning rate.",
        _SharedOut,
    ),
    (
        "Two mistakes: 1. it does not keep the velocity from step to step: store it in "
        "self.velocities. 2. it sets the gradients to zero: they stay as they are, and the "
        "training loop calls zero_grad.",
        _NothingKept,
    ),
    *((term.sentence, _with([term])) for term in TERMS),
    *(
        (f"Two mistakes: 1. {one.sentence} 2. {other.sentence}", _with([one, other]))
        for one, other in combinations(TERMS, 2)
        if one.place != other.place
    ),
]
