"""The course's notebooks run, draw their figures, and have the catalogue's exercises."""

import json
import re
import shutil
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbconvert import preprocessors

from autograder.catalogue import load
from autograder.instructor.shown_code import COMMENT_ID
from autograder.judging.stubs import cut
from cnnlab.picture import STRICT_VARIABLE

ROOT = Path(__file__).resolve().parent.parent
COURSE = load()
NAMES = [a.name for a in COURSE.assignments if (ROOT / "source" / a.name).is_dir()]
DISPLAY = re.compile(r"^\s*display\(", re.MULTILINE)

# Output that the text quotes, by notebook and cell: the run must print it.
QUOTED = {
    ("a1_convolution", "hand-trace"): ["29. -192.", "-35. -22."],
    ("a1_convolution", "flip-code"): ["-29. 192.", "35. 22."],
    ("a1_convolution", "learn-flip-code"): ["[[1. 2. 3.]", "[[9. 8. 7.]"],
    ("a1_convolution", "field-figure"): ["3 by 3", "4 by 4", "8 by 8", "10 by 10"],
    ("a1_convolution", "window-figure"): ["sums to 29", "sums to -192", "sums to -22"],
    ("a1_convolution", "im2col-figure"): ["column is 1, 2, 5, 6"],
    ("a2_backprop", "backward-figures"): ["80, 31, 90 and 0"],
    ("a2_backprop", "turned-yours"): ["differs from it in 0 of 16 pixels"],
    ("a2_backprop", "square"): ["[60.", "8."],
    ("a2_backprop", "crop-trap"): ["padding 1: [11 12]", "padding 0: []"],
    ("a2_backprop", "hand-trace"): [
        "d_x = [[1.0, -1.0, 0.0], [2.0, 2.0, -2.0], [0.0, 4.0, 0.0]]",
        "d_weights = [[11.0, 14.0], [20.0, 23.0]]",
        "d_bias = 3.0",
    ],
    ("a2_backprop", "check-gradient-code"): ["d_x agrees", "d_weights agrees", "d_bias agrees"],
    ("a2_backprop", "what-wrong-code"): ["it is 2 times the measured", "column 5"],
    ("a3_pooling_and_loss", "pool-code"): ["[[6. 8.]", "the maximum 8 stands at (1, 2)"],
    ("a3_pooling_and_loss", "routing-figure"): ["d_x [[0.0, 0.5], [0.0, 0.0]]"],
    ("a3_pooling_and_loss", "ties-check"): ["d_x agrees", "at a kink"],
    ("a3_pooling_and_loss", "dense-check"): ["d_x agrees", "d_weights agrees", "d_bias agrees"],
    ("a3_pooling_and_loss", "softmax-code"): ["0.09 0.245 0.665", "0.665 0.245 0.09"],
    ("a3_pooling_and_loss", "surprise-figure"): ["2.303"],
    ("a3_pooling_and_loss", "loss-check"): ["sums to 0: True", "d_logits agrees"],
    ("a3_pooling_and_loss", "printed-bug-code"): ["d_logits is wrong"],
    ("a4_training", "build-code"): ["(1, 8, 26, 26)", "(1, 400)", "80 parameters", "4,010"],
    ("a4_training", "full-table-code"): ["320", "18,496", "204,928", "1,290", "225,034"],
    ("a4_training", "first-loss-code"): ["2.302"],
    ("a4_training", "descents-figure"): ["momentum 0.9"],
    ("a4_training", "shift-code"): ["loses less at every distance"],
    ("a5_going_further", "batch-norm-trace"): [
        "[-1. -0.333 0.333 1. ]",
        "[ 0.5 -0.333 -0.167 0. ]",
        "d_mean = -1.0000, d_variance = 0.1667",
    ],
    ("a5_going_further", "batch-norm-figure"): ["d_x agrees"],
    ("a5_going_further", "dropout-code"): ["[4. 8. 0. 0.]", "[ 3. 6. -9. 12.]"],
}


