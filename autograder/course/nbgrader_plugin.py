"""Teaches nbgrader this course: stubs on generate, the sandboxed grader on autograde.

`nbgrader_config.py` calls `configure`, so all of this holds for nbgrader's command line, its
Python API and Formgrader alike. What can be said in nbgrader's configuration is said there (the
preprocessors, `WriteStubs` and `Grade`). nbgrader has no hook before it deletes a folder, before
it looks for notebooks and before it copies a learner's files, so those three are overridden in two
subclasses of its converters, which `install` puts where nbgrader looks its converters up.
"""

import contextlib
import fnmatch
import functools
import glob
import hashlib
import html
import json
import math
import os
import re
import shutil
import stat
import sys
import tempfile
import textwrap
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import nbgrader.apps.api
import nbgrader.apps.autogradeapp
import nbgrader.apps.generateassignmentapp
import nbgrader.apps.generatefeedbackapp
import nbgrader.converters
from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import NbGraderException
from nbgrader.converters.base import BaseConverter
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import (
    determine_grade,
    find_all_files,
    is_grade,
    is_ignored,
    is_solution,
    parse_utc,
)
from sqlalchemy.exc import SQLAlchemyError
from traitlets import Bool
from traitlets.config import Config

from autograder.catalogue import load
from autograder.course.feedback import GenerateFeedback
from autograder.course.generated import (
    SourceError,
    changed_files,
    find_assignment,
    generate,
    solutions_of,
    write_manifest,
)
from autograder.course.marks import guard_commits
from autograder.grading.grade import course_secret
from autograder.grading.scratch import FULL, NoRoom
from autograder.grading.verdict_store import judging_digest
from autograder.judging.explain import clean
from autograder.judging.stubs import cut_all
from autograder.judging.verdict import ExerciseVerdict, Verdict

_NBGRADER = "nbgrader.preprocessors."
GENERATE = [
    _NBGRADER + "IncludeHeaderFooter",
    # Before anything counts or stores points: course.toml is where they stand.
    "autograder.course.nbgrader_plugin.SetPoints",
    _NBGRADER + "InstantiateTests",
    _NBGRADER + "LockCells",
    _NBGRADER + "ClearSolutions",
    _NBGRADER + "ClearOutput",
    _NBGRADER + "CheckCellMetadata",
    _NBGRADER + "ComputeChecksums",
    _NBGRADER + "SaveCells",
    _NBGRADER + "ClearHiddenTests",
    _NBGRADER + "ClearMarkScheme",
    _NBGRADER + "ComputeChecksums",
    _NBGRADER + "CheckCellMetadata",
    "autograder.course.nbgrader_plugin.WriteStubs",
]
SANITIZE = [
    _NBGRADER + "ClearOutput",
    _NBGRADER + "DeduplicateIds",
    _NBGRADER + "OverwriteKernelspec",
    _NBGRADER + "OverwriteCells",
    _NBGRADER + "CheckCellMetadata",
]
AUTOGRADE = [
    "autograder.course.nbgrader_plugin.Grade",  # in the place of Execute
    _NBGRADER + "LimitOutput",
    _NBGRADER + "SaveAutoGrades",
    _NBGRADER + "AssignLatePenalties",
    _NBGRADER + "CheckCellMetadata",
]
LARGEST_NOTEBOOK = 16 << 20
# Of what is handed in beside the exercises' files, which are far smaller.
LARGEST_COPY = 64 << 20
# What one graded submission may need on the course's disk, beside a copy of its files.
ROOM_TO_GRADE = 4 << 20
LONGEST_ANSWER = 100_000
TEXT_WIDTH = 72
_AGAIN = (
    "Make room on the disk, or let go of the gradebook, and run the same command again; the marks "
    "from before stand until then"
)


class NotGraded(Exception):
    """One submission cannot be graded; the sentence says why and what to do."""


class NoFaultOfTheirs(NotGraded):
    """The machine kept a submission from being graded; what marks it had, it keeps."""


