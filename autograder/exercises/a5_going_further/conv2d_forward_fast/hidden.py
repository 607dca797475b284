"""conv2d_forward_fast on shapes that no example shows, and faster than the reference's loops."""

import time

import numpy as np

from autograder.checking import agree
from autograder.exercises.shared.cases import convolution_cases, hold_for

FASTER = 10
ROUNDS = 3


def seconds(function, *arguments):
    start = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - start


def test_every_shape(learner, reference, rng):
    """It is right for every shape, stride and padding."""

    def holds(case):
        given = case.x, case.weights, case.bias, case.stride, case.padding
        agree(learner.conv2d_forward_fast(*given), reference.conv2d_forward(*given)[0], "out")

    hold_for(convolution_cases(rng), holds)


def test_integers(learner, reference, rng):
    """Pictures of whole numbers with filters that are not whole give floating-point numbers."""
    x = rng.integers(0, 256, (2, 2, 4, 5)).astype(np.uint8)
    weights, bias = rng.standard_normal((3, 2, 2, 3)), rng.standard_normal(3)
    expected, _ = reference.conv2d_forward(x, weights, bias)
    agree(learner.conv2d_forward_fast(x, weights, bias), expected, "out")
    whole = np.ones((3, 2, 2, 3), dtype=int)
    expected, _ = reference.conv2d_forward(x, whole, bias)
    agree(learner.conv2d_forward_fast(x, whole, bias), expected, "out with whole filters")
    expected, _ = reference.conv2d_forward(x, whole, np.array([7, -2, 0]))
    out = learner.conv2d_forward_fast(x, whole, np.array([7, -2, 0]))
    agree(out, expected, "out with whole filters and biases")


def test_float32(learner, reference, rng):
    """Images and filters of float32 give the right numbers."""
    arrays = rng.standard_normal((3, 2, 6, 5)), rng.standard_normal((4, 2, 3, 2))
    x, weights = (array.astype(np.float32) for array in arrays)
    bias = rng.standard_normal(4).astype(np.float32)
    expected, _ = reference.conv2d_forward(x, weights, bias, 2, 1)
    agree(learner.conv2d_forward_fast(x, weights, bias, 2, 1), expected, "out", tolerance=1e-4)


def test_ten_times_as_fast(learner, reference, rng, record_property):
    """New pictures each time, and ten times as fast as loops that the learner did not write."""
    weights, bias = rng.standard_normal((8, 3, 3, 3)), rng.standard_normal(8)
    fast, slow_times, fast_times = learner.conv2d_forward_fast, [], []
    # Take the fastest of all rounds: other programs can only make a call slower.
    for _ in range(ROUNDS):
        x = rng.standard_normal((8, 3, 24, 24))
        slow_times.append(seconds(reference.conv2d_forward_naive, x, weights, bias))
        for _ in range(5):
            x = rng.standard_normal((8, 3, 24, 24))
            start = time.perf_counter()
            out = fast(x, weights, bias)
            fast_times.append(time.perf_counter() - start)
            agree(out, reference.conv2d_forward(x, weights, bias)[0], "out")
        ratio = min(slow_times) / min(fast_times)
        if ratio >= FASTER:
            break
    record_property("speed_ratio_to_the_reference", ratio)
    assert ratio >= FASTER, (
        f"conv2d_forward_fast is {ratio:.3g} times as fast as plain loops "
        f"({1000 * min(fast_times):.3g} ms and {1000 * min(slow_times):.3g} ms), and {FASTER} "
        "times are asked for"
    )
