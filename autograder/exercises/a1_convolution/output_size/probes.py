"""Probes of output_size."""

from typing import Any

from autograder.exercises.shared.probing import Probe, asking_often, calling

PROBES: tuple[Probe, ...] = (
    asking_often("output_size", (5, 3), (7, 2), (4, 4), (9, 1)),
    asking_often("output_size", (7, 3, 2), (8, 3, 2), (10, 2, 3), (6, 5, 4)),
    asking_often("output_size", (5, 3, 1, 1), (4, 2, 1, 2), (3, 3, 1, 3)),
    asking_often("output_size", (7, 3, 2, 1), (8, 3, 2, 1), (9, 4, 3, 2), (5, 5, 3, 1)),
    asking_often("output_size", (11, 2, 4, 1), (28, 3, 2, 1), (32, 5, 3, 2)),
)

RETURNS = ("the size",)


def _grid() -> tuple[Probe, ...]:
    probes = []
    for size in (1, 2, 3, 4, 5, 7, 8, 10):
        for kernel, stride, padding in (
            (1, 1, 0),
            (2, 1, 0),
            (3, 1, 0),
            (3, 2, 0),
            (2, 2, 0),
            (2, 3, 0),
            (3, 1, 1),
            (2, 1, 1),
            (3, 1, 2),
            (3, 2, 1),
            (3, 2, 2),
            (4, 3, 2),
        ):
            if size + 2 * padding < kernel:
                continue
            held = {
                "stride": stride > 1,
                "padding": padding > 0,
                "leftover": (size + 2 * padding - kernel) % stride > 0,
                "even_kernel": kernel % 2 == 0,
            }
            names = (name for name, holds in held.items() if holds)
            probes.append(calling("output_size", (size, kernel, stride, padding), *names))
    probes.append(calling("output_size", (5, 3), "defaults"))
    probes.append(calling("output_size", (9, 4), "defaults", "even_kernel"))
    return tuple(probes)


GRID: tuple[Probe, ...] = _grid()


def vary(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The call of a public check, with an axis that is 11 pixels longer."""
    if args:
        return (args[0] + 11, *args[1:]), kwargs
    return args, kwargs | {"input_size": kwargs["input_size"] + 11}
