"""Probes of xavier_initialization: shapes that distinguish fan_in, fan_out and the kernel size."""

from autograder.exercises.shared.layer_grids import initialization_grid
from autograder.exercises.shared.probing import Probe
from autograder.exercises.shared.variations import larger_shape


def _drawing(shape: tuple[int, ...], seed: int) -> Probe:
    return Probe(lambda learner: learner.xavier_initialization(shape, learner.default_rng(seed)))


PROBES: tuple[Probe, ...] = tuple(
    _drawing(shape, seed)
    for seed, shape in enumerate(((2, 5), (5, 2), (3, 2, 2, 3), (2, 3, 3, 1)), 3)
)

GRID: tuple[Probe, ...] = initialization_grid("xavier_initialization")

vary = larger_shape
