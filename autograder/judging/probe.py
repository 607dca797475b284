"""A probe: one small call of an exercise, and the conditions under which it asks."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Probe:
    """One question to a learner's code.

    Attributes:
        ask: makes the call; its argument is the fixture `learner`.
        conditions: what holds for the call, such as "stride" for a stride above 1; names of the
            course's shared/conditions.py.
        edge: whether it asks something special, such as integers: edges refine a diagnosis and
            never decide it.
        function, arguments: the call, where it is one call of a function; else "" and ().
        names: what the returned values are called, where that differs from probe to probe.
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
        present: the clause where it holds: "the stride is above 1".
        absent: the clause where it does not: "the stride is 1".
        look_present: where to look if the code is wrong where it holds.
        look_absent: where to look if the code is wrong where it does not hold.
        derived: whether it follows from other conditions; it is then told only by itself.
    """

    present: str
    absent: str
    look_present: str
    look_absent: str = ""
    derived: bool = False
