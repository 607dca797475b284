"""Gives feedback back through nbgrader's exchange; one student whose files are not whole ends no
batch.
"""

import glob
import os

from nbgrader.exchange.default import ExchangeReleaseFeedback


class ReleaseFeedback(ExchangeReleaseFeedback):
    """nbgrader's, a student at a time."""

    src_path: str

    def copy_files(self) -> None:
        """Release what can be released, and name the others at the end."""
        pattern = self.src_path
        failed = []
        for folder in sorted(glob.glob(pattern)):
            self.src_path = glob.escape(folder)
            try:
                super().copy_files()
            except OSError as error:
                student = os.path.basename(os.path.dirname(folder))
                missing = os.path.basename(str(error.filename or ""))
                failed.append(f"{student}: {missing}: {error.strerror}")
        self.src_path = pattern
        if failed:
            # It logs what it raises; nbgrader's command says no more than that it failed.
            self.fail(
                f"no feedback was released for {len(failed)}; all others have theirs. "
                "Only what was collected by the exchange can go back through it. "
                + "; ".join(failed)
            )
