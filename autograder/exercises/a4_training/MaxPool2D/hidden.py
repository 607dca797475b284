"""MaxPool2D on shapes that no example shows."""

from autograder.checking import agree
from autograder.exercises.shared.cases import hold_for, pooling_cases


def test_every_shape(learner, reference, rng):
    """Forward and backward are right for every shape of picture, window and stride."""

    def holds(case):
        layer = learner.MaxPool2D(case.pool_size, case.stride)
        for x in (case.x, case.tied_x):
            out, places = reference.maxpool2d_forward(x, case.pool_size, case.stride)
            agree(layer.forward(x), out, "out")
            expected = reference.maxpool2d_backward(case.d_out, places, case.x_shape)
            agree(layer.backward(case.d_out), expected, "d_x")

    hold_for(pooling_cases(rng), holds)


def test_two_layers(learner, reference, rng):
    """Two layers keep their places and shapes apart, batch after batch."""
    one, other = learner.MaxPool2D(2, 2), learner.MaxPool2D(3, 1)
    for images in (3, 1):
        x, y = rng.standard_normal((images, 2, 7, 5)), rng.standard_normal((images, 1, 4, 6))
        out_x, places_x = reference.maxpool2d_forward(x, 2, 2)
        out_y, places_y = reference.maxpool2d_forward(y, 3, 1)
        agree(one.forward(x), out_x, "out")
        agree(other.forward(y), out_y, "out")
        d_x, d_y = rng.standard_normal(out_x.shape), rng.standard_normal(out_y.shape)
        expected = reference.maxpool2d_backward(d_x, places_x, x.shape)
        agree(one.backward(d_x), expected, "d_x")
        expected = reference.maxpool2d_backward(d_y, places_y, y.shape)
        agree(other.backward(d_y), expected, "d_x")