def configure(c: Config, root: Path) -> None:
    """Set up nbgrader for the course in `root`; for nbgrader_config.py.

    Args:
        c: nbgrader's configuration.
        root: the course's top folder, absolute.
    """
    c.CourseDirectory.root = str(root)
    # Relative, it would open a second, empty gradebook wherever Jupyter was started.
    c.CourseDirectory.db_url = f"sqlite:///{root / 'gradebook.db'}"
    c.CourseDirectory.release_directory = "assignments"
    c.GenerateAssignment.preprocessors = GENERATE
    c.Autograde.sanitize_preprocessors = SANITIZE
    c.Autograde.autograde_preprocessors = AUTOGRADE
    install()


def install() -> None:
    """Put the three converters of this module in the place of nbgrader's own.

    Also puts this environment's programs on PATH: nbgrader starts `alembic` by its bare name
    for every new gradebook, and without it dies with the release folder already deleted.
    """
    nbgrader.apps.api.GenerateAssignment = GenerateAssignment
    nbgrader.apps.generateassignmentapp.GenerateAssignment = GenerateAssignment
    nbgrader.apps.api.Autograde = Autograde
    nbgrader.apps.autogradeapp.Autograde = Autograde
    nbgrader.apps.api.GenerateFeedback = GenerateFeedback
    nbgrader.apps.generatefeedbackapp.GenerateFeedback = GenerateFeedback
    # nbgrader's own use of its database library; nothing that a person can act on.
    warnings.filterwarnings("ignore", message="Object of type <Submitted")
    programs = os.path.dirname(sys.executable)
    alembic = os.path.join(programs, "alembic")
    if os.path.exists(alembic) and shutil.which("alembic") != alembic:
        os.environ["PATH"] = programs + os.pathsep + os.environ.get("PATH", os.defpath)


# ---------------------------------------------------------------------------- generate


