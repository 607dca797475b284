"""Known mistakes in SGD."""

from typing import Any

import numpy as np


class _Start:
    """What SGD is given, as the stub keeps it."""

    def __init__(self, parameters: Any, learning_rate: float, momentum: float = 0.0) -> None:
        self.parameters = list(parameters)
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.velocities = [np.zeros_like(parameter.value) for parameter in self.parameters]


class MomentumIgnored(_Start):
    """It does not keep the velocity from step to step. The new velocity is momentum times the \
old one, minus the step along the gradient."""

    def step(self) -> None:
        for parameter in self.parameters:
            parameter.value = parameter.value - self.learning_rate * parameter.grad


class Uphill(_Start):
    """It steps along the gradient. The gradient points to where the loss grows: step the other \
way."""

    def step(self) -> None:
        for k, parameter in enumerate(self.parameters):
            push = self.learning_rate * parameter.grad
            self.velocities[k] = self.momentum * self.velocities[k] + push
            parameter.value = parameter.value + self.velocities[k]


class MomentumUphill(_Start):
    """It subtracts what is kept of the last step. The velocity already points to smaller loss, \
so it is added to the value."""

    def step(self) -> None:
        for k, parameter in enumerate(self.parameters):
            push = self.learning_rate * parameter.grad
            self.velocities[k] = -self.momentum * self.velocities[k] - push
            parameter.value = parameter.value + self.velocities[k]


class VelocityNotKept(_Start):
    """It makes the velocity from the last gradient alone. The whole old velocity, times \
momentum, goes into the new one."""

    def step(self) -> None:
        for k, parameter in enumerate(self.parameters):
            push = -self.learning_rate * parameter.grad
            parameter.value = parameter.value + self.momentum * self.velocities[k] + push
            self.velocities[k] = push


class Nesterov(_Start):
    """It looks ahead along the velocity. That is Nesterov's momentum; classical momentum moves \
by the velocity and nothing else."""

    def step(self) -> None:
        for k, parameter in enumerate(self.parameters):
            push = self.learning_rate * parameter.grad
            self.velocities[k] = self.momentum * self.velocities[k] - push
            parameter.value = parameter.value + self.momentum * self.velocities[k] - push


class GradientDamped(_Start):
    """It multiplies the new gradient by 1 - momentum. Here each gradient counts in full, times \
the learning rate."""

    def step(self) -> None:
        for k, parameter in enumerate(self.parameters):
            push = (1 - self.momentum) * self.learning_rate * parameter.grad
            self.velocities[k] = self.momentum * self.velocities[k] - push
            parameter.value = parameter.value + self.velocities[k]


class MomentumTimesLearningRate(_Start):
    """It multiplies the old velocity by the learning rate as well. The learning rate is in it \
already: it belongs to the new gradient alone."""

    def step(self) -> None:
        for k, parameter in enumerate(self.parameters):
            whole = self.momentum * self.velocities[k] - parameter.grad
            self.velocities[k] = self.learning_rate * whole
            parameter.value = parameter.value + self.velocities[k]


class LearningRateIgnored(_Start):
    """It steps by the whole gradient. The learning rate says how long a step is."""

    def step(self) -> None:
        for k, parameter in enumerate(self.parameters):
            self.velocities[k] = self.momentum * self.velocities[k] - parameter.grad
            parameter.value = parameter.value + self.velocities[k]


class OldVelocityUsed(_Start):
    """It changes the value before the velocity, so every gradient counts one step late. First \
the velocity, then the value."""

    def step(self) -> None:
        for k, parameter in enumerate(self.parameters):
            parameter.value = parameter.value + self.velocities[k]
            push = self.learning_rate * parameter.grad
            self.velocities[k] = self.momentum * self.velocities[k] - push


class ValueReplaced(_Start):
    """It replaces the value by the velocity. The velocity is added to the value."""

    def step(self) -> None:
        for k, parameter in enumerate(self.parameters):
            push = self.learning_rate * parameter.grad
            self.velocities[k] = self.momentum * self.velocities[k] - push
            parameter.value = self.velocities[k].copy()


class FirstParameterOnly(_Start):
    """It moves the first parameter and leaves the others. Every parameter is changed in every \
step."""

    def step(self) -> None:
        parameter = self.parameters[0]
        push = self.learning_rate * parameter.grad
        self.velocities[0] = self.momentum * self.velocities[0] - push
        parameter.value = parameter.value + self.velocities[0]


class OneVelocityForAll(_Start):
    """All parameters share one velocity. Each parameter has a velocity of its own."""

    def step(self) -> None:
        for parameter in self.parameters:
            shared = self.momentum * self.velocities[0] - self.learning_rate * parameter.grad
            self.velocities[0] = shared
            parameter.value = parameter.value + shared


class GradientsZeroed(_Start):
    """It sets the gradients to zero after the step. The gradients stay as they are; the \
training loop calls zero_grad."""

    def step(self) -> None:
        for k, parameter in enumerate(self.parameters):
            push = self.learning_rate * parameter.grad
            self.velocities[k] = self.momentum * self.velocities[k] - push
            parameter.value = parameter.value + self.velocities[k]
            parameter.grad = np.zeros_like(parameter.grad)


class NewArraysNotStored(_Start):
    """It computes the step and changes nothing: the new values are put into names of its own. \
Store them in the parameter's value."""

    def step(self) -> None:
        for k, parameter in enumerate(self.parameters):
            push = self.learning_rate * parameter.grad
            self.velocities[k] = self.momentum * self.velocities[k] - push
