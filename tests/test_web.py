"""The parts of the browser edition's builder that need no browser and no Node.js."""

import contextlib
import hashlib
import io
import json
import os
import re
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image
from rich._unicode_data._versions import VERSIONS

from autograder.catalogue import load
from web import build, in_browser, kit
from web.cells import runnable
from web.lessons import Cell, Lesson, Text, read_lessons
from web.packing import LONG_AGO, numpy_files, package_files, smaller_png, zipped
from web.pages import Formulas, pages

ROOT = Path(__file__).resolve().parent.parent
COURSE = load()


@pytest.fixture(scope="module")
def stubs() -> dict[str, str]:
    return {
        exercise.path: (ROOT / "assignments" / exercise.path).read_text(encoding="utf-8")
        for exercise in COURSE.exercises
    }


def lessons() -> dict[str, Lesson]:
    return {
        lesson.exercise: lesson
        for assignment in COURSE.assignments
        for lesson in read_lessons(
            ROOT / "source" / assignment.name / f"{assignment.name}.ipynb",
            [exercise.name for exercise in assignment.exercises],
        )
    }


def test_every_exercise_has_a_lesson_with_a_story() -> None:
    found = lessons()
    assert set(found) == {exercise.name for exercise in COURSE.exercises}
    for name, lesson in found.items():
        text = "\n".join(p.markdown for p in lesson.story if isinstance(p, Text))
        assert text.strip(), name


def test_nothing_of_a_notebook_is_lost() -> None:
    shown = {piece.id for lesson in lessons().values() for piece in (*lesson.story, *lesson.after)}
    for path in (ROOT / "source").glob("*/*.ipynb"):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            graded = cell["metadata"].get("nbgrader", {}).get("grade")
            if not graded and cell["id"] != "setup":
                assert cell["id"] in shown, f"{path.name}: {cell['id']}"


def test_the_page_says_nothing_of_the_notebook_it_is_cut_from() -> None:
    for lesson in lessons().values():
        for piece in lesson.story:
            if isinstance(piece, Text):
                assert "beside this notebook" not in piece.markdown
                assert "Shift+Enter" not in piece.markdown


def test_a_cell_takes_what_it_needs_and_no_more() -> None:
    earlier = [
        "%load_ext autoreload\nimport numpy as np\nfrom a import b, c\nx = 1",
        "def f():\n    return x\n\ny = [k for k in range(3)]\nz = c(2)",
        "with once():\n    w = f()\n    print(w)",
    ]
    found = runnable(earlier, "print(w, np.pi)")
    assert found.before.splitlines() == [
        "import numpy as np",
        "x = 1",
        "def f():",
        "    return x",
        "with once():",
        "    w = f()",
        "    print(w)",
    ]
    assert runnable(earlier, "print(k)").before == ""
    assert runnable(earlier, "def g(x):\n    return x\nprint(g(2))").before == ""
    assert "from a import b" in runnable(earlier, "b(x)").before
    assert "from a import c" not in runnable(earlier, "b(x)").before


@pytest.mark.soak
def test_cells_without_the_learners_code_run_alone() -> None:
    assignments = {assignment.name for assignment in COURSE.assignments}
    cells = [
        piece.runnable
        for lesson in lessons().values()
        for piece in (*lesson.story, *lesson.after)
        if isinstance(piece, Cell) and not piece.runnable.needs_learner(assignments)
    ]
    assert cells
    for cell in cells:
        namespace: dict[str, object] = {"display": lambda *_: None}
        with contextlib.redirect_stdout(io.StringIO()):
            exec(cell.before + "\n" + cell.code, namespace)


def test_the_pages_know_what_an_exercise_needs_by_way_of_another() -> None:
    facts = build.course_facts({}, {}, [])
    needs = {e["name"]: set(e["needs"]) for a in facts["assignments"] for e in a["exercises"]}
    for exercise in COURSE.exercises:
        for need in exercise.needs:
            assert {need, *needs[need]} <= needs[exercise.name]


WITHOUT_MATPLOTLIB = """
import contextlib, io, json, sys
sys.modules["matplotlib"] = None
for cell in json.load(sys.stdin):
    with contextlib.redirect_stdout(io.StringIO()):
        exec(cell, {"display": lambda *_: None})
"""


@pytest.mark.soak
def test_a_cell_that_loads_no_matplotlib_needs_none() -> None:
    cells = [
        f"{piece.runnable.before}\n{piece.runnable.code}"
        for lesson in lessons().values()
        for piece in (*lesson.story, *lesson.after)
        if isinstance(piece, Cell) and not piece.runnable.needs_matplotlib
    ]
    assert len(cells) > 20
    subprocess.run(
        [sys.executable, "-c", WITHOUT_MATPLOTLIB],
        input=json.dumps(cells),
        text=True,
        check=True,
        env=os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{COURSE.solutions}"},
    )


@pytest.mark.soak
def test_pages_have_figures_texts_and_no_request_elsewhere(stubs: dict[str, str]) -> None:
    files, cells = pages(ROOT, stubs, build.POLICY)
    first = files["output_size.html"]
    assert "figures/a1_convolution-window-figure-0.png" in first
    assert files["figures/a1_convolution-window-figure-0.png"].startswith(b"\x89PNG")
    assert "1. An image is an array of numbers" in first
    assert {"index.html", "skills.html", "network.html", "folder.html"} <= set(files)
    assert cells["a1_convolution/hand-trace"]["before"].count("import") == 3
    for name, page in files.items():
        if name.endswith(".html") and isinstance(page, str):
            assert not re.search(r'(src|href)="(https?:)?//', page), name
            # stepper.html is shown in a frame; the page around it has the heading.
            assert page.count("<h1>") == (name != "stepper.html"), name


