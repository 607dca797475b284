"""Writes the class report: an HTML page for each assignment, and an index.

Marks come from nbgrader's gradebook, statuses and mistakes from the verdicts. The verdict store
has the verdicts of graded submissions, so these are not judged again. Each page is one complete
file: it loads no script, font or picture from another file.
"""

import base64
import json
import statistics
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from autograder.catalogue import PACKAGE, Assignment, load
from autograder.grading.grade import grade_folder
from autograder.grading.isolation import find_isolation
from autograder.instructor.discrimination import FEWEST, WEAK, is_weak, point_biserial
from autograder.instructor.elapsed import Elapsed, elapsed
from autograder.instructor.history import Change, History
from autograder.instructor.marks import Mark, gradebook_of, marks_of
from autograder.instructor.places import HISTORY
from autograder.instructor.regrade_requests import requests_of
from autograder.instructor.report_figures import (
    STATUSES,
    accuracy_figure,
    exercises_figure,
    marks_figure,
)
from autograder.instructor.run_nbgrader import submitted_folder
from autograder.instructor.side_by_side import Line, side_by_side
from autograder.instructor.similar import Pair, similar_pairs, texts_of
from autograder.instructor.taken_in import take_in_if_readable
from autograder.judging.fingerprints import BANK
from autograder.judging.verdict import ExerciseVerdict, Verdict
from autograder.learner.page import MARKS
from autograder.text import UserError, clean, lateness, some

MOST_NAMES = 30
# Mistakes that are shown with their sentence; a table lists the rarer ones.
MOST_TOLD = 12
LONGEST_NOTE = 300
MOST_CHECKS = 20
NOT_TRIED = ("todo", "blocked", "error")
STOPPED = ("timeout", "stopped", "worker")
MOST_PAIRS = 40
# Pairs whose code is shown side by side.
MOST_COMPARED = 12


@dataclass
class Row:
    """One student in the report of one assignment.

    Attributes:
        statuses: by exercise; empty if the submission could not be judged.
        mark: the gradebook's, or None if it has none.
        stuck: the first exercise, in course order, that is not right; None if there is none.
        accuracy: of the trained network, 0 to 1; None if no check measured it.
        look: the reasons for a person to look at the submission, a sentence each.
        checks: by exercise and check, whether it passed; only of exercises that could be judged.
    """

    student: str
    statuses: dict[str, str] = field(default_factory=dict)
    mark: Mark | None = None
    stuck: str | None = None
    accuracy: float | None = None
    look: list[str] = field(default_factory=list)
    checks: dict[tuple[str, str], bool] = field(default_factory=dict)


@dataclass
class Mistake:
    """A known mistake, and the students who made it."""

    exercise: str
    name: str
    sentence: str
    students: list[str] = field(default_factory=list)


@dataclass
class CheckCount:
    """How many submissions passed a check, of those in which its exercise could be judged.

    Attributes:
        correlation: how well it tells strong submissions from weak ones, from -1 to 1; None
            if it cannot be computed.
    """

    exercise: str
    sentence: str
    hidden: bool
    tried: int = 0
    passed: int = 0
    correlation: float | None = None

    @property
    def weak(self) -> bool:
        """Whether passing it says little about the rest of the work."""
        return is_weak(self.correlation, self.tried)


