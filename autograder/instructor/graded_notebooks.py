"""The notebooks in autograded/, which Formgrader shows: reads their code, updates comments."""

from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbgrader.api import MissingEntry
from nbgrader.coursedir import CourseDirectory

from autograder.grading.submission import require_student
from autograder.instructor.code_view import Code
from autograder.instructor.comments import apply_points, comments_file, read_comments
from autograder.instructor.marks import gradebook_of
from autograder.instructor.run_nbgrader import course_config, submitted_folder
from autograder.instructor.shown_code import code_in, show_remarks
from autograder.text import UserError, clean


def code_of(top: Path, student: str, assignment: str, exercise: str) -> Code:
    """The code of an exercise as it was graded.

    Raises:
        UserError: if the submission is not graded, or an older kit graded it and stored no code.
    """
    for path in graded_notebooks(top, student, assignment):
        found = code_in(nbformat.read(path, as_version=4))
        if exercise in found:
            return found[exercise]
    submitted = submitted_folder(top)
    known = sorted(path.name for path in submitted.glob("[!.]*") if path.is_dir())
    require_student(student, known, submitted)
    raise UserError(
        f"{clean(student)} has no graded {exercise} in {assignment}: run "
        f"`make grade A={assignment} STUDENT={clean(student)} FORCE=1` first"
    )


def show_comments(top: Path, student: str, assignment: str) -> list[str]:
    """Update a submission's comments, which Formgrader shows, and count their points.

    Returns:
        a sentence for each exercise whose points do not count, and why.
    """
    remarks = read_comments(top, student, assignment)
    for path in graded_notebooks(top, student, assignment):
        notebook = nbformat.read(path, as_version=4)
        show_remarks(notebook, remarks)
        temporary = path.with_suffix(".new")
        nbformat.write(notebook, temporary)
        temporary.replace(path)
    with gradebook_of(top) as gradebook:
        try:
            return apply_points(gradebook, top, student, assignment)
        except MissingEntry:
            return []


def graded_notebooks(top: Path, student: str, assignment: str) -> Iterator[Path]:
    """The graded notebooks of a submission."""
    comments_file(top, student, assignment)  # raises UserError for an invalid id
    course = CourseDirectory(config=course_config(top))
    folder = Path(course.format_path(course.autograded_directory, student, assignment))
    yield from sorted(folder.glob("*.ipynb"))
