"""Probes of dense_backward."""

from autograder.exercises.shared.probing import Probe, asking, calling, numbers

# N, D, M; in some D = M, where a wrong transpose does not change the shapes.
_SIZES = ((1, 2, 3), (3, 2, 4), (2, 3, 3), (4, 2, 2))

PROBES: tuple[Probe, ...] = tuple(
    asking("dense_backward", numbers(n, m, start=9), numbers(n, d), numbers(d, m, start=6))
    for n, d, m in _SIZES
)

RETURNS = ("d_x", "d_weights", "d_bias")
_GRID_SIZES = (
    ((1, 2, 3), ()),
    ((1, 3, 2), ()),
    ((1, 4, 1), ()),
    ((1, 3, 3), ("as_many_outputs_as_inputs",)),
    ((1, 2, 2), ("as_many_outputs_as_inputs",)),
    ((2, 2, 3), ("images",)),
    ((3, 4, 2), ("images",)),
    ((4, 3, 2), ("images",)),
    ((2, 3, 3), ("images", "as_many_outputs_as_inputs")),
    ((3, 3, 3), ("images", "as_many_outputs_as_inputs")),
)

GRID: tuple[Probe, ...] = tuple(
    calling(
        "dense_backward",
        (numbers(n, m, start=9), numbers(n, d), numbers(d, m, start=6)),
        *names,
        sizes={"N": n, "D": d, "M": m},
    )
    for (n, d, m), names in _GRID_SIZES
)
