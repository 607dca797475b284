# exercise: Dropout
# truth: wrong
# what: mask drawn once and kept
class Dropout(Layer):
    def __init__(self, rate, *, rng):
        if not 0 <= rate < 1:
            raise ValueError(f"rate must be from 0 to below 1, but it is {rate}")
        self.rate = rate
        self.rng = rng
        self.training = True

    def forward(self, x):
        if self.training:
            if not hasattr(self, "keep"):
                self.keep = self.rng.random(x.shape) >= self.rate
            self.factor = self.keep / (1 - self.rate)
        else:
            self.factor = np.ones((), dtype=x.dtype)
        return x * self.factor

    def backward(self, d_out):
        return d_out * self.factor
