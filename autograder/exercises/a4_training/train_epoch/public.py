"""train_epoch: every image once, a batch at a time."""

from itertools import pairwise

import numpy as np

from autograder.checking import agree, right_on_grid

LOG_2, LOG_3 = np.log(2), np.log(3)


def network(learner, inputs, classes, learning_rate):
    """One Dense layer that starts at zero, its network and its optimizer."""
    dense = learner.Dense(inputs, classes, rng=learner.default_rng(0))
    dense.weights.value = np.zeros((inputs, classes))
    model = learner.CNN([learner.Flatten(), dense])
    return dense, model, learner.SGD(model.parameters(), learning_rate)


def test_one_batch(learner):
    """One batch of one image: the loss before the step is returned, and one step is made."""
    dense, model, optimizer = network(learner, 2, 2, learning_rate=0.5)
    image = np.array([[[[1.0, 4.0]]]])
    loss = learner.train_epoch(model, optimizer, image, np.array([1]), 1, learner.default_rng(0))
    # Weights of 0 give both classes 1/2, so the gradient of the scores is [1/2, 1/2 - 1].
    agree(loss, LOG_2, "loss")
    step = 0.5 * 0.5
    agree(dense.weights.value, [[-step, step], [-4 * step, 4 * step]], "weights")
    agree(dense.bias.value, [-step, step], "bias")


def test_last_batch_is_smaller(learner):
    """Three images in batches of two make two steps, and each image has a third of the loss."""
    dense, model, optimizer = network(learner, 1, 2, learning_rate=1.0)
    # The same image three times, so that the order does not matter.
    images, labels = np.ones((3, 1, 1, 1)), np.array([0, 0, 0], np.int64)
    loss = learner.train_epoch(model, optimizer, images, labels, 2, learner.default_rng(0))
    # Step 1: both probabilities are 1/2; weight and bias of class 0 become 1/2, of class 1 -1/2.
    # Step 2: the scores are 1/2 + 1/2 and -1/2 - 1/2.
    right = np.exp(1) / (np.exp(1) + np.exp(-1))
    agree(loss, (2 * LOG_2 - np.log(right)) / 3, "loss")
    weight = 0.5 + (1 - right)
    agree(dense.weights.value, [[weight, -weight]], "weights")
    agree(dense.bias.value, [weight, -weight], "bias")


def test_every_image_with_its_label(learner):
    """Every image is shown once, together with its own label."""
    dense, model, optimizer = network(learner, 4, 3, learning_rate=12.0)
    # Image k has a 1 only at pixel k, so only image k changes row k of the weights.
    images, labels = np.eye(4).reshape(4, 1, 2, 2), np.array([2, 0, 1, 0], np.int64)
    loss = learner.train_epoch(model, optimizer, images, labels, 4, learner.default_rng(0))
    agree(loss, LOG_3, "loss")
    down, up = -12 / 4 * (1 / 3), 12 / 4 * (1 - 1 / 3)
    rows = [[down, down, up], [up, down, down], [down, up, down], [up, down, down]]
    agree(dense.weights.value, rows, "weights")


