# exercise: Flatten
# truth: wrong
# what: remembers the shape of the first batch only
class Flatten(Layer):
    def forward(self, x):
        if not hasattr(self, "x_shape"):
            self.x_shape = x.shape
        return flatten_forward(x)

    def backward(self, d_out):
        return flatten_backward(d_out, self.x_shape)
