"""Other formulas of Conv2D: one line computes something else."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from autograder.checking import load_reference
from autograder.exercises.shared.layer_alterations import altered_layers

RIGHT = load_reference(Path(__file__)).Conv2D
ALTERED: list[tuple[str, Callable[..., Any]]] = altered_layers(RIGHT)
