# exercise: Conv2D
# truth: wrong
# what: takes the gradients in another order than they are returned
class Conv2D(Layer):

    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0, *, rng, dtype=np.float64):
        shape = (out_channels, in_channels, kernel_size, kernel_size)
        scale = np.sqrt(2 / (in_channels * kernel_size * kernel_size))
        self.weights = Parameter((rng.standard_normal(shape) * scale).astype(dtype))
        self.bias = Parameter(np.zeros(out_channels, dtype=dtype))
        self.stride = stride
        self.padding = padding

    def parameters(self):
        return [self.weights, self.bias]

    def forward(self, x):
        self.x = x
        out, self.cols = conv2d_forward(x, self.weights.value, self.bias.value, self.stride, self.padding)
        return out

    def backward(self, d_out):
        d_weights, d_bias, d_x = conv2d_backward(d_out, self.x, self.weights.value, self.cols, self.stride, self.padding)
        self.weights.grad += d_weights
        self.bias.grad += d_bias
        return d_x
