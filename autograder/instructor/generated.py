"""Generates an assignment in memory, and tells generated files from a learner's work.

Three parts of the kit need this: generating, which must not overwrite a learner's work; grading,
which starts from the released notebook; and the test that assignments/ is not stale.
"""

import hashlib
import json
import os
from collections import Counter
from pathlib import Path

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbgrader.utils import is_grade, is_ignored, is_solution
from traitlets.config import Config

from autograder.catalogue import Assignment, load
from autograder.judging.stubs import cut_all
from autograder.text import UserError

# In assignments/; it has the digest of every file as it was last generated.
MANIFEST = ".generated.json"
# Files that programs leave behind; they are not a person's work.
LEFT_BEHIND = ("__pycache__", ".ipynb_checkpoints", "*.pyc", ".DS_Store")
_HIDDEN_IN_CELLS = ("BEGIN HIDDEN TESTS", "BEGIN SOLUTION")


def find_assignment(name: str) -> Assignment:
    """The assignment of the catalogue.

    Raises:
        UserError: if there is none of this name.
    """
    course = load()
    try:
        return course.assignment(name)
    except UserError as error:
        raise UserError(f"course.toml: {error}") from error


def solutions_of(root: Path) -> Path:
    """The folder of a course's solutions: its own, else that of the catalogue."""
    own = root / "solutions"
    return own if own.is_dir() else load(root).solutions


def notebooks_of(root: Path, assignment: str) -> list[str]:
    """Names, without ".ipynb", of an assignment's source notebooks.

    Raises:
        UserError: if there is none.
    """
    folder = root / "source" / assignment
    names = sorted(path.stem for path in folder.glob("*.ipynb"))
    if not names:
        raise UserError(f"source/{assignment}/ holds no notebook")
    return names


def generate(
    root: Path, assignment: str, preprocessors: list[str], config: Config
) -> dict[str, bytes]:
    """All files that generating an assignment would write, by path below its folder.

    Args:
        root: the course's top folder.
        assignment: its name.
        preprocessors: GenerateAssignment's; SaveCells and WriteStubs are left out.
        config: nbgrader's.

    Raises:
        UserError: if the notebooks do not have one graded cell for each exercise, hold
            answers or hidden tests, or are beside Python files; or if the stubs cannot be cut.
    """
    found = find_assignment(assignment)
    names = notebooks_of(root, assignment)
    source = root / "source" / assignment
    python = sorted(path.name for path in source.rglob("*.py"))
    if python:
        raise UserError(
            f"source/{assignment}/{python[0]} would be handed out as it is, and would replace "
            "every learner's own file when grading. Exercises belong in solutions/: move it there."
        )
    files = {}
    cells: list[NotebookNode] = []
    for name in names:
        text = _released(source / f"{name}.ipynb", preprocessors, config)
        cells += nbformat.reads(text, as_version=4).cells
        files[f"{name}.ipynb"] = text.encode()
    _require_one_cell_each(found, cells)
    for path in sorted(source.rglob("*")):
        if path.is_file() and path.suffix != ".ipynb" and not _left_behind(path, source):
            files[path.relative_to(source).as_posix()] = path.read_bytes()
    try:
        stubs = cut_all(solutions_of(root), load(), found)
    except UserError as error:
        raise UserError(str(error)) from error
    files.update({name: text.encode() for name, text in stubs.items()})
    return files


def changed_files(folder: Path, fresh: dict[str, bytes]) -> list[str]:
    """The files in assignments/<name> that hold a person's work, which generating would overwrite.

    A file holds no work if it is as it was last generated, or as generating would write it now.

    Args:
        folder: assignments/<name>; it need not exist.
        fresh: what generating would write.
    """
    known = read_manifest(folder.parent)
    changed = []
    for path in sorted(folder.rglob("*")):
        if (path.is_dir() and not path.is_symlink()) or _left_behind(path, folder):
            continue
        name = path.relative_to(folder).as_posix()
        try:
            now = None if path.is_symlink() else digest(path.read_bytes())
        except OSError:
            now = None
        expected = {known.get(f"{folder.name}/{name}")}
        if name in fresh:
            expected.add(digest(fresh[name]))
        if now is None or now not in expected:
            changed.append(name)
    return changed


