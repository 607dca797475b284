"""Training: presets match their descriptions, only the learner's code trains, messages help."""

import io
import shutil
import sys
import types
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from cnnlab import training
from cnnlab.digits import Digits, load_digits
from cnnlab.errors import LabError
from cnnlab.learners_network import load_network
from cnnlab.presets import PRESETS, BatchNorm, Dense, Preset, layer_table, parameter_count
from cnnlab.training import build, run_training

SOLUTIONS = Path(__file__).parent.parent / "solutions"
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(autouse=True)
def _keep_modules() -> Iterator[None]:
    """Restore the course's modules in sys.modules for other tests."""
    kept = {name: module for name, module in sys.modules.items() if name[:1] == "a"}
    yield
    for name in [name for name in sys.modules if name[:1] == "a" and name[2:3] == "_"]:
        del sys.modules[name]
    sys.modules.update(kept)


@pytest.fixture(scope="module")
def few() -> Digits:
    """1,500 training and 300 test digits."""
    data = load_digits()
    return data._replace(
        train_images=data.train_images[:1500],
        train_labels=data.train_labels[:1500],
        test_images=data.test_images[:300],
        test_labels=data.test_labels[:300],
    )


@pytest.fixture
def learner(tmp_path: Path) -> Path:
    """A learner's folder in which everything is solved."""
    return Path(shutil.copytree(SOLUTIONS, tmp_path / "learner"))


def append(folder: Path, file: str, code: str) -> None:
    """Append a definition to a file; it replaces an earlier one."""
    with (folder / file).open("a") as stream:
        stream.write(f"\n\n{code}\n")


def run(
    folder: Path, few: Digits, monkeypatch: pytest.MonkeyPatch, **options: object
) -> tuple[training.TrainingResult, str]:
    """Train on few digits; return the result and the console's output."""
    monkeypatch.setattr(training, "load_digits", lambda name: few)
    screen = io.StringIO()
    arguments: dict = {"model": "layers", "epochs": 1, "output_folder": folder.parent / "out"}
    result = run_training(
        folder, **{**arguments, **options}, console=Console(file=screen, width=200)
    )
    return result, screen.getvalue()


def test_the_layer_table_of_full() -> None:
    rows = layer_table(PRESETS["full"])
    assert [row.parameters for row in rows if row.parameters] == [320, 18_496, 204_928, 1_290]
    assert parameter_count(PRESETS["full"]) == 225_034
    assert [row.output_shape for row in rows] == [
        *[(32, 26, 26), (32, 26, 26), (32, 13, 13)],
        *[(64, 11, 11), (64, 11, 11), (64, 5, 5)],
        *[(1600,), (128,), (128,), (10,)],
    ]


def test_parameters_of_the_others() -> None:
    assert parameter_count(PRESETS["tiny"]) == 80 + 13_530
    assert parameter_count(PRESETS["dense"]) == 101_770
    assert parameter_count(PRESETS["deep"]) == 80 + 1_168 + 100_480 + 1_290
    assert parameter_count(PRESETS["deep_batchnorm"]) == 103_018 + 2 * 8 + 2 * 16


@pytest.mark.sample(4)
@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 32, 32)])
@pytest.mark.parametrize("name", [name for name in PRESETS if name != "deep_batchnorm"])
def test_a_built_network_has_the_shapes_of_its_table(
    name: str, shape: tuple[int, int, int]
) -> None:
    network = load_network(SOLUTIONS)
    rng = np.random.default_rng(0)
    model = build(PRESETS[name], network, rng, image_shape=shape)
    x = rng.random((2, *shape), dtype=np.float32)
    for layer, row in zip(model.layers, layer_table(PRESETS[name], shape), strict=True):
        x = layer.forward(x)
        assert x.shape == (2, *row.output_shape)
        assert x.dtype == np.float32
        assert sum(p.value.size for p in layer.parameters()) == row.parameters


def test_layers_that_do_not_fit_are_named() -> None:
    with pytest.raises(ValueError, match="gets images"):
        layer_table(Preset("", (Dense(10),), 0.1))
    with pytest.raises(ValueError, match="nothing of the image"):
        layer_table(PRESETS["full"], (1, 4, 4))


def test_tiny_begins_at_the_logarithm_of_ten(few: Digits) -> None:
    network = load_network(SOLUTIONS)
    rng = np.random.default_rng(0)
    preset = PRESETS["tiny"]
    first = next(training.train(build(preset, network, rng), network, preset, few, rng))
    assert first.number == 0
    assert first.loss == pytest.approx(np.log(10), abs=0.01)


