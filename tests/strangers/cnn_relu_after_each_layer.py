# exercise: CNN
# truth: wrong
# what: ReLU after each layer in forward
class CNN(Layer):

    def __init__(self, layers):
        self.layers = list(layers)

    def parameters(self):
        return [parameter for layer in self.layers for parameter in layer.parameters()]

    def forward(self, x):
        for layer in self.layers:
            x = relu_forward(layer.forward(x))
        return x

    def backward(self, d_out):
        for layer in reversed(self.layers):
            d_out = layer.backward(d_out)
        return d_out
