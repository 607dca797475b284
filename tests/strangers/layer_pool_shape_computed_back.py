# exercise: MaxPool2D
# truth: wrong
# what: x_shape guessed as OH*stride, OW*stride
class MaxPool2D(MaxPool2D):
    def backward(self, d_out):
        N, C, OH, OW = d_out.shape
        return maxpool2d_backward(d_out, self.max_indices, (N, C, OH * self.stride, OW * self.stride))
