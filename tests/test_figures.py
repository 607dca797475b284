"""Concept figures come before the exercises: notebooks show them even with untouched stubs."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest

from cnnlab import axes_figures, backward_figures, figures, layer_figures, stepper, volume_figures

ROOT = Path(__file__).resolve().parent.parent
# The least number of pictures and steppers that need no function of the learner's.
CONCEPTS = {"a1": 13, "a2": 9, "a3": 10, "a4": 3, "a5": 8}


def cells(name: str) -> list[Any]:
    (path,) = (ROOT / "source").glob(f"{name}_*/*.ipynb")
    return nbformat.read(path, as_version=4).cells


def concept_cells(name: str) -> list[str]:
    """The code of the cells that call display() outside `once_written`."""
    code = [cell.source for cell in cells(name) if cell.cell_type == "code"]
    return [text for text in code if re.search(r"^display\(", text, re.MULTILINE)]


@pytest.mark.sample(1)
@pytest.mark.parametrize("name", CONCEPTS)
def test_concept_figures_are_drawn_without_the_learners_functions(name: str) -> None:
    shown: list[Any] = []
    modules = __import__("cnnlab", fromlist=["figures"])
    names = ("axes_figures", "backward_figures", "experiments", "figures", "further_figures")
    names += ("layer_figures", "network_figures", "stepper", "volume_figures")
    rooms = {each: __import__(f"cnnlab.{each}", fromlist=[each]) for each in names}
    digits = __import__("cnnlab.digits", fromlist=["digits"]).load_digits()
    given = {**rooms, "np": np, "digits": digits, "display": shown.append, "cnnlab": modules}
    for text in concept_cells(name):
        exec(text, dict(given))
    assert len(shown) >= CONCEPTS[name]
    for picture in shown:
        words = getattr(picture, "alt", repr(picture))
        assert len(words) > 40


@pytest.mark.parametrize("name", CONCEPTS)
def test_every_notebook_shows_the_map_before_its_first_exercise(name: str) -> None:
    sources = [cell.source for cell in cells(name)]
    place = next(k for k, text in enumerate(sources) if "course_map(" in text)
    first = next(k for k, text in enumerate(sources) if text.startswith("check("))
    assert place < first


def test_numbers_in_pictures_of_the_backward_pass() -> None:
    assert "109" in backward_figures.weight_nudged().alt
    assert "80, 31, 90 and 0" in backward_figures.weight_nudged().alt
    assert "gives 50" in backward_figures.pixel_reaches().alt
    # d_x by definition: each output sends its gradient back through the filter, stride 2.
    d_x = np.zeros((4, 4))
    for (i, j), d in np.ndenumerate(np.array([[1.0, 2], [3, 4]])):
        d_x[2 * i : 2 * i + 2, 2 * j : 2 * j + 2] += d * backward_figures.SMALL_FILTER
    rows = "; ".join(" ".join(f"{value:g}" for value in row) for row in d_x)
    assert rows in backward_figures.turned_filter().alt


def test_a_wrong_gradient_is_marked_in_the_picture() -> None:
    def wrong(d_out: Any, x: Any, weights: Any, cols: Any, stride: int = 1) -> Any:
        return np.zeros(x.shape), None, None

    assert "differs from it in 12 of 16" in backward_figures.turned_filter(wrong).alt


@pytest.mark.parametrize(
    "draw",
    [
        axes_figures.keepdims,
        layer_figures.dropout_mask,
        volume_figures.channels,
        figures.im2col_steps,
        figures.routing,
    ],
)
def test_a_figure_is_an_image_with_words(draw: Callable[[], Any]) -> None:
    picture = draw()
    assert picture.png.startswith(b"\x89PNG")
    assert len(picture.alt) > 40


def test_the_map_refuses_a_place_that_is_not_on_it() -> None:
    with pytest.raises(ValueError, match="no such part of the map: attic"):
        volume_figures.course_map(("attic",))


def test_pictures_given_learners_functions_are_theirs() -> None:
    places = figures.kernel_places(lambda size, kernel, stride, padding: 1)
    assert "stride 1, padding 0: 1" in places.alt
    assert stepper.im2col(lambda x, *_: x).page() != stepper.im2col().page()
