"""The last steps of a grading or an export: update penalties, show changed marks and warnings."""

import contextlib
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from rich.console import Console
from rich.table import Table
from rich.text import Text
from traitlets.config import Config

from autograder.catalogue import load
from autograder.instructor.attempts import STAMP
from autograder.instructor.extensions import read_extensions
from autograder.instructor.history import (
    LATE_DAYS,
    NO_POINTS,
    PENALTY,
    Change,
    History,
    Mark,
    Warning,
)
from autograder.instructor.penalties import (
    late_policy_of,
    renew_penalties,
    what_all_marks_depend_on,
    what_lateness_depends_on,
)
from autograder.instructor.places import EXPORTS
from autograder.instructor.policy import read_policy
from autograder.instructor.run_nbgrader import course_config
from autograder.instructor.settling import settle_course
from autograder.instructor.superseded import OLDER
from autograder.instructor.tables import write_table
from autograder.text import UserError, clean

# How the warning begins about a hand-in that the platform calls late without a time.
LATE_UNTIMED = "late by the platform"
COLUMNS = ["student", "assignment", "exercise", "old", "new", "why", "time"]
MOST_SHOWN = 40
MOST_WARNINGS = 200
# The most warnings about one submission: a thousand bad files must not hide the other warnings.
MOST_OF_ONE = 5


def bring_up_to_date(
    top: Path, reasons: dict[tuple[str, str], list[str]] | None = None
) -> tuple[list[Change], list[str]]:
    """Recompute all penalties, and find the marks that changed since they were last seen.

    Args:
        top: the course's top folder.
        reasons: by student and assignment, what changed since the submission was last graded.

    Returns:
        the changes; and a sentence for each extension, comment or penalty that could not be
        applied.
    """
    config = course_config(top)
    course = CourseDirectory(config=config)
    problems = [*settle_course(top), *renew_penalties(course, config)]
    now: dict[tuple[str, str, str], Mark] = {}
    history = history_of(top)
    why_late = _LatenessReasons(top, config, history)
    reasons = dict(reasons or {})
    with Gradebook(course.db_url, course.course_id) as gradebook:
        for assignment in gradebook.assignments:
            for one in assignment.submissions:
                for notebook in one.notebooks:
                    for grade in notebook.grades:
                        known = grade.auto_score is not None or grade.manual_score is not None
                        score = float(grade.score) if known else None
                        key = (one.student_id, assignment.name, grade.cell.name)
                        now[key] = Mark(score, grade.manual_score, grade.extra_credit or 0.0)
                penalty = float(one.late_submission_penalty or 0)
                whose = one.student_id, assignment.name
                now[*whose, PENALTY] = Mark(penalty)
                found = why_late.of(whose, assignment.duedate, one.extension)
                found = why_late.named(whose, [*reasons.get(whose, []), *found])
                reasons[whose] = list(dict.fromkeys(found))
    _withdraw_answered(history, now, top / str(course.submitted_directory))
    return history.note(now, reasons), problems


def outdated(top: Path) -> list[str]:
    """A sentence for each assignment with marks given before its points or checks changed."""
    graded = history_of(top).all_parts()
    said = []
    for assignment in load().assignments:
        now = what_all_marks_depend_on(assignment)
        for why, value in now.items():
            old = sum(
                parts.get(why, value) != value
                for (_, name), parts in graded.items()
                if name == assignment.name
            )
            if old:
                marks = "1 submission was" if old == 1 else f"{old} submissions were"
                said.append(
                    f"{assignment.name}: {marks} graded before a change of the {why}: run make "
                    "grade, then this again"
                )
    return said


class _LatenessReasons:
    """Finds what changed about a submission's lateness since it was graded."""

    def __init__(self, top: Path, config: Config, history: History) -> None:
        self._policy = late_policy_of(config, top)
        self._graded = history.all_parts()
        self._given: set[tuple[str, str]] = set()
        self._late_days = False
        with contextlib.suppress(UserError):  # settle_course has reported it
            self._given = {(e.student, e.assignment) for e in read_extensions(top)}
            self._late_days = read_policy(top).late_days is not None

    def of(
        self, key: tuple[str, str], due: datetime | None, extension: timedelta | None
    ) -> list[str]:
        before = self._graded.get(key)
        if before is None:
            return []
        now = what_lateness_depends_on(self._policy, due, extension)
        return [why for why, value in now.items() if before.get(why, value) != value]

    def named(self, key: tuple[str, str], reasons: list[str]) -> list[str]:
        """The reasons; "extension" becomes "late days" where no extension was given."""
        by_days = self._late_days and key not in self._given
        return [LATE_DAYS if by_days and why == "extension" else why for why in reasons]


