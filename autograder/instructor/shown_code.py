"""Puts the learner's code into graded notebooks, below each verdict, with a box for comments.

nbgrader allows comments only on solution cells, not on a graded cell. So one cell for each
exercise is added to the graded notebook only. The notebook that learners receive is not changed,
and assignments that are already released can have comments too.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import nbformat
import nbgrader.preprocessors
from nbformat import NotebookNode
from nbgrader.api import Comment, MissingEntry
from nbgrader.utils import is_grade, is_solution, is_task

from autograder.catalogue import load
from autograder.grading.scratch import scratch
from autograder.instructor.code_view import Code, Remark, code_html, find_code
from autograder.judging.intake import take_in_assignment
from autograder.judging.verdict import ExerciseVerdict, Verdict

# The key of our metadata in an output that shows code.
KEY = "autograder_code"
COMMENT_CELL = "{exercise}-code"
# The prefix of the ids of comment cells; no other cell has it.
COMMENT_ID = "comment-"
Remarks = Mapping[str, Sequence[Remark]]


def comment_cells() -> frozenset[str]:
    """The names of all cells for comments on an exercise's code."""
    return frozenset(COMMENT_CELL.format(exercise=e.name) for e in load().exercises)


def show_code(
    nb: NotebookNode, verdict: Verdict, submission: Path, assignment: str, remarks: Remarks
) -> None:
    """Show in each graded cell the code that was judged, and add a cell for comments after it.

    The cells of the lesson are removed, because a grader needs only the answers. The cell directly
    before an answer that is marked by hand is kept, because it may hold the question.

    Args:
        nb: the notebook that is being graded; its graded cells hold their verdicts.
        verdict: on the submission.
        submission: the student's folder, untrusted.
        assignment: its name.
        remarks: the graders' comments, by exercise.
    """
    texts = _texts(submission, assignment)
    cells = []
    following = [*nb.cells[1:], None]
    for cell, after in zip(nb.cells, following, strict=True):
        if _is_answer(cell) or (after is not None and _by_hand(after)):
            cells.append(cell)
        if not is_grade(cell) or is_solution(cell):
            continue
        name = cell.metadata.nbgrader["grade_id"]
        found = next(
            v for v in verdict.exercises if (v.exercise, v.assignment) == (name, assignment)
        )
        code = _judged_code(found, texts)
        cell.outputs.append(_output(code, remarks.get(name, ())))
        cells.append(_comment_cell(name, code.file))
    nb.cells = cells


def show_remarks(nb: NotebookNode, remarks: Remarks) -> None:
    """Show a graded notebook's code again, with the graders' current comments."""
    for cell in nb.cells:
        for place, output in enumerate(cell.get("outputs", [])):
            code = _code_in(output)
            if code is not None:
                cell.outputs[place] = _output(code, remarks.get(code.exercise, ()))


def code_in(nb: NotebookNode) -> dict[str, Code]:
    """The code that a graded notebook shows, by exercise."""
    outputs = (output for cell in nb.cells for output in cell.get("outputs", []))
    return {code.exercise: code for code in map(_code_in, outputs) if code is not None}


def add_comment_rows(gradebook: Any, assignment: str, notebook: str, names: Sequence[str]) -> None:
    """Add the gradebook's rows for a comment on each exercise's code, in all submissions.

    nbgrader makes these rows when it makes a submission, and does not add them later.

    Args:
        gradebook: nbgrader's Gradebook.
        assignment, notebook: their names.
        names: the exercises of that notebook.
    """
    book = gradebook.find_notebook(notebook, assignment)
    known = {cell.name for cell in book.solution_cells}
    for name in names:
        cell_name = COMMENT_CELL.format(exercise=name)
        if cell_name not in known:
            gradebook.add_solution_cell(cell_name, notebook, assignment)
    ours = [cell for cell in book.solution_cells if cell.name in comment_cells()]
    for submitted in book.submissions:
        there = {comment.cell_id for comment in submitted.comments}
        for cell in ours:
            if cell.id not in there:
                gradebook.db.add(Comment(cell=cell, notebook=submitted))
    gradebook.db.commit()


class SaveCells(nbgrader.preprocessors.SaveCells):
    """nbgrader's SaveCells, which also works if an assignment already has submissions.

    nbgrader then refuses to add or remove cells. This class keeps the cells for comments, and
    accepts new cells of the lesson, because no mark depends on them. Old cells of the lesson are
    kept, because submitted notebooks still have them.
    """

    def _create_notebook(self, nb: NotebookNode) -> None:
        try:
            book = self.gradebook.find_notebook(self.notebook_id, self.assignment_id)
        except MissingEntry:
            book = None
        if book is not None and book.submissions:
            names = comment_cells()
            for cell in book.solution_cells:
                if cell.name in names:
                    self.new_solution_cells.setdefault(cell.name, {})
            for name, text in self.new_source_cells.items():
                self.gradebook.update_or_create_source_cell(
                    name, self.notebook_id, self.assignment_id, **text
                )
            for cell in book.source_cells:
                self.new_source_cells.setdefault(cell.name, {})
        super()._create_notebook(nb)


def _is_answer(cell: NotebookNode) -> bool:
    return is_grade(cell) or is_solution(cell) or is_task(cell)


def _by_hand(cell: NotebookNode) -> bool:
    return is_solution(cell) or is_task(cell)


def _texts(submission: Path, assignment: str) -> dict[str, str]:
    """The files of an assignment as they were graded, by path below the submission."""
    course = load()
    texts = {}
    with scratch("code") as target:
        found = course.assignment(assignment)
        taken = take_in_assignment(submission, found, target, course)
        for name in found.files:
            file = taken.folder / assignment / name
            if file.is_file():
                text = file.read_text(encoding="utf-8", errors="replace")
                texts[f"{assignment}/{name}"] = text
    return texts


def _judged_code(verdict: ExerciseVerdict, texts: Mapping[str, str]) -> Code:
    path = load().exercise(verdict.exercise).path
    # An exercise that is not written has no code to show.
    if verdict.status == "todo" or path not in texts:
        return Code(verdict.exercise, path)
    marked = {
        int(step["line"])
        for check in verdict.checks
        if check.failure is not None and not check.passed
        for step in check.failure.trace
        if step["file"] == path
    }
    return find_code(texts[path], verdict.exercise, path, sorted(marked))


def _output(code: Code, remarks: Sequence[Remark]) -> NotebookNode:
    return nbformat.v4.new_output(
        "display_data",
        {"text/html": code_html(code, remarks)},
        metadata={
            KEY: {
                "exercise": code.exercise,
                "file": code.file,
                "lines": [[number, line] for number, line in code.lines.items()],
                "marked": code.marked,
            }
        },
    )


def _code_in(output: NotebookNode) -> Code | None:
    about = output.get("metadata", {}).get(KEY)
    if about is None:
        return None
    lines = {int(number): str(line) for number, line in about["lines"]}
    return Code(about["exercise"], about["file"], lines, list(about["marked"]))


def _comment_cell(exercise: str, file: str) -> NotebookNode:
    # Without a checksum, by which nbgrader would add "No response." to an unchanged cell.
    settings = {
        "grade": False,
        "solution": True,
        "locked": False,
        "task": False,
        "schema_version": 3,
        "grade_id": COMMENT_CELL.format(exercise=exercise),
    }
    return nbformat.v4.new_code_cell(
        f"# A comment on {exercise}, for its author. On one line of it: autograder comment --line",
        id=f"{COMMENT_ID}{exercise}".replace("_", "-")[:64],
        metadata={"nbgrader": settings, "editable": False},
    )
