"""The files that a course keeps from one grading to the next: its secret and its verdicts."""

import contextlib
import os
import secrets
import tempfile
from functools import cache
from pathlib import Path

from autograder.catalogue import PACKAGE
from autograder.grading.verdict_store import VerdictStore
from autograder.judging.results import ChecksError

SECRET_FILE = ".course_secret"
STORE_FOLDER = ".graded"


def course_store() -> VerdictStore:
    """The store of this course, in the folder AUTOGRADER_STORE or in .graded at its top."""
    return VerdictStore(Path(os.environ.get("AUTOGRADER_STORE") or course_folder() / STORE_FOLDER))


@cache
def course_secret() -> str:
    """The seed of all hidden random numbers, as text; made on first use, and kept.

    It is in the variable AUTOGRADER_SECRET, or else in the file .course_secret at the top of the
    course. With the same secret, a regrade uses the same numbers.
    """
    given = os.environ.get("AUTOGRADER_SECRET")
    if given:
        return given
    file = secret_file()
    try:
        return _kept_secret(file)
    except OSError as error:
        raise ChecksError(
            f"the course secret, {file}, cannot be kept ({error.strerror}): make room on the disk "
            "and see to the folder's rights, or give a secret in AUTOGRADER_SECRET"
        ) from error


def renew_secret() -> Path:
    """Replace the secret in the file; AUTOGRADER_SECRET is not changed.

    Returns:
        the file.
    """
    file = secret_file()
    file.unlink(missing_ok=True)
    course_secret.cache_clear()
    _kept_secret(file)
    return file


def secret_file() -> Path:
    """Where the secret is kept, if not in AUTOGRADER_SECRET."""
    return course_folder() / SECRET_FILE


def _kept_secret(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        pass
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor, own = tempfile.mkstemp(dir=file.parent, prefix=SECRET_FILE)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(secrets.token_hex(16) + "\n")
    except OSError:
        os.unlink(own)
        raise
    # If several graders start together, one sets the secret, and none reads half of it.
    try:
        os.link(own, file)
    except FileExistsError:
        pass
    except OSError:  # a file system without hard links
        os.replace(own, file)
    with contextlib.suppress(FileNotFoundError):
        os.unlink(own)
    return file.read_text(encoding="utf-8").strip()


def course_folder() -> Path:
    """The folder of secret and verdicts: the checkout's top, else one in the user's home."""
    checkout = PACKAGE.parent
    if (checkout / "nbgrader_config.py").is_file():
        return checkout
    home = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(home) / "cnn-from-scratch-kit"
