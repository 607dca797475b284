"""The course around it, over nbgrader: release, gradebook, feedback, report, export, handout."""


class CourseError(Exception):
    """What was asked of the course cannot be done; the sentence says why and what to do."""
