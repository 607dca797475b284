"""Code that looks up the published examples in a table earns at most a tenth of the points.

The table is recorded while the public checks run on the solution, so it has a result for each of
their calls, including those of the grid.
"""

import copy
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.author.bank import BankHost
from autograder.author.pitfalls import WrongImplementation, wrong_implementations
from autograder.catalogue import Exercise, load
from autograder.grading.grade import grade_folder
from autograder.grading.verdict_store import VerdictStore
from autograder.judging.decide import decide
from autograder.judging.judge import run_checks
from autograder.judging.reference import load_reference
from autograder.judging.verdict import ExerciseVerdict

COURSE = load()
FUNCTIONS = [
    exercise
    for exercise in COURSE.exercises
    if exercise.name.islower() and not exercise.slow and wrong_implementations(exercise)
]
Code = Callable[..., Any]
# train_epoch gets a network, which cannot be looked up; conv2d_forward_fast has its own tests.
IN_A_TABLE = [e for e in FUNCTIONS if e.name not in ("train_epoch", "conv2d_forward_fast")]


def key_of(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.shape, str(value.dtype), value.tobytes()
    if isinstance(value, tuple | list):
        return tuple(map(key_of, value))
    if isinstance(value, dict):
        return tuple((name, key_of(item)) for name, item in sorted(value.items()))
    if isinstance(value, np.random.Generator):
        return str(value.bit_generator.state)
    # A function argument, such as that of numerical_gradient, has the same bytecode in each run.
    return value.__code__.co_code if hasattr(value, "__code__") else repr(value)


def table_of(exercise: Exercise) -> dict[Any, Any]:
    """The solution's results in the public checks, by arguments."""
    table: dict[Any, Any] = {}
    right = getattr(load_reference(), exercise.name)

    def recording(*args: Any, **kwargs: Any) -> Any:
        key = key_of((args, kwargs))
        value = right(*args, **kwargs)
        table[key] = copy.deepcopy(value)
        return value

    run_checks(BankHost(exercise.name, recording), COURSE, (exercise,))
    assert table
    return table


def answering(table: dict[Any, Any], otherwise: Code) -> Code:
    def look_up(*args: Any, **kwargs: Any) -> Any:
        key = key_of((args, kwargs))
        return copy.deepcopy(table[key]) if key in table else otherwise(*args, **kwargs)

    return look_up


def verdict_of(exercise: Exercise, code: Code) -> ExerciseVerdict:
    host = BankHost(exercise.name, code)
    results = run_checks(host, COURSE, (exercise,), reference=load_reference(), secret="tables")
    return decide(COURSE, (exercise,), results, host.root)[0]


def zeros_like(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(map(zeros_like, value))
    return np.zeros_like(value) if isinstance(value, np.ndarray) else type(value)(0)


def random_like(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(map(random_like, value))
    return np.random.default_rng().standard_normal(np.shape(value))


def an_exception(*_args: Any, **_kwargs: Any) -> Any:
    raise KeyError("not in the table")


@pytest.mark.sample(9)
@pytest.mark.parametrize("exercise", IN_A_TABLE, ids=lambda e: e.name)
@pytest.mark.parametrize(
    "rest", ["zeros", "the first answer", "an exception", "its first argument", "random numbers"]
)
def test_a_table_earns_at_most_a_tenth(exercise: Exercise, rest: str) -> None:
    table = table_of(exercise)
    first = next(iter(table.values()))
    otherwise: dict[str, Code] = {
        "zeros": lambda *_args, **_kwargs: zeros_like(first),
        "the first answer": lambda *_args, **_kwargs: copy.deepcopy(first),
        "an exception": an_exception,
        "its first argument": lambda *args, **kwargs: [*args, *kwargs.values()][0],
        "random numbers": lambda *_args, **_kwargs: random_like(first),
    }
    verdict = verdict_of(exercise, answering(table, otherwise[rest]))
    # A table cannot draw twice from a generator, nor tell functions with equal bytecode apart.
    in_full = not exercise.name.endswith(("initialization", "numerical_gradient"))
    passed = [check.passed for check in verdict.checks if not check.hidden]
    assert all(passed) if in_full else any(passed)
    assert verdict.score <= 0.1 * verdict.points + 1e-9
    assert verdict.status == "failed"


def graded_output_size(folder: Path, body: str) -> ExerciseVerdict:
    """The verdict on output_size with another body, graded in the sandbox."""
    shutil.copytree(COURSE.solutions, folder, ignore=shutil.ignore_patterns("__pycache__"))
    exercise = COURSE.exercise("output_size")
    file = folder / exercise.path
    text = file.read_text(encoding="utf-8")
    solution = re.compile(r"(?<=### BEGIN SOLUTION\n).*?(?=    ### END SOLUTION)", re.DOTALL)
    file.write_text(solution.sub(lambda _: body, text, count=1), encoding="utf-8")
    store = VerdictStore(folder.with_name("store"))
    graded = grade_folder(folder, exercise=exercise.name, secret="tables", store=store)
    (verdict,) = graded.exercises
    return verdict


@pytest.mark.parametrize(
    "otherwise",
    [
        "os._exit(0)",
        pytest.param("os.kill(os.getpid(), 11)", marks=pytest.mark.soak),
        pytest.param("[0 for _ in iter(int, 1)]", marks=pytest.mark.soak),
    ],
    ids=["exits", "crashes", "never ends"],
)
def test_a_table_that_does_not_come_back_otherwise_earns_at_most_a_tenth(
    otherwise: str, tmp_path: Path
) -> None:
    # A key is the `key_of` of a call: its positional arguments, then its keyword arguments.
    calls = {}
    for (given, named), value in table_of(COURSE.exercise("output_size")).items():
        numbers = {"stride": "1", "padding": "0"} | dict(named)
        numbers |= dict(
            zip(("input_size", "kernel_size", "stride", "padding"), given, strict=False)
        )
        order = ("input_size", "kernel_size", "stride", "padding")
        calls[tuple(int(numbers[name]) for name in order)] = value
    body = (
        "    import os\n"
        f"    known = {calls}\n"
        "    call = (input_size, kernel_size, stride, padding)\n"
        f"    return known[call] if call in known else {otherwise}\n"
    )
    verdict = graded_output_size(tmp_path / "table", body)
    assert all(check.passed for check in verdict.checks if not check.hidden)
    assert verdict.score <= 0.1 * verdict.points + 1e-9
    assert "at most a tenth" in verdict.message


def test_right_code_that_does_not_come_back_in_one_case_keeps_the_rest(tmp_path: Path) -> None:
    body = (
        "    import os\n"
        "    if input_size > 200:\n"
        "        os._exit(0)\n"
        "    return (input_size + 2 * padding - kernel_size) // stride + 1\n"
    )
    verdict = graded_output_size(tmp_path / "one", body)
    assert verdict.score >= 0.5 * verdict.points
    assert "at most a tenth" not in verdict.message


def partly_right() -> list[tuple[Exercise, WrongImplementation]]:
    """Pitfalls that look like a table when a public check tries other numbers."""
    names = {
        "numerical_gradient.all_entries_at_once_upstream_ignored",
        "cross_entropy.softmax_taken_again",
        "SGD.value_replaced",
    }
    every = [(e, p) for e in COURSE.exercises for p in wrong_implementations(e)]
    return [(exercise, pitfall) for exercise, pitfall in every if pitfall.id in names]


@pytest.mark.parametrize(
    ("exercise", "pitfall"), partly_right(), ids=lambda v: getattr(v, "id", "")
)
def test_an_honest_mistake_keeps_what_it_has_right(
    exercise: Exercise, pitfall: WrongImplementation
) -> None:
    verdict = verdict_of(exercise, pitfall.code)
    right = sum(check.passed for check in verdict.checks)
    assert verdict.pitfall == pitfall.id
    assert verdict.score == pytest.approx(verdict.points * right / len(verdict.checks), abs=0.01)


def test_a_known_mistake_that_fits_only_whole_numbers_is_named_too() -> None:
    exercise = COURSE.exercise("conv2d_forward_naive")
    (pitfall,) = (p for p in wrong_implementations(exercise) if p.id.endswith("to_integers"))
    verdict = verdict_of(exercise, pitfall.code)
    assert verdict.pitfall == pitfall.id
    assert verdict.message.startswith(pitfall.sentence)
    assert "so it does not count: " in verdict.message
    assert "at most a tenth" not in verdict.message
    assert verdict.score <= 0.1 * verdict.points + 1e-9


@pytest.mark.parametrize(
    "body",
    [
        "    return len(range(0, input_size + 2 * padding - kernel_size, stride))\n",
        "    return max(1, (input_size + 2 * padding - kernel_size) // stride)\n",
        "    return round((input_size + 2 * padding - kernel_size) / stride) + 1\n",
    ],
)
def test_code_that_passes_some_checks_by_chance_is_not_accused(tmp_path: Path, body: str) -> None:
    """It fails other public checks, which no table of the published results does."""
    verdict = graded_output_size(tmp_path / "chance", body)
    assert verdict.status == "failed"
    assert "at most a tenth" not in verdict.message


def test_code_that_reads_memory_it_has_not_written_is_not_accused() -> None:
    def col2im(cols, x_shape, kernel_height, kernel_width, stride=1, padding=0):  # type: ignore[no-untyped-def]
        n, c, h, w = x_shape
        out_h = (h + 2 * padding - kernel_height) // stride + 1
        out_w = (w + 2 * padding - kernel_width) // stride + 1
        parts = cols.reshape(c, kernel_height, kernel_width, n, out_h, out_w)
        # What np.empty gives, on a machine whose memory is not always 0.
        col2im.calls += 1
        image = np.full((n, c, h + 2 * padding, w + 2 * padding), 1e-9 * (col2im.calls > 20))
        image *= col2im.calls
        for y in range(kernel_height):
            for x in range(kernel_width):
                rows = slice(y, y + stride * out_h, stride)
                columns = slice(x, x + stride * out_w, stride)
                image[:, :, rows, columns] += parts[:, y, x].transpose(1, 0, 2, 3)
        return image[:, :, padding : padding + h, padding : padding + w]

    col2im.calls = 0  # type: ignore[attr-defined]
    verdict = verdict_of(COURSE.exercise("col2im"), col2im)
    assert "at most a tenth" not in verdict.message


@pytest.mark.sample(2)
@pytest.mark.parametrize("exercise", IN_A_TABLE, ids=lambda e: e.name)
def test_a_table_beside_a_known_mistake_earns_little_more(exercise: Exercise) -> None:
    """At most 30% of the points more than for the mistake alone."""
    table = table_of(exercise)
    for pitfall in wrong_implementations(exercise)[:4]:
        alone = verdict_of(exercise, pitfall.code)
        both = verdict_of(exercise, answering(table, pitfall.code))
        assert both.score <= alone.score + 0.301 * exercise.points, pitfall.id


def test_what_does_not_count_is_said() -> None:
    exercise = COURSE.exercise("flatten_forward")
    mistake = wrong_implementations(exercise)[0]
    verdict = verdict_of(exercise, answering(table_of(exercise), mistake.code))
    said = "Passed with the published numbers and failed with others, so it does not count: "
    assert said in verdict.message
    assert verdict.score < exercise.points * 0.5
