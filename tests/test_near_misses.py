"""Near misses get a message of their own, and only if all of it is true."""

from typing import Any

import numpy as np
import pytest

from autograder.exercises.shared.cases import (
    ConvolutionCase,
    PoolingCase,
    convolution_cases,
    hold_for,
)
from autograder.exercises.shared.cases import pooling_cases as all_pooling_cases
from autograder.judging.compare import Mismatch, agree
from autograder.judging.reference import load_reference

pytestmark = pytest.mark.quick

PICTURES = np.random.default_rng(1).standard_normal((2, 3, 4, 5))
SQUARE = np.random.default_rng(2).standard_normal((3, 3, 4, 4))
TABLE = np.arange(12.0).reshape(3, 4) + 0.5


def said(actual: Any, expected: np.ndarray) -> str:
    """The note after the first difference in the message."""
    with pytest.raises(Mismatch) as caught:
        agree(actual, expected, "out")
    sentence, _, note = caught.value.problem.partition("; ")
    assert sentence.startswith("out")
    return note


@pytest.mark.parametrize(
    ("actual", "expected", "words"),
    [
        # shape
        (TABLE.T, TABLE, "the numbers are right, but it is transposed"),
        (TABLE.ravel(), TABLE, "the numbers are right and in the right order, but laid out flat"),
        (
            TABLE.reshape(4, 3),
            TABLE,
            "the numbers are right and in the right order, only the shape is not",
        ),
        (TABLE[None], TABLE, "the numbers are right, but it has 1 axis of length 1 too many"),
        (TABLE[None, None], TABLE, "the numbers are right, but it has 2 axes of length 1 too many"),
        (TABLE, TABLE[:, None], "the numbers are right, but it has 1 axis of length 1 too few"),
        (
            PICTURES.swapaxes(2, 3),
            PICTURES,
            "the numbers are right, but height and width are swapped",
        ),
        (
            PICTURES.swapaxes(0, 1),
            PICTURES,
            "the numbers are right, but the first two axes are swapped",
        ),
        (
            PICTURES.transpose(0, 2, 3, 1),
            PICTURES,
            "the numbers are right, but the axes stand in the order (0, 2, 3, 1)",
        ),
        (
            TABLE[::-1].reshape(2, 6),
            TABLE,
            "the numbers are right, but in another shape and order",
        ),
        (
            TABLE.ravel().reshape(3, 4, order="F"),
            TABLE,
            "the numbers are right, but in the order of the columns: the first axis runs fastest, "
            'and not the last. If you wrote order="F", leave it out; if not, a transpose is '
            "missing or one too many",
        ),
        # a change of every number
        (np.maximum(PICTURES, 0), PICTURES, "every negative number has become 0"),
        (np.abs(PICTURES), PICTURES, "every number has lost its sign"),
        (np.floor(3 * PICTURES), 3 * PICTURES, "every number is rounded down to a whole number"),
        (
            np.trunc(3 * PICTURES),
            3 * PICTURES,
            "every number has lost what comes after its decimal point",
        ),
        (np.round(3 * PICTURES), 3 * PICTURES, "every number is rounded to a whole number"),
        # an offset
        (TABLE + 1.0, TABLE, "every wrong number is 1 too large"),
        (TABLE - 0.25 * (TABLE > 4), TABLE, "every wrong number is 0.25 too small"),
        # order
        (SQUARE.swapaxes(2, 3), SQUARE, "the numbers are right, but height and width are swapped"),
        (
            SQUARE.swapaxes(0, 1),
            SQUARE,
            "the numbers are right, but the first two axes are swapped",
        ),
        (TABLE[::-1], TABLE, "the numbers are right, but rows run backwards"),
        (SQUARE[..., ::-1], SQUARE, "the numbers are right, but columns run backwards"),
        (
            SQUARE[:, :, ::-1, ::-1],
            SQUARE,
            "the numbers are right, but height and width run backwards",
        ),
        (TABLE[[1, 0, 2]], TABLE, "the numbers are right, but rows stand in another order"),
        (
            TABLE[:, [1, 0, 3, 2]],
            TABLE,
            "the numbers are right, but columns stand in another order",
        ),
        (
            SQUARE[:, [1, 2, 0]],
            SQUARE,
            "the numbers are right, but the slices along the second axis stand in another order",
        ),
        (
            TABLE.T.reshape(3, 4),
            TABLE,
            "the numbers are right, but in the order of the columns: the first axis runs fastest, "
            'and not the last. If you wrote order="F", leave it out; if not, a transpose is '
            "missing or one too many",
        ),
        (
            TABLE.ravel()[[5, 3, 8, 0, 11, 2, 7, 1, 10, 4, 9, 6]].reshape(3, 4),
            TABLE,
            "the numbers are right, but in another order",
        ),
        (
            np.array([3.0, 2, 1]),
            np.array([1.0, 2, 3]),
            "the numbers are right, but they run backwards",
        ),
        # one slice by itself
        (
            TABLE / np.arange(3.0, 3.0 + len(TABLE))[:, None],
            TABLE,
            "all numbers of one row are wrong by the same factor, and the factor differs from row "
            "to row: look at what each row is multiplied with or divided by",
        ),
        (
            PICTURES + np.arange(1.0, 1.0 + PICTURES.shape[1])[:, None, None],
            PICTURES,
            "all numbers of one channel are wrong by the same amount, and the amount differs from "
            "channel to channel: look at what is added once for each channel",
        ),
        # a factor
        (2 * TABLE, TABLE, "every number is 2 times what it should be"),
        (TABLE / 3, TABLE, "every number is 1/3 of what it should be"),
        (TABLE / 2, TABLE, "every number is half of what it should be"),
        (-TABLE, TABLE, "every number has the opposite sign"),
        (1.5 * TABLE, TABLE, "every number is 3/2 times what it should be"),
        (np.pi * TABLE, TABLE, "every number is 3.14159 times what it should be"),
        ((2 * TABLE).astype("f4"), TABLE, "every number is 2 times what it should be"),
    ],
)
def test_words(actual: np.ndarray, expected: np.ndarray, words: str) -> None:
    assert said(actual, expected) == words