class SetPoints(NbGraderPreprocessor):
    """Gives each graded cell the points that course.toml gives its exercise."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        if is_grade(cell) and not is_solution(cell):
            with contextlib.suppress(KeyError):  # a name that is no exercise is refused later
                points = load().exercise(cell.metadata.nbgrader["grade_id"]).points
                cell.metadata.nbgrader["points"] = int(points) if points == int(points) else points
        return cell, resources


class WriteStubs(NbGraderPreprocessor):
    """Has nbconvert write the stub files beside the released notebook."""

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
    """nbgrader's, that never overwrites anybody's work and never leaves half a release behind."""

    def convert_notebooks(self) -> None:
        # All that can be found wrong is found here: the next thing nbgrader does is to delete.
        names = [os.path.basename(folder) for folder in sorted(self.assignments)]
        try:
            for name in names:
                self._require_safe(name)
        except SourceError as error:
            self.log.error("%s", error)
            raise NbGraderException(str(error)) from None
        # Nothing would be lost. Without force, an assignments/ that came with the clone would be
        # skipped, and an empty gradebook never filled.
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
            raise SourceError(
                f"{where}/ holds work that generating would overwrite: {_some(changed)}. Nothing "
                f"was changed. Keep the work (mv {where} my_{name}) or drop it "
                f"(git checkout -- {where}, and delete what git does not know), then generate "
                "again."
            )
        if not self.no_database:
            self._require_same_cells(name)

    def _require_same_cells(self, name: str) -> None:
        """nbgrader cannot add or remove exercises of an assignment that was handed in."""
        with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as gradebook:
            try:
                assignment = gradebook.find_assignment(name)
            except MissingEntry:
                return
            known = {cell.name for book in assignment.notebooks for cell in book.grade_cells}
            handed_in = len(assignment.submissions)
        exercises = {exercise.name for exercise in find_assignment(name).exercises}
        added, removed = exercises - known, known - exercises - _manual_cells(self, name)
        if handed_in and known and (added or removed):
            raise SourceError(
                f"{name} has new exercises ({_some(sorted(added)) or 'none'}) or lost some "
                f"({_some(sorted(removed)) or 'none'}), but gradebook.db holds {handed_in} "
                "submissions of it, and nbgrader cannot change it then. Nothing was changed. "
                "Export the marks, move gradebook.db away, generate, and grade again."
            )


def _manual_cells(converter: BaseConverter, name: str) -> set[str]:
    cells = set()
    for path in (Path(converter.coursedir.root) / "source" / name).glob("*.ipynb"):
        for cell in nbformat.read(path, as_version=4).cells:
            if is_grade(cell) and is_solution(cell):
                cells.add(cell.metadata.nbgrader["grade_id"])
    return cells


@contextlib.contextmanager
def _put_back_on_failure(folders: list[Path]) -> Iterator[None]:
    """Where nbgrader fails it deletes what it was to make; give back what stood there before."""
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


# --------------------------------------------------------------------------- autograde


class _CarefulCopy(BaseConverter):
    """Stands between nbgrader's Autograde and its base: takes from a submission only plain files.

    nbgrader's own steps, which Autograde calls through `super()`, would follow links out of the
    submission, and need a notebook that is there, whole, and as it was handed out.
    """

    def init_assignment(self, assignment_id: str, student_id: str) -> None:
        source = self._format_source(assignment_id, student_id)
        target = self._format_dest(assignment_id, student_id)
        os.makedirs(target, exist_ok=True)
        for filename in find_all_files(source, [*self.coursedir.ignore, "*.ipynb"]):
            if not stat.S_ISREG(os.lstat(filename).st_mode):
                self.log.warning("%s was left out: it is no regular file", filename)
                continue
            if os.lstat(filename).st_size > LARGEST_COPY:
                self.log.warning("%s was left out: it is too large", filename)
                continue
            below = os.path.relpath(filename, source)
            if any(part.endswith(".ipynb") for part in Path(below).parts):
                self.log.warning("%s was left out: a folder is no notebook", filename)
                continue
            copy = os.path.join(target, below)
            os.makedirs(os.path.dirname(copy), exist_ok=True)
            shutil.copyfile(filename, copy, follow_symlinks=False)

    def convert_single_notebook(self, notebook_filename: str) -> None:
        if not self._sanitizing:
            super().convert_single_notebook(notebook_filename)
            return
        resources = self.init_single_notebook_resources(notebook_filename)
        folder, name = os.path.split(notebook_filename)
        resources["metadata"] = {"name": name.removesuffix(".ipynb"), "path": folder}
        notebook = self.start_from_release(Path(notebook_filename), resources)
        output, resources = self.exporter.from_notebook_node(notebook, resources=resources)
        self.write_single_notebook(output, resources)


class Autograde(nbgrader.converters.Autograde, _CarefulCopy):
    """nbgrader's, that grades every submission from the released notebook and its .py files.

    Attributes:
        not_graded: student and assignment, and why it could not be graded.
        remarks: student and assignment, and what to tell them about their notebook.
    """

    not_graded: dict[tuple[str, str], str]
    remarks: dict[tuple[str, str], list[str]]
    _before: dict[int, tuple[Any, Any]]
    _submitted: str = ""
    notebooks: Any
    force: Any

    @property
    def _input_directory(self) -> str:
        if self._sanitizing and self._submitted:
            return self._submitted
        return str(super()._input_directory)

    def init_notebooks(self) -> None:
        """Give every submission the released notebooks: learners may hand in only .py files."""
        self.assignments = {}
        self.notebooks = []
        self.not_graded = {}
        self.remarks = {}
        self._submitted = self.coursedir.submitted_directory
        pattern = self._format_source(self.coursedir.assignment_id, self.coursedir.student_id)
        for folder in sorted(glob.glob(pattern)):
            if not os.path.isdir(folder):
                continue
            try:
                released = self._release_of(os.path.basename(folder))
            except SourceError as error:
                self.log.error("%s", error)
                raise NbGraderException(str(error)) from None
            names = [name for name in released if name.endswith(".ipynb")]
            self.assignments[folder] = [
                os.path.join(folder, name)
                for name in names
                if fnmatch.fnmatchcase(name.removesuffix(".ipynb"), self.coursedir.notebook_id)
            ]
        if not any(self.assignments.values()):
            super().init_notebooks()  # says, in nbgrader's words, that there is nothing

    def convert_notebooks(self) -> None:
        for name in {os.path.basename(folder) for folder in self.assignments}:
            self._require_released(name)
        said = guard_commits(Path(self.coursedir.root))
        if said:
            self.log.warning("%s", said)
        try:
            super().convert_notebooks()
        except NbGraderException as error:
            if not self.not_graded:
                raise
            lines = [f"{who}, {what}: {why}" for (who, what), why in self.not_graded.items()]
            summary = f"not graded: {len(lines)} of {len(self.assignments)}\n" + "\n".join(lines)
            self.log.error("%s", summary)
            raise NbGraderException(summary) from error

    def init_destination(self, assignment_id: str, student_id: str) -> bool:
        self._before = {}
        with self._remember_failure(assignment_id, student_id):
            self._require_plain(assignment_id, student_id)
            with self._open_grades(assignment_id, student_id) as grades:
                self._before = {g.id: (g.auto_score, g.needs_manual_grade) for g in grades}
            if self._changed_since_graded(assignment_id, student_id):
                # nbgrader would skip it: it goes by timestamps, which a folder may not have.
                forced, self.force = self.force, True
                try:
                    return self._make_way(assignment_id, student_id)
                finally:
                    self.force = forced
            return self._make_way(assignment_id, student_id)

    def _make_way(self, assignment: str, student: str) -> bool:
        if self.force or not os.path.exists(self._format_dest(assignment, student)):
            # The next thing nbgrader does is to delete the graded copy.
            self._require_room(assignment, student)
        return bool(super().init_destination(assignment, student))

    def _require_room(self, assignment: str, student: str) -> None:
        statuses = [os.lstat(p) for p in Path(self._format_source(assignment, student)).rglob("*")]
        files = [s.st_size for s in statuses if stat.S_ISREG(s.st_mode)]
        needed = ROOM_TO_GRADE + sum(size for size in files if size <= LARGEST_COPY)
        free = shutil.disk_usage(self.coursedir.root).free
        if free < needed:
            raise NoFaultOfTheirs(
                f"the disk of {self.coursedir.root} has {free >> 20} MB left, and grading this "
                f"needs {-(-needed >> 20)}. {_AGAIN}"
            )

    def init_assignment(self, assignment_id: str, student_id: str) -> None:
        with (
            self._remember_failure(assignment_id, student_id),
            self._no_zeros_yet(assignment_id, student_id),
        ):
            super().init_assignment(assignment_id, student_id)
            folder = os.path.join(self._submitted, student_id, assignment_id)
            if not os.path.lexists(os.path.join(folder, "timestamp.txt")):
                # nbgrader would keep the time that an earlier timestamp.txt said.
                with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as gradebook:
                    gradebook.update_or_create_submission(assignment_id, student_id, timestamp=None)

    @contextlib.contextmanager
    def _no_zeros_yet(self, assignment: str, student: str) -> Iterator[None]:
        """Have nbgrader look for the notebooks where they will be.

        It gives a zero at once for every notebook that was not handed in, and whoever ended it
        before the .py files are graded would leave that zero in the place of an earlier mark.
        """
        graded = Path(self._format_dest(assignment, student))
        graded.mkdir(parents=True, exist_ok=True)
        for notebook in self.notebooks:
            (graded / os.path.basename(notebook)).touch()
        self.coursedir.submitted_directory = self.coursedir.autograded_directory
        try:
            yield
        finally:
            self.coursedir.submitted_directory = self._submitted

    def convert_single_notebook(self, notebook_filename: str) -> None:
        assignment, student = self._whose(notebook_filename)
        with self._remember_failure(assignment, student):
            super().convert_single_notebook(notebook_filename)
            self._require_marks(assignment, student)

    def start_from_release(self, path: Path, resources: dict[str, Any]) -> NotebookNode:
        """The released notebook, with what the learner wrote into its manually graded cells.

        Nothing else of theirs is kept: not their outputs, cells or metadata.
        """
        name, student = resources["nbgrader"]["assignment"], resources["nbgrader"]["student"]
        text = self._release_of(name)[path.name].decode()
        notebook = nbformat.reads(text, as_version=4)
        notebook.metadata["autograder"] = {"submission": self._fingerprint(name, student)}
        answers = {c.metadata.nbgrader["grade_id"]: c for c in notebook.cells if is_solution(c)}
        theirs, notes = self._their_cells(path)
        if theirs is not None and (changes := what_was_changed(notebook.cells, theirs)):
            notes.append(f"{path.name} is not as it was handed out ({changes}).")
        if notes:
            notes.append("The released notebook stands in its place; the .py files are graded.")
            self.log.warning("%s, %s: %s", student, name, " ".join(notes))
        self.remarks[student, name] = [*self.remarks.get((student, name), []), *notes]
        for cell in theirs or []:
            settings = _settings(cell) or {}
            grade_id, source = settings.get("grade_id"), cell.get("source")
            if isinstance(source, list) and all(isinstance(line, str) for line in source):
                source = "".join(source)
            mine = answers.get(grade_id) if isinstance(grade_id, str) else None
            if mine is not None and isinstance(source, str) and len(source) <= LONGEST_ANSWER:
                # Half a character, which JSON can hold, can be written to no file.
                source = source.encode("utf-8", "replace").decode()
                mine.source = _harmless(source) if mine.cell_type == "markdown" else source
        return notebook

    def _their_cells(self, path: Path) -> tuple[list[dict[str, Any]] | None, list[str]]:
        """The cells of the learner's notebook, or of the one that they renamed it to.

        None if there is none that can be read; and a sentence for each that cannot be.
        """
        own = [path] if os.path.lexists(path) else sorted(path.parent.glob("*.ipynb"))
        notes: list[str] = []
        for candidate in own:
            try:
                return read_cells(candidate), notes
            except NoNotebook as error:
                notes.append(f"{clean(candidate.name)[:80]} cannot be read: {error}.")
        return None, notes

    @functools.cached_property
    def releases(self) -> dict[str, dict[str, bytes]]:
        """What generating wrote, by assignment; may be shared, for it takes its time to make."""
        return {}

    def _release_of(self, name: str) -> dict[str, bytes]:
        if name not in self.releases:
            root = Path(self.coursedir.root)
            self.releases[name] = generate(root, name, GENERATE, self.config)
        return self.releases[name]

    def _require_released(self, name: str) -> None:
        """The gradebook must hold the same exercises and points as the catalogue."""
        expected = {e.name: e.points for e in find_assignment(name).exercises}
        known: dict[str, float] | None = None
        with (
            Gradebook(self.coursedir.db_url, self.coursedir.course_id) as gradebook,
            contextlib.suppress(MissingEntry),
        ):
            notebooks = gradebook.find_assignment(name).notebooks
            manual = {cell.name for book in notebooks for cell in book.solution_cells}
            cells = [cell for book in notebooks for cell in book.grade_cells]
            known = {c.name: c.max_score for c in cells if c.name not in manual}
        if known != expected:
            problem = (
                f"gradebook.db does not know {name} yet"
                if not known
                else f"gradebook.db has other exercises or points for {name} than course.toml"
            )
            message = f"{problem}. Run `make release` (nbgrader generate_assignment {name}) first."
            self.log.error("%s", message)
            raise NbGraderException(message)

    def _require_plain(self, assignment: str, student: str) -> None:
        folder = self._format_source(assignment, student)
        if os.path.islink(folder):
            raise NotGraded("its folder is a link; copy the files to be graded in its place")
        stamp = os.path.join(folder, "timestamp.txt")
        if not os.path.lexists(stamp):
            return
        if not stat.S_ISREG(os.lstat(stamp).st_mode):
            raise NotGraded("timestamp.txt is no regular file; write the time into it or remove it")
        with open(stamp, encoding="utf-8", errors="replace") as stream:
            text = stream.read(200).strip()
        if text:
            try:
                parse_utc(text)
            except (ValueError, OverflowError):
                raise NotGraded(
                    f"timestamp.txt holds {text[:40]!r}, which is no time. Write it as "
                    "2026-03-31 23:59:00 UTC, or remove the file"
                ) from None

    def _changed_since_graded(self, assignment: str, student: str) -> bool:
        graded = Path(os.path.normpath(self._format_dest(assignment, student)))
        if not graded.is_dir():
            return False
        for path in sorted(graded.glob("*.ipynb")):
            try:
                metadata = json.loads(path.read_text(encoding="utf-8"))["metadata"]
                return bool(
                    metadata["autograder"]["submission"] != self._fingerprint(assignment, student)
                )
            except (OSError, ValueError, KeyError, TypeError):
                return True
        return True

    def _fingerprint(self, assignment: str, student: str) -> str:
        """Of all that this assignment's marks depend on: points, checks, and every file handed in.

        Earlier assignments' files count too.
        """
        folder = Path(self._format_source(assignment, student))
        names = [each.name for each in load().assignments]
        judging = judging_digest(find_assignment(assignment), course_secret())
        found = hashlib.sha256(judging.encode())
        for name in names[: names.index(assignment) + 1]:
            for path in sorted((folder.parent / name).rglob("*")):
                if not stat.S_ISREG(os.lstat(path).st_mode) or is_ignored(
                    os.fspath(path), self.coursedir.ignore
                ):
                    continue
                if name == assignment or path.suffix == ".py":
                    if (status := os.lstat(path)).st_size > LARGEST_COPY:
                        about = f"{name}/{path.name}\0{status.st_size} {status.st_mtime_ns}\n"
                        found.update(about.encode(errors="replace"))
                        continue
                    with open(path, "rb") as stream:
                        content = hashlib.file_digest(stream, "sha256").hexdigest()
                    found.update(f"{name}/{path.name}\0{content}\n".encode(errors="replace"))
        return found.hexdigest()

    def _whose(self, notebook_filename: str) -> tuple[str, str]:
        found = self.init_single_notebook_resources(notebook_filename)["nbgrader"]
        return found["assignment"], found["student"]

    def _require_marks(self, assignment: str, student: str) -> None:
        """Every exercise must now have a mark of the grader's; say where one by hand wins."""
        with self._open_grades(assignment, student) as grades:
            for grade in grades:
                if grade.cell.name not in {e.name for e in find_assignment(assignment).exercises}:
                    continue
                if grade.auto_score is None:
                    raise NotGraded(f"{grade.cell.name} got no score")
                if grade.manual_score is not None and grade.manual_score != grade.auto_score:
                    self.log.warning(
                        "%s, %s: the mark given by hand stands, %g; the grader's is %g. To take "
                        "the grader's, clear the other in Formgrader.",
                        student,
                        grade.cell.name,
                        grade.manual_score,
                        grade.auto_score,
                    )

    @contextlib.contextmanager
    def _open_grades(self, assignment: str, student: str) -> Iterator[list[Any]]:
        with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as gradebook:
            try:
                submission = gradebook.find_submission(assignment, student)
            except MissingEntry:
                yield []
                return
            yield [grade for book in submission.notebooks for grade in book.grades]
            gradebook.db.commit()

    @contextlib.contextmanager
    def _remember_failure(self, assignment: str, student: str) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            fault = self._fault_of_the_machine(error)
            if (student, assignment) not in self.not_graded:
                self.not_graded[student, assignment] = _sentence(fault or error)
                # nbgrader deletes the graded copy; a mark from it must not outlive it unseen. But
                # where the machine could not go on, half of the new marks must not stand.
                with (
                    contextlib.suppress(SQLAlchemyError),
                    self._open_grades(assignment, student) as grades,
                ):
                    for grade in grades:
                        grade.auto_score, grade.needs_manual_grade = (
                            self._before.get(grade.id, (None, True)) if fault else (None, True)
                        )
            if fault is None:
                raise
            # In its own words nbgrader would stop here, and grade nobody else.
            raise fault from error

    def _fault_of_the_machine(self, error: Exception) -> NoFaultOfTheirs | None:
        if isinstance(error, NoFaultOfTheirs):
            return error
        if isinstance(error, SQLAlchemyError):
            reason = getattr(error, "orig", None) or error
            return NoFaultOfTheirs(f"{self.coursedir.db_url}: {_sentence(reason)}. {_AGAIN}")
        if isinstance(error, OSError) and error.errno in FULL:
            return NoFaultOfTheirs(f"in {self.coursedir.root}: {error.strerror}. {_AGAIN}")
        return None


