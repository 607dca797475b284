"""The handout, unpacked outside the kit: it works, and has nothing of an instructor's in it."""

import ast
import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.leaks import exercise_files, leaks, secrets

from autograder.catalogue import load
from autograder.instructor import handout
from autograder.judging.stubs import BEGIN, END
from autograder.text import UserError

ROOT = Path(__file__).resolve().parent.parent
NAME = load(ROOT).name

# ------------------------------------------------------------------------------ it works


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return handout.write_handout(ROOT, tmp_path_factory.mktemp("made"))


@pytest.fixture(scope="module")
def unpacked(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unpacked zip with a .venv/ that holds only what `make check` would install."""
    top = tmp_path_factory.mktemp("elsewhere")
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(top)
    folder = top / NAME
    environment = folder / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    packages = top / "packages"
    packages.mkdir()
    for path in base_dependencies():
        (packages / path.name).symlink_to(path)
    (site,) = environment.glob("lib/python*/site-packages")
    (site / "handout.pth").write_text(f"{packages}\n{folder}\n")
    command = environment / "bin" / "autograder"
    command.write_text(
        f"#!{environment}/bin/python\nfrom autograder.cli import main\nmain()\n", encoding="utf-8"
    )
    command.chmod(0o755)
    (environment / ".learner").touch()  # so that make installs nothing
    return folder


def base_dependencies() -> Iterator[Path]:
    """Where this environment keeps the packages of requirements/learner.txt."""
    text = (ROOT / "requirements" / "learner.txt").read_text(encoding="utf-8")
    for name in sorted(set(re.findall(r"^([\w.-]+)==", text, re.MULTILINE))):
        try:
            files = importlib.metadata.distribution(name).files or []
        except importlib.metadata.PackageNotFoundError:
            continue  # it is for another system or Python
        tops = {file.parts[0] for file in files} - {"..", "__pycache__"}
        yield from {Path(str(files[0].locate())).parents[len(files[0].parts) - 1] / t for t in tops}


def run(folder: Path, *command: str, succeeds: bool = True) -> str:
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "VIRTUAL_ENV", "MAKE", "AUTOGRADER"))
    }
    done = subprocess.run(
        command,
        cwd=folder,
        env={**environment, "OPENBLAS_NUM_THREADS": "1", "COLUMNS": "100"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode == 0) is succeeds, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_nothing_of_the_kit_is_within_reach(unpacked: Path) -> None:
    program = (
        "import importlib.util as u, autograder, cnnlab\n"
        "print(autograder.__file__)\nprint(cnnlab.__file__)\n"
        "print([n for n in ('nbgrader', 'scipy', 'IPython', 'distributed') if u.find_spec(n)])"
    )
    first, second, others = run(unpacked, ".venv/bin/python", "-c", program).splitlines()
    assert Path(first).is_relative_to(unpacked)
    assert Path(second).is_relative_to(unpacked)
    assert others == "[]"


@pytest.mark.soak
def test_make_says_only_what_a_learner_can_do(unpacked: Path) -> None:
    told = set(re.findall(r"make (\w+)", run(unpacked, "make").replace("EX=", "")))
    assert {"check", "watch", "hint", "train", "notebook", "clean"} <= told
    assert not told & {"grade", "release", "test", "install", "handout", "demo", "lock"}
    shown = run(unpacked, "make", "check").splitlines()
    assert any(line.startswith("Total: 0 of") for line in shown), shown
    commands = run(unpacked, ".venv/bin/autograder", "--help").split("Commands:")[1]
    named = set(re.findall(r"^  (\w+)", commands, re.MULTILINE))
    assert {"check", "watch", "hint", "train"} <= named
    assert not named & {"grade", "release", "autograde", "demo"}
    run(unpacked, ".venv/bin/autograder", "grade", "assignments", succeeds=False)


def test_a_learner_writes_an_exercise(unpacked: Path) -> None:
    file = unpacked / "assignments" / "a1_convolution" / "convolution.py"
    stub = file.read_text(encoding="utf-8")
    shown = run(unpacked, "make", "check", "EX=output_size")
    line = stub[: stub.index("# YOUR CODE HERE: output_size")].count("\n") + 1
    assert f"assignments/a1_convolution/convolution.py:{line}" in shown
    assert "Hint 1 of" in run(unpacked, "make", "hint", "EX=output_size")

    solved = solution_of("a1_convolution/convolution.py", "output_size")
    stub_lines = r"( *)# YOUR CODE HERE: output_size.*\n.*\n"
    file.write_text(re.sub(stub_lines, lambda _: solved, stub), encoding="utf-8")
    try:
        checked = run(unpacked, ".venv/bin/autograder", "check", "--json")
        by_name = {e["exercise"]: e for e in json.loads(checked)["exercises"]}
        assert by_name["output_size"]["status"] == "passed"
        assert by_name["im2col"]["status"] == "todo"
        shown = run(
            file.parent,
            str(unpacked / ".venv/bin/python"),
            "-c",
            "from autograder.notebook import check; print(check('output_size'))",
        )
        assert float(shown) == by_name["output_size"]["points"]

        file.write_text(
            re.sub(stub_lines, "    return (input_size - kernel_size) // stride + 1\n", stub),
            encoding="utf-8",
        )
        checked = run(unpacked, ".venv/bin/autograder", "check", "--json")
        by_name = {e["exercise"]: e for e in json.loads(checked)["exercises"]}
        assert by_name["output_size"]["pitfall"] == "output_size.padding_ignored"
    finally:
        file.write_text(stub, encoding="utf-8")


@pytest.mark.soak
def test_a_finished_network_trains(unpacked: Path, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "solutions", tmp_path / "done")
    command = ".venv/bin/autograder", "train", str(tmp_path / "done"), "--model", "tiny"
    run(unpacked, *command, "--epochs", "1", "--out", str(tmp_path / "pictures"))
    assert list((tmp_path / "pictures").rglob("*.png"))


def test_notebooks_find_all_that_they_import(unpacked: Path) -> None:
    for path in sorted(unpacked.glob("assignments/*/*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        code = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "code")
        code = re.sub(r"^[%!].*$", "", code, flags=re.MULTILINE)
        statements = [n for n in ast.parse(code).body if isinstance(n, ast.Import | ast.ImportFrom)]
        assert statements
        imports = "\n".join(map(ast.unparse, statements))
        program = f"import sys; sys.path.insert(0, '..')\n{imports}"
        run(path.parent, str(unpacked / ".venv/bin/python"), "-c", program)


def test_no_link_of_its_pages_leads_nowhere(unpacked: Path) -> None:
    for page in [unpacked / "README.md", *(unpacked / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8")):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_equal_handouts_are_equal_to_the_byte(archive: Path, tmp_path: Path) -> None:
    again = handout.write_handout(ROOT, tmp_path)
    assert again.read_bytes() == archive.read_bytes()
    folder = {
        path.relative_to(tmp_path).as_posix(): path.read_bytes()
        for path in (tmp_path / NAME).rglob("*")
        if path.is_file()
    }
    with zipfile.ZipFile(again) as packed:
        assert folder == {name: packed.read(name) for name in packed.namelist()}
    assert len(archive.read_bytes()) < 5_000_000


def test_a_missing_module_is_noticed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fewer = tuple(name for name in handout.FILES if name != "autograder/console.py")
    monkeypatch.setattr(handout, "FILES", fewer)
    with pytest.raises(UserError, match=r"imports autograder/console\.py"):
        handout.write_handout(ROOT, tmp_path)
    assert not list(tmp_path.iterdir())


def test_nobodys_files_are_lost(tmp_path: Path) -> None:
    mine = tmp_path / NAME / "notes.txt"
    mine.parent.mkdir()
    mine.write_text("mine")
    with pytest.raises(UserError, match=r"notes\.txt"):
        handout.write_handout(ROOT, tmp_path)
    assert [path.name for path in tmp_path.rglob("*")] == [NAME, "notes.txt"]


# ------------------------------------------------------------- and nothing else is in it


def solution_of(file: str, exercise: str) -> str:
    """The lines between the markers of one function of the solutions."""
    text = (ROOT / "solutions" / file).read_text(encoding="utf-8")
    body = text[text.index(f"def {exercise}(") :]
    return body[body.index(BEGIN) + len(BEGIN) + 1 : body.index(END)].rstrip(" ")


def contents(archive: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(archive) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def test_no_answer_is_in_it(archive: Path) -> None:
    found = leaks(contents(archive))
    advice = "If that is ordinary code and no answer, add the line to ORDINARY."
    assert not found, "\n".join([*found, advice])


def test_an_answer_would_be_found(archive: Path) -> None:
    """An answer from each kind of file is found if it is put into a page or a notebook."""
    known = secrets()
    of_folder = {
        kind: next(text for text, where in known.items() if re.match(kind, where))
        for kind in ("solutions/", r".*/hidden\.py", r".*/pitfalls\.py", "the course")
    }
    files = contents(archive)
    page = f"{NAME}/README.md"
    book = next(name for name in files if name.endswith(".ipynb"))
    for secret in of_folder.values():
        planted = files[page] + f"\n    {secret}\n".encode()
        assert leaks({page: planted})
        notebook = json.loads(files[book])
        notebook["cells"][0]["source"] = [f"{secret[:6]}", f"{secret[6:]}\n"]
        assert leaks({book: json.dumps(notebook).encode()})
    sources = {where for where in known.values() if "/" in where}
    answers = [*(ROOT / "solutions").glob("*/*.py"), *exercise_files("hidden.py")]
    assert {str(path.relative_to(ROOT)) for path in answers} <= sources


def test_an_answer_tried_out_in_assignments_stays_at_home(archive: Path) -> None:
    for assignment in load().assignments:
        for file in assignment.files:
            data = contents(archive)[f"{NAME}/assignments/{assignment.name}/{file}"]
            stubs = [e.name for e in assignment.exercises if e.file == file]
            raised = re.findall(r'raise NotImplementedError\("(\w+)"\)', data.decode())
            assert set(raised) == set(stubs) - {"mnist"}