@dataclass
class ClassView:
    """The report's data on one assignment: counts and names, without the verdicts.

    `asked_for` is the accuracy needed to pass, from 0 to 1, if a check measured one; `elapsed` is
    None if the time of the release, or of every hand-in after it, is unknown.
    """

    assignment: Assignment
    rows: list[Row] = field(default_factory=list)
    counts: dict[str, Counter[str]] = field(default_factory=dict)
    mistakes: dict[str, Mistake] = field(default_factory=dict)
    checks: dict[tuple[str, str], CheckCount] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    pairs: list[Pair] | None = None
    asked_for: float | None = None
    elapsed: Elapsed | None = None
    compared: list[tuple[Pair, list[Line]]] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)

    @property
    def judged(self) -> int:
        return sum(bool(row.statuses) for row in self.rows)

    @property
    def marks(self) -> list[Mark]:
        return [row.mark for row in self.rows if row.mark is not None]

    @property
    def shares(self) -> list[float]:
        return [mark.score / mark.points for mark in self.marks if mark.points]

    @property
    def late(self) -> list[Row]:
        return [row for row in self.rows if row.mark is not None and row.mark.seconds_late > 0]

    @property
    def by_hand(self) -> list[Row]:
        return [row for row in self.rows if row.mark is not None and row.mark.by_hand]

    @property
    def to_look_at(self) -> list[Row]:
        return [row for row in self.rows if row.look]

    @property
    def accuracies(self) -> list[Row]:
        trained = [row for row in self.rows if row.accuracy is not None]
        return sorted(trained, key=lambda row: (-(row.accuracy or 0), row.student))

    @property
    def mistakes_by_count(self) -> list[Mistake]:
        return sorted(self.mistakes.values(), key=lambda m: -len(m.students))

    @property
    def unnamed(self) -> dict[str, list[str]]:
        """By exercise, in course order: the students whose mistake in it is not a known one."""
        named = {(m.exercise, who) for m in self.mistakes.values() for who in m.students}
        return {
            exercise.name: who
            for exercise in self.assignment.exercises
            if (
                who := [
                    row.student
                    for row in self.rows
                    if row.statuses.get(exercise.name) == "failed"
                    and (exercise.name, row.student) not in named
                ]
            )
        }

    @property
    def stuck(self) -> dict[str, list[str]]:
        """By exercise, in course order: the students who are stuck there."""
        found: dict[str, list[str]] = {e.name: [] for e in self.assignment.exercises}
        for row in self.rows:
            if row.stuck is not None:
                found[row.stuck].append(row.student)
        return {name: students for name, students in found.items() if students}

    @property
    def failed_checks(self) -> list[CheckCount]:
        """The checks that some pass and some fail, the hardest first."""
        some = [c for c in self.checks.values() if 0 < c.passed < c.tried]
        return sorted(some, key=lambda c: c.passed / c.tried)

    @property
    def weak_checks(self) -> list[CheckCount]:
        """The checks that say little about the rest of the work, the worst first."""
        return sorted(
            (c for c in self.checks.values() if c.weak), key=lambda c: c.correlation or 0.0
        )

    @property
    def passed_by_nobody(self) -> list[CheckCount]:
        return [c for c in self.checks.values() if c.hidden and c.tried and not c.passed]

    @property
    def passed_by_everybody(self) -> list[CheckCount]:
        return [c for c in self.checks.values() if c.hidden and c.tried and c.passed == c.tried]


def write_report(
    top: Path,
    target: Path,
    assignments: list[str] | None = None,
    *,
    similar: bool = False,
    allow_unsandboxed: bool = False,
    on_start: Callable[[int], None] | None = None,
) -> list[Path]:
    """Write index.html, a page for each assignment, and the figures as PNG files beside them.

    Args:
        top: the course's top folder.
        target: the folder to write into; made when needed.
        assignments: which; those that somebody handed in, if None.
        similar: also look for submissions that resemble each other.
        allow_unsandboxed: judge submissions without a verdict even if there is no sandbox.
        on_start: called before each submission is judged, with the number of all submissions.

    Returns:
        all files written, the index first.

    Raises:
        UserError: if there is nothing to report on, or no such assignment; if `similar` is set
            and copydetect is not installed.
        NoBackend: if there is no sandbox and `allow_unsandboxed` is not set.
    """
    find_isolation(allow_unsandboxed=allow_unsandboxed)
    submitted = _submitted(top)
    views = []
    wanted = _wanted(assignments, submitted)
    count = sum((f / a.name).is_dir() for a in wanted for f in submitted.iterdir())
    for assignment in wanted:
        views.append(
            look_at(
                top,
                assignment,
                submitted,
                allow_unsandboxed=allow_unsandboxed,
                on_start=(lambda: on_start(count)) if on_start is not None else None,
            )
        )
        if similar:
            views[-1].pairs = similar_pairs(top, assignment.name)
            views[-1].compared = [
                (pair, side_by_side(*texts_of(top, assignment.name, pair)))
                for pair in views[-1].pairs[:MOST_COMPARED]
            ]
    target.mkdir(parents=True, exist_ok=True)
    pages, pictures = [], []
    for view in views:
        figures = _figures(view)
        for name, data in figures.items():
            pictures.append(target / f"{view.assignment.name}-{name}.png")
            pictures[-1].write_bytes(data)
        pages.append(target / f"{view.assignment.name}.html")
        pages[-1].write_text(_page(view, figures), encoding="utf-8")
    index = target / "index.html"
    index.write_text(_index(views), encoding="utf-8")
    return [index, *pages, *pictures]


