"""`check_gradient` finds wrong gradients, says what is wrong, and accepts kinks."""

import numpy as np
import pytest

from cnnlab.gradient_check import KINK, RIGHT, UNCHECKED, WRONG, check_gradient

pytestmark = pytest.mark.quick


def relu(x: np.ndarray) -> np.ndarray:
    return np.maximum(x, 0)


def window_maxima(x: np.ndarray) -> np.ndarray:
    """The maxima of overlapping pairs of neighbours."""
    return np.maximum(x[:-1], x[1:])


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.mark.parametrize("scale", [1e-3, 1, 1e3])
def test_right_gradients_pass(rng: np.random.Generator, scale: float) -> None:
    x, d_out = rng.normal(size=(3, 4)) * scale, rng.normal(size=(3, 4))
    for f, slope in (
        (np.sin, np.cos(x)),
        (np.square, 2 * x),
        (np.arctan, 1 / (1 + x**2)),
        (relu, (x > 0).astype(float)),
    ):
        result = check_gradient(f, x, d_out, d_out * slope)
        assert result.passed, str(result)
        assert np.all(result.verdicts == RIGHT)


def test_a_small_mistake_is_found(rng: np.random.Generator) -> None:
    x, d_out = rng.normal(size=(3, 4)), rng.normal(size=(3, 4))
    claim = d_out * np.cos(x)
    claim[1, 2] *= 1.001
    result = check_gradient(np.sin, x, d_out, claim, name="d_x")
    assert not result.passed
    assert np.argwhere(result.verdicts == WRONG).tolist() == [[1, 2]]
    assert "d_x[1, 2]" in result.message
    assert "row 1 and column 2" in result.message


def test_float32_is_measured_with_a_longer_step(rng: np.random.Generator) -> None:
    weights = rng.normal(size=(40, 30)).astype(np.float32)

    def f(x: np.ndarray) -> np.ndarray:
        return np.tanh(x.astype(np.float32) @ weights)

    x, d_out = rng.normal(size=(2, 40)) / 10, rng.normal(size=(2, 30)).astype(np.float32)
    claim = (d_out * (1 - f(x) ** 2)) @ weights.T
    assert check_gradient(f, x, d_out, claim).passed
    claim[0, 3] += 0.5
    assert not check_gradient(f, x, d_out, claim).passed


@pytest.mark.parametrize("claim", [0.0, 1.0, 0.3])
def test_a_kink_is_not_blamed(claim: float) -> None:
    x, d_out = np.array([-1.0, 0.0, 2.0]), np.array([3.0, 3.0, 3.0])
    result = check_gradient(relu, x, d_out, d_out * np.array([0, claim, 1]))
    assert result.passed
    assert result.verdicts.tolist() == [RIGHT, KINK, RIGHT]
    assert "1 of them at a kink" in result.message


@pytest.mark.parametrize("claim", [-0.5, 1.5])
def test_what_no_choice_at_a_kink_explains_is_blamed(claim: float) -> None:
    x = np.array([-1.0, 0.0, 2.0])
    assert not check_gradient(relu, x, 1.0, np.array([0, claim, 1])).passed


def test_kinks_that_cancel_in_the_sum_are_recognised() -> None:
    # The middle number ties with both neighbours; with these d_out the two kinks cancel in
    # the sum, and every choice of winners is right.
    x, d_out = np.array([5.0, 5.0, 5.0]), np.array([1.0, -1.0])
    for claim in ([1.0, -1.0, 0.0], [0.0, 1.0, -1.0], [1.0, 0.0, -1.0], [0.0, 0.0, 0.0]):
        assert check_gradient(window_maxima, x, d_out, np.array(claim)).passed
    assert not check_gradient(window_maxima, x, d_out, np.array([2.0, -1.0, 0.0])).passed


@pytest.mark.parametrize("distance", np.logspace(-9, -4, 11))
def test_a_kink_close_by_is_not_blamed(distance: float) -> None:
    x, d_out = np.array([distance, -distance]), np.array([2.0, -3.0])
    assert check_gradient(relu, x, d_out, d_out * (x > 0)).passed


def test_a_flat_place_is_not_taken_for_a_kink() -> None:
    result = check_gradient(np.square, np.zeros(3), np.ones(3) * 2, np.zeros(3))
    assert result.passed
    assert np.all(result.verdicts == RIGHT)
    assert not check_gradient(np.square, np.zeros(3), 2.0, np.full(3, 1e-3)).passed


