"""The images for training: real digits in the package, larger data sets by a download.

`load_digits()` needs no internet: 12,000 training and 2,000 test digits of MNIST come with the
package. `load_digits("full")`, `"fashion"` and `"cifar10"` download the published files once,
check their SHA-256 and keep them. Without internet, put the files into a folder and write its
path into the environment variable CNNLAB_DATA.
"""

import gzip
import hashlib
import os
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from cnnlab.errors import LabError

EMBEDDED = Path(__file__).parent / "data" / "mnist.npz"
"""The subset that ships with the package; benchmarks/make_digits.py makes it."""

DATA_VARIABLE = "CNNLAB_DATA"
"""Environment variable: a folder in which the published files already lie."""

MNIST_FILES = {
    "train-images-idx3-ubyte.gz": (
        "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"
    ),
    "train-labels-idx1-ubyte.gz": (
        "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"
    ),
    "t10k-images-idx3-ubyte.gz": (
        "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"
    ),
    "t10k-labels-idx1-ubyte.gz": (
        "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"
    ),
}
"""Name and SHA-256 of MNIST's files: training images and labels, test images and labels."""

FASHION_FILES = {
    "train-images-idx3-ubyte.gz": (
        "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"
    ),
    "train-labels-idx1-ubyte.gz": (
        "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"
    ),
    "t10k-images-idx3-ubyte.gz": (
        "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"
    ),
    "t10k-labels-idx1-ubyte.gz": (
        "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"
    ),
}

# fmt: off
_FASHION_CLASSES = (
    "T-shirt", "trousers", "pullover", "dress", "coat",
    "sandal", "shirt", "sneaker", "bag", "boot",
)
_CIFAR10_CLASSES = (
    "airplane", "car", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
)
# fmt: on

_FASHION_AT_GITHUB = (
    "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/"
    "b2617bb6d3ffa2e429640350f613e3291e10b141/data/fashion/"
)

# The binary files: the files for Python are pickled, and unpickling can run any code.
CIFAR10_FILES = {
    "cifar-10-binary.tar.gz": "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"
}


class Digits(NamedTuple):
    """Images and their labels, for training and for testing.

    Attributes:
        train_images: float32 in 0..1, shape (N, C, H, W); (N, 1, 28, 28) for digits.
        train_labels: int64 in 0..9, shape (N,).
        test_images: like train_images, but other images.
        test_labels: like train_labels.
        classes: the name of each class, by label.
    """

    train_images: np.ndarray
    train_labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray
    classes: tuple[str, ...]


@dataclass(frozen=True)
class _Published:
    """A published data set: its files with their hashes, and the addresses to download from."""

    files: dict[str, str]
    mirrors: tuple[str, ...]
    classes: tuple[str, ...]


