# exercise: ReLU
# truth: wrong
# what: arguments swapped in backward
class ReLU(Layer):
    def forward(self, x):
        self.x = x
        return relu_forward(x)

    def backward(self, d_out):
        return relu_backward(self.x, d_out)
