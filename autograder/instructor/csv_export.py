"""nbgrader's own CSV of all marks, which only its owner may read."""

from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.plugins import CsvExportPlugin

from autograder.instructor.places import make_private


class PrivateCsv(CsvExportPlugin):
    """What `nbgrader export` writes: the file is closed to others before the first mark."""

    def export(self, gradebook: Gradebook) -> None:
        file = Path(self.to or "grades.csv")
        file.touch(mode=0o600)
        make_private(file, self.config)
        super().export(gradebook)