@cache
def notebook(name: str) -> Any:
    return nbformat.read(ROOT / "source" / name / f"{name}.ipynb", as_version=4)


@cache
def run(name: str, folder: Path) -> Any:
    """Execute a notebook from top to bottom; `folder` is a tree like assignments/."""
    copy = nbformat.from_dict(json.loads(json.dumps(notebook(name))))
    executor = preprocessors.ExecutePreprocessor(timeout=300, kernel_name="python3")
    executor.preprocess(copy, {"metadata": {"path": str(folder / name)}})
    return copy


@pytest.fixture(scope="session")
def solved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(ROOT / "solutions", tmp_path_factory.mktemp("solved") / "tree"))


@pytest.fixture(scope="session")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("untouched")
    for assignment in COURSE.assignments:
        (folder / assignment.name).mkdir()
        for file in assignment.files:
            source = (ROOT / "solutions" / assignment.name / file).read_text(encoding="utf-8")
            stub = cut(source, COURSE, assignment.name, file)
            (folder / assignment.name / file).write_text(stub, encoding="utf-8")
    return folder


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.delenv(STRICT_VARIABLE, raising=False)


def texts(cell: Any) -> str:
    """The text that a cell printed and its pictures' descriptions; repeated spaces become one."""
    parts = []
    for output in cell.get("outputs", []):
        parts.append(output.get("text", ""))
        parts.append(output.get("data", {}).get("text/plain", ""))
    return re.sub(r" +", " ", "\n".join(parts))


def pictures(cell: Any) -> list[str]:
    htmls = [o.get("data", {}).get("text/html", "") for o in cell.get("outputs", [])]
    return [html for html in htmls if "<img src=" in html or "<iframe srcdoc=" in html]


@pytest.mark.parametrize("name", NAMES)
def test_is_committed_without_outputs_and_with_stable_cells(name: str) -> None:
    nbformat.validate(notebook(name))
    cells = notebook(name).cells
    assert all(not c.get("outputs") and c.get("execution_count") is None for c in cells)
    assert len({cell["id"] for cell in cells}) == len(cells)
    # Grading adds cells for comments, and only they have such ids.
    assert not [cell["id"] for cell in cells if cell["id"].startswith(COMMENT_ID)]
    assert notebook(name).metadata.kernelspec.name == "python3"


@pytest.mark.parametrize("name", NAMES)
def test_graded_cells_are_the_catalogues_exercises_in_order(name: str) -> None:
    graded = [c for c in notebook(name).cells if c.metadata.get("nbgrader", {}).get("grade")]
    found = [(c.metadata.nbgrader.grade_id, c.metadata.nbgrader.points, c.source) for c in graded]
    exercises = COURSE.assignment(name).exercises
    assert found == [(e.name, e.points, f'check("{e.name}")') for e in exercises]
    assert all(c.metadata.nbgrader.locked for c in graded)


@pytest.mark.parametrize("name", NAMES)
def test_holds_no_answers(name: str) -> None:
    everything = "\n".join(cell.source for cell in notebook(name).cells)
    assert "SOLUTION" not in everything
    assert "HIDDEN" not in everything
    functions = {e.name for a in COURSE.assignments for e in a.exercises}
    assert not functions & set(re.findall(r"^\s*(?:def|class) (\w+)", everything, re.MULTILINE))


