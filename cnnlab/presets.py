"""The networks that `make train` knows, as data: their layers and how they are trained.

A preset lists layers without arrays. `layer_table` computes the output shape of each layer and the
number of its parameters. `training.build` makes the network from the learner's own classes.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True)
class Conv:
    """A convolution. `std` is the spread of its first filters; if None, the layer chooses it."""

    filters: int
    kernel: int = 3
    stride: int = 1
    padding: int = 0
    std: float | None = None


@dataclass(frozen=True)
class BatchNorm:
    """Batch normalisation of each input channel; needs assignment a5."""


@dataclass(frozen=True)
class ReLU:
    """max(x, 0)."""


@dataclass(frozen=True)
class MaxPool:
    """The maximum of each window."""

    size: int = 2


@dataclass(frozen=True)
class Flatten:
    """Each image as one row."""


@dataclass(frozen=True)
class Dense:
    """A fully connected layer. `std` is the same as for `Conv`."""

    units: int
    std: float | None = None


LayerSpec = Conv | BatchNorm | ReLU | MaxPool | Flatten | Dense


@dataclass(frozen=True)
class Preset:
    """A network and the way it is trained.

    Attributes:
        title: what it is, in a few words.
        layers: from the images to the ten scores.
        learning_rate: the learning rate of the first step.
        momentum: the momentum of SGD.
        batch_size: the number of images in one step.
        epochs: how often each image is used.
        decay: whether the learning rate falls evenly to 0 over all steps.
        centre: a number that is subtracted from the pixels, which are in 0..1.
        images: how many training images are used; None means all there are.
    """

    title: str
    layers: tuple[LayerSpec, ...]
    learning_rate: float
    momentum: float = 0.0
    batch_size: int = 64
    epochs: int = 10
    decay: bool = False
    centre: float = 0.0
    images: int | None = None


_DEEP = (
    (Conv(8, padding=1), Conv(16, padding=1)),
    (Flatten(), Dense(128), ReLU(), Dense(10)),
)

PRESETS = {
    "tiny": Preset(
        "one convolution, no ReLU, one image at a time",
        # First weights so small that all ten scores are nearly equal: the loss begins at ln 10.
        (Conv(8, std=1 / 9), MaxPool(), Flatten(), Dense(10, std=1 / 1352)),
        learning_rate=0.005,
        batch_size=1,
        centre=0.5,
        images=5000,
    ),
    "layers": Preset(
        "one convolution, in batches",
        (Conv(8), ReLU(), MaxPool(), Flatten(), Dense(10)),
        learning_rate=0.05,
        batch_size=32,
        epochs=5,
    ),
    "deep": Preset(
        "two convolutions with padding",
        (_DEEP[0][0], ReLU(), MaxPool(), _DEEP[0][1], ReLU(), MaxPool(), *_DEEP[1]),
        learning_rate=0.02,
        momentum=0.9,
        decay=True,
    ),
    "deep_batchnorm": Preset(
        "two convolutions with padding and batch normalisation",
        (
            *(_DEEP[0][0], BatchNorm(), ReLU(), MaxPool()),
            *(_DEEP[0][1], BatchNorm(), ReLU(), MaxPool()),
            *_DEEP[1],
        ),
        learning_rate=0.02,
        momentum=0.9,
        decay=True,
    ),
    "full": Preset(
        "two wide convolutions",
        (
            *(Conv(32), ReLU(), MaxPool()),
            *(Conv(64), ReLU(), MaxPool()),
            *(Flatten(), Dense(128), ReLU(), Dense(10)),
        ),
        learning_rate=0.05,
        momentum=0.9,
        decay=True,
    ),
    "dense": Preset(
        "no convolution at all",
        (Flatten(), Dense(128), ReLU(), Dense(10)),
        learning_rate=0.05,
        momentum=0.9,
        decay=True,
    ),
}
"""The presets by name, from the smallest to the baseline."""


DEFAULT = "deep"
"""The preset that `make train` takes when none is named."""


class LayerRow(NamedTuple):
    """One line of the layer table: its name, the shape of one output, its parameters."""

    name: str
    output_shape: tuple[int, ...]
    parameters: int


def layer_table(preset: Preset, image_shape: tuple[int, int, int] = (1, 28, 28)) -> list[LayerRow]:
    """Compute every layer's output shape and number of parameters.

    Args:
        preset: the network.
        image_shape: (C, H, W) of one image.

    Returns:
        one row for each layer, in order; shapes are without the batch, (C, H, W) or (D,).

    Raises:
        ValueError: if the layers do not fit one another or the image.
    """
    rows = []
    shape: tuple[int, ...] = image_shape
    for layer in preset.layers:
        parameters = 0
        match layer:
            case Conv(filters, kernel, stride, padding):
                channels, *sides = shape
                parameters = filters * (channels * kernel * kernel + 1)
                shape = (
                    filters,
                    *((side + 2 * padding - kernel) // stride + 1 for side in sides),
                )
                name = f"Conv {channels}→{filters}, {kernel}x{kernel}"
            case BatchNorm():
                parameters = 2 * shape[0]
                name = "BatchNorm"
            case ReLU():
                name = "ReLU"
            case MaxPool(size):
                shape = (shape[0], *((side - size) // size + 1 for side in shape[1:]))
                name = f"MaxPool {size}x{size}"
            case Flatten():
                shape = (math.prod(shape),)
                name = "Flatten"
            case Dense(units):
                if len(shape) != 1:
                    raise ValueError(f"a dense layer needs rows, but gets images {shape}")
                parameters = units * (shape[0] + 1)
                name = f"Dense {shape[0]}→{units}"
                shape = (units,)
        if min(shape) < 1:
            raise ValueError(f"{name} does not fit: nothing of the image {image_shape} is left")
        rows.append(LayerRow(name, shape, parameters))
    return rows


def parameter_count(preset: Preset, image_shape: tuple[int, int, int] = (1, 28, 28)) -> int:
    """Count all numbers that the network learns."""
    return sum(row.parameters for row in layer_table(preset, image_shape))
