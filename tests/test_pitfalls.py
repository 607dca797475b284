"""The bank of pitfalls: each is recognised as itself, and no other code is recognised."""

import functools
import importlib
import json
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import numpy as np
import pytest

from autograder.author import bank
from autograder.author.grid_results import made_from
from autograder.author.pitfalls import WrongImplementation, wrong_implementations
from autograder.catalogue import Exercise, load
from autograder.grading.isolation import find_isolation
from autograder.grading.remote import RemoteBackend
from autograder.judging import fingerprints
from autograder.judging.fingerprints import distance_to_an_edge, fingerprint, recognise
from autograder.judging.known_results import FILE, made_from_of
from autograder.judging.learner import Backend, Learner, TimeBudget
from autograder.judging.reference import load_reference
from autograder.text import UserError
from autograder.worker.host import Host

COURSE = load()
EXERCISES = [e for e in COURSE.exercises if wrong_implementations(e)]
PITFALLS = [(e, pitfall) for e in EXERCISES for pitfall in wrong_implementations(e)]
# No layers: a layer's dtype is that of its parameters.
FUNCTIONS = [e for e in EXERCISES if e.name.islower() and e.name != "train_epoch"]

OF_FUNCTIONS = [(e, pitfall) for e, pitfall in PITFALLS if e in FUNCTIONS]


def ids(values: list[Any]) -> list[str]:
    return [value.name if isinstance(value, Exercise) else value[1].id for value in values]


def name_of(exercise: Exercise, code: Any) -> str | None:
    return bank.named(exercise, code)


def name_by(backend: Backend, exercise: Exercise) -> str | None:
    pitfall = recognise(Learner(backend, COURSE, exercise, TimeBudget()), COURSE, exercise)
    return None if pitfall is None else pitfall.id


@pytest.fixture
def tree(tmp_path: Path) -> Iterator[Path]:
    """A learner's folder with the solutions in it, readable in the sandbox."""
    tmp_path.chmod(0o755)
    for assignment in (assignment.name for assignment in COURSE.assignments):
        shutil.copytree(
            load().solutions / assignment,
            tmp_path / assignment,
            ignore=shutil.ignore_patterns("__pycache__"),
        )
    forget_modules()
    yield tmp_path
    forget_modules()


def forget_modules() -> None:
    for module in list(sys.modules):
        if module.split(".")[0] in {e.assignment for e in COURSE.exercises}:
            del sys.modules[module]
    importlib.invalidate_caches()


def write_after(tree: Path, exercise: Exercise, text: str) -> None:
    """Append a definition to the file of the right code; it replaces the earlier one."""
    with (tree / exercise.path).open("a", encoding="utf-8") as file:
        file.write("\n\n" + dedent(text))


def test_every_exercise_has_known_mistakes() -> None:
    assert len(PITFALLS) >= 60
    probed = [e for e in COURSE.exercises if COURSE.has_module(e.assignment, e.name, "probes")]
    assert probed == EXERCISES
    required = {e.name for a in COURSE.assignments if not a.extra_credit for e in a.exercises}
    assert required - {e.name for e in EXERCISES} == {"mnist"}


@pytest.mark.parametrize("exercise", EXERCISES, ids=ids(EXERCISES))
def test_the_generated_files_are_fresh(exercise: Exercise) -> None:
    for name in (fingerprints.BANK, FILE):
        file = exercise.folder / name
        needed = name == fingerprints.BANK and wrong_implementations(exercise)
        command = f"type: make pitfalls EX={exercise.name}"
        assert file.is_file() or not needed, f"{name} is missing; {command}"
        if file.is_file():
            assert made_from_of(file) == made_from(COURSE, exercise), f"{name} is stale; {command}"


@pytest.mark.soak
@pytest.mark.parametrize("exercise", EXERCISES, ids=ids(EXERCISES))
def test_the_generated_files_are_what_generating_gives(exercise: Exercise) -> None:
    entries = bank.examine(exercise) if wrong_implementations(exercise) else None
    for path, text in bank.written_files(COURSE, exercise, entries):
        stored = path.read_text(encoding="utf-8")
        assert stored == text, f"{path.name} is stale; type: make pitfalls EX={exercise.name}"


