"""numerical_gradient on functions whose gradient is known, and of a convolution."""

import numpy as np

from autograder.checking import agree
from autograder.exercises.shared.cases import halves


def test_curved_function(learner, rng):
    """For a curved function the measured slope agrees with calculus to six digits."""

    def sine(x):
        """lambda x: np.sin(x)"""
        return np.sin(x)

    x, d_out = rng.standard_normal((2, 3, 4)), rng.standard_normal((2, 3, 4))
    agree(learner.numerical_gradient(sine, x, d_out), np.cos(x) * d_out, "d_x")


def test_any_number_of_axes(learner, rng):
    """x may have one axis or four, and d_x has the shape of x."""
    for shape in [(5,), (1, 4), (2, 1, 3), (2, 2, 3, 2)]:
        factors = halves(shape, int(rng.integers(2**31)))

        def weighted_sum(x, factors=factors):
            """lambda x: (factors * x).sum()"""
            return np.sum(factors * x)

        x = halves(shape, int(rng.integers(2**31)))
        agree(learner.numerical_gradient(weighted_sum, x, 0.5), 0.5 * factors, "d_x")


def test_outputs_that_share_entries(learner, rng):
    """Where every output depends on every entry, d_x adds up all outputs, weighted by d_out."""
    matrix, d_out = rng.standard_normal((3, 5)), rng.standard_normal(3)

    def product(x):
        """lambda x: A @ x"""
        return matrix @ x

    agree(learner.numerical_gradient(product, rng.standard_normal(5), d_out), matrix.T @ d_out)


def test_entries_that_depend_on_each_other(learner, rng):
    """Where the slope in one entry depends on the others, they are where they belong."""

    def product(x):
        """lambda x: x.prod()"""
        return np.prod(x)

    x = rng.permutation(6).reshape(2, 3) / 2 + 1
    # A product is linear in each of its factors, so central differences are exact for any step.
    d_x = learner.numerical_gradient(product, x, 3.0, epsilon=0.5)
    agree(d_x, 3.0 * np.prod(x) / x, "d_x")


def test_epsilon(learner, rng):
    """The step is epsilon: at x**3 the result is 3*x**2 + epsilon**2, exactly that far off."""

    def cube(x):
        """lambda x: x**3"""
        return np.asarray(x) ** 3

    x = halves((4,), int(rng.integers(2**31)))
    for epsilon in (0.5, 0.25):
        d_x = learner.numerical_gradient(cube, x, 1.0, epsilon=epsilon)
        agree(d_x, 3 * x**2 + epsilon**2, "d_x")


def test_default_epsilon(learner):
    """Without another word, epsilon is 1e-5, and f is asked on both sides of x."""
    seen = []

    def same(x):
        """lambda x: x.sum()"""
        seen.append(float(np.sum(x)))
        return np.sum(x)

    agree(learner.numerical_gradient(same, np.array([0.0]), 2.0), [2.0], "d_x")
    agree(max(seen), 1e-5, "the largest x that f was asked for")
    agree(min(seen), -1e-5, "the smallest x that f was asked for")


def test_float32(learner, rng):
    """At float32 numbers the nudge does not drown: the result is as good as at float64."""

    def square(x):
        """lambda x: x**2"""
        return np.asarray(x) ** 2

    x = halves((2, 3), int(rng.integers(2**31))).astype(np.float32)
    d_x = learner.numerical_gradient(square, x, 1.0)
    agree(d_x, 2.0 * x.astype(np.float64), "d_x", tolerance=1e-4)


def test_weights_of_a_convolution(learner, reference, rng):
    """Measured and calculated gradients of a convolution agree."""
    seed = int(rng.integers(2**31))
    x, weights = halves((2, 2, 4, 3), seed), halves((2, 2, 2, 3), seed + 1)
    d_out = rng.standard_normal((2, 2, 5, 3))

    def convolve(weights):
        """lambda weights: conv2d_forward(x, weights, np.zeros(2), 1, 1)[0]"""
        return reference.conv2d_forward(x, np.asarray(weights), np.zeros(2), 1, 1)[0]

    cols = reference.im2col(x, 2, 3, 1, 1)
    _, d_weights, _ = reference.conv2d_backward(d_out, x, weights, cols, 1, 1)
    agree(learner.numerical_gradient(convolve, weights, d_out), d_weights, "d_x")