class NoNotebook(Exception):
    """A file is no notebook that can be read; the message says why, in words of ours."""


def read_cells(path: Path) -> list[dict[str, Any]]:
    """The cells of a notebook of unknown intent, as plain data.

    Not by nbformat, whose validation takes minutes for a million empty cells.

    Raises:
        NoNotebook: if it is no regular file, too large, no JSON, or no notebook of version 4.
    """
    try:
        status = os.lstat(path)
        if not stat.S_ISREG(status.st_mode):
            raise NoNotebook("it is no regular file")
        if status.st_size > LARGEST_NOTEBOOK:
            raise NoNotebook(f"it is larger than {LARGEST_NOTEBOOK >> 20} MB; clear its outputs")
        notebook = json.loads(path.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise NoNotebook("it is not text in UTF-8") from None
    except ValueError:
        raise NoNotebook("it is no JSON") from None
    except RecursionError:
        raise NoNotebook("it is nested too deeply") from None
    except OSError as error:
        raise NoNotebook((error.strerror or "it cannot be opened").lower()) from None
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list):
        raise NoNotebook("it has no list of cells, as a notebook of version 4 has")
    return [cell for cell in cells if isinstance(cell, dict)]


def what_was_changed(released: list[Any], theirs: list[dict[str, Any]]) -> str:
    """What a learner's notebook lacks or adds of the cells that are graded, or "".

    Args:
        released: the cells as they were handed out.
        theirs: the cells that came back.
    """
    expected = {
        s["grade_id"]: _what_counts(s) for c in released if (s := _settings(c)) and _is_marked(s)
    }
    found: dict[str, list[list[Any]]] = {name: [] for name in expected}
    added = False
    for settings in filter(None, map(_settings, theirs)):
        name = settings.get("grade_id")
        if isinstance(name, str) and name in expected:
            found[name].append(_what_counts(settings))
        else:
            added = added or _is_marked(settings)
    missing = [name for name, each in found.items() if not each]
    twice = [name for name, each in found.items() if len(each) > 1]
    other = [name for name, each in found.items() if any(one != expected[name] for one in each)]
    said = [
        f"{what}: {_some(names)}"
        for what, names in (("missing", missing), ("twice", twice), ("other settings", other))
        if names
    ]
    return "; ".join([*said, "graded cells were added"] if added else said)


