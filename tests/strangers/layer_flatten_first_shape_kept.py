# exercise: Flatten
# truth: wrong
# what: the shape is kept only the first time
class Flatten(Flatten):
    def forward(self, x):
        if not hasattr(self, "x_shape"):
            self.x_shape = x.shape
        return flatten_forward(x)
