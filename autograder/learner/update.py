"""The command `update`: brings a learner's folder to a newer handout and keeps the work.

Each handout contains a list of its files with a digest of each. A file that the learner has not
changed is replaced. A changed file in assignments/ is kept. A changed file of the kit is replaced,
and a copy of it is saved. Files that are in no handout, such as progress and hints, stay as they
are.
"""

import hashlib
import json
import os
import zipfile
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import click

from autograder.console import console
from autograder.text import UserError

LIST = "handed_out.json"
WORK = "assignments"
# Folder of the copies of changed files of the kit.
REPLACED = "before-update"
# Folder of the new versions of files that hold work.
NEWER = "newer-handout"
LARGEST = 64 << 20


@dataclass
class Updated:
    """The result of an update; each list contains paths in the handout.

    Attributes:
        written: files that are new, or were unchanged and have been replaced.
        kept: files with work, which stay; the new version is in newer-handout/.
        replaced: changed files of the kit, replaced; a copy of each is in before-update/.
        removed: unchanged files that the new handout does not contain.
    """

    written: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)


@click.command()
@click.argument("archive", type=click.Path(path_type=Path), required=False, metavar="ZIP")
@click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=".",
    help="The unpacked handout that you work in. [this folder]",
)
def update(archive: Path | None, folder: Path) -> None:
    """Take in a newer handout ZIP; your work, your hints and your progress stay."""
    if archive is None:
        raise UserError("which handout? For example: make update ZIP=../handout.zip")
    done = update_folder(folder, archive)
    if not (done.written or done.kept or done.replaced or done.removed):
        console.print("Nothing to do: this folder is up to date.")
        return
    console.print(f"{len(done.written)} files are new or brought up to date.", highlight=False)
    for name in done.kept:
        console.print(
            f"{name} holds your work and stays; its new version is {NEWER}/{name}",
            highlight=False,
            soft_wrap=True,
        )
    for name in done.replaced:
        console.print(
            f"{name} is new; the one you had changed is {REPLACED}/{name}",
            highlight=False,
            soft_wrap=True,
        )


def handed_out(files: dict[str, bytes]) -> bytes:
    """The content of the file `LIST`: the digest of each handed-out file, by its path."""
    digests = {name: _digest(data) for name, data in sorted(files.items())}
    return (json.dumps(digests, indent=1) + "\n").encode()


def update_folder(top: Path, archive: Path) -> Updated:
    """Bring an unpacked handout up to date.

    Args:
        top: the folder of the unpacked handout.
        archive: the zip of a newer handout.

    Raises:
        UserError: if one of the two is no handout, or the zip is damaged: nothing is changed
            then. Also if a file cannot be written: then the update can be repeated.
    """
    if not (top / WORK).is_dir() or (top / "solutions").is_dir():
        raise UserError(
            f"{top.resolve()} is not an unpacked handout: type this in the folder that holds "
            f"{WORK}/ and the Makefile"
        )
    new = _read(archive)
    old = _known(top)
    done = Updated()
    # Write the list last, so that an interrupted update can be repeated.
    for name in sorted(new, key=lambda name: name == LIST):
        data = new[name]
        path = top / name
        there = path.read_bytes() if path.is_file() else None
        if there == data:
            continue
        as_handed_out = there is None or name == LIST or _digest(there) == old.get(name)
        if as_handed_out:
            _write(path, data)
            if name != LIST:
                done.written.append(name)
        elif _is_work(name):
            if _digest(data) != old.get(name) and _write(top / NEWER / name, data):
                done.kept.append(name)
        else:
            assert there is not None
            _write(top / REPLACED / name, there)
            _write(path, data)
            done.replaced.append(name)
    for name, digest in old.items():
        path = top / name
        gone = name not in new and not _is_work(name) and path.is_file()
        if gone and _digest(path.read_bytes()) == digest:
            path.unlink()
            done.removed.append(name)
    return done


def _read(archive: Path) -> dict[str, bytes]:
    """The files of a handout's zip by path below its top folder, verified against its list."""
    try:
        with zipfile.ZipFile(archive) as packed:
            entries = [entry for entry in packed.infolist() if not entry.is_dir()]
            if sum(entry.file_size for entry in entries) > LARGEST:
                raise UserError(f"{archive} is too large for a handout; nothing was changed")
            found = {entry.filename: packed.read(entry) for entry in entries}
    except FileNotFoundError as error:
        raise UserError(f"there is no file {archive}; download the new handout first") from error
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError, RuntimeError) as error:
        raise UserError(f"{archive} is damaged, or not a zip; nothing was changed") from error
    files = {name.partition("/")[2]: data for name, data in found.items()}
    digests = _digests(files.get(LIST, b""))
    if not digests or not all(map(_is_safe, files)):
        raise UserError(f"{archive} is not a handout of this kit; nothing was changed")
    if digests != {n: _digest(data) for n, data in files.items() if n != LIST}:
        raise UserError(f"{archive} is not whole: download it again; nothing was changed")
    return files


def _known(top: Path) -> dict[str, str]:
    try:
        known = _digests((top / LIST).read_bytes())
    except OSError:
        return {}
    return {name: digest for name, digest in known.items() if _is_safe(name)}


def _digests(data: bytes) -> dict[str, str]:
    try:
        return {str(name): str(digest) for name, digest in json.loads(data).items()}
    except (ValueError, AttributeError, RecursionError):
        return {}


def _digest(data: bytes) -> str:
    # Git may have changed the line ends; that is not the learner's work.
    return hashlib.sha256(data.replace(b"\r\n", b"\n")).hexdigest()


def _is_work(name: str) -> bool:
    return name.startswith(f"{WORK}/")


def _is_safe(name: str) -> bool:
    path = PurePosixPath(name)
    return bool(name) and not path.is_absolute() and ".." not in path.parts and "\\" not in name


def _write(path: Path, data: bytes) -> bool:
    """Write a file atomically; return False if it already has this content."""
    if path.is_file() and path.read_bytes() == data:
        return False
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f".{path.name}.unfinished")
        unfinished.write_bytes(data)
        os.replace(unfinished, path)
    except OSError as error:
        raise UserError(
            f"{path} cannot be written ({error.strerror or error}); fix that, and type the same "
            "command again"
        ) from error
    return True
