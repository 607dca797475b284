# exercise: ReLU
# truth: wrong
# what: keeps x on the class
class ReLU(Layer):

    def forward(self, x):
        ReLU.x = x
        return relu_forward(x)

    def backward(self, d_out):
        return relu_backward(d_out, ReLU.x)
