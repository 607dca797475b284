"""Gives feedback back through nbgrader's exchange; one student whose files are not whole ends no
batch.
"""

import glob
import os

from nbgrader.exchange.default import ExchangeReleaseFeedback

from autograder.text import some

SECRET = "submission_secret.txt"
"""What the exchange puts beside each hand-in, and asks for when feedback goes back."""


class ReleaseFeedback(ExchangeReleaseFeedback):
    """nbgrader's, a student at a time."""

    src_path: str

    def copy_files(self) -> None:
        """Release what can be released, and name the others at the end."""
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
            # It logs what it raises; nbgrader's command says no more than that it failed.
            self.fail(
                f"no feedback was released for {len(failed)}; all others have theirs. "
                + "; ".join(failed)
            )
