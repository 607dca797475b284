# exercise: BatchNorm2D
# truth: wrong
# what: evaluation divides, but forgets to subtract the running mean
class BatchNorm2D(BatchNorm2D):
    def forward(self, x):
        g, b = self.gamma.value[:, None, None], self.beta.value[:, None, None]
        if not self.training:
            self.scale = (1 / np.sqrt(self.running_variance + self.epsilon))[:, None, None]
            self.x_hat = x * self.scale
            return g * self.x_hat + b
        mean, var = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
        self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * mean
        self.running_variance = (1 - self.momentum) * self.running_variance + self.momentum * var
        self.scale = (1 / np.sqrt(var + self.epsilon))[:, None, None]
        self.x_hat = (x - mean[:, None, None]) * self.scale
        return g * self.x_hat + b
