"""Ordinary packaging: right work is graded in any form, or a message says what to type."""

import bz2
import gzip
import io
import json
import os
import struct
import tarfile
import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.catalogue import load
from autograder.judging.intake import Intake, take_in
from autograder.judging.stubs import stubs_of
from autograder.packaging.file_names import named_like
from autograder.packaging.search import LARGEST_FILE
from autograder.packaging.spreadsheets import read_table
from autograder.packaging.student_names import look_alikes
from autograder.packaging.texts import as_utf8, read_text
from autograder.packaging.times import read_time
from autograder.packaging.written import is_stub

COURSE = load()
A1 = COURSE.assignments[0]
A3 = COURSE.assignments[2]
FILE = A1.files[0]
STUB = stubs_of(COURSE)[A1.name][FILE]
WORK = (COURSE.solutions / A1.name / FILE).read_text(encoding="utf-8")


def zipped(files: dict[str, str]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return data.getvalue()


def tarred(files: dict[str, str], kind: str) -> bytes:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode=f"w:{kind}") as archive:
        for name, text in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(text.encode())
            archive.addfile(entry, io.BytesIO(text.encode()))
    return data.getvalue()


def hand_in(tmp_path: Path, files: dict[str, str | bytes]) -> Intake:
    path, target = tmp_path / "submission", tmp_path / "target"
    (path / A1.name).mkdir(parents=True)
    target.mkdir()
    for name, content in files.items():
        file = path / A1.name / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return take_in(path, COURSE, target)


def taken(intake: Intake) -> str | None:
    file = intake.folder / A1.name / FILE
    return file.read_bytes().decode() if file.is_file() else None


GRADED: dict[str, dict[str, str | bytes]] = {
    "in its place": {FILE: WORK},
    "a nested folder": {f"{A1.name}/{FILE}": WORK},
    "three folders deep": {f"a/b/c/{FILE}": WORK},
    "a browser's second copy": {"convolution (1).py": WORK},
    "Canvas's second upload": {"convolution-1.py": WORK},
    "Canvas's download": {"lovelaceada_LATE_12345_67890_convolution-2.py": WORK},
    "an ending that Windows hides": {"convolution.py.txt": WORK},
    "two of them": {"convolution.py.txt.txt": WORK},
    "copied": {"convolution - Copy.py": WORK},
    "copied in German": {"convolution - Kopie (2).py": WORK},
    "copied on a Mac": {"convolution copy.py": WORK},
    "capitals": {"Convolution.PY": WORK},
    "a zip": {"homework.zip": zipped({f"{A1.name}/{FILE}": WORK})},
    "a zip of a Mac": {
        f"{A1.name}.zip": zipped(
            {f"x/{FILE}": WORK, f"__MACOSX/x/._{FILE}": "\0\5\x16\7", "x/.DS_Store": "\0"}
        )
    },
    "a zip of an old Windows program": {"work.zip": zipped({f"work\\{FILE}": WORK})},
    "a tar": {"work.tar": tarred({f"./homework/{FILE}": WORK}, "")},
    "a tar.gz": {"work.tar.gz": tarred({f"{A1.name}/{FILE}": WORK}, "gz")},
    "a tar.xz": {"work.TAR.XZ": tarred({FILE: WORK}, "xz")},
    "a tgz in the place of the folder's file": {FILE: STUB, "a1.tgz": tarred({FILE: WORK}, "gz")},
    "a stub beside it": {FILE: STUB, "convolution (1).py": WORK},
    "a nested folder beside the stub": {FILE: STUB, f"done/{FILE}": WORK},
    "UTF-16": {FILE: WORK.encode("utf-16")},
    "UTF-16 without a mark": {FILE: WORK.encode("utf-16-le")},
    "a byte order mark": {FILE: WORK.encode("utf-8-sig")},
    "the same file twice": {f"a/{FILE}": WORK, f"b/{FILE}": WORK},
    "a zip that is called .py": {FILE: zipped({f"{A1.name}/{FILE}": WORK})},
    "a gzip that is called .py": {FILE: gzip.compress(WORK.encode())},
    "UTF-16 without a mark, and a name of Poland": {
        FILE: ("# Michał Wąż — 7\n" + WORK).encode("utf-16-le")
    },
    "null bytes behind it, as a crash leaves them": {FILE: WORK + "\0" * 500},
    "the end-of-file sign of old systems": {FILE: WORK + "\x1a"},
    "an ending of Windows": {"convolution.pyw": WORK},
    "a copy beside a stub with a name on it": {FILE: f"# Ada\n{STUB}", "convolution (1).py": WORK},
    "notes beside a copy": {"convolution (1).py": WORK, "convolution.txt": "my notes"},
    "the same in other line ends": {
        f"a/{FILE}": WORK,
        "work.zip": zipped({FILE: WORK.replace("\n", "\r\n")}),
    },
    "an old copy beside a folder of the assignment's name": {
        f"{A1.name}/{FILE}": WORK,
        f"old/{FILE}": f"{WORK}# old",
    },
    "a virtual environment in the zip": {
        "work.zip": zipped({f".venv/l/{k}.py": "" for k in range(2100)} | {f"w/{FILE}": WORK})
    },
    "functions that are no def": {
        FILE: (
            "from numpy import pad as conv2d_forward_naive\nim2col = len\n"
            "conv2d_forward = max\noutput_size = max\n"
        ),
        "tries.py": WORK,
    },
    "a copy beside a file without the functions": {FILE: "# see below\n", "convolution 2.py": WORK},
}


