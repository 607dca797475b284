"""Notebooks damaged in every field that nbgrader or nbformat reads: no damage changes a mark.

One class hands in all damaged notebooks of a family, and one honest student an undamaged one. One
run of nbgrader's autograde grades them. The .py files of the damaged ones earn 30 of 45 points.
"""

import copy
import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from nbgrader.api import Gradebook

from autograder.instructor import handed_in, run_nbgrader

pytestmark = pytest.mark.soak

ROOT = Path(__file__).resolve().parent.parent
NAME = "a1_convolution"
RIGHT = (ROOT / "solutions" / NAME / "convolution.py").read_text(encoding="utf-8")
WRONG = f"{RIGHT}\n\ndef im2col(*_args, **_more):\n    return None\n"
HONEST_MARKS = {"output_size": 5, "conv2d_forward_naive": 15, "im2col": 0, "conv2d_forward": 10}
FULL_MARKS = HONEST_MARKS | {"im2col": 15}
ESSAY = "why"
RELEASED_INSTEAD = "The released notebook stands in its place; the .py files are graded."
Form = dict[str, Any]


@dataclass(frozen=True)
class Damage:
    """One damaged notebook.

    Attributes:
        name: what is damaged.
        make: writes the damaged notebook; gets its path and the released notebook.
        says: a part of the message to the learner; "" if the notebook is used as handed in.
    """

    name: str
    make: Callable[[Path, Form], None]
    says: str = ""


def changed(change: Callable[[Form], object]) -> Callable[[Path, Form], None]:
    """A `Damage.make` that changes the released notebook and writes it."""

    def make(path: Path, form: Form) -> None:
        change(form)
        path.write_text(json.dumps(form), encoding="utf-8")

    return make


def without(part: Callable[[Form], Form], field: str) -> Callable[[Path, Form], None]:
    return changed(lambda form: part(form).pop(field, None))


def having(part: Callable[[Form], Form], field: str, value: Any) -> Callable[[Path, Form], None]:
    return changed(lambda form: part(form).update({field: value}))


def notebook(form: Form) -> Form:
    return form


def written(data: Callable[[bytes], bytes]) -> Callable[[Path, Form], None]:
    def make(path: Path, form: Form) -> None:
        path.write_bytes(data(json.dumps(form).encode()))

    return make


