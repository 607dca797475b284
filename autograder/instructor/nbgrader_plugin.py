"""Teaches nbgrader this course: stubs on generate, the sandboxed grader on autograde.

`nbgrader_config.py` calls `configure`, so all of this holds for nbgrader's command line, its
Python API and Formgrader alike. What can be said in nbgrader's configuration is said there (the
preprocessors). nbgrader has no hook before it deletes a folder, before it looks for notebooks and
before it copies a learner's files, so those are overridden in subclasses of its converters, which
`install` puts where nbgrader looks its converters up.
"""

import os
import shutil
import sys
import warnings
from pathlib import Path

import nbgrader.apps.api
import nbgrader.apps.autogradeapp
import nbgrader.apps.generateassignmentapp
import nbgrader.apps.generatefeedbackapp
from traitlets.config import Config

from autograder.catalogue import choose
from autograder.instructor.autograde import AUTOGRADE, SANITIZE, Autograde
from autograder.instructor.commit_guard import guard_marks
from autograder.instructor.generate_assignment import GENERATE, GenerateAssignment
from autograder.instructor.generate_feedback import GenerateFeedback
from autograder.instructor.marks_by_hand import watch_marks


def configure(c: Config, root: Path) -> None:
    """Set up nbgrader for the course in `root`; for nbgrader_config.py.

    Args:
        c: nbgrader's configuration.
        root: the course's top folder, absolute.
    """
    choose(root)
    c.CourseDirectory.root = str(root)
    # Relative, it would open a second, empty gradebook wherever Jupyter was started.
    c.CourseDirectory.db_url = f"sqlite:///{root / 'gradebook.db'}"
    c.CourseDirectory.release_directory = "assignments"
    c.GenerateAssignment.preprocessors = GENERATE
    c.Autograde.sanitize_preprocessors = SANITIZE
    c.Autograde.autograde_preprocessors = AUTOGRADE
    c.ExchangeFactory.release_feedback = "autograder.instructor.release_feedback.ReleaseFeedback"
    c.ExportApp.plugin_class = "autograder.instructor.csv_export.PrivateCsv"
    guard_marks(root)
    watch_marks()
    install()


def install() -> None:
    """Put this course's three converters in the place of nbgrader's own.

    Also puts this environment's programs on PATH: nbgrader starts `alembic` by its bare name
    for every new gradebook, and without it dies with the release folder already deleted.
    """
    nbgrader.apps.api.GenerateAssignment = GenerateAssignment
    nbgrader.apps.generateassignmentapp.GenerateAssignment = GenerateAssignment
    nbgrader.apps.api.Autograde = Autograde
    nbgrader.apps.autogradeapp.Autograde = Autograde
    nbgrader.apps.api.GenerateFeedback = GenerateFeedback
    nbgrader.apps.generatefeedbackapp.GenerateFeedback = GenerateFeedback
    # nbgrader's own use of its database library; nothing that a person can act on.
    warnings.filterwarnings("ignore", message="Object of type <Submitted")
    programs = os.path.dirname(sys.executable)
    alembic = os.path.join(programs, "alembic")
    if os.path.exists(alembic) and shutil.which("alembic") != alembic:
        os.environ["PATH"] = programs + os.pathsep + os.environ.get("PATH", os.defpath)
