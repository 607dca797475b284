"""Loads the solutions, for hidden checks: the trusted code beside the learner's."""

import importlib
import sys
from functools import cache
from pathlib import Path
from types import ModuleType, SimpleNamespace

from autograder.catalogue import PACKAGE, load


def solutions_folder() -> Path:
    """Where the solutions are: in a checkout beside the package, in a wheel inside it."""
    beside = PACKAGE.parent / "solutions"
    return beside if beside.is_dir() else PACKAGE / "reference"


@cache
def load_reference() -> SimpleNamespace:
    """All functions and classes of the solutions, by name.

    The modules do not stay in `sys.modules`, where a tree of the same shape may be loaded.
    """
    root = str(solutions_folder())
    names = {exercise.module: None for exercise in load().exercises}
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