def changed(at: Any) -> np.ndarray:
    out = PICTURES.copy()
    out[at] += 1
    return out


@pytest.mark.parametrize(
    ("at", "where"),
    [
        (np.s_[:, :, 0], "in the first row"),
        (np.s_[:, :, -1], "in the last row"),
        (np.s_[..., 0], "in the first column"),
        (np.s_[..., -1], "in the last column"),
        (np.s_[:, :, ::3], "at the border"),
    ],
)
def test_right_except_at_an_edge(at: Any, where: str) -> None:
    assert said(changed(at), PICTURES) == f"it is right except {where}"


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (changed(np.s_[0, 0, 1, 1]), PICTURES),  # only one inner number
        (changed(np.s_[0, 0, 0, 0]), PICTURES),  # one number may be wrong for any reason
        (2 * TABLE + np.eye(3, 4), TABLE),  # nearly twice
        (np.array([2.0, 4.0]), np.array([1.0, 2.0])),  # too few numbers to tell
        # Two numbers are swapped: transposed, or by chance?
        (np.array([[1.0, 2], [3, 4]]), np.array([[1.0, 3], [2, 4]])),
        (np.full((2, 2), 6.0), np.full((2, 2), 3.0)),  # 2 times, or 3 more?
        (np.array([[1.0, 0], [0, 0]]).T * 3, np.array([[1.0, 0], [0, 0]])),
        (np.full(TABLE.shape, np.nan), TABLE),
        (np.zeros((4, 3)), TABLE),
        (np.zeros((7, 3)), TABLE),
        (0 * TABLE, TABLE),
        (TABLE * np.inf, TABLE),
        (np.zeros((0, 4)), TABLE),
    ],
)
def test_nothing_is_guessed(actual: np.ndarray, expected: np.ndarray) -> None:
    assert said(actual, expected) == ""


# --- over many shapes --------------------------------------------------------------------------

CASES = convolution_cases(np.random.default_rng(3))
POOLING = all_pooling_cases(np.random.default_rng(3))


def said_of(wrong: Any, cases: Any = CASES) -> str:
    """The note after the first difference; `wrong(case)` returns a right and a wrong array."""

    def holds(case: Any) -> None:
        right, mine = wrong(case)
        agree(mine, right, "x")

    with pytest.raises(Mismatch) as caught:
        hold_for(cases, holds)
    return caught.value.problem.partition("; ")[2]


