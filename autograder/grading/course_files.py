"""Where a course keeps what grading needs between two runs: its secret and its verdicts."""

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
    """The store of this course: the folder that AUTOGRADER_STORE names, or .graded at its top."""
    return VerdictStore(Path(os.environ.get("AUTOGRADER_STORE") or course_folder() / STORE_FOLDER))


@cache
def course_secret() -> str:
    """The text that all hidden random numbers grow from; made on first use, and kept.

    It stands in the variable AUTOGRADER_SECRET, or in the file .course_secret at the top of
    the course: with the same secret, a regrade repeats exactly.
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
    """Replace the secret in the file; what AUTOGRADER_SECRET holds is not touched.

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
    # Of several graders that start together one chooses it, and none reads half of it.
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
    """Where secret and verdicts are kept: the checkout's top, else a folder of the user's."""
    checkout = PACKAGE.parent
    if (checkout / "nbgrader_config.py").is_file():
        return checkout
    home = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(home) / "cnn-from-scratch-kit"
