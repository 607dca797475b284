"""Collecting: every platform's download gets to its place; no file is lost or leaves the folder."""

import io
import os
import re
import shutil
import stat
import subprocess
import tarfile
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder.catalogue import choose, load
from autograder.cli import main
from autograder.instructor.aftermath import bring_up_to_date, open_warnings
from autograder.instructor.collect import read_people
from autograder.instructor.marks import gradebook_of
from autograder.instructor.unpacking import Unpacked
from autograder.instructor.worksheet import hand_in_times
from autograder.judging.stubs import stubs_of
from autograder.text import UserError

ROOT = Path(__file__).resolve().parent.parent
COURSE = load(ROOT)
A1, A2 = COURSE.assignments[:2]
FILE = A1.files[0]
WORK = (ROOT / "solutions" / A1.name / FILE).read_text()
STUB = stubs_of(COURSE)[A1.name][FILE]
PEOPLE = """id,first_name,last_name,lms_user_id
ada,Ada,Lovelace,77
bob,Bob,O'Brien,78
josé,José,García,79
"""


@pytest.fixture
def course(tmp_path: Path) -> Iterator[Path]:
    top = tmp_path / "course"
    top.mkdir()
    shutil.copy(ROOT / "nbgrader_config.py", top)
    shutil.copy(ROOT / "gradebook.db", top)
    (top / "class.csv").write_text(PEOPLE)
    choose(top)
    yield top
    choose(ROOT)


def collect(
    top: Path, *sources: Path, listed: bool = True, options: tuple[str, ...] = ()
) -> Result:
    arguments = ["collect", *map(str, sources), "--course", str(top), *options]
    if listed:
        arguments += ["--class", str(top / "class.csv")]
    done = CliRunner().invoke(main, arguments, env={"COLUMNS": "200"})
    assert done.exception is None or isinstance(done.exception, SystemExit), done.output
    return done


def packed(target: Path, files: dict[str, str | bytes]) -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return target


def as_bytes(files: dict[str, str | bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return stream.getvalue()


def of(top: Path, student: str, file: str = FILE) -> str:
    return (top / "submitted" / student / A1.name / file).read_text()


def test_moodles_zip_with_folders_and_without(course: Path, tmp_path: Path) -> None:
    source = packed(
        tmp_path / "moodle.zip",
        {
            f"Ada Lovelace_12345_assignsubmission_file_/{FILE}": WORK,
            "Bob O'Brien_12346_assignsubmission_file_/work.zip": as_bytes({f"work/{FILE}": WORK}),
            f"José García_12347_assignsubmission_file_{FILE}": WORK,
            "José García_12347_assignsubmission_onlinetext_/onlinetext.html": "<p>Hello</p>",
            "Eve Nobody_12348_assignsubmission_file_/convolution.py": WORK,
        },
    )
    done = collect(course, source)
    assert done.exit_code == 1
    assert [of(course, s) for s in ("ada", "bob", "josé")] == [WORK] * 3
    assert "not taken: Eve Nobody: nobody on the class list" in done.output
    assert "3 taken, 0 skipped, 1 not taken" in done.output
    assert {p.name for p in (course / "submitted").iterdir()} == {"ada", "bob", "josé"}


def test_canvas_files_late_and_numbered(course: Path, tmp_path: Path) -> None:
    folder = tmp_path / "submissions"
    folder.mkdir()
    (folder / f"lovelaceada_77_9001_{FILE}").write_text(WORK)
    (folder / f"obrienbob_LATE_78_9002_{FILE.replace('.py', '-1.py')}").write_text(WORK)
    done = collect(course, folder)
    assert done.exit_code == 0, done.output
    assert of(course, "ada") == of(course, "bob") == WORK
    lines = {line.split(",")[0]: line for line in done.output.splitlines()}
    assert "late by the platform" in lines["bob"]
    assert "late by the platform" not in lines["ada"]


def test_nbgraders_inbound_keeps_the_earlier_attempt_and_the_times(
    course: Path, tmp_path: Path
) -> None:
    inbound = tmp_path / "inbound"
    for time, text in (
        ("2026-03-01 10:00:00.000000 UTC", STUB + "\n# begun\n"),
        ("2026-03-02 11:30:00.000000 UTC", WORK),
    ):
        folder = inbound / f"ada+{A1.name}+{time}+xyz"
        folder.mkdir(parents=True)
        (folder / FILE).write_text(text)
    done = collect(course, inbound)
    assert done.exit_code == 0, done.output
    assert of(course, "ada") == WORK
    assert of(course, "ada", "timestamp.txt").startswith("2026-03-02 11:30:00")
    (earlier,) = (course / "attempts" / "ada" / A1.name).iterdir()
    assert earlier.name.startswith("2026-03-01-100000")
    assert "# begun" in (earlier / FILE).read_text()


def test_clones_are_named_by_student_and_dated_by_their_last_commit(
    course: Path, tmp_path: Path
) -> None:
    clones = tmp_path / "clones"
    clone = clones / f"cnn-{A1.name.split('_')[0]}-ada"
    (clone / "assignments" / A1.name).mkdir(parents=True)
    (clone / "assignments" / A1.name / FILE).write_text(WORK)
    git = ["git", "-C", str(clone), "-c", "user.name=a", "-c", "user.email=a@b"]
    environment = {**os.environ, "GIT_COMMITTER_DATE": "2026-03-05T12:00:00+0000"}
    for step in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "x"]):
        subprocess.run([*git, *step], check=True, env=environment)
    done = collect(course, clones)
    assert done.exit_code == 0, done.output
    assert of(course, "ada") == WORK
    assert of(course, "ada", "timestamp.txt") == "2026-03-05 12:00:00 UTC\n"


