"""train_epoch on random images."""

import numpy as np

from autograder.checking import agree


def twins(learner, reference, rng, inputs, classes, dtype="float64"):
    """The same small network twice: the learner's and ours, each with its optimizer."""
    ours = reference.Dense(inputs, classes, rng=rng, dtype=dtype)
    theirs = learner.Dense(inputs, classes, rng=learner.default_rng(0), dtype=dtype)
    theirs.weights.value = ours.weights.value
    expected = reference.CNN([reference.Flatten(), ours])
    model = learner.CNN([learner.Flatten(), theirs])
    return (
        (ours, expected, reference.SGD(expected.parameters(), 0.2, 0.5)),
        (theirs, model, learner.SGD(model.parameters(), 0.2, 0.5)),
    )


def test_three_epochs(learner, reference, rng):
    """In batches of any size, the losses and the weights are those of the given order."""
    for count, batch_size in ((7, 1), (7, 3), (6, 2), (5, 8), (1, 4)):
        ours, theirs = twins(learner, reference, rng, 6, 4)
        images = rng.standard_normal((count, 1, 3, 2))
        labels = rng.integers(0, 4, count)
        seed = int(rng.integers(2**31))
        my_rng, their_rng = np.random.default_rng(seed), learner.default_rng(seed)
        for _ in range(3):
            given = images, labels, batch_size
            wanted = reference.train_epoch(*ours[1:], *given, my_rng)
            loss = learner.train_epoch(*theirs[1:], *given, their_rng)
            # The learner's cross_entropy may add 1e-7 to a small probability before the log.
            agree(loss, wanted, "loss", tolerance=1e-3)
            agree(theirs[0].weights.value, ours[0].weights.value, "weights")
            agree(theirs[0].bias.value, ours[0].bias.value, "bias")


def test_gradients_start_at_zero(learner, reference, rng):
    """What stood in the gradients before the epoch does not count."""
    ours, theirs = twins(learner, reference, rng, 4, 3)
    theirs[0].weights.grad = rng.uniform(1.0, 2.0, (4, 3))
    theirs[0].bias.grad = rng.uniform(1.0, 2.0, 3)
    images, labels = rng.standard_normal((4, 1, 2, 2)), np.array([0, 1, 2, 0])
    reference.train_epoch(*ours[1:], images, labels, 2, np.random.default_rng(3))
    learner.train_epoch(*theirs[1:], images, labels, 2, learner.default_rng(3))
    agree(theirs[0].weights.value, ours[0].weights.value, "weights")
    agree(theirs[0].bias.value, ours[0].bias.value, "bias")


def test_mean_over_images(learner, rng):
    """The loss is the mean over the images, not over the batches, however small the last one."""
    images, labels = np.ones((5, 1, 1, 1)), np.array([1, 1, 1, 1, 1])
    dense = learner.Dense(1, 2, rng=learner.default_rng(0))
    dense.weights.value = np.zeros((1, 2))
    model = learner.CNN([learner.Flatten(), dense])
    rate = float(rng.uniform(0.5, 1.5))
    loss = learner.train_epoch(
        model, learner.SGD(model.parameters(), rate), images, labels, 4, learner.default_rng(0)
    )
    # All images are equal: four of them see weights of 0, the fifth the weights after one step.
    step = rate * 0.5
    right = 1 / (1 + np.exp(-4 * step))
    agree(loss, (4 * np.log(2) - np.log(right)) / 5, "loss")


def test_float32_images(learner, reference, rng):
    """A network and images of float32 train as well, with labels of 8 bits."""
    ours, theirs = twins(learner, reference, rng, 6, 4, "float32")
    images = rng.standard_normal((9, 1, 2, 3)).astype(np.float32)
    labels = rng.integers(0, 4, 9).astype(np.uint8)
    wanted = reference.train_epoch(*ours[1:], images, labels, 4, np.random.default_rng(3))
    loss = learner.train_epoch(*theirs[1:], images, labels, 4, learner.default_rng(3))
    agree(loss, wanted, "loss", tolerance=1e-4)
    agree(theirs[0].weights.value, ours[0].weights.value, "weights", tolerance=1e-4)
