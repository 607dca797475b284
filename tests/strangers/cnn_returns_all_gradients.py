# exercise: CNN
# truth: wrong
# what: returns the gradients of all layers
class CNN(Layer):

    def __init__(self, layers):
        self.layers = list(layers)

    def parameters(self):
        return [parameter for layer in self.layers for parameter in layer.parameters()]

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, d_out):
        grads = []
        for layer in self.layers[::-1]:
            d_out = layer.backward(d_out)
            grads.append(d_out)
        return grads