def test_untouched_stubs_are_nobodys_hand_in(course: Path, tmp_path: Path) -> None:
    source = packed(tmp_path / "class.zip", {f"ada/{A1.name}/{FILE}": STUB.replace("\n", "\r\n")})
    done = collect(course, source)
    assert "ada, a1_convolution: untouched" in done.output
    assert not (course / "submitted").exists()


def test_a_students_own_timestamp_is_not_believed(course: Path, tmp_path: Path) -> None:
    folder = "Ada Lovelace_417_assignsubmission_file"
    files: dict[str, str | bytes] = {
        f"{folder}/{FILE}": WORK,
        f"{folder}/timestamp.txt": "2020-01-01 00:00:00 UTC",
    }
    done = collect(course, packed(tmp_path / "class.zip", files))
    assert "a timestamp.txt that the student wrote is ignored" in done.output
    assert not (course / "submitted" / "ada" / A1.name / "timestamp.txt").exists()


def test_an_empty_upload_is_asked_for_again(course: Path, tmp_path: Path) -> None:
    done = collect(course, packed(tmp_path / "class.zip", {f"ada/{A1.name}/{FILE}": " \n"}))
    assert done.exit_code == 1
    assert f"not taken: ada, {A1.name}: {FILE} is empty, as an upload that fails" in done.output


def test_a_text_in_another_encoding_is_named(course: Path, tmp_path: Path) -> None:
    text = (WORK + "# für\n").encode("latin-1")
    done = collect(course, packed(tmp_path / "class.zip", {f"ada/{A1.name}/{FILE}": text}))
    assert f"ada: {FILE} was not saved as UTF-8; its letters were kept" in done.output
    assert of(course, "ada").endswith("# für\n")


def test_the_same_again_writes_nothing_and_a_change_keeps_both(
    course: Path, tmp_path: Path
) -> None:
    source = packed(
        tmp_path / "class.zip", {f"ada/{A1.name}/{FILE}": WORK, "ada/regrade.txt": "Why?"}
    )
    collect(course, source)
    assert "as before" in collect(course, source).output
    assert not (course / "attempts").exists()
    packed(source, {f"ada/{A1.name}/{FILE}": WORK + "# better\n"})
    assert "the attempt from before" in collect(course, source).output
    assert of(course, "ada").endswith("# better\n")
    (kept,) = (course / "attempts" / "ada" / A1.name).iterdir()
    assert (kept / FILE).read_text() == WORK


def test_the_same_files_are_one_attempt_whatever_source_knows_the_time(
    course: Path, tmp_path: Path
) -> None:
    place = "Ada Lovelace_4711_assignsubmission_file_"
    source = packed(tmp_path / "moodle.zip", {f"{place}/{FILE}": WORK})
    (sheet := tmp_path / "grades.csv").write_text(WORKSHEET)
    timed = ("--worksheet", str(sheet), "--zone", "Europe/Berlin")
    collect(course, source)
    said = collect(course, source, options=timed).output
    assert f"ada, {A1.name}: as before, and now it is known when" in said
    assert of(course, "ada", "timestamp.txt") == "2026-03-30 18:15:00 UTC\n"
    assert "as before, nothing was written" in collect(course, source).output
    assert of(course, "ada", "timestamp.txt") == "2026-03-30 18:15:00 UTC\n"
    assert not (course / "attempts").exists()
    sheet.write_text(WORKSHEET.replace("8:15", "9:15"))
    assert "the attempt from before" in collect(course, source, options=timed).output
    assert of(course, "ada", "timestamp.txt") == "2026-03-30 19:15:00 UTC\n"