def test_sentences_are_sentences() -> None:
    sentences = [pitfall.sentence for _, pitfall in PITFALLS]
    for sentence in sentences:
        assert sentence[0].isupper(), sentence
        assert sentence.endswith("."), sentence
        assert sentence.count(". ") >= 1, f"what it does, and the idea that mends it: {sentence}"
        assert len(sentence) < 260, sentence
        assert "np." not in sentence, f"never the line: {sentence}"


def test_the_files_hold_no_code_and_no_answers() -> None:
    for exercise in EXERCISES:
        stored = json.loads((exercise.folder / fingerprints.BANK).read_text(encoding="utf-8"))
        assert stored["pitfalls"]
        for entry in stored["pitfalls"].values():
            further = {"parts", "cut_off", "besides", "fails", "forward"}
            assert {"print", "sentence"} <= set(entry) <= {"print", "sentence", *further}
            prints = [entry["print"], *entry.get("parts", {}).values()]
            prints += [*entry.get("besides", {}).values()]
            prints += [entry.get(key, entry["print"]) for key in ("cut_off", "forward")]
            for one in prints:
                assert len(one) == 16
                int(one, 16)
    for path in (Path(fingerprints.__file__), *(e.folder / "probes.py" for e in EXERCISES)):
        text = path.read_text(encoding="utf-8")
        assert "pitfalls import" not in text
        assert "reference" not in text


@pytest.mark.sample(25)
@pytest.mark.parametrize(("exercise", "pitfall"), PITFALLS, ids=ids(PITFALLS))
def test_named_in_a_learners_file(
    tree: Path, exercise: Exercise, pitfall: WrongImplementation
) -> None:
    code = pitfall.code
    write_after(
        tree,
        exercise,
        f"""\
        from {code.__module__} import {code.__name__} as _mistake

        {exercise.name} = _mistake
        """,
    )
    assert name_by(Host(tree), exercise) == pitfall.id


@pytest.mark.soak
@pytest.mark.parametrize("exercise", EXERCISES, ids=ids(EXERCISES))
def test_every_mistake_fails_a_public_check(exercise: Exercise) -> None:
    missed = [
        pitfall.id
        for pitfall in wrong_implementations(exercise)
        if not bank.caught_by(COURSE, exercise, pitfall.code).public
    ]
    assert not missed


@pytest.mark.soak
@pytest.mark.parametrize("exercise", EXERCISES, ids=ids(EXERCISES))
def test_no_mark_depends_on_the_secret(exercise: Exercise) -> None:
    """A mistake costs the same points with every course secret."""
    for pitfall in wrong_implementations(exercise):
        one, *others = [
            bank.caught_by(COURSE, exercise, pitfall.code, secret).hidden
            for secret in ("secret 0", "secret 1", "secret 2", "secret 3")
        ]
        assert others == [one] * 3, pitfall.id


@pytest.mark.parametrize("exercise", EXERCISES, ids=ids(EXERCISES))
def test_the_solution_is_not_named(exercise: Exercise) -> None:
    assert name_of(exercise, getattr(load_reference(), exercise.name)) is None


def on_arrays(value: Any, change: Callable[[np.ndarray], Any]) -> Any:
    if isinstance(value, tuple):
        return tuple(on_arrays(part, change) for part in value)
    if isinstance(value, np.ndarray):
        return change(value)
    return value


def in_float32(value: Any) -> Any:
    return on_arrays(value, lambda a: a.astype(np.float32) if a.dtype.kind == "f" else a)


def frozen(array: np.ndarray) -> np.ndarray:
    array = array.copy()
    array.flags.writeable = False
    return array


