"""Train a network of the learner's own classes on images, and show what it learned.

This module computes no gradient: layers, loss, backward passes and steps are the learner's, from
the module a4_training.network in their folder, and batch normalisation from
a5_going_further.normalization. This module builds the network of a preset, gives it the images,
counts the right answers and draws figures.
"""

import importlib
import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
from rich import progress
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from cnnlab import presets
from cnnlab.digits import Digits, load_digits
from cnnlab.errors import LabError
from cnnlab.experiments import shift
from cnnlab.learners_network import import_path, learners_code, load_network
from cnnlab.presets import PRESETS, Preset, layer_table, parameter_count

_STEPS_BETWEEN_LOOKS = 50
# Pixels by which test digits are moved. A dense network then reads far fewer of them, because it
# was trained on digits in the middle of the image.
MOVED = 3
# The number of test digits whose predictions are shown after each epoch.
_SHOWN = 5


class Evaluation(NamedTuple):
    """The results of a network on images with known labels.

    Attributes:
        loss: mean cross-entropy.
        accuracy: share of right answers, 0..1.
        predictions: the class it chose for each image, int64, shape (N,).
        confidence: the probability it gave to that class, shape (N,).
    """

    loss: float
    accuracy: float
    predictions: np.ndarray
    confidence: np.ndarray


class Epoch(NamedTuple):
    """The state of training after an epoch; number 0 is before the first step.

    Attributes:
        number: epochs done.
        loss: mean training loss, as the learner's `train_epoch` returned it; before the
            first step, the loss on the test images.
        test: the results on the test images.
        seconds: how long the epoch's training took.
        rate: the learning rate of its last step; before training, that of the first one.
        training: the results on the first training images, as many as there are test images.
    """

    number: int
    loss: float
    test: Evaluation
    seconds: float
    rate: float = 0.0
    training: Evaluation | None = None


@dataclass(frozen=True)
class TrainingResult:
    """The result of `run_training`.

    Attributes:
        history: the state before training, and one entry after each epoch.
        files: the written files: pictures and parameters.
        interrupted: whether the learner stopped it early.
        model: the trained network.
    """

    history: tuple[Epoch, ...]
    files: tuple[Path, ...]
    interrupted: bool
    model: Any

    @property
    def accuracy(self) -> float:
        """Share of test images read correctly at the end, 0..1."""
        return self.history[-1].test.accuracy


class PresetRow(NamedTuple):
    """The result of one preset: one line of the table that compares all presets.

    Attributes:
        model: the name of the preset.
        parameters: the number of parameters that it learned.
        images: the number of training images.
        epochs: how often each of them was used.
        first_loss: the loss on the test images, before training.
        seconds_per_1000: seconds of training for 1,000 images, by the clock.
        accuracy: share of all test images read correctly, 0..1.
        accuracy_first_400: the same for the first 400 test images.
        accuracy_moved: the same for all test images moved up, down, left and right by MOVED
            pixels; the mean of the four.
    """

    model: str
    parameters: int
    images: int
    epochs: int
    first_loss: float
    seconds_per_1000: float
    accuracy: float
    accuracy_first_400: float
    accuracy_moved: float


def build(
    preset: Preset,
    network: ModuleType,
    rng: np.random.Generator,
    dtype: type = np.float32,
    image_shape: tuple[int, int, int] = (1, 28, 28),
) -> Any:
    """Make the network that a preset describes from the learner's classes.

    Args:
        preset: the layers as data.
        network: a module with Conv2D, ReLU, MaxPool2D, Flatten, Dense and CNN.
        rng: the random generator for the first weights.
        dtype: the dtype of the parameters.
        image_shape: (C, H, W) of one image.

    Returns:
        an instance of the learner's CNN.

    Raises:
        LabError: if the preset needs BatchNorm2D and a5 has none yet.
        ValueError: if the layers do not fit one another or the image.
    """
    layers: list[Any] = []
    shape: tuple[int, ...] = image_shape
    for spec, row in zip(preset.layers, layer_table(preset, image_shape), strict=True):
        match spec:
            case presets.Conv(filters, kernel, stride, padding):
                layer = network.Conv2D(
                    shape[0], filters, kernel, stride, padding, rng=rng, dtype=dtype
                )
            case presets.BatchNorm():
                layer = _batch_norm_class()(shape[0], dtype=dtype)
            case presets.ReLU():
                layer = network.ReLU()
            case presets.MaxPool(size):
                layer = network.MaxPool2D(size, size)
            case presets.Flatten():
                layer = network.Flatten()
            case presets.Dense(units):
                layer = network.Dense(shape[0], units, rng=rng, dtype=dtype)
        if isinstance(spec, presets.Conv | presets.Dense) and spec.std is not None:
            drawn = rng.standard_normal(layer.weights.value.shape) * spec.std
            layer.weights.value = drawn.astype(dtype)
        layers.append(layer)
        shape = row.output_shape
    return network.CNN(layers)