def test_a_notebook_under_another_name_goes_with_its_assignment(
    course: Path, tmp_path: Path
) -> None:
    notebook = (ROOT / "source" / A1.name / f"{A1.name}.ipynb").read_bytes()
    source = packed(
        tmp_path / "all.zip",
        {
            f"ada/{FILE}": WORK,
            "ada/My homework (final).ipynb": notebook,
            "ada/old/first.ipynb": notebook.replace(b"is", b"was"),
            "ada/other.ipynb": b"{}",
        },
    )
    said = collect(course, source).output
    folder = course / "submitted" / "ada" / A1.name
    assert (folder / f"{A1.name}.ipynb").read_bytes() == notebook
    assert f"My homework (final).ipynb was taken as {A1.name}.ipynb" in said
    assert (folder / "old_first.ipynb").is_file()
    assert f"ada, {A1.name}: old_first.ipynb is kept beside it, and is not graded" in said
    assert not (folder / "other.ipynb").exists()


def test_what_else_of_python_is_handed_in_is_kept_and_named(course: Path, tmp_path: Path) -> None:
    old = WORK + "\n# an older state\n"
    source = packed(
        tmp_path / "all.zip",
        {
            f"ada/{FILE}": WORK,
            "ada/convolution (1).py": old,
            "ada/convolution_final.py": old + "#\n",
            "ada/lib/helper.py": "x = 1\n",
            f"ada/old/{FILE}": STUB,
            "ada/same.py": WORK,
            f"ada/{A2.files[0]}": "y = 1\n",
            "ada/notes.txt": "z",
        },
    )
    said = collect(course, source).output
    kept = {"convolution (1).py", "convolution_final.py", "lib_helper.py"}
    found = {p.name for p in (course / "submitted" / "ada" / A1.name).iterdir()}
    assert found - {"timestamp.txt"} == {FILE, *kept}
    for name in kept:
        assert f"ada, {A1.name}: {name} is kept beside it, and is not graded" in said
    assert of(course, "ada") == WORK
    assert "as before" in collect(course, source).output


def test_what_was_not_taken_is_warned_of_until_it_is(course: Path, tmp_path: Path) -> None:
    other = (ROOT / "solutions" / A2.name / A2.files[0]).read_text()
    source = packed(tmp_path / "all.zip", {f"nobody/{FILE}": WORK, f"ada/{A2.files[0]}": other})
    done = collect(course, source, options=("--assignment", A1.name))
    assert "nobody on the class list has that name" in done.output
    assert (
        f"no Python file of {A1.name} was found (there is {A2.files[0]}: of {A2.name}?)"
        in done.output
    )
    assert any(
        str(one).startswith("collect all.zip: nobody: nobody on the class list")
        for one in open_warnings(course)
    )
    packed(source, {f"ada/{FILE}": WORK})
    assert collect(course, source).exit_code == 0
    assert open_warnings(course) == []


def test_two_of_one_name_are_both_named(course: Path, tmp_path: Path) -> None:
    with (course / "class.csv").open("a") as stream:
        stream.write("ada2,Ada,Lovelace,\n")
    name = f"Ada Lovelace_12_assignsubmission_file_{FILE}"
    done = collect(course, packed(tmp_path / "all.zip", {name: WORK}))
    assert done.exit_code == 1
    assert "ada, ada2 have that name" in done.output


def test_two_of_one_name_are_told_apart_by_the_worksheets_e_mails(
    course: Path, tmp_path: Path
) -> None:
    (course / "class.csv").write_text(
        "id,first_name,last_name,email\nada,Ada,Lovelace,a@x.org\nada2,Ada,Lovelace,B@x.org\n"
    )
    (sheet := tmp_path / "grades.csv").write_text(
        "Identifier,Full name,Email address,Status,Grade,Last modified (submission)\n"
        "Participant 11,Ada Lovelace,b@x.org,,,-\nParticipant 12,Ada Lovelace,a@x.org,,,-\n"
    )
    name = "Ada Lovelace_{}_assignsubmission_file_" + FILE
    files = {name.format(11): WORK + "# of B\n", name.format(12): WORK}
    source = packed(tmp_path / "all.zip", files)
    assert collect(course, source, options=("--worksheet", str(sheet))).exit_code == 0
    assert of(course, "ada") == WORK
    assert of(course, "ada2").endswith("# of B\n")


