"""The README's pictures are what docs/pictures/make.py draws."""

import base64
import importlib.util
import io
import re
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from matplotlib import image

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "pictures"
PIXELS = r"data:image/png;base64,([^\"]+)"


@pytest.fixture(scope="module")
def make() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_pictures", FOLDER / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def pixels(drawing: str) -> list[np.ndarray]:
    found = (base64.b64decode(data) for data in re.findall(PIXELS, drawing))
    return [image.imread(io.BytesIO(data), format="png") for data in found]


@pytest.mark.parametrize("name", ["verdict", "course"])
def test_a_picture_is_fresh(make: ModuleType, name: str) -> None:
    committed = (FOLDER / f"{name}.svg").read_text(encoding="utf-8")
    drawn = getattr(make, name)()
    advice = "type: make pictures, and look at docs/pictures/"
    assert re.sub(PIXELS, "", committed) == re.sub(PIXELS, "", drawn), advice
    assert len(pixels(committed)) == (7 if name == "course" else 0)
    for theirs, ours in zip(pixels(committed), pixels(drawn), strict=True):
        np.testing.assert_allclose(theirs, ours, atol=0.01, err_msg=advice)
    assert len(committed) < 40_000
    assert "http" not in committed.replace("http://www.w3.org/2000/svg", "")