@pytest.mark.parametrize("kind", GRADED)
def test_right_work_is_taken(kind: str, tmp_path: Path) -> None:
    intake = hand_in(tmp_path, GRADED[kind])
    text = (taken(intake) or "").removeprefix("# Michał Wąż — 7\n").replace("\r\n", "\n")
    assert text == (GRADED[kind][FILE] if "no def" in kind else WORK)
    assert not intake.unclear


@pytest.mark.parametrize(
    ("cookie", "saved_as"),
    [
        ("utf-8", "latin-1"),
        ("utf-16", "utf-16"),
        ("utf-16", "utf-8"),
        ("ansi", "cp1252"),
        ("ascii", "utf-8"),
        ("latin-1", "utf-8-sig"),
        ("no-such-thing", "utf-8"),
    ],
)
def test_an_encoding_that_is_named_falsely_is_mended(
    cookie: str, saved_as: str, tmp_path: Path
) -> None:
    work = f"#!/usr/bin/env python\n# -*- coding: {cookie} -*-\nnames = 'Jürgen'\n{WORK}"
    text = taken(hand_in(tmp_path, {FILE: work.encode(saved_as)}))
    assert text == work.replace(f"coding: {cookie}", "coding: utf-8")
    compile(text.encode(), FILE, "exec")


def test_a_formatter_changes_no_stub_into_work() -> None:
    first = STUB.index("def ")
    line = STUB[first : STUB.index("\n", first)]
    formatted = STUB.replace(line, line.replace("(", "(\n    ").replace(", ", ",\n    "))
    assert formatted != STUB
    assert is_stub(formatted.encode(), STUB)
    assert not is_stub(f"# begun\n{STUB}".encode(), STUB)


def test_a_zip_that_lies_about_its_size_is_not_unpacked(tmp_path: Path) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr(FILE, b"#" * (50 << 20))
    true, false = struct.pack("<I", 50 << 20), struct.pack("<I", 1000)
    tracemalloc.start()
    intake = hand_in(tmp_path, {"work.zip": data.getvalue().replace(true, false)})
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 45 << 20
    assert "work.zip cannot be opened here" in " ".join(intake.unclear[A1.name])


@pytest.mark.parametrize("change", ["tabs", "a blank line at the top", "line ends of old Macs"])
def test_a_stub_with_other_spaces_is_untouched(change: str, tmp_path: Path) -> None:
    stub = {
        "tabs": STUB.replace("    ", "\t"),
        "a blank line at the top": f"\n\n{STUB}",
        "line ends of old Macs": STUB.replace("\n", "\r"),
    }[change]
    assert is_stub(stub.encode(), STUB)
    assert not is_stub(WORK.encode(), STUB)