def test_a_number_in_moodle_is_no_number_in_canvas(course: Path, tmp_path: Path) -> None:
    """One student's Canvas number in the class list is the other's Moodle number in the zip."""
    (course / "class.csv").write_text(
        "id,first_name,last_name,email,lms_user_id\n"
        "ada,Ada,Lovelace,a@x.org,5002\nken,Ken,Thompson,k@x.org,5001\n"
    )
    (sheet := tmp_path / "grades.csv").write_text(
        "Identifier,Full name,Email address,Status,Grade,Last modified (submission)\n"
        "Participant 5001,Ada Lovelace,a@x.org,,,-\nParticipant 5002,Ken Thompson,k@x.org,,,-\n"
    )
    files = {
        f"Ada Lovelace_5001_assignsubmission_file_{FILE}": WORK,
        f"Ken Thompson_5002_assignsubmission_file_{FILE}": WORK + "# of Ken\n",
    }
    source = packed(tmp_path / "all.zip", dict(files))
    for options in ((), ("--worksheet", str(sheet))):
        assert collect(course, source, options=options).exit_code == 0
        assert of(course, "ada") == WORK
        assert of(course, "ken").endswith("# of Ken\n")


def test_a_number_and_a_name_that_disagree_are_nobodys(course: Path, tmp_path: Path) -> None:
    (course / "class.csv").write_text(
        "id,full name,canvas id\nada,Ada Lovelace,78\nbob,Bob O'Brien,77\n"
    )
    (tmp_path / "all").mkdir()
    (tmp_path / "all" / f"lovelaceada_77_9001_{FILE}").write_text(WORK)
    done = collect(course, tmp_path / "all")
    assert done.exit_code == 1
    assert "the name is that of ada on the class list, but the number 77 is that of bob" in (
        done.output
    )
    assert not (course / "submitted").exists()


def test_an_older_download_stands_beside_the_newer_hand_in(course: Path, tmp_path: Path) -> None:
    for time, text in (("2026-04-02 10:00", WORK + "# new\n"), ("2026-04-01 10:00", WORK)):
        files = {f"ada/{FILE}": text, "ada/timestamp.txt": f"{time}:00 UTC"}
        said = collect(course, packed(tmp_path / f"{time[:10]}.zip", files)).output
    assert "older than what is there, and kept in attempts/" in said
    assert of(course, "ada").endswith("# new\n")
    (kept,) = (course / "attempts" / "ada" / A1.name).iterdir()
    assert (kept / FILE).read_text() == WORK


def test_late_by_the_platform_is_warned_of(course: Path, tmp_path: Path) -> None:
    (tmp_path / "all").mkdir()
    (tmp_path / "all" / f"obrienbob_LATE_78_9002_{FILE}").write_text(WORK)
    collect(course, tmp_path / "all")
    (warning,) = open_warnings(course)
    assert str(warning).startswith(f"bob, {A1.name}: late by the platform")
    stamp = course / "submitted" / "bob" / A1.name / "timestamp.txt"
    stamp.write_text("2026-03-31 23:59:00 UTC\n")
    bring_up_to_date(course)
    assert open_warnings(course) == []


def test_what_cannot_be_written_is_one_line(course: Path, tmp_path: Path) -> None:
    (course / "submitted").write_text("a file where a folder should be")
    done = collect(course, packed(tmp_path / "all.zip", {f"ada/{FILE}": WORK}))
    assert done.exit_code == 2
    (line,) = done.output.splitlines()
    assert re.match(r"autograder: \S+submitted\S*: ", line)


def test_without_a_class_list_a_folders_name_is_the_student(course: Path, tmp_path: Path) -> None:
    (tmp_path / "all" / "eve" / A1.name).mkdir(parents=True)
    (tmp_path / "all" / "eve" / A1.name / FILE).write_text(WORK)
    (tmp_path / "all" / "fay" / A1.name).mkdir(parents=True)
    (tmp_path / "all" / "fay" / A1.name / FILE).write_text(WORK)
    assert collect(course, tmp_path / "all", listed=False).exit_code == 0
    assert of(course, "eve") == of(course, "fay") == WORK


