"""The course around it, over nbgrader: release, gradebook, feedback, report, export, handout."""

from autograder.text import UserError


class CourseError(UserError):
    """What was asked of the course cannot be done; the sentence says why and what to do."""