def test_formulas_are_set_aside_by_number() -> None:
    formulas = Formulas()
    marks = [formulas.keep("x^2", display=False), formulas.keep("y", display=True)]
    assert len(set(marks)) == 2
    assert formulas.found == [("x^2", False), ("y", True)]


def test_packages_are_the_locked_ones() -> None:
    files = package_files(ROOT)
    for name in ("pytest/__init__.py", "pluggy/__init__.py", "iniconfig/__init__.py"):
        assert name in files
    assert not [name for name in files if name.endswith((".so", ".pyc"))]
    # rich looks for the table of the latest Unicode that it knows.
    assert f"rich/_unicode_data/unicode{VERSIONS[-1].replace('.', '-')}.py" in files


def test_equal_archives_are_equal_to_the_byte() -> None:
    files = {"b.txt": b"2", "a/c.txt": b"1"}
    data = zipped(files)
    assert data == zipped(dict(reversed(files.items())))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.namelist() == ["a/c.txt", "b.txt"]
        assert {entry.date_time for entry in archive.infolist()} == {LONG_AGO}


def test_the_numpy_wheel_is_the_one_that_its_page_names() -> None:
    (wheel,) = (ROOT / "web" / "vendor").glob("*.whl")
    page = (ROOT / "web" / "vendor" / "README.md").read_text(encoding="utf-8")
    assert wheel.name in page
    assert hashlib.sha256(wheel.read_bytes()).hexdigest() in page


def test_what_a_browser_never_uses_is_left_out_of_numpy() -> None:
    (wheel,) = (ROOT / "web" / "vendor").glob("*.whl")
    files = numpy_files(wheel)
    with zipfile.ZipFile(wheel) as archive:
        missing = set(archive.namelist()) - set(files)
        assert all(archive.read(name) == data for name, data in files.items())
    assert {"numpy/__init__.py", "numpy-2.4.3.dist-info/licenses/LICENSE.txt"} <= set(files)
    assert "numpy/__init__.pyi" in missing
    modules = [name for name in missing if name.endswith((".py", ".so"))]
    assert all(name.startswith(("numpy/f2py/", "numpy/linalg/lapack_lite")) for name in modules)


def test_a_figure_with_a_palette_looks_the_same_and_is_smaller(tmp_path: Path) -> None:
    drawn = io.BytesIO()
    figure, axes = plt.subplots()
    axes.plot([0, 1, 4, 9])
    figure.savefig(drawn, format="png")
    plt.close(figure)
    small = smaller_png(drawn.getvalue())
    assert len(small) < len(drawn.getvalue())
    before, after = (
        np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)
        for png in (drawn.getvalue(), small)
    )
    assert before.shape == after.shape
    assert np.mean(np.abs(before - after)) < 0.5  # of 255
    assert len(smaller_png(small)) <= len(small)


def test_another_file_of_its_name_is_refused(tmp_path: Path) -> None:
    wheel = tmp_path / "numpy.whl"
    wheel.write_bytes(b"other")
    with pytest.raises(build.UserError, match="its hash differs"):
        build.held_to_lock(wheel, "0" * 64)
    with pytest.raises(build.UserError, match="is missing"):
        build.held_to_lock(tmp_path / "none.whl", "0" * 64)


def test_without_node_one_line_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert build.main(["--out", str(tmp_path / "web")]) == 2
    said = capsys.readouterr()
    assert said.err.count("\n") == 1
    assert "Node.js 20 or newer" in said.err
    assert not (tmp_path / "web").exists()


def test_a_learners_file_that_the_site_needs_is_a_learners(stubs: dict[str, str]) -> None:
    for name in ("autograder/catalogue.py", "cnnlab/digits.py", "docs/self-assessment.md"):
        assert kit.needed_to_check(name)
    for name in ("assignments/a1_convolution/convolution.py", "Makefile", "pyproject.toml"):
        assert not kit.needed_to_check(name)


def test_the_timer_tells_what_was_left() -> None:
    armed: list[tuple[float, int]] = []
    timer = in_browser.Timer(lambda *told: armed.append(told))
    real, alarm = signal.ITIMER_REAL, signal.SIGALRM
    assert timer(real, 10.0) == (0.0, 0.0)
    left, _ = timer(real, 5.0)
    assert 9 < left <= 10
    timer(real, 0)
    assert timer(real, 1.0)[0] == 0.0
    assert [which for _, which in armed] == [alarm, alarm, 0, alarm]
    assert [seconds for seconds, _ in armed] == pytest.approx([10.0, 5.0, 0.0, 1.0])


def test_of_two_timers_the_page_keeps_the_one_that_ends_first() -> None:
    armed: list[tuple[float, int]] = []
    timer = in_browser.Timer(lambda *told: armed.append(told))
    timer(signal.ITIMER_REAL, 30.0)
    timer(signal.ITIMER_VIRTUAL, 10.0)
    timer(signal.ITIMER_VIRTUAL, 0)
    seconds, signals = zip(*armed, strict=True)
    assert signals == (signal.SIGALRM, signal.SIGVTALRM, signal.SIGALRM)
    assert seconds == pytest.approx((30.0, 10.0, 30.0), abs=5.0)
    timer(signal.ITIMER_VIRTUAL, 60.0)
    assert len(armed) == 3


def test_training_too_early_names_the_exercise_and_the_pages_button(
    stubs: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(in_browser, "FOLDER", tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    in_browser.write(json.dumps(stubs))
    said = json.loads(in_browser.train("mnist", lambda _: None))["error"]
    assert re.match(r"\w+ is not written yet \(a\d_\w+/\w+\.py, line \d+\)\. ", said)
    assert "run Check on the exercises' pages to see which comes next" in said
    assert "make" not in said
