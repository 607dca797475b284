"""The messages on typical mistakes in a4 and a5, in files that are otherwise right."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from typing import Any

import numpy as np
import pytest

from autograder.catalogue import load
from autograder.judging.compare import Mismatch, agree
from autograder.judging.difference import cut_out
from autograder.judging.explain import side_by_side

ROOT = Path(__file__).resolve().parent.parent
NETWORK = "a4_training/network.py"
NORMALIZATION = "a5_going_further/normalization.py"
AGAIN = "give it its name back, or copy it from the handout"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A learner's folder in which everything is right."""
    folder = tmp_path / "mine"
    shutil.copytree(load().solutions, folder, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def change(tree: Path, file: str, old: str, new: str) -> None:
    """Replace a text in a file, at every place where it occurs."""
    path = tree / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def append(tree: Path, file: str, text: str) -> None:
    with (tree / file).open("a", encoding="utf-8") as stream:
        stream.write("\n\n" + dedent(text))


def autograder(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "autograder", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "80", "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def verdict(tree: Path, exercise: str) -> Any:
    return json.loads(autograder("check", tree, "--exercise", exercise, "--json").stdout)[
        "exercises"
    ][0]


def screen(tree: Path, *choice: str) -> str:
    """The output on the terminal, joined to one line."""
    return " ".join(autograder("check", tree, *choice).stdout.split())


# --- mistakes with a name -----------------------------------------------------------------------

NORMALISED_BY = """\
    class BatchNorm2D(BatchNorm2D):
        def forward(self, x):
            if not self.training:
                return super().forward(x)
            mean = x.mean(axis={axes}, keepdims=True)
            variance = x.var(axis={axes}, keepdims=True, ddof={one_less})
            self.running_mean = 0.75 * self.running_mean + 0.25 * mean.squeeze()
            self.running_variance = 0.75 * self.running_variance + 0.25 * variance.squeeze()
            self.scale = 1 / np.sqrt(variance + self.epsilon)
            self.x_hat = (x - mean) * self.scale
            return self.gamma.value[:, None, None] * self.x_hat + self.beta.value[:, None, None]
    """


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    ("axes", "one_less", "name"),
    [
        (0, 0, "statistics_over_images_only"),
        ((0, 1), 0, "statistics_over_images_and_channels"),
        ((0, 1, 2), 0, "statistics_of_each_column"),
        ((0, 2, 3), 1, "variance_by_one_less"),
        ((2, 3), 0, "statistics_of_each_image"),
    ],
)
def test_a_wrong_forward_pass_is_named_whatever_else_is_kept(
    tree: Path, axes: Any, one_less: int, name: str
) -> None:
    append(tree, NORMALIZATION, NORMALISED_BY.format(axes=axes, one_less=one_less))
    assert verdict(tree, "BatchNorm2D")["pitfall"] == f"BatchNorm2D.{name}"


@pytest.mark.sample(4)
@pytest.mark.parametrize(
    ("exercise", "file", "old", "new", "name"),
    [
        ("BatchNorm2D", NORMALIZATION, "(0, 2, 3)", "0", "statistics_over_images_laid_along_"),
        ("BatchNorm2D", NORMALIZATION, "(0, 2, 3)", "(0, 1)", "statistics_over_images_and_chan"),
        ("BatchNorm2D", NORMALIZATION, "(0, 2, 3)", "(0, 1, 2)", "statistics_of_each_column_laid"),
        (
            "AvgPool2D",
            "a5_going_further/average_pooling.py",
            "+= share",
            "= share",
            "overlaps_overwritten",
        ),
        (
            "xavier_initialization",
            "a5_going_further/initialization.py",
            "limit = np.sqrt(6 / (fan_in + fan_out))\n    return",
            "limit = np.sqrt(6 / fan_in + fan_out)\n    return",
            "sum_not_in_brackets",
        ),
        (
            "train_epoch",
            NETWORK,
            "softmax_cross_entropy_backward(probabilities, labels[batch])",
            "softmax_cross_entropy_backward(model.forward(images[batch]), labels[batch])",
            "scores_for_probabilities",
        ),
        (
            "CNN",
            NETWORK,
            "for layer in reversed(self.layers):",
            "self.layers.reverse()\n        for layer in self.layers:",
            "layers_reversed_in_place",
        ),
        (
            "Conv2D",
            NETWORK,
            "self.bias.value, self.stride, self.padding",
            "self.bias.value",
            "stride_and_padding_ignored",
        ),
        (
            "ResidualBlock",
            "a5_going_further/residual.py",
            "self.outer.forward(\n            x + self.second.forward("
            "self.inner.forward(self.first.forward(x)))\n        )",
            "x + self.outer.forward("
            "self.second.forward(self.inner.forward(self.first.forward(x))))",
            "added_after_the_last_relu",
        ),
    ],
)
def test_natural_mistakes_are_named(
    tree: Path, exercise: str, file: str, old: str, new: str, name: str
) -> None:
    change(tree, file, old, new)
    assert str(verdict(tree, exercise)["pitfall"]).startswith(f"{exercise}.{name}")


def test_a_slice_that_ends_below_zero_is_named(tree: Path) -> None:
    append(
        tree,
        "a5_going_further/regularization.py",
        """\
        def shift_images(images, down, across):
            out = np.zeros_like(images)
            height, width = images.shape[2:]
            for n, (d, a) in enumerate(zip(down, across)):
                rows = slice(max(-d, 0), height - max(d, 0))
                columns = slice(max(-a, 0), width - max(a, 0))
                to_rows = slice(max(d, 0), height + min(d, 0))
                to_columns = slice(max(a, 0), width + min(a, 0))
                out[n, :, to_rows, to_columns] = images[n, :, rows, columns]
            return out
        """,
    )
    assert verdict(tree, "shift_images")["pitfall"] == "shift_images.end_below_zero"


# --- exceptions ---------------------------------------------------------------------------------


@pytest.mark.sample(3)
@pytest.mark.parametrize(
    ("exercise", "old", "new", "words"),
    [
        (
            "Conv2D",
            "self.cols, self.stride, self.padding",
            "self.cols",
            "= 8 places; does Conv2D.backward hand on the stride and padding that forward used?",
        ),
        (
            "Conv2D",
            "x, self.weights.value, self.bias.value",
            "x, self.weights, self.bias.value",
            "weights is probably a Parameter; its array is self.weights.value",
        ),
        (
            "Conv2D",
            "x, self.weights.value, self.bias.value",
            "x, self.weights.value, self.bias",
            "bias is probably a Parameter; its array is self.bias.value",
        ),
        (
            "Dense",
            "dense_forward(x, self.weights.value",
            "dense_forward(x, self.weights",
            "weights is probably a Parameter; its array is self.weights.value",
        ),
        (
            "SGD",
            "parameter.value += velocity",
            "parameter += velocity",
            "a Parameter is no array: its array is its .value, its gradient its .grad",
        ),
        (
            "ReLU",
            "self.x = x\n        return relu_forward",
            "return relu_forward",
            "backward needs self.x: keep it in forward (self.x = ...)",
        ),
        (
            "Conv2D",
            "        return out\n",
            "        return out, self.cols\n",
            "out is a tuple of 2 values; return only its element 0",
        ),
    ],
)
def test_what_an_exception_comes_from(
    tree: Path, exercise: str, old: str, new: str, words: str
) -> None:
    change(tree, NETWORK, old, new)
    assert words in screen(tree, "--exercise", exercise)


def test_the_layer_that_called_is_named_beside_the_part_that_raised(tree: Path) -> None:
    change(tree, NETWORK, "self.cols, self.stride, self.padding", "self.cols")
    said = screen(tree, "--exercise", "Conv2D")
    layer, part = r"a4_\w+/network\.py:\d+", r"a2_backprop/backprop\.py:\d+"
    assert re.search(rf"\(at {layer}, in a call that stopped at {part}\)", said)


def test_a_mistake_in_forward_is_not_taken_for_something_not_kept(tree: Path) -> None:
    change(tree, NETWORK, "return relu_forward(x)", "return relu_forward(self.y)")
    said = screen(tree, "--exercise", "ReLU")
    assert "has no attribute 'y'" in said
    assert "keep it in forward" not in said


def test_a_method_that_is_left_is_said_once(tree: Path) -> None:
    change(tree, NETWORK, "d_x, d_weights, d_bias = conv2d_backward(", "raise NotImplementedError(")
    said = screen(tree, "--exercise", "Conv2D")
    assert said.count("still to be written") == 1
    assert "Conv2D.backward is still to be written" in said
    assert verdict(tree, "Conv2D")["message"].startswith("Conv2D.backward is still to be written")


# --- what is lost -------------------------------------------------------------------------------


def test_an_empty_file(tree: Path) -> None:
    (tree / NETWORK).write_text("")
    said = screen(tree, "--assignment", "a4_training")
    assert said.count("a4_training/network.py is empty: copy it from the handout") == 1
    assert said.count("is empty") == 1
    done = autograder("train", tree)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "a4_training/network.py is empty." in done.stderr


def test_a_file_that_another_one_needs(tree: Path) -> None:
    (tree / NETWORK).unlink()
    said = screen(tree, "--exercise", "Dropout")
    assert "a4_training/network.py is not there, which is needed" in said
    assert re.search(r"Next: Dropout, in \S*/a4_training/network\.py ", said)
    done = autograder("train", tree)
    assert done.returncode == 2
    assert "has no a4_training/network.py: it was deleted or renamed" in done.stderr


def test_a_class_that_was_renamed(tree: Path) -> None:
    change(tree, NETWORK, "class SGD", "class Sgd")
    said = screen(tree, "--assignment", "a4_training")
    lack = r"a4_training/network\.py has no SGD"
    if sys.version_info < (3, 14):  # before 3.14, loading evaluates annotations
        lack += r", which is needed \(at a4_training/network\.py:\d+\)"
    assert len(re.findall(f"{lack}: it was deleted or renamed; {AGAIN}", said)) == 1
    change(tree, NETWORK, "optimizer: SGD", "optimizer: Sgd")
    done = autograder("train", tree)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "a4_training/network.py has no SGD." in done.stderr


# --- wide tables --------------------------------------------------------------------------------


@pytest.mark.parametrize("factor", [1.1, 1 + 1e-5, -1, 1e9])
@pytest.mark.parametrize("shape", [(8, 4), (6, 18), (3, 40), (30,)])
def test_tables_fit_in_a_terminal_and_show_what_differs(
    shape: tuple[int, ...], factor: float
) -> None:
    right = np.random.default_rng(0).uniform(-0.5, 0.5, shape)
    with pytest.raises(Mismatch) as caught:
        agree(right * factor, right, "weights")
    shown = cut_out(caught.value)
    assert shown is not None
    assert max(map(len, side_by_side(shown))) <= 78
    assert shown.first is not None
    row, column = shown.first
    assert shown.expected[row][column] != shown.actual[row][column]
    assert np.shape(shown.expected) == np.shape(shown.actual)
