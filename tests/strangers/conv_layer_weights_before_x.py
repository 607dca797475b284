# exercise: Conv2D
# truth: wrong
# what: weights and x exchanged in the call
class Conv2D(Layer):

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int,
        stride: int = 1,
        padding: int = 0,
        *,
        rng: np.random.Generator,
        dtype: type = np.float64,
    ) -> None:
        shape = (out_channels, in_channels, kernel_size, kernel_size)
        scale = np.sqrt(2 / (in_channels * kernel_size * kernel_size))
        self.weights = Parameter((rng.standard_normal(shape) * scale).astype(dtype))
        self.bias = Parameter(np.zeros(out_channels, dtype=dtype))
        self.stride = stride
        self.padding = padding

    def parameters(self) -> list[Parameter]:
        return [self.weights, self.bias]

    def forward(self, x: np.ndarray) -> np.ndarray:
        self.x = x
        out, self.cols = conv2d_forward(
            x, self.weights.value, self.bias.value, self.stride, self.padding
        )
        return out

    def backward(self, d_out: np.ndarray) -> np.ndarray:
        d_x, d_weights, d_bias = conv2d_backward(
            d_out, self.weights.value, self.x, self.cols, self.stride, self.padding
        )
        self.weights.grad += d_weights
        self.bias.grad += d_bias
        return d_x
