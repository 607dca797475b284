"""The check that every exercise with a grid has: the result is right for every kind of call."""

from pathlib import Path

from autograder.catalogue import load
from autograder.judging.compare import agree, unpack
from autograder.judging.known_results import FILE, read_known_results
from autograder.judging.learner import Learner


def right_on_grid(learner: Learner, check_file: str) -> None:
    """Raise Mismatch, or LearnerError, at the first call of the exercise's grid that is wrong.

    Args:
        learner: the fixture.
        check_file: `__file__` of the check, which is in the exercise's folder.
    """
    folder = Path(check_file).parent
    known = read_known_results(folder / FILE)
    assert known is not None, f"{FILE} is missing: type make pitfalls EX={folder.name}"
    probes = load(folder).module(folder.parent.name, folder.name, "probes")
    names: tuple[str, ...] = getattr(probes, "RETURNS", ("the result",))
    for probe, right in zip(probes.GRID, known.right, strict=True):
        called = probe.names or names
        value = probe(learner)
        values = unpack(value, *called) if len(called) > 1 else (value,)
        for name, got, wanted in zip(called, values, right, strict=True):
            if wanted is not None:
                agree(got, wanted, name, kind="number", tolerance=1e-4 if probe.edge else 1e-6)
