"""nbgrader's Autograde, that takes plain files alone and grades outside the notebook."""

import contextlib
import fnmatch
import functools
import glob
import hashlib
import json
import os
import re
import shutil
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import nbformat
import nbgrader.converters
from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import NbGraderException
from nbgrader.converters.base import BaseConverter
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import find_all_files, is_ignored, is_solution, parse_utc
from sqlalchemy.exc import SQLAlchemyError

from autograder.catalogue import load
from autograder.grading.course_files import course_secret
from autograder.grading.scratch import FULL
from autograder.grading.verdict_store import judging_digest
from autograder.instructor.commit_guard import guard_commits
from autograder.instructor.generate_assignment import GENERATE, in_nbgraders_words
from autograder.instructor.generated import SourceError, find_assignment, generate
from autograder.instructor.graded_cells import NoFaultOfTheirs, NotGraded
from autograder.instructor.handed_in import (
    NoNotebook,
    harmless,
    read_cells,
    settings_of,
    what_was_changed,
)
from autograder.text import clean, sentence

SANITIZE = [
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.DeduplicateIds",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.OverwriteCells",
    "nbgrader.preprocessors.CheckCellMetadata",
]
AUTOGRADE = [
    "autograder.instructor.graded_cells.Grade",  # in the place of Execute
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]
# Of what is handed in beside the exercises' files, which are far smaller.
LARGEST_COPY = 64 << 20
# What one graded submission may need on the course's disk, beside a copy of its files.
ROOM_TO_GRADE = 4 << 20
LONGEST_ANSWER = 100_000
_AGAIN = (
    "Make room on the disk, or let go of the gradebook, and run the same command again; the marks "
    "from before stand until then"
)


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
            with in_nbgraders_words(self):
                released = self._release_of(os.path.basename(folder))
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
            with in_nbgraders_words(self):
                require_released(self.coursedir, name)
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
            settings = settings_of(cell) or {}
            grade_id, source = settings.get("grade_id"), cell.get("source")
            if isinstance(source, list) and all(isinstance(line, str) for line in source):
                source = "".join(source)
            mine = answers.get(grade_id) if isinstance(grade_id, str) else None
            if mine is not None and isinstance(source, str) and len(source) <= LONGEST_ANSWER:
                # Half a character, which JSON can hold, can be written to no file.
                source = source.encode("utf-8", "replace").decode()
                mine.source = harmless(source) if mine.cell_type == "markdown" else source
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
        """What generating would write, by assignment; `run_nbgrader` hands one on to all."""
        return {}

    def _release_of(self, name: str) -> dict[str, bytes]:
        if name not in self.releases:
            root = Path(self.coursedir.root)
            self.releases[name] = generate(root, name, GENERATE, self.config)
        return self.releases[name]

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
        if not text:
            return
        try:
            understood = parse_utc(text) == time_meant(text)
        except (ValueError, KeyError, OSError, OverflowError):
            understood = False
        if not understood:
            raise NotGraded(
                f"timestamp.txt holds {text[:40]!r}, which is not understood as a time. Write it "
                "as 2026-03-31 23:59:00 UTC, or remove the file"
            )

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
        """Of all that this assignment's marks depend on: points, checks, the deadline and what
        lateness costs, and every file handed in, earlier assignments' too.
        """
        folder = Path(self._format_source(assignment, student))
        names = [each.name for each in load().assignments]
        judging = judging_digest(find_assignment(assignment), load(), course_secret())
        found = hashlib.sha256(f"{judging}\0{self._lateness(assignment)}".encode())
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

    def _lateness(self, assignment: str) -> str:
        """When the assignment is due, and the settings of what decides the cost of coming late."""
        with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as gradebook:
            due = gradebook.find_assignment(assignment).duedate
        costs = (self.config.AssignLatePenalties, self.config.LateSubmissionPlugin)
        return f"{due} {' '.join(repr(sorted(settings.items())) for settings in costs)}"

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
                self.not_graded[student, assignment] = sentence(fault or error)
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
            return NoFaultOfTheirs(f"{self.coursedir.db_url}: {sentence(reason)}. {_AGAIN}")
        if isinstance(error, OSError) and error.errno in FULL:
            return NoFaultOfTheirs(f"in {self.coursedir.root}: {error.strerror}. {_AGAIN}")
        return None


def require_released(course: CourseDirectory, name: str) -> None:
    """See to it that the gradebook holds an assignment's exercises and points as they are now.

    Args:
        course: nbgrader's; says where the gradebook is.
        name: the assignment's.

    Raises:
        SourceError: if it does not.
    """
    expected = {e.name: e.points for e in find_assignment(name).exercises}
    known: dict[str, float] | None = None
    with (
        Gradebook(course.db_url, course.course_id) as gradebook,
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
        raise SourceError(
            f"{problem}. Run `make release` (nbgrader generate_assignment {name}) first."
        )


def time_meant(text: str) -> datetime:
    """The time that a timestamp names, in UTC and without a zone, as nbgrader keeps it.

    nbgrader reads "+0200" as 200 seconds, and takes " +02:00" and zones that it does not know,
    such as "CEST", for UTC.

    Args:
        text: a date, a time, and an offset or the name of a zone; without these two, UTC.

    Raises:
        ValueError, KeyError, OSError: if it is no time, or the zone is not known.
    """
    rest, _, zone = text.rpartition(" ")
    if re.fullmatch(r"[A-Za-z][\w/+-]+", zone):
        named = datetime.fromisoformat(rest).replace(tzinfo=ZoneInfo(zone))
    else:
        named = datetime.fromisoformat(re.sub(r" (?=[+-]\d|Z$)", "", text))
    if named.tzinfo is None:
        return named
    return named.astimezone(UTC).replace(tzinfo=None)