@pytest.mark.sample(1)
@pytest.mark.parametrize("name", NAMES)
def test_runs_against_the_solutions(
    name: str, solved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(STRICT_VARIABLE, "1")
    points = {e.name: e.points for e in COURSE.exercises}
    for cell in run(name, solved).cells:
        if cell.cell_type != "code":
            continue
        assert not [o for o in cell.outputs if o.get("name") == "stderr"], cell["id"]
        shown = pictures(cell)
        assert len(shown) == len(DISPLAY.findall(cell.source)), cell["id"]
        for picture in shown:
            words = re.search(r'(?:alt|title)="([^"]*)"', picture)
            assert words is not None, cell["id"]
            assert len(words[1]) > (20 if "<iframe" in picture else 40), cell["id"]
        for quoted in QUOTED.get((name, cell["id"]), []):
            assert quoted in texts(cell), cell["id"]
        if cell.metadata.get("nbgrader", {}).get("grade"):
            assert float(texts(cell).strip()) == points[cell.metadata.nbgrader.grade_id]


def test_every_quoted_cell_exists() -> None:
    assert set(QUOTED) <= {(name, cell["id"]) for name in NAMES for cell in notebook(name).cells}


@pytest.mark.sample(1)
@pytest.mark.parametrize("name", NAMES)
def test_untouched_stubs_give_lines_and_not_tracebacks(name: str, untouched: Path) -> None:
    cells = [c for c in run(name, untouched).cells if c.cell_type == "code"]
    for cell in cells:
        assert all(o.output_type != "error" for o in cell.outputs), cell["id"]
        assert "Traceback" not in texts(cell), cell["id"]
        if "once_written()" in cell.source:
            assert re.search(r"^Not yet: (write \w+|run the cells above)", texts(cell), re.M), (
                cell["id"],
                texts(cell),
            )
        elif "display(" in cell.source:
            # A concept figure is drawn from constants, so untouched stubs show it too.
            assert len(pictures(cell)) == len(DISPLAY.findall(cell.source)), cell["id"]
        if cell.metadata.get("nbgrader", {}).get("grade"):
            assert float(texts(cell).strip()) == 0


@pytest.mark.soak
def test_accuracy_hides_three_bugs_and_the_check_finds_all_five(
    solved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(STRICT_VARIABLE, "1")
    (cell,) = [c for c in run("a4_training", solved).cells if c["id"] == "bugs-code"]
    found = re.findall(r"([\w =]+) ([\d.]+)%, check says (\w+)", texts(cell))
    assert [verdict for *_, verdict in found] == ["right"] + ["wrong"] * 5
    right, *hidden = [float(percent) for _, percent, _ in found][:4]
    assert right > 92
    assert all(abs(percent - right) < 1.5 for percent in hidden)


@pytest.mark.soak
def test_all_ties_multiply_the_gradient(solved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(STRICT_VARIABLE, "1")
    cells = run("a3_pooling_and_loss", solved).cells
    (cell,) = [c for c in cells if c["id"] == "ties-code"]
    factor = re.search(r"that is ([\d.]+) times", texts(cell))
    assert factor is not None
    assert 2 < float(factor[1]) <= 4


def test_the_speed_table_is_the_one_that_was_measured() -> None:
    """Each ratio in the table of a5 is that of docs/measurements.md, to within 20%."""
    page = (ROOT / "docs" / "measurements.md").read_text(encoding="utf-8")
    section = page.partition("<!-- training on 1 threads -->")[2].partition("<!-- end")[0]
    measured = {
        name.strip(): float(ratio.replace(",", ""))
        for name, ratio in re.findall(r"^\| ([^|]+) \| [^|]+ \| ([\d.,]+) \|", section, re.M)
        if "PyTorch" not in name
    }
    path = ROOT / "source" / "a5_going_further" / "a5_going_further.ipynb"
    cells = nbformat.read(path, as_version=4).cells
    (text,) = [cell.source for cell in cells if "| way | times PyTorch |" in cell.source]
    quoted = [float(ratio) for ratio in re.findall(r"^\|.*\| ([\d.]+) \|$", text, re.M)]
    assert len(quoted) == len(measured) == 7
    for here, (way, there) in zip(
        quoted, sorted(measured.items(), key=lambda p: -p[1]), strict=True
    ):
        assert abs(here - there) <= 0.2 * there, way
