"""`make update` installs a newer handout and keeps everything that a learner wrote."""

import json
import tempfile
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.catalogue import load
from autograder.cli import main
from autograder.instructor import handout
from autograder.learner.check import check_folder
from autograder.learner.update import LIST, NEWER, REPLACED, handed_out, update_folder
from autograder.text import UserError

ROOT = Path(__file__).resolve().parent.parent
COURSE = load(ROOT)
A1, A2 = COURSE.assignments[:2]
MINE = f"assignments/{A1.name}/{A1.files[0]}"
OTHER = f"assignments/{A2.name}/{A2.files[0]}"
MODULE = "autograder/console.py"
PAGE = "docs/learner-guide.md"
Files = dict[str, bytes]


@pytest.fixture(scope="module")
def first() -> Files:
    return handout.handout_files(ROOT)


@pytest.fixture
def learner(first: Files, tmp_path: Path) -> Path:
    """An unpacked handout with written exercises, hints asked for, and the learner's notes."""
    top = tmp_path / COURSE.name
    unpack(pack(first, tmp_path / "first.zip"), tmp_path)
    solution = (ROOT / "solutions" / A1.name / A1.files[0]).read_bytes()
    (top / MINE).write_bytes(solution + b"\n# my own words\n")
    (top / "assignments" / ".hints.json").write_text('{"im2col": 2}')
    (top / "assignments" / ".progress.json").write_text('{"passed": ["output_size"]}')
    (top / "notes.txt").write_text("mine")
    return top


def pack(files: Files, archive: Path) -> Path:
    with zipfile.ZipFile(archive, "w") as packed:
        for name, data in files.items():
            packed.writestr(f"{COURSE.name}/{name}", data)
    return archive


def unpack(archive: Path, target: Path) -> None:
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(target)


def newer(files: Files, changes: dict[str, bytes | None]) -> Files:
    """A later handout: some files are changed, added, or (None) removed."""
    made = {n: d for n, d in {**files, **changes}.items() if d is not None and n != LIST}
    return {**made, LIST: handed_out(made)}


def everything(top: Path) -> Files:
    return {
        path.relative_to(top).as_posix(): path.read_bytes()
        for path in top.rglob("*")
        if path.is_file()
    }


def test_work_hints_and_progress_stay_and_the_rest_is_new(
    learner: Path, first: Files, tmp_path: Path
) -> None:
    before = everything(learner)
    second = newer(
        first,
        {
            MINE: first[MINE] + b"\n# a clearer sentence\n",
            OTHER: first[OTHER] + b"\n# a clearer sentence\n",
            MODULE: first[MODULE] + b"\n# mended\n",
            PAGE: None,
            "docs/new.md": b"new",
        },
    )
    archive = pack(second, tmp_path / "second.zip")
    said = CliRunner().invoke(main, ["update", str(archive), "--dir", str(learner)])
    assert said.exit_code == 0, said.output
    assert f"{MINE} holds your work and stays; its new version is {NEWER}/{MINE}" in said.output
    after = everything(learner)
    for name in (MINE, "notes.txt", "assignments/.hints.json", "assignments/.progress.json"):
        assert after.pop(name) == before[name]
    assert after.pop(f"{NEWER}/{MINE}") == second[MINE]
    assert after == {name: data for name, data in second.items() if name != MINE}
    by_name = {
        one.exercise: one.status
        for one in check_folder(learner / "assignments", A1.exercises).exercises
    }
    assert set(by_name.values()) == {"passed"}
    again = CliRunner().invoke(main, ["update", str(archive), "--dir", str(learner)])
    assert "up to date" in again.output


def test_a_file_of_the_kit_that_was_changed_is_kept_aside(
    learner: Path, first: Files, tmp_path: Path
) -> None:
    (learner / MODULE).write_bytes(b"# my own console\n")
    done = update_folder(learner, pack(newer(first, {"x.md": b"x"}), tmp_path / "second.zip"))
    assert done.replaced == [MODULE]
    assert (learner / REPLACED / MODULE).read_bytes() == b"# my own console\n"
    assert (learner / MODULE).read_bytes() == first[MODULE]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (None, "there is no file"),
        (b"no zip", "damaged, or not a zip"),
        ({"a/b.txt": b"x"}, "not a handout of this kit"),
        ({f"c/{LIST}": b'{"../evil": ""}', "c/../evil": b"x"}, "not a handout of this kit"),
        ({f"c/{LIST}": b'{"x.md": "0"}', "c/x.md": b"x"}, "not whole"),
        ({f"c/{LIST}": b"[" * 100_000}, "not a handout of this kit"),
    ],
)
def test_what_is_no_handout_changes_nothing(
    learner: Path, tmp_path: Path, data: bytes | Files | None, said: str
) -> None:
    before = everything(learner)
    archive = tmp_path / "new.zip"
    if isinstance(data, bytes):
        archive.write_bytes(data)
    elif data is not None:
        with zipfile.ZipFile(archive, "w") as packed:
            for name, text in data.items():
                packed.writestr(name, text)
    with pytest.raises(UserError, match=said):
        update_folder(learner, archive)
    assert everything(learner) == before


def test_a_checkout_is_no_handout(first: Files, tmp_path: Path) -> None:
    (tmp_path / "assignments").mkdir()
    (tmp_path / "solutions").mkdir()
    with pytest.raises(UserError, match="not an unpacked handout"):
        update_folder(tmp_path, pack(first, tmp_path / "new.zip"))
    shown = CliRunner().invoke(main, ["update"])
    assert shown.exit_code == 2
    assert "which handout?" in shown.output


NAMES = ("assignments/a/x.py", "assignments/a/y.py", "docs/a.md", "autograder/a.py")
# A file's content in the old handout, on the learner's disk, and in the newer handout.
STATES = st.tuples(*[st.sampled_from([None, b"1", b"2", b"3"])] * 3)


@settings(deadline=None, max_examples=80)
@given(st.fixed_dictionaries(dict.fromkeys(NAMES, STATES)), st.booleans())
def test_whatever_the_learner_changed_is_still_there(
    files: dict[str, tuple[bytes | None, bytes | None, bytes | None]], has_list: bool
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        top = Path(folder, "work")
        (top / "assignments").mkdir(parents=True)
        old = {name: data for name, (data, _, _) in files.items() if data is not None}
        # A handout is never empty.
        new = newer({"README.md": b""}, {name: data for name, (_, _, data) in files.items()})
        for name, (_, data, _) in files.items():
            if data is not None:
                (top / name).parent.mkdir(parents=True, exist_ok=True)
                (top / name).write_bytes(data)
        if has_list:
            (top / LIST).write_bytes(handed_out(old))
        update_folder(top, pack(new, Path(folder, "new.zip")))
        now = everything(top)
        for name, (before, mine, after) in files.items():
            own = mine is not None and (mine != before or not has_list)
            if own and name.startswith("assignments/"):
                assert now[name] == mine
                seen = after in (None, mine, now.get(f"{NEWER}/{name}"))
                assert seen or (has_list and after == before)
            elif own:
                assert mine in (now.get(name), now.get(f"{REPLACED}/{name}"))
            elif after is not None:
                assert now[name] == after
            if not name.startswith("assignments/") and after is not None:
                assert now[name] == after
        assert set(json.loads(now[LIST])) == new.keys() - {LIST}