def right_fold(case: ConvolutionCase) -> np.ndarray:
    size = case.kernel_height, case.kernel_width, case.stride, case.padding
    return np.asarray(load_reference().col2im(case.cols, case.x_shape, *size))


def folded_without_adding(case: ConvolutionCase) -> np.ndarray:
    images, channels, height, width = case.x_shape
    p, s, oh, ow = case.padding, case.stride, case.out_height, case.out_width
    padded = np.zeros((images, channels, height + 2 * p, width + 2 * p))
    windows = case.cols.reshape(channels, case.kernel_height, case.kernel_width, images, oh, ow)
    for u in range(case.kernel_height):
        for v in range(case.kernel_width):
            down, across = slice(u, u + s * oh, s), slice(v, v + s * ow, s)
            padded[:, :, down, across] = windows[:, u, v].swapaxes(0, 1)
    return padded[:, :, p : p + height, p : p + width]


def test_right_except_where_windows_overlap() -> None:
    problem = said_of(lambda case: (right_fold(case), folded_without_adding(case)))
    assert problem.startswith("it is right except where windows overlap")


def test_right_except_where_pooling_windows_overlap() -> None:
    ours = load_reference()

    def wrong(case: PoolingCase) -> tuple[np.ndarray, np.ndarray]:
        _, places = ours.maxpool2d_forward(case.x, case.pool_size, case.stride)
        mine = np.zeros(case.x_shape)
        image, channel = np.ogrid[: case.images, : case.channels]
        index = image[..., None, None], channel[..., None, None], places[..., 0], places[..., 1]
        mine[index] = case.d_out
        return ours.maxpool2d_backward(case.d_out, places, case.x_shape), mine

    problem = said_of(wrong, POOLING)
    assert problem.startswith("it is right except where windows overlap")


def test_overlap_is_not_blamed_for_more() -> None:
    def wrong(case: ConvolutionCase) -> tuple[np.ndarray, np.ndarray]:
        mine = folded_without_adding(case)
        mine[0, 0, 0, 0] += 1
        return right_fold(case), mine

    assert "overlap" not in said_of(wrong)


def test_one_case_is_enough_to_say_nothing() -> None:
    def wrong(case: ConvolutionCase) -> tuple[np.ndarray, np.ndarray]:
        factor = 3 if case == CASES[5] else 2
        return case.x, factor * case.x

    assert said_of(wrong) == ""
    assert said_of(lambda case: (case.x, 2 * case.x)) == "every number is 2 times what it should be"


@pytest.mark.parametrize(
    ("fails_for", "words"),
    [
        (lambda c: c.stride > 1, "it is right for stride 1, wrong for larger strides"),
        (lambda c: c.padding > 0, "it is right for padding 0, wrong for padding"),
        (lambda c: c.channels > 1, "it is right for one channel, wrong for several channels"),
        (lambda c: c.images > 1, "it is right for one image, wrong for several images"),
        (lambda c: c.filters > 1, "it is right for one filter, wrong for several filters"),
        (
            lambda c: c.height != c.width,
            "it is right for square images, wrong for images that are not square",
        ),
        (
            lambda c: c.kernel_height != c.kernel_width,
            "it is right for square kernels, wrong for kernels that are not square",
        ),
        (
            lambda c: c.stride < max(c.kernel_height, c.kernel_width),
            "it is right for windows that do not overlap, wrong for windows that overlap",
        ),
    ],
)
def test_right_only_for(fails_for: Any, words: str) -> None:
    wrong = np.array([7.0, 1.0])
    assert said_of(lambda c: (np.zeros(2), wrong * fails_for(c))) == words
    # After one exception, the claim is not made.
    exception = next(c for c in CASES if not fails_for(c))
    holds = lambda c: (np.zeros(2), wrong * (fails_for(c) or c == exception))  # noqa: E731
    assert said_of(holds) == ""


def test_windows_are_counted() -> None:
    case = ConvolutionCase(height=3, width=4, kernel_height=2, kernel_width=3, stride=2, padding=1)
    # Rows -1..3, windows at -1 and 1: rows 0 | 1, 2. Columns -1..4, windows at -1 and 1.
    assert case.seen.tolist() == [[1, 2, 1, 1], [1, 2, 1, 1], [1, 2, 1, 1]]
    assert (
        PoolingCase(height=3, width=5, pool_size=3, stride=2).seen.tolist() == [[1, 1, 2, 1, 1]] * 3
    )
