# exercise: Dropout
# truth: wrong
# what: a new mask in the backward pass
class Dropout(Layer):

    def __init__(self, rate, *, rng):
        if not 0 <= rate < 1:
            raise ValueError(f'rate must be from 0 to below 1, but it is {rate}')
        self.rate = rate
        self.rng = rng
        self.training = True

    def forward(self, x):
        if self.training:
            keep = self.rng.random(x.shape) >= self.rate
            self.factor = keep.astype(np.result_type(x, np.float16)) / (1 - self.rate)
        else:
            self.factor = np.ones((), dtype=x.dtype)
        return x * self.factor

    def backward(self, d_out):
        keep = self.rng.random(d_out.shape) >= self.rate
        return d_out * keep / (1 - self.rate)
