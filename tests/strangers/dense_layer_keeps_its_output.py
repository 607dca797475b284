# exercise: Dense
# truth: wrong
# what: keeps the output for the backward pass
class Dense(Layer):

    def __init__(self, in_features, out_features, *, rng, dtype=np.float64):
        scale = np.sqrt(2 / in_features)
        weights = rng.standard_normal((in_features, out_features)) * scale
        self.weights = Parameter(weights.astype(dtype))
        self.bias = Parameter(np.zeros(out_features, dtype=dtype))

    def parameters(self):
        return [self.weights, self.bias]

    def forward(self, x):
        self.x = dense_forward(x, self.weights.value, self.bias.value)
        return self.x

    def backward(self, d_out):
        d_x, d_weights, d_bias = dense_backward(d_out, self.x, self.weights.value)
        self.weights.grad += d_weights
        self.bias.grad += d_bias
        return d_x