def look_at(
    top: Path,
    assignment: Assignment,
    submitted: Path,
    *,
    allow_unsandboxed: bool = False,
    on_start: Callable[[], None] | None = None,
) -> ClassView:
    """Count the results of one assignment; each verdict is dropped once counted, to save memory."""
    with gradebook_of(top) as gradebook:
        students = [student.id for student in gradebook.students]
        released = {known.name for known in gradebook.assignments}
        marks = {
            mark.student: mark
            for mark in (
                marks_of(gradebook, assignment.name) if assignment.name in released else ()
            )
        }
    view = ClassView(assignment, counts={e.name: Counter() for e in assignment.exercises})
    for folder in sorted(submitted.iterdir()):
        if not (folder / assignment.name).is_dir():
            continue
        if on_start is not None:
            on_start()
        taken = take_in_if_readable(folder, assignment.name)
        is_stub = taken is not None and taken.untouched and not taken.unclear
        untouched = is_stub and folder.name not in marks
        if untouched and taken is not None and not taken.left_out:
            continue  # grading counts this as not handed in
        row = Row(folder.name, mark=marks.get(folder.name))
        view.rows.append(row)
        try:
            verdict = grade_folder(
                folder, assignment=assignment.name, allow_unsandboxed=allow_unsandboxed
            )
        except Exception as error:  # one submission must not stop the whole report
            row.look.append(f"It could not be judged: {str(error) or type(error).__name__}")
        else:
            _count(view, row, verdict)
        if untouched:
            row.look.append("Nothing is written in the expected files, so there is no mark.")
        else:
            _look_at_mark(row, verdict.score if row.statuses else None)
        asked = requests_of(top, submitted, row.student, assignment.name)
        row.look += [f"Asks to be graded again: {_short(r.text)}" for r in asked if not r.answer]
    _correlate(view)
    view.changes = _last_changes(top, assignment.name)
    view.elapsed = elapsed(top, assignment.name, marks.values())
    here = {row.student for row in view.rows}
    view.missing = sorted(set(students) - here)
    return view


def _count(view: ClassView, row: Row, verdict: Verdict) -> None:
    row.look += verdict.notes
    row.look += _not_run(verdict)
    if not verdict.isolated:
        row.look.insert(0, "NOT ISOLATED: it was judged without a sandbox.")
    for one in verdict.exercises:
        row.statuses[one.exercise] = one.status
        view.counts[one.exercise][one.status] += 1
        if row.stuck is None and one.status in ("failed", "error", "todo"):
            row.stuck = one.exercise
        if one.pitfall is not None:
            mistake = view.mistakes.setdefault(one.pitfall, _mistake(one.pitfall, one.message))
            mistake.students.append(row.student)
        if one.status not in NOT_TRIED:
            _count_checks(view, row, one)
        if load().exercise(one.exercise).measures:
            # The hidden check comes last: its measured accuracy decides the mark.
            for check in sorted(one.checks, key=lambda check: check.hidden):
                row.accuracy = check.measured.get("accuracy", row.accuracy)
                view.asked_for = check.measured.get("threshold", view.asked_for)


def _correlate(view: ClassView) -> None:
    """Set each check's correlation with the share of all other checks that a student passed."""
    others = len(view.checks) - 1
    for key, count in view.checks.items():
        rows = [row for row in view.rows if key in row.checks]
        passed = [row.checks[key] for row in rows]
        rest = [(sum(row.checks.values()) - row.checks[key]) / max(others, 1) for row in rows]
        count.correlation = point_biserial(passed, rest)


def _last_changes(top: Path, assignment: str) -> list[Change]:
    """The marks of an assignment that changed at the time of its latest change."""
    if not (top / HISTORY).is_file():
        return []
    changes = [c for c in History(top).changes() if c.assignment == assignment]
    last = max((change.time for change in changes), default="")
    return [change for change in changes if change.time == last and change.old is not None]


def _count_checks(view: ClassView, row: Row, verdict: ExerciseVerdict) -> None:
    """Count each check once: a check with several cases passes if all of its cases pass."""
    passed: dict[str, bool] = {}
    for check in verdict.checks:
        key = (verdict.exercise, check.name)
        view.checks.setdefault(key, CheckCount(verdict.exercise, check.sentence, check.hidden))
        passed[check.name] = passed.get(check.name, True) and check.passed
    for name, whole in passed.items():
        count = view.checks[verdict.exercise, name]
        count.tried += 1
        count.passed += whole
        row.checks[verdict.exercise, name] = whole


def _not_run(verdict: Verdict) -> list[str]:
    """The exercises whose code did not run to the end, a sentence for each reason."""
    found: dict[str, list[str]] = {}
    for one in verdict.exercises:
        kinds = {c.failure.kind for c in one.checks if c.failure is not None and not c.passed}
        stopped = kinds.intersection(STOPPED) or one.lacks_something
        if one.status == "error" or (one.status == "failed" and stopped):
            what = "ran out of time" if "timeout" in kinds else "could not be run"
            found.setdefault(f"{what}. {one.message}", []).append(one.exercise)
    return [f"{', '.join(names)} {why}" for why, names in found.items()]


