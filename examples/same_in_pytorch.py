"""The same network in PyTorch with the learner's own weights: do both compute the same?

    python examples/same_in_pytorch.py pictures/network.npz [assignments]

Needs PyTorch (`pip install torch`), which the course itself does not. Builds the layers of the
preset that the file fits, gives both networks the same parameters, and compares scores and the
gradients of all parameters on 32 test digits.
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from torch import nn

from cnnlab import presets
from cnnlab.digits import load_digits
from cnnlab.draw.reading import Reader
from cnnlab.learners_network import import_path


def in_pytorch(preset: presets.Preset) -> nn.Sequential:
    """The layers of a preset; those that PyTorch calls otherwise have its names."""
    layers: list[nn.Module] = []
    for spec, row in zip(preset.layers, presets.layer_table(preset), strict=True):
        before = layers_shape(preset, len(layers))
        match spec:
            case presets.Conv(filters, kernel, stride, padding):
                layers.append(nn.Conv2d(before[0], filters, kernel, stride, padding))
            case presets.ReLU():
                layers.append(nn.ReLU())
            case presets.MaxPool(size):
                layers.append(nn.MaxPool2d(size, size))
            case presets.Flatten():
                layers.append(nn.Flatten())
            case presets.Dense(units):
                layers.append(nn.Linear(before[0], units))
            case _:
                raise SystemExit(f"{row.name} is not translated; train another preset")
    return nn.Sequential(*layers)


def layers_shape(preset: presets.Preset, count: int) -> tuple[int, ...]:
    """Shape of one image after so many layers."""
    return presets.layer_table(preset)[count - 1].output_shape if count else (1, 28, 28)


def main() -> None:
    """Compare, and say the largest differences."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("network", type=Path)
    parser.add_argument("directory", type=Path, nargs="?", default=Path("assignments"))
    chosen = parser.parse_args()
    reader = Reader(chosen.directory, chosen.network)
    preset, model = presets.PRESETS[reader.preset], reader.model
    theirs = in_pytorch(preset)
    parameters = list(theirs.parameters())
    with torch.no_grad():
        for own, other in zip(model.parameters(), parameters, strict=True):
            # Linear keeps its weights as (M, D), Dense as (D, M).
            value = own.value.T if own.value.ndim == 2 else own.value
            other.copy_(torch.from_numpy(np.ascontiguousarray(value)))
    digits = load_digits()
    images = digits.test_images[:32] - np.float32(preset.centre)
    labels = digits.test_labels[:32]
    scores = theirs(torch.from_numpy(images))
    loss = nn.functional.cross_entropy(scores, torch.from_numpy(labels.astype(np.int64)))
    loss.backward()
    with import_path(chosen.directory.resolve()):
        for layer in model.layers:
            layer.zero_grad()
        own_scores = model.forward(images)
        shifted = np.exp(own_scores - own_scores.max(axis=1, keepdims=True))
        d_scores = shifted / shifted.sum(axis=1, keepdims=True)
        d_scores[np.arange(32), labels] -= 1
        model.backward((d_scores / 32).astype(np.float32))
    worst = float(np.abs(own_scores - scores.detach().numpy()).max())
    print(f"network {reader.preset}: largest difference of scores {worst:.1e}")
    for k, (own, other) in enumerate(zip(model.parameters(), parameters, strict=True)):
        assert other.grad is not None
        gradient = other.grad.numpy()
        difference = own.grad - (gradient.T if own.grad.ndim == 2 else gradient)
        print(f"parameter {k}, shape {own.grad.shape}: largest difference of gradients ", end="")
        print(f"{float(np.abs(difference).max()):.1e}")
        worst = max(worst, float(np.abs(difference).max()))
    print("They agree." if worst < 1e-3 else "They do not agree: run make check.")


if __name__ == "__main__":
    main()
