# exercise: CNN
# truth: wrong
# what: every layer gets the image; d_out likewise
class CNN(CNN):
    def parameters(self):
        return [p for l in self.layers for p in l.parameters()]
    def forward(self, x):
        for layer in self.layers:
            out = layer.forward(x)
        return out
    def backward(self, d_out):
        for layer in reversed(self.layers):
            d_x = layer.backward(d_out)
        return d_x
