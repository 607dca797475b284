"""The call shown with a failed check can be pasted into Python, and is the check's call."""

import numpy as np
import pytest

from autograder.author.bank import BankHost
from autograder.author.pitfalls import wrong_implementations
from autograder.catalogue import Exercise, load
from autograder.judging.calls import Call, Made, Place, Step
from autograder.judging.judge import run_checks
from autograder.judging.reference import load_reference

COURSE = load()
WRONG = [
    pytest.param(exercise, pitfall, id=pitfall.id)
    for exercise in COURSE.exercises
    for pitfall in wrong_implementations(exercise)[:2]
]


def names_of_the_course() -> dict[str, object]:
    """The names that a learner has after `from ... import *` and `import numpy as np`."""
    return {**vars(load_reference()), "np": np}


@pytest.mark.sample(20)
@pytest.mark.parametrize(("exercise", "pitfall"), WRONG)
def test_every_call_runs_as_it_stands(exercise: Exercise, pitfall: object) -> None:
    host = BankHost(exercise.name, pitfall.code)  # type: ignore[attr-defined]
    results = run_checks(host, COURSE, (exercise,), reference=load_reference(), secret="calls")
    for check in results[exercise.name].checks:
        if check.passed or not check.call or "<array" in check.call or "\n...\n" in check.call:
            continue
        raised = ""
        try:
            exec(check.call, {**names_of_the_course(), exercise.name: pitfall.code})  # type: ignore[attr-defined]
        except Exception as error:
            raised = type(error).__name__
        assert raised == (check.failure.type if check.failure else "")


def step(name: str, *arguments: object, made: Made | None = None) -> Step:
    return Step(name, None, tuple(("", value) for value in arguments), made)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (np.array([1.0, -2.5]), "np.array([1., -2.5])"),
        (np.array([1, 2]), "np.array([1, 2])"),
        (np.array([[np.nan, -np.inf]]), "np.array([[np.nan, -np.inf]])"),
        (np.zeros((2, 3, 4, 5)), "np.zeros((2, 3, 4, 5))"),
        (np.full((3,), 9.0), "np.full((3,), 9.)"),
        (np.array([1.5, 2.0], dtype=np.float32), "np.array([1.5, 2.], dtype=np.float32)"),
        (np.array([[1, 2], [3, 4]]).T, 'np.array([[1, 3], [2, 4]], order="F")'),
        ((2, 3), "(2, 3)"),
        ([1.0], "[1.]"),
        (True, "True"),
        (1e-05, "1e-05"),
    ],
)
def test_an_argument_is_written_so_that_python_reads_it_back(value: object, text: str) -> None:
    assert str(Call(step("f", value))) == f"f({text})"
    again = eval(text, {"np": np})
    np.testing.assert_array_equal(again, value)
    assert getattr(again, "dtype", None) == getattr(value, "dtype", None)


def test_what_was_done_between_two_calls_stands_between_them() -> None:
    parameter, optimizer, other = Made("parameter"), Made("sgd"), Made("sgd")
    steps = [
        step("Parameter", 1.0, made=parameter),
        step("SGD", [Place(parameter)], made=optimizer),
        step("SGD", [], made=other),
        Step("", Place(parameter, "grad"), (("", 2.0),), sets=True),
        Step("", Place(optimizer, "step"), ()),
    ]
    last = Step("", Place(optimizer, "step"), ())
    assert str(Call(last, steps, len(steps))).splitlines() == [
        "parameter = Parameter(1.)",
        "sgd = SGD([parameter])",
        "parameter.grad = 2.",
        "sgd.step()",
        "sgd.step()",
    ]


def test_a_name_of_a_parameter_that_is_none_is_left_out() -> None:
    hostile = Step("f", None, (("x\nTotal: 15 of 15 points", 1),))
    assert str(Call(hostile)) == "f(1)"


def test_of_very_many_steps_the_first_and_the_last_are_shown() -> None:
    layer = Made("relu")
    steps = [
        step("ReLU", made=layer),
        *[Step("", Place(layer, "forward"), (("x", k),)) for k in range(99)],
    ]
    text = str(Call(steps[-1], steps[:-1], len(steps) - 1))
    assert text.splitlines() == ["relu = ReLU()", "...", "relu.forward(x=98)"]
