"""The feedback page: nbgrader's, with the verdicts in front and the lesson left out."""

import os
from typing import Any

import nbgrader.converters
from nbgrader.api import Gradebook
from traitlets.config import Config

from autograder.catalogue import PACKAGE

TEMPLATES = PACKAGE / "instructor" / "feedback_template"


class GenerateFeedback(nbgrader.converters.GenerateFeedback):
    """nbgrader's, with a page that says whose it is and names each exercise."""

    assignments: Any

    def __init__(self, coursedir: Any = None, **kwargs: Any) -> None:
        super().__init__(coursedir=coursedir, **kwargs)
        page = Config()
        page.HTMLExporter.template_name = "cnn_feedback"
        html = self.config.HTMLExporter
        theirs = list(html.extra_template_basedirs)
        page.HTMLExporter.extra_template_basedirs = [str(TEMPLATES), *theirs]
        # Where our page finds the one that it extends.
        page.HTMLExporter.extra_template_paths = [*html.extra_template_paths, *theirs]
        self.update_config(page)

    def init_notebooks(self) -> None:
        """Leave out students whom somebody removed from the gradebook."""
        super().init_notebooks()
        with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as gradebook:
            known = {(s.student_id, a.name) for a in gradebook.assignments for s in a.submissions}
        self.assignments = {
            folder: notebooks
            for folder, notebooks in self.assignments.items()
            if (os.path.basename(os.path.dirname(folder)), os.path.basename(folder)) in known
        }

    def update_config(self, config: Config) -> None:
        """Keep our page: nbgrader's API, which Formgrader calls, names its own after the start."""
        if "template_name" in config.HTMLExporter:
            config = Config(config)
            config.HTMLExporter.template_name = "cnn_feedback"
        super().update_config(config)
