"""SGD over many steps and with parameters of many shapes."""

import numpy as np

from autograder.checking import agree

SHAPES = (3, 2, 2, 2), (3,), (4, 5), (1,)


def test_many_steps(learner, rng):
    """Ten steps with changing gradients end where the two equations say, with any momentum."""
    for momentum in (0.0, 0.5, 0.9):
        values = [rng.standard_normal(shape) for shape in SHAPES]
        velocities = [np.zeros(shape) for shape in SHAPES]
        parameters = [learner.Parameter(value) for value in values]
        optimizer = learner.SGD(parameters, 0.05, momentum)
        for _ in range(10):
            for k, shape in enumerate(SHAPES):
                grad = rng.standard_normal(shape)
                parameters[k].grad = grad
                velocities[k] = momentum * velocities[k] - 0.05 * grad
                values[k] = values[k] + velocities[k]
            optimizer.step()
        for k, value in enumerate(values):
            agree(parameters[k].value, value, f"value of parameter {k}")


def test_two_optimizers(learner, rng):
    """Two optimizers have velocities of their own, though their parameters have equal shapes."""
    one, other = (learner.Parameter(np.zeros(4)) for _ in range(2))
    optimizers = learner.SGD([one], 0.5, 0.5), learner.SGD([other], 0.5, 0.5)
    grad = rng.uniform(1.0, 2.0, 4)
    for parameter, optimizer in zip((one, other), optimizers, strict=True):
        parameter.grad = grad
        optimizer.step()
        optimizer.step()
        agree(parameter.value, -0.5 * grad - (0.5 * 0.5 * grad + 0.5 * grad), "value")


def test_learning_rate_of_now(learner, rng):
    """A learning rate that is lowered between two steps counts from the next step on."""
    # Without momentum: PyTorch multiplies the whole velocity by the learning rate at each step.
    # With momentum this gives the same values only for a constant rate; both are right.
    parameter = learner.Parameter(np.zeros(4))
    optimizer = learner.SGD([parameter], 0.5, 0.0)
    grad = rng.standard_normal(4)
    parameter.grad = grad
    optimizer.step()
    optimizer.learning_rate = 0.125
    optimizer.step()
    agree(parameter.value, -0.5 * grad - 0.125 * grad, "value")
    agree(parameter.grad, grad, "grad")


def test_float32(learner, rng):
    """Parameters of float32 move rightly."""
    value = rng.standard_normal((3, 4)).astype(np.float32)
    grad = rng.standard_normal((3, 4)).astype(np.float32)
    parameter = learner.Parameter(value)
    parameter.grad = grad
    optimizer = learner.SGD([parameter], 0.1, 0.9)
    optimizer.step()
    optimizer.step()
    agree(parameter.value, value - 0.1 * grad - (0.9 * 0.1 + 0.1) * grad, "value", tolerance=1e-4)
