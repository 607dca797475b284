"""Stops grading if the gradebook does not have the current exercises and points."""

import contextlib

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.coursedir import CourseDirectory

from autograder.instructor.generated import find_assignment
from autograder.text import UserError


def require_released(course: CourseDirectory, name: str) -> None:
    """Require that the gradebook has an assignment's current exercises and points.

    Args:
        course: nbgrader's; has the gradebook's address.
        name: the assignment's.

    Raises:
        UserError: if it does not have them.
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
        raise UserError(
            f"{problem}. Run `make release` (nbgrader generate_assignment {name}) first."
        )
