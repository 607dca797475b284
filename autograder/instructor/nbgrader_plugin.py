"""Adapts nbgrader to this course: stubs on generate, the sandboxed grader on autograde.

`nbgrader_config.py` calls `configure`, so that nbgrader's command line, its Python API and
Formgrader behave alike. The preprocessors are set in nbgrader's configuration. nbgrader has no
hook before it deletes a folder, looks for notebooks or copies a learner's files. So subclasses of
its converters override these steps, and `install` puts them where nbgrader looks up converters.
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
    """Set up nbgrader for the course in `root`; nbgrader_config.py calls this.

    Args:
        c: nbgrader's configuration.
        root: the course's top folder, absolute.
    """
    choose(root)
    c.CourseDirectory.root = str(root)
    # With a relative path, nbgrader would open a new gradebook where Jupyter was started.
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
    """Replace nbgrader's three converters by this course's.

    Also puts this environment's programs on PATH: for a new gradebook nbgrader runs `alembic`,
    and if PATH has none, it fails after it has deleted the release folder.
    """
    nbgrader.apps.api.GenerateAssignment = GenerateAssignment
    nbgrader.apps.generateassignmentapp.GenerateAssignment = GenerateAssignment
    nbgrader.apps.api.Autograde = Autograde
    nbgrader.apps.autogradeapp.Autograde = Autograde
    nbgrader.apps.api.GenerateFeedback = GenerateFeedback
    nbgrader.apps.generatefeedbackapp.GenerateFeedback = GenerateFeedback
    # The warning is about nbgrader's use of SQLAlchemy; a user cannot act on it.
    warnings.filterwarnings("ignore", message="Object of type <Submitted")
    programs = os.path.dirname(sys.executable)
    alembic = os.path.join(programs, "alembic")
    if os.path.exists(alembic) and shutil.which("alembic") != alembic:
        os.environ["PATH"] = programs + os.pathsep + os.environ.get("PATH", os.defpath)
