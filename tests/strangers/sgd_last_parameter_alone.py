# exercise: SGD
# truth: wrong
# what: the update stands below the loop
class SGD:

    def __init__(self, parameters, learning_rate, momentum=0.0):
        self.parameters = list(parameters)
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.velocities = [np.zeros_like(parameter.value) for parameter in self.parameters]

    def step(self):
        for i, p in enumerate(self.parameters):
            self.velocities[i] = self.momentum * self.velocities[i] - self.learning_rate * p.grad
        self.parameters[i].value += self.velocities[i]
