"""output_size on every small axis, and on long ones."""

import numpy as np

from autograder.checking import agree, as_array


def test_every_small_size(learner):
    """Counting the places of the kernel one by one gives the same number as output_size."""
    for input_size in range(1, 7):
        for padding in range(3):
            padded = input_size + 2 * padding
            for kernel_size in range(1, min(padded, 4) + 1):
                for stride in range(1, 4):
                    places = range(0, padded - kernel_size + 1, stride)
                    size = learner.output_size(input_size, kernel_size, stride, padding)
                    agree(size, len(places), "the output size")


def test_long_axes(learner, rng):
    """The count is right for axes of hundreds of pixels."""
    for _ in range(20):
        input_size, kernel_size, stride, padding = rng.integers((50, 1, 1, 0), (999, 50, 30, 25))
        padded = int(input_size + 2 * padding)
        places = range(0, padded - int(kernel_size) + 1, int(stride))
        size = learner.output_size(
            int(input_size), int(kernel_size), stride=int(stride), padding=int(padding)
        )
        agree(size, len(places), "the output size")


def test_same_size(learner, rng):
    """With stride 1, a kernel of 2*padding + 1 leaves the size as it is."""
    for padding in range(5):
        input_size = int(rng.integers(5, 40))
        size = learner.output_size(input_size, 2 * padding + 1, padding=padding)
        agree(size, input_size, "the output size")


def test_padding_is_a_longer_axis(learner, rng):
    """Padding p gives as many places as an axis that is 2*p longer."""
    drawn = rng.integers((9, 1, 1, 1), (40, 9, 5, 5), (9, 4)).tolist()
    # The first kernel has only one place: such a case must be tested whatever is drawn.
    for input_size, kernel_size, stride, padding in [[9, 8, 4, 1], *drawn]:
        longer = as_array(learner.output_size(input_size + 2 * padding, kernel_size, stride))
        assert np.all(longer >= 1), "it found no place for a kernel that fits"
        padded = learner.output_size(input_size, kernel_size, stride, padding)
        agree(padded, longer, "the output size", kind="integer")