def evaluate(
    model: Any, images: np.ndarray, labels: np.ndarray, batch_size: int = 250
) -> Evaluation:
    """Let the network read images, and compare its answers with the labels.

    The loss is computed here, from the scores, so that it does not depend on the learner's loss.

    Raises:
        LabError: if the network does not return one row of scores for each image.
    """
    batches = []
    with inference(model):
        for start in range(0, len(images), batch_size):
            batch = images[start : start + batch_size]
            scores = np.asarray(model.forward(batch))
            if scores.ndim != 2 or len(scores) != len(batch):
                raise LabError(
                    f"CNN.forward returned shape {scores.shape} for {len(batch)} images; "
                    f"it should be ({len(batch)}, 10), one row of scores for each. "
                    "Run `make check` for the layer that changes the shape."
                )
            batches.append(scores.astype(np.float64))
    logits = np.concatenate(batches)
    logits -= logits.max(axis=1, keepdims=True)
    log_probabilities = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    predictions = logits.argmax(axis=1)
    rows = np.arange(len(labels))
    return Evaluation(
        loss=float(-log_probabilities[rows, labels].mean()),
        accuracy=float(np.mean(predictions == labels)),
        predictions=predictions,
        confidence=np.exp(log_probabilities[rows, predictions]),
    )


def train(
    model: Any,
    network: ModuleType,
    preset: Preset,
    data: Digits,
    rng: np.random.Generator,
    on_step: Callable[[], None] = lambda: None,
) -> Iterator[Epoch]:
    """Train with the learner's SGD and train_epoch, one epoch at a time.

    Args:
        model: the learner's CNN; it is changed.
        network: the module with SGD and train_epoch.
        preset: learning rate, momentum, batch size, epochs and the rest.
        data: training images to learn from, test images to measure the accuracy.
        rng: the random generator for the order of the images.
        on_step: called after each step of the optimizer.

    Yields:
        an Epoch before training, and one after each epoch.

    Raises:
        LabError: if the loss or a parameter is no longer a finite number, or the learner's
            train_epoch does not return a number, or their CNN.forward does not return one row
            of scores for each image.
    """
    images = _centred(data.train_images[: preset.images], preset)
    labels = data.train_labels[: preset.images]
    test_images = _centred(data.test_images, preset)
    shown = slice(0, len(test_images))
    before = evaluate(model, test_images, data.test_labels)
    training = evaluate(model, images[shown], labels[shown])
    yield Epoch(0, training.loss, before, 0.0, preset.learning_rate, training)

    optimizer = _Watched(
        network.SGD(model.parameters(), preset.learning_rate, preset.momentum),
        steps=preset.epochs * math.ceil(len(images) / preset.batch_size),
        decay=preset.decay,
        on_step=on_step,
    )
    for number in range(1, preset.epochs + 1):
        started = time.perf_counter()
        # NumPy would print many warnings for each batch; the message of _not_finite says more.
        with np.errstate(all="ignore"):
            loss = network.train_epoch(model, optimizer, images, labels, preset.batch_size, rng)
        seconds = time.perf_counter() - started
        if not isinstance(loss, int | float | np.floating):
            raise LabError(
                f"train_epoch returned {type(loss).__name__}, not a number. It should return "
                "the mean loss over all images. Run `make check EX=train_epoch`."
            )
        if not math.isfinite(loss):
            raise _not_finite(f"in epoch {number} the loss became {float(loss)}")
        test = evaluate(model, test_images, data.test_labels)
        training = evaluate(model, images[shown], labels[shown])
        yield Epoch(number, float(loss), test, seconds, optimizer.last_rate, training)


