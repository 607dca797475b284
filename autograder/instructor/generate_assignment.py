"""nbgrader's GenerateAssignment, with stubs and points; it never overwrites a person's work."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import nbgrader.converters
from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import NbGraderException
from nbgrader.converters.base import BaseConverter
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade, is_solution

from autograder.catalogue import load
from autograder.instructor.generated import (
    changed_files,
    find_assignment,
    generate,
    solutions_of,
    write_manifest,
)
from autograder.judging.stubs import cut_all
from autograder.text import UserError, some

GENERATE = [
    "nbgrader.preprocessors.IncludeHeaderFooter",
    # Before any step that uses points: course.toml defines them.
    "autograder.instructor.generate_assignment.SetPoints",
    "nbgrader.preprocessors.InstantiateTests",
    "nbgrader.preprocessors.LockCells",
    "nbgrader.preprocessors.ClearSolutions",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.CheckCellMetadata",
    "nbgrader.preprocessors.ComputeChecksums",
    "autograder.instructor.shown_code.SaveCells",
    "nbgrader.preprocessors.ClearHiddenTests",
    "nbgrader.preprocessors.ClearMarkScheme",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.CheckCellMetadata",
    "autograder.instructor.generate_assignment.WriteStubs",
]


class SetPoints(NbGraderPreprocessor):
    """Gives each graded cell the points that course.toml gives its exercise."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        if is_grade(cell) and not is_solution(cell):
            with contextlib.suppress(UserError):  # `generate` rejects an unknown name
                points = load().exercise(cell.metadata.nbgrader["grade_id"]).points
                cell.metadata.nbgrader["points"] = int(points) if points == int(points) else points
        return cell, resources


class WriteStubs(NbGraderPreprocessor):
    """Makes nbconvert write the stub files beside the released notebook."""

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        converter = self.parent.parent
        assignment = find_assignment(resources["nbgrader"]["assignment"])
        stubs = cut_all(solutions_of(Path(converter.coursedir.root)), load(), assignment)
        outputs = resources.get("outputs")
        resources["outputs"] = {
            **(outputs if isinstance(outputs, dict) else {}),
            **{name: text.encode() for name, text in stubs.items()},
        }
        return nb, resources


class GenerateAssignment(nbgrader.converters.GenerateAssignment):
    """nbgrader's, but it never overwrites a person's work and never leaves half a release."""

    def convert_notebooks(self) -> None:
        # Check everything before nbgrader starts, because its first step deletes the old release.
        names = [os.path.basename(folder) for folder in sorted(self.assignments)]
        with in_nbgraders_words(self):
            for name in names:
                self._require_safe(name)
        # No work is lost, as just checked. Without force, nbgrader would skip an assignments/ that
        # came with the clone, and would never fill an empty gradebook.
        self.force = True
        release = Path(self.coursedir.root) / self.coursedir.release_directory
        with _put_back_on_failure([release / name for name in names]):
            super().convert_notebooks()
        for name in names:
            write_manifest(release, name)

    def _require_safe(self, name: str) -> None:
        root = Path(self.coursedir.root)
        fresh = generate(root, name, GENERATE, self.config)
        folder = root / self.coursedir.release_directory / name
        changed = changed_files(folder, fresh)
        if changed:
            where = f"{self.coursedir.release_directory}/{name}"
            raise UserError(
                f"{where}/ holds work that generating would overwrite: {some(changed)}. Nothing "
                f"was changed. Keep the work (mv {where} my_{name}) or drop it "
                f"(git checkout -- {where}, and delete what git does not know), then generate "
                "again."
            )
        if not self.no_database:
            self._require_same_cells(name)

    def _require_same_cells(self, name: str) -> None:
        """Refuse added or removed exercises: nbgrader cannot change them once submissions exist."""
        with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as gradebook:
            try:
                assignment = gradebook.find_assignment(name)
            except MissingEntry:
                return
            known = {cell.name for book in assignment.notebooks for cell in book.grade_cells}
            handed_in = len(assignment.submissions)
        exercises = {exercise.name for exercise in find_assignment(name).exercises}
        exercises |= _manual_cells(self, name)
        added, removed = exercises - known, known - exercises
        if handed_in and known and (added or removed):
            raise UserError(
                f"{name} has new exercises ({some(sorted(added)) or 'none'}) or lost some "
                f"({some(sorted(removed)) or 'none'}), but gradebook.db holds {handed_in} "
                "submissions of it, and nbgrader cannot change it then. Nothing was changed. "
                "Export the marks, move gradebook.db away, generate, and grade again."
            )


@contextlib.contextmanager
def in_nbgraders_words(converter: BaseConverter) -> Iterator[None]:
    """Turn a UserError into nbgrader's own exception, so that nbgrader logs it and stops."""
    try:
        yield
    except UserError as error:
        converter.log.error("%s", error)
        raise NbGraderException(str(error)) from None


def _manual_cells(converter: BaseConverter, name: str) -> set[str]:
    cells = set()
    for path in (Path(converter.coursedir.root) / "source" / name).glob("*.ipynb"):
        for cell in nbformat.read(path, as_version=4).cells:
            if is_grade(cell) and is_solution(cell):
                cells.add(cell.metadata.nbgrader["grade_id"])
    return cells


@contextlib.contextmanager
def _put_back_on_failure(folders: list[Path]) -> Iterator[None]:
    """Restore the folders if nbgrader fails, since it then deletes what it was generating."""
    # Not `scratch`, which removes a killed run's folders: after a kill this is the only copy.
    with tempfile.TemporaryDirectory(prefix="release-") as scratch:
        for folder in folders:
            if folder.is_dir():
                shutil.copytree(folder, Path(scratch) / folder.name, symlinks=True)
        try:
            yield
        except BaseException:
            for folder in folders:
                kept = Path(scratch) / folder.name
                if kept.is_dir():
                    shutil.rmtree(folder, ignore_errors=True)
                    shutil.copytree(kept, folder, symlinks=True)
            raise
