# exercise: SGD
# truth: wrong
# what: the velocity is a local name, and the gradients are zeroed
class SGD:

    def __init__(self, parameters, learning_rate, momentum=0.0):
        self.parameters = list(parameters)
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.velocities = [np.zeros_like(parameter.value) for parameter in self.parameters]

    def step(self):
        for p, v in zip(self.parameters, self.velocities):
            v = self.momentum * v - self.learning_rate * p.grad
            p.value = p.value + v
            p.grad[...] = 0