def test_right_for_an_upstream_gradient_of_ones_only(rng: np.random.Generator) -> None:
    x, d_out = rng.normal(size=5), rng.normal(size=5)
    result = check_gradient(np.sin, x, d_out, np.cos(x), name="d_x")
    assert not result.passed
    assert "upstream gradient of ones" in result.message


def test_ones_are_called_a_weak_test(rng: np.random.Generator) -> None:
    x = rng.normal(size=5)
    result = check_gradient(np.sin, x, np.ones(5), np.cos(x))
    assert result.passed
    assert "random numbers see more" in result.message


@pytest.mark.parametrize("factor", [2.0, -1.0, 0.25])
def test_a_constant_factor_is_named(rng: np.random.Generator, factor: float) -> None:
    x, d_out = rng.normal(size=(2, 5)), rng.normal(size=(2, 5))
    result = check_gradient(np.sin, x, d_out, factor * d_out * np.cos(x))
    assert not result.passed
    assert f"{factor:.4g} times" in result.message


def test_zero_everywhere_is_named(rng: np.random.Generator) -> None:
    x = rng.normal(size=5)
    assert "zero everywhere" in check_gradient(np.sin, x, 1.0, np.zeros(5)).message


def test_a_wrong_shape_is_named() -> None:
    result = check_gradient(np.sin, np.zeros((2, 3)), 1.0, np.ones((3, 2)), name="d_x")
    assert not result.passed
    assert "(3, 2)" in str(result)
    assert "(2, 3)" in str(result)


def test_nan_is_wrong(rng: np.random.Generator) -> None:
    x = rng.normal(size=4)
    claim = np.cos(x)
    claim[2] = np.nan
    result = check_gradient(np.sin, x, 1.0, claim)
    assert np.flatnonzero(result.verdicts == WRONG).tolist() == [2]


def test_the_map_shows_where(rng: np.random.Generator) -> None:
    x, d_out = rng.normal(size=(2, 3, 4, 5)), rng.normal(size=(2, 3, 4, 5))
    claim = d_out * np.cos(x)
    claim[1, 2, :, -1] = 9
    result = check_gradient(np.sin, x, d_out, claim, name="d_x")
    assert "image or filter 1 and channel 2 and column 4" in result.message
    assert result.map().splitlines()[0].startswith("d_x[1, 2, :, :]")
    assert result.map().splitlines()[1:] == ["  ....X"] * 4
    picture = result.figure()
    assert picture.png.startswith(b"\x89PNG")
    assert "column 4" in picture.alt


@pytest.mark.parametrize("shape", [(), (4,), (2, 3), (2, 1, 3)])
def test_any_shape_can_be_drawn(shape: tuple[int, ...], rng: np.random.Generator) -> None:
    x = rng.normal(size=shape)
    result = check_gradient(np.sin, x, 1.0, np.cos(x) + 1 + np.abs(x))
    assert not result.passed
    assert "X" in result.map()
    assert result.figure().png


def test_of_a_large_array_a_sample_is_measured(rng: np.random.Generator) -> None:
    x = rng.normal(size=(100, 100))
    calls = 0

    def f(a: np.ndarray) -> float:
        nonlocal calls
        calls += 1
        return float(np.sum(a**2))

    result = check_gradient(f, x, 1.0, 2 * x, at_most=50)
    assert result.passed
    assert calls == 2 + 2 + 4 * 50
    assert int((result.verdicts != UNCHECKED).sum()) == 50
    assert "50 of 10000 entries" in result.message


def test_f_must_be_deterministic_and_fit(rng: np.random.Generator) -> None:
    with pytest.raises(ValueError, match="two different answers"):
        check_gradient(lambda x: x * rng.normal(), np.ones(3), 1.0, np.ones(3))
    with pytest.raises(ValueError, match="must be equal"):
        check_gradient(np.sin, np.ones(3), np.ones(4), np.ones(3))


def test_f_may_change_what_it_is_given(rng: np.random.Generator) -> None:
    def f(x: np.ndarray) -> np.ndarray:
        x *= 2
        return x

    assert check_gradient(f, rng.normal(size=4), 1.0, np.full(4, 2.0)).passed


def test_integers_are_measured_as_floats() -> None:
    assert check_gradient(np.square, np.array([1, 2, 3]), 1.0, np.array([2, 4, 6])).passed


def test_nonsense_of_f_is_not_blamed_on_the_gradient() -> None:
    with np.errstate(all="ignore"):
        result = check_gradient(np.log, np.array([1.0, -1.0]), 1.0, np.array([1.0, -1.0]))
    assert not result.passed
    assert "fix f first" in result.message