def link() -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(f"ada/{FILE}")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("../../outside.py", "x", "leads out of the folder"),
        ("/outside.py", "x", "leads out of the folder"),
        ("ada\\..\\..\\outside.py", "x", "leads out of the folder"),
        ("a/" * 40 + "x.py", "x", "folders deep"),
        ("a" * 240 + ".py", "x", "bytes"),
        ("ada/\x1b[31m.py", "x", "cannot be shown"),
        ("ada/bomb.py", b"0" * (8 << 20), "zip bomb"),
        ("ada/huge.py", b"0" * (65 << 20), "64 MB"),
    ],
)
def test_a_dangerous_zip_is_refused_in_one_line(
    course: Path, tmp_path: Path, name: str, data: str | bytes, said: str
) -> None:
    source = packed(tmp_path / "evil.zip", {name: data, f"ada/{A1.name}/{FILE}": WORK})
    done = collect(course, source)
    assert done.exit_code == 1
    (line,) = [line for line in done.output.splitlines() if "refused" in line]
    assert said in line
    assert not list(tmp_path.rglob("outside.py"))
    assert not [p for p in tmp_path.rglob("*.py") if b"0000" in p.read_bytes()[:9]]
    if said == "leads out of the folder":
        assert not (course / "submitted").exists()
    else:
        assert of(course, "ada") == WORK, "one file costs the others nothing"


def test_links_in_zips_and_folders_are_not_followed(course: Path, tmp_path: Path) -> None:
    source = tmp_path / "links.zip"
    with zipfile.ZipFile(source, "w") as archive:
        archive.writestr(link(), "/etc/passwd")
    assert "is a link" in collect(course, source).output
    folder = tmp_path / "all"
    (folder / "ada" / A1.name).mkdir(parents=True)
    (folder / "ada" / A1.name / FILE).symlink_to(ROOT / "solutions" / A1.name / FILE)
    (folder / "bob").mkdir()
    assert "is a link" in collect(course, folder).output
    assert not (course / "submitted").exists()


def packed_tar(path: Path, members: list[tuple[tarfile.TarInfo, bytes]]) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for member, data in members:
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return path


def test_a_tar_is_taken_like_a_zip_and_neither_overwrites_the_other(
    course: Path, tmp_path: Path
) -> None:
    source = tmp_path / "all"
    source.mkdir()
    packed_tar(source / "ada.tar.gz", [(tarfile.TarInfo(f"./{FILE}"), WORK.encode())])
    packed_tar(source / "bob.tgz", [(tarfile.TarInfo(f"{A1.name}/{FILE}"), WORK.encode())])
    packed(source / "bob.zip", {FILE: WORK + "# another\n"})
    done = collect(course, source)
    assert of(course, "ada") == of(course, "bob") == WORK
    assert "bob.zip" in done.output, "it is told, not lost"


def test_a_dangerous_tar_is_refused_in_one_line(course: Path, tmp_path: Path) -> None:
    link, out = tarfile.TarInfo(f"ada/{FILE}"), tarfile.TarInfo("../outside.py")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    huge = [(tarfile.TarInfo(f"ada/{k}.py"), b"0" * (40 << 20)) for k in range(2)]
    evil: dict[str, list[tuple[tarfile.TarInfo, bytes]]] = {
        "is a link": [(link, b"")],
        "leads out of the folder": [(out, b"x")],
        "more than 64 MB": huge,
    }
    for said, members in evil.items():
        done = collect(course, packed_tar(tmp_path / "evil.tar.gz", members))
        (line,) = [line for line in done.output.splitlines() if "refused" in line]
        assert said in line
    assert not list(tmp_path.rglob("outside.py"))
    assert not (course / "submitted").exists()


def test_one_damaged_zip_costs_nobody_else(course: Path, tmp_path: Path) -> None:
    source = packed(
        tmp_path / "class.zip",
        {"ada.zip": b"PK\x03\x04 no zip", "bob.zip": as_bytes({FILE: WORK})},
    )
    done = collect(course, source)
    assert done.exit_code == 1
    assert "ada" in next(line for line in done.output.splitlines() if "refused" in line)
    assert of(course, "bob") == WORK


