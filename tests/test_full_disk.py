"""The disk becomes full, before grading or during it: no mark is lost.

If this user may mount, the disk is a small tmpfs that is really full. Otherwise the tests set a
limit on the size of files, which makes writing fail just as suddenly.
"""

import contextlib
import os
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from nbgrader.preprocessors import SaveAutoGrades

from autograder.grading import scratch
from autograder.instructor import graded_cells, run_nbgrader
from autograder.instructor.autograde import Autograde

pytestmark = pytest.mark.soak

ROOT = Path(__file__).resolve().parent.parent
ASSIGNMENT = "a1_convolution"
SIZE = 48 << 20
Marks = list[tuple[object, ...]]


class Disk:
    """A disk that can be filled with a ballast file, and freed by deleting the file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.places = [str(folder)]

    def fill(self, but: int = 0) -> None:
        """Fill the disk until at most `but` bytes are free."""
        with contextlib.suppress(OSError), open(self.folder / "ballast", "ab", 0) as stream:
            while shutil.disk_usage(self.folder).free > but:
                stream.write(bytes(4096))

    def free(self) -> None:
        (self.folder / "ballast").unlink(missing_ok=True)


class LimitedDisk(Disk):
    """Needs no privileges: limits the size of every file that is written, on any disk."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.places.append(tempfile.gettempdir())

    def fill(self, but: int = 0) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (but or 4096, resource.RLIM_INFINITY))

    def free(self) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


@contextlib.contextmanager
def mounted(folder: Path, size: int = SIZE) -> Iterator[bool]:
    """Mount a tmpfs of `size` bytes on this folder; yield whether this user may."""
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    try:
        done = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    except OSError:
        done = False
    try:
        yield done
    finally:
        if done:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)


def ways() -> list[str]:
    folder = Path(os.path.realpath(os.environ.get("TMPDIR", "/tmp"))) / f"mount-{os.getpid()}"
    folder.mkdir()
    try:
        with mounted(folder, 1 << 20) as may:
            # Limit file sizes where nobody may mount. Testing both would take twice as long.
            return ["mounted"] if may else ["limited"]
    finally:
        folder.rmdir()