def _settings(cell: Any) -> dict[str, Any] | None:
    metadata = cell.get("metadata")
    settings = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return settings if isinstance(settings, dict) else None


def _is_marked(settings: dict[str, Any]) -> bool:
    return any(settings.get(key) for key in ("grade", "solution", "task", "points"))


def _what_counts(settings: dict[str, Any]) -> list[Any]:
    values = [settings.get(key) for key in ("grade", "solution", "locked", "task")]
    counts = [v if v is None or isinstance(v, bool | int | float) else "odd" for v in values]
    points = settings.get("points")
    if isinstance(points, int | float) and not isinstance(points, bool) and 0 < points < 1000:
        # Not which: the instructor may have changed them since the notebook was handed out.
        points = "points"
    elif points is not None:
        points = "odd"
    return [*counts, points]


class Grade(NbGraderPreprocessor):
    """Grades the submission outside the notebook, and puts the marks where nbgrader reads them.

    A graded cell without outputs, or with a result that is not a plain number, has full marks
    with nbgrader. So every cell gets a checked number, or this raises and nothing is graded.
    """

    allow_unsandboxed = Bool(
        False,
        help="Grade even where learners' code cannot be walled in. Only for code you trust.",
    ).tag(config=True)

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        converter, about = self.parent.parent, resources["nbgrader"]
        assignment = about["assignment"]
        # The student's whole folder: later assignments call what earlier ones wrote.
        submitted = converter.coursedir.format_path(
            converter.coursedir.submitted_directory, about["student"], assignment
        )
        try:
            verdict = grade_submission(
                Path(submitted).parent, assignment, allow_unsandboxed=self.allow_unsandboxed
            )
        except NoRoom as error:
            raise NoFaultOfTheirs(_sentence(error)) from error
        except Exception as error:
            raise NotGraded(_sentence(error)) from error
        notes = [*converter.remarks.get((about["student"], assignment), []), *verdict.left_out]
        if verdict.isolation == "NOT ISOLATED":
            notes.insert(0, "NOT ISOLATED: this was graded without a sandbox.")
        for cell in nb.cells:
            if is_grade(cell) and not is_solution(cell):
                name = cell.metadata.nbgrader["grade_id"]
                fill_cell(cell, _verdict_on(verdict, name, assignment), notes)
                notes = notes[:1] if verdict.isolation == "NOT ISOLATED" else []
        return nb, resources


