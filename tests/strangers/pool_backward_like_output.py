# exercise: maxpool2d_backward
# truth: wrong
# what: d_x in d_out's shape
def maxpool2d_backward(d_out, max_indices, x_shape):
    images, channels, height, width = x_shape
    plane = np.arange(images * channels).reshape(images, channels, 1, 1)
    pixel = (plane * height + max_indices[..., 0]) * width + max_indices[..., 1]
    d_x = np.zeros(d_out.size, dtype=d_out.dtype)
    np.add.at(d_x, pixel.ravel(), d_out.ravel())
    return d_x.reshape(d_out.shape)