_PUBLISHED = {
    "full": _Published(
        MNIST_FILES,
        (
            "https://ossci-datasets.s3.amazonaws.com/mnist/",
            "https://storage.googleapis.com/cvdf-datasets/mnist/",
        ),
        tuple("0123456789"),
    ),
    "fashion": _Published(
        FASHION_FILES,
        (
            _FASHION_AT_GITHUB,
            "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        ),
        _FASHION_CLASSES,
    ),
    "cifar10": _Published(
        CIFAR10_FILES,
        ("https://www.cs.toronto.edu/~kriz/",),
        _CIFAR10_CLASSES,
    ),
}

DATA_NAMES = ("embedded", *_PUBLISHED)
"""What `load_digits` can load."""


def load_digits(name: str = "embedded") -> Digits:
    """Load images and labels, ready for training.

    Args:
        name: "embedded", the 14,000 digits of the package; "full", MNIST's 70,000;
            "fashion", Fashion-MNIST's 70,000 pieces of clothing; or "cifar10", 60,000 colour
            images of shape (3, 32, 32). All except "embedded" are downloaded once and kept.

    Returns:
        the images as float32 in 0..1 and the labels as int64.

    Raises:
        LabError: if there is no such data set, or it cannot be found or downloaded. The
            message says what to do.
    """
    if name == "embedded":
        return _read_embedded()
    if name not in _PUBLISHED:
        raise LabError(f"There is no data set {name!r}. Choose from {_listed(DATA_NAMES)}.")
    published = _PUBLISHED[name]
    paths = [_locate(name, file) for file in published.files]
    try:
        arrays = _read_cifar10(paths[0]) if name == "cifar10" else [read_idx(p) for p in paths]
    except OSError as error:
        raise LabError(f"{paths[0].parent} could not be read: {error}.") from error
    return _digits(arrays, published.classes)


def read_idx(path: Path) -> np.ndarray:
    """Read one gzipped file in MNIST's own format, as uint8.

    The file has two zero bytes, the type (8 for unsigned bytes), the number of axes, the length
    of each axis as a big-endian 32-bit integer, and then the numbers, one byte each.

    Source: the description of the IDX format beside the original files of MNIST.
    """
    with gzip.open(path) as file:
        data = file.read()
    if data[:3] != b"\0\0\x08":
        raise ValueError(f"{path} is not an IDX file of unsigned bytes")
    axes = data[3]
    shape = np.frombuffer(data, ">u4", axes, offset=4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * axes).reshape(shape)


def verify_sha256(path: Path, expected: str) -> None:
    """Raise LabError unless the file is there and has this SHA-256."""
    if not path.is_file():
        raise LabError(f"{path} is not there.")
    if _sha256(path) != expected:
        raise LabError(
            f"{path} is not the published file: its SHA-256 differs. "
            "It may be cut short or altered; delete it and fetch it again."
        )


def _read_embedded() -> Digits:
    try:
        with np.load(EMBEDDED, allow_pickle=False) as arrays:
            parts = [
                arrays[part]
                for part in (
                    "train_images",
                    "train_labels",
                    "test_images",
                    "test_labels",
                )
            ]
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise LabError(
            f"The digits that come with the package cannot be read from {EMBEDDED}: {error}. "
            "Install the package again, or restore the file."
        ) from error
    return _digits(parts, tuple("0123456789"))


def _digits(arrays: list[np.ndarray], classes: tuple[str, ...]) -> Digits:
    def scaled(images: np.ndarray) -> np.ndarray:
        if images.ndim == 3:
            images = images[:, np.newaxis]
        return images.astype(np.float32) / np.float32(255)

    train_images, train_labels, test_images, test_labels = arrays
    return Digits(
        scaled(train_images),
        train_labels.astype(np.int64),
        scaled(test_images),
        test_labels.astype(np.int64),
        classes,
    )


def _read_cifar10(archive: Path) -> list[np.ndarray]:
    """Read the six batches: in each, 10,000 times one byte of label and 3*32*32 of image."""
    batches = []
    with tarfile.open(archive, "r:gz") as tar:
        for name in [*(f"data_batch_{i}" for i in range(1, 6)), "test_batch"]:
            member = tar.extractfile(f"cifar-10-batches-bin/{name}.bin")
            assert member is not None  # the archive's SHA-256 was checked
            batches.append(np.frombuffer(member.read(), np.uint8).reshape(-1, 1 + 3 * 32 * 32))
    train, test = np.concatenate(batches[:5]), batches[5]
    pictures, labels = (slice(1, None), 0)
    return [
        train[:, pictures].reshape(-1, 3, 32, 32),
        train[:, labels],
        test[:, pictures].reshape(-1, 3, 32, 32),
        test[:, labels],
    ]


def _locate(name: str, file: str) -> Path:
    """Return a verified copy of one file: from the learner's folder, the cache, or a mirror."""
    expected = _PUBLISHED[name].files[file]
    by_hand = os.environ.get(DATA_VARIABLE)
    if by_hand:
        folder = Path(by_hand).expanduser()
        # MNIST and Fashion-MNIST have the same file names, so a subfolder for the data set is tried
        # first. In the folder itself, a file of the other data set has a wrong hash and is skipped.
        for candidate in (folder / name / file, folder / file):
            if candidate.is_file() and _sha256(candidate) == expected:
                return candidate
    return _fetch(name, file, expected)


def _fetch(name: str, file: str, expected: str) -> Path:
    """Return the file from the cache; the first time, download it from a mirror."""
    import pooch
    from rich.console import Console

    pooch.get_logger().setLevel("ERROR")
    cache = Path(pooch.os_cache("cnnlab")) / name
    failures = []
    for mirror in _PUBLISHED[name].mirrors:
        bar = _DownloadBar(Console(stderr=True), file)
        try:
            path = pooch.retrieve(
                mirror + file,
                known_hash=f"sha256:{expected}",
                fname=file,
                path=cache,
                downloader=pooch.HTTPDownloader(progressbar=bar, timeout=30),
            )
            return Path(path)
        # The exceptions of requests are OSErrors; pooch raises ValueError if the hash differs.
        except (OSError, ValueError) as error:
            failures.append(f"  {mirror}{file}\n    {_reason(error)}")
        finally:
            bar.close()
    names = "\n".join(f"  {each}" for each in _PUBLISHED[name].files)
    raise LabError(
        f"The data set {name!r} could not be fetched:\n" + "\n".join(failures) + "\n"
        f"With a network: try again later. Without one: get these files on another machine,\n"
        f"{names}\n"
        f"put them into {cache},\n"
        f"or into any folder that the environment variable {DATA_VARIABLE} names, and try again. "
        "The digits that come with the package need no network (DATA=embedded)."
    )


def _reason(error: Exception) -> str:
    """Say in a few words why a download failed; the message of requests fills a screen."""
    import requests

    if isinstance(error, requests.exceptions.Timeout):
        return "the server did not answer in time"
    if isinstance(error, requests.exceptions.HTTPError) and error.response is not None:
        return f"the server answered {error.response.status_code} {error.response.reason}"
    if isinstance(error, requests.exceptions.ConnectionError):
        return "no connection to the server"
    if isinstance(error, ValueError):
        return "what arrived is not the published file (its SHA-256 differs)"
    return str(error)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names[:-1]) + f" or {names[-1]}"


class _DownloadBar:
    """A progress bar of rich with the interface of pooch: total, update, reset, close."""

    def __init__(self, console, file: str) -> None:  # type: ignore[no-untyped-def]
        from rich import progress

        self.total = 0
        self._progress = progress.Progress(
            progress.TextColumn("fetching {task.description}"),
            progress.BarColumn(),
            progress.DownloadColumn(),
            progress.TimeRemainingColumn(),
            console=console,
            transient=True,
        )
        self._task = self._progress.add_task(file, total=None)

    def update(self, size: int) -> None:
        self._progress.start()
        self._progress.update(self._task, total=self.total or None, advance=size)

    def reset(self) -> None:
        self._progress.reset(self._task)

    def close(self) -> None:
        self._progress.stop()
