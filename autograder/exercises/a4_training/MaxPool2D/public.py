"""MaxPool2D: maxpool2d_forward and maxpool2d_backward as a layer."""

import numpy as np

from autograder.checking import agree, right_on_grid

IMAGE = np.array([[[[1.0, 2.5, 0.5], [4.5, 3.0, 6.5]]]])


def test_forward_and_backward(learner):
    """Forward gives the maximum of each window, and backward passes the gradient to its place."""
    layer = learner.MaxPool2D()
    agree(layer.forward(IMAGE), [[[[4.5]]]], "out")
    # The last column is in no window, but d_x still has it.
    agree(layer.backward(np.array([[[[0.5]]]])), [[[[0, 0, 0], [0.5, 0, 0]]]], "d_x")


def test_size_and_stride(learner):
    """The layer's own pool_size and stride are used."""
    layer = learner.MaxPool2D(2, 1)
    agree(layer.forward(IMAGE), [[[[4.5, 6.5]]]], "out")
    agree(layer.backward(np.array([[[[0.5, 1.5]]]])), [[[[0, 0, 0], [0.5, 0, 1.5]]]], "d_x")
    layer = learner.MaxPool2D(pool_size=1, stride=2)
    agree(layer.forward(IMAGE), [[[[1.0, 0.5]]]], "out")


def test_newest_input(learner):
    """Backward belongs to the newest forward pass."""
    layer = learner.MaxPool2D()
    layer.forward(np.array([[[[9.0, 0, 0, 0], [0, 0, 0, 0]]]]))
    layer.forward(IMAGE)
    agree(layer.backward(np.array([[[[0.5]]]])), [[[[0, 0, 0], [0.5, 0, 0]]]], "d_x")


def test_two_layers(learner):
    """A second layer does not disturb what the first one keeps."""
    first, second = learner.MaxPool2D(), learner.MaxPool2D()
    first.forward(IMAGE)
    second.forward(-IMAGE)
    d_x = first.backward(np.array([[[[0.5]]]]))
    agree(d_x, [[[[0, 0, 0], [0.5, 0, 0]]]], "d_x of the first layer")


def test_every_kind_of_call(learner):
    """Forward and backward are right for every kind of picture, window and stride, with ties."""
    right_on_grid(learner, __file__)
