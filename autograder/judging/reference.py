"""Loads the solutions: the trusted code that results are compared with."""

import importlib
import sys
from functools import cache
from pathlib import Path
from types import ModuleType, SimpleNamespace

from autograder.catalogue import Course, load


def load_reference(start: Path | None = None) -> SimpleNamespace:
    """All functions and classes of the solutions of the course around `start`, by name."""
    return reference_of(load(start))


@cache
def reference_of(course: Course) -> SimpleNamespace:
    """All functions and classes of the course's solutions, by name.

    The modules are removed from `sys.modules`: a learner's modules have the same names.
    """
    root = str(course.solutions)
    names = {exercise.module: None for exercise in course.exercises}
    packages = {name.split(".")[0] for name in names}
    before = {k: sys.modules.pop(k) for k in list(sys.modules) if k.split(".")[0] in packages}
    sys.path.insert(0, root)
    try:
        modules: list[ModuleType] = [importlib.import_module(name) for name in names]
    finally:
        sys.path.remove(root)
        for name in [k for k in sys.modules if k.split(".")[0] in packages]:
            del sys.modules[name]
        sys.modules.update(before)
    public = {}
    for module in modules:
        public.update({k: v for k, v in vars(module).items() if not k.startswith("_")})
    return SimpleNamespace(**public)
