# exercise: MaxPool2D
# truth: wrong
# what: max_indices before d_out
class MaxPool2D(Layer):

    def __init__(self, pool_size=2, stride=2):
        self.pool_size = pool_size
        self.stride = stride

    def forward(self, x):
        self.x_shape = x.shape
        out, self.max_indices = maxpool2d_forward(x, self.pool_size, self.stride)
        return out

    def backward(self, d_out):
        return maxpool2d_backward(self.max_indices, d_out, self.x_shape)