# zipfile cuts a name at its first NUL character, and cannot write the empty rest.
ZIP_NAMES = st.text(min_size=1, max_size=30).filter(lambda name: not name.startswith("\0"))


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(ZIP_NAMES, st.binary(max_size=50), max_size=6))
def test_whatever_is_in_a_zip_nothing_leaves_the_folder(
    tmp_path_factory: pytest.TempPathFactory, files: dict[str, bytes]
) -> None:
    around = tmp_path_factory.mktemp("around")
    source = around / "any.zip"
    try:
        packed(source, dict(files))
    except (ValueError, UnicodeError, IndexError):
        return  # Python itself cannot write such a name
    (around / "in").mkdir()
    unpacked = Unpacked(around / "in")
    unpacked.archive(source)
    assert {p.name for p in around.iterdir()} == {"in", "any.zip"}
    assert all("\n" not in line for line in unpacked.refused)


def test_a_class_list_is_read_as_platforms_write_it() -> None:
    moodle = read_people(
        "Identifier;Full name;ID number\nParticipant 12;Ada Lovelace;ada\n".encode("utf-16")
    )
    assert [(p.id, p.full_name, p.moodle) for p in moodle] == [("ada", "Ada Lovelace", "12")]


# ------------------------------------------------------------------ times

WORKSHEET = (
    "Identifier,Full name,Status,Grade,Last modified (submission)\n"
    '"Participant 4711",Ada Lovelace,Submitted,-,"Monday, 30 March 2026, 8:15 PM"\n'
    '"Participant 4712",Bob Babbage,No submission,-,-\n'
)


def test_moodles_worksheet_says_when(course: Path, tmp_path: Path) -> None:
    times = hand_in_times(WORKSHEET.encode(), "Europe/Berlin")
    assert times == {"4711": datetime(2026, 3, 30, 18, 15)}
    source = packed(
        tmp_path / "moodle.zip",
        {
            f"Ada Lovelace_4711_assignsubmission_file_/{FILE}": WORK,
            "Ada Lovelace_4711_assignsubmission_file_/regrade.txt": "Why?",
            f"Bob O'Brien_4713_assignsubmission_file_/{FILE}": WORK,
        },
    )
    (sheet := tmp_path / "grades.csv").write_text(WORKSHEET)
    options = ("--worksheet", str(sheet), "--zone", "Europe/Berlin")
    said = collect(course, source, options=options).output
    assert of(course, "ada", "timestamp.txt") == "2026-03-30 18:15:00 UTC\n"
    assert f"taken ({FILE}, regrade.txt), handed in 2026-03-30 18:15:00 UTC" in said
    assert "no time is known for 1 of them, so they never count as late" in said
    assert "was taken as" not in said, "a file in the person's own folder needs no note"


@pytest.mark.parametrize(
    ("text", "zone", "said"),
    [
        ("a,b\n1,2\n", "UTC", "grading worksheet"),
        (WORKSHEET.replace("8:15 PM", "am Abend"), "UTC", "is not a time like"),
        (WORKSHEET, "Berlin", "not a time zone"),
        (WORKSHEET, "../../etc/passwd", "not a time zone"),
    ],
)
def test_a_worksheet_that_is_none_is_named(text: str, zone: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        hand_in_times(text.encode(), zone)


CLASS_LISTS = {
    "commas": PEOPLE.encode(),
    "semicolons": PEOPLE.replace(",", ";").encode(),
    "tabs, and UTF-16 as Excel saves it": PEOPLE.replace(",", "\t").encode("utf-16"),
    "a byte order mark": PEOPLE.encode("utf-8-sig"),
    "an older encoding": PEOPLE.encode("latin-1"),
    "sep=; first": b"sep=;\r\n" + PEOPLE.replace(",", ";").encode(),
    "spaces, capitals and empty rows": b"\n"
    + (PEOPLE.replace(",", " , ").replace("id", "ID", 1).encode() + b",,,\n\n"),
}


@pytest.mark.parametrize("form", CLASS_LISTS)
def test_a_class_list_of_any_spreadsheet_comes_into_the_gradebook(course: Path, form: str) -> None:
    (course / "list.csv").write_bytes(CLASS_LISTS[form])
    arguments = ["students", str(course / "list.csv"), "--course", str(course)]
    assert CliRunner().invoke(main, arguments).output == "3 new, 0 changed, 0 as before\n"
    assert CliRunner().invoke(main, arguments).output == "0 new, 0 changed, 3 as before\n"
    with gradebook_of(course) as gradebook:
        found = [(s.id, s.first_name, s.last_name, s.lms_user_id) for s in gradebook.students]
    assert sorted(found) == [
        ("ada", "Ada", "Lovelace", "77"),
        ("bob", "Bob", "O'Brien", "78"),
        ("josé", "José", "García", "79"),
    ]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "it needs a column of ids"),
        (b"name,mail\nAda,a@b.c\n", "it needs a column of ids"),
        (b"PK\3\4", "save it as CSV"),
        (b"id,first_name\nada,Ada\nada,Adam\n", "has ada twice"),
        (b"id\n../ada\n", "cannot be an id"),
    ],
)
def test_what_is_no_class_list_is_refused_in_one_line(course: Path, data: bytes, says: str) -> None:
    (course / "list.csv").write_bytes(data)
    done = CliRunner().invoke(main, ["students", str(course / "list.csv"), "--course", str(course)])
    assert done.exit_code == 2
    assert says in done.output
    assert done.output.count("\n") == 1