@pytest.fixture(params=ways())
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Disk]:
    folder = tmp_path / "disk"
    folder.mkdir()
    if request.param == "limited":
        limited = LimitedDisk(folder)
        yield limited
        limited.free()
        return
    with mounted(folder) as may:
        assert may
        yield Disk(folder)


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course of three: two were graded, one of them handed in again; the third is new."""
    top = tmp_path_factory.mktemp("released") / "course"
    top.mkdir()
    shutil.copy(ROOT / "nbgrader_config.py", top)
    for name in ("source", "solutions"):
        shutil.copytree(ROOT / name / ASSIGNMENT, top / name / ASSIGNMENT)
    run_nbgrader.release(top, [ASSIGNMENT])
    hand_in(top, "ada", "# first\n")
    hand_in(top, "bob", "# bob\n", notebook=True)
    assert [g.score for g in run_nbgrader.autograde(top)] == [45, 45]
    hand_in(top, "ada", "def im2col(*_):\n    return None\n")
    hand_in(top, "cy", "# cy\n", notebook=True)
    return top


@pytest.fixture(autouse=True)
def store(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path_factory.getbasetemp() / "store of the full disk"
    monkeypatch.setenv("AUTOGRADER_STORE", str(folder))
    monkeypatch.setenv("AUTOGRADER_SECRET", "full disk")
    return folder


@pytest.fixture(scope="module")
def undisturbed(released: Path, tmp_path_factory: pytest.TempPathFactory) -> Marks:
    top = tmp_path_factory.mktemp("undisturbed") / "course"
    shutil.copytree(released, top)
    run_nbgrader.autograde(top)
    return marks(top)


def hand_in(top: Path, student: str, more: str, notebook: bool = False) -> None:
    folder = top / "submitted" / student / ASSIGNMENT
    folder.mkdir(parents=True, exist_ok=True)
    text = (ROOT / "solutions" / ASSIGNMENT / "convolution.py").read_text()
    (folder / "convolution.py").write_text(f"{text}\n\n{more}")
    if notebook:
        shutil.copy(top / "assignments" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", folder)


def marks(top: Path) -> Marks:
    """Every student's mark in every cell; the gradebook must be undamaged."""
    with contextlib.closing(sqlite3.connect(top / "gradebook.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return database.execute(
            "SELECT s.student_id, c.name, g.auto_score, g.needs_manual_grade FROM grade g "
            "JOIN base_cell c ON c.id = g.cell_id "
            "JOIN submitted_notebook n ON n.id = g.notebook_id "
            "JOIN submitted_assignment s ON s.id = n.assignment_id ORDER BY 1, 2"
        ).fetchall()


def of(student: str, found: Marks) -> Marks:
    return [row for row in found if row[0] == student]


def autograde(top: Path, **environment: str) -> tuple[int, str]:
    """Run the command as a person does; return its exit status and its output."""
    done = subprocess.run(
        [sys.executable, "-m", "autograder", "autograde", "--jobs", "1"],
        cwd=top,
        env={**os.environ, "COLUMNS": "300", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    said = done.stdout + done.stderr
    assert "Traceback" not in said, said
    return done.returncode, said


def require_one_line(said: str, disk: Disk) -> None:
    """The message is one line: what went wrong, where, and what to do next."""
    (line,) = said.splitlines()
    assert any(place in line for place in disk.places), line
    assert re.search("room.*run the same command again", line), line
    assert len(line) < 600


def complaint(said: str) -> str:
    return "\n".join(line for line in said.splitlines() if line.startswith("autograder: "))


def test_full_before_grading(released: Path, disk: Disk, undisturbed: Marks) -> None:
    top = disk.folder / "course"
    shutil.copytree(released, top)
    before = marks(top)
    disk.fill()
    status, said = autograde(top)
    disk.free()
    assert status == 2
    require_one_line(complaint(said), disk)
    assert marks(top) == before
    assert not list((top / ".backups").glob("*")), "half of a copy takes room"
    assert autograde(top)[0] == 0
    assert marks(top) == undisturbed


def test_no_room_for_verdicts(released: Path, disk: Disk, undisturbed: Marks) -> None:
    """Verdicts that cannot be stored are computed again, which only takes time."""
    top = disk.folder.parent / "course"
    shutil.copytree(released, top)
    store = disk.folder / "store"
    if isinstance(disk, LimitedDisk):
        store.write_text("here is no folder")
    else:
        disk.fill()
    status, said = autograde(top, AUTOGRADER_STORE=str(store))
    assert status == 0
    assert "3 of 3 submissions are in the gradebook" in said
    assert marks(top) == undisturbed


MOMENTS = {
    "deleting the old copy": (Autograde, "_make_way"),
    "copying files": (Autograde, "init_assignment"),
    "judging": (graded_cells, "grade_folder"),
    "storing marks": (SaveAutoGrades, "preprocess"),
    "writing the notebook": (Autograde, "write_single_notebook"),
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_full_while_nbgrader_stores(
    moment: str,
    released: Path,
    disk: Disk,
    undisturbed: Marks,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    top = disk.folder / "course"
    shutil.copytree(released, top)
    before = marks(top)
    place, name = MOMENTS[moment]
    real = getattr(place, name)

    def fill_and_go_on(*args: Any, **kwargs: Any) -> Any:
        disk.fill()
        return real(*args, **kwargs)

    with monkeypatch.context() as patched:
        patched.setattr(place, name, fill_and_go_on)
        results = {one.student: one for one in run_nbgrader.autograde(top)}
    disk.free()
    assert results["bob"].status == "as before"
    for student in ("ada", "cy"):
        assert results[student].status == "not graded"
        require_one_line(results[student].problem, disk)
    found = marks(top)
    assert of("ada", found) == of("ada", before)
    assert of("bob", found) == of("bob", before)
    assert not any(score for _, _, score, _ in of("cy", found))
    results = {one.student: one for one in run_nbgrader.autograde(top)}
    assert results["ada"].status == results["cy"].status == "graded"
    assert marks(top) == undisturbed


def test_no_room_for_temporary_files(released: Path, disk: Disk, undisturbed: Marks) -> None:
    top = disk.folder.parent / "course"
    shutil.copytree(released, top)
    before = marks(top)
    disk.fill(but=8192)  # enough for the folder to count as writable
    where = {"TMPDIR": str(disk.folder), "AUTOGRADER_STORE": str(disk.folder.parent / "empty")}
    status, said = autograde(top, **where)
    left = [path.name for path in disk.folder.iterdir() if path.name != "ballast"]
    disk.free()
    assert status == 2
    require_one_line(complaint(said), disk)
    assert f"{disk.folder}, for temporary files" in said
    assert "TMPDIR" in said
    assert left == []
    assert marks(top) == before
    assert autograde(top, **where)[0] == 0
    assert marks(top) == undisturbed


# --- what a killed grader leaves behind ---

GRADER = """
import sys, time
from autograder.grading.scratch import scratch
with scratch("submission") as folder:
    (folder / "file").write_text("x")
    print(folder, flush=True)
    time.sleep(60)
"""


def start_grader(temporary: Path) -> tuple["subprocess.Popen[str]", Path]:
    process = subprocess.Popen(
        [sys.executable, "-c", GRADER],
        env={**os.environ, "TMPDIR": str(temporary), "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    return process, Path(process.stdout.readline().strip())


def test_the_next_run_removes_what_a_killed_one_left(released: Path, tmp_path: Path) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    killed, stale = start_grader(temporary)
    working, alive = start_grader(temporary)
    assert stale.is_dir()
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    assert stale.is_dir()
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "file").write_text("mine")
    (temporary / f"{scratch.PREFIX}link").symlink_to(kept)
    (temporary / f"{scratch.PREFIX}file").write_text("mine")
    (temporary / "submission-of-somebody").mkdir()
    grade = [sys.executable, "-m", "autograder", "grade", str(released / "submitted" / "bob")]
    done = subprocess.run(
        grade,
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(temporary)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert not stale.exists()
    assert (alive / "file").read_text() == "x"
    assert (kept / "file").read_text() == "mine"
    left = {path.name for path in temporary.iterdir()}
    mine = {f"{scratch.PREFIX}link", f"{scratch.PREFIX}file", "submission-of-somebody"}
    assert left == {alive.name, *mine}
    working.terminate()
    working.wait()


def test_a_grader_that_is_killed_while_it_grades(released: Path, tmp_path: Path) -> None:
    """The real command is killed while its temporary folders exist."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    environment = {
        **os.environ,
        "TMPDIR": str(temporary),
        "AUTOGRADER_STORE": str(tmp_path / "store"),
    }
    grade = [sys.executable, "-m", "autograder", "grade", str(released / "submitted" / "bob")]
    killed = subprocess.Popen(grade, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not list(temporary.glob(f"{scratch.PREFIX}submission-*")):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    assert list(temporary.iterdir())
    subprocess.run(grade, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    assert not list(temporary.iterdir())
