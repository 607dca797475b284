"""Intake takes plain files with expected names from a submission, and nothing else."""

import contextlib
import os
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.catalogue import Assignment, Course, Exercise, load
from autograder.judging import intake
from autograder.judging.intake import LARGEST_FILE, MOST_NAMED, take_in
from autograder.text import UserError

pytestmark = pytest.mark.quick

COURSE = load()
FILE = "a1_convolution/convolution.py"
NOBODY = 65534


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A submission with one file."""
    (tmp_path / "submission" / FILE).parent.mkdir(parents=True)
    (tmp_path / "submission" / FILE).write_text("x = 1\n")
    return tmp_path / "submission"


@pytest.fixture
def target(tmp_path: Path) -> Path:
    (tmp_path / "target").mkdir()
    return tmp_path / "target"


def notes_of(path: Path, target: Path) -> str:
    intake = take_in(path, COURSE, target)
    return "\n".join([*intake.taken, *intake.left_out])


def test_a_plain_file_is_copied(path: Path, target: Path) -> None:
    (path / FILE).chmod(0o4777)
    assert notes_of(path, target) == ""
    assert (target / FILE).read_text() == "x = 1\n"
    assert stat.S_IMODE((target / FILE).stat().st_mode) == 0o644
    assert sorted(p.name for p in target.rglob("*")) == ["a1_convolution", "convolution.py"]


def test_it_can_be_read_by_another_user_whatever_the_umask(path: Path, target: Path) -> None:
    before = os.umask(0o077)
    try:
        take_in(path, COURSE, target)
    finally:
        os.umask(before)
    for made in (target, *target.rglob("*")):
        assert made.stat().st_mode & 0o004, made


def test_links_are_not_followed(path: Path, target: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.py").write_text("secret")
    (path / FILE).unlink()
    (path / FILE).symlink_to(tmp_path / "secret.py")
    (path / "a2_backprop").symlink_to(tmp_path)
    (path / "a3_pooling_and_loss").symlink_to("a3_pooling_and_loss")
    notes = notes_of(path, target)
    assert f"{FILE} was left out: a link" in notes
    assert "a2_backprop was left out: a link" in notes
    assert "a3_pooling_and_loss was left out: a link" in notes
    assert [p.name for p in target.rglob("*")] == ["a1_convolution"]


def test_a_hard_link_is_a_second_name(path: Path, target: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.py").write_text("secret")
    (path / FILE).unlink()
    os.link(tmp_path / "secret.py", path / FILE)
    assert "hard link" in notes_of(path, target)
    assert not (target / FILE).exists()


@pytest.mark.parametrize("kind", ["pipe", "socket", "folder"])
def test_files_that_are_none(kind: str, path: Path, target: Path) -> None:
    """The intake does not wait for a pipe's writer, and reads no device."""
    (path / FILE).unlink()
    if kind == "pipe":
        os.mkfifo(path / FILE)
    elif kind == "folder":
        (path / FILE).mkdir()
    elif kind == "socket":
        here = os.getcwd()
        os.chdir((path / FILE).parent)
        try:
            with socket.socket(socket.AF_UNIX) as end:
                end.bind("convolution.py")
        finally:
            os.chdir(here)
    assert f"{FILE} was left out: not a regular file" in notes_of(path, target)
    assert not (target / FILE).exists()


