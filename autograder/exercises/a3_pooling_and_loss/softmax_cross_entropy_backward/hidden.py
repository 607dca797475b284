"""softmax_cross_entropy_backward on random scores."""

import numpy as np

from autograder.checking import agree, as_array
from autograder.exercises.shared.measured import agree_with_differences


def test_every_shape(learner, reference, rng):
    """The gradient is right for any number of images and classes, and each row sums to 0."""
    for images, classes in ((1, 2), (1, 10), (3, 3), (2, 7), (9, 4)):
        probabilities = reference.softmax(rng.standard_normal((images, classes)))
        given = probabilities, rng.integers(0, classes, images)
        agree(
            learner.softmax_cross_entropy_backward(*given),
            reference.softmax_cross_entropy_backward(*given),
            "d_logits",
        )


def test_measured_gradient(learner, reference, rng):
    """The gradient is the one that central differences of the mean loss measure."""
    logits, labels = rng.standard_normal((5, 4)) * 2, rng.integers(0, 4, 5)

    def loss(scores):
        return reference.cross_entropy(reference.softmax(scores), labels)

    d_logits = learner.softmax_cross_entropy_backward(reference.softmax(logits), labels)
    agree_with_differences(d_logits, loss, logits, 1.0, "d_logits")


def test_float32_and_label_types(learner, reference, rng):
    """Float32 probabilities and labels of 8 bits make no difference."""
    probabilities = reference.softmax(rng.standard_normal((4, 10)).astype(np.float32))
    given = probabilities, rng.integers(0, 10, 4).astype(np.uint8)
    d_logits = as_array(learner.softmax_cross_entropy_backward(*given), "d_logits")
    expected = reference.softmax_cross_entropy_backward(*given)
    agree(d_logits, expected, "d_logits", tolerance=1e-4)
