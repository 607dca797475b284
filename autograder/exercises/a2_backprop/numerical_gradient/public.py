"""numerical_gradient: nudge one entry at a time and see how much the number changes."""

import numpy as np

from autograder.checking import agree, right_on_grid


def square(x):
    """lambda x: x**2"""
    return np.asarray(x) ** 2


def cube(x):
    """lambda x: x**3"""
    return np.asarray(x) ** 3


def test_slope_of_squares(learner):
    """The slope of x**2 is 2x."""
    d_x = learner.numerical_gradient(square, np.array([1.0, -2.0, 3.5]), np.ones(3))
    agree(d_x, [2.0, -4.0, 7.0], "d_x")


def test_central_differences(learner):
    """The nudges go up and down by epsilon, and their difference is divided by 2*epsilon."""
    d_x = learner.numerical_gradient(cube, np.array([2.0, -1.0]), np.ones(2), epsilon=0.5)
    # Up and down from 2:     2.5**3 - 1.5**3       = 15.625 - 3.375  = 12.25, divided by 2*0.5.
    # Up and down from -1: (-0.5)**3 - (-1.5)**3    = -0.125 + 3.375  =  3.25, divided by 2*0.5.
    agree(d_x, [12.25, 3.25], "d_x")


def test_upstream_gradient(learner):
    """Every output counts as much as its entry of d_out says."""
    d_x = learner.numerical_gradient(square, np.array([1.0, 2.0, 3.0]), np.array([10.0, 0.5, -1.0]))
    agree(d_x, [10 * 2.0, 0.5 * 4, -1 * 6.0], "d_x")


def test_function_that_returns_a_number(learner):
    """f may return one number, and d_out may be one."""

    def area(x):
        """lambda x: float(x[0] * x[1])"""
        return float(x[0] * x[1])

    d_x = learner.numerical_gradient(area, np.array([3.0, 5.0]), -2.0)
    # The area grows by x[1] = 5 for a step in x[0], and by x[0] = 3 for a step in x[1].
    agree(d_x, [-2 * 5.0, -2 * 3.0], "d_x")


def test_output_of_another_shape(learner):
    """f may return another shape than x; d_out has the shape of f(x), and d_x that of x."""

    def row_sums(x):
        """lambda x: x.sum(axis=1)"""
        return np.sum(x, axis=1)

    x = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    d_x = learner.numerical_gradient(row_sums, x, np.array([7.0, 0.5]))
    agree(d_x, [[7.0, 7.0, 7.0], [0.5, 0.5, 0.5]], "d_x")


def test_one_entry_at_a_time(learner):
    """While one entry is nudged by epsilon, all others are where they were."""
    x = np.array([[1.0, 2.0], [4.0, 8.0]])
    seen = []

    def total(x):
        """lambda x: x.sum()"""
        seen.append(np.array(x, dtype=float))
        return np.sum(x)

    d_x = learner.numerical_gradient(total, x, 1.0, epsilon=0.25)
    agree(d_x, np.ones((2, 2)), "d_x")
    for k in np.ndindex(2, 2):
        for nudge in (0.25, -0.25):
            wanted = x.copy()
            wanted[k] += nudge
            assert any(point.shape == x.shape and np.allclose(point, wanted) for point in seen), (
                f"f was never asked for x with only x[{k[0]}, {k[1]}] changed, "
                f"from {x[k]:g} to {wanted[k]:g}"
            )


def test_whole_numbers(learner):
    """At integers the nudge does not vanish: the slope is the one at the same floats."""
    d_x = learner.numerical_gradient(square, np.array([[1, -2], [3, 0]]), 1.0)
    agree(d_x, [[2.0, -4.0], [6.0, 0.0]], "d_x")


def test_every_kind_of_call(learner):
    """It is right for every kind of f and x, also for an f that returns its own input."""
    right_on_grid(learner, __file__)