def test_a_device_is_left_out(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only root can make a device, so this uses /dev/zero."""
    monkeypatch.setattr(intake, "MOST_NAMED", 100_000)
    zero = Exercise("zero", "dev", "zero", 1.0, (), ())
    course = Course("devices", (Assignment("dev", "devices", (zero,)),))
    (note,) = (n for n in take_in(Path("/"), course, target).left_out if n.startswith("dev/zero"))
    assert note == (
        "dev/zero was left out: not a regular file. Put a plain file of the work there, or ask "
        "for it"
    )
    assert not (target / "dev" / "zero").exists()


def test_size_has_a_limit(path: Path, target: Path) -> None:
    (path / FILE).write_bytes(b"#" * LARGEST_FILE)
    (path / "a2_backprop").mkdir()
    with open(path / "a2_backprop/backprop.py", "wb") as stream:
        stream.truncate(1 << 42)
    notes = notes_of(path, target)
    assert notes == (
        "a2_backprop/backprop.py was left out: larger than 1 MB. Put a plain file of the work "
        "there, or ask for it"
    )
    assert (target / FILE).stat().st_size == LARGEST_FILE


@contextlib.contextmanager
def as_nobody(*folders: Path) -> Iterator[None]:
    """Run as the user nobody, who gets these folders: root could read any file."""
    if os.geteuid() != 0:
        yield
        return
    for folder in folders:
        for one in (folder, *folder.rglob("*")):
            os.chown(one, NOBODY, NOBODY)
    places = [p for folder in folders for p in folder.parents if p.stat().st_mode & 0o55 != 0o55]
    before = {place: place.stat().st_mode for place in places}
    for place in before:
        place.chmod(before[place] | 0o55)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
        for place, mode in before.items():
            place.chmod(mode)


def test_what_cannot_be_read(path: Path, target: Path) -> None:
    (path / FILE).chmod(0)
    (path / "a2_backprop").mkdir(mode=0)
    with as_nobody(path, target):
        notes = notes_of(path, target)
    assert f"{FILE} was left out: permission denied" in notes
    assert "a2_backprop was left out: permission denied" in notes


def test_a_submission_that_cannot_be_read(path: Path, target: Path) -> None:
    path.chmod(0)
    try:
        with (
            as_nobody(path, target),
            pytest.raises(UserError, match=r"cannot be read|holds no assignment"),
        ):
            take_in(path, COURSE, target)
    finally:
        path.chmod(0o755)


def test_extra_files_are_named(path: Path, target: Path) -> None:
    extra = ["conftest.py", "pytest.ini", "sitecustomize.py", "a1_convolution/conftest.py"]
    for name in extra:
        (path / name).write_text("1/0")
    (path / "numpy").mkdir()
    (path / "numpy/__init__.py").write_text("1/0")
    notes = notes_of(path, target)
    for name in [*extra, "numpy"]:
        assert f"{name} was left out" in notes
    assert not (target / "numpy").exists()
    assert not list(target.rglob("conftest.py"))


def test_what_learners_have_beside_is_not_worth_a_word(path: Path, target: Path) -> None:
    for name in ("a1_convolution/a1.ipynb", "notes.txt", "README.md", "a1_convolution/out.png"):
        (path / name).write_text("")
    (path / "a1_convolution/__pycache__").mkdir()
    assert notes_of(path, target) == ""
    assert len(list(target.rglob("*"))) == 2


def test_names_are_cleaned_and_not_too_many(path: Path, target: Path) -> None:
    (path / "\x1b[2J\u202eevil.py").write_text("")
    (path / ("x" * 250)).write_text("")
    for k in range(1000):
        (path / f"{k}.bin").write_text("")
    intake = take_in(path, COURSE, target)
    assert len(intake.left_out) == MOST_NAMED + 1
    assert intake.left_out[-1] == f"and {1002 - MOST_NAMED} more"
    text = "\n".join(intake.left_out)
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert max(map(len, intake.left_out)) < 200


def test_names_that_are_no_text(path: Path, target: Path) -> None:
    with open(os.path.join(os.fsencode(path), b"\xff\xfe.py"), "w"):
        pass
    notes = notes_of(path, target)
    assert "was left out" in notes
    notes.encode()


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda p: p / "nothing", "no such folder"),
        (lambda p: p / FILE, "is a file"),
        (lambda p: p / "a1_convolution", "give the folder around it"),
    ],
)
def test_no_submission(make, says: str, path: Path, target: Path) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(UserError, match=says):
        take_in(make(path), COURSE, target)


@pytest.mark.parametrize("name", ["Convolution.py", "convolution (1).py", "convolution_2.py"])
def test_a_file_that_a_computer_renamed_is_taken(path: Path, target: Path, name: str) -> None:
    (path / FILE).rename(path / "a1_convolution" / name)
    assert notes_of(path, target) == f"a1_convolution/{name} was taken as convolution.py"
    assert (target / FILE).read_text() == "x = 1\n"


def test_a_misnamed_file_is_told_its_name(path: Path, target: Path) -> None:
    (path / FILE).rename(path / "a1_convolution" / "convolutoin.py")
    assert notes_of(path, target).endswith("it has to be called convolution.py")


def test_of_two_files_the_right_one_needs_no_name(path: Path, target: Path) -> None:
    (path / "a1_convolution" / "convolution (1).py").write_text("x = 2")
    said = notes_of(path, target)
    assert "; convolution.py, beside it, was taken. If this one is newer, put it in" in said


def test_a_misnamed_folder_is_told_its_name(path: Path, target: Path) -> None:
    (path / "A2_Backprop").mkdir()
    assert notes_of(path, target).endswith("it has to be called a2_backprop")