def grade_submission(path: Path, assignment: str, *, allow_unsandboxed: bool) -> Verdict:
    """Grade one assignment of a student's folder.

    Args:
        path: submitted/<student>, shaped like assignments/.
        assignment: which to grade.
        allow_unsandboxed: whether to grade where there is no sandbox.
    """
    from autograder.grading.grade import grade_folder  # loads NumPy; generating needs none

    return grade_folder(path, assignment=assignment, allow_unsandboxed=allow_unsandboxed)


def fill_cell(cell: NotebookNode, verdict: ExerciseVerdict, notes: list[str]) -> None:
    """Put a verdict into a graded cell as nbgrader reads it and people see it.

    Args:
        cell: a graded code cell.
        verdict: on its exercise.
        notes: sentences to print above it.

    Raises:
        NotGraded: if the score is no finite number, or nbgrader would read another one.
    """
    from autograder.learning.page import verdict_html

    points = float(cell.metadata.nbgrader["points"])
    if points != verdict.points:
        raise NotGraded(
            f"{verdict.exercise} is worth {verdict.points:g} points in course.toml, but {points:g} "
            "in gradebook.db: run `make release`"
        )
    score = verdict.score
    if isinstance(score, bool) or not isinstance(score, int | float) or not math.isfinite(score):
        raise NotGraded(f"the score of {verdict.exercise} is {score!r}, which is no mark")
    mark = round(min(max(float(score), 0.0), points), 4)
    cell.outputs = [
        nbformat.v4.new_output("stream", name="stdout", text=verdict_text(verdict, mark, notes)),
        nbformat.v4.new_output(
            "execute_result",
            # The notes too: where HTML is shown, what is printed may be left out.
            {"text/plain": repr(mark), "text/html": _notes_html(notes) + verdict_html(verdict)},
            execution_count=1,
        ),
    ]
    cell.execution_count = 1
    if determine_grade(cell)[0] != mark:
        raise NotGraded(f"nbgrader does not read the score of {verdict.exercise} as {mark!r}")


