"""Releases feedback through nbgrader's exchange.

A student whose files are incomplete does not stop the release for the others.
"""

import glob
import os

from nbgrader.exchange.default import ExchangeReleaseFeedback

from autograder.text import some

# The exchange writes this file beside each hand-in, and needs it to give feedback back.
SECRET = "submission_secret.txt"


class ReleaseFeedback(ExchangeReleaseFeedback):
    """nbgrader's ExchangeReleaseFeedback, called for one student at a time."""

    src_path: str

    def copy_files(self) -> None:
        """Release the feedback of each student, and report at the end for whom that failed."""
        pattern = self.src_path
        failed, elsewhere = [], []
        for folder in sorted(glob.glob(pattern)):
            self.src_path = glob.escape(folder)
            try:
                super().copy_files()
            except OSError as error:
                student = os.path.basename(os.path.dirname(folder))
                missing = os.path.basename(str(error.filename or ""))
                if missing == SECRET:
                    elsewhere.append(student)
                else:
                    failed.append(f"{student}: {missing}: {error.strerror}")
        self.src_path = pattern
        if elsewhere:
            self.log.warning(
                f"{len(elsewhere)} handed in by another way than the exchange, so their feedback "
                f"cannot go back through it: {some(elsewhere)}. It lies in feedback/"
            )
        if failed:
            # `fail` logs the message that it raises; nbgrader's command prints only that it failed.
            self.fail(
                f"no feedback was released for {len(failed)}; all others have theirs. "
                + "; ".join(failed)
            )
