"""Flatten on shapes that no example shows."""

from autograder.checking import agree


def test_round_trip(learner, reference, rng):
    """Two layers flatten and fold back images of any shape, each its own, batch after batch."""
    one, other = learner.Flatten(), learner.Flatten()
    for shape, second in (((2, 3, 4, 5), (2, 5, 3, 4)), ((1, 1, 6, 2), (3, 2, 1, 2))):
        x, y = rng.standard_normal(shape), rng.standard_normal(second)
        agree(one.forward(x), reference.flatten_forward(x), "out")
        agree(other.forward(y), reference.flatten_forward(y), "out")
        agree(one.backward(reference.flatten_forward(x)), x, "d_x")
        agree(other.backward(reference.flatten_forward(y)), y, "d_x")