def verdict_text(verdict: ExerciseVerdict, mark: float, notes: list[str]) -> str:
    """The mark in a line of plain text; what its checks saw stands in the HTML below it.

    Args:
        verdict: on one exercise.
        mark: the points it is given.
        notes: sentences to print above it.
    """
    said = [*notes, f"{verdict.exercise}: {verdict.status}, {mark:g} of {verdict.points:g} points"]
    # Formgrader and the feedback pages cut long lines off.
    return "\n".join(textwrap.fill(clean(line), TEXT_WIDTH) for line in said) + "\n"


def _notes_html(notes: list[str]) -> str:
    said = "".join(f"<p>{html.escape(clean(note))}</p>" for note in notes)
    return f'<div class="tex2jax_ignore mathjax_ignore">{said}</div>' if said else ""


def _verdict_on(verdict: Verdict, name: str, assignment: str) -> ExerciseVerdict:
    for found in verdict.exercises:
        if found.exercise == name and found.assignment == assignment:
            return found
    raise NotGraded(f"the grader says nothing about {name}")


def _harmless(answer: str) -> str:
    """A learner's written answer, unable to run anything in the page of who reads it."""
    letters = re.sub(r"[\s\x00-\x20]+", "", html.unescape(html.unescape(answer))).lower()
    if re.search(r"(javascript|vbscript|data):", letters):
        return "\n".join("    " + line for line in answer.replace("<", "‹").splitlines())
    # A < before a letter would begin a tag; before a space or a digit it means "less than".
    return re.sub(r"<(?=[A-Za-z/!?])", "&lt;", answer)


def _sentence(error: BaseException) -> str:
    text = " ".join(str(error).split())
    if type(error).__module__.startswith("autograder."):
        return text  # ours are sentences already
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _some(names: list[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