RIGHT: dict[str, Callable[[Any], Any]] = {
    "float32": in_float32,
    "Fortran order": lambda value: on_arrays(value, np.asfortranarray),
    "read-only": lambda value: on_arrays(value, frozen),
    "nested lists": lambda value: on_arrays(value, np.ndarray.tolist),
    "minus zero": lambda value: on_arrays(value, lambda a: a * 1.0 - 0.0 * np.sign(a)),
}


@pytest.mark.parametrize("way", RIGHT)
@pytest.mark.parametrize("exercise", FUNCTIONS, ids=ids(FUNCTIONS))
def test_right_variants_are_not_named(exercise: Exercise, way: str) -> None:
    right = getattr(load_reference(), exercise.name)
    assert name_of(exercise, lambda *args: RIGHT[way](right(*args))) is None


def noisy(array: np.ndarray) -> np.ndarray:
    return array + np.random.default_rng(5).normal(size=array.shape)


WRONG: dict[str, Callable[[Any], Any]] = {
    "noise": lambda value: on_arrays(value, noisy),
    "zeros": lambda value: on_arrays(value, np.zeros_like),
    "one number off": lambda value: on_arrays(value, one_off),
    "None": lambda value: None,
    "text": lambda value: "nonsense",
}


def one_off(array: np.ndarray) -> np.ndarray:
    array = array * 1.0
    array.flat[-1] += 1
    return array


@pytest.mark.parametrize("way", WRONG)
@pytest.mark.parametrize("exercise", FUNCTIONS, ids=ids(FUNCTIONS))
def test_other_mistakes_are_not_named(exercise: Exercise, way: str) -> None:
    right = getattr(load_reference(), exercise.name)
    assert name_of(exercise, lambda *args: WRONG[way](right(*args))) is None


@pytest.mark.parametrize("exercise", EXERCISES, ids=ids(EXERCISES))
def test_code_that_only_raises_is_not_named(exercise: Exercise) -> None:
    def broken(*args: Any, **kwargs: Any) -> None:
        raise NotImplementedError

    assert name_of(exercise, broken) is None


@pytest.mark.sample(150)
@pytest.mark.parametrize(("exercise", "pitfall"), OF_FUNCTIONS, ids=ids(OF_FUNCTIONS))
def test_a_mistake_in_float32_has_the_same_name(
    exercise: Exercise, pitfall: WrongImplementation
) -> None:

    @functools.wraps(pitfall.code)
    def less_exact(*args: Any) -> Any:
        return in_float32(pitfall.code(*args))

    assert name_of(exercise, less_exact) == pitfall.id


