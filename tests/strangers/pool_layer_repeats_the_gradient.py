# exercise: MaxPool2D
# truth: wrong
# what: repeats the gradient over the window
class MaxPool2D(Layer):

    def __init__(self, pool_size=2, stride=2):
        self.pool_size = pool_size
        self.stride = stride

    def forward(self, x):
        self.x_shape = x.shape
        out, self.max_indices = maxpool2d_forward(x, self.pool_size, self.stride)
        return out

    def backward(self, d_out):
        return d_out.repeat(self.pool_size, 2).repeat(self.pool_size, 3)
