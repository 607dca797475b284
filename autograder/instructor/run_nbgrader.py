"""Runs nbgrader for the instructor: release, grade, feedback, export.

Each function runs nbgrader's converters with the course's nbgrader_config.py, as nbgrader's
command line does, and returns the result for each submission instead of a log.
"""

import contextlib
import csv
import glob
import io
import logging
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins import CsvExportPlugin
from traitlets.config import Config, PyFileConfigLoader
from traitlets.log import get_logger

from autograder.catalogue import load
from autograder.grading.submission import find_submissions
from autograder.instructor.autograde import Autograde
from autograder.instructor.commit_guard import GRADEBOOK, says_nothing_new
from autograder.instructor.generate_assignment import GenerateAssignment
from autograder.instructor.generate_feedback import GenerateFeedback
from autograder.instructor.nbgrader_plugin import configure
from autograder.instructor.places import EXPORTS, make_private
from autograder.instructor.released_first import require_released
from autograder.instructor.tables import marked_submissions, write_table
from autograder.text import UserError, sentence

CONFIG = "nbgrader_config.py"
# The columns of nbgrader's CSV that have a 0 if there is no mark.
NOT_MARKED = {"raw_score", "late_submission_penalty", "score"}


@dataclass(frozen=True)
class Graded:
    """The result of grading one submission.

    Attributes:
        status: "graded"; "as before" if it has not changed since it was graded; "not graded"; "not
            handed in" if its files are as they were handed out.
        score, points: of the assignment, with marks given by hand; None if not graded.
        problem: why it was not graded, one sentence; "" if it was.
        seconds_late: seconds after the due date; 0 if the gradebook has no due date.
        penalty: points to subtract from the score for lateness.
        reasons: what has changed since it was last graded: "file", "check", "points", ...
        notes: what the instructor should know about the hand-in, a sentence each.
    """

    student: str
    assignment: str
    status: str
    score: float | None = None
    points: float | None = None
    problem: str = ""
    seconds_late: float = 0.0
    penalty: float = 0.0
    notes: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()


def release(
    root: Path,
    assignments: list[str] | None = None,
    *,
    on_done: Callable[[str], None] | None = None,
) -> list[str]:
    """Generate assignments into assignments/, and their cells and points into gradebook.db.

    Args:
        root: the course's top folder.
        assignments: which; all of the catalogue, if None.
        on_done: called with the name of each assignment after it is generated.

    Returns:
        the names that were generated.

    Raises:
        UserError: if one cannot be generated, or would overwrite work. The assignments before
            it are generated; it and the later ones are not changed.
    """
    names = _names(assignments)
    config = course_config(root)
    with _git_sees_no_new_ids(root / GRADEBOOK):
        for name in names:
            release_one(config, name)
            if on_done is not None:
                on_done(name)
    return names


@contextlib.contextmanager
def _git_sees_no_new_ids(gradebook: Path) -> Iterator[None]:
    """Restore the gradebook if generating has changed only the ids of its rows.

    A gradebook without students is in git, which would show it as changed.
    """
    before = gradebook.read_bytes() if gradebook.is_file() else b""
    yield
    after = gradebook.read_bytes()
    if before not in (b"", after) and says_nothing_new(after, before):
        new = gradebook.with_suffix(".db.new")
        new.write_bytes(before)
        os.replace(new, gradebook)


def autograde(
    root: Path,
    assignments: list[str] | None = None,
    students: list[str] | None = None,
    *,
    force: bool = False,
    allow_unsandboxed: bool = False,
    expected: dict[tuple[str, str], dict[str, float]] | None = None,
    on_done: Callable[[Graded], None] | None = None,
) -> list[Graded]:
    """Grade the submissions in submitted/ into gradebook.db.

    Args:
        root: the course's top folder.
        assignments: which; all of the catalogue, if None.
        students: whose; everybody's, if None.
        force: also grade submissions that have not changed since they were graded.
        allow_unsandboxed: grade even if there is no sandbox.
        expected: by student and assignment, the known marks of the checks for each exercise.
        on_done: called after each submission.

    Returns:
        the result for every submission, including those that could not be graded.

    Raises:
        UserError: if there is nothing to grade, or an assignment was not released.
    """
    config = course_config(root)
    if allow_unsandboxed:
        config.Grade.allow_unsandboxed = True
    handed_in = find_submissions(submitted_folder(root), load(), _names(assignments), students)
    if not handed_in.submissions and not handed_in.stray:
        raise UserError(nothing_in(submitted_folder(root)))
    results: list[Graded] = []

    def done(result: Graded) -> None:
        results.append(result)
        if on_done is not None:
            on_done(result)

    releases: dict[str, dict[str, bytes]] = {}
    for one in handed_in.submissions:
        student, assignment = one.student, one.assignment
        course = CourseDirectory(config=config)
        course.student_id, course.assignment_id = glob.escape(student), assignment
        converter = Autograde(coursedir=course, config=config)
        converter.force = force
        converter.releases = releases
        converter.expected = expected or {}
        log = _run(converter)
        problem = converter.not_graded.get((student, assignment), "")
        outcome = converter.outcome.get((student, assignment))
        if log.failed and not problem and outcome is None:
            # An assignment that is not released stops all grading; other errors, one submission.
            require_released(course, assignment)
            problem = log.failed
        if problem:
            done(Graded(student, assignment, "not graded", problem=problem))
        elif outcome == "not handed in":
            done(Graded(student, assignment, outcome))
        else:
            status = outcome or "graded"
            remarks = converter.remarks.get((student, assignment), [])
            mark = _mark(course, student, assignment, status)
            reasons = converter.reasons.get((student, assignment), [])
            done(replace(mark, notes=(*remarks, *mark.notes), reasons=tuple(reasons)))
    for student, name, problem in handed_in.stray:
        done(Graded(student, name, "not graded", problem=problem))
    return results