LITTER = (
    *("__MACOSX/a1/._convolution.py", ".DS_Store", "._convolution.py", "Thumbs.db"),
    *("desktop.ini", "__pycache__/convolution.cpython-312.pyc", ".ipynb_checkpoints/x.ipynb"),
    *(".vscode/settings.json", "~$notes.docx", "convolution.py~"),
)


@pytest.mark.parametrize("name", LITTER)
def test_litter_is_ignored_without_a_word(name: str, tmp_path: Path) -> None:
    intake = hand_in(tmp_path, {FILE: WORK, name: b"\0\5\x16\7"})
    assert intake.left_out == []
    assert taken(intake) == WORK


UNCLEAR: dict[str, tuple[dict[str, str | bytes], str]] = {
    "two that differ": (
        {"convolution (1).py": WORK, "convolution (2).py": WORK + "\n# later\n"},
        f"Move the right one to {A1.name}/{FILE}",
    ),
    "another name": ({"my_work.py": WORK}, f"rename it to {A1.name}/{FILE}"),
    "only the notebook": (
        {"a1.ipynb": '{"cells": [{"source": ["def im2col(x):\\n", "    return x"]}]}'},
        f"Copy them into {A1.name}/{FILE}",
    ),
    "an archive that is no zip": ({"work.rar": b"Rar!"}, f"Unpack it, and put {FILE} into"),
    "a damaged zip": ({"work.zip": b"PK\3\4 and no more"}, f"Unpack it, and put {FILE} into"),
    "a notebook whose cells are single texts": (
        {"a1.ipynb": json.dumps({"cells": [{"source": "x = 1\ndef im2col(x):\n    return x"}]})},
        f"Copy them into {A1.name}/{FILE}",
    ),
    "a notebook in a zip": (
        {"work.zip": zipped({"a1.ipynb": '{"cells": [{"source": ["def im2col(x):\\n"]}]}'})},
        f"Copy them into {A1.name}/{FILE}",
    ),
    "a notebook that is called .py": (
        {FILE: '{"cells": [{"source": ["def im2col(x):\\n"]}]}'},
        f"{A1.name}/{FILE} is a notebook. Put the Python source in its place",
    ),
    "a document that is called .py": ({FILE: r"{\rtf1 def im2col(x):\par }"}, "a word processor"),
    "a web page that is called .py": ({FILE: "<!DOCTYPE html><title>Log in"}, "is a web page"),
    "a compiled file that is called .py": ({FILE: b"\xa7\r\r\n" + b"\0" * 20}, "compiled Python"),
    "something else with null bytes": ({FILE: b"def f(): pass\n\0\0x"}, "null bytes"),
    "a document": ({"convolution.docx": b"PK\3\4"}, f"in it into {A1.name}/{FILE}"),
    "a text": ({"answer.md": WORK}, f"Copy them into {A1.name}/{FILE}"),
    "an archive in a zip": (
        {"work.zip": zipped({"inner.zip": "PK"})},
        f"work.zip/inner.zip cannot be opened here. Unpack it, and put {FILE} into",
    ),
    "an editor's copy alone": ({f"{FILE}~": WORK}, f"rename it to {A1.name}/{FILE}"),
    "a checkpoint alone": (
        {".ipynb_checkpoints/convolution-checkpoint.py": WORK},
        f"rename it to {A1.name}/{FILE}",
    ),
    "a file that is too large": ({FILE: WORK + "#" * (1 << 20)}, "larger than 1 MB"),
    "a copy that is too large": ({"convolution (1).py": WORK + "#" * (1 << 20)}, "larger than"),
    "a damaged tar": ({"work.tar.gz": b"\x1f\x8b and no more"}, f"Unpack it, and put {FILE} into"),
}


