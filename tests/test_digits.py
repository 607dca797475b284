"""The digits: those in the kit are real, balanced and unchanged; downloads are verified."""

import gzip
import hashlib
import io
import runpy
import tarfile
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from cnnlab import digits
from cnnlab.digits import load_digits
from cnnlab.errors import LabError

pytestmark = pytest.mark.quick

EMBEDDED_SHA256 = "3a60d123b0d74687a719592a91168a35448ea0d1b8bf050f417a7d61da1b12af"


def idx(array: np.ndarray) -> bytes:
    """The array in the format of MNIST's files."""
    head = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes()
    return gzip.compress(head + array.astype(np.uint8).tobytes())


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tiny data set "full" in a folder, with its true hashes, and an empty cache."""
    rng = np.random.default_rng(0)
    folder = tmp_path / "published"
    folder.mkdir()
    contents = [
        rng.integers(0, 256, (20, 28, 28)),
        rng.integers(0, 10, 20),
        rng.integers(0, 256, (10, 28, 28)),
        rng.integers(0, 10, 10),
    ]
    files = {}
    for name, array in zip(digits.MNIST_FILES, contents, strict=True):
        (folder / name).write_bytes(idx(array))
        files[name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv(digits.DATA_VARIABLE, raising=False)
    use(monkeypatch, files, "http://127.0.0.1:1/")
    return folder


def use(monkeypatch: pytest.MonkeyPatch, files: dict[str, str], *mirrors: str) -> None:
    entry = digits._Published(files, mirrors, tuple("0123456789"))
    monkeypatch.setitem(digits._PUBLISHED, "full", entry)


@pytest.fixture
def server(published: Path) -> Iterator[tuple[str, list[str]]]:
    """Serve the folder by HTTP; yield the address and the list of requested paths."""
    asked: list[str] = []

    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            asked.append(self.path)

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(published))) as http:
        threading.Thread(target=http.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{http.server_port}/", asked
        http.shutdown()


def test_embedded_digits_are_balanced_scaled_and_unchanged() -> None:
    data = load_digits()
    assert data.train_images.shape == (12_000, 1, 28, 28)
    assert data.test_images.shape == (2_000, 1, 28, 28)
    assert data.train_images.dtype == data.test_images.dtype == np.float32
    assert data.train_labels.dtype == data.test_labels.dtype == np.int64
    assert (data.train_images.min(), data.train_images.max()) == (0, 1)
    assert np.array_equal(np.bincount(data.train_labels), np.full(10, 1200))
    assert np.array_equal(np.bincount(data.test_labels), np.full(10, 200))
    assert hashlib.sha256(digits.EMBEDDED.read_bytes()).hexdigest() == EMBEDDED_SHA256


def test_no_test_image_is_among_the_training_images() -> None:
    data = load_digits()
    seen = {image.tobytes() for image in data.train_images}
    assert not any(image.tobytes() in seen for image in data.test_images)


def test_licence_stands_beside_the_digits() -> None:
    text = (digits.EMBEDDED.parent / "LICENSE-MNIST.txt").read_text()
    for word in ("LeCun", "Cortes", "Burges", "CC BY-SA 3.0", "subset"):
        assert word in text


def test_even_steps_takes_as_many_of_each_class_from_end_to_end() -> None:
    script = Path(__file__).parent.parent / "benchmarks" / "make_digits.py"
    even_steps = runpy.run_path(str(script))["even_steps"]
    labels = np.tile(np.arange(10), 100)
    chosen = even_steps(labels, 4)
    assert np.array_equal(np.bincount(labels[chosen]), np.full(10, 4))
    assert np.array_equal(chosen[labels[chosen] == 3], [3, 253, 503, 753])


def test_fetches_once_verifies_and_keeps(
    published: Path, server: tuple[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, asked = server
    files = digits._PUBLISHED["full"].files
    use(monkeypatch, files, "http://127.0.0.1:1/", address)
    data = load_digits("full")
    assert data.train_images.shape == (20, 1, 28, 28)
    assert data.test_labels.shape == (10,)
    assert len(asked) == 4
    again = load_digits("full")
    assert np.array_equal(again.train_images, data.train_images)
    assert len(asked) == 4


def test_an_altered_file_is_refused(
    published: Path, server: tuple[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, digits._PUBLISHED["full"].files, server[0])
    first = next(iter(digits.MNIST_FILES))
    (published / first).write_bytes(idx(np.zeros((20, 28, 28))))
    with pytest.raises(LabError, match="SHA-256 differs"):
        load_digits("full")


def test_a_missing_page_is_named(
    published: Path, server: tuple[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, digits._PUBLISHED["full"].files, server[0] + "nowhere/")
    with pytest.raises(LabError, match="404"):
        load_digits("full")


def test_offline_message_says_what_where_and_what_to_do(published: Path, tmp_path: Path) -> None:
    with pytest.raises(LabError) as caught:
        load_digits("full")
    message = str(caught.value)
    assert "no connection" in message
    assert str(tmp_path / "cache" / "cnnlab" / "full") in message
    assert digits.DATA_VARIABLE in message
    assert all(name in message for name in digits.MNIST_FILES)


@pytest.mark.parametrize("below", ["", "full"])
def test_a_named_folder_needs_no_network(
    published: Path, below: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "by hand" / below
    folder.parent.mkdir(exist_ok=True)
    published.rename(folder)
    monkeypatch.setenv(digits.DATA_VARIABLE, str(tmp_path / "by hand"))
    assert load_digits("full").train_images.shape == (20, 1, 28, 28)


def test_a_file_of_another_data_set_in_the_folder_is_passed_over(
    published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = next(iter(digits.MNIST_FILES))
    (published / first).write_bytes(idx(np.zeros((20, 28, 28))))
    monkeypatch.setenv(digits.DATA_VARIABLE, str(published))
    with pytest.raises(LabError, match=first):
        load_digits("full")


def test_cifar10_comes_as_colour_planes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    records = rng.integers(0, 256, (6, 3, 1 + 3072)).astype(np.uint8)
    records[:, :, 0] %= 10
    archive = tmp_path / "cifar-10-binary.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        for number, batch in enumerate(records, start=1):
            name = f"data_batch_{number}.bin" if number < 6 else "test_batch.bin"
            info = tarfile.TarInfo(f"cifar-10-batches-bin/{name}")
            info.size = batch.size
            tar.addfile(info, io.BytesIO(batch.tobytes()))
    files = {archive.name: hashlib.sha256(archive.read_bytes()).hexdigest()}
    entry = digits._Published(files, (), digits._PUBLISHED["cifar10"].classes)
    monkeypatch.setitem(digits._PUBLISHED, "cifar10", entry)
    monkeypatch.setenv(digits.DATA_VARIABLE, str(tmp_path))
    data = load_digits("cifar10")
    assert data.train_images.shape == (15, 3, 32, 32)
    assert data.test_images.shape == (3, 3, 32, 32)
    assert np.array_equal(data.test_labels, records[5, :, 0])
    # The second byte of green is at row 0, column 1 of channel 1.
    assert data.train_images[4, 1, 0, 1] == np.float32(records[1, 1, 1 + 1024 + 1]) / 255
    assert data.classes[0] == "airplane"


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(LabError, match="embedded, full, fashion or cifar10"):
        load_digits("mnits")


def test_a_damaged_package_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "mnist.npz"
    broken.write_bytes(b"PK\x03\x04 cut short")
    monkeypatch.setattr(digits, "EMBEDDED", broken)
    with pytest.raises(LabError, match="Install the package again"):
        load_digits()
