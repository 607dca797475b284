"""The feedback page: nbgrader's, with the verdicts first and without the lesson."""

import os
from pathlib import Path
from typing import Any

import nbgrader.converters
from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.preprocessors import GetGrades, NbGraderPreprocessor
from traitlets import List
from traitlets.config import Config

from autograder.catalogue import PACKAGE
from autograder.instructor.attempts import attempts_to_show
from autograder.instructor.colours import dark_variables
from autograder.instructor.comments import apply_points, read_comments
from autograder.instructor.regrade_requests import requests_of
from autograder.instructor.shown_code import show_remarks
from autograder.instructor.written_answer import harmless
from autograder.text import UserError

TEMPLATES = PACKAGE / "instructor" / "feedback_template"


class ShowComments(NbGraderPreprocessor):
    """Adds the graders' current comments, earlier attempts, and requests with their answers."""

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        course, about = self.parent.parent.coursedir, resources["nbgrader"]
        student, assignment = about["student"], about["assignment"]
        top = Path(course.root)
        try:
            show_remarks(nb, read_comments(top, student, assignment))
            with Gradebook(course.db_url, course.course_id) as gradebook:
                for said in apply_points(gradebook, top, student, assignment):
                    self.log.warning("%s", said)
        except UserError as error:
            # `autograder feedback` names every damaged file; the page shows the rest.
            self.log.warning("%s", error)
        submitted = top / course.submitted_directory
        about["requests"] = requests_of(top, submitted, student, assignment)
        about["dark"] = dark_variables()
        about["attempts"] = attempts_to_show(top, submitted, student, assignment)
        return nb, resources


class HarmlessComments(NbGraderPreprocessor):
    """Makes the text of Formgrader's comment boxes safe to show: it cannot start a script."""

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        for cell in nb.cells:
            about = cell.metadata.get("nbgrader", {})
            if about.get("comment"):
                about["comment"] = harmless(about["comment"])
        return nb, resources


class GenerateFeedback(nbgrader.converters.GenerateFeedback):
    """nbgrader's, with a page that names the student and each exercise."""

    assignments: Any
    preprocessors = List(
        [ShowComments, GetGrades, HarmlessComments, CSSHTMLHeaderPreprocessor]
    ).tag(config=True)

    def __init__(self, coursedir: Any = None, **kwargs: Any) -> None:
        super().__init__(coursedir=coursedir, **kwargs)
        page = Config()
        page.HTMLExporter.template_name = "cnn_feedback"
        html = self.config.HTMLExporter
        theirs = list(html.extra_template_basedirs)
        page.HTMLExporter.extra_template_basedirs = [str(TEMPLATES), *theirs]
        # Here our template finds nbgrader's template, which it extends.
        page.HTMLExporter.extra_template_paths = [*html.extra_template_paths, *theirs]
        self.update_config(page)

    def init_notebooks(self) -> None:
        """Leave out students who were removed from the gradebook."""
        super().init_notebooks()
        with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as gradebook:
            known = {(s.student_id, a.name) for a in gradebook.assignments for s in a.submissions}
        self.assignments = {
            folder: notebooks
            for folder, notebooks in self.assignments.items()
            if (os.path.basename(os.path.dirname(folder)), os.path.basename(folder)) in known
        }

    def update_config(self, config: Config) -> None:
        """Keep our template: nbgrader's API, which Formgrader uses, later sets its own."""
        if "template_name" in config.HTMLExporter:
            config = Config(config)
            config.HTMLExporter.template_name = "cnn_feedback"
        super().update_config(config)
