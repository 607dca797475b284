"""The checks of a3, a4 and a5: right solutions pass in any style, wrong ones fail."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from support import right_a3_a4, right_a5, wrong_a3_a4, wrong_a5
from support.changed_solutions import (
    BLOCK,
    ZEROS,
    ZEROS_OF_A_FUNCTION,
    Change,
    Variant,
    failed,
    forget,
    tree_of,
    verdict_on,
)

from autograder.catalogue import load
from autograder.exercises.a4_training.mnist.exam import slowest_part
from autograder.judging.judge import judge
from autograder.judging.reference import load_reference
from autograder.worker.host import Host

COURSE = load()
EXERCISES = tuple(
    exercise
    for assignment in COURSE.assignments[2:]
    for exercise in assignment.exercises
    if exercise.name != "mnist"
)
NAMES = [exercise.name for exercise in EXERCISES]
RIGHT = [*right_a3_a4.RIGHT, *right_a5.RIGHT]


@pytest.fixture(autouse=True)
def _fresh_modules() -> Iterator[None]:
    """Forget the modules after each test: the next tree has modules with the same names."""
    yield
    forget()


@pytest.mark.sample(1)
@pytest.mark.parametrize("secret", ["one", "two", "three"])
def test_solutions_pass_everything(secret: str) -> None:
    verdicts = judge(
        Host(load().solutions), COURSE, EXERCISES, reference=load_reference(), secret=secret
    )
    assert [v.exercise for v in verdicts] == NAMES
    for verdict in verdicts:
        assert verdict.status == "passed", (verdict.exercise, failed(verdict))
        assert {check.hidden for check in verdict.checks} == {True, False}, verdict.exercise


def test_it_is_extra_credit() -> None:
    assert [a.name for a in COURSE.assignments if a.extra_credit] == ["a5_going_further"]


@pytest.mark.sample(24)
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("body", ["raise NotImplementedError", "return None"])
def test_nothing_written_passes_nothing(tmp_path: Path, name: str, body: str) -> None:
    tree = tree_of(tmp_path, name, lambda own: BLOCK.sub(rf"\1{body}", own))
    verdict = verdict_on(tree, name)
    assert [check.name for check in verdict.checks if check.passed] == []
    if "raise" in body:
        assert (verdict.status, verdict.score) == ("todo", 0.0)


@pytest.mark.sample(14)
@pytest.mark.parametrize("name", NAMES)
def test_zeros_pass_nothing(tmp_path: Path, name: str) -> None:
    if name == "SGD":
        change = "class SGD(SGD):\n    def step(self):\n        pass\n"
    elif name == "train_epoch":
        change = "def train_epoch(*args):\n    return 0.0\n"
    elif name[0].isupper():
        change = ZEROS + (
            f"class {name}({name}):\n"
            "    def forward(self, x):\n"
            "        kept = dict(vars(self))\n"
            "        out = _zeros(super().forward(x))\n"
            "        for name in ('running_mean', 'running_variance'):\n"
            "            if name in kept:\n"
            "                setattr(self, name, kept[name])\n"
            "        return out\n"
            "    def backward(self, d_out):\n"
            "        d_x = _zeros(super().backward(d_out))\n"
            "        self.zero_grad()\n"
            "        return d_x\n"
            + ("    def parameters(self):\n        return []\n" if name == "CNN" else "")
        )
    else:
        change = ZEROS + ZEROS_OF_A_FUNCTION.format(name=name)
    verdict = verdict_on(tree_of(tmp_path, name, change), name)
    assert [check.name for check in verdict.checks if check.passed] == []


@pytest.mark.soak
@pytest.mark.parametrize(
    "wrong", [wrong_a3_a4.WRONG, wrong_a5.WRONG], ids=["a3 and a4", "a5, and each check catches"]
)
def test_wrong_solutions_are_caught(tmp_path: Path, wrong: list[Variant]) -> None:
    """Hidden checks catch all of them, public checks at least 85%."""
    assert len(wrong) >= 40
    missed_by_hidden, missed_by_public = [], []
    checks: set[tuple[str, bool, str]] = set()
    caught_something: set[tuple[str, bool, str]] = set()
    for k, (exercise, what, change) in enumerate(wrong):
        verdict = verdict_on(tree_of(tmp_path / str(k), exercise, change), exercise)
        # The file must load: after a typo in the table, every check would fail.
        assert "import" not in {c.failure.kind for c in verdict.checks if c.failure}, what
        caught = {check.hidden for check in verdict.checks if not check.passed}
        checks |= {(exercise, c.hidden, c.name) for c in verdict.checks}
        caught_something |= {(exercise, c.hidden, c.name) for c in verdict.checks if not c.passed}
        if True not in caught:
            missed_by_hidden.append(f"{exercise}: {what}")
        if False not in caught:
            missed_by_public.append(f"{exercise}: {what}")
    assert missed_by_hidden == []
    assert len(missed_by_public) <= 0.15 * len(wrong), missed_by_public
    if wrong is wrong_a5.WRONG:
        assert checks - caught_something == set()


def test_wrong_solutions_are_of_exercises() -> None:
    wrong = [*wrong_a3_a4.WRONG, *wrong_a5.WRONG]
    assert {exercise for exercise, _, _ in wrong} <= set(NAMES)


@pytest.mark.sample(27)
@pytest.mark.parametrize(
    ("exercise", "how", "change"), RIGHT, ids=[f"{exercise}: {how}" for exercise, how, _ in RIGHT]
)
def test_right_solutions_pass(tmp_path: Path, exercise: str, how: str, change: Change) -> None:
    verdict = verdict_on(tree_of(tmp_path, exercise, change), exercise)
    assert verdict.status == "passed", (how, failed(verdict))


@pytest.mark.parametrize("added", ["+ 1e-7", "+ 1e-8", ".clip(1e-7)"])
def test_what_cross_entropy_may_add_costs_nothing_in_train_epoch(
    tmp_path: Path, added: str
) -> None:
    change = f"""
