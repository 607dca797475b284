"""cross_entropy on random probabilities."""

import numpy as np

from autograder.checking import agree, as_array


def some(rng, images, classes):
    """Probabilities, none below 1/100, and labels."""
    raw = rng.uniform(0.2, 1.0, (images, classes))
    return raw / raw.sum(axis=1, keepdims=True), rng.integers(0, classes, images)


def test_every_shape(learner, reference, rng):
    """The loss is the mean for any number of images and classes, be it one image."""
    for images, classes in ((1, 2), (1, 10), (3, 3), (2, 7), (9, 4), (40, 10)):
        given = some(rng, images, classes)
        agree(learner.cross_entropy(*given), reference.cross_entropy(*given), "loss")


def test_probability_of_zero(learner, rng):
    """One right class of probability 0 in a batch makes the loss large, not infinite or nan."""
    probabilities, labels = some(rng, 5, 10)
    probabilities[2] = 0.0
    probabilities[2, (labels[2] + 1) % 10] = 1.0
    others = np.delete(np.arange(5), 2)
    known = -np.log(probabilities[others, labels[others]]).sum()
    loss = as_array(learner.cross_entropy(probabilities, labels), "loss")
    assert loss.shape == (), f"loss has shape {loss.shape}, but should be one number"
    assert np.isfinite(loss), f"loss is {loss}, but should be finite"
    # If probabilities are clipped at 1e-5 or above, the loss is not above this.
    least = (known - np.log(1e-5)) / 5
    assert loss > least, f"loss is {loss:.4g}, but should be above {least:.4g}"


def test_float32_and_label_types(learner, reference, rng):
    """Float32 probabilities and labels of 8 bits make no difference."""
    probabilities, labels = some(rng, 6, 10)
    given = probabilities.astype(np.float32), labels.astype(np.uint8)
    agree(
        learner.cross_entropy(*given),
        reference.cross_entropy(probabilities, labels),
        "loss",
        tolerance=1e-4,
    )