@pytest.mark.sample(1)
@pytest.mark.parametrize("name", ["layers", "deep", "dense"])
def test_a_preset_learns(name: str, few: Digits) -> None:
    network = load_network(SOLUTIONS)
    rng = np.random.default_rng(0)
    preset = replace(PRESETS[name], epochs=3)
    history = list(training.train(build(preset, network, rng), network, preset, few, rng))
    assert [epoch.number for epoch in history] == [0, 1, 2, 3]
    assert history[3].loss < history[1].loss < history[0].loss
    assert history[3].test.accuracy > 0.7
    assert np.mean(history[3].test.predictions == few.test_labels) == history[3].test.accuracy


def test_decay_lowers_the_rate_evenly_to_nothing() -> None:
    class Recorder:
        learning_rate = 1.0
        parameters: tuple = ()
        seen: list[float] = []  # noqa: RUF012

        def step(self) -> None:
            self.seen.append(self.learning_rate)

    recorder = Recorder()
    watched = training._Watched(recorder, steps=4, decay=True, on_step=lambda: None)
    for _ in range(4):
        watched.step()
    assert recorder.seen == [1.0, 0.75, 0.5, 0.25]


def test_saved_parameters_give_the_same_answers(few: Digits, tmp_path: Path) -> None:
    network = load_network(SOLUTIONS)
    first, second = (
        build(PRESETS["full"], network, np.random.default_rng(seed)) for seed in (1, 2)
    )
    training.save_parameters(tmp_path / "network.npz", first)
    training.load_parameters(tmp_path / "network.npz", second)
    batch = few.test_images[:20]
    assert np.array_equal(first.forward(batch), second.forward(batch))
    other = build(PRESETS["deep"], network, np.random.default_rng(0))
    with pytest.raises(ValueError, match="but the network needs"):
        training.load_parameters(tmp_path / "network.npz", other)


def test_a_run_shows_its_epochs_and_leaves_its_files(
    learner: Path, few: Digits, monkeypatch: pytest.MonkeyPatch
) -> None:
    result, screen = run(learner, few, monkeypatch, epochs=2)
    assert "13,530" in screen
    assert screen.count("test accuracy") == 3
    assert f"{result.accuracy:.2%}" in screen
    names = [file.name for file in result.files]
    assert {"loss.png", "filters.png", "misread.png", "confusion.png", "batches.png"} < {*names}
    assert "network.npz" in names
    for picture in (file for file in result.files if file.suffix == ".png"):
        assert picture.read_bytes().startswith(PNG)
    with np.load(result.files[names.index("network.npz")], allow_pickle=False) as stored:
        assert stored["00_Conv2D_0"].shape == (8, 1, 3, 3)


@pytest.mark.soak
@pytest.mark.parametrize(("epochs", "said"), [(1, "1 epoch\n"), (2, "2 epochs\n")])
def test_the_number_of_epochs_is_said_in_plain_english(
    learner: Path, few: Digits, monkeypatch: pytest.MonkeyPatch, epochs: int, said: str
) -> None:
    _, screen = run(learner, few, monkeypatch, epochs=epochs)
    assert said in "\n".join(line.rstrip() for line in screen.splitlines())