def save_parameters(path: Path, model: Any) -> None:
    """Write everything that the network learned into an .npz file, in the order of the layers."""
    np.savez(path, **{name: getattr(*place) for name, place in _named_arrays(model).items()})


def load_parameters(path: Path, model: Any) -> None:
    """Put the parameters of an .npz file into a network of the same layers.

    This loads a network that `make train` saved, without training it again:

        model = build(PRESETS["deep"], load_network(Path("assignments")), np.random.default_rng())
        load_parameters(Path("pictures/network.npz"), model)

    Args:
        path: a file that `save_parameters` wrote.
        model: the learner's CNN, built from the same preset; it is changed.

    Raises:
        ValueError: if the file's parameters have other names or shapes than the network's.
    """
    places = _named_arrays(model)
    with np.load(path, allow_pickle=False) as stored:
        found = {name: stored[name] for name in stored.files}
    shapes = {name: value.shape for name, value in found.items()}
    wanted = {name: getattr(*place).shape for name, place in places.items()}
    if shapes != wanted:
        raise ValueError(f"{path} holds {shapes}, but the network needs {wanted}")
    for name, (owner, attribute) in places.items():
        setattr(owner, attribute, found[name].astype(getattr(owner, attribute).dtype))


def show_layers(preset: Preset, image_shape: tuple[int, int, int] = (1, 28, 28)) -> Table:
    """Return the layer table for the terminal: layer, output shape, parameters, and the sum."""
    table = Table("layer", "output shape", title=preset.title, title_style="bold")
    table.add_column("parameters", justify="right")
    for row in layer_table(preset, image_shape):
        table.add_row(row.name, " x ".join(map(str, row.output_shape)), f"{row.parameters:,}")
    table.add_section()
    table.add_row("together", "", f"{parameter_count(preset, image_shape):,}")
    return table