@pytest.mark.parametrize("kind", UNCLEAR)
def test_what_cannot_be_told_is_unclear_and_says_what_to_type(kind: str, tmp_path: Path) -> None:
    files, says = UNCLEAR[kind]
    intake = hand_in(tmp_path, files)
    there = (intake.folder / A1.name / FILE).is_file()
    assert there == (FILE in files and "too large" not in kind), "what is there stays as it is"
    (sentence,) = intake.unclear[A1.name]
    assert says in sentence


BESIDE_A_STUB = [
    *("another name", "only the notebook", "an archive that is no zip", "a damaged zip"),
    *("a notebook whose cells are single texts", "a notebook in a zip", "a document", "a text"),
    *("an archive in a zip", "an editor's copy alone", "a checkpoint alone"),
]


@pytest.mark.parametrize("kind", BESIDE_A_STUB)
def test_work_beside_an_untouched_file_is_not_called_untouched(kind: str, tmp_path: Path) -> None:
    files, says = UNCLEAR[kind]
    (sentence,) = hand_in(tmp_path, {FILE: STUB, **files}).unclear[A1.name]
    assert says in sentence


SOLVED = {file: (COURSE.solutions / A3.name / file).read_text() for file in A3.files}
UNTOUCHED = stubs_of(COURSE)[A3.name]
OF_THREE: dict[str, tuple[dict[str, str], str]] = {
    "one is empty": ({"layers.py": ""}, "layers.py is empty"),
    "all is in one": (
        {f: "\n".join(SOLVED.values()) if f == "pooling.py" else UNTOUCHED[f] for f in SOLVED},
        "pooling.py holds the functions of layers.py",
    ),
    "two are exchanged": (
        {"pooling.py": SOLVED["loss.py"], "loss.py": SOLVED["pooling.py"]},
        "loss.py holds the functions of pooling.py",
    ),
    "one is untouched beside a file of another name": (
        {"layers.py": UNTOUCHED["layers.py"], "my_layers.py": SOLVED["layers.py"]},
        f"rename it to {A3.name}/layers.py",
    ),
}


@pytest.mark.parametrize("kind", OF_THREE)
def test_what_one_of_several_files_lacks_is_no_zero(kind: str, tmp_path: Path) -> None:
    changed, says = OF_THREE[kind]
    (tmp_path / "submission" / A3.name).mkdir(parents=True)
    (tmp_path / "target").mkdir()
    for name, text in (SOLVED | changed).items():
        (tmp_path / "submission" / A3.name / name).write_text(text)
    unclear = take_in(tmp_path / "submission", COURSE, tmp_path / "target").unclear
    assert any(says in sentence for sentence in unclear[A3.name])


ANOTHER_NOTEBOOK = json.dumps(
    {
        "cells": [
            {"cell_type": "markdown", "source": "def softmax(z): I did not do."},
            {
                "cell_type": "code",
                "source": ["help(softmax)\n", "# def softmax(z)"],
                "outputs": [{"text": "class Dropout(Layer)\ndef softmax(z):"}],
            },
        ]
    }
)
BESIDE_HALF_DONE: dict[str, dict[str, str | bytes]] = {
    "nothing": {},
    "the lesson": {f"{A3.name}.ipynb": ANOTHER_NOTEBOOK},
    "a curve and its numbers": {"loss.pdf": b"%PDF-", "loss.txt": "loss 0.3", "loss.csv": "1"},
    "data": {"data/train-images-idx3-ubyte.gz": b"\x1f\x8b"},
    "prose": {"notes.md": "I had no time for the class Softmax and def softmax, see loss."},
    "a plan": {"scratch.py": "# later: def softmax(z):\nimport loss\n"},
    "a method of that name": {"utils.py": "class Net:\n    def softmax(self, z): return z"},
    "a virtual environment": {"venv/lib/site-packages/scipy/_logsumexp.py": "def softmax(x): pass"},
    "pictures": {f"frames/{k}.png": b"\x89PNG" for k in range(2100)},
    "an older copy of what is done": {"old/pooling.py": SOLVED["pooling.py"] + "# before"},
}


