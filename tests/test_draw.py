"""`autograder draw`: a drawing becomes an image like a digit's, and the network classifies it."""

import base64
import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from autograder.cli import main
from cnnlab.digits import load_digits
from cnnlab.draw.centring import INNER, SIDE, centred
from cnnlab.draw.reading import Reader
from cnnlab.draw.server import SIDE as DRAWN
from cnnlab.draw.server import make_server
from cnnlab.errors import LabError
from cnnlab.learners_network import load_network
from cnnlab.presets import PRESETS
from cnnlab.training import build, save_parameters

ROOT = Path(__file__).resolve().parent.parent
SOLUTIONS = ROOT / "solutions"


@given(st.integers(0, 100), st.integers(0, 100), st.integers(3, 39), st.integers(3, 39))
def test_a_drawing_is_scaled_and_its_mass_is_in_the_middle(
    top: int, left: int, height: int, width: int
) -> None:
    drawing = np.zeros((140, 140))
    drawing[top : top + height, left : left + width] = 1
    image = centred(drawing)
    assert image is not None
    assert image.shape == (SIDE, SIDE)
    assert image.min() >= 0
    assert image.max() <= 1 + 1e-6
    rows, columns = np.flatnonzero(image.any(axis=1)), np.flatnonzero(image.any(axis=0))
    assert max(len(rows), len(columns)) == INNER
    for line in (image.sum(axis=1), image.sum(axis=0)):
        middle = float(line @ np.arange(SIDE) / line.sum())
        assert abs(middle - (SIDE - 1) / 2) <= 0.51


def test_where_a_stroke_was_drawn_does_not_matter() -> None:
    stroke = np.zeros((140, 140))
    stroke[20:80, 30:42] = 1
    moved = np.roll(stroke, (40, 55), (0, 1))
    first, second = centred(stroke), centred(moved)
    assert first is not None
    assert np.array_equal(first, second)  # type: ignore[arg-type]


def test_nothing_drawn_is_no_image() -> None:
    assert centred(np.zeros((140, 140))) is None


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("pictures") / "network.npz"
    module = load_network(SOLUTIONS)
    save_parameters(file, build(PRESETS["layers"], module, np.random.default_rng(0)))
    return file


@pytest.fixture(scope="module")
def address(network: Path) -> Iterator[str]:
    with make_server(Reader(SOLUTIONS, network)) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def ask(address: str, body: bytes, **headers: str) -> Any:
    headers = {"Content-Type": "application/json", **headers}
    request = urllib.request.Request(f"{address}/read", body, headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def as_body(drawing: np.ndarray) -> bytes:
    pixels = base64.b64encode(drawing.astype(np.uint8).tobytes()).decode()
    return json.dumps({"pixels": pixels}).encode()


def test_a_training_digit_is_its_own_nearest_and_is_read_by_the_network(address: str) -> None:
    digits = load_digits()
    digit = digits.train_images[7, 0]
    large = np.kron(digit, np.ones((5, 5))) * 255
    assert large.shape == (DRAWN, DRAWN)
    answer = ask(address, as_body(large))
    assert sum(answer["probabilities"]) == pytest.approx(1, abs=0.001)
    assert answer["nearest"][0]["label"] == digits.train_labels[7]
    assert [layer["name"] for layer in answer["layers"]] == ["Conv2D", "ReLU", "MaxPool2D"]
    assert np.shape(answer["layers"][0]["maps"]) == (8, 26, 26)


def test_an_empty_drawing_is_said_to_be_empty(address: str) -> None:
    assert ask(address, as_body(np.zeros((DRAWN, DRAWN)))) == {"empty": True}


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"{", {}, 400),
        (b"[]", {}, 400),
        (b'{"pixels": "AAAA"}', {}, 400),
        (b"x" * 50_000, {}, 413),
        (b"{}", {"Content-Type": "text/plain"}, 404),
        (b"{}", {"Host": "elsewhere.example"}, 404),
    ],
)
def test_other_requests_are_refused(
    address: str, body: bytes, headers: dict[str, str], status: int
) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        ask(address, body, **headers)
    assert refused.value.code == status


def test_without_a_trained_network_it_says_what_to_type(tmp_path: Path) -> None:
    result = CliRunner().invoke(
        main, ["draw", str(SOLUTIONS), "--network", str(tmp_path / "none.npz")]
    )
    assert result.exit_code == 2
    assert "Train one first: make train." in result.output


def test_a_file_that_fits_no_network_is_named(tmp_path: Path) -> None:
    file = tmp_path / "network.npz"
    np.savez(file, stranger=np.zeros(3))
    with pytest.raises(LabError, match="fits none of the networks"):
        Reader(SOLUTIONS, file)
