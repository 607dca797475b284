"""Takes in a submission as data: copies the expected files as plain files, and nothing else."""

import difflib
import os
from dataclasses import dataclass, field
from pathlib import Path

from autograder.catalogue import Assignment, Course
from autograder.judging.stubs import stubs_of
from autograder.packaging.file_names import DOCUMENTS, is_nobodys
from autograder.packaging.gather import gather
from autograder.packaging.plain_files import read_plain, why_unread
from autograder.packaging.search import LARGEST_FILE
from autograder.text import UserError, clean

# Other files and folders that are normal in a learner's folder, so that no sentence mentions them.
EXPECTED_ENDINGS = (
    *(".ipynb", ".txt", ".md", ".pdf", ".html"),
    *(".png", ".jpg", ".jpeg", ".npz", ".npy", ".csv"),
)
EXPECTED_NAMES = ("pictures",)
MOST_NAMED = 12


class NoSubmission(UserError):
    """The path is not a folder shaped like assignments/; the message says why."""


@dataclass
class Intake:
    """The files that were taken in, and sentences about the others.

    Attributes:
        folder: a fresh folder shaped like assignments/, of plain files.
        taken: a sentence for each file that was taken under another name.
        left_out: a sentence for each thing that was not taken in.
        unclear: by assignment, a sentence for each expected file that is missing although the work
            may be in another place; a mark of 0 for it would be wrong.
    """

    folder: Path
    taken: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    unclear: dict[str, list[str]] = field(default_factory=dict)


def require_submission(path: Path, course: Course) -> None:
    """Raise NoSubmission unless `path` is a folder that contains an assignment's folder."""
    try:
        _require_shape(path, course)
    except OSError as error:
        raise NoSubmission(f"{clean(str(path))} cannot be read: {why_unread(error)}") from None


def _require_shape(path: Path, course: Course) -> None:
    if not path.exists():
        raise NoSubmission(f"{clean(str(path))}: there is no such folder")
    if not path.is_dir():
        raise NoSubmission(
            f"{clean(str(path))} is a file; give the folder that holds "
            f"{course.assignments[0].name}/"
        )
    if not any((path / assignment.name).is_dir() for assignment in course.assignments):
        hint = ""
        if path.name in {assignment.name for assignment in course.assignments}:
            hint = f"; give the folder around it, {clean(str(path.parent))}"
        raise NoSubmission(
            f"{clean(str(path))} holds no assignment (no folder {course.assignments[0].name}, ...)"
            f"{hint}"
        )


def take_in(path: Path, course: Course, target: Path) -> Intake:
    """Copy the exercises' files from `path` into `target`, following no link.

    Args:
        path: the submission, untrusted.
        course: says which files are expected.
        target: an empty folder.

    Raises:
        NoSubmission: if `path` is not a folder that contains an assignment's folder.
    """
    require_submission(path, course)
    intake = Intake(target)
    target.chmod(0o755)
    expected = {assignment.name: assignment for assignment in course.assignments}
    here = _names(path, intake, "")
    for name in here:
        if name in expected:
            _take_in_assignment(path, expected[name], intake, stubs_of(course).get(name, {}))
        elif not _nobody_wonders(name):
            _leave_out(intake, name, "no part of the course", set(expected), here)
    _count_the_rest(intake)
    return intake


def _count_the_rest(intake: Intake) -> None:
    extra = len(intake.left_out) - MOST_NAMED
    if extra > 0:
        intake.left_out[MOST_NAMED:] = [f"and {extra} more"]


def take_in_assignment(path: Path, assignment: Assignment, target: Path, course: Course) -> Intake:
    """As `take_in`, for one assignment only.

    Args:
        path: the folder that contains the assignment's folder, untrusted.
    """
    intake = Intake(target)
    _take_in_assignment(path, assignment, intake, stubs_of(course).get(assignment.name, {}))
    _count_the_rest(intake)
    return intake


def _take_in_assignment(
    path: Path, assignment: Assignment, intake: Intake, stubs: dict[str, str]
) -> None:
    name, expected = assignment.name, set(assignment.files)
    try:
        folder = os.open(path / name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError as error:
        _leave_out(intake, name, why_unread(error))
        return
    try:
        made = intake.folder / name
        made.mkdir(mode=0o755)
        made.chmod(0o755)
        files = _names(folder, intake, f"{name}/")
        present: dict[str, bytes] = {}
        unread: dict[str, str] = {}
        for file in files:
            if file in expected:
                data, why = read_plain(folder, file, LARGEST_FILE)
                if data is None:
                    unread[file] = why
                else:
                    present[file] = data
        gathered = gather(folder, assignment, stubs, present)
        gathered.unclear += [
            f"{clean(name)}/{file} was left out: {why}. Put a plain file of the work there, or ask "
            "for it"
            for file, why in unread.items()
            if file not in gathered.files
        ]
        for file, data in gathered.files.items():
            (made / file).write_bytes(data)
            (made / file).chmod(0o644)
        intake.taken += gathered.taken
        if gathered.unclear:
            intake.unclear[name] = gathered.unclear
            intake.left_out += gathered.unclear
        for file in files:
            if file not in expected and file not in gathered.used and not _nobody_wonders(file):
                where = f"{name}/{file}"
                _leave_out(intake, where, "no file of this assignment", expected, files)
    finally:
        os.close(folder)


def _nobody_wonders(name: str) -> bool:
    return name in EXPECTED_NAMES or is_nobodys(name) or name.endswith(EXPECTED_ENDINGS)


def _names(folder: Path | int, intake: Intake, where: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError as error:
        _leave_out(intake, where or ".", why_unread(error))
        return []


def _meant(name: str, expected: set[str], here: list[str]) -> str:
    """A clause with the right name of a misnamed file, such as "Convolution (1).py"; or ""."""
    near = difflib.get_close_matches(name.lower(), expected, n=1, cutoff=0.8)
    if not near or name.lower().endswith(DOCUMENTS):
        return ""
    if near[0] in here:
        return f"; {near[0]}, beside it, was taken. If this one is newer, put it in its place"
    return f"; to be graded it has to be called {near[0]}"


def _leave_out(
    intake: Intake,
    where: str,
    reason: str,
    expected: set[str] | None = None,
    here: list[str] | None = None,
) -> None:
    if expected is not None and len(intake.left_out) < MOST_NAMED:
        # Further files are only counted, so they need no name.
        reason += _meant(where.rpartition("/")[2], expected, here or [])
    intake.left_out.append(f"{clean(where)[:120]} was left out: {reason}")