def submitted_folder(root: Path) -> Path:
    """The folder of all submissions to the course in `root`, with a folder for each student."""
    return root / str(CourseDirectory(config=course_config(root)).submitted_directory)


def nothing_in(submitted: Path) -> str:
    """The message if there are no submissions: what is missing, and what to do."""
    name = load().assignments[0].name
    return (
        f"there is nothing to grade in {submitted}: put what a student hands in into a folder like "
        f"{submitted.name}/ada/{name}/"
    )


@dataclass
class Feedback:
    """The result of writing feedback.

    Attributes:
        pages: the pages that were written, one for each student and notebook.
        problems: a sentence for each submission without a page.
    """

    pages: list[Path] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def feedback(
    root: Path,
    assignments: list[str] | None = None,
    *,
    on_done: Callable[[int], None] | None = None,
) -> Feedback:
    """Write nbgrader's feedback pages again for every graded submission.

    A page that fails does not stop the others. Students who were removed from the gradebook get
    none.

    Args:
        root: the course's top folder.
        assignments: which; all of the catalogue, if None.
        on_done: called after each submission, with the number of all submissions.

    Raises:
        UserError: if nothing is graded yet.
    """
    config = course_config(root)
    course = CourseDirectory(config=config)
    autograded = root / course.autograded_directory
    graded = find_submissions(autograded, load(), _names(assignments)).submissions
    with Gradebook(course.db_url, course.course_id) as gradebook:
        known = {(s.student_id, a.name) for a in gradebook.assignments for s in a.submissions}
    todo = [one for one in graded if (one.student, one.assignment) in known]
    if not todo:
        raise UserError(f"nothing is graded in {autograded}: run `make grade` first")
    result = Feedback()
    for one in todo:
        course = CourseDirectory(config=config)
        course.student_id, course.assignment_id = glob.escape(one.student), one.assignment
        converter = GenerateFeedback(coursedir=course, config=config)
        converter.force = True
        try:
            failed = _run(converter).failed
        except (Exception, SystemExit) as error:
            failed = sentence(error)
        if failed:
            result.problems.append(f"{one.student}, {one.assignment}: no feedback: {failed}")
        else:
            source = Path(
                course.format_path(course.autograded_directory, one.student, one.assignment)
            )
            folder = Path(
                course.format_path(course.feedback_directory, one.student, one.assignment)
            )
            result.pages += [folder / f"{n.stem}.html" for n in sorted(source.glob("*.ipynb"))]
        if on_done is not None:
            on_done(len(todo))
    make_private(root / course.feedback_directory, config)
    return result


def export(root: Path, to: Path | None = None) -> Path:
    """Write nbgrader's CSV of all marks.

    Args:
        root: the course's top folder.
        to: the file; exports/grades.csv in `root`, if None. Its folder is made.

    Raises:
        UserError: if the gradebook has no student yet.
    """
    config = course_config(root)
    course = CourseDirectory(config=config)
    path = (to or root / EXPORTS / "grades.csv").resolve()
    plugin = CsvExportPlugin(config=config)
    plugin.assignment, plugin.student = [], []
    with Gradebook(course.db_url, course.course_id) as gradebook:
        if not gradebook.students:
            raise UserError(f"{GRADEBOOK} has no student yet: run `make grade` first")
        marked = marked_submissions(gradebook)
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as folder, _listening():
            plugin.to = str(Path(folder) / "grades.csv")
            numbered = _Numbered(gradebook)
            plugin.export(numbered)
            with open(plugin.to, encoding="utf-8", newline="") as stream:
                rows = [numbered.named(row) for row in csv.DictReader(stream)]
        columns = list(rows[0]) if rows else []
    for row in rows:
        if (row["student_id"], row["assignment"]) not in marked:
            # An assignment that is not handed in or not graded gets an empty cell, not a 0.
            row.update(dict.fromkeys(NOT_MARKED.intersection(columns), ""))
    write_table(path, columns, [[row[column] for column in columns] for row in rows], config)
    return path