# The same mistakes with loops, as learners write them; the bank has them in another form.
BY_HAND = {
    "im2col.kernel_height_and_width_swapped": """\
        def im2col(x, kernel_height, kernel_width, stride=1, padding=0):
            x = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
            n, c, h, w = x.shape
            cols = []
            for image in range(n):
                for i in range((h - kernel_width) // stride + 1):
                    for j in range((w - kernel_height) // stride + 1):
                        a, b = i * stride, j * stride
                        cols.append(x[image, :, a:a + kernel_width, b:b + kernel_height].ravel())
            return np.array(cols).T
        """,
    "conv2d_forward_naive.kernel_flipped": """\
        def conv2d_forward_naive(x, weights, bias, stride=1, padding=0):
            x = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
            n, c, h, w = x.shape
            f, _, kh, kw = weights.shape
            out = np.zeros((n, f, (h - kh) // stride + 1, (w - kw) // stride + 1), np.float32)
            for place in np.ndindex(out.shape):
                k, m, i, j = place
                for u in range(kh):
                    for v in range(kw):
                        pixels = x[k, :, i * stride + u, j * stride + v]
                        out[place] += pixels @ weights[m, :, kh - 1 - u, kw - 1 - v]
                out[place] += bias[m]
            return out
        """,
    "col2im.last_kernel_place_wins": """\
        def col2im(cols, x_shape, kernel_height, kernel_width, stride=1, padding=0):
            n, c, h, w = x_shape
            out = np.zeros((n, c, h + 2 * padding, w + 2 * padding))
            oh = (h + 2 * padding - kernel_height) // stride + 1
            ow = (w + 2 * padding - kernel_width) // stride + 1
            for row, (k, u, v) in enumerate(np.ndindex(c, kernel_height, kernel_width)):
                for column, (image, i, j) in enumerate(np.ndindex(n, oh, ow)):
                    out[image, k, i * stride + u, j * stride + v] = cols[row, column]
            return out[:, :, padding:h + padding, padding:w + padding]
        """,
    "maxpool2d_forward.last_tie_wins": """\
        def maxpool2d_forward(x, pool_size=2, stride=2):
            n, c, h, w = x.shape
            oh, ow = (h - pool_size) // stride + 1, (w - pool_size) // stride + 1
            out, where = np.full((n, c, oh, ow), -np.inf), np.zeros((n, c, oh, ow, 2), int)
            for place in np.ndindex(out.shape):
                for u in range(pool_size):
                    for v in range(pool_size):
                        a, b = place[2] * stride + u, place[3] * stride + v
                        if x[place[0], place[1], a, b] >= out[place]:
                            out[place], where[place] = x[place[0], place[1], a, b], (a, b)
            return out, where
        """,
    "maxpool2d_backward.overlaps_overwritten": """\
        def maxpool2d_backward(d_out, max_indices, x_shape):
            d_x = np.zeros(x_shape)
            n, c, _, _ = np.indices(d_out.shape)
            d_x[n, c, max_indices[..., 0], max_indices[..., 1]] += d_out
            return d_x
        """,
    "relu_backward.mask_from_the_gradient": """\
        def relu_backward(d_out, x):
            return np.where(d_out > 0, d_out, 0)
        """,
    "softmax.not_shifted": """\
        def softmax(logits):
            return np.array([np.exp(row) / sum(np.exp(row)) for row in logits])
        """,
    "numerical_gradient.input_left_changed": """\
        def numerical_gradient(f, x, d_out, epsilon=1e-5):
            gradient = np.zeros(x.shape)
            for index in np.ndindex(x.shape):
                x[index] += epsilon
                above = np.sum(f(x) * d_out)
                x[index] -= 2 * epsilon
                gradient[index] = (above - np.sum(f(x) * d_out)) / (2 * epsilon)
            return gradient
        """,
    "Dense.gradients_assigned": """\
        class Dense(Dense):
            def backward(self, d_out):
                d_x, self.weights.grad, self.bias.grad = dense_backward(
                    d_out, self.x, self.weights.value
                )
                return d_x
        """,
    "SGD.momentum_ignored": """\
        class SGD(SGD):
            def step(self):
                for parameter in self.parameters:
                    parameter.value -= self.learning_rate * parameter.grad
        """,
    "conv2d_backward.reshape_for_transpose_in_the_weights": """\
        def conv2d_backward(d_out, x, weights, cols, stride=1, padding=0):
            filters = weights.shape[0]
            d_weights = (d_out.reshape(filters, -1) @ cols.T).reshape(weights.shape)
            flat = d_out.swapaxes(0, 1).reshape(filters, -1)
            d_x = col2im(weights.reshape(filters, -1).T @ flat, x.shape, *weights.shape[2:],
                         stride, padding)
            return d_x, d_weights, d_out.sum((0, 2, 3))
        """,
    "conv2d_backward.filters_taken_to_be_last": """\
        def conv2d_backward(d_out, x, weights, cols, stride=1, padding=0):
            filters = weights.shape[0]
            flat = d_out.reshape(-1, filters)
            d_weights = np.dot(flat.T, cols.T).reshape(weights.shape)
            d_cols = np.dot(flat, weights.reshape(filters, -1)).T
            d_x = col2im(d_cols, x.shape, *weights.shape[2:], stride, padding)
            return d_x, d_weights, np.einsum("nfij->f", d_out)
        """,
    "softmax.sums_lie_along_the_rows": """\
        def softmax(logits):
            exp = np.exp(logits - np.max(logits, axis=1).reshape(-1, 1))
            return exp / np.sum(exp, axis=1)
        """,
    "conv2d_forward_naive.nothing_fits_without_padding": """\
        def conv2d_forward_naive(x, weights, bias, stride=1, padding=0):
            n, c, h, w = x.shape
            f, _, kh, kw = weights.shape
            padded = np.zeros((n, c, h + 2 * padding, w + 2 * padding), dtype=x.dtype)
            padded[..., padding:-padding, padding:-padding] = x
            oh = (h + 2 * padding - kh) // stride + 1
            ow = (w + 2 * padding - kw) // stride + 1
            out = np.zeros((n, f, oh, ow))
            for i in range(oh):
                for j in range(ow):
                    a, b = i * stride, j * stride
                    seen = padded[:, :, a:a + kh, b:b + kw]
                    out[:, :, i, j] = np.tensordot(seen, weights, ((1, 2, 3), (1, 2, 3))) + bias
            return out
        """,
    "conv2d_forward.bias_along_the_places": """\
        def conv2d_forward(x, weights, bias, stride=1, padding=0):
            n, _, h, w = x.shape
            f, _, kh, kw = weights.shape
            oh, ow = output_size(h, kh, stride, padding), output_size(w, kw, stride, padding)
            cols = im2col(x, kh, kw, stride, padding)
            out = np.dot(weights.reshape(f, -1), cols)
            out = out + bias
            return out.reshape(f, n, oh, ow).swapaxes(0, 1), cols
        """,
    "train_epoch.gradients_never_zeroed": """\
        def train_epoch(model, optimizer, images, labels, batch_size, rng):
            order, losses = rng.permutation(len(images)), []
            for k in range(0, len(images), batch_size):
                now = order[k:k + batch_size]
                p = softmax(model.forward(images[now]))
                losses += [cross_entropy(p, labels[now])] * len(now)
                model.backward(softmax_cross_entropy_backward(p, labels[now]))
                optimizer.step()
            return float(np.mean(losses))
        """,
}


