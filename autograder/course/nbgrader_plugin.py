"""Lets the nbgrader_config.py of a course that began with version 0.1 work unchanged."""

from autograder.instructor.nbgrader_plugin import configure, install

__all__ = ["configure", "install"]