def cross_entropy(probabilities, labels):
    right = probabilities[np.arange(len(labels)), labels]
    return -np.log(right {added}).mean()
"""
    tree = tree_of(tmp_path, "cross_entropy", change)
    for exercise in ("cross_entropy", "train_epoch"):
        verdict = verdict_on(tree, exercise)
        assert verdict.status == "passed", (exercise, failed(verdict))


def test_a_naive_convolution_that_is_quick_costs_nothing_in_the_fast_one(tmp_path: Path) -> None:
    change = """
def conv2d_forward_naive(x, weights, bias, stride=1, padding=0):
    n, _, h, w = x.shape
    f, _, kh, kw = weights.shape
    oh, ow = output_size(h, kh, stride, padding), output_size(w, kw, stride, padding)
    p = np.pad(x * 1.0, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    out = np.zeros((n, f, oh, ow)) + bias.reshape(1, -1, 1, 1)
    for u in range(kh):
        for v in range(kw):
            patch = p[:, :, u : u + stride * oh : stride, v : v + stride * ow : stride]
            out += np.einsum("ncij,fc->nfij", patch, weights[:, :, u, v])
    return out
"""
    tree = tree_of(tmp_path, "conv2d_forward_naive", change)
    for exercise in ("conv2d_forward_naive", "conv2d_forward_fast"):
        verdict = verdict_on(tree, exercise)
        assert verdict.status == "passed", (exercise, failed(verdict))


@pytest.mark.parametrize(
    ("slow", "batches", "named"),
    [
        ("im2col", 200, "im2col"),
        ("conv2d_forward", 200, "conv2d_forward"),
        ("conv2d_backward", 200, "conv2d_backward"),
        ("relu_backward", 200, "relu_backward"),
        ("relu_backward", 2, ""),
        ("", 200, ""),
    ],
)
def test_the_slowest_part_is_what_takes_the_time(slow: str, batches: int, named: str) -> None:
    reference = load_reference()

    class Learner:
        def __getattr__(self, name: str) -> Any:
            def timed(*arguments: Any) -> Any:
                # Seconds for a batch: in 200 batches enough to be named, in 2 batches not.
                time.sleep(0.1 if name == slow else 0)
                return getattr(reference, name)(*arguments)

            return timed

    said = slowest_part(cast(Any, Learner()), batches)
    assert said.partition(":")[0] == (f"The slowest part is {named}" if named else "")


def test_the_ratio_is_recorded() -> None:
    (verdict,) = judge(
        Host(load().solutions),
        COURSE,
        (COURSE.exercise("conv2d_forward_fast"),),
        reference=load_reference(),
        secret="s",
    )
    measured = {name: value for check in verdict.checks for name, value in check.measured.items()}
    assert set(measured) == {"speed_ratio", "speed_ratio_to_the_reference"}
    assert all(value >= 10 for value in measured.values())