def test_gradients_start_at_zero(learner):
    """Every layer learns, and what an earlier pass left in the gradients does not count."""
    first, last = (learner.Dense(1, m, rng=learner.default_rng(0)) for m in (1, 2))
    first.weights.value, first.bias.value = np.array([[1.0]]), np.array([0.0])
    last.weights.value, last.bias.value = np.array([[1.0, -1.0]]), np.array([-3.0, 3.0])
    first.weights.grad, first.bias.grad = np.array([[500.0]]), np.array([600.0])
    last.weights.grad, last.bias.grad = np.array([[100.0, 200.0]]), np.array([300.0, 400.0])
    # Layer 0 is a network: it has parameters, and they must be trained too.
    model = learner.CNN([learner.CNN([learner.Flatten(), first]), last])
    optimizer = learner.SGD(model.parameters(), 0.5)
    images, labels = np.full((1, 1, 1, 1), 3.0), np.array([0], np.int64)
    learner.train_epoch(model, optimizer, images, labels, 1, learner.default_rng(0))
    # The scores are 3 * 1 - 3 and 3 * -1 + 3, both 0, so their gradient is [1/2 - 1, 1/2].
    step = 0.5 * 0.5
    agree(last.weights.value, [[1 + 3 * step, -1 - 3 * step]], "weights of the last layer")
    agree(last.bias.value, [-3 + step, 3 - step], "bias of the last layer")
    # The gradient that reaches the first layer is -1/2 * 1 + 1/2 * -1 = -1.
    agree(first.weights.value, [[1 + 0.5 * 3]], "weights of the first layer")
    agree(first.bias.value, [0 + 0.5], "bias of the first layer")


def test_order_from_rng(learner):
    """The image that rng.permutation names first makes the first step."""
    for seed in (0, 1, 2, 3):
        dense, model, optimizer = network(learner, 1, 2, learning_rate=1.0)
        pixel = np.array([1.0, 3.0])
        images, labels = pixel.reshape(2, 1, 1, 1), np.array([0, 0], np.int64)
        learner.train_epoch(model, optimizer, images, labels, 1, learner.default_rng(seed))
        first, second = pixel[np.random.default_rng(seed).permutation(2)]
        # Step 1: both probabilities are 1/2; class 0: the weight grows by first/2, the bias by 1/2.
        # Step 2: the scores are s and -s.
        s = first / 2 * second + 1 / 2
        right = np.exp(s) / (np.exp(s) + np.exp(-s))
        weight = first / 2 + second * (1 - right)
        agree(dense.weights.value, [[weight, -weight]], "weights")


def test_rng_is_asked_once(learner):
    """Each epoch asks rng for one permutation, and for nothing else."""
    rng = learner.default_rng(5)
    dense, model, optimizer = network(learner, 1, 2, learning_rate=0.5)
    images, labels = np.ones((6, 1, 1, 1)), np.array([0, 1, 0, 1, 1, 1], np.int64)
    for _ in range(2):
        learner.train_epoch(model, optimizer, images, labels, 6, rng)
    # All images are 1, so the weights change as the biases do: towards class 1, the label of
    # 4 of the 6. After step 1 the scores are -1/6 and 1/6.
    step_1 = 0.5 * (4 / 6 - 1 / 2)
    step_2 = 0.5 * (4 / 6 - np.exp(1 / 6) / (np.exp(1 / 6) + np.exp(-1 / 6)))
    agree(dense.bias.value, [-(step_1 + step_2), step_1 + step_2], "bias")
    # Two epochs drew two permutations, so the next number of rng is the one after them.
    same = np.random.default_rng(5)
    same.permutation(6)
    same.permutation(6)
    agree(rng.random(), same.random(), "the next number of rng")


def test_learns(learner):
    """Epoch after epoch the loss falls, where bright and dark images are easy to tell apart."""
    _, model, optimizer = network(learner, 4, 2, learning_rate=0.5)
    images = np.concatenate([np.full((5, 1, 2, 2), 1.0), np.full((5, 1, 2, 2), -1.0)])
    labels, rng = np.array([0] * 5 + [1] * 5, np.int64), learner.default_rng(1)
    losses = [float(learner.train_epoch(model, optimizer, images, labels, 4, rng)) for _ in "1234"]
    falls = all(later < earlier for earlier, later in pairwise(losses))
    said = ", ".join(f"{loss:.4g}" for loss in losses)
    assert falls, f"the losses of four epochs are {said}, but each should be below the last"
    assert 0 < losses[-1] < LOG_2 / 4, f"the last of the losses {said} should be near 0"


def test_every_kind_of_call(learner):
    """The loss and the weights are right for every number of images and batches."""
    right_on_grid(learner, __file__)
