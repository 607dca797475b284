"""A probe: one small call of an exercise, and the conditions that hold for it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Probe:
    """One small call of a learner's code.

    Attributes:
        ask: makes the call; its argument is the fixture `learner`.
        conditions: what holds for the call, such as "stride" for a stride above 1; names from the
            course's shared/conditions.py.
        edge: whether the input is special, such as integers. Edge calls refine a diagnosis, but
            never identify a known mistake.
        function, arguments: the call, if it is one call of a function; else "" and ().
        names: the names of the returned values, if they differ from probe to probe.
        sizes: letters and their values, such as ("OH", 3), to write shapes with.
    """

    ask: Callable[[Any], Any]
    conditions: frozenset[str] = frozenset()
    edge: bool = False
    function: str = ""
    arguments: tuple[Any, ...] = ()
    names: tuple[str, ...] = ()
    sizes: tuple[tuple[str, int], ...] = ()

    def __call__(self, learner: Any) -> Any:
        return self.ask(learner)


@dataclass(frozen=True)
class Condition:
    """A property of a call that can separate right from wrong.

    Attributes:
        present: the clause for calls with the condition: "the stride is above 1".
        absent: the clause for calls without it: "the stride is 1".
        look_present: where to look if calls with it are wrong.
        look_absent: where to look if calls without it are wrong.
        derived: whether it follows from other conditions; it is then not combined with others.
    """

    present: str
    absent: str
    look_present: str
    look_absent: str = ""
    derived: bool = False