@pytest.mark.parametrize("id", BY_HAND)
def test_named_as_learners_write_them(tree: Path, id: str) -> None:
    exercise = COURSE.exercise(id.split(".")[0])
    write_after(tree, exercise, BY_HAND[id])
    assert name_by(Host(tree), exercise) == id


@pytest.mark.sample(8)
@pytest.mark.parametrize("id", BY_HAND)
def test_named_across_the_pipe(tree: Path, id: str) -> None:
    exercise = COURSE.exercise(id.split(".")[0])
    write_after(tree, exercise, BY_HAND[id])
    with RemoteBackend(find_isolation(allow_unsandboxed=True), tree) as backend:
        assert name_by(backend, exercise) == id


# --- mistakes that are not alone ----------------------------------------------------------------

NAIVE = """\
    def conv2d_forward_naive(x, weights, bias, stride=1, padding=0):
        x_dtype = x.dtype
        x = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
        n, c, h, w = x.shape
        f, _, kh, kw = weights.shape
        shape = n, f, (h - kh) // stride + 1, (w - kw) // stride + 1
        out = np.zeros(shape, dtype={dtype})
        for k, m, i, j in np.ndindex(shape):
            a, b = i * stride, j * stride
            out[k, m, i, j] = np.sum(x[k, :, a:a + kh, b:b + kw] * weights[m]) {bias}
        return out
    """


def recognised(tree: Path, exercise: str, text: str) -> tuple[str, str] | None:
    """The id and the sentence of the pitfall that a learner's code is recognised as, or None."""
    write_after(tree, COURSE.exercise(exercise), text)
    learner = Learner(Host(tree), COURSE, COURSE.exercise(exercise), TimeBudget())
    pitfall = recognise(learner, COURSE, COURSE.exercise(exercise))
    return None if pitfall is None else (pitfall.id, pitfall.sentence)


