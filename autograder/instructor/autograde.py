"""nbgrader's Autograde, but it takes only plain files and grades outside the notebook."""

import contextlib
import fnmatch
import functools
import glob
import os
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import nbformat
import nbgrader.converters
from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import NbGraderException
from nbgrader.converters.base import BaseConverter
from nbgrader.utils import is_solution
from sqlalchemy.exc import SQLAlchemyError
from traitlets import default

from autograder.catalogue import load
from autograder.grading.scratch import FULL, room_lacking
from autograder.grading.submission import likely, spelled_out
from autograder.instructor.commit_guard import guard_commits
from autograder.instructor.generate_assignment import GENERATE, in_nbgraders_words
from autograder.instructor.generated import find_assignment, generate
from autograder.instructor.graded_cells import NoFaultOfTheirs, NotGraded
from autograder.instructor.handed_in import their_cells, what_was_changed, written_answers
from autograder.instructor.history import NO_POINTS, History, Record
from autograder.instructor.penalties import (
    late_policy_of,
    renew_penalties,
    what_all_marks_depend_on,
    what_lateness_depends_on,
)
from autograder.instructor.reference_first import require_reference
from autograder.instructor.released_first import require_released
from autograder.instructor.superseded import set_aside, standing
from autograder.instructor.taken_in import (
    TakenIn,
    digest,
    digests,
    plain_files,
    take_in,
    untouched,
)
from autograder.instructor.timestamps import require_time, time_of
from autograder.packaging.student_names import folded
from autograder.text import sentence

SANITIZE = [
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.DeduplicateIds",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.OverwriteCells",
    "nbgrader.preprocessors.CheckCellMetadata",
]
AUTOGRADE = [
    "autograder.instructor.graded_cells.Grade",  # replaces Execute
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]
# Copied besides the exercises' files, up to LARGEST_KEPT bytes; the exchange needs the second.
KEPT = ("timestamp.txt", "submission_secret.txt")
LARGEST_KEPT = 1 << 16
# Bytes that grading a submission may need on the course's disk, besides a copy of its files.
ROOM_TO_GRADE = 4 << 20
# Part of the warning about a mark by hand whose exercise changed.
STANDS = "by hand stands although"
_AGAIN = (
    "Make room on the disk, or close the program that has the gradebook open, and run the "
    "same command again; until then the earlier marks stay"
)


