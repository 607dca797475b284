"""Puts what stands in the course's files into the gradebook: extensions, late days, points."""

from pathlib import Path

from nbgrader.api import MissingEntry

from autograder.instructor.comments import apply_points
from autograder.instructor.extensions import settle_all
from autograder.instructor.marks import gradebook_of
from autograder.instructor.places import COMMENTS
from autograder.text import UserError


def settle_course(top: Path) -> list[str]:
    """Bring the gradebook to what extensions.toml, policy.toml and comments/ say.

    Args:
        top: the course's top folder.

    Returns:
        a sentence for each thing that could not be put in, and why.
    """
    said: list[str] = []
    with gradebook_of(top, empty=True) as gradebook:
        try:
            list(settle_all(gradebook, top))
        except UserError as error:
            said.append(str(error))
        for path in sorted((top / COMMENTS).glob("[!.]*/*.toml")):
            try:
                said += apply_points(gradebook, top, path.parent.name, path.stem)
            except MissingEntry:
                continue  # written before the first grading, or of somebody who has left
            except UserError as error:
                said.append(str(error))
    return said
