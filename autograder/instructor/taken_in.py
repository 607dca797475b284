"""Reads what a student handed in for one assignment: the files, and a digest of each part."""

import hashlib
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from autograder.catalogue import load
from autograder.instructor.generated import find_assignment
from autograder.instructor.handed_in import their_cells, written_answers
from autograder.judging.intake import take_in_assignment
from autograder.judging.stubs import stubs_of
from autograder.packaging.written import all_stubs
from autograder.text import UserError


@dataclass(frozen=True)
class TakenIn:
    """The files of a submission.

    Attributes:
        files: the expected files that were found, by name.
        left_out: a sentence for each file that was not taken in.
        unclear: a sentence for each missing file whose code may still be in the hand-in.
        untouched: whether nothing was written: no files, or only files as handed out.
    """

    files: dict[str, bytes]
    left_out: tuple[str, ...]
    unclear: tuple[str, ...]
    untouched: bool


def take_in(folder: Path, assignment: str) -> TakenIn:
    """Read a student's files for one assignment, in any form of hand-in.

    Args:
        folder: the student's, with a folder for each assignment.
        assignment: its name.
    """
    found, course = find_assignment(assignment), load()
    with tempfile.TemporaryDirectory(prefix="taken-in-") as target:
        intake = take_in_assignment(folder, found, Path(target), course)
        made = Path(target) / assignment
        files = {path.name: path.read_bytes() for path in sorted(made.glob("*"))}
    return TakenIn(
        files,
        tuple(intake.left_out),
        tuple(intake.unclear.get(assignment, ())),
        untouched(files, assignment),
    )


def untouched(files: dict[str, bytes], assignment: str) -> bool:
    """Whether nothing is written in any of an assignment's files."""
    return all_stubs(files, stubs_of(load()).get(assignment, {}))


def take_in_if_readable(folder: Path, assignment: str) -> TakenIn | None:
    """As `take_in`, but None if the files cannot be read; judging reports the reason."""
    try:
        return take_in(folder, assignment)
    except (OSError, UserError):
        return None


def plain_files(folder: Path, names: Iterable[str]) -> dict[str, bytes]:
    """The contents, by name, of the files in a folder that have one of these names."""
    return {name: (folder / name).read_bytes() for name in names if (folder / name).is_file()}


def digest(files: dict[str, bytes]) -> str:
    """A SHA-256 digest of the files' names and contents."""
    found = hashlib.sha256()
    for name, data in sorted(files.items()):
        found.update(f"{name}\0{len(data)}\0".encode() + data)
    return found.hexdigest()


def digests(
    files: dict[str, bytes], folder: Path, release: dict[str, bytes], *, missing: bool = True
) -> dict[str, str]:
    """Digests of a hand-in: of its files together ("files"), and of each written answer.

    Args:
        files: the exercises' files.
        folder: the folder of the notebook.
        release: the files that were handed out, by name.
        missing: whether a missing notebook counts as one with unchanged answers.
    """
    found = {"files": digest(files)}
    for name, data in release.items():
        if name.endswith(".ipynb") and (missing or (folder / name).is_file()):
            cells = their_cells(folder / name)[0] or []
            for cell, answer in written_answers(data, cells).items():
                parts = answer.text + "".join(map(repr, answer.pictures.items()))
                found[cell] = hashlib.sha256(parts.encode()).hexdigest()
    return found
