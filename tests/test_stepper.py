"""The stepper's page is complete, and shows what the learner's function returned."""

import json
import re
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnlab import stepper

ROOT = Path(__file__).resolve().parent.parent
OPERATIONS = ("convolution", "im2col", "col2im", "pooling", "backward")


def data(shown: stepper.Stepper) -> dict[str, Any]:
    found = re.search(r'getElementById\("stepper"\), (\{.*\})\);</script>', shown.page())
    assert found is not None
    return json.loads(found[1])


@pytest.mark.parametrize("name", OPERATIONS)
def test_the_page_needs_no_other_file(name: str) -> None:
    page = getattr(stepper, name)().page()
    assert not re.search(r"(src|href)=|^import |https?://(?!www\.w3\.org/2000/svg)", page, re.M)
    assert page.count("<script") == page.count("</script>") == 1
    assert "prefers-reduced-motion" in page
    assert "prefers-color-scheme: dark" in page
    assert 'aria-live": "polite"' in page


def test_modules_name_the_operations_that_python_shows() -> None:
    steps = (stepper.HERE / "steps.js").read_text(encoding="utf-8")
    (named,) = re.findall(r"OPERATIONS = \{(.*)\}", steps)
    assert {name.strip() for name in named.split(",")} == set(OPERATIONS)


def test_the_notebooks_frame_is_one_element_that_escapes_its_page() -> None:
    shown = stepper.convolution()._repr_html_()
    assert shown.startswith('<iframe srcdoc="')
    assert "<script" not in shown
    assert 'sandbox="allow-scripts"' in shown


def test_the_learners_results_are_on_the_page_for_every_setting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "solutions"))
    for name in [name for name in sys.modules if name.startswith("a1_")]:
        monkeypatch.delitem(sys.modules, name)
    import a1_convolution.convolution as solved

    yours = data(stepper.convolution(solved.conv2d_forward_naive))["yours"]
    settings = {f"{s},{p},{c}" for s in (1, 2) for p in (0, 1) for c in (1, 2)}
    assert set(yours) == settings
    x, w = stepper.X[np.newaxis], stepper.WEIGHTS[np.newaxis]
    bias = np.array([stepper.BIAS])
    expected = solved.conv2d_forward_naive(x, w, bias, 2, 1)[0, 0]
    assert np.allclose(yours["2,1,2"]["out"], expected)


def test_numbers_that_are_none_reach_the_page_as_words() -> None:
    page = stepper.im2col(lambda x, *_: np.array([[np.nan, np.inf]]))
    assert data(page)["yours"]["1,0,1"]["cols"] == [["nan", "inf"]]


def test_an_exception_of_the_learners_goes_on_to_the_notebook() -> None:
    def unwritten(*_: Any) -> Any:
        raise NotImplementedError

    with pytest.raises(NotImplementedError):
        stepper.convolution(unwritten)
