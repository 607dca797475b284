# exercise: ResidualBlock
# truth: wrong
# what: backward goes through first, then inner: wrong order
class ResidualBlock(ResidualBlock):
    def backward(self, d_out):
        d_sum = self.outer.backward(d_out)
        d = self.second.backward(d_sum)
        d = self.first.backward(d)
        d = self.inner.backward(d)
        return d + d_sum
