"""nbgrader's own CSV of all marks, closed to other users."""

from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.plugins import CsvExportPlugin

from autograder.instructor.places import make_private


class PrivateCsv(CsvExportPlugin):
    """The exporter of `nbgrader export`; it closes the file to others before it writes marks."""

    def export(self, gradebook: Gradebook) -> None:
        file = Path(self.to or "grades.csv")
        file.touch(mode=0o600)
        make_private(file, self.config)
        super().export(gradebook)
