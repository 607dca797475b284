"""Any machine: terminals without UTF-8, systems without POSIX, names with spaces."""

import io
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import watchfiles
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from autograder.catalogue import load
from autograder.learner.watch import Watch
from autograder.output import SIGNS, in_ascii

ROOT = Path(__file__).resolve().parent.parent
FIRST = load().assignments[0]
# Modules that Windows does not have; `lacks` has the names that other modules lack there.
POSIX = ("termios", "tty", "fcntl", "resource", "pty", "grp", "pwd", "readline")
WITHOUT_POSIX = f"""
import os, select, signal, sys
for name in {POSIX!r}:
    sys.modules[name] = None
lacks = {{
    signal: ["setitimer", "SIGALRM", "ITIMER_REAL", "alarm", "pthread_sigmask", "SIGKILL"],
    os: ["fork", "geteuid", "getuid", "O_NOFOLLOW", "O_DIRECTORY", "O_NONBLOCK"],
    select: ["poll", "epoll"],
}}
for module, names in lacks.items():
    for name in names:
        if hasattr(module, name):
            delattr(module, name)
from autograder.cli import main
main()
"""


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    variables = {key: value for key, value in os.environ.items() if key not in ("A", "EX", "DIR")}
    return subprocess.run(
        command,
        cwd=ROOT,
        env={**variables, "OPENBLAS_NUM_THREADS": "1", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        encoding="utf-8",
        errors="replace",
        timeout=120,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The first assignment, solved, in a folder with a name from another alphabet."""
    top = tmp_path / "Übung 王芳 O'Brien"
    shutil.copytree(ROOT / "solutions" / FIRST.name, top / FIRST.name)
    return top


@pytest.mark.sample(3)
@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "iso-8859-1", "cp437"])
@pytest.mark.parametrize(
    "command",
    [
        ("check", "--assignment", "a1"),
        ("can",),
        ("hint", "im2col", "--dir"),
        ("drill", "im2col", "--answer", "1", "--dir"),
        ("check", "--json", "--assignment", "a1"),
        ("--help",),
    ],
    ids=lambda c: c[0],
)
def test_no_character_ends_a_command(folder: Path, encoding: str, command: tuple) -> None:
    place = () if command == ("--help",) else (str(folder),)
    done = run(sys.executable, "-m", "autograder", *command, *place, PYTHONIOENCODING=encoding)
    assert done.returncode == 0, done.stdout
    assert "Traceback" not in done.stdout


def test_signs_are_ascii_where_the_terminal_has_no_others(folder: Path) -> None:
    command = (sys.executable, "-m", "autograder", "check", str(folder), "--assignment", "a1")
    shown = run(*command, PYTHONIOENCODING="ascii").stdout
    assert "+ output_size" in shown
    assert shown.isascii()


@given(st.characters())
def test_any_character_has_an_ascii_form(character: str) -> None:
    assert in_ascii(character).isascii()
    assert in_ascii(character)


def test_a_sign_in_a_column_stays_one_character() -> None:
    assert {sign for sign, ascii_form in SIGNS.items() if len(ascii_form) != 1} == {"≤", "≥"}


@pytest.mark.sample(3)
@pytest.mark.parametrize(
    "command",
    [
        ("check", "{}", "--assignment", "a1"),
        ("hint", "im2col", "--dir", "{}"),
        ("can", "{}"),
        ("drill", "im2col", "--answer", "1", "--dir", "{}"),
        ("doctor",),
    ],
    ids=lambda c: c[0],
)
def test_a_learners_command_needs_no_posix(folder: Path, command: tuple[str, ...]) -> None:
    arguments = [part.format(folder) for part in command]
    done = run(sys.executable, "-c", WITHOUT_POSIX, *arguments)
    assert done.returncode == 0, done.stdout
    assert "Traceback" not in done.stdout


def test_watch_says_that_it_has_no_keys_where_it_has_none(folder: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-u", "-c", WITHOUT_POSIX, "watch", str(folder)],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    assert process.stdout is not None
    seen = ""
    while "no keys" not in seen:
        line = process.stdout.readline()
        assert line, seen
        seen += line
    process.kill()
    process.communicate()
    assert "q quit" not in seen


def test_watch_reads_the_files_where_the_system_cannot_tell(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, given_to = watchfiles.watch, []

    def used_up(*paths: Path, **options: object) -> object:
        given_to.append(options["force_polling"])
        if not options["force_polling"]:
            raise OSError(24, "Too many open files")
        return real(*paths, **options)

    monkeypatch.setattr(watchfiles, "watch", used_up)
    console = Console(record=True, width=200, file=io.StringIO())
    watch = Watch(folder, console)
    monkeypatch.setattr(watch, "act", lambda key: True)
    watch.run()
    assert given_to == [None, True]
    assert "files are read again and again: [Errno 24] Too many open files" in console.export_text()


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (["grade", "STUDENT=Ada Lovelace"], "--student 'Ada Lovelace'"),
        (["grade", "STUDENT=O'Brien"], "--student 'O'\\''Brien'"),
        (["check", "DIR=/tmp/My Course/assignments"], "check '/tmp/My Course/assignments'"),
        (["train", "MODEL=a b"], "--model 'a b'"),
        (["hint", "EX=$$(touch x)"], "hint '$(touch x)'"),
    ],
)
def test_make_passes_names_as_one_word(arguments: list[str], shown: str) -> None:
    assert shown in run("make", "-n", *arguments).stdout


def test_make_takes_nothing_from_the_environment() -> None:
    names = ("A", "EX", "DIR", "MODEL", "DATA", "EPOCHS", "STUDENT", "FORCE", "FORMAT")
    strange = dict.fromkeys(names, "by_accident")
    for target in ("check", "hint", "train", "grade", "export", "release"):
        shown = run("make", "-n", target, **strange).stdout
        assert "autograder" in shown
        assert "by_accident" not in shown


def test_make_keeps_its_order_and_uses_nothing_of_gnu_sed() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "\n.NOTPARALLEL:\n" in makefile
    assert "sed " not in makefile
    assert "make check" in run("make").stdout


def test_line_ends_stay_as_they_are() -> None:
    assert "* text=auto eol=lf" in (ROOT / ".gitattributes").read_text(encoding="utf-8")


def test_plain_pytest_does_not_break_in_the_handout(tmp_path: Path) -> None:
    template = ROOT / "autograder" / "instructor" / "handout_template"
    shutil.copy(template / "pytest.ini", tmp_path)
    own = tmp_path / "assignments" / FIRST.name
    shutil.copytree(ROOT / "solutions" / FIRST.name, own)
    (own / "test_mine.py").write_text(
        f"from {FIRST.name}.convolution import output_size\n\n\ndef test_it():\n"
        "    assert output_size(5, 3) == 3\n"
    )
    shutil.copytree(
        load().exercises_folder / FIRST.name, tmp_path / "autograder" / "exercises" / FIRST.name
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q"], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout
    assert "1 passed" in done.stdout
