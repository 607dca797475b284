"""Points nbgrader at this course; autograder/instructor/nbgrader_plugin.py configures it."""

from pathlib import Path

from autograder.instructor.nbgrader_plugin import configure

c = get_config()  # type: ignore[name-defined]  # noqa: F821
configure(c, Path(__file__).resolve().parent)
