# exercise: ResidualBlock
# truth: wrong
# what: same ReLU object used twice
class ResidualBlock(Layer):
    def __init__(self, channels, *, rng, dtype=np.float64):
        self.first = Conv2D(channels, channels, 3, padding=1, rng=rng, dtype=dtype)
        self.second = Conv2D(channels, channels, 3, padding=1, rng=rng, dtype=dtype)
        self.inner = ReLU()
        self.outer = ReLU()

    def parameters(self):
        return [*self.first.parameters(), *self.second.parameters()]

    def forward(self, x):
        return self.inner.forward(
            x + self.second.forward(self.inner.forward(self.first.forward(x)))
        )

    def backward(self, d_out):
        d_sum = self.inner.backward(d_out)
        return d_sum + self.first.backward(self.inner.backward(self.second.backward(d_sum)))
