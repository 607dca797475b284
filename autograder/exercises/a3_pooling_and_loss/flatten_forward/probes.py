"""Probes of flatten_forward."""

from autograder.exercises.shared.probing import Probe, asking, calling, numbers
from autograder.exercises.shared.small_cases import FEW_PICTURES, PICTURES

PROBES: tuple[Probe, ...] = tuple(
    asking("flatten_forward", numbers(*shape)) for shape in FEW_PICTURES
)

RETURNS = ("out",)
GRID: tuple[Probe, ...] = tuple(
    calling(
        "flatten_forward",
        (numbers(*shape),),
        *names,
        sizes=dict(zip("NCHW", shape, strict=True)),
    )
    for shape, names in PICTURES
)
