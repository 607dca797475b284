"""`make demo`: all steps on a sample class, in a scratch course."""

import shutil
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from nbgrader.api import Gradebook
from rich.console import Console
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from autograder.catalogue import PACKAGE, load
from autograder.grading.isolation import find_isolation
from autograder.grading.sandbox import NoBackend
from autograder.instructor import run_nbgrader
from autograder.instructor.class_grading import grade_class
from autograder.instructor.places import REPORT
from autograder.instructor.report import write_report
from autograder.instructor.run_nbgrader import Graded
from autograder.instructor.sample_class import Student, hand_in, sample_class
from autograder.text import UserError

CHECKOUT = PACKAGE.parent


def run_demo(folder: Path | None, console: Console) -> None:
    """Release, collect, grade, give feedback, export and report; print where each result is.

    Args:
        folder: the scratch course; a new folder, if None. The checkout's own gradebook.db and
            assignments/ are not touched.
        console: where progress is shown.

    Raises:
        UserError: if the folder is not empty.
    """
    start = time.monotonic()
    if folder is not None and folder.exists() and any(folder.iterdir()):
        raise UserError(f"{folder} is not empty; name a new folder")
    top = (folder or Path(tempfile.mkdtemp(prefix="cnn-course-"))).resolve()
    top.mkdir(parents=True, exist_ok=True)
    sample = sample_class()
    students = sample.students
    isolated = _isolated(console)
    if not isolated:
        students = tuple(student for student in students if not student.hostile)

    console.print(Rule("1 of 6 · release: stubs and notebooks from solutions/ and source/"))
    shutil.copy(CHECKOUT / "nbgrader_config.py", top)
    for name in ("source", "solutions"):
        shutil.copytree(
            CHECKOUT / name, top / name, ignore=shutil.ignore_patterns("__pycache__", ".*")
        )
    run_nbgrader.release(top, on_done=lambda name: console.print(f"  assignments/{name}"))
    with Gradebook(f"sqlite:///{top / 'gradebook.db'}") as gradebook:
        for name, due in sample.due.items():
            gradebook.update_or_create_assignment(name, duedate=due)

    console.print(Rule("2 of 6 · collect: a sample class hands in"))
    for student in students:
        _hand_in(student, top)
        console.print(f"  {student.id:<20} {student.shows}", soft_wrap=True)

    console.print(Rule("3 of 6 · grade: public and hidden checks, each learner in a sandbox"))
    graded = grade_class(top, console, allow_unsandboxed=not isolated).graded

    console.print(Rule("4 of 6 · feedback: a page for each student and notebook"))
    pages = run_nbgrader.feedback(top)
    console.print(f"  {len(pages.pages)} pages")

    console.print(Rule("5 of 6 · export"))
    marks = run_nbgrader.export(top)
    console.print(Rule("6 of 6 · report: what the class understood"))
    index, *_ = write_report(top, top / REPORT, allow_unsandboxed=not isolated)
    console.print()
    console.print(_class_table(students, graded))
    if not isolated:
        console.print(Text("NOT ISOLATED: the hostile submission was left out.", "bold red"))
    for what, where in (
        ("marks", marks),
        ("feedback pages", top / "feedback"),
        ("class report", index),
        ("its pictures", top / REPORT / "*.png"),
        ("gradebook", top / "gradebook.db"),
    ):
        console.print(f"{what:<15} {where}", soft_wrap=True)
    console.print(f"{'Formgrader':<15} cd {top} && {_jupyter()} lab", soft_wrap=True)
    console.print(f"done in {time.monotonic() - start:.0f} seconds")


def _isolated(console: Console) -> bool:
    try:
        isolation = find_isolation()
    except NoBackend as error:
        console.print(Text(f"NOT ISOLATED: {error}", "bold red"))
        return False
    console.print(f"sandbox: {isolation.name}")
    return True


def _hand_in(student: Student, top: Path) -> None:
    """Write a sample submission to submitted/, with notebooks if the student hands them in."""
    target = hand_in(student, top / "submitted" / student.id)
    for name in student.hands_in if student.has_notebook else ():
        shutil.copy(top / "assignments" / name / f"{name}.ipynb", target / name)


def _class_table(students: Sequence[Student], graded: list[Graded]) -> Table:
    table = Table(title="The class", title_justify="left")
    table.add_column("student")
    names = [assignment.name for assignment in load().assignments]
    for name in names:
        table.add_column(name.split("_")[0], justify="right")
    table.add_column("total", justify="right")
    marks = {(one.student, one.assignment): one for one in graded}
    for student in students:
        row, total = [], 0.0
        for name in names:
            one = marks.get((student.id, name))
            if one is None:
                row.append("·")
            elif one.score is None:
                row.append("not graded")
            else:
                row.append(f"{one.score:g}{' late' if one.seconds_late else ''}")
                total += one.score
        table.add_row(student.id, *row, f"{total:g}")
    return table


def _jupyter() -> str:
    beside = Path(shutil.which("jupyter") or "jupyter")
    own = CHECKOUT / ".venv" / "bin" / "jupyter"
    return str(own if own.exists() else beside)
