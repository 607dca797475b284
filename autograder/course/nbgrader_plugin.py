"""So that the nbgrader_config.py of a course that began with version 1 works as it is."""

from autograder.instructor.nbgrader_plugin import configure, install

__all__ = ["configure", "install"]
