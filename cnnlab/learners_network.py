"""Loads the learner's network, and turns an error in their code into one sentence."""

import importlib
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from cnnlab.errors import LabError

# The names that training uses from the learner's network.py.
_NEEDED = ("Conv2D", "ReLU", "MaxPool2D", "Flatten", "Dense", "CNN", "SGD", "train_epoch")
_MODULE = "the module"
_OF_AN_ASSIGNMENT = re.compile(r"a[1-9]_\w+(\.|$)")
_TAKE_AGAIN = "Give it its name back, or copy it from the handout."


def load_network(directory: Path) -> ModuleType:
    """Import a4_training.network from a folder shaped like assignments/.

    Modules of the assignments that were imported earlier, from this folder or another, are
    removed first, so that the newest files are imported.

    Args:
        directory: the learner's folder.

    Returns:
        the module, with every part that training needs.

    Raises:
        LabError: if the folder has no such module, or it cannot be imported, or a part
            that training needs is not in it.
    """
    directory = directory.resolve()
    if not (directory / "a4_training" / "network.py").is_file():
        raise LabError(
            f"{directory} has no a4_training/network.py: it was deleted or renamed, or this is no "
            f"folder shaped like assignments/. {_TAKE_AGAIN}"
        )
    # All of them: if this folder has no a5, the a5 of an earlier folder must not be used.
    for name in [name for name in sys.modules if _OF_AN_ASSIGNMENT.match(name)]:
        del sys.modules[name]
    importlib.invalidate_caches()
    with import_path(directory), learners_code(directory):
        network = importlib.import_module("a4_training.network")
    lost = [name for name in _NEEDED if not hasattr(network, name)]
    if lost:
        lack = "is empty" if len(lost) == len(_NEEDED) else f"has no {', '.join(lost)}"
        raise LabError(f"a4_training/network.py {lack}. {_TAKE_AGAIN}")
    return network


@contextmanager
def import_path(directory: Path) -> Iterator[None]:
    """Make the learner's folder importable, also in training: a function may import when called."""
    sys.path.insert(0, str(directory))
    try:
        yield
    finally:
        sys.path.remove(str(directory))


@contextmanager
def learners_code(directory: Path) -> Iterator[None]:
    """Turn an error in the learner's files into one sentence with the file and the line.

    Args:
        directory: the learner's folder, resolved: files are recognised by their full path.

    Raises:
        LabError: instead of a SyntaxError, a NotImplementedError, or any other exception with
            a file of the folder in its traceback. Other exceptions and Ctrl-C are not changed.
    """
    try:
        yield
    except (LabError, KeyboardInterrupt):
        raise
    except SyntaxError as error:
        place = f"{_relative(error.filename or '', directory)}, line {error.lineno}"
        raise LabError(f"{place} is not Python yet: {error.msg}.") from error
    except NotImplementedError as error:
        function, place = _place_of(error, directory)
        raise LabError(
            f"{function} is not written yet ({place}). Training needs every exercise of a1 to "
            "a4: run `make check` to see which comes next."
        ) from error
    except Exception as error:
        function, place = _place_of(error, directory)
        if not place:
            raise
        said = f": {error}" if str(error) else ""
        advice = f"Run `make check EX={function}` for an example that shows it."
        if function == _MODULE:
            advice = "Run `make check`, which says what the file lacks."
        raise LabError(
            f"{function} stopped with {type(error).__name__}{said} ({place}). {advice}"
        ) from error


def _place_of(error: BaseException, directory: Path) -> tuple[str, str]:
    """Find the exercise, and the line in the learner's files, where the error occurred."""
    function, place = "a function", ""
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        if Path(code.co_filename).is_relative_to(directory):
            # For a method, the exercise is its class; for a nested function, the outer one.
            outermost = code.co_qualname.partition(".")[0]
            function = _MODULE if outermost == "<module>" else outermost
            place = f"{_relative(code.co_filename, directory)}, line {trace.tb_lineno}"
        trace = trace.tb_next
    return function, place


def _relative(path: str, directory: Path) -> str:
    return str(Path(path).relative_to(directory)) if Path(path).is_relative_to(directory) else path
