"""One mistake costs once: exercises that use a wrong layer are judged with a substitute."""

import shutil
from pathlib import Path

import pytest

from autograder.catalogue import Course, Exercise, load
from autograder.exercises.a4_training.mnist import exam
from autograder.grading import grade as grading
from autograder.grading import remote
from autograder.grading.grade import grade_folder
from autograder.grading.remote import RemoteBackend
from autograder.grading.substitutes import substitute
from autograder.judging import learner
from autograder.judging.verdict import ExerciseVerdict, Verdict

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
    """Grade the solutions with some text of network.py replaced."""
    shutil.copytree(load().solutions, folder)
    text = (folder / NETWORK).read_text(encoding="utf-8")
    for right, wrong in edits:
        assert text.count(right) == 1, right
        text = text.replace(right, wrong)
    (folder / NETWORK).write_text(text, encoding="utf-8")
    return grade_folder(folder, exercise=exercise, assignment=assignment, store=Forgetful())


@pytest.mark.soak
@pytest.mark.parametrize(
    ("right", "wrong", "part", "other"),
    [
        (DENSE, DENSE_WRONG, "Dense", "CNN"),
        (SGD, SGD_WRONG, "SGD", "train_epoch"),
        (NET, NET_WRONG, "CNN", "train_epoch"),
    ],
    ids=["Dense", "SGD", "CNN"],
)
def test_a_wrong_part_of_the_network_costs_itself(
    tmp_path: Path, right: str, wrong: str, part: str, other: str
) -> None:
    itself = grade(tmp_path / "a", (right, wrong), exercise=part).of(part)
    assert itself.score < itself.points
    assert "Judged with" not in itself.note
    above = grade(tmp_path / "b", (right, wrong), exercise=other).of(other)
    assert (above.status, above.score) == ("passed", above.points), above.message
    assert above.note == (
        f"Judged with the reference's {part} in the place of yours, which fails a check of its own."
    )


@pytest.mark.soak
def test_of_a_whole_assignment_the_wrong_part_alone_is_lost(tmp_path: Path) -> None:
    verdict = grade(tmp_path / "s", (TRAIN, ""), assignment="a4_training")
    assert {v.exercise for v in verdict.exercises if v.score < v.points} == {"train_epoch"}
    assert verdict.of("mnist").note.startswith("Judged with the reference's train_epoch")


@pytest.mark.soak
def test_a_file_that_is_no_python_is_not_what_another_exercise_is_told(tmp_path: Path) -> None:
    """col2im fails even with a substitute for the broken file, so its own mistake is reported."""
    folder = tmp_path / "s"
    shutil.copytree(load().solutions, folder)
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


@pytest.mark.sample(1)
@pytest.mark.parametrize(
    "lack", ["the folder", "the file", "all text", "a name", "a name, and hangs when asked"]
)
def test_what_an_earlier_assignment_lacks_costs_there_alone(tmp_path: Path, lack: str) -> None:
    shutil.copytree(load().solutions, tmp_path, dirs_exist_ok=True)
    earlier = tmp_path / "a1_convolution" / "convolution.py"
    text = earlier.read_text(encoding="utf-8")
    if lack == "the folder":
        shutil.rmtree(earlier.parent)
    elif lack == "the file":
        earlier.unlink()
    else:
        text = "" if lack == "all text" else text.replace("output_size", "size")
        if "hangs" in lack:
            text += "\n\ndef __getattr__(name):\n    if name != 'output_size':\n"
            text += "        raise AttributeError(name)\n    while True:\n        pass\n"
        earlier.write_text(text)
    verdict = grade_folder(tmp_path, assignment="a2_backprop", store=Forgetful())
    assert [one.status for one in verdict.exercises] == ["passed"] * 3
    assert verdict.of("col2im").note.startswith("Judged with the reference's output_size")


def test_across_assignments(tmp_path: Path) -> None:
    """A wrong layer of a4 costs no points of a5's block, which uses it."""
    verdict = grade(tmp_path / "s", (RELU, "return x"), exercise="ResidualBlock")
    assert verdict.of("ResidualBlock").status == "passed"
    assert "the reference's ReLU" in verdict.of("ResidualBlock").note


@pytest.mark.soak
def test_the_network_is_the_learners_own(tmp_path: Path) -> None:
    """mnist gets at most one substitute: with two, the network is not the learner's."""
    verdict = grade(
        tmp_path / "s",
        (DENSE, "return 0 * x @ self.weights.value"),
        (SGD, "pass"),
        assignment="a4_training",
    )
    assert verdict.of("train_epoch").status == "passed"
    assert verdict.of("mnist").score == 0
    # CNN and train_epoch are right; only these two have to be fixed.
    assert verdict.of("mnist").waits_for == ["Dense", "SGD"]


def test_a_wrong_exercise_stays_wrong_over_right_parts(tmp_path: Path) -> None:
    """A substitute for a part does not hide the mistake of the exercise that uses it."""
    verdict = grade(tmp_path / "s", (DENSE, DENSE_WRONG), (NET, NET_WRONG), exercise="CNN")
    assert verdict.of("CNN").status == "failed"
    assert 0 < verdict.of("CNN").score < verdict.of("CNN").points


IN_TRAINING = "if len(x) == 48:"  # the batch size of mnist; no check of ReLU uses it
HOSTILE = {
    "endless": "while True: pass",
    "exits": "__import__('os')._exit(0)",
    "calls itself through the reference": "return CNN([self, self]).forward(x)",
    "text": "return 'x' * 1000",
    "huge": "return np.zeros((1 << 27, 4))",
    "writes into the pipe": "[__import__('os').write(k, b'x' * 64) for k in range(3, 9)]",
    "spoils the object": "self.layers = 7; return x[:, :0]",
}


def grade_digits(
    folder: Path, in_training: str, monkeypatch: pytest.MonkeyPatch
) -> ExerciseVerdict:
    """The verdict on mnist with a substitute for CNN, which calls the learner's ReLU."""
    lent = []

    def noting(part: Exercise, course: Course, learners: RemoteBackend) -> None:
        lent.append(part.name)
        substitute(part, course, learners)

    monkeypatch.setattr(grading, "substitute", noting)
    monkeypatch.setattr(grading, "in_own_process", lambda work: work())  # no fork: fills `lent`
    edits = (
        (RELU, f"self.x = x\n        {IN_TRAINING}\n            {in_training}\n        {RELU}"),
        (NET, NET_WRONG),
    )
    verdict = grade(folder, *edits, exercise="mnist").of("mnist")
    assert "CNN" in lent
    return verdict


@pytest.mark.soak
def test_a_layer_may_be_asked_in_the_midst_of_a_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    digits = grade_digits(tmp_path / "s", "pass", monkeypatch)
    assert (digits.status, digits.score) == ("passed", digits.points), digits.message


@pytest.mark.soak
@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hostile_layer_that_is_asked_in_the_midst_of_a_call(
    tmp_path: Path, hostile: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The layer gains no points, and the call returns to the grader."""
    monkeypatch.setattr(exam, "SECONDS", 3.0)
    monkeypatch.setattr(learner, "TIME_LIMIT", 1.5)
    monkeypatch.setattr(remote, "GRACE", 0.5)
    digits = grade_digits(tmp_path / "s", HOSTILE[hostile], monkeypatch)
    assert digits.status != "passed"
    assert digits.score == 0, digits.message
