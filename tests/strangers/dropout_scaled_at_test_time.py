# exercise: Dropout
# truth: wrong
# what: the old form: no enlarging in training, x * (1 - rate) in evaluation
class Dropout(Dropout):
    def forward(self, x):
        if self.training:
            self.mask = self.rng.random(x.shape) >= self.rate
            return x * self.mask
        self.mask = np.ones(x.shape)
        return x * (1 - self.rate)

    def backward(self, d_out):
        return d_out * self.mask