def test_integers_cut_off_do_not_hide_a_mistake(tree: Path) -> None:
    found = recognised(tree, "conv2d_forward_naive", NAIVE.format(dtype="x_dtype", bias=""))
    assert found is not None
    assert found[0] == "conv2d_forward_naive.bias_ignored"
    assert found[1].startswith("It leaves the bias out.")
    assert found[1].endswith(fingerprints.CUT_OFF)


def test_integers_cut_off_alone_are_one_mistake(tree: Path) -> None:
    text = NAIVE.format(dtype="x_dtype", bias="+ bias[m]")
    found = recognised(tree, "conv2d_forward_naive", text)
    assert found is not None
    assert found[0] == "conv2d_forward_naive.truncated_for_integer_images"
    assert fingerprints.CUT_OFF not in found[1]


def test_two_mistakes_in_one_value_are_both_named(tree: Path) -> None:
    text = NAIVE.format(dtype="float", bias="").replace("i * stride, j * stride", "i, j")
    found = recognised(tree, "conv2d_forward_naive", text)
    assert found is not None
    assert found[1].startswith("Two mistakes: 1. ")
    assert "The window moves" in found[1] or "the window moves" in found[1]
    assert "It leaves the bias out." in found[1]


def test_three_mistakes_are_not_named(tree: Path) -> None:
    text = NAIVE.format(dtype="float", bias="").replace("i * stride, j * stride", "i, j")
    text = text.replace("* weights[m]", "* weights[m, :, ::-1, ::-1]")
    assert recognised(tree, "conv2d_forward_naive", text) is None


def test_a_dtype_is_no_second_mistake() -> None:
    exercise, id = COURSE.exercise("softmax"), "softmax.one_for_the_largest"
    mistake = next(pitfall.code for _, pitfall in PITFALLS if pitfall.id == id)
    assert name_of(exercise, lambda logits: mistake(logits).astype(int)) == id


BACKWARD = """\
    def conv2d_backward(d_out, x, weights, cols, stride=1, padding=0):
        f = len(weights)
        rows = d_out.transpose(1, 0, 2, 3).reshape(f, -1)
        d_x = col2im(weights.reshape(f, -1).T @ rows, x.shape, *weights.shape[2:], stride, padding)
        return d_x{d_x}, {d_weights}, d_out.{d_bias}
    """
RIGHT_PARTS = {
    "d_x": "",
    "d_weights": "(rows @ cols.T).reshape(weights.shape)",
    "d_bias": "sum((0, 2, 3))",
}


def test_two_mistakes_in_two_values_are_both_named(tree: Path) -> None:
    parts = {"d_weights": "rows @ cols.T", "d_bias": "mean((0, 2, 3))"}
    found = recognised(tree, "conv2d_backward", BACKWARD.format(**{**RIGHT_PARTS, **parts}))
    assert found is not None
    flat, mean = wrong_sentence("weights_left_flat"), wrong_sentence("bias_averaged")
    assert found[1].startswith("Two mistakes: 1. ")
    assert flat in found[1]
    assert mean in found[1]


def test_a_mistake_in_one_value_is_named_beside_an_unknown_one(tree: Path) -> None:
    parts = {"d_x": " + 1", "d_bias": "mean((0, 2, 3))"}
    found = recognised(tree, "conv2d_backward", BACKWARD.format(**{**RIGHT_PARTS, **parts}))
    assert found == ("conv2d_backward.bias_averaged", wrong_sentence("bias_averaged"))


def test_an_unknown_mistake_in_one_value_is_not_named(tree: Path) -> None:
    for part, text in (("d_x", " + 1"), ("d_bias", "sum((0, 2, 3)) * 3")):
        parts = {**RIGHT_PARTS, part: text}
        assert recognised(tree, "conv2d_backward", BACKWARD.format(**parts)) is None


def wrong_sentence(name: str) -> str:
    return next(p.sentence for _, p in PITFALLS if p.id == f"conv2d_backward.{name}")