def _withdraw_answered(
    history: History, now: dict[tuple[str, str, str], Mark], submitted: Path
) -> None:
    """Withdraw the warnings that a mark by hand, a comment's points or a time have settled."""
    scored = {key[:2] for key, mark in now.items() if key[2] != PENALTY and mark.score}
    by_hand = {key for key, mark in now.items() if mark.by_hand is not None}
    for warning in history.warnings():
        about = warning.student, warning.assignment
        exercise = warning.text.partition(":")[0]
        answered = OLDER in warning.text and (*about, exercise) in by_hand
        timed = (
            warning.text.startswith(LATE_UNTIMED) and submitted.joinpath(*about, STAMP).is_file()
        )
        if answered or timed or (warning.text == NO_POINTS and about in scored):
            history.withdraw(*about, warning.text)


def history_of(top: Path) -> History:
    """The history of the course in `top`."""
    return History(top)


def show_changes(console: Console, top: Path, changes: list[Change]) -> None:
    """Print the changed marks and write exports/changes.csv; without changes, print one line."""
    if not changes:
        console.print("no mark that stood before has changed")
        return
    table = Table(title="changed marks", title_justify="left")
    for column in COLUMNS[:-1]:
        table.add_column(column, justify="right" if column in ("old", "new") else "left")
    for one in changes[:MOST_SHOWN]:
        old, new = (("" if mark is None else f"{mark:g}") for mark in (one.old, one.new))
        cells = (one.student, one.assignment, one.exercise, old, new, one.why)
        table.add_row(*(Text(clean(cell)) for cell in cells))
    console.print(table)
    file = write_table(
        top / EXPORTS / "changes.csv",
        COLUMNS,
        [[c.student, c.assignment, c.exercise, c.old, c.new, c.why, c.time] for c in changes],
        course_config(top),
    )
    more = len(changes) - MOST_SHOWN
    console.print((f"and {more} more; " if more > 0 else "") + f"all: {file}", soft_wrap=True)


def show_warnings(
    console: Console,
    top: Path,
    students: list[str] | None = None,
    assignments: list[str] | None = None,
) -> bool:
    """Print the open warnings, which stay until they are dealt with or acknowledged.

    Args:
        students, assignments: print the warnings about these, and about the whole course; only
            count the rest. All, if None.

    Returns:
        whether one was printed.
    """
    everything = open_warnings(top)
    warnings = [
        one
        for one in everything
        if (students is None or one.student in ("", *students))
        and (assignments is None or not one.assignment or one.assignment in assignments)
    ]
    before: Counter[tuple[str, str]] = Counter()
    shown = []
    for one in warnings:
        before[one.student, one.assignment] += 1
        if not one.student or before[one.student, one.assignment] <= MOST_OF_ONE:
            shown.append(one)
    for one in shown[:MOST_WARNINGS]:
        console.print(Text(f"warning: {clean(one_line(str(one)))}", "yellow"), soft_wrap=True)
    if more := len(warnings) - len(shown[:MOST_WARNINGS]):
        console.print(f"and {more} more warnings")
    if others := len(everything) - len(warnings):
        console.print(f"{others} warning{'' if others == 1 else 's'} about others")
    if warnings:
        console.print(
            "warnings stay until the cause is gone, or: "
            "autograder acknowledge [--student ID] [--words WORDS]"
        )
    return bool(warnings)


def open_warnings(top: Path) -> list[Warning]:
    """The open warnings about the whole course, and about students who are still in it."""
    config = course_config(top)
    course = CourseDirectory(config=config)
    submitted = top / str(course.submitted_directory)
    with Gradebook(course.db_url, course.course_id) as gradebook:
        known = {student.id for student in gradebook.students}
    return [
        one
        for one in history_of(top).warnings()
        if not one.student or one.student in known or (submitted / one.student).is_dir()
    ]


def one_line(text: str) -> str:
    return " ".join(text.split())
