"""SGD: gradient descent with momentum."""

import numpy as np

from autograder.checking import agree, right_on_grid


def parameter_of(learner, value, grad):
    parameter = learner.Parameter(np.array(value))
    parameter.grad = np.array(grad)
    return parameter


def test_one_step(learner):
    """Without momentum, a step is the learning rate times the gradient, subtracted."""
    parameter = parameter_of(learner, [1.0, 2.0, -3.0], [0.5, -4.0, 0.0])
    learner.SGD([parameter], 0.1).step()
    agree(parameter.value, [1.0 - 0.1 * 0.5, 2.0 + 0.1 * 4.0, -3.0], "value")


def test_three_steps_with_momentum(learner):
    """With momentum, each step keeps a part of the last one."""
    parameter = parameter_of(learner, [10.0], [2.0])
    optimizer = learner.SGD([parameter], learning_rate=0.5, momentum=0.75)
    optimizer.step()
    velocity_1 = -0.5 * 2.0  # -1
    agree(parameter.value, [10.0 + velocity_1], "value after step 1")
    optimizer.step()
    velocity_2 = 0.75 * velocity_1 - 0.5 * 2.0  # -1.75
    agree(parameter.value, [9.0 + velocity_2], "value after step 2")
    optimizer.step()
    velocity_3 = 0.75 * velocity_2 - 0.5 * 2.0  # -2.3125
    agree(parameter.value, [7.25 + velocity_3], "value after step 3")


def test_rolls_on(learner):
    """When the gradient changes, the new one counts; where it is 0, momentum alone moves on."""
    parameter = parameter_of(learner, [1.0], [4.0])
    optimizer = learner.SGD([parameter], 0.25, 0.5)
    optimizer.step()
    parameter.grad = np.array([0.0])
    optimizer.step()
    agree(parameter.value, [1.0 - 1.0 - 0.5 * 1.0], "value after step 2")
    parameter.grad = np.array([-8.0])
    optimizer.step()
    agree(parameter.value, [-0.5 - 0.5 * 0.5 + 0.25 * 8.0], "value after step 3")


def test_no_momentum_forgets(learner):
    """With momentum 0, only the gradient of now counts."""
    parameter = parameter_of(learner, [1.0], [4.0])
    optimizer = learner.SGD([parameter], 0.25, 0.0)
    optimizer.step()
    parameter.grad = np.array([-2.0])
    optimizer.step()
    agree(parameter.value, [1.0 - 0.25 * 4.0 + 0.25 * 2.0], "value after step 2")


def test_several_parameters(learner):
    """Every parameter moves by its own gradient and has its own velocity, whatever its shape."""
    weights = parameter_of(learner, [[1.0, 2.0], [3.0, 4.0]], [[1.0, 0.0], [0.0, -1.0]])
    bias = parameter_of(learner, [5.0], [2.0])
    optimizer = learner.SGD([weights, bias], 1.0, 0.5)
    optimizer.step()
    optimizer.step()
    moved = 1.0 + (0.5 * 1.0 + 1.0)  # the first step, then half of it again and a new one
    agree(weights.value, [[1.0 - moved, 2.0], [3.0, 4.0 + moved]], "value of the weights")
    agree(bias.value, [5.0 - 2 * moved], "value of the bias")


def test_gradients_stay(learner):
    """A step moves the value and leaves the gradient as it is."""
    parameter = parameter_of(learner, [1.0, 2.0], [0.5, -4.0])
    learner.SGD([parameter], 0.5, 0.9).step()
    agree(parameter.value, [1.0 - 0.5 * 0.5, 2.0 + 0.5 * 4.0], "value")
    agree(parameter.grad, [0.5, -4.0], "grad")


def test_every_kind_of_call(learner):
    """Every step is right, with momentum and without, for one parameter and several."""
    right_on_grid(learner, __file__)