BESIDE: dict[str, dict[str, str]] = {
    "another name": {"my_answer.py": WORK},
    "a text": {"answer.md": WORK},
    "a RAR": {"work.rar": "Rar!"},
}


@pytest.mark.parametrize("kind", BESIDE)
def test_work_beside_an_untouched_file_is_kept_and_named(
    course: Path, tmp_path: Path, kind: str
) -> None:
    folder = tmp_path / "downloads" / "ada" / A1.name
    folder.mkdir(parents=True)
    for name, text in ({FILE: STUB} | BESIDE[kind]).items():
        (folder / name).write_text(text)
    out = collect(course, tmp_path / "downloads").output
    assert "untouched" not in out
    (name,) = BESIDE[kind]
    assert re.search(rf"not taken: ada: .*{name}", out)
    assert (course / "submitted" / "ada" / A1.name / name).is_file()


def test_the_folder_of_a_second_download_counts_if_the_first_is_untouched(
    course: Path, tmp_path: Path
) -> None:
    for name, text in ((A1.name, STUB), (f"{A1.name} (1)", WORK)):
        (tmp_path / "downloads" / "ada" / name).mkdir(parents=True)
        (tmp_path / "downloads" / "ada" / name / FILE).write_text(text)
    out = collect(course, tmp_path / "downloads").output
    assert f"{A1.name} (1) was taken as {A1.name}" in out
    assert (course / "submitted" / "ada" / A1.name / FILE).read_text() == WORK
    (tmp_path / "downloads" / "ada" / A1.name / FILE).write_text(f"{WORK}# older\n")
    out = collect(course, tmp_path / "downloads").output
    assert "hold different versions" in out


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_timestamp_is_read_whatever_it_was_saved_as(
    course: Path, tmp_path: Path, encoding: str
) -> None:
    folder = tmp_path / "downloads" / "ada" / A1.name
    folder.mkdir(parents=True)
    (folder / FILE).write_text(WORK)
    (folder / "timestamp.txt").write_bytes("2026-04-01 02:30:00 UTC".encode(encoding))
    assert "handed in 2026-04-01 02:30:00 UTC" in collect(course, tmp_path / "downloads").output


# ------------------------------------------------------------------ the same download again


def test_a_correction_by_hand_is_not_undone_by_the_same_download(
    course: Path, tmp_path: Path
) -> None:
    source = packed(tmp_path / "class.zip", {f"ada/{A1.name}/{FILE}": "x = (\n"})
    collect(course, source)
    (course / "submitted" / "ada" / A1.name / FILE).write_text(WORK)
    said = collect(course, source).output
    assert of(course, "ada") == WORK
    assert "collected before and replaced since, so left out" in said
    shutil.rmtree(course / "submitted" / "ada" / A1.name)
    assert "taken" in collect(course, source).output
    assert of(course, "ada") == "x = (\n"


def test_an_older_download_without_times_replaces_no_newer_hand_in(
    course: Path, tmp_path: Path
) -> None:
    place = "Ada Lovelace_4711_assignsubmission_file_"
    first = packed(tmp_path / "first.zip", {f"{place}/{FILE}": WORK + "# first\n"})
    second = packed(tmp_path / "second.zip", {f"{place}/{FILE}": WORK})
    (sheet := tmp_path / "grades.csv").write_text(WORKSHEET)
    timed = ("--worksheet", str(sheet), "--zone", "Europe/Berlin")
    collect(course, first, options=timed)
    sheet.write_text(WORKSHEET.replace("8:15", "9:15"))
    collect(course, second, options=timed)
    said = collect(course, first).output
    assert "collected before and replaced since" in said
    assert of(course, "ada") == WORK
    assert of(course, "ada", "timestamp.txt") == "2026-03-30 19:15:00 UTC\n"