def run_training(
    directory: Path,
    model: str = presets.DEFAULT,
    data: str = "embedded",
    output_folder: Path = Path("pictures"),
    epochs: int | None = None,
    seed: int = 0,
    console: Console | None = None,
    resume: bool = False,
) -> TrainingResult:
    """Train a preset with the learner's network, and write pictures of what it learned.

    Shows the layer table, a progress bar and lines after each epoch. Ctrl-C stops the training;
    the pictures then show what the network has learned so far.

    Args:
        directory: a folder shaped like assignments/.
        model: name of a preset.
        data: a name for `load_digits`.
        output_folder: the folder for the pictures (loss.png and others) and network.npz.
        epochs: how often each image is used; if None, the preset's number.
        seed: the seed for the first weights and for the order of the images.
        console: where to print; if None, the terminal.
        resume: begin with the parameters that an earlier run saved in `output_folder`.

    Returns:
        the history and the files.

    Raises:
        LabError: if there is no such model, `epochs` is below 1, the images cannot be loaded, the
            learner's code is not finished or fails, or the files cannot be written. The message
            says what to do.
    """
    console = console or Console()
    if model not in PRESETS:
        raise LabError(f"There is no model {model!r}. Choose from {', '.join(PRESETS)}.")
    if epochs is not None and epochs < 1:
        raise LabError(f"At least one epoch is needed, not {epochs}.")
    preset = PRESETS[model]
    if epochs is not None:
        preset = replace(preset, epochs=epochs)
    directory = directory.resolve()
    network = load_network(directory)
    digits = load_digits(data)
    image_shape = digits.train_images.shape[1:]
    rng = np.random.default_rng(seed)
    console.print(show_layers(preset, image_shape))
    seen = len(digits.train_labels[: preset.images])
    console.print(
        f"{seen:,} training images, {len(digits.test_labels):,} test images, "
        f"batches of {preset.batch_size}, "
        f"{preset.epochs} epoch{'' if preset.epochs == 1 else 's'}"
    )
    falls = ", falling evenly to 0" if preset.decay else ""
    console.print(
        f"SGD with learning rate {preset.learning_rate:g}{falls}, momentum {preset.momentum:g}"
    )

    history: list[Epoch] = []
    interrupted = False
    with import_path(directory), learners_code(directory):
        trained = build(preset, network, rng, image_shape=image_shape)
        if resume:
            _resume(output_folder / "network.npz", trained, model)
            console.print(f"begins with {escape(str(output_folder / 'network.npz'))}")
        losses = _BatchLosses(trained)
        five = digits.test_images[:_SHOWN]
        snapshots: list[np.ndarray] = []
        with _bar(console) as bar:
            task = bar.add_task(
                f"epoch 1/{preset.epochs}",
                total=preset.epochs * math.ceil(seen / preset.batch_size),
            )
            epoch_of = train(
                losses, network, preset, digits, rng, on_step=lambda: bar.advance(task)
            )
            try:
                for epoch in epoch_of:
                    history.append(epoch)
                    bar.console.print(_epoch_line(epoch), soft_wrap=True)
                    with inference(trained):
                        snapshots.append(probabilities(trained.forward(_centred(five, preset))))
                    said = _five_line(snapshots[-1], digits.test_labels[:_SHOWN])
                    bar.console.print(said, soft_wrap=True)
                    bar.update(
                        task,
                        description=f"epoch {min(epoch.number + 1, preset.epochs)}"
                        f"/{preset.epochs} · loss {epoch.loss:.3f} · "
                        f"accuracy {epoch.test.accuracy:.1%}",
                    )
            except KeyboardInterrupt:
                interrupted = True
        if not history:
            raise LabError("Stopped before the network was built; nothing was written.")
        if interrupted:
            console.print("Stopped; the pictures show what was learned so far.")
            # The last epoch is not complete, so the present accuracy was not measured yet.
            images = _centred(digits.test_images, preset)
            now = evaluate(trained, images, digits.test_labels)
            history[-1] = history[-1]._replace(test=now)
        files = _write(output_folder, trained, model, digits, history)
        files += _write_progress(output_folder, losses.values, five, snapshots, digits, history)
    for file in files:
        console.print(f"  {escape(str(file))}", highlight=False, soft_wrap=True)
    return TrainingResult(tuple(history), files, interrupted, trained)


def train_all(
    directory: Path,
    data: str,
    output_folder: Path,
    models: Sequence[str] = tuple(PRESETS),
    epochs: int | None = None,
) -> list[PresetRow]:
    """Train one preset after the other, and show a table of the results.

    Ctrl-C ends the running preset, and no further preset is trained.

    Args:
        directory, data, epochs: see `run_training`.
        output_folder: has a folder for the files of each preset.
        models: names of presets.

    Returns:
        one row for each preset that was trained to its end.

    Raises:
        LabError: see `run_training`.
    """
    console = Console()
    digits = load_digits(data)
    rows = []
    for model in models:
        result = run_training(
            directory, model, data, output_folder / model, epochs, console=console
        )
        if result.interrupted:
            break
        preset, last = PRESETS[model], result.history[-1]
        images = len(digits.train_labels[: preset.images])
        seconds = sum(epoch.seconds for epoch in result.history)
        right = last.test.predictions[:400] == digits.test_labels[:400]
        rows.append(
            PresetRow(
                model,
                parameters=parameter_count(preset, digits.train_images.shape[1:]),
                images=images,
                epochs=last.number,
                first_loss=result.history[0].loss,
                seconds_per_1000=seconds * 1000 / (images * last.number),
                accuracy=last.test.accuracy,
                accuracy_first_400=float(np.mean(right)),
                accuracy_moved=_accuracy_moved(result.model, digits, preset),
            )
        )
    console.print(_comparison(rows))
    return rows