class _Numbered:
    """A gradebook with numbers as students, because nbgrader's CSV does not quote names.

    Args:
        gradebook: nbgrader's.
    """

    def __init__(self, gradebook: Gradebook) -> None:
        self._gradebook = gradebook
        self._people = list(gradebook.students)
        self.assignments = gradebook.assignments
        self.students = [
            SimpleNamespace(id=str(number), last_name="", first_name="", email="")
            for number in range(len(self._people))
        ]

    def find_submission(self, assignment: str, number: str) -> Any:
        return self._gradebook.find_submission(assignment, self._people[int(number)].id)

    def named(self, row: dict[str, str]) -> dict[str, str]:
        """A row of the CSV with the student's id and names instead of the number."""
        one = self._people[int(row["student_id"])]
        names = {name: getattr(one, name) or "" for name in ("last_name", "first_name", "email")}
        return {**row, "student_id": one.id, **names}


def point_from_everywhere(root: Path, environment: Path | None = None) -> Path:
    """Let this environment's nbgrader and Formgrader find the course from any folder.

    nbgrader reads nbgrader_config.py only from the folder it is started in and from Jupyter's
    configuration folders. One of these is the environment's etc/jupyter.

    Args:
        root: the course's top folder.
        environment: the virtual environment; the running one, if None.

    Returns:
        the file that was written.
    """
    folder = (environment or Path(sys.prefix)) / "etc" / "jupyter"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / CONFIG
    target = str((root / CONFIG).resolve())
    path.write_text(
        "# Lets nbgrader find the course from any folder; a course where it is started wins.\n"
        f"load_subconfig({target!r})\n",
        encoding="utf-8",
    )
    return path


def course_config(root: Path) -> Config:
    """nbgrader's configuration for the course in `root`, from its nbgrader_config.py.

    Raises:
        UserError: if that file cannot be loaded.
    """
    path = root / CONFIG
    if not path.is_file():
        config = Config()
        configure(config, root.resolve())
        return config
    try:
        return PyFileConfigLoader(CONFIG, path=str(root.resolve())).load_config()
    except Exception as error:  # the file is the instructor's own code
        raise UserError(f"{path} cannot be loaded: {type(error).__name__}: {error}") from error


@dataclass
class _Log:
    text: str = ""
    failed: str = ""


def _run(converter: Any) -> _Log:
    log = _Log()
    with _listening() as buffer:
        try:
            converter.start()
        except NbGraderException as error:
            log.failed = str(error) or "nbgrader gave no reason"
    log.text = buffer.getvalue()
    if log.failed and "traceback" in log.failed:
        # nbgrader refers to its log, which is not shown, so give the log's last exception.
        causes = re.findall(r"^[\w.]*(?:Error|Exception): (.+)$", log.text, re.MULTILINE)
        log.failed = causes[-1] if causes else log.failed
    return log


@contextlib.contextmanager
def _listening() -> Iterator[io.StringIO]:
    """Capture nbgrader's log, so that it is not printed over the progress bar."""
    logger: Any = get_logger()
    buffer = io.StringIO()
    handler = logging.StreamHandler(buffer)
    before, level, propagate = logger.handlers[:], logger.level, logger.propagate
    logger.handlers, logger.propagate = [handler], False
    logger.setLevel(logging.INFO)
    try:
        yield buffer
    finally:
        logger.handlers, logger.propagate = before, propagate
        logger.setLevel(level)


def _names(assignments: list[str] | None) -> list[str]:
    """The full names of assignments given by full or short name (a1); all names, if None."""
    course = load()
    if assignments is None:
        return [assignment.name for assignment in course.assignments]
    return [course.assignment(name).name for name in assignments]


def release_one(config: Config, name: str) -> None:
    course = CourseDirectory(config=config)
    course.assignment_id = name
    log = _run(GenerateAssignment(coursedir=course, config=config))
    if log.failed:
        raise UserError(log.failed)


def _mark(course: CourseDirectory, student: str, assignment: str, status: str) -> Graded:
    with Gradebook(course.db_url, course.course_id) as gradebook:
        try:
            found = gradebook.find_submission(assignment, student)
        except MissingEntry:
            return Graded(student, assignment, "not graded", problem="it is excluded")
        by_hand = [
            _by_hand(grade)
            for book in found.notebooks
            for grade in book.grades
            if None not in (grade.manual_score, grade.auto_score)
            and grade.manual_score != grade.auto_score
        ]
        return Graded(
            student,
            assignment,
            status,
            notes=tuple(by_hand),
            score=float(found.score),
            points=float(found.max_score),
            seconds_late=float(found.total_seconds_late),
            penalty=float(found.late_submission_penalty or 0),
        )


def _by_hand(grade: Any) -> str:
    given, most = grade.manual_score, grade.cell.max_score
    above = f" That is above its {most:g} points." if given > most else ""
    return (
        f"{grade.cell.name}: the mark given by hand stands, {given:g}; the checks give "
        f"{grade.auto_score:g}.{above}"
    )