def test_a_stub_of_a_handout_with_other_points_is_untouched(course: Path, tmp_path: Path) -> None:
    older = re.sub(r"\d+ points?\)", "3 points)", STUB)
    assert older != STUB
    done = collect(course, packed(tmp_path / "class.zip", {f"ada/{A1.name}/{FILE}": older}))
    assert "untouched, so not handed in" in done.output


def test_two_people_of_the_platform_are_not_one_student(course: Path, tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        f"Ada Lovelace_4711_assignsubmission_file_/{FILE}": WORK,
        f"Lovelace Ada_777_assignsubmission_file_/{FILE}": WORK + "# another\n",
    }
    done = collect(course, packed(tmp_path / "moodle.zip", files))
    assert done.exit_code == 1
    assert done.output.count("these are 2 people of the platform (4711, 777)") == 2
    assert not (course / "submitted" / "ada").exists()


@pytest.mark.parametrize("name", ["Regrade.txt", "regrade.txt.txt", "REGRADE (1).TXT"])
def test_a_request_is_taken_under_any_usual_name(course: Path, tmp_path: Path, name: str) -> None:
    files: dict[str, str | bytes] = {f"ada/{A1.name}/{FILE}": WORK, f"ada/{name}": "Why?"}
    done = collect(course, packed(tmp_path / "class.zip", files))
    assert "regrade.txt" in done.output
    assert of(course, "ada", "regrade.txt") == "Why?"


def test_a_request_that_is_no_text_is_named(course: Path, tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {f"ada/{A1.name}/{FILE}": WORK, "ada/regrade.docx": b"PK"}
    done = collect(course, packed(tmp_path / "class.zip", files))
    assert "regrade.docx was not taken: a request to grade again has to be a text file" in (
        done.output
    )


def test_a_request_alone_goes_to_the_hand_in_that_is_there(course: Path, tmp_path: Path) -> None:
    collect(course, packed(tmp_path / "class.zip", {f"ada/{A1.name}/{FILE}": WORK}))
    alone = packed(tmp_path / "later.zip", {"ada/regrade.txt": "Why?"})
    done = collect(course, alone, options=("--assignment", A1.name))
    assert "taken, a request alone (regrade.txt)" in done.output
    assert of(course, "ada") == WORK
    assert of(course, "ada", "regrade.txt") == "Why?"
    newer = packed(tmp_path / "newer.zip", {f"ada/{A1.name}/{FILE}": WORK + "# new\n"})
    collect(course, newer)
    listed = CliRunner().invoke(main, ["requests", "--course", str(course)]).output
    assert "Why?" in listed
    assert "1 open" in listed


def test_a_single_file_is_no_source(course: Path, tmp_path: Path) -> None:
    (file := tmp_path / FILE).write_text(WORK)
    done = collect(course, file)
    assert done.exit_code == 2
    assert "is one file, and no archive: put it into a folder" in done.output


def test_an_archive_of_another_kind_is_named(course: Path, tmp_path: Path) -> None:
    (folder := tmp_path / "class").mkdir()
    (folder / "ada.7z").write_bytes(b"7z\xbc\xaf")
    assert "ada.7z: it cannot be opened here. Unpack it" in collect(course, folder).output


# ------------------------------------------------------------------ dealing with warnings


def test_a_warning_of_a_download_is_acknowledged_by_its_student(
    course: Path, tmp_path: Path
) -> None:
    files: dict[str, str | bytes] = {
        f"ada/{A1.name}/{FILE}": "",
        f"bob/{A1.name}/{FILE}": "",
    }
    collect(course, packed(tmp_path / "class.zip", files))
    assert len(open_warnings(course)) == 2

    def acknowledge(*arguments: str) -> str:
        command = ["acknowledge", *arguments, "--course", str(course)]
        return CliRunner().invoke(main, command, env={"COLUMNS": "200"}).output

    assert "there is no open warning like that" in acknowledge("--student", "ad")
    assert "acknowledged: " in acknowledge("--student", "ada")
    (left,) = open_warnings(course)
    assert left.text.startswith("bob")
    assert "acknowledged: " in acknowledge("--words", "is empty")
    assert open_warnings(course) == []
