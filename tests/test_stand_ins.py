"""One mistake costs once: the reference's layer stands under what is built upon a wrong one."""

import shutil
from pathlib import Path

import pytest

from autograder.grading import remote
from autograder.grading.grade import grade_folder
from autograder.grading.reference import solutions_folder
from autograder.judging import exam, learner
from autograder.judging.verdict import Verdict

NETWORK = "a4_training/network.py"
DENSE = "return dense_forward(x, self.weights.value, self.bias.value)"
DENSE_WRONG = "return dense_forward(x, self.weights.value, 0 * self.bias.value)"
SGD = "velocity -= self.learning_rate * parameter.grad"
SGD_WRONG = "velocity += self.learning_rate * parameter.grad"
NET = "for layer in reversed(self.layers):"
NET_WRONG = "for layer in self.layers:"
TRAIN = "        optimizer.step()\n"
RELU = "return relu_forward(x)"


class Forgetful:
    """A store that keeps nothing, so that every test judges."""

    def get(self, key: str) -> None:
        return None

    def put(self, key: str, results: object) -> None:
        pass


def grade(
    folder: Path,
    *edits: tuple[str, str],
    exercise: str | None = None,
    assignment: str | None = None,
) -> Verdict:
    """Grade the solutions with some text of the network's replaced."""
    shutil.copytree(solutions_folder(), folder)
    text = (folder / NETWORK).read_text(encoding="utf-8")
    for right, wrong in edits:
        assert text.count(right) == 1, right
        text = text.replace(right, wrong)
    (folder / NETWORK).write_text(text, encoding="utf-8")
    return grade_folder(folder, exercise=exercise, assignment=assignment, store=Forgetful())


@pytest.mark.parametrize(
    ("right", "wrong", "part", "others"),
    [
        (DENSE, DENSE_WRONG, "Dense", ["CNN"]),
        (SGD, SGD_WRONG, "SGD", ["train_epoch"]),
        (NET, NET_WRONG, "CNN", ["train_epoch"]),
        (TRAIN, "", "train_epoch", ["mnist"]),
    ],
    ids=["Dense", "SGD", "CNN", "train_epoch"],
)
def test_a_wrong_part_of_the_network_costs_itself(
    tmp_path: Path, right: str, wrong: str, part: str, others: list[str]
) -> None:
    # The training of mnist takes its time, so it is asked for where nothing else shows.
    names = others if "mnist" not in others else [None]
    verdict = grade(
        tmp_path / "s",
        (right, wrong),
        exercise=names[0],
        assignment=None if names[0] else "a4_training",
    )
    if names[0] is None:
        assert verdict.of(part).score < verdict.of(part).points
        assert "Judged with" not in verdict.of(part).note
    for other in others:
        assert verdict.of(other).status == "passed", verdict.of(other).message
        assert verdict.of(other).score == verdict.of(other).points
        assert (
            verdict.of(other).note == f"Judged with the reference's {part} in the place of yours."
        )
    lost = {v.exercise for v in verdict.exercises if v.score < v.points}
    assert lost <= {part}


def test_a_file_that_is_no_python_is_not_what_another_exercise_is_told(tmp_path: Path) -> None:
    """Its own mistake is said, since the reference stood in for the broken file and it failed."""
    folder = tmp_path / "s"
    shutil.copytree(solutions_folder(), folder)
    (folder / "a1_convolution/convolution.py").write_text("def output_size(:\n")
    backprop = folder / "a2_backprop/backprop.py"
    text = backprop.read_text(encoding="utf-8")
    assert text.count("] += windows") == 1
    backprop.write_text(text.replace("] += windows", "] = windows"), encoding="utf-8")
    verdict = grade_folder(folder, assignment="a2_backprop", store=Forgetful())
    col2im = verdict.of("col2im")
    assert col2im.status == "failed"
    assert col2im.pitfall == "col2im.last_kernel_place_wins"
    assert "not valid Python" not in col2im.message
    assert verdict.of("conv2d_backward").status == "passed"


def test_across_assignments(tmp_path: Path) -> None:
    """A wrong layer of a4 does not cost a5's block of such layers."""
    verdict = grade(tmp_path / "s", (RELU, "return x"), exercise="ResidualBlock")
    assert verdict.of("ResidualBlock").status == "passed"
    assert "the reference's ReLU" in verdict.of("ResidualBlock").note


def test_the_network_is_the_learners_own(tmp_path: Path) -> None:
    """Of the parts that mnist is made of the reference lends one: with two it is not theirs."""
    verdict = grade(
        tmp_path / "s",
        (DENSE, "return 0 * x @ self.weights.value"),
        (SGD, "pass"),
        assignment="a4_training",
    )
    assert verdict.of("train_epoch").status == "passed"
    assert verdict.of("mnist").score == 0
    # CNN and train_epoch are right in themselves; only these two have to be mended.
    assert verdict.of("mnist").waits_for == ["Dense", "SGD"]


def test_a_wrong_exercise_stays_wrong_over_right_parts(tmp_path: Path) -> None:
    """What is lent does not help the part's own mistake, nor another one above it."""
    verdict = grade(tmp_path / "s", (DENSE, DENSE_WRONG), (NET, NET_WRONG), exercise="CNN")
    assert verdict.of("CNN").status == "failed"
    assert 0 < verdict.of("CNN").score < verdict.of("CNN").points


@pytest.mark.parametrize(
    "hostile",
    {
        "endless": "while True: pass",
        "exits": "__import__('os')._exit(0)",
        "calls itself through the reference": "return model_of(self).forward(x)",
        "text": "return 'x' * 1000",
        "huge": "return np.zeros((1 << 27, 4))",
        "writes into the pipe": "[__import__('os').write(k, b'x' * 64) for k in range(3, 9)]",
        "spoils the object": "self.layers = 7; return x",
    }.items(),
    ids=lambda item: item[0],
)
def test_a_layer_that_is_asked_in_the_midst_of_a_call(
    tmp_path: Path, hostile: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reference's network asks the learner's layers; whatever they do costs them alone."""
    monkeypatch.setattr(exam, "SECONDS", 3.0)
    monkeypatch.setattr(learner, "TIME_LIMIT", 1.5)
    monkeypatch.setattr(remote, "GRACE", 0.5)
    helper = "\n\ndef model_of(layer):\n    return CNN([layer, layer])\n"
    edits = [
        (RELU, f"self.x = x\n        {hostile[1]}\n        {RELU}"),
        (NET, NET_WRONG),
        ("class SGD:", f"{helper}\n\nclass SGD:"),
    ]
    if hostile[0] != "exits":
        verdict = grade(tmp_path / "s", *edits, exercise="CNN")
        assert verdict.of("CNN").score < verdict.of("CNN").points
        return
    verdict = grade(tmp_path / "s", *edits, assignment="a4_training")
    assert verdict.of("ReLU").score < verdict.of("ReLU").points
    assert verdict.of("CNN").score < verdict.of("CNN").points
    assert verdict.of("mnist").score == 0
    # It has no ReLU in it, and so stays whole over the reference's network.
    assert verdict.of("train_epoch").status == "passed", verdict.of("train_epoch").message
    for exercise in ("Conv2D", "MaxPool2D", "Flatten", "Dense", "SGD"):
        assert verdict.of(exercise).status == "passed", verdict.of(exercise).message
