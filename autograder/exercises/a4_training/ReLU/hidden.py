"""ReLU on random numbers."""

from autograder.checking import agree


def test_two_layers_in_any_shape(learner, reference, rng):
    """Two layers keep their inputs apart, whatever the shape, batch after batch."""
    one, other = learner.ReLU(), learner.ReLU()
    for shape in ((3, 5), (2, 3, 4, 5), (1, 7)):
        x, y, d_out = (rng.standard_normal(shape) for _ in range(3))
        agree(one.forward(x), reference.relu_forward(x), "out")
        agree(other.forward(y), reference.relu_forward(y), "out")
        agree(one.backward(d_out), reference.relu_backward(d_out, x), "d_x")
        agree(other.backward(d_out), reference.relu_backward(d_out, y), "d_x")