def _accuracy_moved(model: Any, digits: Digits, preset: Preset) -> float:
    """Share of the test images read correctly when moved; the mean of the four directions."""
    ways = ((-MOVED, 0), (MOVED, 0), (0, -MOVED), (0, MOVED))
    images = (_centred(shift(digits.test_images, *way), preset) for way in ways)
    return float(np.mean([evaluate(model, x, digits.test_labels).accuracy for x in images]))


def _comparison(rows: list[PresetRow]) -> Table:
    table = Table("model", title="side by side", title_style="bold")
    columns = ["parameters", "seconds per 1,000 images", "test accuracy", "on the first 400"]
    for column in (*columns, f"moved {MOVED} pixels"):
        table.add_column(column, justify="right")
    for row in rows:
        table.add_row(
            row.model,
            f"{row.parameters:,}",
            f"{row.seconds_per_1000:.2g}",
            f"{row.accuracy:.2%}",
            f"{row.accuracy_first_400:.2%}",
            f"{row.accuracy_moved:.2%}",
        )
    return table


def _write(
    folder: Path, model: Any, name: str, digits: Digits, history: list[Epoch]
) -> tuple[Path, ...]:
    # matplotlib takes a second to import, so it is imported only to draw.
    from cnnlab import training_figures

    files = tuple(folder / n for n in ("loss.png", "filters.png", "misread.png", "network.npz"))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        training_figures.draw_loss(history, files[0], name)
        training_figures.draw_filters(model, files[1], digits.test_images.shape[1:], name)
        training_figures.draw_misread(digits, history[-1].test, files[2], name)
        save_parameters(files[3], model)
    except OSError as error:
        raise LabError(
            f"{folder} cannot be written: {error.strerror or error}. Choose another folder."
        ) from error
    return files


def _epoch_line(epoch: Epoch) -> str:
    when = f"epoch {epoch.number:>2}" if epoch.number else "at first"
    took = f"   {epoch.seconds:6.1f} s" if epoch.number else ""
    count = len(epoch.test.predictions)
    right = round(epoch.test.accuracy * count)
    training = f", accuracy {epoch.training.accuracy:.1%}" if epoch.training else ""
    return (
        f"{when}   rate {epoch.rate:.3g}   loss {epoch.loss:.4f}{training}   "
        f"test loss {epoch.test.loss:.4f}   test accuracy {epoch.test.accuracy:7.2%}, "
        f"{right:,} of {count:,}{took}"
    )


def _five_line(chances: np.ndarray, labels: np.ndarray) -> str:
    """One line about the first test digits: label, predicted class and its probability."""
    read = chances.argmax(axis=1)
    words = [
        f"{label} as {best} ({row[best]:.0%})"
        for label, best, row in zip(labels, read, chances, strict=True)
    ]
    return "           reads " + "   ".join(words)


def probabilities(scores: np.ndarray) -> np.ndarray:
    """Softmax of each row of scores, (N, K), without the learner's softmax."""
    wide = np.asarray(scores, dtype=np.float64)
    return np.exp(wide - np.logaddexp.reduce(wide, axis=1, keepdims=True))


class _BatchLosses:
    """The learner's network, but it also keeps the loss of each batch.

    train_epoch gives no labels to the network, so the loss of a batch is computed from the gradient
    in the backward pass: d_logits is (p - one_hot) / N, negative only at the right class.
    """

    def __init__(self, model: Any) -> None:
        self._model = model
        self.values: list[float] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)

    def backward(self, d_out: np.ndarray) -> Any:
        gradient = np.asarray(d_out)
        if gradient.ndim == 2 and gradient.size:
            right = 1 + gradient.min(axis=1) * len(gradient)
            with np.errstate(all="ignore"):
                self.values.append(float(-np.log(np.clip(right, 1e-12, 1)).mean()))
        return self._model.backward(d_out)


def _resume(file: Path, model: Any, name: str) -> None:
    if not file.is_file():
        raise LabError(f"There is no {file} to go on from. Train once without RESUME=1.")
    try:
        load_parameters(file, model)
    except ValueError as error:
        raise LabError(
            f"{file} is not the network “{name}”: name the MODEL that it was trained as, or train "
            "without RESUME=1."
        ) from error


