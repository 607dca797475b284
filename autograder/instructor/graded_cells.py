"""Puts the grader's verdicts into a notebook's graded cells, where nbgrader reads the marks."""

import html
import math
import textwrap
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import determine_grade, is_grade, is_solution
from traitlets import Bool

from autograder.grading.grade import grade_folder
from autograder.grading.scratch import NoRoom
from autograder.instructor.comments import read_comments
from autograder.instructor.extensions import settle
from autograder.instructor.shown_code import add_comment_rows, code_in, show_code
from autograder.judging.verdict import ExerciseVerdict, Verdict
from autograder.learner.page import verdict_html
from autograder.text import UserError, clean, sentence, some

TEXT_WIDTH = 72


class NotGraded(Exception):
    """One submission cannot be graded; the message says why and what to do."""


class NoFaultOfTheirs(NotGraded):
    """The machine, not the student, is the cause; the submission keeps its earlier marks."""


class Grade(NbGraderPreprocessor):
    """Grades the submission outside the notebook, and puts the marks where nbgrader reads them.

    nbgrader gives full marks to a graded cell without outputs, or with a result that is not a plain
    number. So every cell gets a verified number, or this raises and nothing is graded.
    """

    allow_unsandboxed = Bool(
        False,
        help="Grade even where learners' code cannot run in a sandbox. Only for code you trust.",
    ).tag(config=True)

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        converter, about = self.parent.parent, resources["nbgrader"]
        assignment, student = about["assignment"], about["student"]
        # Grade the student's whole folder: later assignments call functions of earlier ones.
        submitted = converter.coursedir.format_path(
            converter.coursedir.submitted_directory, student, assignment
        )
        try:
            verdict = grade_folder(
                Path(submitted).parent,
                assignment=assignment,
                allow_unsandboxed=self.allow_unsandboxed,
            )
        except NoRoom as error:
            raise NoFaultOfTheirs(sentence(error)) from error
        except Exception as error:
            raise NotGraded(sentence(error)) from error
        remarks = converter.remarks.setdefault((student, assignment), [])
        notes = [*remarks, *verdict.notes]
        # Notes on an earlier assignment's files were reported when that one was graded.
        remarks += [said for said in verdict.notes if said.startswith(f"{assignment}/")]
        about_this = (student, assignment)
        for said in verdict.left_out:
            if said.startswith(f"{assignment}/"):
                converter.warnings.setdefault(about_this, []).append(said)
        stopped = [one for one in verdict.exercises if one.status == "error"]
        if len(stopped) == len(verdict.exercises):
            converter.stopped.add(about_this)
        if stopped:
            converter.warnings.setdefault(about_this, []).append(
                f"{len(stopped)} of {len(verdict.exercises)} exercises could not be run: "
                f"{stopped[0].exercise}: {stopped[0].message}"
            )
        lacking = [one for one in verdict.exercises if one.lacks_something]
        if lacking and not stopped:
            converter.warnings.setdefault(about_this, []).append(
                f"{some([one.exercise for one in lacking])} asks for what grading does not have: "
                f"{lacking[0].message}"
            )
        if not verdict.isolated:
            notes.insert(0, "NOT ISOLATED: this was graded without a sandbox.")
        for cell in nb.cells:
            if is_grade(cell) and not is_solution(cell):
                name = cell.metadata.nbgrader["grade_id"]
                fill_cell(cell, _verdict_on(verdict, name, assignment), notes)
                notes = [] if verdict.isolated else notes[:1]
        try:
            comments = read_comments(Path(converter.coursedir.root), about["student"], assignment)
        except UserError as error:
            # A mistake in a file of comments must not prevent grading.
            comments = {}
            remarks.append(f"The comments are left out: {sentence(error)}")
        show_code(nb, verdict, Path(submitted).parent, assignment, comments)
        with Gradebook(about["db_url"], converter.coursedir.course_id) as gradebook:
            add_comment_rows(gradebook, assignment, about["notebook"], list(code_in(nb)))
            # Before AssignLatePenalties, which computes the penalty from the extension.
            settle(gradebook, Path(converter.coursedir.root), about["student"])
        return nb, resources


def fill_cell(cell: NotebookNode, verdict: ExerciseVerdict, notes: list[str]) -> None:
    """Put a verdict into a graded cell, in the form that nbgrader reads and people see.

    Args:
        cell: a graded code cell.
        verdict: on its exercise.
        notes: sentences to print above it.

    Raises:
        NotGraded: if the score is not a finite number, nbgrader would read another one, or the
            points of the cell and of course.toml differ.
    """
    points = float(cell.metadata.nbgrader["points"])
    if points != verdict.points:
        raise NotGraded(
            f"{verdict.exercise} is worth {verdict.points:g} points in course.toml, but {points:g} "
            "in gradebook.db: run `make release`"
        )
    score = verdict.score
    if isinstance(score, bool) or not isinstance(score, int | float) or not math.isfinite(score):
        raise NotGraded(f"the score of {verdict.exercise} is {score!r}, which is not a mark")
    mark = round(min(max(float(score), 0.0), points), 4)
    cell.outputs = [
        nbformat.v4.new_output("stream", name="stdout", text=verdict_text(verdict, mark, notes)),
        nbformat.v4.new_output(
            "execute_result",
            # Repeat the notes: a page that shows the HTML may leave out the printed text.
            {"text/plain": repr(mark), "text/html": _notes_html(notes) + verdict_html(verdict)},
            execution_count=1,
        ),
    ]
    cell.execution_count = 1
    if determine_grade(cell)[0] != mark:
        raise NotGraded(f"nbgrader does not read the score of {verdict.exercise} as {mark!r}")


def verdict_text(verdict: ExerciseVerdict, mark: float, notes: list[str]) -> str:
    """The mark as plain text; the results of the checks are in the HTML below it.

    Args:
        verdict: on one exercise.
        mark: its points.
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