@pytest.mark.parametrize("beside", BESIDE_HALF_DONE)
def test_what_is_half_done_is_graded_as_it_is(beside: str, tmp_path: Path) -> None:
    (tmp_path / "target").mkdir()
    files = SOLVED | {"loss.py": UNTOUCHED["loss.py"]} | BESIDE_HALF_DONE[beside]
    for name, text in files.items():
        path = tmp_path / "submission" / A3.name / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    intake = take_in(tmp_path / "submission", COURSE, tmp_path / "target")
    assert intake.unclear == {}
    assert (intake.folder / A3.name / "loss.py").read_text() == UNTOUCHED["loss.py"]


@pytest.mark.parametrize("kind", ["a link", "a pipe", "a second name", "a folder"])
def test_what_is_no_plain_file_in_its_place_is_no_zero(kind: str, tmp_path: Path) -> None:
    top = tmp_path / "submission" / A1.name
    top.mkdir(parents=True)
    (tmp_path / "target").mkdir()
    (top / "notes").write_text(WORK)
    match kind:
        case "a link":
            (top / FILE).symlink_to("notes")
        case "a pipe":
            os.mkfifo(top / FILE)
        case "a second name":
            os.link(top / "notes", top / FILE)
        case "a folder":
            (top / FILE).mkdir()
    unclear = take_in(tmp_path / "submission", COURSE, tmp_path / "target").unclear
    assert f"{FILE} was left out: " in " ".join(unclear[A1.name])


def test_nothing_is_taken_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / FILE).write_text(WORK)
    folder = tmp_path / "submission" / A1.name
    folder.mkdir(parents=True)
    (folder / "inside").symlink_to(tmp_path / "secret")
    (folder / "convolution (1).py").symlink_to(tmp_path / "secret" / FILE)
    os.link(tmp_path / "secret" / FILE, folder / "convolution (2).py")
    (tmp_path / "target").mkdir()
    assert taken(take_in(tmp_path / "submission", COURSE, tmp_path / "target")) is None


