"""sigmoid on random numbers."""

from autograder.checking import agree


def test_any_shape(learner, reference, rng):
    """Arrays of every shape come out right."""
    for shape in ((7,), (3, 4), (2, 3, 4)):
        z = 5 * rng.standard_normal(shape)
        agree(learner.sigmoid(z), reference.sigmoid(z), "p")
