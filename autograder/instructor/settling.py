"""Copies extensions, late days and comments' points from the course's files to the gradebook."""

from pathlib import Path

from nbgrader.api import MissingEntry

from autograder.instructor.comments import apply_points
from autograder.instructor.extensions import settle_all
from autograder.instructor.marks import gradebook_of
from autograder.instructor.places import COMMENTS
from autograder.text import UserError


def settle_course(top: Path) -> list[str]:
    """Update the gradebook from extensions.toml, policy.toml and comments/.

    Args:
        top: the course's top folder.

    Returns:
        a sentence with the reason for each entry that could not be copied.
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
                continue  # the submission is not graded yet, or the student was removed
            except UserError as error:
                said.append(str(error))
    return said