@pytest.mark.soak
def test_the_same_seed_gives_the_same_network(
    learner: Path, few: Digits, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, other = (
        run(learner, few, monkeypatch, seed=seed)[0].history[1].loss for seed in (0, 0, 1)
    )
    assert first == second != other


@pytest.mark.soak
def test_colour_pictures_and_dense_layers_are_drawn(
    learner: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(0)
    images = rng.random((60, 3, 32, 32), dtype=np.float32)
    labels = np.arange(60) % 10
    colour = Digits(images, labels, images[:30], labels[:30], tuple("abcdefghij"))
    for model in ("layers", "dense"):
        result, _ = run(learner, colour, monkeypatch, model=model)
        assert result.files[1].read_bytes().startswith(PNG)


@pytest.mark.parametrize(
    ("file", "code", "words"),
    [
        (
            "a3_pooling_and_loss/pooling.py",
            "def maxpool2d_forward(x, pool_size=2, stride=2):\n    raise NotImplementedError",
            ["maxpool2d_forward is not written yet", "a3_pooling_and_loss/pooling.py, line"],
        ),
        (
            "a4_training/network.py",
            "class ReLU(Layer):\n    def forward(self, x):\n        raise NotImplementedError",
            ["ReLU is not written yet", "make check"],
        ),
        (
            "a4_training/network.py",
            "def conv2d_forward(*_):\n    raise ValueError('[red]no[/red]')",
            ["conv2d_forward stopped with ValueError: [red]no[/red]", "EX=conv2d_forward"],
        ),
        (
            "a2_backprop/backprop.py",
            "def conv2d_backward(d_out, *_):\n    return d_out.sum(axis=7)",
            ["conv2d_backward stopped with AxisError", "make check EX=conv2d_backward"],
        ),
        (
            "a1_convolution/convolution.py",
            "def im2col((",
            ["a1_convolution/convolution.py, line", "not Python yet"],
        ),
        (
            "a3_pooling_and_loss/loss.py",
            "def softmax_cross_entropy_backward(p, labels):\n    return -1e4 * p",
            ["Training stopped", "wrong sign"],
        ),
        (
            "a4_training/network.py",
            "def train_epoch(*_):\n    return None",
            ["train_epoch returned NoneType", "mean loss"],
        ),
        (
            "a3_pooling_and_loss/layers.py",
            "def dense_forward(x, weights, bias):\n    return (x @ weights + bias).T",
            ["CNN.forward returned shape (10, 250)", "(250, 10)"],
        ),
    ],
)
def test_what_is_wrong_is_one_sentence_with_its_place(
    file: str,
    code: str,
    words: list[str],
    learner: Path,
    few: Digits,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    append(learner, file, code)
    with pytest.raises(LabError) as caught:
        run(learner, few, monkeypatch)
    message = str(caught.value)
    assert "\n" not in message
    for word in words:
        assert word in message


def test_a_folder_without_a_network_is_named(tmp_path: Path) -> None:
    with pytest.raises(LabError, match=r"no a4_training/network\.py"):
        load_network(tmp_path)


@pytest.mark.parametrize(
    ("options", "words"), [({"model": "huge"}, "no model 'huge'"), ({"epochs": 0}, "one epoch")]
)
def test_impossible_wishes(
    options: dict, words: str, learner: Path, few: Digits, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(LabError, match=words):
        run(learner, few, monkeypatch, **options)


def test_an_output_folder_that_cannot_be(
    learner: Path, few: Digits, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LabError, match="cannot be written"):
        run(learner, few, monkeypatch, output_folder=tmp_path / "file" / "below")


def test_each_folder_gets_its_own_network(learner: Path) -> None:
    append(learner, "a4_training/network.py", "MARK = 1")
    assert hasattr(load_network(learner), "MARK")
    assert not hasattr(load_network(SOLUTIONS), "MARK")


@pytest.mark.soak
def test_ctrl_c_leaves_pictures_of_what_was_learned(
    learner: Path, few: Digits, monkeypatch: pytest.MonkeyPatch
) -> None:
    append(
        learner,
        "a4_training/network.py",
        "class Interrupted(SGD):\n"
        "    def step(self):\n"
        "        super().step()\n"
        "        self.steps = getattr(self, 'steps', 0) + 1\n"
        "        if self.steps == 20:\n"
        "            raise KeyboardInterrupt\n"
        "SGD = Interrupted",
    )
    result, screen = run(learner, few, monkeypatch)
    assert result.interrupted
    assert "Stopped" in screen
    assert result.accuracy > 0.3
    assert all(file.is_file() for file in result.files)


def test_batch_normalisation_waits_for_a5(
    learner: Path, few: Digits, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(learner / "a5_going_further", ignore_errors=True)
    # Left by an earlier training in the same process, in a folder that has a5.
    earlier = types.ModuleType("a5_going_further.normalization")
    earlier.BatchNorm2D = object  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "a5_going_further.normalization", earlier)
    with pytest.raises(LabError, match="MODEL=deep"):
        run(learner, few, monkeypatch, model="deep_batchnorm")


@pytest.mark.soak
def test_batch_normalisation_is_used_and_rests_while_counting(
    learner: Path, few: Digits, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = learner / "a5_going_further"
    folder.mkdir(exist_ok=True)
    (folder / "normalization.py").write_text(
        "import numpy as np\n"
        "from a4_training.network import Layer, Parameter\n"
        "class BatchNorm2D(Layer):\n"
        "    modes = set()\n"
        "    def __init__(self, channels, dtype=np.float64):\n"
        "        self.scale = Parameter(np.ones(channels, dtype))\n"
        "        self.shift = Parameter(np.zeros(channels, dtype))\n"
        "        self.training = True\n"
        "    def parameters(self):\n"
        "        return [self.scale, self.shift]\n"
        "    def forward(self, x):\n"
        "        self.modes.add((self.training, len(x)))\n"
        "        return x\n"
        "    def backward(self, d_out):\n"
        "        return d_out\n"
    )
    run(learner, few, monkeypatch, model="deep_batchnorm")
    modes = sys.modules["a5_going_further.normalization"].BatchNorm2D.modes
    # Training uses batches of 64, the last of 28; evaluation 250 and 50, and 5 are shown.
    assert modes == {(True, 64), (True, 28), (False, 250), (False, 5), (False, 50)}
    assert any(isinstance(layer, BatchNorm) for layer in PRESETS["deep_batchnorm"].layers)
