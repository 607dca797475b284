"""Reads drawings with a trained network of the learner's own code."""

from pathlib import Path
from typing import Any

import numpy as np

from cnnlab.digits import load_digits
from cnnlab.draw.centring import centred
from cnnlab.errors import LabError
from cnnlab.learners_network import import_path, learners_code, load_network
from cnnlab.presets import PRESETS, Preset
from cnnlab.training import build, inference, load_parameters

_NEAREST = 5
_AT_MOST_MAPS = 16


class Reader:
    """A trained network, and the training digits that a drawing is compared with.

    Args:
        directory: the learner's folder, shaped like assignments/.
        file: the parameters that `make train` saved.

    Attributes:
        preset: name of the preset whose layers the file's parameters fit.
        model: the learner's network with these parameters.

    Raises:
        LabError: if there is no such file, it fits no preset, or the learner's code cannot
            be loaded. The message says what to type.
    """

    def __init__(self, directory: Path, file: Path) -> None:
        if not file.is_file():
            raise LabError(
                f"There is no trained network in {file}. Train one first: make train. "
                "Then type make draw again."
            )
        self._directory = directory.resolve()
        network = load_network(self._directory)
        with import_path(self._directory), learners_code(self._directory):
            self.preset, self.model = _fitting(network, file)
        self._centre = PRESETS[self.preset].centre
        digits = load_digits()
        self._images = digits.train_images.reshape(len(digits.train_images), -1)
        self._labels = digits.train_labels
        self._squares = np.einsum("nd,nd->n", self._images, self._images)

    def read(self, drawing: np.ndarray) -> dict[str, Any]:
        """Read a drawing, (H, W), 0 paper and 1 ink.

        Returns:
            a dict: `image`, (28, 28); ten `probabilities`; `layers`, each with its name and its
            feature maps in -1..1; `nearest`, the most similar training digits with labels. If
            nothing is drawn, only `empty`.

        Raises:
            LabError: if the learner's code fails.
        """
        image = centred(drawing)
        if image is None:
            return {"empty": True}
        x = (image - np.float32(self._centre))[np.newaxis, np.newaxis]
        layers = []
        with (
            import_path(self._directory),
            learners_code(self._directory),
            inference(self.model),
        ):
            scores = np.asarray(self.model.forward(x), dtype=np.float64)
            for layer in self.model.layers:
                x = layer.forward(x)
                if np.ndim(x) == 4:
                    layers.append({"name": type(layer).__name__, "maps": _maps(x[0])})
        if scores.shape != (1, 10):
            raise LabError(
                f"CNN.forward returned shape {scores.shape} for one image; it should be (1, 10). "
                "Run `make check`."
            )
        powers = np.exp(scores[0] - scores.max())
        return {
            "image": image.round(3).tolist(),
            "probabilities": (powers / powers.sum()).round(4).tolist(),
            "layers": layers,
            "nearest": self._nearest(image),
        }

    def _nearest(self, image: np.ndarray) -> list[dict[str, Any]]:
        distances = self._squares - 2 * self._images @ image.ravel()
        return [
            {
                "label": int(self._labels[place]),
                "image": self._images[place].reshape(28, 28).round(3).tolist(),
            }
            for place in np.argsort(distances, kind="stable")[:_NEAREST]
        ]


def _fitting(network: Any, file: Path) -> tuple[str, Any]:
    """The name of the preset that fits the file's parameters, and the network with them."""
    for name, preset in PRESETS.items():
        model = _built(preset, network)
        if model is None:
            continue
        try:
            load_parameters(file, model)
        except ValueError:
            continue
        return name, model
    raise LabError(
        f"{file} fits none of the networks {', '.join(PRESETS)} for digits of 28 x 28 pixels. "
        "Train again: make train."
    )


def _built(preset: Preset, network: Any) -> Any:
    try:
        return build(preset, network, np.random.default_rng(0))
    except LabError:
        return None  # it needs a layer that the learner has not written


def _maps(maps: np.ndarray) -> list[Any]:
    limit = float(np.abs(maps).max()) or 1.0
    return (maps[:_AT_MOST_MAPS] / limit).round(2).tolist()