def read_manifest(release: Path) -> dict[str, str]:
    """The digest of every file as it was last generated, by path below assignments/."""
    try:
        known = json.loads((release / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def write_manifest(release: Path, assignment: str) -> None:
    """Record the digests of an assignment's files, which have just been generated."""
    folder = release / assignment
    known = {k: v for k, v in read_manifest(release).items() if k.split("/")[0] != assignment}
    for path in folder.rglob("*"):
        if path.is_file() and not _left_behind(path, folder):
            name = path.relative_to(release).as_posix()
            known[name] = digest(path.read_bytes())
    text = json.dumps(known, indent=1, sort_keys=True) + "\n"
    (release / MANIFEST).write_text(text, encoding="utf-8")


def digest(data: bytes) -> str:
    """The SHA-256 of a file, the same for Windows and Unix line ends."""
    return hashlib.sha256(data.replace(b"\r\n", b"\n")).hexdigest()


def _released(path: Path, preprocessors: list[str], config: Config) -> str:
    """One source notebook as learners get it."""
    exporter = NotebookExporter(config=config)
    exporter._preprocessors = []
    for preprocessor in preprocessors:
        # Skip the two that write: cells to the database, stubs to the folder.
        if preprocessor.rsplit(".", 1)[1] not in ("SaveCells", "WriteStubs"):
            exporter.register_preprocessor(preprocessor, enabled=True)
    where = f"source/{path.parent.name}/{path.name}"
    resources = {
        "unique_key": path.stem,
        "output_files_dir": f"{path.stem}_files",
        "nbgrader": {
            "student": ".",
            "assignment": path.parent.name,
            "notebook": path.stem,
            "db_url": "",
        },
    }
    try:
        text, _ = exporter.from_filename(os.fspath(path), resources=resources)
        original = nbformat.read(path, as_version=4)
    except Exception as error:  # preprocessors raise exceptions of many kinds
        lines = str(error).strip().splitlines() or [type(error).__name__]
        raise UserError(f"{where}: {lines[0]}") from error
    for cell in original.cells:
        for word in _HIDDEN_IN_CELLS:
            if word in cell.source:
                raise UserError(
                    f"{where}: a cell holds '### {word}', which would come out in the feedback. "
                    "Answers belong in solutions/, hidden tests in the exercise's hidden.py."
                )
    return str(text)


def _require_one_cell_each(assignment: Assignment, cells: list[NotebookNode]) -> None:
    graded = Counter(
        cell.metadata.nbgrader.grade_id
        for cell in cells
        if is_grade(cell) and not is_solution(cell)
    )
    where = f"source/{assignment.name}/"
    for exercise in assignment.exercises:
        if graded[exercise.name] != 1:
            raise UserError(
                f"{where}: there must be one graded cell with the grade_id {exercise.name!r}, but "
                f"there are {graded[exercise.name]}"
            )
    for name in graded.keys() - {exercise.name for exercise in assignment.exercises}:
        raise UserError(
            f"{where}: the graded cell {name!r} is not an exercise of {assignment.name} in "
            "course.toml"
        )
    for cell in cells:
        if is_grade(cell) and not is_solution(cell) and cell.cell_type != "code":
            raise UserError(f"{where}: {cell.metadata.nbgrader.grade_id} must be a code cell")


def _left_behind(path: Path, folder: Path) -> bool:
    parts = path.relative_to(folder).parts
    return any(
        is_ignored(os.fspath(folder.joinpath(*parts[: k + 1])), list(LEFT_BEHIND))
        for k in range(len(parts))
    )