def _look_at_mark(row: Row, judged: float | None) -> None:
    mark = row.mark
    if mark is None:
        row.look.append("The gradebook has no mark for it: run `make grade`.")
        return
    if mark.checked is None or (mark.by_hand and judged is None):
        row.look.append("It is not graded: `make grade` says why.")
    elif mark.by_hand:
        row.look.append("It waits for a mark given by hand, in Formgrader.")
    elif mark.to_review:
        row.look.append(
            "A mark given by hand stands, and it was graded again since: see in Formgrader whether "
            "it still holds."
        )
    if judged is not None and mark.checked is not None and abs(judged - mark.checked) > 0.005:
        row.look.append(
            f"The gradebook has {mark.checked:g} points from the checks, which now give "
            f"{judged:g}: run `make grade` again."
        )


def _mistake(pitfall: str, message: str) -> Mistake:
    """A pitfall, such as "col2im.last_window_wins", with its sentence in the bank.

    The message of a verdict is used only if the bank has none: it may be about one learner.
    """
    exercise, _, name = pitfall.partition(".")
    sentence = _sentences(exercise).get(name, {}).get("sentence", message)
    return Mistake(exercise, name.replace("_", " "), sentence)


@cache
def _sentences(exercise: str) -> dict[str, Any]:
    """The known mistakes of an exercise, by name."""
    file = load().exercise(exercise).folder / BANK
    known: dict[str, Any] = {}
    if file.is_file():
        known = json.loads(file.read_text(encoding="utf-8"))["pitfalls"]
    return known


def _submitted(top: Path) -> Path:
    folder = submitted_folder(top)
    if not folder.is_dir():
        raise UserError(
            f"there is nothing to report on: {folder} does not exist; run `make grade` first"
        )
    return folder


def _wanted(names: list[str] | None, submitted: Path) -> list[Assignment]:
    if names is None:
        wanted = [
            assignment
            for assignment in load().assignments
            if any((folder / assignment.name).is_dir() for folder in submitted.iterdir())
        ]
        if not wanted:
            raise UserError(f"there is nothing to report on in {submitted}: run `make grade` first")
        return wanted
    return [load().assignment(name) for name in names]


def _figures(view: ClassView) -> dict[str, bytes]:
    figures = {}
    if view.shares:
        figures["marks"] = marks_figure(view.shares)
    if view.judged:
        figures["exercises"] = exercises_figure(view.counts)
    if view.accuracies:
        accuracies = [row.accuracy for row in view.accuracies if row.accuracy is not None]
        figures["accuracy"] = accuracy_figure(accuracies, view.asked_for)
    return figures


def _page(view: ClassView, figures: Mapping[str, bytes]) -> str:
    pictures = {
        name: Markup("data:image/png;base64," + base64.b64encode(data).decode())
        for name, data in figures.items()
    }
    return _template().render(
        kind="assignment",
        title=f"{view.assignment.title}: what the class shows",
        course=load().title,
        view=view,
        figures=pictures,
        median=_median(view.shares),
        statuses=STATUSES,
        asked_for=view.asked_for,
        most_checks=MOST_CHECKS,
        most_pairs=MOST_PAIRS,
        now=_now(),
    )


def _index(views: list[ClassView]) -> str:
    return _template().render(
        kind="index",
        title=f"{load().title}: what the class shows",
        course=load().title,
        views=[(view, _median(view.shares)) for view in views],
        now=_now(),
    )


def _median(shares: list[float]) -> float | None:
    return statistics.median(shares) if shares else None


def _now() -> str:
    return datetime.now().astimezone().strftime("%Y-%m-%d %H:%M %Z")


def _template() -> Any:
    environment = Environment(
        loader=FileSystemLoader(PACKAGE / "instructor"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        # Every value in the page is cleaned and then escaped, whatever its source.
        finalize=_cleaned,
    )
    environment.filters.update(
        percent=_percent, names=partial(some, most=MOST_NAMES), lateness=lateness, short=_short
    )
    environment.globals.update(
        marks=MARKS, most_told=MOST_TOLD, weak=WEAK, fewest=FEWEST, most_compared=MOST_COMPARED
    )
    return environment.get_template("report.html.j2")


def _cleaned(value: Any) -> Any:
    return clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _percent(part: float, whole: float = 1.0) -> str:
    if 0 < part < 0.005 * whole:
        return "under 1%"
    return f"{100 * part / whole:.0f}%" if whole else "–"


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_NOTE else text[:LONGEST_NOTE] + " …"
