# exercise: MaxPool2D
# truth: wrong
# what: passes x not its shape
class MaxPool2D(Layer):

    def __init__(self, pool_size: int = 2, stride: int = 2) -> None:
        self.pool_size = pool_size
        self.stride = stride

    def forward(self, x: np.ndarray) -> np.ndarray:
        self.x_shape = x
        out, self.max_indices = maxpool2d_forward(x, self.pool_size, self.stride)
        return out

    def backward(self, d_out: np.ndarray) -> np.ndarray:
        return maxpool2d_backward(d_out, self.max_indices, self.x_shape)
