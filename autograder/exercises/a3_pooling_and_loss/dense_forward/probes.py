"""What dense_forward is asked."""

from autograder.exercises.shared.probing import Probe, asking, numbers

# N, D, M; also as many outputs as inputs, where a transpose goes unnoticed by the shapes.
_SIZES = ((1, 2, 3), (3, 2, 4), (2, 3, 3), (4, 2, 2))

PROBES: tuple[Probe, ...] = tuple(
    asking("dense_forward", numbers(n, d), numbers(d, m, start=6), numbers(m, start=4))
    for n, d, m in _SIZES
)