@pytest.mark.sample(1)
@pytest.mark.parametrize("expected_is_there", [True, False])
def test_many_files_and_deep_folders_raise_nothing(
    expected_is_there: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The number of opened files does not grow with the number of other files."""
    folder = tmp_path / "submission" / A1.name
    (folder / "many").mkdir(parents=True)
    for number in range(20_000):
        (folder / "many" / f"{number}.dat").touch()
    here = os.getcwd()
    os.chdir(folder)
    try:
        for _ in range(1_200):
            os.mkdir("d")
            os.chdir("d")
    finally:
        os.chdir(here)
    if expected_is_there:
        (folder / FILE).write_text(WORK)
    (tmp_path / "target").mkdir()
    opened = 0
    real = os.open

    def count(*arguments: object, **rest: object) -> int:
        nonlocal opened
        opened += 1
        return real(*arguments, **rest)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "open", count)
    intake = take_in(tmp_path / "submission", COURSE, tmp_path / "target")
    assert opened < 20
    assert (taken(intake) == WORK) is expected_is_there
    assert bool(intake.unclear) is not expected_is_there
    monkeypatch.undo()
    _remove_deep(folder)


def _remove_deep(folder: Path) -> None:
    """Remove the deep folders: pytest's recursive removal would exceed Python's recursion limit."""
    here = os.getcwd()
    os.chdir(folder)
    try:
        for _ in range(1_199):
            os.chdir("d")
        for _ in range(1_200):
            if os.path.isdir("d"):
                os.rmdir("d")
            os.chdir("..")
    finally:
        os.chdir(here)


def test_of_several_files_only_those_that_are_there_are_graded(tmp_path: Path) -> None:
    """A file that is not there does not make the submission unclear."""
    folder = tmp_path / "submission" / A3.name
    folder.mkdir(parents=True)
    (folder / "pooling.py").write_text("x = 1\n")
    (tmp_path / "target").mkdir()
    intake = take_in(tmp_path / "submission", COURSE, tmp_path / "target")
    assert not intake.unclear
    assert [p.name for p in (tmp_path / "target" / A3.name).iterdir()] == ["pooling.py"]


def test_a_zip_that_unpacks_to_gigabytes_is_read_within_bounds(tmp_path: Path) -> None:
    bomb = zipped({FILE: "#" * (LARGEST_FILE + 1)})
    assert len(bomb) < 10_000
    assert taken(hand_in(tmp_path, {"work.zip": bomb})) is None


TIMES: list[tuple[bytes, str]] = [
    (b"2026-03-31 23:59:00 UTC", "2026-03-31 23:59:00"),
    (b"2026-03-31 23:59:00", "2026-03-31 23:59:00"),
    (b"2026-03-31 22:15:00.123456 CEST", "2026-03-31 20:15:00.123456"),
    (b"2026-01-31 22:15:00 CET", "2026-01-31 21:15:00"),
    (b"2026-03-31 22:15:00 EDT", "2026-04-01 02:15:00"),
    (b"2026-03-31 22:15:00 JST", "2026-03-31 13:15:00"),
    (b"2026-03-31 22:15:00 Europe/Berlin", "2026-03-31 20:15:00"),
    (b"2026-03-31 22:15:00 +0200", "2026-03-31 20:15:00"),
    (b"2026-03-31T22:15:00+02:00", "2026-03-31 20:15:00"),
    ("2026-03-31 23:59:00 UTC\r\n".encode("utf-16"), "2026-03-31 23:59:00"),
    ("2026-03-31 23:59:00 UTC\n".encode("utf-8-sig"), "2026-03-31 23:59:00"),
]


@pytest.mark.parametrize(("data", "meant"), TIMES)
def test_times_are_read_as_they_are_meant(data: bytes, meant: str) -> None:
    assert read_time(read_text(data)) == datetime.fromisoformat(meant)


def test_what_an_abbreviation_means_the_zone_of_the_exchange_decides() -> None:
    shanghai = read_time("2026-03-31 22:00:00 CST", "Asia/Shanghai")
    chicago = read_time("2026-01-31 22:00:00 CST", "America/Chicago")
    assert shanghai == datetime(2026, 3, 31, 14)
    assert chicago == datetime(2026, 2, 1, 4)
    with pytest.raises((ValueError, KeyError)):
        read_time("2026-03-31 22:00:00 CST")


TABLES: list[Callable[[str], bytes]] = [
    lambda text: text.encode(),
    lambda text: text.encode("utf-8-sig"),
    lambda text: text.encode("utf-16"),
    lambda text: text.replace(",", ";").encode(),
    lambda text: ("sep=;\r\n" + text.replace(",", ";")).encode("utf-8-sig"),
    lambda text: text.replace(",", "\t").encode("utf-16"),
    lambda text: text.encode("cp1252"),
]


@pytest.mark.parametrize("written", TABLES)
def test_class_lists_of_any_spreadsheet(written: Callable[[str], bytes]) -> None:
    text = "ID, First_Name,last_name,email\r\njosé,José,García,jose@example.org\r\n\r\n"
    (row,) = read_table(written(text))
    assert row == {
        "id": "josé",
        "first_name": "José",
        "last_name": "García",
        "email": "jose@example.org",
    }


def test_names_that_people_take_for_one() -> None:
    names = ["jos\u00e9", "jose\u0301", "Ada.L", "ada.l", "bob", "王芳"]
    groups = sorted(look_alikes(names))
    assert groups == [("Ada.L", "ada.l"), ("jose\u0301", "jos\u00e9")]


@given(st.text(max_size=200), st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]))
def test_a_text_is_the_same_whatever_it_was_saved_as(text: str, encoding: str) -> None:
    # as_utf8 removes \x1a, the end-of-file character of old systems, from the end.
    text = "x" * 4 + text.replace("\0", "").rstrip("\x1a")
    data = text.encode(encoding, "replace")
    assert as_utf8(data).decode() == text.encode("utf-8", "replace").decode()


@given(st.text("äöüßéñçÀ “”–€·×²", max_size=40))
def test_a_text_of_an_older_editor_is_read(text: str) -> None:
    # In cp1252, these letters, each followed by an ASCII letter, are never valid UTF-8.
    text = "# a comment as long as code is, and longer\n" * 5 + "a".join(text)
    for encoding in ("cp1252", "utf-8"):
        assert as_utf8(text.encode(encoding)).decode() == text


def test_a_text_that_names_its_encoding_and_what_is_no_text_stay_as_they_are() -> None:
    for data in ("# -*- coding: latin-1 -*-\nü\n".encode("latin-1"), bytes(range(256)) * 3):
        assert as_utf8(data) == data


# --- what is looked through ---


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "name",
    [
        "convolution" + "1" * 200 + "!",
        "convolution" + "_1" * 100 + "!",
        "convolution.py" + "1." * 100 + "!",
        "convolution" + "copy1" * 40 + "!",
        "a_1_" * 60 + "convolution!",
        "1" * 5000 + "_1_convolution.py!",
    ],
)
def test_a_long_name_is_turned_down_at_once(name: str) -> None:
    assert not named_like(name, "convolution.py")


def zip_of_many_entries(count: int) -> bytes:
    """A zip whose central directory lists empty files that are not in it."""
    fields = struct.pack("<HHHHHHIIIHHHHHII", 20, 20, 0, 0, 0, 33, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0)
    table = b"".join(b"PK\x01\x02" + fields + b"%06x" % k for k in range(count))
    end64 = struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, count, count, len(table), 0)
    locator = struct.pack("<IQI", 0, len(table), 1)
    end = struct.pack("<HHHHIIH", 0, 0, 65535, 65535, 2**32 - 1, 2**32 - 1, 0)
    return table + b"PK\x06\x06" + end64 + b"PK\x06\x07" + locator + b"PK\x05\x06" + end


MEGABYTE = 1 << 20
LARGE: dict[str, tuple[Callable[[], dict[str, bytes]], str]] = {
    "many notebooks": (
        lambda: {f"n{k}.ipynb": bytes(15 * MEGABYTE) for k in range(20)},
        "too many or too large files",
    ),
    "a zip of many large texts": (
        lambda: {
            "a.zip": zipped(
                {f"convolution ({k}).py": f"#{k}" + "\u4e00" * (MEGABYTE // 4) for k in range(99)}
            )
        },
        "more: each may be convolution.py",
    ),
    "a zip of many names": (
        lambda: {"a.zip": zip_of_many_entries(300_000)},
        "cannot be opened here",
    ),
    "tars that grow": (
        lambda: {f"{k}.tar.bz2": bz2.compress(bytes(63 * MEGABYTE)) for k in range(3)},
        "cannot be opened here",
    ),
    "many archives": (
        lambda: {f"{k}.zip": zipped({"notes.txt": "nothing"}) for k in range(99)},
        "too many or too large files",
    ),
}


@pytest.mark.parametrize("case", LARGE)
def test_what_is_looked_through_stays_small_and_says_what_to_do(case: str, tmp_path: Path) -> None:
    make, words = LARGE[case]
    files = make()
    path, target = tmp_path / "submission", tmp_path / "target"
    (path / A1.name).mkdir(parents=True)
    target.mkdir()
    for name, content in files.items():
        (path / A1.name / name).write_bytes(content)
    tracemalloc.start()
    try:
        intake = take_in(path, COURSE, target)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert most < 150 * MEGABYTE
    (said,) = intake.unclear[A1.name]
    assert words in said
    assert len(said) < 1000


def test_a_file_in_its_place_is_taken_whatever_lies_beside_it(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {f"{k}.zip": zip_of_many_entries(30_000) for k in range(3)}
    intake = hand_in(tmp_path, files | {FILE: WORK})
    assert taken(intake) == WORK
    assert not intake.unclear.get(A1.name)
