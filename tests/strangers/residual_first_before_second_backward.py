# exercise: ResidualBlock
# truth: wrong
# what: backward goes through first before second
class ResidualBlock(Layer):

    def __init__(self, channels, *, rng, dtype=np.float64):
        self.first = Conv2D(channels, channels, 3, padding=1, rng=rng, dtype=dtype)
        self.second = Conv2D(channels, channels, 3, padding=1, rng=rng, dtype=dtype)
        self.inner = ReLU()
        self.outer = ReLU()

    def parameters(self):
        return [*self.first.parameters(), *self.second.parameters()]

    def forward(self, x):
        return self.outer.forward(x + self.second.forward(self.inner.forward(self.first.forward(x))))

    def backward(self, d_out):
        d_sum = self.outer.backward(d_out)
        d_branch = self.first.backward(d_sum)
        d_branch = self.second.backward(self.inner.backward(d_branch))
        return d_sum + d_branch