class _CarefulCopy(BaseConverter):
    """Copies only plain files from a submission; nbgrader's Autograde reaches it by `super()`.

    It replaces steps of nbgrader's BaseConverter that would follow links out of the submission,
    and that need the released notebook to be present and undamaged.
    """

    def init_assignment(self, assignment_id: str, student_id: str) -> None:
        source = self._format_source(assignment_id, student_id)
        target = Path(self._format_dest(assignment_id, student_id))
        target.mkdir(parents=True, exist_ok=True)
        for name, data in self.taken_in(assignment_id, student_id).files.items():
            (target / name).write_bytes(data)
        for name in KEPT:
            path = Path(source) / name
            with contextlib.suppress(FileNotFoundError):
                status = os.lstat(path)
                if stat.S_ISREG(status.st_mode) and status.st_size <= LARGEST_KEPT:
                    shutil.copyfile(path, target / name, follow_symlinks=False)

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
    """nbgrader's Autograde, which grades each submission from the released notebook and .py files.

    The keys of the dictionaries are student and assignment.

    Attributes:
        not_graded: why the submission could not be graded.
        remarks: sentences about its files, for the student and the instructor.
        warnings: what the instructor must deal with.
        stopped: submissions in which no exercise could be run.
        outcome: "graded", "as before" or "not handed in".
        reasons: what changed since the submission was last graded.
        expected: the checks' mark for each exercise, where a verdict was just computed; if a
            stored mark differs from it, the submission is graded again.
    """

    not_graded: dict[tuple[str, str], str]
    remarks: dict[tuple[str, str], list[str]]
    warnings: dict[tuple[str, str], list[str]]
    stopped: set[tuple[str, str]]
    outcome: dict[tuple[str, str], str]
    reasons: dict[tuple[str, str], list[str]]
    expected: dict[tuple[str, str], dict[str, float]]
    _lasting: set[str]
    _taken_in: dict[tuple[str, str], TakenIn]
    _parts: dict[str, str]
    _before: dict[int, tuple[Any, Any]]
    _submitted: str = ""
    notebooks: Any
    force: Any

    @default("permissions")
    def _owner_alone(self) -> int:
        return 664 if self.coursedir.groupshared else 400

    @property
    def _input_directory(self) -> str:
        if self._sanitizing and self._submitted:
            return self._submitted
        return str(super()._input_directory)

    def init_notebooks(self) -> None:
        """List the released notebooks for every submission: learners may hand in only .py files."""
        self.assignments = {}
        self.notebooks = []
        self.not_graded = {}
        self.remarks = {}
        self.warnings, self.outcome, self.reasons = {}, {}, {}
        self.stopped = set()
        self._lasting = set()
        self._taken_in = {}
        self.expected = getattr(self, "expected", {})
        # nbgrader's own function reads a time in an unknown zone as UTC.
        self.coursedir.get_existing_timestamp = self._time_of
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
            super().init_notebooks()  # reports that there is nothing to grade

    def convert_notebooks(self) -> None:
        for name in {os.path.basename(folder) for folder in self.assignments}:
            with in_nbgraders_words(self):
                require_released(self.coursedir, name)
                require_reference([name], bool(self.config.Grade.get("allow_unsandboxed", False)))
        said = guard_commits(Path(self.coursedir.root))
        if said:
            self.log.warning("%s", said)
        try:
            try:
                super().convert_notebooks()
            finally:
                self._renew()
        except NbGraderException as error:
            if not self.not_graded:
                raise
            lines = [f"{who}, {what}: {why}" for (who, what), why in self.not_graded.items()]
            summary = f"not graded: {len(lines)} of {len(self.assignments)}\n" + "\n".join(lines)
            self.log.error("%s", summary)
            raise NbGraderException(summary) from error

    @functools.cached_property
    def history(self) -> History:
        """The history of the course; its file is beside the gradebook."""
        file = self.coursedir.db_url.removeprefix("sqlite:///")
        beside = Path(file).parent if file != self.coursedir.db_url else Path(self.coursedir.root)
        return History(beside)

    def taken_in(self, assignment: str, student: str) -> TakenIn:
        """The files of a submission, read once and then cached."""
        key = student, assignment
        if key not in self._taken_in:
            self._taken_in[key] = take_in(Path(self._submitted) / student, assignment)
        return self._taken_in[key]

    def init_destination(self, assignment_id: str, student_id: str) -> bool:
        self._before = {}
        key = student_id, assignment_id
        excluded = str(self.coursedir.student_id_exclude or "").split(",")
        if student_id in excluded:
            return False
        with self._remember_failure(assignment_id, student_id):
            self._require_plain(assignment_id, student_id)
            self._require_on_class_list(assignment_id, student_id)
            taken = self.taken_in(assignment_id, student_id)
            if taken.unclear:
                raise NotGraded(" ".join(taken.unclear))
            if taken.untouched and not self._answered(assignment_id, student_id):
                self._not_handed_in(assignment_id, student_id, taken)
                return False
            record = self.history.record(student_id, assignment_id)
            self._parts = self._what_decides(assignment_id, student_id)
            with self._open_grades(assignment_id, student_id) as grades:
                self._before = {g.id: (g.auto_score, g.needs_manual_grade) for g in grades}
                stored = {g.cell.name: g.auto_score for g in grades if not _is_answer(g)}
            graded = Path(os.path.normpath(self._format_dest(assignment_id, student_id)))
            if (
                not self.force
                and self._is_as_before(key, record, stored)
                and any(graded.glob("*.ipynb"))
            ):
                self.outcome[key] = "as before"
                self.log.info("Skipping existing assignment: %s", graded)
                return False
            handed_in = self._handed_in(assignment_id, student_id)
            self.reasons[key] = _reasons(record, self._parts)
            self._hand_over(assignment_id, student_id, record, handed_in)
            self.history.begin(student_id, assignment_id, handed_in)
            # Without force nbgrader would skip it: it compares timestamps, which may be missing.
            forced, self.force = self.force, True
            try:
                return self._make_way(assignment_id, student_id)
            finally:
                self.force = forced

    def _is_as_before(
        self, key: tuple[str, str], record: Record | None, stored: dict[str, float | None]
    ) -> bool:
        """Whether everything that decides the marks is unchanged, and the marks are stored."""
        exercises = {e.name for e in find_assignment(key[1]).exercises}
        if record is None or record.parts != self._parts or not exercises <= stored.keys():
            return False
        marks = {name: stored[name] for name in exercises}
        expected = self.expected.get(key, marks)
        if marks != record.auto:
            return False
        for name, mark in marks.items():
            wanted = expected.get(name, mark)
            if mark is None or wanted is None or abs(mark - wanted) >= 1e-6:
                return False
        return True

    def _not_handed_in(self, assignment: str, student: str, taken: TakenIn) -> None:
        """Give no mark where nothing was written, and warn about files that may hold the work."""
        self.outcome[student, assignment] = "not handed in"
        # The student's work may be in a file that was left out.
        for said in taken.left_out:
            self._warn(assignment, student, said)
        for name, data in taken.files.items():
            if not data.strip():
                self._warn(
                    assignment,
                    student,
                    f"{name} is empty, as an upload that fails leaves it, and nothing else is "
                    "written: no mark; ask for the file again",
                )
        graded = Path(os.path.normpath(self._format_dest(assignment, student)))
        with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as gradebook:
            try:
                submission = gradebook.find_submission(assignment, student)
            except MissingEntry:
                return
            by_hand = any(
                grade.manual_score is not None or grade.extra_credit
                for book in submission.notebooks
                for grade in book.grades
            )
            before = plain_files(graded, find_assignment(assignment).files)
            if by_hand or not before or not untouched(before, assignment):
                self._warn(
                    assignment,
                    student,
                    "what lies there now is as it was handed out; the mark of an earlier hand-in "
                    "stays",
                )
                return
            # The files graded earlier were unmodified stubs too: remove their mark of 0.
            gradebook.remove_submission(assignment, student)
        self.history.forget(student, assignment)
        shutil.rmtree(graded, ignore_errors=True)

    def _answered(self, assignment: str, student: str) -> bool:
        """Whether the student wrote into a cell that is graded by hand."""
        folder = Path(self._submitted) / student / assignment
        for name, data in self._release_of(assignment).items():
            if name.endswith(".ipynb"):
                answers = written_answers(data, their_cells(folder / name)[0] or [])
                empty = written_answers(data, [])
                if any(one.compared != empty[name].compared for name, one in answers.items()):
                    return True
        return False

    def _handed_in(self, assignment: str, student: str) -> dict[str, str]:
        folder = Path(self._submitted) / student / assignment
        files = self.taken_in(assignment, student).files
        return digests(files, folder, self._release_of(assignment))

    def _handed_in_before(self, assignment: str, student: str) -> dict[str, str]:
        """The same for the copy in autograded/, if an older kit graded it and kept no history."""
        graded = Path(os.path.normpath(self._format_dest(assignment, student)))
        if not graded.is_dir():
            return {}
        files = plain_files(graded, find_assignment(assignment).files)
        return digests(files, graded, self._release_of(assignment), missing=False)

    def _hand_over(
        self, assignment: str, student: str, record: Record | None, handed_in: dict[str, str]
    ) -> None:
        """Set aside marks and comments by hand on code that has changed; warn about other marks."""
        before = record.handed_in if record else self._handed_in_before(assignment, student)

        def changed(cell: str) -> bool:
            part = cell if cell in handed_in else "files"
            return bool(before) and before.get(part) != handed_in[part]

        with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as gradebook:
            try:
                submission = gradebook.find_submission(assignment, student)
            except MissingEntry:
                return
            said = set_aside(submission, changed, Path(self.coursedir.root), self.history)
            reasons = self.reasons[student, assignment]
            for grade, given in standing(submission):
                if record is None:
                    break
                cell = grade.cell.name
                whats = ["assignment's checks"] if "check" in reasons else []
                if "points" in reasons and self._points_changed(assignment, cell, record):
                    whats.append("points")
                if whats:
                    said.append(
                        f"{cell}: {given} {STANDS} the {' and '.join(whats)} "
                        f"changed since; the exercise is worth {grade.cell.max_score:g}"
                    )
            gradebook.db.commit()
        # A new warning about an exercise replaces the earlier ones about its mark by hand.
        about = {text.split(":")[0] for text in said}
        for warning in self.history.warnings():
            cell = warning.text.split(":")[0]
            ours = (warning.student, warning.assignment) == (student, assignment)
            if ours and STANDS in warning.text and cell in about:
                self.history.withdraw(student, assignment, warning.text)
        for text in said:
            self._warn(assignment, student, text)
            self._lasting.add(text)

    def _points_changed(self, assignment: str, exercise: str, record: Record) -> bool:
        """Whether the points of this exercise changed since it was graded."""
        now = what_all_marks_depend_on(find_assignment(assignment))["points"].split()
        before = record.parts.get("points", "").split() if record.parts else []
        return {p for p in now if p.startswith(f"{exercise}=")} != {
            p for p in before if p.startswith(f"{exercise}=")
        }

    @functools.cached_property
    def class_list(self) -> list[str]:
        """The ids of the students whose name or e-mail was imported with a class list."""
        with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as gradebook:
            return [s.id for s in gradebook.students if s.first_name or s.last_name or s.email]

    def _require_on_class_list(self, assignment: str, student: str) -> None:
        """Refuse a spelling variant of an id on the class list; warn about other unknown ids."""
        if not self.class_list or student in self.class_list:
            return
        meant = likely(student, self.class_list)
        if meant is not None and folded(meant) == folded(student):
            folder = os.path.basename(self._submitted)
            advice = f"Type: mv '{folder}/{student}' '{folder}/{meant}'"
            if os.path.isdir(os.path.join(self._submitted, meant)):
                advice = (
                    f"{folder}/{meant} is there too: put what counts into that folder, and remove "
                    f"the other"
                )
            raise NotGraded(
                f"the class list has no {spelled_out(student, (student, meant))}, but "
                f"{spelled_out(meant, (student, meant))}. {advice}"
            )
        said = f"; {meant} is meant?" if meant else ""
        self._warn(assignment, student, f"the class list has no student of this id{said}")

    def _warn(self, assignment: str, student: str, text: str) -> None:
        said = self.warnings.setdefault((student, assignment), [])
        if text not in said:
            said.append(text)

    def _renew(self) -> None:
        """Store the warnings about each submission, and recompute its penalty."""
        keys = [
            (os.path.basename(os.path.dirname(folder)), os.path.basename(folder))
            for folder in self.assignments
        ]
        for student, assignment in keys:
            key = student, assignment
            if self.outcome.get(key) != "as before":
                said = self.warnings.get(key, [])
                self.history.set_warnings(student, assignment, said, self._lasting)
            if key not in self.not_graded:
                with contextlib.suppress(SQLAlchemyError):
                    renew_penalties(self.coursedir, self.config, assignment, student)

    def _make_way(self, assignment: str, student: str) -> bool:
        self._require_room(assignment, student)
        return bool(super().init_destination(assignment, student))

    def _require_room(self, assignment: str, student: str) -> None:
        files = self.taken_in(assignment, student).files
        needed = ROOM_TO_GRADE + sum(map(len, files.values()))
        if lacking := room_lacking(Path(self.coursedir.root), needed, "grading this"):
            raise NoFaultOfTheirs(f"{lacking}. {_AGAIN}")

    def init_assignment(self, assignment_id: str, student_id: str) -> None:
        with (
            self._remember_failure(assignment_id, student_id),
            self._no_zeros_yet(assignment_id, student_id),
        ):
            super().init_assignment(assignment_id, student_id)
            folder = os.path.join(self._submitted, student_id, assignment_id)
            if not os.path.lexists(os.path.join(folder, "timestamp.txt")):
                # nbgrader would keep the time of an earlier timestamp.txt.
                with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as gradebook:
                    gradebook.update_or_create_submission(assignment_id, student_id, timestamp=None)

    @contextlib.contextmanager
    def _no_zeros_yet(self, assignment: str, student: str) -> Iterator[None]:
        """Make nbgrader look for the notebooks in autograded/, where each has an empty file.

        For a notebook that was not handed in, nbgrader stores a zero at once. If the process were
        killed before the .py files are graded, that zero would replace an earlier mark.
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
            if notebook_filename == self.notebooks[-1]:
                self._finish(assignment, student)

    def _finish(self, assignment: str, student: str) -> None:
        with self._open_grades(assignment, student) as grades:
            auto = {g.cell.name: g.auto_score for g in grades if not _is_answer(g)}
        exercises = [e.name for e in find_assignment(assignment).exercises]
        if all(auto.get(name) is not None for name in exercises):
            marks = {name: float(auto[name]) for name in exercises}
            self.history.finish(student, assignment, self._parts, marks)
            # If no exercise could be run, another warning already says so, and why.
            if not any(marks.values()) and (student, assignment) not in self.stopped:
                self._warn(assignment, student, NO_POINTS)
        self.outcome[student, assignment] = "graded"

    def start_from_release(self, path: Path, resources: dict[str, Any]) -> NotebookNode:
        """The released notebook, with the learner's text in its manually graded cells.

        The learner's outputs, other cells and metadata are not kept.
        """
        name, student = resources["nbgrader"]["assignment"], resources["nbgrader"]["student"]
        text = self._release_of(name)[path.name].decode()
        notebook = nbformat.reads(text, as_version=4)
        notebook_answers = {
            c.metadata.nbgrader["grade_id"]: c for c in notebook.cells if is_solution(c)
        }
        theirs, notes = their_cells(path)
        if theirs is not None and (changes := what_was_changed(notebook.cells, theirs)):
            notes.append(f"{path.name} is not as it was handed out ({changes}).")
        if notes:
            notes.append("The released notebook stands in its place; the .py files are graded.")
            self.log.warning("%s, %s: %s", student, name, " ".join(notes))
            if theirs is None:
                self._warn(name, student, " ".join(notes))
        self.remarks[student, name] = [*self.remarks.get((student, name), []), *notes]
        for grade_id, answer in written_answers(text.encode(), theirs or []).items():
            notebook_answers[grade_id].source = answer.text
            if answer.pictures:
                notebook_answers[grade_id].attachments = answer.pictures
        return notebook

    @functools.cached_property
    def releases(self) -> dict[str, dict[str, bytes]]:
        """The files that generating would write, by assignment; `run_nbgrader` shares one cache."""
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
        if said := require_time(folder, self._zone(), self._due(assignment)):
            self._warn(assignment, student, said)

    def _zone(self) -> str:
        """The time zone in which nbgrader's exchange writes timestamps."""
        return str(self.config.Exchange.get("timezone", "UTC"))

    def _time_of(self, folder: str) -> datetime | None:
        return time_of(folder, self._zone())

    def _due(self, assignment: str) -> datetime | None:
        with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as gradebook:
            due: datetime | None = gradebook.find_assignment(assignment).duedate
            return due

    def _what_decides(self, assignment: str, student: str) -> dict[str, str]:
        """What this submission's marks depend on, by the reason to give when a mark changes."""
        found = find_assignment(assignment)
        names = [each.name for each in load().assignments]
        earlier = [
            digest(self.taken_in(name, student).files)
            for name in names[: names.index(assignment) + 1]
            if (Path(self._submitted) / student / name).is_dir()
        ]
        handed_in = self._handed_in(assignment, student)
        time = self._time_of(self._format_source(assignment, student))
        policy = late_policy_of(self.config, Path(self.coursedir.root))
        extension = None
        with (
            Gradebook(self.coursedir.db_url, self.coursedir.course_id) as gradebook,
            contextlib.suppress(MissingEntry),
        ):
            extension = gradebook.find_submission(assignment, student).extension
        return {
            "file": " ".join([*earlier, *(f"{k}={v}" for k, v in sorted(handed_in.items()))]),
            "time of hand-in": str(time),
            **what_all_marks_depend_on(found),
            **what_lateness_depends_on(policy, self._due(assignment), extension),
        }

    def _whose(self, notebook_filename: str) -> tuple[str, str]:
        found = self.init_single_notebook_resources(notebook_filename)["nbgrader"]
        return found["assignment"], found["student"]

    def _require_marks(self, assignment: str, student: str) -> None:
        """Require an automatic mark for each exercise; log where a mark by hand overrides it."""
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
                # nbgrader deletes the graded copy now, so clear its marks, and flag each one for a
                # person. After a fault of the machine, restore the earlier marks instead.
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
            # After a database error nbgrader would stop; after this one it grades the others.
            raise fault from error

    def _fault_of_the_machine(self, error: Exception) -> NoFaultOfTheirs | None:
        if isinstance(error, NoFaultOfTheirs):
            return error
        if isinstance(error, SQLAlchemyError):
            reason = getattr(error, "orig", None) or error
            return NoFaultOfTheirs(f"{self.coursedir.db_url}: {sentence(reason)}. {_AGAIN}")
        if isinstance(error, sqlite3.Error):
            return NoFaultOfTheirs(f"in {self.coursedir.root}: {sentence(error)}. {_AGAIN}")
        if isinstance(error, OSError) and error.errno in FULL:
            return NoFaultOfTheirs(f"in {self.coursedir.root}: {error.strerror}. {_AGAIN}")
        return None


def _reasons(record: Record | None, parts: dict[str, str]) -> list[str]:
    if record is None or record.parts is None:
        return []
    # An older kit recorded fewer parts; a missing part counts as unchanged.
    return [why for why in parts if parts[why] != record.parts.get(why, parts[why])]


def _is_answer(grade: Any) -> bool:
    return grade.cell.name not in {e.name for e in load().exercises}
