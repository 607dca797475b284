"""The files and folders of a course that hold one term's data, and who may read them."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.instructor.commit_guard import GRADEBOOK

if TYPE_CHECKING:
    from traitlets.config import Config

HISTORY = "history.db"
BACKUPS = ".backups"
COMMENTS = "comments"
ATTEMPTS = "attempts"
GRADERS = "graders"
EXPORTS = "exports"
REPORT = "report"
EXTENSIONS = "extensions.toml"
# Folders of the course that hold names, code or marks.
FOLDERS = ("autograded", "feedback", COMMENTS, ATTEMPTS, GRADERS, EXPORTS, REPORT, BACKUPS)


def keep_private(top: Path, config: "Config | None" = None) -> None:
    """Make all files and folders with students' data private.

    Args:
        top: the course's top folder.
        config: nbgrader's.
    """
    submitted = "submitted"
    if config is not None:
        submitted = config.CourseDirectory.get("submitted_directory", submitted)
    for name in (GRADEBOOK, HISTORY, EXTENSIONS, submitted, *FOLDERS):
        make_private(top / name, config)


def make_private(path: Path, config: "Config | None" = None) -> None:
    """Give access to the owner only, and to the group if nbgrader's groupshared is set.

    Args:
        path: a file, or a folder, whose contents others then cannot reach.
        config: nbgrader's.
    """
    shared = bool(config is not None and config.CourseDirectory.get("groupshared", False))
    try:
        mode = path.stat().st_mode & 0o7777
        if shared:
            wanted = mode & ~0o007 | (0o2770 if path.is_dir() else 0o660)
        else:
            wanted = mode & ~0o077 | (0o700 if path.is_dir() else 0o600)
        if wanted != mode:
            os.chmod(path, wanted)
    except OSError:
        return  # missing, or another user's: only the owner may change its mode
