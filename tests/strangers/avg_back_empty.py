# exercise: AvgPool2D
# truth: wrong
# what: np.empty in backward
class AvgPool2D(AvgPool2D):
    def backward(self, d_out):
        d_x = np.empty(self.x_shape)
        p, s = self.pool_size, self.stride
        for i in range(d_out.shape[2]):
            for j in range(d_out.shape[3]):
                d_x[:, :, i * s : i * s + p, j * s : j * s + p] += (
                    d_out[:, :, i, j][:, :, None, None] / p**2
                )
        return d_x