def _write_progress(
    folder: Path,
    losses: list[float],
    five: np.ndarray,
    snapshots: list[np.ndarray],
    digits: Digits,
    history: list[Epoch],
) -> tuple[Path, ...]:
    """Draw the loss of each batch, five digits after each epoch, and the confusion table."""
    from cnnlab import network_figures, training_figures

    pictures = {
        "batches.png": training_figures.batch_losses(losses, len(history) - 1),
        "five_digits.png": training_figures.five_digits(
            five, snapshots, digits.test_labels[: len(five)]
        ),
        "confusion.png": network_figures.confusion(
            digits.test_labels, history[-1].test.predictions
        ),
    }
    for name, picture in pictures.items():
        try:
            picture.save(folder / name)
        except OSError as error:
            raise LabError(
                f"{folder} cannot be written: {error.strerror or error}. Choose another folder."
            ) from error
    return tuple(folder / name for name in pictures)


def _bar(console: Console) -> progress.Progress:
    return progress.Progress(
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        progress.TaskProgressColumn(),
        progress.TimeRemainingColumn(),
        progress.TextColumn("left"),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


def _centred(images: np.ndarray, preset: Preset) -> np.ndarray:
    return images - np.float32(preset.centre) if preset.centre else images


def _named_arrays(model: Any) -> dict[str, tuple[Any, str]]:
    """All arrays of the network: by name, the object that has the array, and the attribute."""
    named: dict[str, tuple[Any, str]] = {}
    for place, layer in enumerate(model.layers):
        start = f"{place:02d}_{type(layer).__name__}"
        for number, parameter in enumerate(layer.parameters()):
            named[f"{start}_{number}"] = (parameter, "value")
        # The running statistics are not learned by gradients, but inference needs them.
        for attribute in ("running_mean", "running_variance"):
            if hasattr(layer, attribute):
                named[f"{start}_{attribute}"] = (layer, attribute)
    return named


class _Watched:
    """The learner's optimizer, with a learning rate that can fall, and a test for overflow."""

    def __init__(
        self, optimizer: Any, steps: int, decay: bool, on_step: Callable[[], None]
    ) -> None:
        self._optimizer = optimizer
        self._first_rate = optimizer.learning_rate
        self._steps = steps
        self._decay = decay
        self._on_step = on_step
        self._done = 0

    @property
    def last_rate(self) -> float:
        """The learning rate of the last step; before the first step, that of the first step."""
        return float(self._optimizer.learning_rate)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._optimizer, name)

    def step(self) -> None:
        """Do one step of the learner's optimizer."""
        if self._decay:
            left = max(0.0, 1 - self._done / self._steps)
            self._optimizer.learning_rate = self._first_rate * left
        # Not at every step: in a small network this takes as long as the step.
        if self._done % _STEPS_BETWEEN_LOOKS == 0:
            for parameter in self._optimizer.parameters:
                if not np.all(np.isfinite(parameter.value)):
                    raise _not_finite(f"after {self._done} steps a parameter is not finite")
        self._optimizer.step()
        self._done += 1
        self._on_step()


def _not_finite(what: str) -> LabError:
    return LabError(
        f"Training stopped: {what}. Numbers grew until they overflowed. The usual causes: a "
        "gradient of the wrong sign; a gradient of the loss not divided by the batch size; "
        "gradients that are never set to zero; softmax without the largest score subtracted. "
        "Run `make check`: its gradient checks find all four."
    )


def _batch_norm_class() -> Any:
    try:
        return importlib.import_module("a5_going_further.normalization").BatchNorm2D
    except (ImportError, AttributeError):
        raise LabError(
            "This model needs BatchNorm2D from a5_going_further/normalization.py, which this "
            "folder does not have. Choose MODEL=deep for the same network without it."
        ) from None


@contextmanager
def inference(model: Any) -> Iterator[None]:
    """Inside, layers that work differently in training, such as batch norm, do inference."""
    switched = [layer for layer in model.layers if getattr(layer, "training", False)]
    for layer in switched:
        layer.training = False
    try:
        yield
    finally:
        for layer in switched:
            layer.training = True