def cell_of(form: Form, name: str = "im2col") -> Form:
    """The graded cell of an exercise."""
    (found,) = (
        c for c in form["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == name
    )
    assert isinstance(found, dict)
    return found


def about(form: Form, name: str = "im2col") -> Form:
    settings = cell_of(form, name)["metadata"]["nbgrader"]
    assert isinstance(settings, dict)
    return settings


ODD_VALUES: dict[str, Any] = {"null": None, "a number": 7, "a list": ["x", {"a": [1]}]}
CHANGED = "is not as it was handed out"


def fields_of_the_notebook() -> Iterator[Damage]:
    for field in ("nbformat", "nbformat_minor", "metadata", "cells"):
        says = "has no list of cells" if field == "cells" else ""
        yield Damage(f"{field} gone", without(notebook, field), says)
        for kind, value in ODD_VALUES.items():
            told = CHANGED if field == "cells" and isinstance(value, list) else says
            yield Damage(f"{field} {kind}", having(notebook, field, value), told)
    for version in (-1, 3, 5, 10**30, 4.5, "4"):
        yield Damage(f"nbformat {version}", having(notebook, "nbformat", version))
    evil = {"name": "../../bin/sh", "display_name": "<script>", "language": 3}
    for kind, value in (ODD_VALUES | {"another": evil}).items():
        yield Damage(f"kernelspec {kind}", having(lambda f: f["metadata"], "kernelspec", value))


def fields_of_a_cell() -> Iterator[Damage]:
    for field in ("cell_type", "source", "outputs", "execution_count", "id", "attachments"):
        yield Damage(f"{field} gone", without(cell_of, field))
        for kind, value in ODD_VALUES.items():
            yield Damage(f"{field} {kind}", having(cell_of, field, value))
    yield Damage("source huge", having(cell_of, "source", "x" * 5_000_000))
    yield Damage("source in lines", having(cell_of, "source", ["a\n", "b"]))
    yield Damage("half a character", having(essay_of, "source", "\ud800"))
    yield Damage("the same id", changed(lambda f: [c.update(id="x") for c in f["cells"]]))
    full = {"output_type": "execute_result", "data": {"text/plain": "15"}, "metadata": {},
            "execution_count": 1}  # fmt: skip
    yield Damage("full marks as output", having(cell_of, "outputs", [full]))
    image = {"a.png": {"image/png": "AAAA" * 1000}}
    yield Damage("attachments", having(essay_of, "attachments", image))
    for kind, value in ODD_VALUES.items():
        yield Damage(f"metadata {kind}", having(cell_of, "metadata", value), "missing: im2col")
        yield Damage(f"answer {kind}", having(essay_of, "source", value))


def settings_of_nbgrader() -> Iterator[Damage]:
    counts = ("grade", "points", "locked", "solution", "task", "grade_id")
    for field in (*counts, "schema_version", "cell_type", "checksum"):
        says = "missing: im2col" if field == "grade_id" else CHANGED if field in counts else ""
        yield Damage(f"{field} gone", without(about, field), says)
        for kind, value in ODD_VALUES.items():
            # Other points are no damage: the instructor may have changed them after the release.
            plain = field == "points" and kind == "a number"
            yield Damage(f"{field} {kind}", having(about, field, value), "" if plain else says)
    for points in (1000, -5, 1e308, float("nan"), float("inf"), 0):
        says = "other settings: im2col"
        yield Damage(f"points {points}", having(about, "points", points), says)
    for version in (0, 2, 99):
        yield Damage(f"schema {version}", having(about, "schema_version", version))
    for kind, value in ODD_VALUES.items():
        damage = having(lambda f: cell_of(f)["metadata"], "nbgrader", value)
        yield Damage(f"nbgrader {kind}", damage, "missing: im2col")


def essay_of(form: Form) -> Form:
    return cell_of(form, ESSAY)


def turn(form: Form, **settings: Any) -> None:
    about(form).update(settings)


def add(form: Form, **settings: Any) -> None:
    extra = copy.deepcopy(cell_of(form))
    extra["metadata"]["nbgrader"].update(settings)
    extra["id"] = "extra"
    form["cells"].append(extra)


def rename(form: Form, name: str, to: str) -> None:
    about(form, name)["grade_id"] = to


def nested(levels: int) -> bytes:
    return b'{"cells": ' + b"[" * levels + b"]" * levels + b"}"


def instead(make: Callable[[Path], None]) -> Callable[[Path, Form], None]:
    return lambda path, _: make(path)


def folder_with_files(path: Path) -> None:
    path.mkdir()
    (path / "inner.py").write_text("x = 1\n")


def a_terabyte(path: Path) -> None:
    with open(path, "wb") as stream:
        stream.truncate(1 << 40)


def fifty_megabytes(path: Path, form: Form) -> None:
    form["cells"][0]["source"] = "x" * (50 << 20)
    path.write_text(json.dumps(form))


WHOLE = [
    Damage("cells twice", changed(lambda f: f["cells"].extend(f["cells"][:])), "twice:"),
    Damage("a name twice", changed(lambda f: rename(f, "output_size", "im2col")), "twice: im2col"),
    Damage("no cells", changed(lambda f: f["cells"].clear()), "missing: output_size, conv2d"),
    Damage("graded cell gone", changed(lambda f: f["cells"].remove(cell_of(f))), "missing: im2col"),
    Damage("odd cells", changed(lambda f: f["cells"].extend([None, 1, "x", [], {}]))),
    Damage("more points", changed(lambda f: add(f, grade_id="mine", points=1000)), "were added"),
    Damage("an exercise's name", changed(lambda f: add(f, points=1000)), "twice: im2col"),
    Damage("grade to solution", changed(lambda f: turn(f, grade=False, solution=True)), "im2col"),
    Damage("grade and solution", changed(lambda f: turn(f, solution=True, locked=False)), "im2col"),
    Damage("grade to task", changed(lambda f: turn(f, grade=False, task=True)), "im2col"),
    Damage("no answer", changed(lambda f: about(f, ESSAY).update(solution=False)), ESSAY),
    Damage("a million cells", having(notebook, "cells", [{}] * 1_000_000), "missing"),
    Damage("nothing at all", written(lambda _: b""), "not JSON"),
    Damage("half of it", written(lambda b: b[: len(b) // 2]), "not JSON"),
    Damage("no JSON", written(lambda _: b"import os\n"), "not JSON"),
    Damage("a list", written(lambda b: b"[" + b + b"]"), "no list of cells"),
    Damage("a number", written(lambda _: b"45"), "no list of cells"),
    Damage("a text", written(lambda _: b'"45"'), "no list of cells"),
    Damage("null", written(lambda _: b"null"), "no list of cells"),
    Damage("NaN", written(lambda _: b"NaN"), "no list of cells"),
    Damage("many digits", written(lambda _: b'{"cells": ' + b"9" * 9000 + b"}"), "not JSON"),
    Damage("nested deeply", written(lambda _: nested(200_000)), "nested too deeply"),
    Damage("nested", written(lambda _: nested(300)), CHANGED),
    Damage("mark of byte order", written(lambda b: b"\xef\xbb\xbf" + b)),
    Damage("sixteen bits", written(lambda b: b.decode().encode("utf-16")), "not text in UTF-8"),
    Damage("bytes that are no text", written(lambda b: b + b"\xff\xfe"), "not text in UTF-8"),
    Damage("zeros", written(lambda b: b + bytes(100)), "not JSON"),
    Damage("fifty megabytes", fifty_megabytes, "larger than 16 MB"),
    Damage("a terabyte", instead(a_terabyte), "larger than 16 MB"),
    Damage("folder", instead(folder_with_files), "not a regular file"),
    Damage("link", instead(lambda p: p.symlink_to(ROOT / "source" / NAME / p.name)), "regular"),
    Damage("link to nothing", instead(lambda p: p.symlink_to("nothing")), "not a regular file"),
    Damage("link to itself", instead(lambda p: p.symlink_to(p.name)), "not a regular file"),
    Damage("link to zeros", instead(lambda p: p.symlink_to("/dev/zero")), "not a regular file"),
    Damage("pipe", instead(lambda p: os.mkfifo(p)), "not a regular file"),
]  # fmt: skip
FAMILIES = {
    "notebook": list(fields_of_the_notebook()),
    "cell": list(fields_of_a_cell()),
    "settings": list(settings_of_nbgrader()),
    "whole": WHOLE,
}


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course with the kit's first notebook, plus a question in it that a person marks."""
    top = tmp_path_factory.mktemp("damaged") / "course"
    top.mkdir()
    shutil.copy(ROOT / "nbgrader_config.py", top)
    shutil.copytree(ROOT / "source" / NAME, top / "source" / NAME)
    path = top / "source" / NAME / f"{NAME}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    essay = {"grade": True, "solution": True, "locked": False, "task": False, "points": 5,
             "schema_version": 3, "grade_id": ESSAY, "cell_type": "markdown"}  # fmt: skip
    notebook.cells.append(
        nbformat.v4.new_markdown_cell("Why?", id=ESSAY, metadata={"nbgrader": essay})
    )
    nbformat.write(notebook, path)
    run_nbgrader.release(top, [NAME])
    return top


@pytest.fixture(autouse=True)
def _judged_once(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOGRADER_SECRET", "of damaged notebooks")
    store = tmp_path_factory.getbasetemp() / "store of damaged notebooks"
    monkeypatch.setenv("AUTOGRADER_STORE", str(store))


def grade_class(course: Path, damages: list[Damage]) -> dict[str, str]:
    """Grade one student for each damage, and an honest one; return the wrong results, by damage."""
    text = (course / "assignments" / NAME / f"{NAME}.ipynb").read_text(encoding="utf-8")
    shutil.rmtree(course / "submitted", ignore_errors=True)
    students = {f"student{number:03}": damage for number, damage in enumerate(damages)}
    for student, damage in students.items():
        damage.make(hand_in(course, student, WRONG) / f"{NAME}.ipynb", json.loads(text))
    honest = json.loads(text)
    cell_of(honest, ESSAY)["source"] = "Because *a < b*."
    changed(lambda _: None)(hand_in(course, "zoe", RIGHT) / f"{NAME}.ipynb", honest)
    results = {one.student: one for one in run_nbgrader.autograde(course, [NAME])}
    problems = {}
    for student, damage in students.items():
        wrong = []
        if results[student].status != "graded":
            wrong.append(results[student].problem)
        marks, waiting = marks_of(course, student)
        if marks != HONEST_MARKS or waiting - {ESSAY}:
            wrong.append(f"marks {marks}, waiting {waiting}")
        if results[student].score != sum(HONEST_MARKS.values()):
            wrong.append(f"{results[student].score} points")
        told = " ".join(told_of(course, student).split())
        if damage.says not in told or (RELEASED_INSTEAD in told) != bool(damage.says):
            wrong.append(f"told: {told[:300]}")
        if wrong:
            problems[damage.name] = "; ".join(wrong)
    assert marks_of(course, "zoe") == (FULL_MARKS, {ESSAY})
    assert results["zoe"].status == "graded"
    assert RELEASED_INSTEAD not in " ".join(told_of(course, "zoe").split())
    assert cells_of(course, "zoe")[-1].source == "Because *a < b*."
    return problems


def hand_in(course: Path, student: str, text: str) -> Path:
    folder = course / "submitted" / student / NAME
    folder.mkdir(parents=True)
    (folder / "convolution.py").write_text(text, encoding="utf-8")
    return folder


def marks_of(course: Path, student: str) -> tuple[dict[str, float | None], set[str]]:
    """The marks of the exercises, and the names of the cells that a person must mark."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        (book,) = gradebook.find_submission(NAME, student).notebooks
        marks = {g.cell.name: g.auto_score for g in book.grades}
        waiting = {g.cell.name for g in book.grades if g.needs_manual_grade}
    assert marks.pop(ESSAY) in (0, None)
    return marks, waiting


def cells_of(course: Path, student: str) -> list[Any]:
    path = course / "autograded" / student / NAME / f"{NAME}.ipynb"
    return list(nbformat.read(path, as_version=4).cells)


def told_of(course: Path, student: str) -> str:
    """The text above the marks, which is also in the feedback."""
    if not (course / "autograded" / student / NAME / f"{NAME}.ipynb").is_file():
        return ""
    graded = [c for c in cells_of(course, student) if c.cell_type == "code" and c.outputs]
    return "".join(str(c.outputs[0].text) for c in graded)


def fresh(released: Path, folder: Path) -> Path:
    shutil.copytree(released, folder)
    return folder


@pytest.mark.parametrize("family", FAMILIES)
def test_damaged(family: str, released: Path, tmp_path: Path) -> None:
    assert grade_class(fresh(released, tmp_path / "course"), FAMILIES[family]) == {}


PLACES = st.lists(st.integers(0, 40), min_size=1, max_size=6)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
    | st.sampled_from(["im2col", "code", "raw", "markdown", "grade", 1000]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["nbgrader", "points", "grade_id", "source"]), inner),
    max_leaves=5,
)  # fmt: skip


def put(form: Any, places: list[int], value: Any) -> None:
    """Replace a nested value; each number in `places` picks a key or an item one level deeper."""
    *way, last = places
    for step in way:
        inner = list(form.values()) if isinstance(form, dict) else form
        if not inner or not isinstance(inner[step % len(inner)], dict | list) or not inner:
            break
        form = inner[step % len(inner)]
    if isinstance(form, dict) and form:
        form[list(form)[last % len(form)]] = value
    elif isinstance(form, list) and form:
        form[last % len(form)] = value


@seed(7)
@settings(
    max_examples=2,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(
    mutations=st.lists(
        st.lists(st.tuples(PLACES, VALUES), min_size=1, max_size=4), min_size=15, max_size=15
    )
)
def test_damaged_at_random(
    mutations: list[list[tuple[list[int], Any]]],
    released: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Random damage changes no mark, whatever the message about the notebook is."""

    def mutate(changes: list[tuple[list[int], Any]]) -> Callable[[Path, Form], None]:
        def change(form: Form) -> None:
            for places, value in changes:
                put(form, places, value)

        return changed(change)

    damages = [Damage(f"{changes}", mutate(changes)) for changes in mutations]
    course = fresh(released, tmp_path_factory.mktemp("random") / "course")
    problems = grade_class(course, damages)
    assert not {k: v for k, v in problems.items() if not v.startswith("told: ")}


def test_the_feedback_says_so(released: Path, tmp_path: Path) -> None:
    course = fresh(released, tmp_path / "course")
    damage = Damage("no JSON", written(lambda _: b"{"), "not JSON")
    assert grade_class(course, [damage]) == {}
    page, _ = run_nbgrader.feedback(course).pages
    assert page.parent.parent.name == "student000"
    told = " ".join(page.read_text(encoding="utf-8").split())
    assert f"{NAME}.ipynb cannot be read: it is not JSON." in told
    assert RELEASED_INSTEAD in told


def test_what_is_said_names_no_more_than_the_courses_own_cells() -> None:
    """The grader's sentence contains no text of the learner's."""
    settings = {"grade": True, "grade_id": "im2col", "points": 15}
    mine = [{"metadata": {"nbgrader": settings | {"grade_id": "<script>"}}}]
    said = handed_in.what_was_changed([{"metadata": {"nbgrader": settings}}], mine)
    assert said == "missing: im2col; graded cells were added"