# --- mistakes that raise ------------------------------------------------------------------------

RAISED = {
    "another kind of exception": "raise KeyError('padding')",
    "without sizes": "raise ValueError('no')",
    "other sizes": "np.zeros((3, 2)) + np.zeros((2, 3))",
    "the sizes the other way round": "np.zeros(x.shape)[:] = np.zeros((*x.shape[:2], 0, 0))",
    "the right words with sizes of their own": (
        "raise ValueError('could not broadcast input array from shape (1,) into shape (0,)')"
    ),
}


@pytest.mark.parametrize("what", RAISED)
def test_raising_where_a_known_mistake_raises_is_not_enough(tree: Path, what: str) -> None:
    text = f"""\
        solved = conv2d_forward_naive

        def conv2d_forward_naive(x, weights, bias, stride=1, padding=0):
            if padding == 0:
                {RAISED[what]}
            return solved(x, weights, bias, stride, padding)
        """
    assert recognised(tree, "conv2d_forward_naive", text) is None


@pytest.mark.soak
def test_code_that_does_not_end_is_left_after_one_call(tree: Path) -> None:
    exercise = COURSE.exercise("im2col")
    write_after(tree, exercise, "def im2col(*args):\n    while True:\n        pass\n")
    learner = Learner(Host(tree), COURSE, exercise, TimeBudget(seconds=0.5))
    assert recognise(learner, COURSE, exercise) is None


def test_what_is_printed_meanwhile_is_not_shown(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    exercise = COURSE.exercise("relu_forward")
    write_after(tree, exercise, "def relu_forward(x):\n    print('here')\n    return x\n")
    assert name_by(Host(tree), exercise) is None
    assert capsys.readouterr().out == ""


def test_an_exercise_without_known_mistakes_is_not_named() -> None:
    exercise = COURSE.exercise("mnist")
    assert name_by(Host(load().solutions), exercise) is None


def test_fingerprints_see_shape_and_value_only() -> None:
    values = np.array([[0.5, -1.25], [0.0, 1 / 3]])
    assert fingerprint(values) == fingerprint(values.astype(np.float32))
    assert fingerprint(values) == fingerprint(values.tolist())
    assert fingerprint(np.array([0.0])) == fingerprint(np.array([-0.0]))
    assert fingerprint(3) == fingerprint(np.int64(3)) == fingerprint(3.0)
    assert fingerprint(np.array([True])) == fingerprint(np.array([1]))
    assert fingerprint(values) != fingerprint(values.T)
    assert fingerprint(values) != fingerprint(values[None])
    assert fingerprint(values) != fingerprint(values + 1 / 128)
    assert fingerprint((values, values)) != fingerprint(values)
    assert fingerprint(np.array([np.nan])) != fingerprint(np.array([np.inf]))


def test_simple_fractions_lie_far_from_the_edge() -> None:
    fractions = [k / n for n in (1, 2, 3, 4, 5, 6, 8, 16, 256, 512) for k in range(40)]
    assert distance_to_an_edge(np.array(fractions)) > 0.01


def test_mistakes_that_look_the_same_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    exercise = COURSE.exercise("relu_forward")
    right = load_reference().relu_forward
    leaky, other = wrong_implementations(exercise)[:2]
    twin = WrongImplementation("relu_forward.twin", leaky.sentence, leaky.code)
    monkeypatch.setattr(bank, "wrong_implementations", lambda _: (leaky, other, twin))
    with pytest.raises(UserError, match=r"twin and .* return the same"):
        bank.examine(exercise)
    harmless = WrongImplementation("relu_forward.harmless", "None. At all.", right)
    monkeypatch.setattr(bank, "wrong_implementations", lambda _: (harmless,))
    with pytest.raises(UserError, match="differs from the solution on 0 of 3 probes"):
        bank.examine(exercise)
    monkeypatch.setattr(bank, "MARGIN", 0.6)
    with pytest.raises(UserError, match="its rounding changes"):
        bank.examine(exercise)
