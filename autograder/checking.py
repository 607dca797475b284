"""All names of the engine that a check, a probe or a pitfall may import.

A check is a function `test_...(learner)` in an exercise's `public.py` or `hidden.py`. Its docstring
is the sentence that the learner reads. Its body calls the learner's code through the fixture
`learner` and compares the results with `agree`. docs/writing-checks.md explains all names with
examples.

The fixtures are the arguments of a check: `learner` and, for hidden checks, `reference` (the
solutions' functions and classes) and `rng` (a random generator seeded from the course secret).
"""

from autograder.judging.compare import TOLERANCE, Mismatch, agree, as_array, unpack
from autograder.judging.grid import right_on_grid
from autograder.judging.learner import Learner, LearnerError
from autograder.judging.near_misses import near_miss, where_windows_overlap
from autograder.judging.probe import Condition, Probe
from autograder.judging.reference import load_reference
from autograder.judging.shape_errors import read_shape_error
from autograder.worker.host import Failure

__all__ = [
    "TOLERANCE",
    "Condition",
    "Failure",
    "Learner",
    "LearnerError",
    "Mismatch",
    "Probe",
    "agree",
    "as_array",
    "load_reference",
    "near_miss",
    "read_shape_error",
    "right_on_grid",
    "unpack",
    "where_windows_overlap",
]
